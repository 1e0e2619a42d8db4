//! `ticketty demo`: the desk on sample mail, by the same code as everything else.
//!
//! A local Maildir is the mailbox, a folder is where answers go, and nothing leaves the machine. All of it lives in
//! a directory that vanishes afterwards, unless it is to be kept.

mod letter;
mod picture;
mod scenes;
mod visitors;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::{Client, Outcome, client::unexpected};
use crate::bridge::{
    Change, ListWindow, Look, MailboxReport, MailboxRequest, PeopleRequest, Report, Request, Seen,
    TicketLine,
};
use crate::config::paths::{Paths, absolute, make_private_directory};
use crate::domain::contact::Signature;
use crate::domain::ids::{MailboxId, SignatureId};
use crate::domain::mailbox::{
    FirstSync, Incoming, MailboxPolicy, MailboxSettings, Outgoing, SecretSource,
};
use crate::domain::trouble::Trouble;

use letter::{Maildir, Slot};

/// The address that the sample customers write to.
const ADDRESS: &str = "support@acme.example";

/// The place the demo is played on. The directory is removed when the last owner of it is gone.
#[derive(Debug, Clone)]
pub struct Stage {
    home: PathBuf,
    vanishes: Option<Arc<tempfile::TempDir>>,
}

impl Stage {
    /// A temporary stage, or one in `keep`.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub fn set(keep: Option<&Path>) -> Result<Self, Trouble> {
        if let Some(directory) = keep {
            let home = absolute(directory);
            make_private_directory(&home)?;
            return Ok(Self {
                home,
                vanishes: None,
            });
        }
        let directory = tempfile::Builder::new()
            .prefix("ticketty-demo-")
            .tempdir()
            .map_err(|cause| {
                Trouble::operator("the demo has no place for its mail")
                    .because(cause)
                    .hint("set TMPDIR to a directory you may write to, or use --keep DIR")
            })?;
        Ok(Self {
            home: directory.path().to_owned(),
            vanishes: Some(Arc::new(directory)),
        })
    }

    /// The usual places, but for everything that is kept.
    pub fn paths(&self, usual: Paths) -> Paths {
        Paths {
            data_dir: self.home.join("data"),
            state_dir: self.home.join("state"),
            runtime_dir: self.home.join("run"),
            ..usual
        }
    }

    /// Removes it now, whoever still has it, unless it is to be kept.
    pub fn strike(&self) {
        if self.vanishes.is_some() {
            // What cannot be removed was removed already, or never belonged to us.
            let _ = std::fs::remove_dir_all(&self.home);
        }
    }

    /// Where it is.
    pub fn home(&self) -> &Path {
        &self.home
    }

    fn inbox(&self) -> Maildir {
        Maildir::new(self.home.join("Maildir"))
    }

    fn outgoing(&self) -> PathBuf {
        self.home.join("outgoing")
    }

    /// Writes the sample mail, connects the mailbox, and brings the tickets into the states of a normal morning.
    /// A kept stage that is furnished already stays as it was left.
    ///
    /// # Errors
    /// When the mail cannot be written, or the engine refuses something.
    pub async fn furnish(&self, now: Timestamp, client: &mut Client) -> Outcome {
        let lines = client.mailboxes().await?;
        if lines
            .iter()
            .any(|line| line.mailbox.settings.address == ADDRESS)
        {
            return Ok(());
        }
        let inbox = self.inbox();
        inbox.make()?;
        make_private_directory(&self.outgoing())?;
        for text in scenes::MORNING {
            inbox.deliver(text, now, "morning")?;
        }
        let request = MailboxRequest::Put {
            id: None,
            settings: Box::new(self.settings()),
            secret: None,
        };
        let mailbox = match client.call(Request::Mailbox(request)).await? {
            Report::Mailbox(MailboxReport::Saved(id)) => id,
            other => return Err(unexpected(&other)),
        };
        client
            .call_long(
                Request::Mailbox(MailboxRequest::SyncNow(Some(mailbox))),
                &mut |_| Ok(()),
            )
            .await?;
        sign(mailbox, client).await?;
        arrange(client).await
    }

    fn settings(&self) -> MailboxSettings {
        MailboxSettings {
            display_name: "Acme Support".into(),
            first_sync: FirstSync::All,
            poll_seconds: 10,
            policy: MailboxPolicy {
                first_reply_minutes: Some(20 * 60),
                ..MailboxPolicy::default()
            },
            ..MailboxSettings::new(
                ADDRESS,
                Incoming::Maildir(self.inbox().root().to_owned()),
                Outgoing::Folder(self.outgoing()),
                SecretSource::None,
            )
        }
    }

    /// Brings new mail while somebody watches, and lets customers answer. Never ends by itself.
    pub async fn live(&self) {
        let mut visitors = visitors::Visitors::new(self.inbox(), self.outgoing());
        loop {
            tokio::time::sleep(visitors::STEP).await;
            let now = Timestamp::now();
            let mut at_work = visitors;
            // Writing files blocks, if only for a moment.
            let worked = tokio::task::spawn_blocking(move || {
                at_work.step(now);
                at_work
            });
            match worked.await {
                Ok(back) => visitors = back,
                Err(_) => return,
            }
        }
    }
}

async fn sign(mailbox: MailboxId, client: &mut Client) -> Outcome {
    let signature = Signature {
        // The engine chooses the id of a new one.
        id: SignatureId(0),
        name: "Support".into(),
        markdown: scenes::SIGNATURE.into(),
        mailbox: Some(mailbox),
        operator: None,
        is_markdown: true,
    };
    client
        .call(Request::People(PeopleRequest::PutSignature {
            id: None,
            signature,
        }))
        .await
        .map(|_| ())
}

/// What the people at the desk have done before you came.
async fn arrange(client: &mut Client) -> Outcome {
    let me = client.basics().await?.me.id;
    let window = ListWindow::Offset {
        offset: 0,
        limit: 200,
    };
    let tickets: Vec<TicketLine> = match client
        .look(Look::Tickets {
            query: String::new(),
            window,
        })
        .await?
    {
        Seen::Tickets(list) => list.rows,
        other => return Err(unexpected(&Report::Look(other))),
    };
    for (subject, actions) in scenes::arrangements(me) {
        let found = tickets
            .iter()
            .filter(|line| line.subject.as_str().contains(subject));
        let numbers: Vec<_> = found.map(|line| line.ticket.number).collect();
        if numbers.is_empty() {
            return Err(Trouble::bug(format!(
                "the demo's ticket `{subject}` did not arrive"
            )));
        }
        for action in actions {
            client
                .change(Change::Act {
                    tickets: numbers.clone(),
                    action,
                })
                .await?;
        }
    }
    Ok(())
}

/// Whether a letter goes to the inbox or is one that was sent before.
impl From<&str> for Slot {
    fn from(word: &str) -> Self {
        if word == "sent" {
            Self::Sent
        } else {
            Self::Inbox
        }
    }
}
