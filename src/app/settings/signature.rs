//! The form of a signature.

use super::grammar::{Kind, Options, Spec, field, name, pair};
use crate::domain::contact::Signature;
use crate::domain::ids::{MailboxId, OperatorId, SignatureId};
use crate::domain::template::Template;

const LONGEST_NAME: usize = 60;
const LONGEST_TEXT: usize = 10_000;
const GENERAL: &str = "every";
const MARKDOWN: &str = "markdown";
const PLAIN: &str = "plain";

#[derive(Debug, Clone)]
pub struct SignatureValue {
    pub id: Option<SignatureId>,
    pub signature: Signature,
    /// Mailboxes it can be for, by name.
    pub mailboxes: Vec<(MailboxId, String)>,
    /// Operators whose it can be, by login.
    pub operators: Vec<(OperatorId, String)>,
}

impl SignatureValue {
    pub fn new(mailboxes: Vec<(MailboxId, String)>, operators: Vec<(OperatorId, String)>) -> Self {
        Self {
            id: None,
            signature: Signature {
                id: SignatureId(0),
                name: String::new(),
                markdown: String::new(),
                mailbox: None,
                operator: None,
                is_markdown: true,
            },
            mailboxes,
            operators,
        }
    }

    pub fn of(
        signature: &Signature,
        mailboxes: Vec<(MailboxId, String)>,
        operators: Vec<(OperatorId, String)>,
    ) -> Self {
        Self {
            id: Some(signature.id),
            signature: signature.clone(),
            mailboxes,
            operators,
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
        "One mailbox, or every mailbox that has no signature that fits better.",
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
        "operator",
        "Signs",
        "Everybody, or one operator; an operator's own comes before a mailbox's.",
        |v: &SignatureValue| {
            v.signature
                .operator
                .map_or_else(|| GENERAL.to_owned(), |id| id.to_string())
        },
        |v, typed| {
            v.signature.operator = typed.parse().ok().map(OperatorId);
            Ok(())
        },
    )
    .choosing(operators),
    field(
        "format",
        "Written as",
        "Markdown becomes HTML with links and bold; plain text stays as it is typed.",
        |v: &SignatureValue| {
            if v.signature.is_markdown {
                MARKDOWN
            } else {
                PLAIN
            }
            .to_owned()
        },
        |v, typed| {
            v.signature.is_markdown = typed == MARKDOWN;
            Ok(())
        },
    )
    .choosing(|_| vec![pair(MARKDOWN, "Markdown"), pair(PLAIN, "plain text")]),
    field(
        "text",
        "Text",
        "ctrl-s saves. {operator.name|\"Support\"}; also ticket, contact, mailbox, date.",
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
            Template::parse(typed).map_err(|mistake| mistake.sentence(typed))?;
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

fn operators(value: &SignatureValue) -> Options {
    let mut options = vec![pair(GENERAL, "everybody")];
    let operators = value.operators.iter();
    options.extend(operators.map(|(id, login)| (id.to_string(), login.clone())));
    options
}
