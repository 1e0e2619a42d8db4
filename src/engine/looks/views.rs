//! The left pane: saved views and one view for each mailbox, with counts.
//!
//! Counting every view touches every index, and the pane is asked for after each change. So the counts are kept
//! until the store changes, or until time alone may have changed them ("overdue", "in the last hour").

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::super::core::Engine;
use crate::bridge::{Seen, ViewLine};
use crate::domain::clean::Clean;
use crate::domain::ids::{MailboxId, ViewId};
use crate::domain::query::{self, Asker, FieldTerm, Query, StateTerm};
use crate::domain::trouble::Trouble;
use crate::store::{Read, StoreResult};

/// Counts that depend on the time of day may be this old.
const COUNTS_HOLD: SignedDuration = SignedDuration::from_secs(20);

/// What was counted last.
#[derive(Debug, Default)]
pub struct ViewCache(Mutex<Option<Counted>>);

#[derive(Debug, Clone)]
struct Counted {
    at_change: u64,
    at: Timestamp,
    lines: Vec<ViewLine>,
}

impl ViewCache {
    fn get(&self, change: u64, now: Timestamp) -> Option<Vec<ViewLine>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref()
            .filter(|counted| {
                counted.at_change == change && now.duration_since(counted.at).abs() < COUNTS_HOLD
            })
            .map(|counted| counted.lines.clone())
    }

    fn put(&self, counted: Counted) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(counted);
    }
}

pub(super) async fn views(engine: &Arc<Engine>) -> Result<Seen, Trouble> {
    let asker = engine.asker();
    let store = Arc::clone(&engine.store);
    // Asked before counting: a commit in between makes the counts look too old, never too new.
    let at_change = super::super::core::blocking(move || store.change_counter()).await?;
    if let Some(lines) = engine.views.get(at_change, asker.now) {
        return Ok(Seen::Views(lines));
    }
    let at = asker.now;
    let lines = engine.read(move |store| count_all(store, &asker)).await?;
    engine.views.put(Counted {
        at_change,
        at,
        lines: lines.clone(),
    });
    Ok(Seen::Views(lines))
}

fn count_all(store: &dyn Read, asker: &Asker) -> StoreResult<Vec<ViewLine>> {
    let mut lines = Vec::new();
    let mut saved = store.views()?;
    saved.sort_by_key(|view| (view.position, view.id));
    for view in saved {
        let (query, name) = (view.query, Clean::name(&view.name));
        let mut line = ViewLine {
            id: Some(view.id),
            name,
            query,
            count: 0,
            unread: 0,
            mailbox: None,
        };
        // A view whose query can no longer be read is shown with nothing in it; opening it says why.
        if let Ok(parsed) = query::parse(&line.query) {
            let tally = store.count_tickets(&parsed, asker)?;
            (line.count, line.unread) = (tally.all, tally.unread);
        }
        lines.push(line);
    }
    for mailbox in store.mailboxes()?.into_iter().filter(|one| !one.removed) {
        let query = mailbox_query(&mailbox.settings.name);
        let tally = store.count_tickets(&query, asker)?;
        lines.push(ViewLine {
            id: None::<ViewId>,
            name: Clean::name(&mailbox.settings.name),
            query: query.to_string(),
            count: tally.all,
            unread: tally.unread,
            mailbox: Some::<MailboxId>(mailbox.id),
        });
    }
    Ok(lines)
}

/// What a mailbox's own view shows: its tickets that are not closed.
fn mailbox_query(name: &str) -> Query {
    Query::And(vec![
        Query::Field(FieldTerm::Mailbox(name.to_owned())),
        Query::Field(FieldTerm::Is(StateTerm::Open)),
    ])
}
