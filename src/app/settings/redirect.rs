//! The wizard of a forwarded address: choose who redirects, set it up there, confirm it, prove the path.
//!
//! It only tells and shows. What was chosen, confirmed and proved is kept by the engine, so that every step can be left
//! and taken up later; a link out of a mail is text, and nothing opens it.

use jiff::Timestamp;

use super::commands::selected;
use super::{After, Settings, ask, rows, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::keys;
use crate::app::prompt::Choice;
use crate::app::settings::checks;
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::app::when;
use crate::bridge::{ConnectRequest, Proof, RedirectRequest, RedirectState, Request};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::Incoming;
use crate::domain::redirect::{Confirmation, Redirector, Vouched};
use crate::domain::theme::{Ink, Role, Signal};
use crate::domain::trouble::Trouble;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Choose,
    SetUp,
    Confirm,
    Prove,
}

#[derive(Debug)]
pub struct Redirect {
    pub channel: MailboxId,
    pub step: Step,
    /// `None` until the engine has said how far it is.
    state: Option<RedirectState>,
    /// A test mail is on its way since then.
    proving: Option<Timestamp>,
    trouble: Option<Trouble>,
}

fn wizard(app: &mut App) -> Option<&mut Redirect> {
    app.settings_mut()
        .and_then(|settings| settings.redirect.as_mut())
}

/// Whether the wizard has the page and the keys.
pub fn is_open(app: &App) -> bool {
    state(app).is_some_and(|settings| settings.redirect.is_some())
}

/// Whether a forwarded address is under the cursor.
///
/// # Errors
/// A sentence, where it is not.
pub(super) fn can_open(app: &App) -> Result<(), String> {
    match selected(app).map(|line| &line.mailbox.settings.incoming) {
        Some(Incoming::Forwarded(_)) => Ok(()),
        _ => Err("only a forwarded address has a redirect; go to one first".into()),
    }
}

/// Opens the wizard where it was left.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    let Some(channel) = selected(app).map(|line| line.mailbox.id) else {
        return Vec::new();
    };
    if let Some(settings) = app.settings_mut() {
        settings.checks = None;
        settings.page_top = 0;
        settings.redirect = Some(Redirect {
            channel,
            step: Step::Choose,
            state: None,
            proving: None,
            trouble: None,
        });
    }
    request(app, RedirectRequest::Look(channel))
}

pub(super) fn leave(settings: &mut Settings) {
    settings.redirect = None;
    settings.page_top = 0;
}

fn request(app: &mut App, request: RedirectRequest) -> Vec<Effect> {
    let request = Request::Connect(ConnectRequest::Redirect(request));
    ask(app, request, After::Redirect)
}

/// Something changed: a confirmation may have come.
pub(super) fn look_again(app: &mut App) -> Vec<Effect> {
    match wizard(app) {
        Some(Redirect {
            channel,
            proving: None,
            ..
        }) => {
            let channel = *channel;
            request(app, RedirectRequest::Look(channel))
        }
        _ => Vec::new(),
    }
}

/// How far it is, from the engine. The first word says at which step one goes on.
pub(super) fn told(app: &mut App, id: MailboxId, found: RedirectState) {
    let Some(wizard) = wizard(app).filter(|wizard| wizard.channel == id) else {
        return;
    };
    let is_first = wizard.state.is_none();
    if is_first {
        wizard.step = match &found {
            RedirectState { proof: Some(_), .. } => Step::Prove,
            RedirectState {
                confirmation: Some(_),
                ..
            } => Step::Confirm,
            RedirectState {
                redirector: Some(_),
                ..
            } => Step::SetUp,
            _ => Step::Choose,
        };
    }
    wizard.proving = None;
    wizard.state = Some(found);
}

pub(super) fn failed(app: &mut App, trouble: Trouble) {
    if let Some(wizard) = wizard(app) {
        wizard.proving = None;
        wizard.trouble = Some(trouble);
    }
}

/// The ways to choose from.
pub(super) fn choices(_: &App) -> Vec<Choice> {
    Redirector::ALL
        .into_iter()
        .map(|one| Choice::new(one.word(), one.title(), ""))
        .collect()
}

/// Somebody chose who redirects.
pub(super) fn choose(app: &mut App, word: &str) -> Vec<Effect> {
    let (Some(redirector), Some(wizard)) = (Redirector::of_word(word), wizard(app)) else {
        return Vec::new();
    };
    wizard.step = Step::SetUp;
    let id = wizard.channel;
    if let Some(state) = &mut wizard.state {
        state.redirector = Some(redirector);
    }
    top(app);
    request(app, RedirectRequest::Choose { id, redirector })
}

fn top(app: &mut App) {
    if let Some(settings) = app.settings_mut() {
        settings.page_top = 0;
    }
}

impl Redirect {
    fn redirector(&self) -> Option<Redirector> {
        self.state.as_ref()?.redirector
    }

    /// The steps that this way has.
    fn steps(&self) -> Vec<Step> {
        let mut steps = vec![Step::Choose, Step::SetUp, Step::Confirm, Step::Prove];
        if self.redirector().is_some_and(|one| !one.confirms()) {
            steps.retain(|step| *step != Step::Confirm);
        }
        steps
    }

    /// "step 2 of 4: set it up"
    pub fn place(&self) -> String {
        let steps = self.steps();
        let at = steps
            .iter()
            .position(|step| *step == self.step)
            .map_or(1, |at| at + 1);
        let name = match self.step {
            Step::Choose => "who redirects",
            Step::SetUp => "set it up there",
            Step::Confirm => "the confirmation",
            Step::Prove => "the proof",
        };
        format!("step {at} of {}: {name}", steps.len())
    }
}

/// To the next step, or to the one before.
pub(super) fn go(app: &mut App, by: isize) -> Vec<Effect> {
    if let Some(wizard) = wizard(app) {
        let steps = wizard.steps();
        let at = steps.iter().position(|step| *step == wizard.step);
        let next = at.unwrap_or(0).saturating_add_signed(by);
        let is_chosen = wizard.redirector().is_some();
        if let Some(next) = steps.get(next).filter(|_| is_chosen) {
            wizard.step = *next;
            wizard.trouble = None;
        }
    }
    top(app);
    Vec::new()
}

/// Enter: what the step is for.
pub(super) fn enter(app: &mut App) -> Vec<Effect> {
    let now = app.now;
    let Some(wizard) = wizard(app) else {
        return Vec::new();
    };
    match wizard.step {
        Step::Choose => keys::invoke_named(app, "settings-redirect-by", ""),
        Step::SetUp | Step::Confirm => go(app, 1),
        Step::Prove if wizard.proving.is_some() => {
            app.status
                .refuse("a test mail is on its way; it may take minutes");
            Vec::new()
        }
        Step::Prove => {
            wizard.proving = Some(now);
            wizard.trouble = None;
            let id = wizard.channel;
            request(app, RedirectRequest::Prove(id))
        }
    }
}

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
    if matches!(
        proof.by,
        crate::domain::channel::AddressHeader::To | crate::domain::channel::AddressHeader::Cc
    ) {
        lines.push(warn(
            "the redirect leaves no mark of its own, so blind copies to this address stay with the collecting mailbox",
        ));
    }
    lines.push(Line::new());
    lines
}
