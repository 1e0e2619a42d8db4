//! The composer: writing an answer, a forward, a new mail or a note, under the thread it belongs to.
//!
//! The text is the operator's own and safe nowhere but here until it is saved; every change is saved within two
//! seconds of the last key. A note can never be taken for a mail: it has no recipients here at all.

mod answers;
mod commands;
mod completion;
mod editor;
mod files;
mod header;
mod keeping;
mod opening;
mod pasted;
pub mod plan;
mod sender;
mod sending;
pub mod words;
mod wrap;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::App;
use super::event::Effect;
use super::input::{Key, KeyCode, Motion, Mouse, MouseAction};
use super::layers::Layer;
use crate::bridge::{AskId, AttachmentLine, DraftContent, DraftView};
use crate::domain::clean::Clean;
use crate::domain::draft::DraftKind;
use crate::domain::ids::{DraftId, MailboxId, MessageId, SignatureId, TicketNumber};
use crate::domain::pasted::markdown;
use crate::domain::template::Values;
use editor::{Did, Editor};

pub use answers::{failed, told};
pub use commands::{COMMANDS, bar_word};
pub use completion::Completion;
pub use files::{editor_returned, file_read};
pub use header::{Focus, Header};
pub use keeping::Keeping;
pub use opening::opening;
pub use sender::signature_text;
pub use sending::Sending;

/// What is being written.
#[derive(Debug, Clone)]
pub struct About {
    pub id: DraftId,
    pub kind: DraftKind,
    pub ticket: Option<TicketNumber>,
    /// It was put away once and is found again.
    found_again: bool,
    /// Messages of the ticket that were there when writing began.
    seen: Option<BTreeSet<MessageId>>,
    /// Newer mails than those.
    pub newer: usize,
    /// What the variables of a signature stand for.
    values: Values,
}

/// What an answer of the engine is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Of this change.
    Save(u64),
    /// The draft's warnings, before it is sent.
    Check,
    Send,
    Files,
    Discard,
    Contacts,
}

#[derive(Debug)]
pub struct Composer {
    pub about: About,
    pub mailbox: MailboxId,
    /// The alias that it leaves from; `None` is the mailbox's own address.
    pub from: Option<String>,
    pub signature: Option<SignatureId>,
    pub header: Header,
    pub editor: Editor,
    pub files: Vec<AttachmentLine>,
    pub keeping: Keeping,
    pub focus: Focus,
    /// It lies over everything.
    pub full: bool,
    pub completion: Completion,
    pub sending: Sending,
    asked: BTreeMap<AskId, Asked>,
    opening: opening::Stage,
    /// HTML that was pasted as Markdown, until something else is written: undo brings it as it was.
    pasted_html: Option<String>,
}

impl Composer {
    /// A draft as the engine gave it.
    pub fn new(draft: DraftView, now: Timestamp) -> Self {
        let content = draft.content;
        let mut editor = Editor::new(&content.body);
        let quote = usize::try_from(draft.cursor).unwrap_or(usize::MAX);
        editor.go_before(quote.min(content.body.len()));
        let own = content.body.get(..quote.min(content.body.len()));
        let has_text = own.is_some_and(|own| !own.trim().is_empty());
        let age = now.as_second().saturating_sub(draft.saved_at.as_second());
        let nobody = content.to.is_empty() && draft.kind != DraftKind::Note;
        Self {
            about: About {
                id: content.id,
                kind: draft.kind,
                ticket: draft.ticket,
                found_again: has_text || age > 5,
                seen: None,
                newer: 0,
                values: draft.values,
            },
            mailbox: content.mailbox,
            from: content.from,
            signature: content.signature,
            header: Header::new(&content.to, &content.cc, &content.bcc, &content.subject),
            editor,
            files: draft.attachments,
            keeping: Keeping::new(draft.saved_at),
            focus: if nobody { Focus::To } else { Focus::Body },
            full: false,
            completion: Completion::default(),
            sending: Sending::default(),
            asked: BTreeMap::new(),
            opening: opening::Stage::Open,
            pasted_html: None,
        }
    }

