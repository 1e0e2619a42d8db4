//! The log of settings: what is written into it besides the change itself, and how it is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::core::Engine;
use crate::bridge::{AuditPage, AuditQuery};
use crate::domain::audit::{
    Author, ChangeLine, Difference, Filter, Origin, SettingChange, Subject, SubjectKind, Way,
    is_secret,
};
use crate::domain::contact::Operator;
use crate::domain::event::Actor;
use crate::domain::ids::{ChangeId, MailboxId};
use crate::domain::trouble::Trouble;
use crate::store::{AuditWindow, StoreResult, Write};

/// More in one page would only fill the memory.
const LARGEST_PAGE: u32 = 1_000;

/// The name of the store's fact that holds what a configuration file said when it was last seen; its path follows.
const CONFIGURATION_SEEN: &str = "configuration-seen:";

/// What a configuration file says, as text by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    pub path: String,
    pub values: BTreeMap<String, String>,
}

/// Appends changes of a step, in its transaction.
pub(super) fn record(store: &mut dyn Write, changes: &[SettingChange]) -> StoreResult<()> {
    changes
        .iter()
        .try_for_each(|change| store.record_setting(change).map(|_| ()))
}

/// Appends that a mailbox has another password. `field` is `password`, or `password.this_run` where it is not kept.
pub(super) fn record_password(
    store: &mut dyn Write,
    author: &Author,
    mailbox: MailboxId,
    field: &str,
) -> StoreResult<()> {
    let named = store.mailboxes()?.into_iter().find(|one| one.id == mailbox);
    let name = named.map_or_else(String::new, |one| one.settings.name);
    let about = Subject::new(SubjectKind::Password, mailbox.0, name);
    let change = author.changed(about, Difference::new(field, None, None));
    record(store, &[change])
}

/// Mailboxes that a change names by their number get their names, as they are at that moment.
pub(super) fn with_mailbox_names(
    store: &dyn Write,
    field: &str,
    mut changes: Vec<SettingChange>,
) -> StoreResult<Vec<SettingChange>> {
    if !changes.iter().any(|change| change.field == field) {
        return Ok(changes);
    }
    let mailboxes = store.mailboxes()?;
    let name = |number: Option<String>| {
        let found = mailboxes
            .iter()
            .find(|one| Some(one.id.to_string()) == number);
        found.map(|one| one.settings.name.clone()).or(number)
    };
    for change in changes.iter_mut().filter(|change| change.field == field) {
        change.old = name(change.old.take());
        change.new = name(change.new.take());
    }
    Ok(changes)
}

/// Notes which keys of a configuration file are other ones than when it was last seen. The first sight is no change.
pub(super) fn note_configuration(
    store: &mut dyn Write,
    configuration: &Configuration,
    origin: &Origin,
    now: Timestamp,
) -> StoreResult<()> {
    let fact = format!("{CONFIGURATION_SEEN}{}", configuration.path);
    let seen = store.fact(&fact)?;
    // What is noted lies in the store, where no secret may be.
    let now_said: BTreeMap<&String, &String> = configuration
        .values
        .iter()
        .filter(|(key, _)| !is_secret(key))
        .collect();
    let values = serde_json::to_vec(&now_said)
        .map_err(|cause| Trouble::bug("the configuration cannot be noted").because(cause))?;
    if seen.as_ref() == Some(&values) {
        return Ok(());
    }
    store.set_fact(&fact, &values)?;
    let before: Option<BTreeMap<String, String>> =
        seen.and_then(|seen| serde_json::from_slice(&seen).ok());
    let Some(before) = before else {
        return Ok(());
    };
    let author = Author {
        at: now,
        actor: Actor::System,
        origin: Origin {
            way: Way::ConfigFile,
            ..origin.clone()
        },
    };
    let about = Subject::new(SubjectKind::Config, None, configuration.path.clone());
    // A key that only this version of the program knows was not changed by anybody.
    let changes: Vec<SettingChange> = now_said
        .into_iter()
        .filter_map(|(key, new)| {
            let old = before.get(key).filter(|old| *old != new)?;
            let change = Difference::new(key.clone(), old.clone(), new.clone());
            Some(author.changed(about.clone(), change))
        })
        .collect();
    record(store, &changes)
}

/// A page of the log. One more than wanted is looked for, to know whether there is a next page.
pub(super) async fn page(engine: &Arc<Engine>, query: AuditQuery) -> Result<AuditPage, Trouble> {
    let filter = Filter::parse(&query.filter).map_err(|mistake| {
        Trouble::operator(format!("the filter is not understood: {mistake}")).hint(format!(
            "it is about character {}",
            query
                .filter
                .get(..mistake.at.start)
                .map_or(0, |before| before.chars().count())
                + 1
        ))
    })?;
    let zone = TimeZone::get(&engine.settings.zone).unwrap_or(TimeZone::UTC);
    let (since, until) = filter.window(engine.clock.now(), &zone);
    let limit = query.limit.clamp(1, LARGEST_PAGE) as usize;
    let window = AuditWindow {
        before: query.before,
        since,
        until,
        limit: limit + 1,
    };
    engine
        .read(move |store| {
            let operators = store.operators()?;
            let line = |id, change: &SettingChange| line(&operators, id, change);
            let found = store.setting_changes(window, &mut |change| {
                filter.takes(&line(ChangeId(0), change))
            })?;
            let is_last = found.len() <= limit;
            let lines: Vec<ChangeLine> = found
                .iter()
                .take(limit)
                .map(|(id, change)| line(*id, change))
                .collect();
            let next = lines.last().map(|line| line.id).filter(|_| !is_last);
            Ok(AuditPage { lines, next })
        })
        .await
}

fn line(operators: &[Operator], id: ChangeId, change: &SettingChange) -> ChangeLine {
    let operator = match change.actor {
        Actor::Operator(id) => operators.iter().find(|one| one.id == id),
        Actor::Customer(_) | Actor::System => None,
    };
    match operator {
        Some(one) => ChangeLine::of(id, change, &one.display_name, Some(&one.login)),
        None => ChangeLine::of(id, change, "Ticketty", None),
    }
}
