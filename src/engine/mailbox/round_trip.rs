//! A mail to oneself and back: the only proof that customers' mail arrives and answers leave.
//!
//! The mail carries an id that only this store can sign, so that filing passes it over whoever fetches it first. It is
//! removed from the server when it was seen, and it is the only mail there that is ever removed unasked; its ledger
//! row is written before that. It goes through no outbox: no customer waits for it, and losing it costs nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::account::Account;
use super::sync::own;
use crate::domain::delivery::{Delivery, Envelope};
use crate::domain::folder::FolderRole;
use crate::domain::headers::address::Address;
use crate::domain::headers::signed_id;
use crate::domain::mailbox::{Endpoint, Incoming, MailboxSettings};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::mail::compose::{self, Composed, Thread};
use crate::mail::imap::{FolderInfo, ImapFailure, ImapSession, Removal};

/// How long a mail to oneself may take, where nothing else is said.
pub const USUAL_PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks, at first and at most.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));
/// How long a provider that keeps a copy of what is sent is waited for.
const COPY_WITHIN: Duration = Duration::from_secs(3);

/// A round trip to make.
pub struct Trip<'a> {
    pub from: &'a Account,
    pub to: &'a str,
    /// Where it must arrive, in the inbox or the junk folder.
    pub seen_in: &'a Account,
    pub within: Duration,
    /// Called with the time that has gone by since the mail was taken, about every second.
    pub waiting: &'a (dyn Fn(Duration) + Send + Sync),
}

/// A round trip that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundTrip {
    /// From the server's word that it took the mail until the mail was seen.
    pub took: Duration,
    /// It was taken for junk: customers' mail may be, too.
    pub in_junk: bool,
    pub removal: Removal,
    /// The header of the mail as it came.
    pub header: Vec<u8>,
}

/// Sends the mail, waits for it, and removes it.
///
/// # Errors
/// What failed on the way, or that the mail did not come in time and where to look for it then.
pub async fn round_trip(engine: &Arc<Engine>, trip: &Trip<'_>) -> Result<RoundTrip, Trouble> {
    let Incoming::Imap(endpoint) = &trip.seen_in.settings.incoming else {
        return Err(
            Trouble::operator("only an IMAP mailbox can be tried with a mail to itself")
                .hint("nothing is ever removed from a Maildir"),
        );
    };
    let mut waiting = Waiting::begin(engine, trip.seen_in, endpoint).await?;
    let mail = write_trial(engine, &trip.from.settings, trip.to, "round trip")?;
    let answer = send(engine, trip.from, &mail).await?;
    let begun = Instant::now();
    let seen = waiting.until_seen(&mail.message_id, begun, trip).await;
    let result = match seen {
        Ok(Some(seen)) => {
            let took = begun.elapsed();
            let removal = waiting.remove(engine, trip.seen_in, &seen).await;
            if keeps_copies(trip.from) {
                waiting
                    .remove_copy(engine, trip.seen_in, &mail.message_id)
                    .await;
            }
            Ok(RoundTrip {
                took,
                in_junk: seen.in_junk,
                removal,
                header: seen.header,
            })
        }
        Ok(None) => Err(never_came(trip, &answer)),
        Err(failure) => Err(failure.trouble),
    };
    waiting.session.logout().await;
    result
}

/// A small mail that tries the mailbox out, with an id that filing knows.
///
/// # Errors
/// The address cannot be sent to.
pub fn write_trial(
    engine: &Engine,
    from: &MailboxSettings,
    to: &str,
    what: &str,
) -> Result<Composed, Trouble> {
    let mut random = [0_u8; 10];
    getrandom::fill(&mut random)
        .map_err(|error| Trouble::bug("no random numbers").because(error))?;
    let word: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let sender = Address::new(from.display_name.clone(), from.address.clone());
    let key = &engine.settings.message_id_key;
    let message_id = signed_id::sign_trial(key, &word, sender.domain());
    compose::compose(&compose::Outgoing {
        to: vec![Address::new("", to)],
        subject: format!("Ticketty: {what} of {}", from.name),
        markdown_body:
            "Ticketty sent this mail to prove that the mailbox works. It may be deleted.".into(),
        reference: Some(message_id.clone()),
        thread: Thread {
            message_id,
            ..Thread::default()
        },
        date: engine.clock.now(),
        from: sender,
        automatic: true,
        ..compose::Outgoing::default()
    })
}

/// Hands the mail over; gives the server's words. A mail whose fate is unknown is waited for all the same.
async fn send(engine: &Arc<Engine>, from: &Account, mail: &Composed) -> Result<String, Trouble> {
    let mut courier = from
        .open_sending(engine)
        .await
        .map_err(|setback| setback.trouble)?;
    let envelope = Envelope {
        // Not the empty sender of automatic mail: many servers let nobody submit with it.
        from: Some(from.settings.address.clone()),
        to: mail.envelope_to.clone(),
        all_or_nothing: true,
    };
    let delivery = courier.send(&envelope, &mail.raw, async { Ok(()) }).await;
    courier.close().await;
    match delivery {
        Delivery::Accepted { line, .. } => Ok(line),
        Delivery::Uncertain { known, .. } => Ok(known),
        Delivery::NotSent(setback) => Err(setback.trouble),
        Delivery::Deferred { words, .. } | Delivery::Refused { words, .. } => {
            Err(Trouble::server("the mail to oneself was not taken").because(words))
        }
    }
}

