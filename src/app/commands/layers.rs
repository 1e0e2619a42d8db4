//! The keys of what lies above the desk: input lines, pages, questions, the outbox.

use crate::app::App;
use crate::app::event::Effect;
use crate::app::layers::{Layer, close_top};
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::{keys, list, outbox, palette, prompt, search};
use crate::bridge::OutboxRequest;
use crate::domain::clean::Clean;

const LINE: &[Scope] = &[Scope::Line];
const SHEET: &[Scope] = &[Scope::Sheet];
const OUTBOX: &[Scope] = &[Scope::Outbox];
const QUESTION: &[Scope] = &[Scope::Question];

pub const TABLE: &[Command] = &[
    command("accept", "Accept", "Does what is chosen or written.", |app, _| accept(app))
        .at(Group::Input, LINE)
        .keys(&["enter"])
        .bar("accept", 1),
    command("complete", "Complete", "Puts the chosen one into the line.", |app, _| complete(app))
        .at(Group::Input, LINE)
        .keys(&["tab"])
        .bar("complete", 2),
    command("choose-next", "Next choice", "Goes to the next choice.", |app, _| choose(app, 1))
        .at(Group::Input, LINE)
        .keys(&["down", "ctrl-n"])
        .bar("next", 3),
    command("choose-previous", "Previous choice", "Goes to the choice before.", |app, _| choose(app, -1))
        .at(Group::Input, LINE)
        .keys(&["up", "ctrl-p"]),
    command("cancel", "Cancel", "Goes back without doing anything.", |app, _| cancel(app))
        .at(Group::Input, LINE)
        .keys(&["esc", "ctrl-c"])
        .bar("cancel", 4),
    command("find-in-page", "Find in this page", "Shows only the lines that have these words.", |app, _| {
        if let Some(Layer::Sheet(sheet)) = app.layers.last_mut() {
            sheet.start_filter();
        }
        Vec::new()
    })
    .at(Group::Finding, SHEET)
    .keys(&["/"])
    .bar("find", 2),
    command("copy-page", "Copy", "Copies all of this page.", |app, _| copy_page(app))
        .at(Group::Reading, SHEET)
        .keys(&["y"])
        .bar("copy", 3),
    command("close-page", "Back", "Closes this page.", |app, _| {
        close_page(app);
        Vec::new()
    })
    .at(Group::Moving, &[Scope::Sheet, Scope::Attachments, Scope::Outbox])
    .keys(&["esc", "q"])
    .bar("back", 1),
    command("yes", "Yes", "Does it.", |app, _| {
        let Some(Layer::Question(question)) = app.layers.pop() else {
            return Vec::new();
        };
        keys::invoke_named(app, question.yes.0, &question.yes.1)
    })
    .at(Group::Input, QUESTION)
    .keys(&["y"])
    .bar("yes", 1),
    command("no", "No", "Leaves everything as it is.", |app, _| {
        close_top(app);
        Vec::new()
    })
    .at(Group::Input, QUESTION)
    .keys(&["n", "esc", "q"])
    .bar("no", 2),
    command("outbox-retry", "Send again", "Sends the same mail once more, after asking where it may have arrived.", |app, _| {
        if outbox::is_in_doubt(app) {
            let question = Clean::from_static(
                "Send this answer again? The customer may have it already and would get it twice. This cannot be taken back.",
            );
            return prompt::ask_first(app, question, "outbox-retry-now", "");
        }
        with_selected(app, OutboxRequest::Retry)
    })
    .at(Group::Outbox, OUTBOX)
    .keys(&["r"])
    .bar("send again", 2)
    .allowed(outbox::may_retry),
    command("outbox-retry-now", "Send again now", "Sends the same mail once more without asking.", |app, _| {
        with_selected(app, OutboxRequest::Retry)
    })
    .at(Group::Outbox, OUTBOX)
    .allowed(outbox::may_retry),
    command("outbox-mark-sent", "It was sent", "Settles an uncertain answer as sent.", |app, _| {
        with_selected(app, OutboxRequest::MarkSent)
    })
    .at(Group::Outbox, OUTBOX)
    .keys(&["m"])
    .bar("it was sent", 3)
    .allowed(outbox::may_mark),
    command("outbox-cancel", "Give up", "Gives up sending, after asking, and keeps the text in the ticket.", |app, argument| {
        if argument.is_empty() {
            let question = Clean::from_static(
                "Give up sending this answer? Its text stays in the ticket. This cannot be taken back.",
            );
            return prompt::ask_first(app, question, "outbox-cancel-now", "");
        }
        Vec::new()
    })
    .at(Group::Outbox, OUTBOX)
    .keys(&["x"])
    .bar("give up", 4)
    .allowed(outbox::may_cancel),
    command("outbox-cancel-now", "Give up now", "Gives up sending without asking.", |app, _| {
        with_selected(app, OutboxRequest::Cancel)
    })
    .at(Group::Outbox, OUTBOX)
    .allowed(outbox::may_cancel),
    command("outbox-ticket", "Its ticket", "Opens the ticket of this answer.", |app, _| {
        let Some(number) = outbox::selected(app).map(|line| line.ticket) else {
            return Vec::new();
        };
        close_top(app);
        crate::app::thread::enter(app, number)
    })
    .at(Group::Outbox, OUTBOX)
    .keys(&["enter"])
    .bar("ticket", 5),
];

