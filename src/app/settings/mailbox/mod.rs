//! A mailbox in the settings: its form, its checks, its page.

pub mod checking;
mod doing;
pub mod fetching;
mod fields;
pub mod form;
mod found;
mod identity;
mod letters;
mod more;
mod oauth;
mod on_server;
pub mod page;
mod sections;
mod sending;
mod servers;
mod typed;
mod value;
mod watching;

use std::sync::LazyLock;

use super::grammar::Spec;

pub use oauth::SigningIn;
pub use value::{MailboxValue, Step};

/// Every setting of a mailbox, in the order of the form.
pub static SETTINGS: LazyLock<Vec<Spec<MailboxValue>>> = LazyLock::new(|| {
    [
        fields::CONNECTION,
        servers::SERVERS,
        fetching::FETCHING,
        on_server::ON_SERVER,
        sending::SENDING,
        identity::REDIRECT,
        identity::IDENTITY,
        more::RULES,
        watching::WATCHING,
        &letters::letters(),
    ]
    .concat()
});
