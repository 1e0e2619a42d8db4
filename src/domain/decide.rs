//! One decision, asked twice: the desk asks it to grey things out, the engine asks it again against the store.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{Actor, Happening, MessageMove};
use super::ids::{MessageId, OperatorId, TicketNumber};
use super::message::Message;
use super::ticket::{Priority, Status, Ticket};

/// What an operator wants to do with a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    SetStatus(Status),
    Assign(Option<OperatorId>),
    SetPriority(Priority),
    Tag {
        add: Vec<String>,
        remove: Vec<String>,
    },
    Rename(String),
    /// `None` wakes it.
    Snooze(Option<Timestamp>),
    SetUnread(bool),
    /// All messages go to the other ticket; this one closes and points there.
    MergeInto(TicketNumber),
    /// `None` makes a new ticket of the message.
    MoveMessage {
        message: MessageId,
        to: Option<TicketNumber>,
    },
}

/// Why not, as a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// The longest tag, in characters.
pub const LONGEST_TAG: usize = 40;
/// The longest subject that an operator may give, in characters.
pub const LONGEST_SUBJECT: usize = 300;

fn refuse<T>(sentence: String) -> Result<T, Refusal> {
    Err(Refusal(sentence))
}

/// What would happen to `ticket` itself if `actor` did `action` now. Nothing to change is a refusal that says so.
///
/// For [`Action::MergeInto`] and [`Action::MoveMessage`] this is the part that can be known without the other
/// ticket; [`decide_merge`] and [`decide_move`] give all of it. Moving a message changes nothing else of a ticket,
/// so it is allowed with an empty answer here.
///
/// # Errors
/// The refusal says why in one sentence.
pub fn decide(
    ticket: &Ticket,
    action: &Action,
    actor: Actor,
    now: Timestamp,
) -> Result<Vec<Happening>, Refusal> {
    if matches!(actor, Actor::Customer(_)) {
        return refuse("only operators can change tickets".into());
    }
    refuse_merged(ticket, action)?;
    match action {
        Action::SetStatus(to) => set_status(ticket, *to),
        Action::Assign(to) => assign(ticket, *to, actor),
        Action::SetPriority(to) => set_priority(ticket, *to),
        Action::Tag { add, remove } => tag(ticket, add, remove),
        Action::Rename(subject) => rename(ticket, subject),
        Action::Snooze(until) => snooze(ticket, *until, now),
        Action::SetUnread(to) => set_unread(ticket, *to),
        Action::MergeInto(target) => merge(ticket, *target),
        Action::MoveMessage { to, .. } => {
            if *to == Some(ticket.number) {
                return refuse(format!("that message is in #{} already", ticket.number));
            }
            Ok(Vec::new())
        }
    }
}

/// A merged ticket is only a sign that points to another one. It can be marked read, but
/// work on it would be lost from sight.
fn refuse_merged(ticket: &Ticket, action: &Action) -> Result<(), Refusal> {
    match (ticket.merged_into, action) {
        (None, _) | (Some(_), Action::SetUnread(_)) => Ok(()),
        (Some(target), _) => refuse(format!(
            "#{} was merged into #{target}; work goes on there",
            ticket.number
        )),
    }
}

fn set_status(ticket: &Ticket, to: Status) -> Result<Vec<Happening>, Refusal> {
    if ticket.status == to {
        return refuse(format!("#{} is already {}", ticket.number, to.word()));
    }
    let mut out = vec![Happening::StatusSet {
        from: ticket.status,
        to,
    }];
    if to == Status::Closed {
        out.extend(woken(ticket));
    }
    Ok(out)
}

/// A closed ticket has nothing to wake up for.
fn woken(ticket: &Ticket) -> Option<Happening> {
    let from = ticket.clocks.snoozed_until?;
    Some(Happening::Snoozed {
        from: Some(from),
        to: None,
    })
}

