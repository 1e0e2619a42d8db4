//! The composer's own commands.
//!
//! Plain characters are text here, so every key has ctrl or alt; none of them is one that terminals or tmux keep for
//! themselves. Where the alt key writes characters, as on some Macs, `ctrl-x` and a letter do the same.

use super::answers;
use super::files;
use super::header::Focus;
use super::sender;
use super::sending::{ask, begin};
use super::{Asked, Composer, completion, shown};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::layers::Layer;
use crate::app::prompt;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::thread;
use crate::bridge::{AfterSend, Write};
use crate::domain::clean::Clean;

const HERE: &[Scope] = &[Scope::Composer];

pub const COMMANDS: &[Command] = &[
    command(
        "send",
        "Send",
        "Sends the mail, or adds the note to the ticket.",
        |app, _| begin(app, AfterSend::Keep),
    )
    .at(Group::Writing, HERE)
    .keys(&["ctrl-s", "alt-enter", "ctrl-enter", "ctrl-x s"])
    .bar("send", 1)
    .allowed(is_open),
    command(
        "send-close",
        "Send and close",
        "Sends the mail and closes the ticket; the next one comes.",
        |app, _| begin(app, AfterSend::Close),
    )
    .at(Group::Writing, HERE)
    .keys(&["alt-c", "ctrl-x c"])
    .bar("send & close", 3)
    .allowed(has_ticket),
    command(
        "send-pending",
        "Send and wait",
        "Sends the mail and lets the ticket wait for the customer.",
        |app, _| begin(app, AfterSend::Pending),
    )
    .at(Group::Writing, HERE)
    .keys(&["alt-p", "ctrl-x p"])
    .bar("send & pending", 6)
    .allowed(has_ticket),
    command(
        "put-away",
        "Put away",
        "Closes the composer and keeps the draft.",
        |app, _| answers::put_away(app),
    )
    .at(Group::Writing, HERE)
    .keys(&["esc", "ctrl-c"])
    .bar("put away", 2),
    command(
        "attach",
        "Attach a file",
        "Adds a file to the mail.",
        files::attach,
    )
    .at(Group::Writing, HERE)
    .keys(&["ctrl-o", "alt-a"])
    .bar("attach", 4)
    .asking_path("attach", |app| {
        format!(
            "{}/",
            app.surroundings.download_directory.trim_end_matches('/')
        )
    })
    .allowed(is_mail),
    command(
        "detach",
        "Remove a file",
        "Takes a file out of the mail again.",
        files::detach,
    )
    .at(Group::Writing, HERE)
    .keys(&["alt-o", "ctrl-x d"])
    .choosing("remove", files::choices, false)
    .allowed(has_files),
    command(
        "editor",
        "Own editor",
        "Writes the text in your own editor.",
        |app, _| files::run_editor(app),
    )
    .at(Group::Writing, HERE)
    .keys(&["ctrl-e"])
    .bar("editor", 7)
    .allowed(is_open),
    command(
        "recipients",
        "Recipients",
        "Goes to the address lines, and back to the text.",
        |app, _| {
            if let Some(composer) = super::open_one(app) {
                let there = composer.focus != Focus::Body;
                composer.go(if there { Focus::Body } else { Focus::To });
            }
            Vec::new()
        },
    )
    .at(Group::Writing, HERE)
    .keys(&["ctrl-t", "alt-t"])
    .bar("to", 5)
    .allowed(is_mail),
    command(
        "signature",
        "Other signature",
        "Puts the next signature under the mail, or none.",
        |app, _| {
            sender::next_signature(app);
            Vec::new()
        },
    )
    .at(Group::Writing, HERE)
    .keys(&["ctrl-g", "alt-s"])
    .bar("signature", 9)
    .allowed(is_mail),
    command(
        "choose-signature",
        "Choose a signature",
        "Shows the signatures for this mailbox, to put one of them under the mail.",
        |app, id| {
            sender::choose_signature(app, id);
            Vec::new()
        },
    )
    .at(Group::Writing, HERE)
    .keys(&["alt-g", "ctrl-x g"])
    .choosing("signature", sender::signature_choices, false)
    .allowed(is_mail),
    command(
        "from",
        "Other sender",
        "Sends the mail from another mailbox or alias.",
        |app, id| {
            sender::change(app, id);
            Vec::new()
        },
    )
    .at(Group::Writing, HERE)
    .keys(&["alt-m", "ctrl-x f"])
    .choosing("from", sender::choices, false)
    .allowed(is_mail),
    command(
        "full-height",
        "Full height",
        "Gives the composer the whole screen, or the thread its place again.",
        |app, _| {
            if let Some(composer) = super::open_one(app) {
                composer.full = !composer.full;
            }
            Vec::new()
        },
    )
    .at(Group::Writing, HERE)
    .keys(&["ctrl-f", "f11"])
    .bar("full height", 8)
    .allowed(is_open),
    command(
        "undo-typing",
        "Undo typing",
        "Takes back what was typed last.",
        |app, _| history(app, true),
    )
    .at(Group::Writing, HERE)
    .keys(&["ctrl-z", "ctrl-7"])
    .allowed(is_open),
    command(
        "redo-typing",
        "Redo typing",
        "Does again what was taken back.",
        |app, _| history(app, false),
    )
    .at(Group::Writing, HERE)
    .keys(&["ctrl-y"])
    .allowed(is_open),
    command(
        "next-field",
        "Next field",
        "Goes to the next line of the header, or takes the person offered.",
        |app, _| tab(app),
    )
    .at(Group::Writing, HERE)
    .keys(&["tab"]),
    command(
        "previous-field",
        "Previous field",
        "Goes to the line before.",
        |app, _| {
            if let Some(composer) = super::open_one(app) {
                composer.go(composer.focus.step(-1));
            }
            Vec::new()
        },
    )
    .at(Group::Writing, HERE)
    .keys(&["shift-tab"])
    .allowed(is_mail),
    command(
        "thread-down",
        "Thread down",
        "Scrolls the thread above down while you write.",
        |app, _| thread::scroll(app, 3),
    )
    .at(Group::Reading, HERE)
    .keys(&["alt-down", "alt-j"]),
    command(
        "thread-up",
        "Thread up",
        "Scrolls the thread above up while you write.",
        |app, _| thread::scroll(app, -3),
    )
    .at(Group::Reading, HERE)
    .keys(&["alt-up", "alt-k"]),
    command(
        "discard",
        "Discard",
        "Throws the draft away, after asking.",
        |app, _| discard(app),
    )
    .at(Group::Writing, HERE)
    .keys(&["ctrl-x k", "alt-backspace"])
    .allowed(is_open),
    command(
        "discard-now",
        "Discard now",
        "Throws the draft away without asking.",
        |app, _| discard_now(app),
    )
    .at(Group::Writing, HERE)
    .allowed(is_open),
    command(
        "open-draft",
        "Open a draft",
        "Opens one of the drafts that you put away.",
        answers::open_offered,
    )
    .at(Group::Writing, &[Scope::Desk])
    .choosing("draft", super::words::drafts, false)
    .allowed(has_drafts),
];

