//! From the key to the outbox: look at the addresses, save, say once what looks wrong, send.
//!
//! The text that is sent is the text that is saved: a change made meanwhile is saved first. What was warned of is
//! not said again until something is changed.

use super::header::Focus;
use super::{Asked, Composer, keeping};
use crate::app::App;
use crate::app::acts::{self, UndoStep};
use crate::app::asks::Purpose;
use crate::app::event::Effect;
use crate::app::{list, thread, when};
use crate::bridge::{AfterSend, DraftView, Request, Write};
use crate::domain::clean::Clean;
use crate::domain::draft::DraftKind;
use crate::domain::ids::{EventId, OutboxId, TicketNumber};
use jiff::Timestamp;

/// How far the sending has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Writing,
    /// Saved first, then looked at.
    Saving(AfterSend),
    Checking(AfterSend),
    Leaving(AfterSend),
}

#[derive(Debug, Default)]
pub struct Sending {
    stage: Stage,
    /// What is said before it goes; the next press of the key sends.
    pub warnings: Vec<Clean>,
    /// The change of which they were said.
    warned: Option<u64>,
}

impl Sending {
    pub fn is_leaving(&self) -> bool {
        matches!(self.stage, Stage::Leaving(_))
    }

    /// Something failed on the way; the text is as it was.
    pub fn stop(&mut self) {
        self.stage = Stage::Writing;
    }

    /// Something was changed: what was said before says nothing about it.
    pub fn forget(&mut self) {
        self.warnings.clear();
        self.warned = None;
    }
}

/// The key to send was pressed.
pub fn begin(app: &mut App, after: AfterSend) -> Vec<Effect> {
    let Some(composer) = super::open_one(app) else {
        return Vec::new();
    };
    if composer.sending.stage != Stage::Writing {
        app.status.refuse("it is being sent; one moment");
        return Vec::new();
    }
    if let Err((place, reason)) = may_leave(composer) {
        composer.go(place);
        app.status.refuse(&reason);
        return Vec::new();
    }
    composer.completion.close();
    composer.sending.stage = Stage::Saving(after);
    if composer.keeping.is_kept() {
        go_on(app)
    } else {
        keeping::save(app).into_iter().collect()
    }
}

/// What makes sending impossible, and where it is.
fn may_leave(composer: &Composer) -> Result<(), (Focus, String)> {
    if composer.is_note() {
        if composer.editor.body().trim().is_empty() {
            return Err((
                Focus::Body,
                "the note is empty; write something first".into(),
            ));
        }
        return Ok(());
    }
    if let Some((place, fault)) = composer.header.first_fault() {
        return Err((place, fault));
    }
    if composer.header.has_recipient() {
        Ok(())
    } else {
        let words = "it has no recipient; write an address into To";
        Err((Focus::To, words.into()))
    }
}

/// A save is done: the next step, if the operator wants it to leave.
pub fn go_on(app: &mut App) -> Vec<Effect> {
    let Some(composer) = app.composer_mut() else {
        return Vec::new();
    };
    let Stage::Saving(after) = composer.sending.stage else {
        return Vec::new();
    };
    if !composer.keeping.is_kept() {
        return keeping::save(app).into_iter().collect();
    }
    if composer.sending.warned == Some(composer.keeping.revision()) {
        return leave(app, after);
    }
    composer.sending.stage = Stage::Checking(after);
    ask(app, Asked::Check, Write::Drafts)
}

/// The engine's warnings came.
pub fn checked(app: &mut App, drafts: Vec<DraftView>) -> Vec<Effect> {
    let Some(composer) = app.composer_mut() else {
        return Vec::new();
    };
    let Stage::Checking(after) = composer.sending.stage else {
        return Vec::new();
    };
    if !composer.keeping.is_kept() {
        composer.sending.stage = Stage::Saving(after);
        return keeping::save(app).into_iter().collect();
    }
    let mut warnings = own_warnings(composer);
    for draft in drafts {
        if draft.content.id == composer.about.id {
            warnings.extend(draft.warnings);
        }
    }
    if warnings.is_empty() {
        return leave(app, after);
    }
    composer.sending.stage = Stage::Writing;
    composer.sending.warned = Some(composer.keeping.revision());
    composer.sending.warnings = warnings;
    Vec::new()
}

/// What only the composer knows to be odd.
fn own_warnings(composer: &Composer) -> Vec<Clean> {
    let mut warnings = Vec::new();
    let says_nothing = composer.own_text().is_empty();
    if says_nothing && composer.about.kind != DraftKind::Forward {
        warnings.push(Clean::from_static("nothing is written in it"));
    }
    if composer.about.newer > 0 && composer.about.kind != DraftKind::Reply {
        warnings.push(Clean::from_static(
            "the ticket has gone on since you began to write",
        ));
    }
    warnings
}

fn leave(app: &mut App, after: AfterSend) -> Vec<Effect> {
    let Some(composer) = app.composer_mut() else {
        return Vec::new();
    };
    composer.sending.stage = Stage::Leaving(after);
    let draft = composer.about.id;
    ask(app, Asked::Send, Write::Send { draft, after })
}

/// Asks the engine, and remembers for what.
pub fn ask(app: &mut App, asked: Asked, write: Write) -> Vec<Effect> {
    let effect = app.ask(Purpose::Composer, Request::Write(write));
    let id = app.asks.latest();
    if let Some(composer) = app.composer_mut() {
        composer.asked.insert(id, asked);
    }
    vec![effect]
}

/// It is in the outbox, or for a note in the ticket.
pub fn sent(
    app: &mut App,
    ticket: TicketNumber,
    held: Option<(OutboxId, Timestamp)>,
    step: EventId,
) -> Vec<Effect> {
    let composer = app.composer_mut();
    let was_note = composer.as_ref().is_some_and(|one| one.is_note());
    let after = match composer.map(|one| one.sending.stage) {
        Some(Stage::Leaving(after)) => after,
        _ => AfterSend::Keep,
    };
    super::answers::close(app);
    let then = match after {
        AfterSend::Keep => "",
        AfterSend::Pending => ", the ticket waits for the customer",
        AfterSend::Close => ", the ticket is closed",
    };
    let words = match held {
        Some((_, until)) => {
            let seconds = until.as_second().saturating_sub(app.now.as_second());
            format!("sending in {}{then} · u takes it back", when::span(seconds))
        }
        None if was_note => format!("the note is in the ticket{then} · u takes it back"),
        None => format!("on its way{then}"),
    };
    app.status.good(Clean::line(&words));
    let undo = match held {
        Some((outbox, until)) => Some(UndoStep::TakeBack { outbox, until }),
        None => was_note.then(|| UndoStep::Step {
            step,
            sentence: Clean::from_static("the note"),
        }),
    };
    if let Some(undo) = undo {
        acts::remember(app, undo);
    }
    let mut effects = if after == AfterSend::Close {
        acts::move_on(app, &[ticket])
    } else {
        let mut effects = thread::enter(app, ticket);
        effects.extend(thread::reload(app));
        effects
    };
    effects.extend(list::refresh_now(app));
    effects.extend(acts::look_at_views(app));
    effects
}
