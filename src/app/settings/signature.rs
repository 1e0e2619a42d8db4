//! The form of a signature.

use super::grammar::{Kind, Options, Spec, field, name, pair};
use crate::domain::contact::Signature;
use crate::domain::ids::{MailboxId, SignatureId};

const LONGEST_NAME: usize = 60;
const LONGEST_TEXT: usize = 10_000;
const GENERAL: &str = "every";

#[derive(Debug, Clone)]
pub struct SignatureValue {
    pub id: Option<SignatureId>,
    pub signature: Signature,
    /// Mailboxes it can be for, by name.
    pub mailboxes: Vec<(MailboxId, String)>,
}

impl SignatureValue {
    pub fn new(mailboxes: Vec<(MailboxId, String)>, mailbox: Option<MailboxId>) -> Self {
        Self {
            id: None,
            signature: Signature {
                id: SignatureId(0),
                name: String::new(),
                markdown: String::new(),
                mailbox,
            },
            mailboxes,
        }
    }

    pub fn of(signature: &Signature, mailboxes: Vec<(MailboxId, String)>) -> Self {
        Self {
            id: Some(signature.id),
            signature: signature.clone(),
            mailboxes,
        }
    }
}

pub const SIGNATURE: &[Spec<SignatureValue>] = &[
    field(
        "name",
        "Name",
        "How you find it when you write; customers never see it.",
        |v: &SignatureValue| v.signature.name.clone(),
        |v, typed| {
            v.signature.name = name(typed, LONGEST_NAME)?;
            Ok(())
        },
    ),
    field(
        "mailbox",
        "Used for",
        "One mailbox, or every mailbox that has no signature of its own.",
        |v: &SignatureValue| {
            v.signature
                .mailbox
                .map_or_else(|| GENERAL.to_owned(), |id| id.to_string())
        },
        |v, typed| {
            v.signature.mailbox = typed.parse().ok().map(MailboxId);
            Ok(())
        },
    )
    .choosing(options),
    field(
        "text",
        "Text",
        "Markdown; Enter begins a line, Esc or Tab ends editing, ctrl-s saves.",
        |v: &SignatureValue| v.signature.markdown.clone(),
        |v, typed| {
            let length = typed.chars().count();
            if typed.trim().is_empty() {
                return Err("the text is missing".into());
            }
            if length > LONGEST_TEXT {
                return Err(format!(
                    "{length} characters are too many; {LONGEST_TEXT} at most"
                ));
            }
            typed.clone_into(&mut v.signature.markdown);
            Ok(())
        },
    )
    .kind(Kind::Lines),
];

fn options(value: &SignatureValue) -> Options {
    let mut options = vec![pair(GENERAL, "every mailbox")];
    let mailboxes = value.mailboxes.iter();
    options.extend(mailboxes.map(|(id, name)| (id.to_string(), name.clone())));
    options
}
