//! The wizard of a forwarded address: choose who redirects, set it up there, confirm it, prove the path.
//!
//! It only tells and shows. What was chosen, confirmed and proved is kept by the engine, so that every step can be left
//! and taken up later; a link out of a mail is text, and nothing opens it.

mod page;

use jiff::Timestamp;

use super::allowed::{form_of, selected};
use super::{After, Settings, ask, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::keys;
use crate::app::prompt::Choice;
use crate::bridge::{ConnectRequest, RedirectRequest, RedirectState, Request};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::Incoming;
use crate::domain::redirect::Redirector;
use crate::domain::trouble::Trouble;

pub use page::lines;

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
    if is_open(app) {
        return Err("the wizard is open; Enter goes on in it".into());
    }
    if form_of(app).is_some() {
        return Err("a form is open; s saves it, Esc leaves it".into());
    }
    can_choose(app)
}

/// Whether it can be said who redirects.
///
/// # Errors
/// A sentence, where it cannot.
pub(super) fn can_choose(app: &App) -> Result<(), String> {
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
    if wizard.state.is_none() {
        wizard.step = match (&found.proof, &found.confirmation, found.redirector) {
            (Some(_), ..) => Step::Prove,
            (None, Some(_), _) => Step::Confirm,
            (None, None, Some(_)) => Step::SetUp,
            (None, None, None) => Step::Choose,
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
