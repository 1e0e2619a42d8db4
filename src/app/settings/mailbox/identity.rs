//! Who a mailbox is towards customers, and what operators should know about it.

use super::fields::yes;
use super::sections::{Section, heading};
use super::value::MailboxValue;
use crate::app::settings::grammar::{Kind, Options, Spec, field};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Identity, Incoming, LONGEST_INFORMATION, Outgoing};

type Value = MailboxValue;

/// Which mailbox collects the mail of a redirected address; beside the address, because nothing works without it.
pub(super) const REDIRECT: &[Spec<MailboxValue>] = &[
    field(
        "collected-by",
        "Redirected to",
        "The connected mailbox to which the provider redirects this address's mail.",
        |v: &Value| match v.settings.incoming {
            Incoming::Forwarded(id) => id.to_string(),
            _ => String::new(),
        },
        |v, typed| {
            let id = chosen(v, typed)?;
            if v.settings.outgoing == Outgoing::Through(v.collected_by().unwrap_or(id)) {
                v.settings.outgoing = Outgoing::Through(id);
            }
            v.settings.incoming = Incoming::Forwarded(id);
            Ok(())
        },
    )
    .choosing(others)
    .when(|v| v.is_filled() && v.is_forwarded()),
    field(
        "sent-by",
        "Sent by",
        "The connected mailbox whose server and sign-in answers leave by.",
        |v: &Value| match v.settings.outgoing {
            Outgoing::Through(id) => id.to_string(),
            _ => String::new(),
        },
        |v, typed| {
            v.settings.outgoing = Outgoing::Through(chosen(v, typed)?);
            Ok(())
        },
    )
    .choosing(others)
    .when(|v| v.is_filled() && matches!(v.settings.outgoing, Outgoing::Through(_))),
];

pub(super) const IDENTITY: &[Spec<MailboxValue>] = &[
    heading!(
        Section::Identity,
        "identity",
        "Identity",
        "Aliases, Reply-To, blind copies, language, and what operators should know."
    ),
    field(
        "aliases",
        "Aliases",
        "Other addresses of this mailbox, with commas between them.",
        |v: &Value| v.settings.identity.aliases.join(", "),
        |v, typed| {
            v.settings.identity.aliases = Identity::read_aliases(typed)?;
            Ok(())
        },
    )
    .when(|v| v.shows(Section::Identity)),
    field(
        "answer-from-written-to",
        "Answer from",
        "Answers leave from the address that was written to, or always from the first.",
        |v: &Value| yes(v.settings.identity.answers_from_written_to),
        |v, typed| {
            v.settings.identity.answers_from_written_to = typed == "yes";
            Ok(())
        },
    )
    .toggling()
    .note(|_| Some("the address written to".into()))
    .when(|v| v.shows(Section::Identity)),
    field(
        "sending",
        "Sending",
        "Off: nothing leaves, and what waits goes on waiting; mail still comes in.",
        |v: &Value| yes(v.settings.identity.is_sending),
        |v, typed| {
            v.settings.identity.is_sending = typed == "yes";
            Ok(())
        },
    )
    .toggling()
    .when(|v| v.shows(Section::Identity)),
    field(
        "reply-to",
        "Reply-To",
        "Where customers' answers go instead of the sender; usually empty.",
        |v: &Value| v.settings.identity.reply_to.clone().unwrap_or_default(),
        |v, typed| {
            v.settings.identity.reply_to = Identity::read_reply_to(typed)?;
            Ok(())
        },
    )
    .when(|v| v.shows(Section::Identity)),
    field(
        "automatic-bcc",
        "Always Bcc",
        "Gets a blind copy of everything that leaves here; it stands in no header.",
        |v: &Value| v.settings.identity.automatic_bcc.join(", "),
        |v, typed| {
            v.settings.identity.automatic_bcc = Identity::read_copies(typed)?;
            Ok(())
        },
    )
    .when(|v| v.shows(Section::Identity)),
    field(
        "language",
        "Language",
        "Of what leaves here, as a tag such as uk, en or pt-BR; empty says none.",
        |v: &Value| v.settings.identity.language.clone().unwrap_or_default(),
        |v, typed| {
            v.settings.identity.language = Identity::read_language(typed)?;
            Ok(())
        },
    )
    .when(|v| v.shows(Section::Identity)),
    field(
        "information",
        "Information",
        "For operators only: procedures, opening hours. I shows it beside a ticket.",
        |v: &Value| v.settings.identity.information.clone(),
        |v, typed| {
            v.settings.identity.information = Identity::read_information(typed)?;
            Ok(())
        },
    )
    .kind(Kind::Lines)
    .note(left)
    .when(|v| v.shows(Section::Identity)),
];

/// How much of the room is used.
fn left(value: &Value) -> Option<String> {
    let length = value.settings.identity.information.chars().count();
    Some(format!("{length} of {LONGEST_INFORMATION}"))
}

fn others(value: &Value) -> Options {
    value
        .others
        .iter()
        .map(|(id, name)| (id.to_string(), name.clone()))
        .collect()
}

fn chosen(value: &Value, typed: &str) -> Result<MailboxId, String> {
    let mut known = value.others.iter().map(|(id, _)| *id);
    known
        .find(|id| id.to_string() == typed)
        .ok_or_else(|| "choose a connected mailbox".to_owned())
}
