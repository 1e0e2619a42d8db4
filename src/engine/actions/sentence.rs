//! What an action did, in one sentence for the status line.

use super::super::looks::thread::time_zone;
use crate::domain::clean::Clean;
use crate::domain::contact::Operator;
use crate::domain::decide::Action;
use crate::domain::ids::{OperatorId, TicketNumber};
use crate::domain::query::Asker;
use crate::store::{Read, StoreResult};

/// "12 tickets closed", "1 ticket closed, 2 left alone", or why nothing was done.
pub(super) fn changed(
    store: &dyn Read,
    asker: &Asker,
    action: &Action,
    done: &[TicketNumber],
    refused: &[(TicketNumber, String)],
) -> StoreResult<Clean> {
    let words = match (done, refused) {
        ([], []) => "nothing to do".to_owned(),
        ([], [(_, why)]) => why.clone(),
        ([], [(_, why), ..]) => format!("nothing changed: {why}, and {} more", refused.len() - 1),
        (done, refused) => {
            let did = did(action, &Names::new(store, asker)?);
            let done = match action {
                Action::MoveMessage { .. } => did,
                _ => format!("{} {did}", tickets(done.len())),
            };
            match refused.len() {
                0 => done,
                left => format!("{done}, {left} left alone"),
            }
        }
    };
    Ok(Clean::line(&words))
}

/// "1 ticket", "12 tickets".
pub(super) fn tickets(count: usize) -> String {
    match count {
        1 => "1 ticket".to_owned(),
        count => format!("{count} tickets"),
    }
}

struct Names<'a> {
    operators: Vec<Operator>,
    asker: &'a Asker,
}

impl<'a> Names<'a> {
    fn new(store: &dyn Read, asker: &'a Asker) -> StoreResult<Self> {
        Ok(Self {
            operators: store.operators()?,
            asker,
        })
    }

    fn assigned(&self, to: OperatorId) -> String {
        if to == self.asker.operator {
            return "assigned to you".to_owned();
        }
        let name = self
            .operators
            .iter()
            .find(|operator| operator.id == to)
            .map_or("somebody", |operator| operator.display_name.as_str());
        format!("assigned to {name}")
    }
}

fn did(action: &Action, names: &Names<'_>) -> String {
    use crate::domain::ticket::Status;
    match action {
        Action::SetStatus(Status::Closed) => "closed".to_owned(),
        Action::SetStatus(to) => format!("set to {}", to.word()),
        Action::Assign(Some(to)) => names.assigned(*to),
        Action::Assign(None) => "unassigned".to_owned(),
        Action::SetPriority(to) => format!("set to {} priority", to.word()),
        Action::Tag { add, remove } => match (add.as_slice(), remove.as_slice()) {
            (add, []) => format!("tagged {}", add.join(", ")),
            ([], remove) => format!("no longer tagged {}", remove.join(", ")),
            (add, remove) => format!(
                "tagged {} and no longer {}",
                add.join(", "),
                remove.join(", ")
            ),
        },
        Action::Rename(_) => "renamed".to_owned(),
        Action::Snooze(None) => "woken".to_owned(),
        Action::Snooze(Some(until)) => {
            let until = until.to_zoned(time_zone(&names.asker.zone));
            format!("snoozed until {}", until.strftime("%-d %b %H:%M"))
        }
        Action::SetUnread(true) => "marked unread".to_owned(),
        Action::SetUnread(false) => "marked read".to_owned(),
        Action::MergeInto(target) => format!("merged into #{target}"),
        Action::MoveMessage { to: Some(to), .. } => format!("message moved to #{to}"),
        Action::MoveMessage { to: None, .. } => "message moved to a new ticket".to_owned(),
    }
}
