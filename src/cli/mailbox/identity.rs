//! Who a mailbox is towards customers, and its words for operators.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::super::{Client, Outcome, Output};
use super::NameArgs;
use crate::domain::clean::Clean;
use crate::domain::mailbox::{Identity, Incoming, MailboxSettings, Outgoing, SecretSource};
use crate::domain::trouble::Trouble;

/// Addresses and what stands on everything that leaves.
#[derive(Debug, Args)]
#[command(next_help_heading = "Identity (an empty value takes away)")]
pub struct IdentityArgs {
    /// Other addresses of this mailbox, with commas between them
    #[arg(long, value_name = "ADDRESSES")]
    aliases: Option<String>,
    /// Answer from the address that the customer wrote to
    #[arg(long, value_name = "yes|no", value_parser = clap::builder::BoolishValueParser::new())]
    answer_from_written_to: Option<bool>,
    /// Where customers' answers go instead of the sender
    #[arg(long, value_name = "ADDRESS")]
    reply_to: Option<String>,
    /// Who gets a blind copy of everything that leaves, with commas between them
    #[arg(long, value_name = "ADDRESSES")]
    automatic_bcc: Option<String>,
    /// The language of what leaves, such as uk
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Whether answers leave; mail comes in anyway
    #[arg(long, value_name = "yes|no", value_parser = clap::builder::BoolishValueParser::new())]
    sending: Option<bool>,
    /// Take what operators should know from this file
    #[arg(long, value_name = "FILE")]
    information_file: Option<PathBuf>,
}

impl IdentityArgs {
    pub fn apply(&self, settings: &mut MailboxSettings) -> Result<(), Trouble> {
        let identity = &mut settings.identity;
        if let Some(typed) = &self.aliases {
            identity.aliases = Identity::read_aliases(typed).map_err(Trouble::operator)?;
        }
        if let Some(is_so) = self.answer_from_written_to {
            identity.answers_from_written_to = is_so;
        }
        if let Some(typed) = &self.reply_to {
            identity.reply_to = Identity::read_reply_to(typed).map_err(Trouble::operator)?;
        }
        if let Some(typed) = &self.automatic_bcc {
            identity.automatic_bcc = Identity::read_copies(typed).map_err(Trouble::operator)?;
        }
        if let Some(typed) = &self.language {
            identity.language = Identity::read_language(typed).map_err(Trouble::operator)?;
        }
        if let Some(is_so) = self.sending {
            identity.is_sending = is_so;
        }
        if let Some(file) = &self.information_file {
            let text = std::fs::read_to_string(file).map_err(|cause| {
                Trouble::operator(format!("{} cannot be read", file.display())).because(cause)
            })?;
            identity.information = Identity::read_information(&text).map_err(Trouble::operator)?;
        }
        Ok(())
    }
}

/// Settings of an address whose mail a connected mailbox collects, and by which its answers leave.
pub(super) async fn forwarded(
    address: &str,
    collecting: &str,
    client: &mut Client,
) -> Result<MailboxSettings, Trouble> {
    let id = client.mailbox(collecting).await?.mailbox.id;
    Ok(MailboxSettings::new(
        address,
        Incoming::Forwarded(id),
        Outgoing::Through(id),
        SecretSource::None,
    ))
}

pub(super) async fn info(arguments: NameArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let mailbox = client.mailbox(&arguments.name).await?.mailbox;
    let settings = &mailbox.settings;
    let information = Clean::text(&settings.identity.information);
    let shape = json!({
        "mailbox": Clean::line(&settings.name),
        "address": Clean::line(&settings.address),
        "information": information,
    });
    out.answer(&shape, || {
        if information.is_empty() {
            "Nothing is written about this mailbox. `ticketty mailbox set NAME --information-file FILE` does.\n".into()
        } else {
            format!("{information}\n")
        }
    })
}