/// The word of the bar in this place; `None` where the command has no sense here.
pub fn bar_word(app: &App, command: &Command, word: &'static str) -> Option<&'static str> {
    let Some(Layer::Composer(composer)) = app.layers.last() else {
        return Some(word);
    };
    if app.surroundings.size.width < 100 {
        // How to send and how to get back come before everything else.
        match command.name {
            "help" => return None,
            "palette" => return Some("all"),
            _ => {}
        }
    }
    match (command.name, composer.is_note(), composer.about.ticket) {
        ("send", true, _) => Some("add note"),
        ("send-close", true, _) => Some("add & close"),
        ("send-pending", true, _) => Some("add & pending"),
        ("attach" | "signature" | "recipients", true, _) => None,
        ("send-close" | "send-pending", _, None) => None,
        ("recipients", ..) if composer.focus != Focus::Body => Some("text"),
        ("full-height", ..) if composer.full => Some("with thread"),
        _ => Some(word),
    }
}

fn is_open(app: &App) -> Result<(), String> {
    match shown(app) {
        Some(composer) if composer.is_open() => Ok(()),
        Some(_) => Err("the draft is being opened; one moment".into()),
        None => Err("nothing is being written".into()),
    }
}

fn is_mail(app: &App) -> Result<(), String> {
    is_open(app)?;
    match shown(app) {
        Some(composer) if composer.is_note() => {
            Err("a note is never mailed: it has no recipients, files or signature".into())
        }
        _ => Ok(()),
    }
}

fn has_ticket(app: &App) -> Result<(), String> {
    is_open(app)?;
    match shown(app).and_then(|composer| composer.about.ticket) {
        Some(_) => Ok(()),
        None => Err("new mail has no ticket yet; ctrl-s sends it and makes one".into()),
    }
}

fn has_files(app: &App) -> Result<(), String> {
    is_mail(app)?;
    match shown(app) {
        Some(composer) if composer.files.is_empty() => Err("there is no file with it".into()),
        _ => Ok(()),
    }
}

fn has_drafts(app: &App) -> Result<(), String> {
    if app.known.drafts.is_empty() {
        Err("press d to see the drafts that are there".into())
    } else {
        Ok(())
    }
}

fn tab(app: &mut App) -> Vec<Effect> {
    let now = app.now;
    let Some(composer) = super::open_one(app) else {
        return Vec::new();
    };
    if composer.focus == Focus::Body {
        composer.editor.insert("    ");
        composer.touch(now);
    } else if completion::take(composer) {
        composer.touch(now);
    } else if composer.completion.hurry(now) {
        return completion::tick(app).into_iter().collect();
    } else {
        composer.go(composer.focus.step(1));
    }
    Vec::new()
}

fn history(app: &mut App, back: bool) -> Vec<Effect> {
    let now = app.now;
    let Some(composer) = super::open_one(app) else {
        return Vec::new();
    };
    composer.go(Focus::Body);
    let done = if back {
        let pasted = composer.pasted_html.take();
        let done = composer.editor.undo();
        if let Some(html) = pasted {
            composer.editor.insert(&html);
        }
        done
    } else {
        composer.editor.redo()
    };
    if done {
        composer.touch(now);
    } else {
        app.status.refuse(if back {
            "there is nothing more to undo"
        } else {
            "there is nothing to do again"
        });
    }
    Vec::new()
}

fn discard(app: &mut App) -> Vec<Effect> {
    let nothing = |composer: &Composer| composer.own_text().is_empty() && composer.files.is_empty();
    if shown(app).is_some_and(nothing) {
        return discard_now(app);
    }
    let question =
        Clean::from_static("Throw this draft away? Its text and files cannot be brought back.");
    prompt::ask_first(app, question, "discard-now", "")
}

pub fn discard_now(app: &mut App) -> Vec<Effect> {
    let Some(draft) = super::open_one(app).map(|composer| composer.about.id) else {
        return Vec::new();
    };
    let effects = ask(app, Asked::Discard, Write::Discard { draft });
    answers::close(app);
    app.status
        .good(Clean::from_static("the draft is thrown away"));
    effects
}
