//! The checks while they have the page for themselves: which rows are seen, and what is said below them.

use super::{Checks, Verdict};
use crate::app::App;
use crate::app::layout::Area;
use crate::app::settings::allowed::takes_password;
use crate::app::settings::mailbox::checking;
use crate::app::settings::{Open, layout, state};
use crate::app::text::{DIM, Line};
use crate::domain::theme::{Ink, Role, Signal};
use crate::domain::words;

/// The rows that are seen, and one line about what came of it all.
pub struct Page {
    pub rows: Vec<Line>,
    pub verdict: Line,
}

fn checks(app: &App) -> Option<&Checks> {
    state(app)
        .filter(|settings| settings.on_checks)
        .and_then(|settings| settings.checks.as_ref())
}

/// Whether the checks have the page and the keys.
pub fn is_page(app: &App) -> bool {
    checks(app).is_some()
}

/// What is drawn in this area; `None` where the checks do not have it.
pub fn page(app: &App, area: Area) -> Option<Page> {
    let checks = checks(app)?;
    let (rows, focus) = checks.all_rows(usize::from(area.width));
    let height = usize::from(area.height);
    let top = checks.first_row(rows.len(), focus, height);
    Some(Page {
        rows: rows.into_iter().skip(top).take(height).collect(),
        verdict: verdict(app, checks),
    })
}

/// Scrolls by rows. Returns whether there was anything to scroll to.
pub fn scroll(app: &mut App, by: isize) -> bool {
    let Some(area) = layout::places(app).page else {
        return false;
    };
    let Some(checks) = checks(app) else {
        return false;
    };
    let (rows, focus) = checks.all_rows(usize::from(area.width));
    let height = usize::from(area.height);
    let now = checks.first_row(rows.len(), focus, height);
    let next = now
        .saturating_add_signed(by)
        .min(rows.len().saturating_sub(height));
    let checks = app
        .settings_mut()
        .and_then(|settings| settings.checks.as_mut());
    if let Some(checks) = checks {
        checks.top = Some(next);
    }
    next != now
}

impl Checks {
    fn first_row(&self, rows: usize, (start, end): (usize, usize), height: usize) -> usize {
        let last = rows.saturating_sub(height);
        let following = (end + 1).saturating_sub(height).min(start);
        self.top.unwrap_or(following).min(last)
    }
}

/// How many mails a new mailbox brings first, once the server has told it.
fn first_mails(app: &App) -> Option<String> {
    let Some(Open::Mailbox(form)) = &state(app)?.open else {
        return None;
    };
    let (value, first) = (&form.value, form.value.settings.first_sync);
    let mut counts = value.counts.iter().filter(|_| value.is_new());
    match counts.find(|count| count.period == first)?.mails {
        1 => Some(" 1 mail comes first.".to_owned()),
        mails => Some(format!(" {} mails come first.", words::thousands(mails))),
    }
}

/// What came of it all, and what may be done now.
fn verdict(app: &App, checks: &Checks) -> Line {
    let has_form = state(app).is_some_and(|settings| settings.open.is_some());
    let round_trip = match checks.can_go_round() && !checks.with_round_trip {
        true => " m tries a mail to oneself, too.",
        false => "",
    };
    let good = Role::Signal(Signal::Good);
    match (checking::verdict(app), has_form) {
        (Some(Verdict::Running), _) => Line::words("checking …", Role::Signal(Signal::Busy)),
        (None, _) => Line::words("The form has changed since; Enter checks again.", DIM),
        (Some(Verdict::Passed), true) => Line::words("All is well: Enter saves.", good)
            .say(&first_mails(app).unwrap_or_default(), good)
            .say(round_trip, DIM),
        (Some(Verdict::Passed), false) => Line::words("All is well.", good).say(round_trip, DIM),
        (Some(Verdict::Failed), has_form) => {
            let words = match (has_form, takes_password(app).is_ok()) {
                (true, true) => "Enter checks again, p goes to the password, s saves anyway.",
                (true, false) => "Enter checks again, s saves anyway.",
                (false, true) => "Enter checks again, p gives the password again.",
                (false, false) => "Enter checks again.",
            };
            Line::words(words, Role::Ink(Ink::Strong))
        }
    }
}
