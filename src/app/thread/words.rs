//! What is said about a message besides its text: who, when, and what became of it.

use super::super::App;
use crate::app::text::{DIM, Line, STRONG};
use crate::app::when;
use crate::bridge::{ContactLine, DeliveryView, MessageView};
use crate::domain::clean::Clean;
use crate::domain::delivery::RecipientResult;
use crate::domain::message::{MailClass, MessageKind, PlacementRule};
use crate::domain::outbox::DeliveryState;
use crate::domain::theme::{Ink, Role, Signal};
use crate::domain::ticket::{Priority, Status};

/// A name, or the address where there is none.
pub fn short_name(contact: &ContactLine) -> Clean {
    if contact.name.is_empty() {
        contact.address.clone()
    } else {
        contact.name.clone()
    }
}

/// Name and address, the address always.
pub fn full_name(contact: &ContactLine) -> Clean {
    if contact.name.is_empty() || contact.name == contact.address {
        contact.address.clone()
    } else {
        Clean::line(&format!("{} <{}>", contact.name, contact.address))
    }
}

/// The left of a message's head: who wrote to whom.
pub fn who(message: &MessageView) -> Line {
    let name = Role::Ink(Ink::Name);
    let from = message
        .header
        .from
        .as_ref()
        .map_or_else(|| Clean::from_static("unknown sender"), short_name);
    match message.kind {
        MessageKind::Note => Line::words("note  ", Role::Signal(Signal::Warning)).clean(from, name),
        MessageKind::Outgoing => {
            let mut line = Line::new().clean(from, name);
            if let Some(first) = message.header.to.first() {
                line = line.say(" → ", DIM).clean(short_name(first), STRONG);
            }
            let others = message.header.to.len() + message.header.cc.len();
            if others > 1 {
                line = line.say(&format!(" +{}", others - 1), DIM);
            }
            if message.class == MailClass::AutoReply {
                line = line.say("  automatic", DIM);
            }
            line
        }
        MessageKind::Incoming => {
            let mut line = Line::new().clean(from, name);
            if let Some(class) = class_word(message.class) {
                line = line.say(&format!("  {class}"), Role::Signal(Signal::Warning));
            }
            line
        }
    }
}

/// The word for mail that no person wrote.
pub fn class_word(class: MailClass) -> Option<&'static str> {
    match class {
        MailClass::Person => None,
        MailClass::AutoReply => Some("auto-reply"),
        MailClass::Bounce => Some("bounce"),
        MailClass::Report => Some("report"),
        MailClass::List => Some("list"),
        MailClass::Own => Some("our own"),
        MailClass::Unreadable => Some("unreadable"),
    }
}

/// The right of a message's head: when, or what becomes of it.
pub fn right(app: &App, message: &MessageView) -> Line {
    if let Some(delivery) = &message.delivery {
        let (words, role) = delivery_words(app, delivery);
        return Line::words(&words, role);
    }
    let zone = &app.surroundings.zone;
    let exact = when::exact(message.at, app.now, zone, app.preferences.clock);
    Line::words(&exact, DIM)
}

/// What becomes of an answer, as a sentence.
pub fn delivery_words(app: &App, delivery: &DeliveryView) -> (String, Role) {
    let clock = |at| when::moment(at, app.now, &app.surroundings.zone, app.preferences.clock);
    let good = Role::Signal(Signal::Good);
    let busy = Role::Signal(Signal::Busy);
    let trouble = Role::Signal(Signal::Trouble);
    match &delivery.state {
        DeliveryState::Held { until } => {
            let left = until.as_second() - app.now.as_second();
            if left > 0 {
                (format!("sending in {left} s · u takes it back"), busy)
            } else {
                ("sending …".into(), busy)
            }
        }
        DeliveryState::Queued => ("waiting to be sent".into(), busy),
        DeliveryState::Sending | DeliveryState::Dot => ("sending …".into(), busy),
        DeliveryState::Deferred {
            next_try, words, ..
        } => (
            format!("waiting: {words}; next try {}", clock(*next_try)),
            Role::Signal(Signal::Warning),
        ),
        DeliveryState::Refused { recipients } => {
            (format!("refused: {}", refusal_words(recipients)), trouble)
        }
        DeliveryState::Uncertain { known, .. } => (
            format!("uncertain: {known}; D shows what is known"),
            trouble,
        ),
        DeliveryState::Sent { at, .. } => match &delivery.copy_trouble {
            Some(words) => (
                format!("sent {} · no copy in Sent: {words}", clock(*at)),
                Role::Signal(Signal::Warning),
            ),
            None => (format!("sent {}", clock(*at)), good),
        },
        DeliveryState::Cancelled => ("cancelled, never sent".into(), DIM),
    }
}

/// Why a mail is in its ticket.
pub fn placement_sentence(rule: PlacementRule) -> &'static str {
    match rule {
        PlacementRule::SignedReference => {
            "It answers a mail that this helpdesk sent: the Message-ID it refers to carries our signature."
        }
        PlacementRule::KnownReference => {
            "It refers to a mail that is already in this ticket, and its sender takes part or the subject is the same."
        }
        PlacementRule::SubjectToken => {
            "Its subject carries the ticket's number, and its sender takes part in the ticket."
        }
        PlacementRule::CustomerConversation => {
            "The mailbox keeps one conversation per customer, and this is the customer's last ticket."
        }
        PlacementRule::NewTicket => "Nothing in it points to a ticket, so it began this one.",
        PlacementRule::Composed => "It was written here.",
        PlacementRule::ByHand => "An operator put it here.",
    }
}

pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::New => "new",
        Status::Open => "open",
        Status::Pending => "pending",
        Status::Closed => "closed",
    }
}

pub fn priority_word(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}

/// Who refused and in which words; the other recipients are counted.
pub fn refusal_words(recipients: &[RecipientResult]) -> String {
    match recipients {
        [] => "by the server".to_owned(),
        [one] => format!("{}: {}", one.address, one.words),
        [one, more @ ..] => format!("{}: {} (+{} more)", one.address, one.words, more.len()),
    }
}
