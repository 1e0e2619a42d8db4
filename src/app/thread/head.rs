//! What stands above the messages: the matter, its state, the customer, the clock.

use super::words::{full_name, priority_word, status_word};
use crate::app::App;
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::app::when;
use crate::bridge::{ContactLine, Thread};
use crate::domain::clean::Clean;
use crate::domain::theme::{Ink, Role, Signal};
use crate::domain::ticket::{Mark, Priority, Status};

/// From this width on state and customer have rows of their own.
const WIDE: u16 = 76;

/// Number and subject; on wide screens the state at the right.
pub fn first(_app: &App, thread: &Thread, width: u16) -> (Line, Line) {
    let left = Line::words(&format!("#{}  ", thread.line.ticket.number), DIM)
        .clean(thread.line.subject.clone(), Role::Ink(Ink::Title));
    if width >= WIDE {
        (left, state(thread))
    } else {
        (left, Line::new())
    }
}

/// The customer, or the state where it had no room above; the clock at the right.
pub fn second(app: &App, thread: &Thread, width: u16) -> (Line, Line) {
    let left = if width >= WIDE {
        let contact = ContactLine {
            name: thread.line.who.clone(),
            address: thread.line.address.clone(),
        };
        Line::new()
            .clean(thread.line.mailbox.clone(), TEXT)
            .say(" · ", DIM)
            .clean(full_name(&contact), Role::Ink(Ink::Name))
    } else {
        state(thread)
    };
    (left, clock(app, thread))
}

fn state(thread: &Thread) -> Line {
    let ticket = &thread.line.ticket;
    let mut line = Line::words(status_word(ticket.status), STRONG);
    if ticket.priority != Priority::Normal {
        let role = if ticket.priority == Priority::Low {
            DIM
        } else {
            Role::Signal(Signal::Urgent)
        };
        line = line
            .say(" · ", DIM)
            .say(priority_word(ticket.priority), role);
    }
    line = line.say(" · ", DIM);
    line = match &thread.line.assignee {
        Some(login) => line.say("@", DIM).clean(login.clone(), TEXT),
        None => line.say("unassigned", TEXT),
    };
    for tag in &ticket.tags {
        line = line.say(" ", DIM).clean(
            Clean::line(&format!("#{}", Clean::name(tag))),
            Role::Ink(Ink::Link),
        );
    }
    for mark in &ticket.marks {
        line = line
            .say(" · ", DIM)
            .say(&mark_words(mark), Role::Signal(Signal::Warning));
    }
    line
}

fn mark_words(mark: &Mark) -> String {
    match mark {
        Mark::NewParticipant => "new participant".into(),
        Mark::SubjectChanged => "subject changed".into(),
        Mark::LoopSuspected => "loop suspected".into(),
        Mark::Flood => "flood".into(),
        Mark::DuplicateMessageId => "Message-ID used twice".into(),
        Mark::PossiblyBelongsTo(number) => format!("perhaps part of #{number}"),
        Mark::Follows(number) => format!("follows #{number}"),
    }
}

fn clock(app: &App, thread: &Thread) -> Line {
    let ticket = &thread.line.ticket;
    if let Some(into) = ticket.merged_into {
        return Line::words(
            &format!("merged into #{into}"),
            Role::Signal(Signal::Warning),
        );
    }
    if let Some(until) = ticket.clocks.snoozed_until.filter(|until| *until > app.now) {
        let zone = &app.surroundings.zone;
        let exact = when::moment(until, app.now, zone, app.preferences.clock);
        return Line::words(&format!("snoozed until {exact}"), DIM);
    }
    if ticket.status == Status::Closed || ticket.clocks.first_replied_at.is_some() {
        return Line::new();
    }
    let Some(due) = ticket.clocks.first_reply_due else {
        return Line::new();
    };
    let left = due.as_second() - app.now.as_second();
    if left <= 0 {
        let late = format!("first reply overdue by {}", when::span(-left));
        Line::words(&late, Role::Signal(Signal::Overdue))
    } else {
        let role = if left < 1_800 {
            Role::Signal(Signal::Warning)
        } else {
            DIM
        };
        Line::words(&format!("first reply due in {}", when::span(left)), role)
    }
}
