//! What a placed mail makes happen, one row a ticket.

use super::super::outcome::{Joining, happenings};
use super::*;

pub(super) fn events(
    placed: &Placed,
    class: MailClass,
    kind: MessageKind,
    target: Option<&Ticket>,
) -> Vec<String> {
    let joining = Joining {
        message: MessageId(100),
        kind,
        class,
        has_attachments: false,
        mailbox: MailboxId(1),
        contact: None,
        at: now(),
    };
    happenings(placed, &joining, target, &MailboxPolicy::default())
        .into_iter()
        .map(|what| match what {
            Happening::Opened {
                first_reply_due, ..
            } => match first_reply_due {
                Some(due) => format!(
                    "opened, due in {} min",
                    (due.as_second() - now().as_second()) / 60
                ),
                None => "opened".into(),
            },
            Happening::MessageJoined(_) => "joined".into(),
            Happening::StatusSet { from, to } => format!("{} to {}", from.word(), to.word()),
            Happening::ReadSet { .. } => "unread".into(),
            Happening::Snoozed { to: None, .. } => "woken".into(),
            Happening::Marked { added, removed } => {
                format!("marked +{} -{}", added.len(), removed.len())
            }
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn what_happens_to_a_new_ticket_depends_on_who_wrote() {
    let placed = put(
        &from(OLENA, OTHER),
        MailClass::Person,
        &MailboxPolicy::default(),
    );
    let (incoming, outgoing) = (MessageKind::Incoming, MessageKind::Outgoing);
    let table: [(MailClass, MessageKind, &[&str]); 6] = [
        (
            MailClass::Person,
            incoming,
            &["opened, due in 240 min", "joined", "unread"],
        ),
        (
            MailClass::Unreadable,
            incoming,
            &["opened, due in 240 min", "joined", "unread"],
        ),
        (MailClass::Bounce, incoming, &["opened", "joined", "unread"]),
        (
            MailClass::AutoReply,
            incoming,
            &["opened", "joined", "unread"],
        ),
        (MailClass::Report, incoming, &["opened", "joined"]),
        (
            MailClass::Own,
            outgoing,
            &["opened", "joined", "new to pending"],
        ),
    ];
    for (class, kind, expected) in table {
        assert_eq!(events(&placed, class, kind, None), expected, "{class:?}");
    }
}

#[test]
fn a_customers_mail_brings_the_ticket_back() {
    let placed = put(
        &reply(OLENA, SUBJECT, "signed-7@us"),
        MailClass::Person,
        &MailboxPolicy::default(),
    );
    let mut snoozed = ticket(7, Status::Pending).ticket;
    snoozed.clocks.snoozed_until = Some(now() + 5.hours());
    snoozed.marks = vec![Mark::SubjectChanged];
    assert_eq!(
        events(
            &placed,
            MailClass::Person,
            MessageKind::Incoming,
            Some(&snoozed)
        ),
        [
            "joined",
            "pending to open",
            "woken",
            "unread",
            "marked +0 -1"
        ]
    );
    let mut new = ticket(7, Status::New).ticket;
    new.unread = true;
    assert_eq!(
        events(
            &placed,
            MailClass::Person,
            MessageKind::Incoming,
            Some(&new)
        ),
        ["joined"],
        "a new ticket stays new until somebody acts"
    );
}