fn assign(
    ticket: &Ticket,
    to: Option<OperatorId>,
    actor: Actor,
) -> Result<Vec<Happening>, Refusal> {
    if ticket.assignee == to {
        let number = ticket.number;
        return refuse(match to {
            None => format!("#{number} is not assigned to anybody"),
            Some(operator) if actor == Actor::Operator(operator) => {
                format!("#{number} is already yours")
            }
            Some(_) => format!("#{number} is already theirs"),
        });
    }
    let mut out = vec![Happening::Assigned {
        from: ticket.assignee,
        to,
    }];
    if to.is_some() && ticket.status == Status::New {
        out.push(Happening::StatusSet {
            from: Status::New,
            to: Status::Open,
        });
    }
    Ok(out)
}

fn set_priority(ticket: &Ticket, to: Priority) -> Result<Vec<Happening>, Refusal> {
    if ticket.priority == to {
        return refuse(format!(
            "#{} already has {} priority",
            ticket.number,
            to.word()
        ));
    }
    Ok(vec![Happening::PrioritySet {
        from: ticket.priority,
        to,
    }])
}

/// A tag as it is kept: lower case, without spaces around it, `-` for spaces inside.
///
/// # Errors
/// When nothing is left, when it is longer than [`LONGEST_TAG`], or when it has a character that would not survive
/// in a query.
pub fn normalise_tag(raw: &str) -> Result<String, Refusal> {
    let tag = raw
        .trim()
        .trim_start_matches('#')
        .to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join("-");
    if tag.is_empty() {
        return refuse("a tag needs at least one letter".into());
    }
    let length = tag.chars().count();
    if length > LONGEST_TAG {
        return refuse(format!(
            "a tag has at most {LONGEST_TAG} characters; this one has {length}"
        ));
    }
    if let Some(bad) = tag
        .chars()
        .find(|c| c.is_control() || matches!(c, '"' | '(' | ')' | ',' | ':'))
    {
        return refuse(format!("a tag cannot contain {bad:?}"));
    }
    Ok(tag)
}

fn normalise_tags(raw: &[String]) -> Result<Vec<String>, Refusal> {
    let mut tags = raw
        .iter()
        .map(|tag| normalise_tag(tag))
        .collect::<Result<Vec<_>, _>>()?;
    tags.sort();
    tags.dedup();
    Ok(tags)
}

fn tag(ticket: &Ticket, add: &[String], remove: &[String]) -> Result<Vec<Happening>, Refusal> {
    let add = normalise_tags(add)?;
    let remove = normalise_tags(remove)?;
    if let Some(both) = add.iter().find(|tag| remove.contains(tag)) {
        return refuse(format!(
            "the tag {both} cannot be added and removed at once"
        ));
    }
    let added: Vec<String> = add
        .iter()
        .filter(|tag| !ticket.tags.contains(tag))
        .cloned()
        .collect();
    let removed: Vec<String> = remove
        .iter()
        .filter(|tag| ticket.tags.contains(tag))
        .cloned()
        .collect();
    if added.is_empty() && removed.is_empty() {
        let number = ticket.number;
        return refuse(match (add.as_slice(), remove.as_slice()) {
            ([], []) => "no tag was named".into(),
            (tags, []) => format!("#{number} already has {}", tags.join(", ")),
            ([], tags) => format!("#{number} does not have {}", tags.join(", ")),
            _ => format!("#{number} has just these tags already"),
        });
    }
    Ok(vec![Happening::Tagged { added, removed }])
}

fn rename(ticket: &Ticket, subject: &str) -> Result<Vec<Happening>, Refusal> {
    let to = subject
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if to.is_empty() {
        return refuse("a ticket needs a subject".into());
    }
    let length = to.chars().count();
    if length > LONGEST_SUBJECT {
        return refuse(format!(
            "a subject has at most {LONGEST_SUBJECT} characters; this one has {length}"
        ));
    }
    if ticket.subject == to {
        return refuse(format!("#{} is already called that", ticket.number));
    }
    Ok(vec![Happening::Renamed {
        from: ticket.subject.clone(),
        to,
    }])
}

