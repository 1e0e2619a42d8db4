//! How many mails folders have and what the server calls them, without opening them (RFC 9051 §6.3.11).

use std::collections::{HashMap, VecDeque};

use super::answer::Answer;
use super::failure::ImapFailure;
use super::session::{ImapSession, Tag, quoted_folder};

/// Commands on their way at once.
const AHEAD: usize = 30;

/// What was said of one folder.
struct Told {
    mails: Option<u32>,
    mailbox_id: Option<String>,
}

impl ImapSession {
    /// The number of mails in each folder, by wire name. A folder that the server does not count is left out.
    ///
    /// # Errors
    /// The connection is gone. A refusal about one folder is none.
    pub async fn count_messages(
        &mut self,
        wire_names: &[String],
    ) -> Result<HashMap<String, u32>, ImapFailure> {
        let told = self.ask_status(wire_names, "MESSAGES").await?;
        Ok(told
            .into_iter()
            .filter_map(|(name, told)| Some((name, told.mails?)))
            .collect())
    }

    /// What the server calls each folder whatever its name is (RFC 8474 §4.3), by wire name.
    ///
    /// # Errors
    /// As [`Self::count_messages`].
    pub async fn mailbox_ids(
        &mut self,
        wire_names: &[String],
    ) -> Result<HashMap<String, String>, ImapFailure> {
        let told = self.ask_status(wire_names, "MAILBOXID").await?;
        Ok(told
            .into_iter()
            .filter_map(|(name, told)| Some((name, told.mailbox_id?)))
            .collect())
    }

    async fn ask_status(
        &mut self,
        wire_names: &[String],
        item: &str,
    ) -> Result<HashMap<String, Told>, ImapFailure> {
        self.must_be_quiet()?;
        let mut waiting = wire_names
            .iter()
            .filter_map(|name| quoted_folder(name).ok());
        let mut sent: VecDeque<Tag> = VecDeque::new();
        let mut counts = HashMap::new();
        loop {
            while sent.len() < AHEAD
                && let Some(folder) = waiting.next()
            {
                let command = format!("STATUS {folder} ({item})");
                sent.push_back(self.send(&command).await?);
            }
            let Some(tag) = sent.pop_front() else {
                return Ok(counts);
            };
            let counted = self
                .finish(tag, "STATUS", |answer| {
                    if let Answer::Counted {
                        wire_name,
                        mails,
                        mailbox_id,
                    } = answer
                        && wire_names.contains(&wire_name)
                    {
                        counts.insert(wire_name, Told { mails, mailbox_id });
                    }
                })
                .await;
            match counted {
                Err(failure) if !failure.connection_is_good() => return Err(failure),
                _ => {}
            }
        }
    }
}
