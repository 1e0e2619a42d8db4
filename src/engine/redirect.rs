//! Setting up the redirect of a channel: what was chosen, what the provider wrote, and the proof of the path.
//!
//! All of it is a note beside the mailbox. No mail is kept back for it: the provider's confirmation is filed like any
//! other mail, and this only remembers what it said.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::audit;
use super::core::Engine;
use super::mailbox::account::Account;
use super::mailbox::round_trip::{Trip, round_trip};
use crate::bridge::{ConnectReport, Proof, RedirectRequest, RedirectState, Report};
use crate::domain::audit::{Difference, Subject, SubjectKind};
use crate::domain::channel::{channels_of, doors, own_addresses, written_to};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Incoming, Mailbox, Outgoing};
use crate::domain::parsed::ParsedMail;
use crate::domain::redirect::{Redirector, confirmation};
use crate::domain::trouble::Trouble;
use crate::store::{Read, StoreResult, Write};

/// A redirect passes through two providers, and some of them take their time.
const PATIENCE: Duration = Duration::from_secs(180);

pub(super) async fn answer(
    engine: &Arc<Engine>,
    request: RedirectRequest,
) -> Result<Report, Trouble> {
    let id = match request {
        RedirectRequest::Look(id) => id,
        RedirectRequest::Choose { id, redirector } => {
            choose(engine, id, redirector).await?;
            id
        }
        RedirectRequest::Prove(id) => {
            prove(engine, id).await?;
            id
        }
    };
    let state = engine
        .read(move |store| {
            channel(&store.mailboxes()?, id)?;
            state(store, id)
        })
        .await?;
    Ok(Report::Connect(ConnectReport::Redirect(
        id,
        Box::new(state),
    )))
}

/// Keeps who redirects, and tells the log of settings.
async fn choose(
    engine: &Arc<Engine>,
    id: MailboxId,
    redirector: Redirector,
) -> Result<(), Trouble> {
    let author = engine.author();
    engine
        .write(move |store| {
            let mailboxes = store.mailboxes()?;
            let (channel, _) = channel(&mailboxes, id)?;
            let before = state(store, id)?.redirector;
            if before == Some(redirector) {
                return Ok(());
            }
            change(store, id, |state| state.redirector = Some(redirector))?;
            let word = |one: Redirector| one.word().to_owned();
            let difference =
                Difference::new("redirected_by", before.map(word), Some(word(redirector)));
            let name = channel.settings.name.clone();
            let about = Subject::new(SubjectKind::Mailbox, id.0, name);
            audit::record(store, &[author.changed(about, difference)])
        })
        .await
}

/// The name of the store's fact about a channel's redirect.
fn fact_name(id: MailboxId) -> String {
    format!("redirect:{id}")
}

fn state(store: &dyn Read, id: MailboxId) -> StoreResult<RedirectState> {
    let fact = store.fact(&fact_name(id))?.unwrap_or_default();
    Ok(serde_json::from_slice(&fact).unwrap_or_default())
}

fn change(
    store: &mut dyn Write,
    id: MailboxId,
    change: impl FnOnce(&mut RedirectState),
) -> StoreResult<()> {
    let mut now = state(store, id)?;
    change(&mut now);
    let fact = serde_json::to_vec(&now)
        .map_err(|cause| Trouble::bug("a note cannot be written as JSON").because(cause))?;
    store.set_fact(&fact_name(id), &fact)
}

/// Remembers what the provider's confirmation mail says, where this is one.
///
/// # Errors
/// The store cannot be written.
pub fn note(
    transaction: &mut dyn Write,
    mailboxes: &[Mailbox],
    collecting: &Mailbox,
    mail: &ParsedMail,
    now: Timestamp,
) -> StoreResult<bool> {
    let channels: Vec<&Mailbox> = channels_of(collecting.id, mailboxes).collect();
    let addresses = channels.iter().flat_map(|channel| own_addresses(channel));
    let Some(found) = confirmation(mail, addresses) else {
        return Ok(false);
    };
    for channel in channels {
        if own_addresses(channel).any(|address| *address == found.address) {
            let said = Some((now, found.clone()));
            change(transaction, channel.id, |state| state.confirmation = said)?;
        }
    }
    Ok(true)
}

fn channel(mailboxes: &[Mailbox], id: MailboxId) -> Result<(&Mailbox, &Mailbox), Trouble> {
    let find = |id| {
        mailboxes
            .iter()
            .find(|mailbox| mailbox.id == id && !mailbox.removed)
    };
    let channel = find(id).ok_or_else(|| Trouble::operator("there is no such mailbox"))?;
    let Incoming::Forwarded(collecting) = channel.settings.incoming else {
        let name = &channel.settings.name;
        return Err(
            Trouble::operator(format!("{name} fetches its mail itself")).hint(format!(
                "`ticketty mailbox check {name}` tries it; only a forwarded address is proved"
            )),
        );
    };
    let collecting = find(collecting).ok_or_else(|| {
        Trouble::operator("the mailbox that this address is redirected to was removed")
            .hint("choose another one in the settings")
    })?;
    Ok((channel, collecting))
}

/// Whose server sends the test mail. Gmail shows nobody a mail that came back to its own sender, so another mailbox
/// is better than the collecting one.
fn prover<'a>(mailboxes: &'a [Mailbox], collecting: &'a Mailbox) -> &'a Mailbox {
    let can_send = |mailbox: &&Mailbox| {
        mailbox.enabled
            && !mailbox.removed
            && mailbox.id != collecting.id
            && mailbox.settings.identity.is_sending
            && matches!(
                mailbox.settings.outgoing,
                Outgoing::Smtp(_) | Outgoing::Sendmail(_)
            )
    };
    mailboxes.iter().find(can_send).unwrap_or(collecting)
}

/// Sends a mail to the channel's address and waits until it lies in the collecting mailbox, known as the channel's.
async fn prove(engine: &Arc<Engine>, id: MailboxId) -> Result<(), Trouble> {
    let mailboxes = engine.read(|store| store.mailboxes()).await?;
    let (channel, collecting) = channel(&mailboxes, id)?;
    let from = prover(&mailboxes, collecting);
    if !from.settings.identity.is_sending {
        return Err(super::writing::identity::off(from));
    }
    let trip = Trip {
        from: &Account::saved(from),
        to: &channel.settings.address,
        seen_in: &Account::saved(collecting),
        within: PATIENCE,
        waiting: &|_| {},
    };
    let made = round_trip(engine, &trip).await?;
    let parsed = engine
        .reader
        .parse(vec![Arc::new(made.header)])
        .await?
        .pop()
        .ok_or_else(|| Trouble::bug("the reader gave nothing for the test mail"))??;
    let known = written_to(&parsed, &doors(collecting, &mailboxes), false);
    let by = known.filter(|to| to.mailbox == id).ok_or_else(|| {
        Trouble::server("the test mail came, but nothing in its header names the address any more")
            .hint("redirect it instead of forwarding it anew, so that To stays as it was")
    })?;
    let proof = Proof {
        at: engine.clock.now(),
        seconds: made.took.as_secs(),
        sent_by: from.settings.name.clone(),
        by: by.by,
        in_junk: made.in_junk,
    };
    engine
        .write(move |store| change(store, id, |state| state.proof = Some(proof.clone())))
        .await
}