fn never_came(trip: &Trip<'_>, answer: &str) -> Trouble {
    let domain = trip
        .to
        .rsplit_once('@')
        .map_or(trip.to, |(_, domain)| domain);
    Trouble::server(format!(
        "the mail to {} was sent and did not come within {} s",
        trip.to,
        trip.within.as_secs()
    ))
    .because(format!("the outgoing server said: {answer}"))
    .hint(format!(
        "look at the mailbox's forwarding and filter rules, at whether the MX of {domain} leads to this mailbox, and \
         at a bounce in the inbox; a slow server may still bring it, and it makes no ticket"
    ))
}

/// Whether the provider puts what is sent into the Sent folder by itself.
pub fn keeps_copies(account: &Account) -> bool {
    crate::mail::providers::of_settings(&account.settings)
        .is_some_and(|provider| provider.copies_sent_itself)
}

/// A folder that is looked at.
#[derive(Debug, Clone)]
struct Place {
    wire_name: String,
    role: FolderRole,
    /// Where the trial cannot lie below.
    from_uid: u32,
}

/// Where the mail was seen.
#[derive(Debug, Clone)]
struct Seen {
    wire_name: String,
    uid_validity: u32,
    uid: u32,
    in_junk: bool,
    header: Vec<u8>,
}

/// The connection that waits for the mail.
struct Waiting {
    session: ImapSession,
    places: Vec<Place>,
    sent: Option<Place>,
    trash: Option<String>,
}

impl Waiting {
    /// Connects before anything is sent, so that only newer mails have to be looked through.
    async fn begin(
        engine: &Arc<Engine>,
        account: &Account,
        endpoint: &Endpoint,
    ) -> Result<Self, Trouble> {
        let begin = async {
            let mut session = account.sign_in(engine, endpoint).await?;
            let folders = session.list_folders().await?;
            let mut places = Vec::new();
            for role in [FolderRole::Inbox, FolderRole::Junk, FolderRole::Sent] {
                if let Some(info) = with_role(&folders, role) {
                    let selected = session.examine(&info.wire_name, None).await?;
                    places.push(Place {
                        wire_name: info.wire_name.clone(),
                        role,
                        from_uid: selected.uidnext,
                    });
                }
            }
            let sent = places
                .iter()
                .position(|place| place.role == FolderRole::Sent)
                .map(|at| places.remove(at));
            let trash = with_role(&folders, FolderRole::Trash).map(|info| info.wire_name.clone());
            Ok(Self {
                session,
                places,
                sent,
                trash,
            })
        };
        begin.await.map_err(|failure: ImapFailure| failure.trouble)
    }

    async fn until_seen(
        &mut self,
        id: &str,
        begun: Instant,
        trip: &Trip<'_>,
    ) -> Result<Option<Seen>, ImapFailure> {
        let (mut pause, longest) = LOOK_AGAIN;
        loop {
            for place in self.places.clone() {
                if let Some(seen) = self.look(&place, id).await? {
                    return Ok(Some(seen));
                }
            }
            let gone_by = begun.elapsed();
            if gone_by >= trip.within {
                return Ok(None);
            }
            (trip.waiting)(gone_by);
            tokio::time::sleep(pause.min(trip.within - gone_by)).await;
            pause = (pause * 2).min(longest);
        }
    }

    async fn look(&mut self, place: &Place, id: &str) -> Result<Option<Seen>, ImapFailure> {
        let selected = self.session.examine(&place.wire_name, None).await?;
        let Some(uid) = self.session.find_own(id, place.from_uid).await? else {
            return Ok(None);
        };
        let header = self.session.fetch_header(uid).await?;
        Ok(header.map(|mail| Seen {
            wire_name: place.wire_name.clone(),
            uid_validity: selected.uidvalidity,
            uid,
            in_junk: place.role == FolderRole::Junk,
            header: mail.raw,
        }))
    }

    /// Settles the mail in the ledger, then removes it. That it stays is no failure of the round trip.
    async fn remove(&mut self, engine: &Arc<Engine>, account: &Account, seen: &Seen) -> Removal {
        let folder = (seen.wire_name.as_str(), seen.uid_validity);
        if let Some(mailbox) = account.id
            && let Err(failure) =
                own::settle(engine, &mut self.session, mailbox, folder, seen.uid).await
        {
            tracing::warn!(trouble = %failure.trouble, "a mail of our own is not settled in the ledger");
            return Removal::Left;
        }
        let removed = self
            .session
            .remove_own(
                &seen.wire_name,
                seen.uid_validity,
                seen.uid,
                self.trash.as_deref(),
            )
            .await;
        if let Some(mailbox) = account.id
            && let Err(trouble) = own::settle_if_listed(engine, mailbox, folder, seen.uid).await
        {
            tracing::warn!(%trouble, "a mail of our own is not settled in the ledger");
        }
        removed.unwrap_or_else(|failure| {
            tracing::warn!(trouble = %failure.trouble, "a mail of our own could not be removed");
            Removal::Left
        })
    }

    /// Removes the copy that the provider made, where it makes one soon.
    async fn remove_copy(&mut self, engine: &Arc<Engine>, account: &Account, id: &str) {
        let Some(place) = self.sent.clone() else {
            return;
        };
        let until = Instant::now() + COPY_WITHIN;
        loop {
            match self.look(&place, id).await {
                Ok(Some(seen)) => {
                    self.remove(engine, account, &seen).await;
                    return;
                }
                Ok(None) if Instant::now() < until => {}
                _ => return,
            }
            tokio::time::sleep(LOOK_AGAIN.0).await;
        }
    }
}

fn with_role(folders: &[FolderInfo], role: FolderRole) -> Option<&FolderInfo> {
    folders
        .iter()
        .find(|info| info.role == role && info.selectable)
}
