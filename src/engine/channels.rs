//! How mailboxes hang together: which collects for which, which sends for which, and where new mail begins.

use std::sync::Arc;

use super::audit;
use super::core::Engine;
use crate::domain::audit::{Difference, Subject, SubjectKind};
use crate::domain::channel::{channels_of, own_addresses};
use crate::domain::headers::address::key;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Incoming, Mailbox, MailboxSettings, Outgoing};
use crate::domain::trouble::Trouble;
use crate::store::{Read, StoreResult};

/// The name of the store's fact that holds the mailbox where new mail begins.
const DEFAULT_MAILBOX: &str = "default-mailbox";

/// The mailbox where new mail begins, if one was chosen and is still there.
///
/// # Errors
/// The store cannot be read.
pub fn default_of(store: &dyn Read) -> StoreResult<Option<MailboxId>> {
    let fact = store.fact(DEFAULT_MAILBOX)?.unwrap_or_default();
    let id = std::str::from_utf8(&fact)
        .ok()
        .and_then(|digits| digits.parse().ok())
        .map(MailboxId);
    let mailboxes = store.mailboxes()?;
    Ok(id.filter(|id| mailboxes.iter().any(|one| one.id == *id && !one.removed)))
}

/// Lets new mail begin in this mailbox.
///
/// # Errors
/// There is no such mailbox, or nothing can be sent from it.
pub async fn set_default(engine: &Arc<Engine>, id: MailboxId) -> Result<(), Trouble> {
    let author = engine.author();
    engine
        .write(move |store| {
            let mailboxes = store.mailboxes()?;
            let mailbox = mailboxes
                .iter()
                .find(|mailbox| mailbox.id == id && !mailbox.removed)
                .ok_or_else(|| Trouble::operator("there is no such mailbox"))?;
            if mailbox.settings.outgoing == Outgoing::Off {
                let name = &mailbox.settings.name;
                return Err(Trouble::operator(format!(
                    "nothing can be sent from the mailbox {name}"
                ))
                .hint("set up its outgoing server first"));
            }
            let before = default_of(store)?;
            let name_of = |id| mailboxes.iter().find(|one| one.id == id);
            let old = before
                .and_then(name_of)
                .map(|one| one.settings.name.clone());
            let difference = Difference::new("mailbox", old, Some(mailbox.settings.name.clone()));
            store.set_fact(DEFAULT_MAILBOX, id.to_string().as_bytes())?;
            if before == Some(id) {
                return Ok(());
            }
            let about = Subject::new(SubjectKind::Default, id.0, "new mail");
            audit::record(store, &[author.changed(about, difference)])
        })
        .await?;
    engine.told.basics_changed();
    Ok(())
}

/// The sentence about a mailbox whose sending is switched off.
pub fn sending_is_off(name: &str) -> String {
    format!("sending is switched off for the mailbox {name}")
}

/// Whether a mailbox with these settings can stand beside the others.
///
/// # Errors
/// The operator's move: it hangs on itself or on one that hangs on another, or an alias belongs to somebody else.
pub fn fits(
    mailboxes: &[Mailbox],
    id: Option<MailboxId>,
    settings: &MailboxSettings,
) -> Result<(), Trouble> {
    if let Incoming::Forwarded(collecting) = settings.incoming {
        let collecting = other(mailboxes, id, collecting)?;
        if matches!(collecting.settings.incoming, Incoming::Forwarded(_)) {
            let name = &collecting.settings.name;
            return Err(Trouble::operator(format!("{name} collects no mail itself"))
                .hint("choose the mailbox whose server has the mail"));
        }
        if let Some(id) = id
            && let Some(channel) = channels_of(id, mailboxes).next()
        {
            return Err(Trouble::operator(format!(
                "{} collects the mail of {}, so it cannot be redirected itself",
                settings.name, channel.settings.name
            )));
        }
    }
    if let Outgoing::Through(carrier) = settings.outgoing {
        let carrier = other(mailboxes, id, carrier)?;
        if matches!(
            carrier.settings.outgoing,
            Outgoing::Through(_) | Outgoing::Off
        ) {
            let name = &carrier.settings.name;
            return Err(
                Trouble::operator(format!("{name} has no outgoing server of its own"))
                    .hint("choose another mailbox to send through"),
            );
        }
    }
    aliases_are_free(mailboxes, id, settings)
}

