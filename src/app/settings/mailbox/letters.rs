//! What a mailbox writes by itself: the auto-reply, the closing notice, the refusal.
//!
//! Every text is read while it is typed: an unknown variable is a mistake under its field, with the nearest right
//! word. How the letter will look stands below the field, tried on a real ticket.

use super::fields::yes;
use super::sections::{Section, heading};
use super::value::MailboxValue;
use crate::app::settings::grammar::{Kind, Spec, field};
use crate::domain::mailbox::ClosedReply;
use crate::domain::template::Template;

const LONGEST_SUBJECT: usize = 300;

type Value = MailboxValue;

/// The four rows of a letter: `letter!(auto_reply, "auto-reply", "Auto-reply", help, shown)`.
macro_rules! letter {
    ($letter:ident, $name:literal, $shown:expr) => {
        [
            field(
                concat!($name, "-subject"),
                "  subject",
                "Variables such as {ticket.number} or {contact.name|\"there\"} are filled in.",
                |v: &Value| v.settings.policy.automatic.$letter.subject.clone(),
                |v, typed| {
                    v.settings.policy.automatic.$letter.subject = line(typed, "a subject")?;
                    Ok(())
                },
            )
            .when($shown),
            field(
                concat!($name, "-preview"),
                "  preview",
                "What mail programs show beside the subject; may be empty.",
                |v: &Value| v.settings.policy.automatic.$letter.preview.clone(),
                |v, typed| {
                    v.settings.policy.automatic.$letter.preview = optional_line(typed)?;
                    Ok(())
                },
            )
            .when($shown),
            field(
                concat!($name, "-body"),
                "  text",
                "Markdown with variables; Enter begins a line, Esc or Tab ends editing.",
                |v: &Value| v.settings.policy.automatic.$letter.body.clone(),
                |v, typed| {
                    v.settings.policy.automatic.$letter.body = text(typed)?;
                    Ok(())
                },
            )
            .kind(Kind::Lines)
            .when($shown),
        ]
    };
}

const HEADING: Spec<Value> = heading!(
    Section::Automatic,
    "automatic",
    "Automatic mail",
    "What customers get by itself: auto-reply, closing notice, refusal."
);

const AUTO_REPLY: Spec<Value> = field(
    "auto-reply",
    "Auto-reply",
    "Answers the first mail of a new ticket; only to people, and never in circles.",
    |v: &Value| yes(v.settings.policy.automatic.auto_reply.is_on),
    |v, typed| {
        v.settings.policy.automatic.auto_reply.is_on = typed == "yes";
        Ok(())
    },
)
.toggling()
.when(|v| v.shows(Section::Automatic));

const CLOSING: Spec<Value> = field(
    "closing-notice",
    "Closing notice",
    "Tells the customer that the ticket was closed; undo takes it back in time.",
    |v: &Value| yes(v.settings.policy.automatic.closing_notice.is_on),
    |v, typed| {
        v.settings.policy.automatic.closing_notice.is_on = typed == "yes";
        Ok(())
    },
)
.toggling()
.when(|v| v.shows(Section::Automatic));

pub(super) fn letters() -> Vec<Spec<Value>> {
    let mut rows = vec![HEADING, AUTO_REPLY];
    rows.extend(letter!(auto_reply, "auto-reply", |v| {
        v.shows(Section::Automatic) && v.settings.policy.automatic.auto_reply.is_on
    }));
    rows.push(CLOSING);
    rows.extend(letter!(closing_notice, "closing-notice", |v| {
        v.shows(Section::Automatic) && v.settings.policy.automatic.closing_notice.is_on
    }));
    let mut refusal = letter!(refusal, "refusal", |v| {
        v.shows(Section::Automatic) && v.settings.policy.closed_reply == ClosedReply::Refuse
    });
    if let Some(first) = refusal.first_mut() {
        first.label = "Refusal subject";
    }
    rows.extend(refusal);
    rows
}

fn understood(typed: &str) -> Result<(), String> {
    Template::parse(typed)
        .map(|_| ())
        .map_err(|mistake| mistake.sentence(typed))
}

fn optional_line(typed: &str) -> Result<String, String> {
    let typed = typed.trim();
    let length = typed.chars().count();
    if length > LONGEST_SUBJECT {
        return Err(format!(
            "{length} characters are too many; {LONGEST_SUBJECT} at most"
        ));
    }
    understood(typed)?;
    Ok(typed.to_owned())
}

fn line(typed: &str, what: &str) -> Result<String, String> {
    if typed.trim().is_empty() {
        return Err(format!("{what} is missing"));
    }
    optional_line(typed)
}

fn text(typed: &str) -> Result<String, String> {
    if typed.trim().is_empty() {
        return Err("the text is missing".into());
    }
    understood(typed)?;
    Ok(typed.to_owned())
}
