//! What a change of a mailbox means for its watching: a gap begins, an alarm ends, and no alarm may come back to us.

use jiff::Timestamp;

use crate::domain::headers::address::Address;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Alarm, Gap, Health, Incoming, Mailbox, MailboxSettings, Why};
use crate::domain::trouble::Trouble;
use crate::engine::standing;
use crate::store::{StoreResult, Write};

/// Why fetching stops for a moment when these settings are saved; `None` where it does not stop, or is off anyway.
pub fn why_it_stops(
    before: Option<&Mailbox>,
    settings: &MailboxSettings,
    has_secret: bool,
) -> Option<Why> {
    if matches!(settings.incoming, Incoming::Forwarded(_)) {
        // Another mailbox fetches its mail, and that one did not stop.
        return None;
    }
    match before {
        None => Some(Why::Connected),
        Some(mailbox) if mailbox.removed => Some(Why::ConnectedAgain),
        Some(mailbox) if !mailbox.enabled => None,
        Some(mailbox) if mailbox.settings != *settings => Some(Why::Edited),
        Some(_) => has_secret.then_some(Why::NewPassword),
    }
}

/// What comes from now on is counted until everything is here.
///
/// # Errors
/// The store cannot be written.
pub fn open_gap(
    store: &mut dyn Write,
    mailbox: MailboxId,
    why: Why,
    now: Timestamp,
) -> StoreResult<()> {
    standing::change(store, mailbox, |standing| {
        let since = standing.last_fetch.unwrap_or(now);
        standing.gap = Some(Gap::new(why, since).after(standing.gap));
    })?;
    Ok(())
}

/// It is switched off or removed: whoever did that knows, and nothing is tried or told any more.
///
/// # Errors
/// The store cannot be written.
pub fn close_down(store: &mut dyn Write, mailbox: MailboxId, now: Timestamp) -> StoreResult<()> {
    standing::change(store, mailbox, |standing| {
        standing.note_status(&Health::Disabled, now);
        standing.unheard = None;
        standing.alarm = Alarm {
            last_letter: standing.alarm.last_letter,
            ..Alarm::default()
        };
    })?;
    Ok(())
}

/// An alarm to one of our own addresses would come in as a customer's mail, or not at all.
///
/// # Errors
/// Which address or mailbox is wrong.
pub fn refuse_alarm_to_ourselves(
    mailboxes: &[Mailbox],
    id: Option<MailboxId>,
    settings: &MailboxSettings,
) -> StoreResult<()> {
    let Some(alarm) = &settings.watch.alarm_mail else {
        return Ok(());
    };
    let to = Address::parse(&alarm.to)?;
    let own = mailboxes
        .iter()
        .filter(|mailbox| !mailbox.removed && Some(mailbox.id) != id)
        .map(|mailbox| &mailbox.settings)
        .chain([settings])
        .find(|own| is_address_of(own, &to));
    if let Some(own) = own {
        return Err(Trouble::operator(format!(
            "the alarm mail to {} would come back to the mailbox {}",
            to.address, own.name
        ))
        .hint("give an address that is not connected here"));
    }
    if Some(alarm.from) == id {
        return Err(
            Trouble::operator("a mailbox that fails cannot send its own alarm mail")
                .hint("choose another mailbox to send it"),
        );
    }
    let sender = mailboxes
        .iter()
        .any(|mailbox| mailbox.id == alarm.from && !mailbox.removed);
    if !sender {
        return Err(Trouble::operator(
            "the mailbox that shall send the alarm mail is not connected",
        )
        .hint("choose another mailbox to send it"));
    }
    Ok(())
}

/// Whether the address reaches this mailbox.
pub fn is_address_of(settings: &MailboxSettings, address: &Address) -> bool {
    std::iter::once(&settings.address)
        .chain(&settings.identity.aliases)
        .any(|own| Address::new("", own.clone()).key() == address.key())
}
