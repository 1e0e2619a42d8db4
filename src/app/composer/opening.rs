//! The moment between the key and the draft: what is typed meanwhile is text already, and none of it is lost.

use super::{Composer, keeping::Keeping};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::input::Key;
use crate::app::layers::Layer;
use crate::bridge::{AskId, DraftContent, DraftView};
use crate::domain::draft::DraftKind;
use crate::domain::ids::{DraftId, MailboxId};
use crate::domain::template::Values;

/// Whether the draft is there.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    Open,
    Waiting { ask: AskId, ahead: Vec<Ahead> },
}

/// What was typed before there was a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Ahead {
    Key(Key),
    Paste(String),
}

impl Stage {
    pub fn keep_key(&mut self, key: Key) {
        if let Self::Waiting { ahead, .. } = self {
            ahead.push(Ahead::Key(key));
        }
    }

    pub fn keep_paste(&mut self, text: &str) {
        if let Self::Waiting { ahead, .. } = self {
            ahead.push(Ahead::Paste(text.to_owned()));
        }
    }
}

/// Opens the composer before its draft has come: `ask` is the question that will bring it.
pub fn opening(app: &mut App, ask: AskId) {
    if app.composer_mut().is_some() {
        return;
    }
    let nothing = DraftView {
        content: DraftContent {
            id: DraftId(0),
            mailbox: MailboxId(0),
            from: None,
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: String::new(),
            body: String::new(),
            signature: None,
        },
        kind: DraftKind::Reply,
        ticket: None,
        answers: None,
        cursor: 0,
        attachments: Vec::new(),
        saved_at: app.now,
        values: Values::default(),
        warnings: Vec::new(),
    };
    let mut composer = Composer::new(nothing, app.now);
    composer.keeping = Keeping::new(app.now);
    composer.opening = Stage::Waiting {
        ask,
        ahead: Vec::new(),
    };
    app.layers.push(Layer::Composer(Box::new(composer)));
}

/// The question that a waiting composer waits for.
pub fn awaited(app: &mut App) -> Option<AskId> {
    match &app.composer_mut()?.opening {
        Stage::Waiting { ask, .. } => Some(*ask),
        Stage::Open => None,
    }
}

/// Ends the waiting: takes the empty composer away and gives what was typed ahead.
pub fn end(app: &mut App) -> Vec<Ahead> {
    let mut typed = Vec::new();
    app.layers.retain_mut(|layer| match layer {
        Layer::Composer(composer) => match &mut composer.opening {
            Stage::Waiting { ahead, .. } => {
                typed = std::mem::take(ahead);
                false
            }
            Stage::Open => true,
        },
        _ => true,
    });
    typed
}

/// Types what was typed ahead.
pub fn replay(app: &mut App, ahead: Vec<Ahead>) -> Vec<Effect> {
    ahead
        .into_iter()
        .flat_map(|one| match one {
            Ahead::Key(key) => super::typed(app, key),
            Ahead::Paste(text) => super::paste(app, &text),
        })
        .collect()
}

/// Goes back before the draft has come; the answer will find nobody waiting.
pub fn give_up(app: &mut App) {
    if let Some(ask) = awaited(app) {
        app.asks.close(ask);
        end(app);
    }
}
