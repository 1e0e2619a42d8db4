//! Reading: folds, links, files, and what stands behind a message.

use crate::app::App;
use crate::app::asks::Purpose;
use crate::app::attachments::{self, Use};
use crate::app::choices;
use crate::app::event::{Effect, FileWork};
use crate::app::layers::Layer;
use crate::app::picker::Choice;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::sheet::Sheet;
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::app::thread::{self, words};
use crate::app::when;
use crate::bridge::{Look, MessageView, Request};
use crate::domain::clean::Clean;

const THREAD: &[Scope] = &[Scope::Thread];
const FILES: &[Scope] = &[Scope::Attachments];

pub const TABLE: &[Command] = &[
    command(
        "fold",
        "Unfold or fold",
        "Shows or folds the quotes and signatures of the message.",
        |app, _| thread::toggle_folds(app),
    )
    .at(Group::Reading, THREAD)
    .keys(&["o"])
    .bar("unfold", 26),
    command(
        "attachments",
        "Attachments",
        "Lists the files of the ticket to save, open or pipe them.",
        |app, _| attachments::open(app),
    )
    .at(Group::Files, THREAD)
    .keys(&["v"])
    .bar("files", 28)
    .allowed(attachments::some_file),
    command(
        "open-link",
        "Open a link",
        "Opens an address of the message, or copies it over SSH.",
        open_link,
    )
    .at(Group::Reading, THREAD)
    .keys(&["l"])
    .allowed(some_link)
    .choosing("Open which link?", choices::links, false),
    command(
        "copy",
        "Copy",
        "Copies the address, the number or a link to your clipboard.",
        copy,
    )
    .at(Group::Reading, &[Scope::List, Scope::Thread])
    .keys(&["y"])
    .allowed(crate::app::acts::some_ticket)
    .choosing("Copy what?", copyable, false),
    command(
        "raw-source",
        "Raw mail",
        "Shows the mail as it came, every header and part.",
        |app, _| raw(app, false),
    )
    .at(Group::Reading, THREAD)
    .keys(&["R"])
    .allowed(has_raw),
    command(
        "headers",
        "Headers",
        "Shows the header of the mail.",
        |app, _| raw(app, true),
    )
    .at(Group::Reading, THREAD)
    .keys(&["H"])
    .allowed(has_raw),
    command(
        "html-view",
        "HTML view",
        "Shows the HTML of the mail as lines.",
        |app, _| html(app),
    )
    .at(Group::Reading, THREAD)
    .keys(&["W"])
    .allowed(has_html),
    command(
        "why-here",
        "Why is this mail here?",
        "Says which rule put the mail into this ticket, and by what.",
        |app, _| why(app),
    )
    .at(Group::Reading, THREAD)
    .keys(&["w"])
    .allowed(has_message),
    command(
        "history",
        "History",
        "Shows everything that happened to the ticket.",
        |app, _| history(app),
    )
    .at(Group::Reading, THREAD)
    .keys(&["h"])
    .allowed(has_message),
    command(
        "delivery",
        "Delivery",
        "Shows the answer in the outbox with all that is known about it.",
        |app, _| delivery(app),
    )
    .at(Group::Outbox, THREAD)
    .keys(&["D"])
    .allowed(has_delivery),
    command(
        "save-attachment",
        "Save",
        "Saves the file into a directory, never over another file.",
        |app, directory| {
            attachments::fetch(
                app,
                Use::Save {
                    directory: directory.to_owned(),
                },
            )
        },
    )
    .at(Group::Files, FILES)
    .keys(&["s"])
    .bar("save", 1)
    .asking_path("Save into directory", |app| {
        app.surroundings.download_directory.clone()
    }),
    command(
        "open-attachment",
        "Open",
        "Opens the file with the desktop's program for it.",
        |app, _| attachments::fetch(app, Use::Open),
    )
    .at(Group::Files, FILES)
    .keys(&["enter"])
    .bar("open", 2)
    .allowed(not_over_ssh),
    command(
        "pipe-attachment",
        "Pipe",
        "Gives the file to a command and shows what it says.",
        |app, command| {
            attachments::fetch(
                app,
                Use::Pipe {
                    command: command.to_owned(),
                },
            )
        },
    )
    .at(Group::Files, FILES)
    .keys(&["|"])
    .bar("pipe to a command", 3)
    .asking("Command, run without a shell", |_| String::new()),
];

