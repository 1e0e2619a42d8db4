//! Every key of the settings.

use super::allowed::{
    can_check, form_of, no_form, on_choice, on_mailbox, on_removable, selected, some_form,
    takes_password, was_converted, with_form,
};
use super::{acts, connect_mailbox, folder_picker, moves, places, preview, redirect};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::keys;
use crate::app::prompt::Choice;
use crate::app::registry::{Command, Group, Scope, command};
use crate::bridge::{MailboxLine, MailboxRequest};
use crate::domain::clean::Clean;

const HERE: &[Scope] = &[Scope::Settings];

/// The settings' own commands.
pub const COMMANDS: &[Command] = &[
    command(
        "connect-mailbox",
        "Connect a mailbox",
        "Asks for an address, finds its servers and checks them.",
        |app, _| connect_mailbox(app),
    )
    .at(Group::Settings, &[Scope::Desk, Scope::Settings])
    .keys(&["M"])
    .bar("connect", 0)
    .allowed(no_form),
    command(
        "settings-open",
        "Open or edit",
        "Opens what is under the cursor, edits the field, or runs the checks again.",
        |app, _| moves::enter(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["enter"])
    .bar("open", 1),
    command(
        "settings-save",
        "Save",
        "Saves the form, even where a check has failed.",
        |app, _| acts::save(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["s", "ctrl-s"])
    .bar("save", 2)
    .allowed(some_form),
    command(
        "settings-check",
        "Check",
        "Connects to the servers and shows what works, line by line; on a domain, asks the name servers again.",
        |app, _| acts::check(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["c"])
    .bar("check", 3)
    .allowed(can_check),
    command(
        "settings-back",
        "Back",
        "Ends typing, leaves the form or the settings, and asks only if something would be lost.",
        |app, _| moves::back(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["esc", "q"])
    .bar("back", 4),
    command(
        "settings-down",
        "Down",
        "Goes to the next field or row.",
        |app, _| moves::vertical(app, 1),
    )
    .at(Group::Settings, HERE)
    .keys(&["down", "j"]),
    command(
        "settings-up",
        "Up",
        "Goes to the field or row before.",
        |app, _| moves::vertical(app, -1),
    )
    .at(Group::Settings, HERE)
    .keys(&["up", "k"]),
    command(
        "settings-next",
        "Next field",
        "Goes to the next field, typing on if you were typing.",
        |app, _| moves::step(app, 1),
    )
    .at(Group::Settings, HERE)
    .keys(&["tab"]),
    command(
        "settings-previous",
        "Field before",
        "Goes to the field before, typing on if you were typing.",
        |app, _| moves::step(app, -1),
    )
    .at(Group::Settings, HERE)
    .keys(&["shift-tab"]),
    command(
        "settings-toggle",
        "Next option",
        "Gives a choice its next option; chooses a folder in the list of folders.",
        |app, _| {
            if folder_picker::is_open(app) {
                folder_picker::toggle(app, false);
                return Vec::new();
            }
            with_form(app, |open| open.face_mut().cycle(1));
            preview::ask_for_sample(app)
        },
    )
    .at(Group::Settings, HERE)
    .keys(&["space"])
    .bar("choose", 1)
    .allowed(on_choice),
    command(
        "settings-choose",
        "Choose",
        "Shows all options of this field.",
        |app, value| {
            with_form(app, |open| {
                let index = open.face().focus();
                open.face_mut().put(index, value);
            });
            preview::ask_for_sample(app)
        },
    )
    .at(Group::Settings, HERE)
    .keys(&["o"])
    .choosing("Which one?", options, false)
    .allowed(on_choice),
    command(
        "settings-put-back",
        "Put back",
        "Makes this field what it was when the form was opened.",
        |app, _| {
            with_form(app, |open| open.face_mut().put_back());
            Vec::new()
        },
    )
    .at(Group::Settings, HERE)
    .keys(&["u"])
    .allowed(some_form),
    command(
        "settings-paste-as-it-was",
        "Paste as it was",
        "Brings HTML that was pasted as Markdown back as it was.",
        |app, _| {
            with_form(app, |open| {
                open.face_mut().put_unconverted();
            });
            Vec::new()
        },
    )
    .at(Group::Settings, HERE)
    .keys(&["ctrl-z"])
    .allowed(was_converted),
    command(
        "settings-new",
        "New",
        "Begins another mailbox, signature or view, whichever is under the cursor.",
        |app, _| acts::new(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["n"])
    .bar("new", 5)
    .allowed(no_form),
    command(
        "settings-fetch",
        "Fetch now",
        "Looks for mail in this mailbox now.",
        |app, _| {
            app.status.good(Clean::from_static("looking for mail …"));
            acts::with_mailbox(
                app,
                |line| MailboxRequest::SyncNow(Some(line.mailbox.id)),
                "",
            )
        },
    )
    .at(Group::Settings, HERE)
    .keys(&["f"])
    .bar("fetch", 6)
    .allowed(on_mailbox),
    command(
        "settings-send-test",
        "Send a test mail",
        "Sends a small mail from this mailbox to an address.",
        acts::send_test,
    )
    .at(Group::Settings, HERE)
    .keys(&["t"])
    .bar("test mail", 7)
    .asking("Send a test mail to", |app| {
        selected(app).map_or_else(String::new, |line| line.mailbox.settings.address.clone())
    })
    .allowed(on_mailbox),
    command(
        "settings-password",
        "Password",
        "Gives this mailbox its password again; at the checks of a form, goes to its field.",
        |app, _| {
            if places::password_of_form(app) {
                return Vec::new();
            }
            acts::password(app)
        },
    )
    .at(Group::Settings, HERE)
    .keys(&["p"])
    .bar("password", 8)
    .allowed(takes_password),
    command(
        "settings-default",
        "Default mailbox",
        "Lets new mail begin in this mailbox.",
        |app, _| {
            let words = selected(app).map_or_else(String::new, |line| {
                format!("new mail begins in {}", line.mailbox.settings.name)
            });
            let request = |line: &MailboxLine| MailboxRequest::SetDefault(line.mailbox.id);
            acts::with_mailbox(app, request, &words)
        },
    )
    .at(Group::Settings, HERE)
    .keys(&["*"])
    .allowed(on_mailbox),
    command(
        "settings-redirect",
        "Set up the redirect",
        "Tells how the provider redirects this address here, shows its confirmation, and proves the path.",
        |app, _| redirect::open(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["r"])
    .bar("redirect", 9)
    .allowed(redirect::can_open),
    command(
        "settings-redirect-by",
        "Who redirects",
        "Chooses the provider that redirects the address, and its way to do it.",
        redirect::choose,
    )
    .at(Group::Settings, HERE)
    .choosing("Who redirects?", redirect::choices, false)
    .allowed(redirect::can_choose),
    command(
        "settings-switch",
        "Switch off or on",
        "Stops or goes on fetching and sending for this mailbox.",
        |app, _| acts::switch(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["d"])
    .allowed(on_mailbox),
    command(
        "settings-remove",
        "Remove",
        "Removes what is under the cursor, after asking; tickets always stay.",
        |app, _| acts::remove(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["x"])
    .bar("remove", 10)
    .allowed(on_removable),
    command(
        "settings-remove-now",
        "Remove now",
        "Removes what is under the cursor without asking.",
        |app, _| acts::remove_now(app),
    )
    .at(Group::Settings, HERE)
    .allowed(on_removable),
    command(
        "settings-leave-now",
        "Leave without saving",
        "Closes the form and forgets what was changed in it.",
        |app, _| moves::leave(app),
    )
    .at(Group::Settings, HERE)
    .allowed(some_form),
];

fn options(app: &App) -> Vec<Choice> {
    let Some(open) = form_of(app) else {
        return Vec::new();
    };
    let face = open.face();
    let now = face.text(face.focus());
    face.options(face.focus())
        .into_iter()
        .map(|(value, label)| {
            let mut choice = Choice::new(&value, &label, "");
            choice.dimmed = value == now;
            choice
        })
        .collect()
}

/// Shows the options of the field in focus.
pub(super) fn choose(app: &mut App) -> Vec<Effect> {
    keys::invoke_named(app, "settings-choose", "")
}
