//! Texts as they will stand in a mail: signatures and automatic letters, tried on a real ticket while they are written.

use super::{After, Open, Settings, ask, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::bridge::{PeopleRequest, Request, Sample};
use crate::domain::automatic::LetterKind;
use crate::domain::clean::Clean;
use crate::domain::contact::Signature;
use crate::domain::emphasis::without_marks;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::Letter;
use crate::domain::template::{Template, Values, Variable};

/// Lines of a letter that are shown; the rest is long enough to be believed.
const MOST_LINES: usize = 14;

/// Asks for a ticket of the mailbox that the open form is about, where another one is known.
pub fn ask_for_sample(app: &mut App) -> Vec<Effect> {
    let Some(wanted) = state(app).and_then(wanted) else {
        return Vec::new();
    };
    let is_known = state(app)
        .and_then(|settings| settings.sample.as_ref())
        .is_some_and(|sample| sample.mailbox == wanted);
    if is_known {
        return Vec::new();
    }
    ask(
        app,
        Request::People(PeopleRequest::Sample(wanted)),
        After::Sample,
    )
}

/// Keeps what texts are tried on.
pub fn told(app: &mut App, sample: Sample) {
    if let Some(settings) = app.settings_mut() {
        settings.sample = Some(sample);
    }
}

/// The mailbox whose ticket is wanted; the outer `None` where no text is being written.
fn wanted(settings: &Settings) -> Option<Option<MailboxId>> {
    match settings.open.as_ref()? {
        Open::Signature(form) => Some(form.value.signature.mailbox),
        Open::Mailbox(form) => form.value.id.map(Some),
        _ => None,
    }
}

fn values(settings: Option<&Settings>) -> Values {
    let sample = settings.and_then(|settings| settings.sample.as_ref());
    sample
        .map(|sample| sample.values.clone())
        .unwrap_or_default()
}

/// Whose signature it is stands for the operator, not whoever looks at it.
fn signed_by(app: &App, signature: &Signature, values: Values) -> Values {
    let mut operators = app.known.basics.iter().flat_map(|basics| &basics.operators);
    match operators.find(|one| Some(one.id) == signature.operator) {
        Some(one) => values
            .with(Variable::OperatorName, &one.display_name)
            .with(Variable::OperatorLogin, &one.login),
        None => values,
    }
}

fn heading(words: &str, sample: Option<&Sample>) -> Line {
    let on = match sample.map(|sample| sample.ticket) {
        Some(Some(ticket)) => format!("{words}, in #{ticket}:"),
        Some(None) => format!("{words}, for example:"),
        None => format!("{words}:"),
    };
    Line::words(&on, DIM)
}

/// A signature as it stands under an answer (RFC 3676 §4.3).
pub fn signature(app: &App, signature: &Signature) -> Vec<Line> {
    let sample = state(app).and_then(|settings| settings.sample.as_ref());
    let mut lines = vec![
        Line::new(),
        heading("Under an answer", sample),
        Line::words("  … so it should work again now.", DIM),
        Line::words("  ", DIM),
        Line::words("  -- ", TEXT),
    ];
    let template = Template::lenient(signature.markdown.trim_end());
    let text = if sample.is_some() {
        template.render(&signed_by(app, signature, values(state(app))))
    } else {
        signature.markdown.trim_end().to_owned()
    };
    let shown = if signature.is_markdown {
        without_marks(&text)
    } else {
        text
    };
    lines.extend(indented(&shown));
    lines
}

fn indented(text: &str) -> Vec<Line> {
    let text = Clean::text(text);
    text.lines()
        .map(|line| Line::words("  ", TEXT).clean(line, TEXT))
        .collect()
}

/// The letter that the field in focus belongs to, as the customer will see it.
pub fn letter(app: &App, open: &Open, field: &str) -> Vec<Line> {
    let Open::Mailbox(form) = open else {
        return Vec::new();
    };
    let kind = LetterKind::ALL
        .into_iter()
        .find(|kind| field.starts_with(&format!("{}-", kind.word())));
    let Some(kind) = kind else {
        return Vec::new();
    };
    let sample = state(app).and_then(|settings| settings.sample.as_ref());
    let letter = kind.of(&form.value.settings.policy.automatic);
    let mut lines = vec![heading("  The customer sees", sample)];
    lines.extend(written(letter, &values(state(app))));
    lines
}

fn written(letter: &Letter, values: &Values) -> Vec<Line> {
    let line = |text: &str| Clean::line(&Template::lenient(text).render(values));
    let mut lines = vec![
        Line::words("  ", TEXT)
            .clean(line(&letter.subject), STRONG)
            .say("  ", DIM)
            .clean(line(&letter.preview), DIM),
    ];
    let body = Template::lenient(&letter.body).render(values);
    let mut body = indented(&without_marks(body.trim_end()));
    let is_cut = body.len() > MOST_LINES;
    body.truncate(MOST_LINES);
    lines.extend(body);
    if is_cut {
        lines.push(Line::words("  …", DIM));
    }
    lines
}