fn other(
    mailboxes: &[Mailbox],
    id: Option<MailboxId>,
    wanted: MailboxId,
) -> Result<&Mailbox, Trouble> {
    mailboxes
        .iter()
        .find(|mailbox| mailbox.id == wanted && !mailbox.removed && Some(mailbox.id) != id)
        .ok_or_else(|| {
            Trouble::operator("the mailbox that it hangs on is not there")
                .hint("choose another connected mailbox")
        })
}

/// One address may lead to one mailbox only, or nobody could say whose mail it is.
fn aliases_are_free(
    mailboxes: &[Mailbox],
    id: Option<MailboxId>,
    settings: &MailboxSettings,
) -> Result<(), Trouble> {
    let own = std::iter::once(&settings.address).chain(&settings.identity.aliases);
    let wanted: Vec<String> = own.map(|address| key(address)).collect();
    for mailbox in mailboxes
        .iter()
        .filter(|one| !one.removed && Some(one.id) != id)
    {
        let taken = own_addresses(mailbox).find(|address| wanted.contains(&key(address)));
        if let Some(address) = taken {
            let name = &mailbox.settings.name;
            return Err(Trouble::operator(format!(
                "{address} belongs to the mailbox {name} already"
            ))
            .hint(format!(
                "take it out there, or change the settings of {name} instead"
            )));
        }
    }
    Ok(())
}

/// Whether others hang on this mailbox, so that it cannot be removed.
///
/// # Errors
/// The operator's move, with the names of those.
pub fn is_free(mailboxes: &[Mailbox], id: MailboxId) -> Result<(), Trouble> {
    let hangs_on = |mailbox: &&Mailbox| {
        !mailbox.removed
            && (mailbox.settings.incoming == Incoming::Forwarded(id)
                || mailbox.settings.outgoing == Outgoing::Through(id))
    };
    let names: Vec<&str> = mailboxes
        .iter()
        .filter(hangs_on)
        .map(|mailbox| mailbox.settings.name.as_str())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Trouble::operator(format!(
        "the mail of {} comes or goes by this mailbox",
        names.join(", ")
    ))
    .hint("give them another way first, or remove them; no mail of theirs is lost until then"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::mailbox::SecretSource;

    fn mailbox(id: i64, name: &str, incoming: Incoming, outgoing: Outgoing) -> Mailbox {
        let address = format!("{name}@acme.test");
        Mailbox {
            id: MailboxId(id),
            settings: MailboxSettings::new(address, incoming, outgoing, SecretSource::None),
            enabled: true,
            removed: false,
            connected_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn office() -> Vec<Mailbox> {
        let folder = || Outgoing::Folder("/out".into());
        vec![
            mailbox(1, "inbox", Incoming::Maildir("/1".into()), folder()),
            mailbox(
                2,
                "sales",
                Incoming::Forwarded(MailboxId(1)),
                Outgoing::Through(MailboxId(1)),
            ),
        ]
    }

    fn new(incoming: i64, outgoing: i64) -> MailboxSettings {
        mailbox(
            9,
            "new",
            Incoming::Forwarded(MailboxId(incoming)),
            Outgoing::Through(MailboxId(outgoing)),
        )
        .settings
    }

    #[test]
    fn a_channel_hangs_on_a_mailbox_that_collects_and_sends_itself() {
        let office = office();
        assert_eq!(fits(&office, None, &new(1, 1)), Ok(()));
        for (settings, word) in [
            (new(2, 1), "sales collects no mail itself"),
            (new(1, 2), "sales has no outgoing server of its own"),
            (new(7, 1), "not there"),
        ] {
            let trouble = fits(&office, None, &settings).unwrap_err();
            assert!(trouble.what.contains(word), "{trouble}");
        }
        let own = fits(&office, Some(MailboxId(1)), &new(1, 1)).unwrap_err();
        assert!(own.what.contains("not there"), "{own}");
        let mut taken = new(1, 1);
        taken.identity.aliases = vec!["SALES@acme.test".into()];
        let taken = fits(&office, None, &taken).unwrap_err();
        assert!(
            taken.what.contains("belongs to the mailbox sales"),
            "{taken}"
        );
    }

    #[test]
    fn what_others_hang_on_is_not_removed() {
        let mut office = office();
        let trouble = is_free(&office, MailboxId(1)).unwrap_err();
        assert!(trouble.what.contains("sales"), "{trouble}");
        assert_eq!(is_free(&office, MailboxId(2)), Ok(()));
        office[1].removed = true;
        assert_eq!(is_free(&office, MailboxId(1)), Ok(()));
    }
}
