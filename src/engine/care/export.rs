//! Moving tickets out: each one whole, one after another, so that a large export needs little memory here.

use std::sync::Arc;

use super::super::core::Engine;
use super::super::looks::{lists, thread};
use crate::bridge::{CareReport, Report};
use crate::domain::ids::TicketNumber;
use crate::domain::trouble::Trouble;
use crate::store::tickets::Window;

const NUMBERS_AT_ONCE: u32 = 2_000;

pub(super) async fn export(engine: &Arc<Engine>, query: String) -> Result<CareReport, Trouble> {
    let numbers = matching(engine, &query).await?;
    let mut tickets = 0;
    for number in numbers {
        if *engine.stopping.borrow() {
            return Err(Trouble::operator(
                "the export was interrupted: Ticketty is stopping",
            ));
        }
        let thread = thread::thread(engine, number).await?;
        engine
            .told
            .line(Report::Care(CareReport::Exporting(Box::new(thread))));
        tickets += 1;
    }
    Ok(CareReport::Exported { tickets })
}

/// The numbers of all matching tickets, ascending: a list that changes meanwhile must not skip or repeat one.
async fn matching(engine: &Arc<Engine>, query: &str) -> Result<Vec<TicketNumber>, Trouble> {
    let parsed = lists::understand(query)?;
    let asker = engine.asker();
    let mut numbers = engine
        .read(move |store| {
            let mut numbers = Vec::new();
            loop {
                let window = Window::Offset {
                    offset: u32::try_from(numbers.len()).unwrap_or(u32::MAX),
                    limit: NUMBERS_AT_ONCE,
                };
                let page = store.list_tickets(&parsed, &asker, window)?;
                numbers.extend(page.rows.iter().map(|row| row.ticket.number));
                if page.rows.is_empty() || numbers.len() >= page.total as usize {
                    return Ok(numbers);
                }
            }
        })
        .await?;
    numbers.sort_unstable();
    Ok(numbers)
}
