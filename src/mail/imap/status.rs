//! How many mails folders have, without opening them (RFC 9051 §6.3.11).

use std::collections::{HashMap, VecDeque};

use super::answer::Answer;
use super::failure::ImapFailure;
use super::session::{ImapSession, Tag, quoted_folder};

/// Commands on their way at once.
const AHEAD: usize = 30;

impl ImapSession {
    /// The number of mails in each folder, by wire name. A folder that the server does not count is left out.
    ///
    /// # Errors
    /// The connection is gone. A refusal about one folder is none.
    pub async fn count_messages(
        &mut self,
        wire_names: &[String],
    ) -> Result<HashMap<String, u32>, ImapFailure> {
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
                let command = format!("STATUS {folder} (MESSAGES)");
                sent.push_back(self.send(&command).await?);
            }
            let Some(tag) = sent.pop_front() else {
                return Ok(counts);
            };
            let counted = self
                .finish(tag, "STATUS", |answer| {
                    if let Answer::Counted { wire_name, mails } = answer
                        && wire_names.contains(&wire_name)
                    {
                        counts.insert(wire_name, mails);
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
