//! The files of a thread, and what can be done with them.

use super::App;
use super::asks::Purpose;
use super::event::{Effect, FileWork};
use super::layers::Layer;
use super::thread::words;
use crate::bridge::{AttachmentLine, Look, Request};
use crate::domain::clean::Clean;
use crate::domain::ids::MessageId;

/// What the bytes of an attachment are wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    Save { directory: String },
    Open,
    Pipe { command: String },
}

/// One file and the message it came with.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub message: MessageId,
    pub from: Clean,
    pub attachment: AttachmentLine,
}

#[derive(Debug, Default)]
pub struct Attachments {
    pub items: Vec<Item>,
    pub selected: usize,
}

/// All files of the thread; those of the message under the cursor first.
fn items(app: &App) -> Vec<Item> {
    let Some(thread) = app.thread.shown() else {
        return Vec::new();
    };
    let current = app.thread.current().map(|message| message.id);
    let mut items: Vec<Item> = thread
        .messages
        .iter()
        .flat_map(|message| {
            let from = message
                .header
                .from
                .as_ref()
                .map_or_else(Clean::default, words::short_name);
            message.attachments.iter().map(move |attachment| Item {
                message: message.id,
                from: from.clone(),
                attachment: attachment.clone(),
            })
        })
        .collect();
    items.sort_by_key(|item| Some(item.message) != current);
    items
}

pub fn some_file(app: &App) -> Result<(), String> {
    match app.layers.last() {
        Some(Layer::Attachments(_)) => Ok(()),
        _ if items(app).is_empty() => Err("no message here has an attachment".into()),
        _ => Ok(()),
    }
}

pub fn open(app: &mut App) -> Vec<Effect> {
    let items = items(app);
    app.layers
        .push(Layer::Attachments(Attachments { items, selected: 0 }));
    Vec::new()
}

/// The file under the cursor of the list of files.
pub fn selected(app: &App) -> Option<&Item> {
    app.layers.iter().rev().find_map(|layer| match layer {
        Layer::Attachments(list) => list.items.get(list.selected),
        _ => None,
    })
}

pub fn step(app: &mut App, by: isize) -> Vec<Effect> {
    if let Some(Layer::Attachments(list)) = app.layers.last_mut() {
        let last = list.items.len().saturating_sub(1);
        list.selected = list.selected.saturating_add_signed(by).min(last);
    }
    Vec::new()
}

/// Asks for the bytes of the file under the cursor.
pub fn fetch(app: &mut App, wanted: Use) -> Vec<Effect> {
    let Some(item) = selected(app) else {
        return Vec::new();
    };
    let request = Request::Look(Look::Attachment {
        message: item.message,
        index: item.attachment.index,
    });
    vec![app.ask(Purpose::Attachment(wanted), request)]
}

/// The bytes came.
pub fn arrived(app: &mut App, wanted: Use, name: &Clean, bytes: Vec<u8>) -> Vec<Effect> {
    let name = name.as_str().to_owned();
    let work = match wanted {
        Use::Save { directory } => FileWork::Write {
            directory,
            name,
            bytes,
        },
        Use::Open if app.surroundings.over_ssh => {
            app.status.refuse(
                "a program would open on the other side of the SSH line; s saves the file instead",
            );
            return Vec::new();
        }
        Use::Open => FileWork::Open { name, bytes },
        Use::Pipe { command } => FileWork::Pipe { command, bytes },
    };
    vec![Effect::Files(work)]
}
