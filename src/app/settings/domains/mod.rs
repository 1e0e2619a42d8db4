//! The domains of our senders: their rows, their keys, and what the engine says of them.

pub mod page;

use super::{Item, state};
use crate::app::App;
use crate::app::asks::Purpose;
use crate::app::event::Effect;
use crate::app::prompt::Choice;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::text::{DIM, Line, TEXT};
use crate::bridge::{AskId, DomainLine, DomainRequest, Request};
use crate::domain::clean::Clean;
use crate::domain::sender_domain::{Record, Status};
use crate::domain::theme::{Role, Signal};

/// A domain in the list. It has no number, so this one is made from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DomainKey(u64);

impl DomainKey {
    pub fn of(domain: &Clean) -> Self {
        // FNV-1a: short, and the same in every run.
        let mixed = domain
            .as_str()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| {
                (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(mixed)
    }
}

/// What the desk knows of them.
#[derive(Debug, Default)]
pub struct Domains {
    pub lines: Vec<DomainLine>,
    /// Verifications that were asked for here, until they are answered.
    asking: Vec<(AskId, DomainKey)>,
}

impl Domains {
    pub fn get(&self, key: DomainKey) -> Option<&DomainLine> {
        self.lines
            .iter()
            .find(|line| DomainKey::of(&line.domain) == key)
    }

    fn is_asking(&self, key: DomainKey) -> bool {
        self.asking.iter().any(|(_, of)| *of == key)
    }
}

/// The row of a domain: how it stands, and its name.
pub fn row(line: &DomainLine) -> Line {
    let (mark, signal) = mark(line.status);
    Line::words(mark, Role::Signal(signal))
        .say(" ", TEXT)
        .clean(line.domain.clone(), TEXT)
}

fn mark(status: Status) -> (&'static str, Signal) {
    match status {
        Status::Pending => ("…", Signal::Busy),
        Status::Verified => ("✔", Signal::Good),
        Status::Failed => ("✘", Signal::Trouble),
    }
}

/// Asks what the engine knows of them.
pub fn look(app: &mut App) -> Effect {
    app.ask(Purpose::Settings, Request::Domain(DomainRequest::List))
}

/// An answer came: all of them, or one.
pub(super) fn told(app: &mut App, id: AskId, lines: Vec<DomainLine>) {
    let was_one = forget(app, id);
    if !was_one {
        app.known.domains.lines = lines;
        return;
    }
    for line in lines {
        let words = format!("{} is {}", line.domain, line.status.word());
        app.status.good(Clean::line(&words));
        let known = &mut app.known.domains.lines;
        match known.iter_mut().find(|one| one.domain == line.domain) {
            Some(known) => *known = line,
            None => known.push(line),
        }
    }
}

/// Whether a verification was asked for under this number. It is answered now.
pub(super) fn forget(app: &mut App, id: AskId) -> bool {
    let asking = &mut app.known.domains.asking;
    let before = asking.len();
    asking.retain(|(known, _)| *known != id);
    asking.len() < before
}

/// The domain under the cursor.
fn selected(app: &App) -> Option<&DomainLine> {
    match state(app)?.item {
        Item::Domain(key) => app.known.domains.get(key),
        _ => None,
    }
}

fn ask_about(app: &mut App, request: impl FnOnce(String) -> DomainRequest) -> Vec<Effect> {
    let Some(domain) = selected(app).map(|line| line.domain.clone()) else {
        return Vec::new();
    };
    let request = request(domain.as_str().to_owned());
    let effect = app.ask(Purpose::Settings, Request::Domain(request));
    let id = app.asks.latest();
    let key = DomainKey::of(&domain);
    app.known.domains.asking.push((id, key));
    vec![effect]
}

/// Verifies the domain under the cursor again.
pub(super) fn verify(app: &mut App) -> Vec<Effect> {
    ask_about(app, |domain| DomainRequest::Verify { domain })
}

fn set_selectors(app: &mut App, typed: &str) -> Vec<Effect> {
    let selectors = typed
        .split([' ', ',', ';'])
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect();
    ask_about(app, |domain| DomainRequest::SetSelectors {
        domain,
        selectors,
    })
}

/// Whether the domain under the cursor is one that we can do something about.
pub(super) fn on_domain(app: &App) -> Result<(), String> {
    match selected(app) {
        Some(line) => match &line.kept_by {
            Some(provider) => Err(format!(
                "{} is kept by {provider}: nothing to do",
                line.domain
            )),
            None => Ok(()),
        },
        None => Err("go to a domain first".into()),
    }
}

pub(super) fn is_on_domain(app: &App) -> bool {
    selected(app).is_some()
}

/// Opens the page over the whole width, because records are long; on the page there is nothing more to open.
pub(super) fn open_page(app: &mut App) -> Vec<Effect> {
    if let Some(settings) = app.settings_mut() {
        if !settings.on_page {
            settings.page_top = 0;
        }
        settings.on_page = true;
    }
    Vec::new()
}

/// What can be copied: first what should be entered, then what is there.
fn records(app: &App) -> Vec<Choice> {
    let Some(line) = selected(app) else {
        return Vec::new();
    };
    let choice = |record: &Record, what: &str| {
        let detail = format!("{} {}, {what}", record.name, record.kind);
        Choice::new(record.value.as_str(), record.value.as_str(), &detail)
    };
    let proposed = line.checks.iter().flat_map(|check| &check.proposed);
    let found = line.checks.iter().flat_map(|check| &check.found);
    let mut choices: Vec<Choice> = proposed.map(|record| choice(record, "should be")).collect();
    choices.extend(found.map(|record| choice(record, "is there")));
    choices
}

fn copy(app: &mut App, value: &str) -> Vec<Effect> {
    let value = Clean::line(value);
    app.status.good(Clean::line(&format!("copied {value}")));
    vec![Effect::Copy(value)]
}

fn can_copy(app: &App) -> Result<(), String> {
    on_domain(app)?;
    if records(app).is_empty() {
        return Err("there is nothing to copy yet; c asks the name servers".into());
    }
    Ok(())
}

const HERE: &[Scope] = &[Scope::Settings];

/// The keys of a domain. Verifying again is the check of the settings.
pub const COMMANDS: &[Command] = &[
    command(
        "domain-copy",
        "Copy a record",
        "Copies a record of this domain as it should be, or as it is, to be entered at the DNS provider.",
        copy,
    )
    .at(Group::Settings, HERE)
    .keys(&["y"])
    .bar("copy", 11)
    .choosing("Copy which record?", records, false)
    .allowed(can_copy),
    command(
        "domain-selectors",
        "DKIM selectors",
        "Says which DKIM selectors of this domain to look at besides those found in mail.",
        set_selectors,
    )
    .at(Group::Settings, HERE)
    .keys(&["K"])
    .bar("selectors", 12)
    .asking("DKIM selectors, such as google or selector1", |app| {
        let selectors = selected(app).map_or_else(Vec::new, |line| line.selectors.clone());
        Clean::join(&selectors, &Clean::from_static(" ")).into_string()
    })
    .allowed(on_domain),
];

/// A line while nothing is known yet.
pub(super) fn empty(line: &DomainLine) -> Option<Line> {
    (line.checks.is_empty() && line.kept_by.is_none())
        .then(|| Line::words("Not verified yet; c does it now.", DIM))
}