    pub fn is_note(&self) -> bool {
        self.about.kind == DraftKind::Note
    }

    /// Whether the draft is there.
    pub fn is_open(&self) -> bool {
        self.opening == opening::Stage::Open
    }

    /// Whether it lies over everything instead of under the thread.
    pub fn wants_all(&self) -> bool {
        self.full || (self.is_open() && self.about.ticket.is_none())
    }

    /// Whether plain characters are text.
    pub fn is_typing(&self) -> bool {
        true
    }

    /// What is written, as it is saved.
    pub fn content(&self) -> DraftContent {
        DraftContent {
            id: self.about.id,
            mailbox: self.mailbox,
            from: self.from.clone(),
            to: self.header.addresses(Focus::To),
            cc: self.header.addresses(Focus::Cc),
            bcc: self.header.addresses(Focus::Bcc),
            subject: self.header.subject.text().trim().to_owned(),
            body: self.editor.body(),
            signature: self.signature,
        }
    }

    /// What was written, without what is quoted.
    pub fn own_text(&self) -> String {
        let body = self.editor.body();
        let quote = crate::domain::quote::blocks(&body)
            .iter()
            .find(|block| block.is_folded())
            .map_or(body.len(), |block| block.range.start);
        body.get(..quote).unwrap_or(&body).trim().to_owned()
    }

    fn touch(&mut self, now: Timestamp) {
        self.pasted_html = None;
        self.keeping.touch(now);
        self.sending.forget();
    }

    /// Gives the keys to another place.
    pub fn go(&mut self, focus: Focus) {
        self.completion.close();
        self.focus = if self.is_note() { Focus::Body } else { focus };
    }
}

/// The composer, if a draft is open in it.
fn open_one(app: &mut App) -> Option<&mut Composer> {
    app.composer_mut().filter(|composer| composer.is_open())
}

/// The composer to be looked at.
pub fn shown(app: &App) -> Option<&Composer> {
    app.layers.iter().find_map(|layer| match layer {
        Layer::Composer(composer) => Some(&**composer),
        _ => None,
    })
}

/// Opens a draft in the composer, with its ticket above.
fn open(app: &mut App, draft: DraftView) -> Vec<Effect> {
    let ahead = opening::end(app);
    let ticket = draft.ticket;
    let composer = Composer::new(draft, app.now);
    app.layers.push(Layer::Composer(Box::new(composer)));
    let mut effects = Vec::new();
    if let Some(ticket) = ticket {
        effects.extend(super::thread::enter(app, ticket));
    }
    effects.extend(opening::replay(app, ahead));
    effects
}

/// A key for the text: a character, or one that is no command of the composer.
pub fn typed(app: &mut App, key: Key) -> Vec<Effect> {
    let now = app.now;
    let Some(composer) = app.composer_mut() else {
        return Vec::new();
    };
    if !composer.is_open() {
        composer.opening.keep_key(key);
        return Vec::new();
    }
    if composer.sending.is_leaving() {
        app.status.refuse("it is being sent; one moment");
        return Vec::new();
    }
    if composer.focus == Focus::Body {
        match composer.editor.key(key) {
            Did::Changed => composer.touch(now),
            Did::AtTop if !composer.is_note() => composer.go(Focus::Subject),
            Did::AtTop | Did::Moved | Did::Nothing => {}
        }
    } else {
        typed_in_header(composer, key, now);
    }
    Vec::new()
}

fn typed_in_header(composer: &mut Composer, key: Key, now: Timestamp) {
    let place = composer.focus;
    match key.code {
        KeyCode::Enter => {
            if completion::take(composer) {
                composer.touch(now);
            } else {
                composer.go(place.step(1));
            }
        }
        KeyCode::Move(motion @ (Motion::Up | Motion::Down)) => {
            let by = if motion == Motion::Up { -1 } else { 1 };
            if composer.completion.is_open() {
                composer.completion.step(by);
            } else if place != Focus::To || by > 0 {
                composer.go(place.step(by));
            }
        }
        _ => {
            let Some(field) = composer.header.field_mut(place) else {
                return;
            };
            if field.key(key) == super::field::Edited::Changed {
                composer.completion.typed(&composer.header, place, now);
                composer.touch(now);
            }
        }
    }
}

