//! What a mailbox writes by itself, on the command line: the texts, and how they will look.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::super::{Client, Outcome, Output, client::unexpected};
use crate::bridge::{PeopleRequest, Report, Request, Sample, WordsReport};
use crate::domain::automatic::LetterKind;
use crate::domain::clean::Clean;
use crate::domain::mailbox::{Automatic, Letter, MailboxSettings};
use crate::domain::template::{LONGEST_TEMPLATE, Template};
use crate::domain::trouble::Trouble;

/// Automatic mail.
#[derive(Debug, Args)]
#[command(next_help_heading = "Automatic mail (with variables such as {ticket.number})")]
pub struct LetterArgs {
    /// Answer the first mail of every new ticket
    #[arg(long, value_name = "on|off", value_parser = BoolishValueParser::new())]
    auto_reply: Option<bool>,
    #[arg(long, value_name = "TEXT")]
    auto_reply_subject: Option<String>,
    /// What mail programs show beside the subject
    #[arg(long, value_name = "TEXT")]
    auto_reply_preview: Option<String>,
    /// Markdown
    #[arg(long, value_name = "FILE")]
    auto_reply_body_file: Option<PathBuf>,
    /// Tell customers when an operator closes their ticket
    #[arg(long, value_name = "on|off", value_parser = BoolishValueParser::new())]
    closing_notice: Option<bool>,
    #[arg(long, value_name = "TEXT")]
    closing_notice_subject: Option<String>,
    #[arg(long, value_name = "TEXT")]
    closing_notice_preview: Option<String>,
    #[arg(long, value_name = "FILE")]
    closing_notice_body_file: Option<PathBuf>,
    /// What customers get where replies to closed tickets are refused
    #[arg(long, value_name = "TEXT")]
    refusal_subject: Option<String>,
    #[arg(long, value_name = "TEXT")]
    refusal_preview: Option<String>,
    #[arg(long, value_name = "FILE")]
    refusal_body_file: Option<PathBuf>,
}

/// What is said about one letter.
struct Said<'a> {
    name: &'static str,
    is_on: Option<bool>,
    subject: &'a Option<String>,
    preview: &'a Option<String>,
    body_file: &'a Option<PathBuf>,
}

impl LetterArgs {
    /// # Errors
    /// A file cannot be read, or a text has a mistake.
    pub fn apply(&self, settings: &mut MailboxSettings) -> Result<(), Trouble> {
        let Automatic {
            auto_reply,
            closing_notice,
            refusal,
        } = &mut settings.policy.automatic;
        Said {
            name: "auto-reply",
            is_on: self.auto_reply,
            subject: &self.auto_reply_subject,
            preview: &self.auto_reply_preview,
            body_file: &self.auto_reply_body_file,
        }
        .apply(auto_reply)?;
        Said {
            name: "closing notice",
            is_on: self.closing_notice,
            subject: &self.closing_notice_subject,
            preview: &self.closing_notice_preview,
            body_file: &self.closing_notice_body_file,
        }
        .apply(closing_notice)?;
        Said {
            name: "refusal",
            is_on: None,
            subject: &self.refusal_subject,
            preview: &self.refusal_preview,
            body_file: &self.refusal_body_file,
        }
        .apply(refusal)
    }
}

impl Said<'_> {
    fn apply(&self, letter: &mut Letter) -> Result<(), Trouble> {
        if let Some(is_on) = self.is_on {
            letter.is_on = is_on;
        }
        if let Some(subject) = self.subject {
            letter.subject = self.understood("subject", subject.trim())?;
        }
        if let Some(preview) = self.preview {
            letter.preview = self.understood("preview", preview.trim())?;
        }
        if let Some(file) = self.body_file {
            let text = std::fs::read_to_string(file).map_err(|cause| {
                Trouble::operator(format!("the file {} cannot be read", file.display()))
                    .because(cause)
            })?;
            letter.body = self.understood("text", text.trim_end())?;
        }
        Ok(())
    }

    fn understood(&self, what: &str, text: &str) -> Result<String, Trouble> {
        let wrong = |why: String| {
            Trouble::operator(format!("the {what} of the {} cannot be used", self.name))
                .because(why)
                .hint("variables are described by `ticketty mailbox preview --help`")
        };
        if text.is_empty() && what != "preview" {
            return Err(wrong("it is empty".into()));
        }
        if what != "text" && (text.contains(['\n', '\r']) || text.len() > LONGEST_TEMPLATE / 20) {
            return Err(wrong("it must be one line".into()));
        }
        Template::parse(text)
            .map(|_| text.to_owned())
            .map_err(|mistake| wrong(mistake.sentence(text)))
    }
}

/// Variables: operator.name, operator.login, ticket.number, ticket.subject, contact.name, contact.first_name,
/// contact.address, mailbox.name, mailbox.display_name, mailbox.address, date. The first of a chain that is not
/// empty is written: {contact.name|"there"}. {{ and }} are braces.
#[derive(Debug, Args)]
pub struct PreviewArgs {
    /// Name or address of the mailbox
    name: String,
    /// Which letter
    #[arg(value_enum)]
    letter: LetterArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LetterArg {
    AutoReply,
    ClosingNotice,
    Refusal,
}

impl From<LetterArg> for LetterKind {
    fn from(given: LetterArg) -> Self {
        match given {
            LetterArg::AutoReply => Self::AutoReply,
            LetterArg::ClosingNotice => Self::ClosingNotice,
            LetterArg::Refusal => Self::Refusal,
        }
    }
}

/// Shows a letter as the customer of the mailbox's latest ticket would get it.
pub async fn preview(arguments: PreviewArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let mailbox = client.mailbox(&arguments.name).await?.mailbox;
    let kind = LetterKind::from(arguments.letter);
    let letter = kind.of(&mailbox.settings.policy.automatic);
    let request = PeopleRequest::Sample(Some(mailbox.id));
    let Sample { ticket, values, .. } = match client.call(Request::People(request)).await? {
        Report::Words(WordsReport::Sample(sample)) => *sample,
        other => return Err(unexpected(&other)),
    };
    let filled = |text: &str| Clean::text(&Template::lenient(text).render(&values));
    let (subject, preview) = (filled(&letter.subject), filled(&letter.preview));
    let body = filled(&letter.body);
    let is_on = letter.is_on || kind == LetterKind::Refusal;
    out.answer(
        &json!({
            "letter": kind.word(),
            "on": is_on,
            "ticket": ticket.map(|ticket| ticket.0),
            "subject": subject,
            "preview": preview,
            "text": body,
        }),
        || {
            let about = ticket.map_or_else(
                || "an example, as there is no ticket yet".to_owned(),
                |ticket| format!("#{ticket}"),
            );
            let state = if is_on { "on" } else { "off" };
            format!(
                "({state}; shown for {about})\n\nSubject: {subject}\nPreview: {preview}\n\n{body}\n"
            )
        },
    )
}