fn with_selected(
    app: &mut App,
    request: impl FnOnce(crate::domain::ids::OutboxId) -> OutboxRequest,
) -> Vec<Effect> {
    match outbox::selected(app).map(|line| line.id) {
        Some(id) => outbox::send(app, request(id)),
        None => Vec::new(),
    }
}

fn close_page(app: &mut App) {
    if let Some(Layer::Sheet(sheet)) = app.layers.last_mut()
        && !sheet.filter.is_empty()
    {
        sheet.end_filter(false);
        return;
    }
    close_top(app);
}

fn accept(app: &mut App) -> Vec<Effect> {
    match app.layers.last_mut() {
        Some(Layer::Palette(_)) => palette::accept(app),
        Some(Layer::Prompt(_)) => prompt::accept(app),
        Some(Layer::Search(_)) => search::accept(app),
        Some(Layer::Sheet(sheet)) => {
            sheet.end_filter(true);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn complete(app: &mut App) -> Vec<Effect> {
    match app.layers.last_mut() {
        Some(Layer::Palette(_)) => palette::complete(app),
        Some(Layer::Prompt(_)) => prompt::complete(app),
        _ => Vec::new(),
    }
}

fn choose(app: &mut App, by: isize) -> Vec<Effect> {
    match app.layers.last_mut() {
        Some(Layer::Palette(palette)) => palette.picker.step(by),
        Some(Layer::Prompt(prompt)) => prompt.picker.step(by),
        Some(Layer::Sheet(sheet)) => sheet.scroll(by),
        Some(Layer::Search(_)) => return list::step(app, i64::try_from(by).unwrap_or(0)),
        _ => {}
    }
    Vec::new()
}

fn cancel(app: &mut App) -> Vec<Effect> {
    match app.layers.last_mut() {
        Some(Layer::Search(_)) => search::cancel(app),
        Some(Layer::Sheet(sheet)) => {
            sheet.end_filter(false);
            Vec::new()
        }
        _ => {
            close_top(app);
            Vec::new()
        }
    }
}

fn copy_page(app: &mut App) -> Vec<Effect> {
    let text = match app.layers.last() {
        Some(Layer::Sheet(sheet)) => sheet.plain(),
        _ => None,
    };
    let Some(text) = text else {
        app.status.refuse("there is nothing to copy yet");
        return Vec::new();
    };
    app.status.good(Clean::from_static("the page is copied"));
    vec![Effect::Copy(Clean::text(&text))]
}