pub fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    let now = app.now;
    let Some(composer) = app.composer_mut() else {
        return Vec::new();
    };
    if !composer.is_open() {
        composer.opening.keep_paste(text);
        return Vec::new();
    }
    if composer.sending.is_leaving() {
        app.status.refuse("it is being sent; one moment");
        return Vec::new();
    }
    let place = composer.focus;
    let made = (place == Focus::Body).then(|| markdown(text)).flatten();
    if let Some(made) = made {
        composer.editor.insert(&made);
        composer.touch(now);
        composer.pasted_html = Some(text.to_owned());
        app.status.good(Clean::from_static(
            "HTML was pasted as Markdown; ctrl-z brings it as it was",
        ));
        return Vec::new();
    }
    if place == Focus::Body {
        composer.editor.insert(text);
    } else if let Some(field) = composer.header.field_mut(place) {
        let one_line = pasted::readable(text.trim_end()).replace('\n', " ");
        field.insert(&one_line);
        composer.completion.typed(&composer.header, place, now);
    }
    composer.touch(now);
    Vec::new()
}

pub fn mouse(app: &mut App, mouse: Mouse) -> Vec<Effect> {
    let Some(plan) = plan::of(app) else {
        return Vec::new();
    };
    let Some(composer) = open_one(app) else {
        return Vec::new();
    };
    match mouse.what {
        MouseAction::Click => {
            if plan.text.contains(mouse.x, mouse.y) {
                composer.go(Focus::Body);
                let row = usize::from(mouse.y - plan.text.y);
                let column = usize::from(mouse.x - plan.text.x);
                composer.editor.click(row, column);
            } else if let Some(place) = plan.place_at(mouse.x, mouse.y) {
                composer.go(place);
            }
        }
        MouseAction::WheelUp | MouseAction::WheelDown => {
            let up = mouse.what == MouseAction::WheelUp;
            let motion = if up { Motion::Up } else { Motion::Down };
            for _ in 0..3 {
                composer.editor.key(Key::new(KeyCode::Move(motion)));
            }
        }
    }
    Vec::new()
}

/// Saves what is written, because the program ends.
pub fn save_now(app: &mut App) -> Vec<Effect> {
    keeping::save_rest(app).into_iter().collect()
}

pub fn tick(app: &mut App) -> Vec<Effect> {
    keeping::tick(app)
        .into_iter()
        .chain(completion::tick(app))
        .collect()
}

/// When the composer wants the next tick.
pub fn wake(app: &App) -> Option<Timestamp> {
    let open = shown(app);
    let leaving = app.known.leaving.iter();
    open.into_iter()
        .chain(leaving)
        .filter_map(|composer| composer.keeping.wake())
        .chain(open.and_then(|composer| composer.completion.wake()))
        .min()
}

/// Makes the rows fit the screen, and looks whether the ticket has gone on meanwhile.
pub fn settle(app: &mut App) {
    let plain_emoji = app.preferences.plain_emoji;
    let Some(plan) = plan::of(app) else { return };
    let messages: Option<BTreeSet<MessageId>> = app.thread.shown().map(|thread| {
        let mails = thread.messages.iter();
        mails.map(|message| message.id).collect()
    });
    let wanted = app.thread.wanted;
    let Some(composer) = open_one(app) else {
        return;
    };
    if composer.about.ticket.is_some()
        && wanted == composer.about.ticket
        && let Some(messages) = messages
    {
        let seen = composer.about.seen.get_or_insert_with(|| messages.clone());
        composer.about.newer = messages.difference(seen).count();
    }
    let (width, height) = (usize::from(plan.text.width), usize::from(plan.text.height));
    composer.editor.settle(width, height, plain_emoji);
}