fn has_message(app: &App) -> Result<(), String> {
    current(app).map(|_| ())
}

fn current(app: &App) -> Result<&MessageView, String> {
    app.thread
        .current()
        .ok_or_else(|| "the ticket is still loading".into())
}

fn has_raw(app: &App) -> Result<(), String> {
    if current(app)?.has_raw {
        Ok(())
    } else {
        Err("this message was never a mail, so there is no raw source".into())
    }
}

fn has_html(app: &App) -> Result<(), String> {
    if current(app)?.has_html {
        Ok(())
    } else {
        Err("this mail has no HTML; what you see is its whole text".into())
    }
}

fn has_delivery(app: &App) -> Result<(), String> {
    if current(app)?.delivery.is_some() {
        Ok(())
    } else {
        Err("this message was not sent from here; n goes to the next one".into())
    }
}

fn some_link(app: &App) -> Result<(), String> {
    if app.thread.flow.links.is_empty() {
        Err("there is no link in this ticket".into())
    } else {
        Ok(())
    }
}

fn not_over_ssh(app: &App) -> Result<(), String> {
    if app.surroundings.over_ssh {
        Err("over SSH a program would open on the other side; s saves the file instead".into())
    } else {
        Ok(())
    }
}

/// A link that writes a mail may say to whom and about what; files and hidden recipients are nobody's but the writer's.
fn asks_for_more_than_a_mail(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    let Some(rest) = address.strip_prefix("mailto:") else {
        return false;
    };
    let fields = rest.split_once('?').map_or("", |(_, fields)| fields);
    fields
        .split(['&', ';', '?'])
        .filter(|field| !field.is_empty())
        .map(|field| field.split_once('=').map_or(field, |(name, _)| name))
        .any(|name| !["to", "cc", "subject", "body", "in-reply-to"].contains(&name))
}

fn open_link(app: &mut App, address: &str) -> Vec<Effect> {
    if asks_for_more_than_a_mail(address) {
        app.status.refuse(
            "this link would add files or hidden recipients to a mail; copy the address instead",
        );
        return Vec::new();
    }
    if app.surroundings.over_ssh {
        app.status.good(Clean::line(&format!(
            "copied {address}, to be opened on your side"
        )));
        return vec![Effect::Copy(Clean::line(address))];
    }
    vec![Effect::Files(FileWork::OpenLink {
        address: address.to_owned(),
    })]
}

fn copyable(app: &App) -> Vec<Choice> {
    let mut choices = Vec::new();
    let line = match app.focus {
        crate::app::layout::Pane::Thread => app.thread.shown().map(|thread| &thread.line),
        _ => app.list.selected_line(),
    };
    if let Some(line) = line {
        let address = line.address.as_str();
        choices.push(Choice::new(address, address, "the customer's address"));
        let number = format!("#{}", line.ticket.number);
        choices.push(Choice::new(&number, &number, "the ticket's number"));
        let subject = line.subject.as_str();
        choices.push(Choice::new(subject, subject, "the subject"));
    }
    if app.focus == crate::app::layout::Pane::Thread {
        if let Some(id) = app
            .thread
            .current()
            .and_then(|message| message.header.message_id.as_ref())
        {
            choices.push(Choice::new(id.as_str(), id.as_str(), "the Message-ID"));
        }
        choices.extend(choices::links(app));
    }
    choices
}

fn copy(app: &mut App, what: &str) -> Vec<Effect> {
    let what = Clean::line(what);
    app.status.good(Clean::line(&format!("copied {what}")));
    vec![Effect::Copy(what)]
}

