//! Signing in with OAuth2 from the form of a mailbox: begins it, shows where to go, hands on what was pasted.

use super::allowed::{form_of, selected};
use super::form::Face;
use super::mailbox::{MailboxValue, SigningIn};
use super::{After, Open, ask, moves, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::layers::{Layer, close_top};
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::sheet::Sheet;
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::bridge::{
    AskId, Begun, ConnectRequest, Request, SignInReport, SignInRequest, SignInWay,
};
use crate::domain::clean::Clean;
use crate::domain::mailbox::SecretSource;

const HERE: &[Scope] = &[Scope::Settings];
const TITLE: &str = "Sign in";

/// The commands of a sign-in.
pub const COMMANDS: &[Command] = &[
    command(
        "settings-sign-in",
        "Sign in",
        "Signs in with OAuth2: shows the address to open, and takes the one that was pasted.",
        |app, _| begin_or_go_on(app, SignInWay::Browser),
    )
    .at(Group::Settings, HERE)
    .keys(&["i"])
    .bar("sign in", 2)
    .allowed(allowed),
    command(
        "settings-sign-in-by-code",
        "Sign in by a code",
        "Signs in with OAuth2 by a code on another device, where config.toml allows it.",
        |app, _| begin_or_go_on(app, SignInWay::Device),
    )
    .at(Group::Settings, HERE)
    .allowed(allowed),
    command(
        "settings-sign-in-copy",
        "Copy the address",
        "Copies the address of the sign-in that is under way.",
        |app, _| copy(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["Y"])
    .allowed(has_address),
    command(
        "settings-sign-in-cancel",
        "Cancel the sign-in",
        "Ends the sign-in that is under way.",
        |app, _| cancel(app),
    )
    .at(Group::Settings, HERE)
    .allowed(has_address),
];

fn value(app: &App) -> Option<&MailboxValue> {
    match state(app)?.open.as_ref()? {
        Open::Mailbox(form) => Some(&form.value),
        _ => None,
    }
}

/// Changes the value under the form.
fn with_value(app: &mut App, change: impl FnOnce(&mut MailboxValue)) {
    let open = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut());
    if let Some(Open::Mailbox(form)) = open {
        let mut value = form.value.clone();
        change(&mut value);
        form.replace(value);
    }
}

/// Whether the mailbox in the list signs in with OAuth2.
fn selected_signs_in(app: &App) -> bool {
    selected(app).is_some_and(|line| matches!(line.mailbox.settings.secret, SecretSource::Oauth(_)))
}

fn allowed(app: &App) -> Result<(), String> {
    let signs_in = match form_of(app) {
        Some(_) => value(app).is_some_and(MailboxValue::signs_in),
        None => selected_signs_in(app),
    };
    match signs_in {
        true => Ok(()),
        false => Err("this signs in with a password; choose OAuth2 under Password first".into()),
    }
}

fn has_address(app: &App) -> Result<(), String> {
    match value(app).and_then(|value| value.signing_in.begun.as_ref()) {
        Some(_) => Ok(()),
        None => Err("no sign-in is under way; i begins one".into()),
    }
}

/// From the list, the form is opened first: what was signed in to is saved there.
fn begin_or_go_on(app: &mut App, way: SignInWay) -> Vec<Effect> {
    if form_of(app).is_some() {
        return act(app, way);
    }
    let mut effects = moves::open_form(app);
    if let Some(Open::Mailbox(form)) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
        && let Some(index) = form.index_of("oauth-provider")
    {
        form.go_to(index);
    }
    effects.extend(act(app, way));
    effects
}

/// Begins, or hands on what was pasted.
pub(super) fn act(app: &mut App, way: SignInWay) -> Vec<Effect> {
    let Some(value) = value(app) else {
        return Vec::new();
    };
    let SecretSource::Oauth(provider) = &value.settings.secret else {
        return Vec::new();
    };
    let signing_in = &value.signing_in;
    let request = match (&signing_in.begun, &signing_in.pasted) {
        (Some(begun), Some(address)) => {
            let request = SignInRequest::Pasted {
                flow: begun.flow(),
                address: address.clone(),
            };
            let said = After::Say(Clean::from_static(
                "the address is taken; asking for tokens",
            ));
            return ask(app, Request::Connect(ConnectRequest::SignIn(request)), said);
        }
        (Some(begun), None) => {
            let begun = begun.clone();
            show(app, &begun);
            return Vec::new();
        }
        (None, _) if signing_in.asked.is_some() => return Vec::new(),
        (None, _) => SignInRequest::Begin {
            provider: provider.clone(),
            login: value.settings.login.clone(),
            way,
        },
    };
    let request = Request::Connect(ConnectRequest::SignIn(request));
    let effects = ask(app, request, After::SignIn);
    let asked = app.asks.latest();
    with_value(app, |value| {
        value.signing_in = SigningIn {
            asked: Some(asked),
            ..value.signing_in.anew()
        };
    });
    effects
}

/// Ends what is under way, if anything is.
pub(super) fn cancel(app: &mut App) -> Vec<Effect> {
    let begun = value(app).and_then(|value| value.signing_in.begun.as_ref());
    let Some(flow) = begun.map(Begun::flow) else {
        return Vec::new();
    };
    let said = After::Say(Clean::from_static("the sign-in is cancelled"));
    let request = SignInRequest::Cancel(flow);
    ask(app, Request::Connect(ConnectRequest::SignIn(request)), said)
}

/// To the clipboard of the operator's own machine.
fn copy(app: &mut App) -> Vec<Effect> {
    let begun = value(app).and_then(|value| value.signing_in.begun.as_ref());
    let Some(url) = begun.map(|begun| Clean::line(begun.url())) else {
        return Vec::new();
    };
    app.status.good(Clean::from_static(
        "copied the address, to be opened on your side",
    ));
    vec![Effect::Copy(url)]
}

/// What the engine says on the way. The place to paste into is ready when the page is left.
pub fn heard(app: &mut App, report: SignInReport) -> Vec<Effect> {
    let is_asked = value(app).is_some_and(|value| value.signing_in.asked.is_some());
    if let SignInReport::Begun(begun) = report
        && is_asked
    {
        with_value(app, |value| {
            value.signing_in.begun = Some(begun.clone());
            value.signing_in.pasted = None;
        });
        if let (Begun::Browser { .. }, Some(settings)) = (&begun, app.settings_mut()) {
            settings.focus_and_edit("oauth-answer");
        }
        show(app, &begun);
    }
    Vec::new()
}

/// Whether the form that asked under this number is still the one that is open.
fn is_awaited(app: &App, id: AskId) -> bool {
    value(app).is_some_and(|value| value.signing_in.asked == Some(id))
}

/// The answer: what is kept goes where a password would, in the form that asked for it and in no other.
pub(super) fn answered(app: &mut App, id: AskId, report: SignInReport) {
    let SignInReport::SignedIn {
        tokens,
        valid_until,
        renews,
    } = report
    else {
        return;
    };
    if !is_awaited(app, id) {
        app.status
            .refuse("the form that signed in was closed; nothing of it is kept");
        return;
    }
    with_value(app, |value| {
        value.password = tokens;
        value.signing_in = SigningIn {
            lasts: Some((valid_until, renews)),
            ..value.signing_in.anew()
        };
    });
    end_showing(app);
    app.status
        .good(Clean::from_static("signed in; c checks it, s saves it"));
}

pub(super) fn ended(app: &mut App, id: AskId) {
    if is_awaited(app, id) {
        with_value(app, |value| value.signing_in = value.signing_in.anew());
        end_showing(app);
    }
}

/// The page has nothing to say any more, and nothing is typed into a field that is gone.
fn end_showing(app: &mut App) {
    let is_shown = matches!(
        app.layers.last(),
        Some(Layer::Sheet(sheet)) if sheet.title.as_str() == TITLE
    );
    if is_shown {
        close_top(app);
    }
    if let Some(open) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
    {
        let face = open.face_mut();
        face.edit(false);
        if let Some(index) = face.index_of("oauth-provider") {
            face.go_to(index);
        }
    }
}

/// A page with what to do; Esc goes back to the form, and the sign-in goes on meanwhile.
fn show(app: &mut App, begun: &Begun) {
    let plain = |words: &str| Line::words(words, TEXT);
    let own = |words: &str| Line::words("  ", TEXT).clean(Clean::line(words), STRONG);
    let blank = || Line::words("", TEXT);
    let lines = match begun {
        Begun::Browser { url, tunnel, .. } => vec![
            plain("Open this address in a browser and sign in there (Esc Esc Y copies it):"),
            blank(),
            own(url),
            blank(),
            plain(
                "Where the browser is on another machine than Ticketty, either run this there first:",
            ),
            blank(),
            own(tunnel),
            blank(),
            plain(
                "or copy the address of the page that cannot be opened at the end, go back by Esc, paste it there, and press Enter.",
            ),
            blank(),
            Line::words(
                "Esc goes back to the form; the sign-in waits for ten minutes.",
                DIM,
            ),
        ],
        Begun::Device {
            provider,
            tenant,
            scopes,
            code,
            url,
            ..
        } => {
            let tenant = tenant.as_ref().map(|tenant| format!(", tenant {tenant}"));
            vec![
                plain("Open this page and type the code:"),
                blank(),
                own(url),
                own(code.as_str()),
                blank(),
                plain("It lets Ticketty in at:"),
                own(&format!("{provider}{}", tenant.unwrap_or_default())),
                plain("for:"),
                own(&scopes.join(" ")),
                blank(),
                plain("Type it only because you began this yourself, and send it to nobody."),
                Line::words("Esc goes back to the form; the sign-in goes on.", DIM),
            ]
        }
    };
    app.layers
        .push(Layer::Sheet(Sheet::new(Clean::from_static(TITLE), lines)));
}
