//! The page of a connected mailbox: how it does, since when, why, and what it is made of.

use super::doing::{self, labelled, moment};
use crate::app::App;
use crate::app::settings::checks::Checks;
use crate::app::settings::{rows, state};
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::bridge::{Lasts, MailboxLine};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{
    AfterFetching, Download, Endpoint, FolderChoice, Incoming, MailboxSettings, Marks, Outgoing,
    SecretSource, Security,
};
use crate::domain::theme::{Ink, Role};

pub fn lines(app: &App, line: &MailboxLine, checks: Option<&Checks>) -> Vec<Line> {
    let settings = &line.mailbox.settings;
    let mut lines = vec![
        Line::new()
            .clean(Clean::name(&settings.name), STRONG)
            .say("  ", TEXT)
            .clean(Clean::name(&settings.address), DIM),
        Line::new(),
    ];
    if let Some(checks) = checks.filter(|checks| checks.page_of == Some(line.mailbox.id)) {
        lines.extend(checks.rows());
        lines.push(Line::new());
    }
    let status = state(app).and_then(|settings| settings.watched.of(line.mailbox.id));
    lines.extend(doing::lines(app, line, status));
    lines.push(Line::new());
    lines.push(labelled("Incoming", &incoming(app, &settings.incoming)));
    let is_forwarded = matches!(settings.incoming, Incoming::Forwarded(_));
    if is_forwarded {
        lines.push(labelled(
            "Redirect",
            "r tells how to set it up, and proves it",
        ));
    }
    lines.push(labelled("Outgoing", &outgoing(app, &settings.outgoing)));
    if !(is_forwarded && matches!(settings.outgoing, Outgoing::Through(_))) {
        lines.extend(signing_in(app, line));
    }
    if !is_forwarded {
        lines.extend(fetching(settings));
    }
    let connected = moment(app, line.mailbox.connected_at);
    lines.push(labelled("Connected", &connected));
    lines
}

/// Who signs in, and how. Where another mailbox does all of it there is nothing to say.
fn signing_in(app: &App, line: &MailboxLine) -> Vec<Line> {
    let settings = &line.mailbox.settings;
    let mut lines = vec![labelled("Login", &settings.login)];
    let password = match &settings.secret {
        SecretSource::File => "kept here".to_owned(),
        SecretSource::Command(command) => format!("from the command {command}"),
        SecretSource::Ask => "asked at start".to_owned(),
        SecretSource::Oauth(provider) => format!("OAuth2 by {provider}"),
        SecretSource::TokenCommand(command) => format!("a token from the command {command}"),
        SecretSource::None => "none needed".to_owned(),
    };
    lines.push(labelled("Password", &password));
    if let Some(lasts) = line.lasts {
        lines.extend(valid_until(app, lasts));
    }
    if let Some(own) = &settings.sending_sign_in {
        lines.push(labelled("SMTP login", &own.login));
    }
    lines
}

/// What is fetched, and when.
fn fetching(settings: &MailboxSettings) -> Vec<Line> {
    let folders = match &settings.folders {
        FolderChoice::Usual => "inbox and sent".to_owned(),
        FolderChoice::All => "all but junk, drafts and trash".to_owned(),
        FolderChoice::Chosen(chosen) => {
            let names: Vec<String> = chosen.iter().map(ToString::to_string).collect();
            names.join(", ")
        }
    };
    let mut lines = vec![labelled("Folders", &folders)];
    if settings.watch.download == Download::ByHand {
        lines.push(labelled("Download", "by hand; f fetches"));
    }
    let on_server = &settings.watch.on_server;
    match on_server.marks {
        Marks::Nothing => {}
        Marks::Answered => lines.push(labelled("Marks there", "what is answered here")),
        Marks::ReadAndAnswered => {
            lines.push(labelled("Marks there", "what is read or answered here"));
        }
    }
    match &on_server.after_fetching {
        AfterFetching::Leave => {}
        AfterFetching::MoveTo(folder) => {
            lines.push(labelled("Then there", &format!("moved to {folder}")));
        }
        AfterFetching::Delete => lines.push(labelled("Then there", "deleted")),
    }
    lines
}

/// How long the present token is good, and what comes after it.
fn valid_until(app: &App, lasts: Lasts) -> Vec<Line> {
    let (until, then) = match (lasts.is_revoked, lasts.renews) {
        (true, _) => ("ended by the provider".to_owned(), "i signs in again"),
        (false, true) => (moment(app, lasts.valid_until), "it is renewed by itself"),
        (false, false) => (moment(app, lasts.valid_until), "i signs in again"),
    };
    vec![
        labelled("Valid until", &until),
        labelled("After that", then),
    ]
}

fn server(endpoint: &Endpoint) -> String {
    let protection = match endpoint.security {
        Security::Tls => "TLS",
        Security::Starttls => "STARTTLS",
        Security::None => "not protected",
    };
    format!("{}  {protection}", super::typed::shown(endpoint))
}

/// The name of another mailbox.
fn named(app: &App, id: MailboxId) -> String {
    rows::mailbox(app, id).map_or_else(
        || "a mailbox that was removed".to_owned(),
        |line| line.mailbox.settings.name.clone(),
    )
}

fn incoming(app: &App, incoming: &Incoming) -> String {
    match incoming {
        Incoming::Forwarded(id) => format!("redirected to {}", named(app, *id)),
        Incoming::Imap(endpoint) => server(endpoint),
        Incoming::Maildir(path) => format!("Maildir {}", path.display()),
    }
}

fn outgoing(app: &App, outgoing: &Outgoing) -> String {
    match outgoing {
        Outgoing::Through(id) => format!("through {}", named(app, *id)),
        Outgoing::Smtp(endpoint) => server(endpoint),
        Outgoing::Sendmail(path) => format!("program {}", path.display()),
        Outgoing::Folder(path) => format!("files in {}", path.display()),
        Outgoing::Off => "nowhere; answers cannot be sent".to_owned(),
    }
}

/// What a forwarded address is, before there is one.
pub fn new_redirect() -> Vec<Line> {
    vec![
        Line::words("Another address whose mail a connected mailbox gets.", TEXT),
        Line::words(
            "Its tickets are its own, and answers leave from it, with its signature and rules.",
            TEXT,
        ),
        Line::new(),
        Line::words("Enter", Role::Ink(Ink::Key)).say(" asks for the address.", TEXT),
    ]
}

/// What connecting a mailbox takes, before there is one.
pub fn new_mailbox(app: &App) -> Vec<Line> {
    let mut lines = Vec::new();
    if rows::mailboxes(app).next().is_none() {
        lines.push(Line::words("No mailbox is connected yet.", STRONG));
        lines.push(Line::new());
    }
    lines.extend([
        Line::words("An address and a password are enough:", TEXT),
        Line::words(
            "the servers are found, checked and shown before anything is saved.",
            TEXT,
        ),
        Line::words("Mail on the server is only read, never changed.", TEXT),
        Line::new(),
        Line::words("Enter", Role::Ink(Ink::Key)).say(" connects a mailbox.", TEXT),
    ]);
    lines
}