fn open_sheet(app: &mut App, title: &str, request: Option<Look>) -> Vec<Effect> {
    app.layers
        .push(Layer::Sheet(Sheet::waiting(Clean::line(title))));
    request
        .map(|look| app.ask(Purpose::Sheet, Request::Look(look)))
        .into_iter()
        .collect()
}

fn raw(app: &mut App, header_only: bool) -> Vec<Effect> {
    let Some(message) = app.thread.current().map(|message| message.id) else {
        return Vec::new();
    };
    let title = if header_only { "Header" } else { "Raw mail" };
    open_sheet(
        app,
        title,
        Some(Look::Raw {
            message,
            header_only,
        }),
    )
}

fn html(app: &mut App) -> Vec<Effect> {
    let Some(message) = app.thread.current().map(|message| message.id) else {
        return Vec::new();
    };
    let width = app.screen().body.width.saturating_sub(2);
    open_sheet(app, "HTML", Some(Look::Html { message, width }))
}

fn why(app: &mut App) -> Vec<Effect> {
    let Ok(message) = current(app) else {
        return Vec::new();
    };
    let mut lines = vec![
        Line::new(),
        Line::words(words::placement_sentence(message.placement.rule), STRONG),
    ];
    if !message.placement.value.is_empty() {
        lines.push(Line::new());
        lines.push(Line::words("What matched  ", DIM).clean(message.placement.value.clone(), TEXT));
    }
    if let Some(to) = &message.header.written_to {
        lines.push(Line::words("Written to    ", DIM).clean(to.clone(), TEXT));
    }
    if let Some(id) = &message.header.message_id {
        lines.push(Line::words("Message-ID    ", DIM).clean(id.clone(), TEXT));
    }
    if let Some(class) = words::class_word(message.class) {
        lines.push(Line::words("Written by    ", DIM).say(class, TEXT));
    }
    lines.push(Line::new());
    lines.push(Line::words(
        "Wrong? :detach-message makes a ticket of it, :move-message puts it elsewhere; u takes that back.",
        DIM,
    ));
    let sheet = Sheet::new(Clean::from_static("Why is this mail here?"), lines);
    app.layers.push(Layer::Sheet(sheet));
    Vec::new()
}

fn history(app: &mut App) -> Vec<Effect> {
    let Some(thread) = app.thread.shown() else {
        return Vec::new();
    };
    let zone = &app.surroundings.zone;
    let lines = thread
        .history
        .iter()
        .rev()
        .map(|event| {
            let at = when::moment(event.at, app.now, zone, app.preferences.clock);
            Line::words(&format!("{at:<18}"), DIM).clean(event.sentence.clone(), TEXT)
        })
        .collect();
    let title = format!(
        "History of #{}, the latest first",
        thread.line.ticket.number
    );
    let sheet = Sheet::new(Clean::line(&title), lines);
    app.layers.push(Layer::Sheet(sheet));
    Vec::new()
}

fn delivery(app: &mut App) -> Vec<Effect> {
    let Some(outbox) = app
        .thread
        .current()
        .and_then(|message| message.delivery.as_ref())
        .map(|delivery| delivery.outbox)
    else {
        return Vec::new();
    };
    crate::app::outbox::open(app, Some(outbox))
}

#[cfg(test)]
mod tests {
    use super::asks_for_more_than_a_mail;

    #[test]
    fn a_link_adds_no_file_and_no_hidden_recipient_to_a_mail() {
        for bad in [
            "mailto:a@b.test?attach=/etc/passwd",
            "MAILTO:a@b.test?subject=x&BCC=c@d.test",
            "mailto:a@b.test?%61ttach=x",
        ] {
            assert!(asks_for_more_than_a_mail(bad), "{bad}");
        }
        for good in ["mailto:a@b.test", "mailto:a@b.test?subject=x&body=y"] {
            assert!(!asks_for_more_than_a_mail(good), "{good}");
        }
    }
}
