//! A mailbox in the settings: its form, its checks, its page.

mod fields;
pub mod form;
mod identity;
mod more;
pub mod page;
pub mod presets;
mod sections;
mod value;

use std::sync::LazyLock;

use super::grammar::Spec;

pub use value::{MailboxValue, Step};

/// Every setting of a mailbox, in the order of the form.
pub static SETTINGS: LazyLock<Vec<Spec<MailboxValue>>> = LazyLock::new(|| {
    [
        fields::CONNECTION,
        identity::REDIRECT,
        identity::IDENTITY,
        more::FETCHING,
        more::RULES,
        more::SERVERS,
    ]
    .concat()
});
