//! What each step of the wizard says.

use jiff::Timestamp;

use super::{Redirect, Step};
use crate::app::App;
use crate::app::settings::{checks, rows};
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::app::when;
use crate::bridge::{Proof, RedirectState};
use crate::domain::channel::AddressHeader;
use crate::domain::clean::Clean;
use crate::domain::mailbox::Incoming;
use crate::domain::redirect::{Confirmation, Redirector, Vouched};
use crate::domain::theme::{Ink, Role, Signal};

/// The page of the step.
pub fn lines(app: &App, wizard: &Redirect) -> Vec<Line> {
    let address = |id| {
        rows::mailbox(app, id)
            .map_or_else(String::new, |line| line.mailbox.settings.address.clone())
    };
    let channel = address(wizard.channel);
    let collecting = rows::mailbox(app, wizard.channel)
        .and_then(|line| match line.mailbox.settings.incoming {
            Incoming::Forwarded(id) => Some(address(id)),
            _ => None,
        })
        .unwrap_or_default();
    let mut lines = vec![
        Line::words(&channel, STRONG)
            .say(" → ", DIM)
            .say(&collecting, STRONG),
        Line::new(),
    ];
    let Some(state) = &wizard.state else {
        lines.push(Line::words("one moment …", DIM));
        return lines;
    };
    match (wizard.step, state.redirector) {
        (Step::Choose, chosen) => lines.extend(choosing(chosen)),
        (Step::SetUp, chosen) => {
            let chosen = chosen.unwrap_or(Redirector::Other);
            lines.extend(setting_up(chosen, &channel, &collecting));
        }
        (Step::Confirm, _) => lines.extend(confirming(app, state, &collecting)),
        (Step::Prove, _) => lines.extend(proving(app, wizard, state)),
    }
    lines
}

fn choosing(chosen: Option<Redirector>) -> Vec<Line> {
    let mut lines = vec![Line::words(
        "The provider of this address has to redirect its mail. Which one is it?",
        TEXT,
    )];
    for one in Redirector::ALL {
        let mark = if chosen == Some(one) { "▸ " } else { "  " };
        lines.push(Line::words(mark, DIM).say(one.title(), TEXT));
    }
    lines.push(Line::new());
    lines.push(key("Enter", " chooses."));
    lines
}

fn key(name: &str, words: &str) -> Line {
    Line::words(name, Role::Ink(Ink::Key)).say(words, TEXT)
}

fn setting_up(redirector: Redirector, address: &str, collecting: &str) -> Vec<Line> {
    let mut lines = vec![Line::words(redirector.title(), STRONG)];
    for (index, step) in redirector.steps(address, collecting).iter().enumerate() {
        lines.push(Line::words(&format!("{}. ", index + 1), DIM).say(step, TEXT));
    }
    lines.push(Line::new());
    lines.push(key(
        "Enter",
        " goes on when it is done; Esc leaves, and you can go on later.",
    ));
    lines
}

fn confirming(app: &App, state: &RedirectState, collecting: &str) -> Vec<Line> {
    let Some((at, found)) = &state.confirmation else {
        return vec![
            Line::words("◐ ", Role::Signal(Signal::Busy)).say(
                &format!(
                    "Waiting for the mail from forwarding-noreply@google.com in {collecting} …"
                ),
                TEXT,
            ),
            Line::words(
                "It shows here by itself. Leave with Esc if it takes longer; it is not missed.",
                DIM,
            ),
        ];
    };
    confirmed(app, *at, found)
}

fn confirmed(app: &App, at: Timestamp, found: &Confirmation) -> Vec<Line> {
    let came = when::exact(at, app.now, &app.surroundings.zone, app.preferences.clock);
    let mut lines = vec![
        Line::words("Code  ", DIM).clean(Clean::line(&found.code), STRONG),
        Line::words("came  ", DIM).say(&came, TEXT),
    ];
    if let Some(link) = &found.link {
        lines.push(Line::words("link  ", DIM).clean(Clean::line(link), TEXT));
    }
    lines.push(Line::new());
    lines.push(match found.vouched {
        Vouched::Signed => Line::words("✔ ", Role::Signal(Signal::Good))
            .say("the receiving server says that Google signed it", TEXT),
        Vouched::Unknown => Line::words("! ", Role::Signal(Signal::Warning)).say(
            "the receiving server says nothing about its signature; use the code only if you asked for it",
            TEXT,
        ),
    });
    lines.push(Line::words(
        "Enter the code in Gmail, under “Forwarding and POP/IMAP”, and then choose “Forward a copy” and save.",
        TEXT,
    ));
    lines.push(Line::new());
    lines.push(key("Enter", " goes on to the proof."));
    lines
}

fn proving(app: &App, wizard: &Redirect, state: &RedirectState) -> Vec<Line> {
    let mut lines = vec![Line::words(
        "A test mail goes to the address, and has to come out here. It makes no ticket and is removed again.",
        TEXT,
    )];
    lines.push(Line::new());
    if wizard.proving.is_some() {
        lines.push(
            Line::words("◐ ", Role::Signal(Signal::Busy))
                .say("sent; waiting for it, up to 3 minutes …", TEXT),
        );
        return lines;
    }
    if let Some(trouble) = &wizard.trouble {
        lines.push(
            Line::words("✗ ", Role::Signal(Signal::Trouble)).say("the path is not proved", TEXT),
        );
        lines.extend(checks::troubles(trouble));
        lines.push(Line::new());
    } else if let Some(proof) = &state.proof {
        lines.extend(proved(app, proof));
    }
    let again = if state.proof.is_some() || wizard.trouble.is_some() {
        " sends another test mail; Esc leaves."
    } else {
        " sends the test mail."
    };
    lines.push(key("Enter", again));
    lines
}

fn proved(app: &App, proof: &Proof) -> Vec<Line> {
    let at = when::exact(
        proof.at,
        app.now,
        &app.surroundings.zone,
        app.preferences.clock,
    );
    let words = format!(
        "proved {at}: sent by {}, came within {} s, known by {}",
        proof.sent_by,
        proof.seconds.max(1),
        proof.by.name()
    );
    let mut lines = vec![Line::words("✔ ", Role::Signal(Signal::Good)).say(&words, TEXT)];
    let warn = |words: &str| Line::words("! ", Role::Signal(Signal::Warning)).say(words, TEXT);
    if proof.in_junk {
        lines.push(warn(
            "it was taken for junk; tell the provider that redirected mail is none",
        ));
    }
    if matches!(proof.by, AddressHeader::To | AddressHeader::Cc) {
        lines.push(warn(
            "the redirect leaves no mark of its own, so blind copies to this address stay with the collecting mailbox",
        ));
    }
    lines.push(Line::new());
    lines
}
