//! Who it is from: the mailbox it leaves from, and the signature under it.

use super::shown;
use crate::app::App;
use crate::app::prompt::Choice;
use crate::domain::clean::Clean;
use crate::domain::ids::{MailboxId, SignatureId};
use crate::domain::mailbox::{Mailbox, Outgoing};

/// The next signature, and after the last one none.
pub fn next_signature(app: &mut App) {
    let now = app.now;
    let signatures: Vec<(SignatureId, String)> =
        app.known.basics.as_ref().map_or_else(Vec::new, |basics| {
            let all = basics.signatures.iter();
            all.map(|one| (one.id, one.name.clone())).collect()
        });
    let Some(composer) = super::open_one(app) else {
        return;
    };
    if signatures.is_empty() {
        app.status
            .refuse("there are no signatures; the settings have a page for them");
        return;
    }
    let place = composer
        .signature
        .and_then(|id| signatures.iter().position(|(other, _)| *other == id));
    let next = signatures.get(place.map_or(0, |place| place + 1));
    composer.signature = next.map(|(id, _)| *id);
    composer.touch(now);
    let words = next.map_or_else(
        || "without a signature".to_owned(),
        |(_, name)| format!("signature: {name}"),
    );
    app.status.good(Clean::line(&words));
}

/// The addresses that mail can leave from: those of the mailboxes, and their aliases.
pub fn choices(app: &App) -> Vec<Choice> {
    let Some(basics) = &app.known.basics else {
        return Vec::new();
    };
    let now = shown(app).map(|composer| (composer.mailbox, composer.from.as_ref()));
    basics
        .mailboxes
        .iter()
        .map(|line| &line.mailbox)
        .filter(|mailbox| can_send(mailbox))
        .flat_map(|mailbox| {
            let own = (mailbox, None);
            let aliases = mailbox.settings.identity.aliases.iter();
            std::iter::once(own).chain(aliases.map(move |alias| (mailbox, Some(alias))))
        })
        .map(|(mailbox, alias)| {
            let address = alias.unwrap_or(&mailbox.settings.address);
            let value = match alias {
                Some(alias) => format!("{} {alias}", mailbox.id),
                None => mailbox.id.to_string(),
            };
            let mut choice = Choice::new(&value, address, &mailbox.settings.name);
            choice.dimmed = now == Some((mailbox.id, alias));
            choice
        })
        .collect()
}

fn can_send(mailbox: &Mailbox) -> bool {
    !mailbox.removed
        && mailbox.settings.identity.is_sending
        && !matches!(mailbox.settings.outgoing, Outgoing::Off)
}

/// Another mailbox, and perhaps an alias of it (`7 help@acme.test`); a signature that was chosen by nobody changes with
/// the mailbox.
pub fn change(app: &mut App, chosen: &str) {
    let now = app.now;
    let (id, alias) = match chosen.split_once(' ') {
        Some((id, alias)) => (id, Some(alias.to_owned())),
        None => (chosen, None),
    };
    let Ok(id) = id.parse().map(MailboxId) else {
        return;
    };
    let default_of = |app: &App, mailbox: MailboxId| {
        let signatures = &app.known.basics.as_ref()?.signatures;
        let own = signatures.iter().find(|one| one.mailbox == Some(mailbox));
        let general = signatures.iter().find(|one| one.mailbox.is_none());
        own.or(general).map(|one| one.id)
    };
    let Some((mailbox, signature)) = shown(app).map(|one| (one.mailbox, one.signature)) else {
        return;
    };
    let was_default = signature == default_of(app, mailbox);
    let default = default_of(app, id);
    if let Some(composer) = super::open_one(app) {
        composer.mailbox = id;
        composer.from = alias;
        if was_default {
            composer.signature = default;
        }
        composer.touch(now);
    }
}
