//! Who it is from: the mailbox it leaves from, and the signature under it.

use super::{Composer, shown};
use crate::app::App;
use crate::app::prompt::Choice;
use crate::domain::clean::Clean;
use crate::domain::contact::Signature;
use crate::domain::emphasis::without_marks;
use crate::domain::ids::{MailboxId, SignatureId};
use crate::domain::mailbox::{Mailbox, Outgoing};
use crate::domain::signature;
use crate::domain::template::{Template, Values, Variable};

/// The signatures that this operator may put under mail of this mailbox, the closest first.
fn usable(app: &App, mailbox: MailboxId) -> Vec<&Signature> {
    app.known.basics.as_ref().map_or_else(Vec::new, |basics| {
        signature::usable(&basics.signatures, basics.me.id, mailbox)
    })
}

/// The next signature, and after the last one none.
pub fn next_signature(app: &mut App) {
    let Some((mailbox, now_chosen)) = shown(app).map(|one| (one.mailbox, one.signature)) else {
        return;
    };
    let signatures: Vec<SignatureId> = usable(app, mailbox).iter().map(|one| one.id).collect();
    if signatures.is_empty() {
        app.status
            .refuse("there are no signatures; the settings have a page for them");
        return;
    }
    let place = now_chosen.and_then(|id| signatures.iter().position(|other| *other == id));
    let next = signatures.get(place.map_or(0, |place| place + 1)).copied();
    choose(app, next);
}

/// The word for no signature among the choices.
const NO_SIGNATURE: &str = "none";

/// All signatures that can stand under this mail, and none.
pub fn signature_choices(app: &App) -> Vec<Choice> {
    let Some(composer) = shown(app) else {
        return Vec::new();
    };
    let mut choices: Vec<Choice> = usable(app, composer.mailbox)
        .into_iter()
        .map(|one| {
            let first = one.markdown.lines().find(|line| !line.trim().is_empty());
            let mut choice = Choice::new(&one.id.to_string(), &one.name, first.unwrap_or_default());
            choice.dimmed = composer.signature == Some(one.id);
            choice
        })
        .collect();
    let mut none = Choice::new(NO_SIGNATURE, "without a signature", "");
    none.dimmed = composer.signature.is_none();
    choices.push(none);
    choices
}

/// Puts the signature of this id under the mail.
pub fn choose_signature(app: &mut App, id: &str) {
    choose(app, id.parse().ok().map(SignatureId));
}

fn choose(app: &mut App, id: Option<SignatureId>) {
    let now = app.now;
    let words = id
        .and_then(|id| {
            let signatures = &app.known.basics.as_ref()?.signatures;
            signatures.iter().find(|one| one.id == id)
        })
        .map_or_else(
            || "without a signature".to_owned(),
            |one| format!("signature: {}", one.name),
        );
    if let Some(composer) = super::open_one(app) {
        composer.signature = id;
        composer.touch(now);
        app.status.good(Clean::line(&words));
    }
}

/// What the variables of a signature stand for: as the engine said, with the mailbox that is chosen now.
pub fn values(app: &App, composer: &Composer) -> Values {
    let values = composer.about.values.clone();
    let chosen = app.known.basics.as_ref().and_then(|basics| {
        let lines = basics.mailboxes.iter().map(|line| &line.mailbox);
        lines.into_iter().find(|one| one.id == composer.mailbox)
    });
    match chosen {
        Some(mailbox) => values
            .with(Variable::MailboxName, &mailbox.settings.name)
            .with(Variable::MailboxDisplayName, &mailbox.settings.display_name)
            .with(Variable::MailboxAddress, &mailbox.settings.address),
        None => values,
    }
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

/// Another mailbox, and perhaps an alias of it (`7 help@acme.test`); a signature that was chosen by nobody, or that is
/// not for it, changes with the mailbox.
pub fn change(app: &mut App, chosen: &str) {
    let now = app.now;
    let (id, alias) = match chosen.split_once(' ') {
        Some((id, alias)) => (id, Some(alias.to_owned())),
        None => (chosen, None),
    };
    let Ok(id) = id.parse().map(MailboxId) else {
        return;
    };
    let Some((mailbox, signature)) = shown(app).map(|one| (one.mailbox, one.signature)) else {
        return;
    };
    let default_of = |mailbox| usable(app, mailbox).first().map(|one| one.id);
    let was_default = signature == default_of(mailbox);
    let fits = signature.is_none_or(|chosen| usable(app, id).iter().any(|one| one.id == chosen));
    let default = default_of(id);
    if let Some(composer) = super::open_one(app) {
        composer.mailbox = id;
        composer.from = alias;
        if was_default || !fits {
            composer.signature = default;
        }
        composer.touch(now);
    }
}

/// The signature as it will stand under the mail.
pub fn signature_text(app: &App, composer: &Composer) -> Clean {
    let chosen = composer.signature.and_then(|id| {
        let signatures = &app.known.basics.as_ref()?.signatures;
        signatures.iter().find(|signature| signature.id == id)
    });
    chosen.map_or_else(Clean::default, |signature| {
        let filled = Template::lenient(&signature.markdown).render(&values(app, composer));
        let shown = filled.trim_end();
        if signature.is_markdown {
            Clean::text(&without_marks(shown))
        } else {
            Clean::text(shown)
        }
    })
}