fn snooze(
    ticket: &Ticket,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<Vec<Happening>, Refusal> {
    let number = ticket.number;
    match until {
        None if ticket.clocks.snoozed_until.is_none() => {
            return refuse(format!("#{number} is not snoozed"));
        }
        Some(_) if ticket.status == Status::Closed => {
            return refuse(format!("#{number} is closed; reopen it to snooze it"));
        }
        Some(until) if until <= now => {
            return refuse("the moment to wake up is over already".into());
        }
        until if until == ticket.clocks.snoozed_until => {
            return refuse(format!("#{number} is already snoozed until then"));
        }
        _ => {}
    }
    Ok(vec![Happening::Snoozed {
        from: ticket.clocks.snoozed_until,
        to: until,
    }])
}

fn set_unread(ticket: &Ticket, to_unread: bool) -> Result<Vec<Happening>, Refusal> {
    if ticket.unread == to_unread {
        let word = if to_unread { "unread" } else { "read" };
        return refuse(format!("#{} is already {word}", ticket.number));
    }
    Ok(vec![Happening::ReadSet {
        from_unread: ticket.unread,
        to_unread,
    }])
}

fn merge(ticket: &Ticket, target: TicketNumber) -> Result<Vec<Happening>, Refusal> {
    if ticket.number == target {
        return refuse(format!("#{target} cannot be merged into itself"));
    }
    let mut out = vec![Happening::Merged {
        from: None,
        to: Some(target),
    }];
    if ticket.status != Status::Closed {
        out.extend(set_status(ticket, Status::Closed)?);
    }
    if ticket.unread {
        out.extend(set_unread(ticket, false)?);
    }
    Ok(out)
}

/// All that happens when `ticket` with its `messages` is merged into `target`, on both tickets and in order.
///
/// # Errors
/// As [`decide`]; also when the target was itself merged away, which is how a circle would begin.
pub fn decide_merge(
    ticket: &Ticket,
    messages: &[Message],
    target: &Ticket,
    actor: Actor,
    now: Timestamp,
) -> Result<Vec<(TicketNumber, Happening)>, Refusal> {
    let own = decide(ticket, &Action::MergeInto(target.number), actor, now)?;
    refuse_target(ticket.number, target)?;
    let mut out: Vec<_> = messages
        .iter()
        .flat_map(|message| moved(message, ticket.number, target.number))
        .collect();
    if ticket.unread && !target.unread {
        let unread = set_unread(target, true)?;
        out.extend(unread.into_iter().map(|what| (target.number, what)));
    }
    out.extend(own.into_iter().map(|what| (ticket.number, what)));
    Ok(out)
}

/// All that happens when `message` moves from `ticket` to `target`, on both tickets and in order. For a new ticket
/// the caller opens it first, in the same step.
///
/// # Errors
/// As [`decide`]; also when the message is elsewhere, or the target was merged away.
pub fn decide_move(
    ticket: &Ticket,
    message: &Message,
    target: &Ticket,
    actor: Actor,
    now: Timestamp,
) -> Result<Vec<(TicketNumber, Happening)>, Refusal> {
    let action = Action::MoveMessage {
        message: message.id,
        to: Some(target.number),
    };
    decide(ticket, &action, actor, now)?;
    if message.ticket != ticket.number {
        return refuse(format!(
            "that message is in #{} by now, not in #{}",
            message.ticket, ticket.number
        ));
    }
    refuse_target(ticket.number, target)?;
    Ok(moved(message, ticket.number, target.number).to_vec())
}

fn refuse_target(from: TicketNumber, target: &Ticket) -> Result<(), Refusal> {
    match target.merged_into {
        None => Ok(()),
        Some(end) if end == from => refuse(format!(
            "#{} was merged into #{from}; merging back would make a circle",
            target.number
        )),
        Some(end) => refuse(format!(
            "#{} was merged into #{end}; choose #{end} instead",
            target.number
        )),
    }
}

fn moved(
    message: &Message,
    from: TicketNumber,
    to: TicketNumber,
) -> [(TicketNumber, Happening); 2] {
    let side = |other| MessageMove {
        message: message.id,
        kind: message.kind,
        class: message.class,
        has_attachments: !message.attachments.is_empty(),
        other_ticket: Some(other),
        first_reply: false,
    };
    [
        (from, Happening::MessageLeft(side(to))),
        (to, Happening::MessageJoined(side(from))),
    ]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
