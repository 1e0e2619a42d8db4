//! What the engine answers to the composer.

use super::{Asked, completion, keeping, opening, sending};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::keys;
use crate::app::layers::Layer;
use crate::bridge::{AskId, DraftView, Report, Seen, Writing};
use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

/// An answer to a question asked under `Purpose::Composer`.
pub fn told(app: &mut App, id: AskId, report: Report) -> Vec<Effect> {
    let now = app.now;
    let asked = app
        .composer_mut()
        .and_then(|composer| composer.asked.remove(&id));
    match (asked, report) {
        (Some(Asked::Save(revision)), Report::Write(Writing::Saved { at, .. })) => {
            if let Some(composer) = app.composer_mut() {
                composer.keeping.done(revision, at, now);
            }
            sending::go_on(app)
        }
        (None, Report::Write(Writing::Saved { .. })) => {
            keeping::left(app, id);
            Vec::new()
        }
        (Some(Asked::Check), Report::Write(Writing::Drafts(drafts))) => {
            sending::checked(app, drafts)
        }
        (Some(Asked::Contacts), Report::Look(Seen::Contacts(found))) => {
            if let Some(composer) = app.composer_mut() {
                completion::arrived(composer, id, found, now);
            }
            Vec::new()
        }
        (
            _,
            Report::Write(Writing::Sent {
                ticket,
                outbox,
                held_until,
                step,
            }),
        ) => sending::sent(app, ticket, outbox.zip(held_until), step),
        (_, Report::Write(Writing::Draft(draft))) => draft_came(app, *draft),
        (_, Report::Write(Writing::Drafts(drafts))) => offer(app, drafts),
        _ => Vec::new(),
    }
}

/// A draft: the one that is open, with other files, or one to be opened.
fn draft_came(app: &mut App, draft: DraftView) -> Vec<Effect> {
    match super::open_one(app) {
        Some(composer) if composer.about.id == draft.content.id => {
            composer.files = draft.attachments;
            composer.sending.forget();
            Vec::new()
        }
        // What is being written has the keys; the other draft stays where it is.
        Some(_) => {
            app.status
                .good(Clean::from_static("the draft is kept; d shows all drafts"));
            Vec::new()
        }
        None => super::open(app, draft),
    }
}

/// The drafts that were put away, to choose one.
fn offer(app: &mut App, drafts: Vec<DraftView>) -> Vec<Effect> {
    let is_empty = drafts.is_empty();
    app.known.drafts = drafts;
    if is_empty {
        app.status.good(Clean::from_static(
            "no drafts; what you put away with Esc is found here",
        ));
        return Vec::new();
    }
    keys::invoke_named(app, "open-draft", "")
}

/// Opens one of the drafts that were offered.
pub fn open_offered(app: &mut App, id: &str) -> Vec<Effect> {
    let found = app
        .known
        .drafts
        .iter()
        .position(|draft| draft.content.id.to_string() == id);
    match found {
        Some(index) => {
            let draft = app.known.drafts.swap_remove(index);
            super::open(app, draft)
        }
        None => Vec::new(),
    }
}

/// Such a question failed.
pub fn failed(app: &mut App, id: AskId, trouble: Trouble) -> Vec<Effect> {
    let now = app.now;
    if opening::awaited(app) == Some(id) {
        opening::end(app);
        app.status.trouble(&trouble);
        return Vec::new();
    }
    if keeping::could_not_leave(app, id, &trouble) {
        return Vec::new();
    }
    let asked = app
        .composer_mut()
        .and_then(|composer| composer.asked.remove(&id));
    let Some(composer) = app.composer_mut() else {
        app.status.trouble(&trouble);
        return Vec::new();
    };
    match asked {
        Some(Asked::Save(_)) => {
            let first = composer.keeping.trouble.is_none();
            composer.keeping.failed(&trouble, now);
            composer.sending.stop();
            if first {
                app.status.trouble(&trouble);
            }
        }
        Some(Asked::Contacts) => {}
        Some(Asked::Check | Asked::Send) => {
            composer.sending.stop();
            app.status.trouble(&trouble);
        }
        Some(Asked::Files | Asked::Discard) | None => app.status.trouble(&trouble),
    }
    Vec::new()
}

/// Puts the composer away and keeps the draft.
pub fn put_away(app: &mut App) -> Vec<Effect> {
    if opening::awaited(app).is_some() {
        opening::give_up(app);
        return Vec::new();
    }
    let Some(composer) = app.composer_mut() else {
        return Vec::new();
    };
    if composer.completion.is_open() {
        composer.completion.close();
        return Vec::new();
    }
    if !composer.sending.warnings.is_empty() {
        composer.sending.forget();
        return Vec::new();
    }
    if composer.sending.is_leaving() {
        app.status.refuse("it is being sent; one moment");
        return Vec::new();
    }
    let is_fresh = !composer.keeping.was_touched()
        && !composer.about.found_again
        && composer.own_text().is_empty();
    if is_fresh {
        let effects = super::commands::discard_now(app);
        app.status.good(Clean::from_static(
            "nothing was written, so nothing is kept",
        ));
        return effects;
    }
    let again = super::words::found_again_with(composer);
    let effects: Vec<Effect> = keeping::leave_when_kept(app).into_iter().collect();
    app.status.good(Clean::line(&format!(
        "the draft is kept · {again} finds it again"
    )));
    effects
}

/// Takes the composer from the screen.
pub fn close(app: &mut App) {
    app.layers
        .retain(|layer| !matches!(layer, Layer::Composer(_)));
}
