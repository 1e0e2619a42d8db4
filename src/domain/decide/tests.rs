//! What may be done to which ticket, and the sentence where it may not.

use super::super::event::Event;
use super::super::ids::{ContactId, EventId, MailboxId};
use super::*;

const ANNA: Actor = Actor::Operator(OperatorId(1));

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn ticket(number: i64) -> Ticket {
    let opened = Event {
        id: EventId(1),
        ticket: TicketNumber(number),
        at: now(),
        actor: ANNA,
        step: EventId(1),
        what: Happening::Opened {
            subject: "Cannot log in".into(),
            mailbox: MailboxId(1),
            contact: None,
            first_reply_due: None,
        },
        takes_back: None,
    };
    let mut ticket = Ticket::open(TicketNumber(number), &opened).unwrap();
    ticket.tags = vec!["vip".into()];
    ticket
}

fn later() -> Timestamp {
    Timestamp::from_second(1_790_003_600).unwrap()
}

fn tags(add: &[&str], remove: &[&str]) -> Action {
    let own = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    Action::Tag {
        add: own(add),
        remove: own(remove),
    }
}

fn refused(ticket: &Ticket, action: &Action, actor: Actor) -> String {
    decide(ticket, action, actor, now()).unwrap_err().0
}

#[test]
fn refusals_are_friendly_sentences() {
    let closed = Ticket {
        status: Status::Closed,
        ..ticket(1042)
    };
    let mine = Ticket {
        assignee: Some(OperatorId(1)),
        ..ticket(1042)
    };
    let snoozed = {
        let mut ticket = ticket(1042);
        ticket.clocks.snoozed_until = Some(later());
        ticket
    };
    let fresh = ticket(1042);
    let table = [
        (
            &closed,
            Action::SetStatus(Status::Closed),
            "#1042 is already closed",
        ),
        (
            &mine,
            Action::Assign(Some(OperatorId(1))),
            "#1042 is already yours",
        ),
        (
            &fresh,
            Action::Assign(None),
            "#1042 is not assigned to anybody",
        ),
        (
            &fresh,
            Action::SetPriority(Priority::Normal),
            "#1042 already has normal priority",
        ),
        (
            &fresh,
            Action::Snooze(Some(now())),
            "the moment to wake up is over already",
        ),
        (&fresh, Action::Snooze(None), "#1042 is not snoozed"),
        (
            &snoozed,
            Action::Snooze(Some(later())),
            "#1042 is already snoozed until then",
        ),
        (
            &closed,
            Action::Snooze(Some(later())),
            "#1042 is closed; reopen it to snooze it",
        ),
        (&fresh, Action::SetUnread(false), "#1042 is already read"),
        (
            &fresh,
            Action::MergeInto(TicketNumber(1042)),
            "#1042 cannot be merged into itself",
        ),
    ];
    for (ticket, action, sentence) in table {
        assert_eq!(refused(ticket, &action, ANNA), sentence, "{action:?}");
    }
    let customer = Actor::Customer(ContactId(1));
    assert_eq!(
        refused(&fresh, &Action::SetUnread(true), customer),
        "only operators can change tickets"
    );
}

#[test]
fn a_merged_ticket_only_points_the_way() {
    let merged = Ticket {
        merged_into: Some(TicketNumber(7)),
        ..ticket(1042)
    };
    let table = [
        (
            Action::SetStatus(Status::Open),
            "#1042 was merged into #7; work goes on there",
        ),
        (
            Action::MergeInto(TicketNumber(8)),
            "#1042 was merged into #7; work goes on there",
        ),
    ];
    for (action, sentence) in table {
        assert_eq!(refused(&merged, &action, ANNA), sentence, "{action:?}");
    }
    assert!(decide(&merged, &Action::SetUnread(true), ANNA, now()).is_ok());
}

#[test]
fn tags_and_subjects_that_cannot_be_are_refused() {
    let fresh = ticket(1042);
    let long = "x".repeat(41);
    let table = [
        (tags(&["VIP "], &[]), "#1042 already has vip"),
        (tags(&[], &["bug"]), "#1042 does not have bug"),
        (
            tags(&["a"], &["a"]),
            "the tag a cannot be added and removed at once",
        ),
        (tags(&["  "], &[]), "a tag needs at least one letter"),
        (
            tags(&[&long], &[]),
            "a tag has at most 40 characters; this one has 41",
        ),
        (tags(&["a\u{1b}b"], &[]), "a tag cannot contain '\\u{1b}'"),
        (tags(&[], &[]), "no tag was named"),
        (Action::Rename(" \n ".into()), "a ticket needs a subject"),
        (
            Action::Rename("Cannot  log in".into()),
            "#1042 is already called that",
        ),
    ];
    for (action, sentence) in table {
        assert_eq!(refused(&fresh, &action, ANNA), sentence, "{action:?}");
    }
}

#[test]
fn taking_a_new_ticket_opens_it_and_handing_on_an_open_one_does_not() {
    let action = Action::Assign(Some(OperatorId(2)));
    let happenings = decide(&ticket(1), &action, ANNA, now()).unwrap();
    assert!(happenings.contains(&Happening::StatusSet {
        from: Status::New,
        to: Status::Open
    }));
    let pending = Ticket {
        status: Status::Pending,
        ..ticket(1)
    };
    assert_eq!(decide(&pending, &action, ANNA, now()).unwrap().len(), 1);
}

#[test]
fn closing_wakes_what_sleeps() {
    let mut sleeping = ticket(1);
    sleeping.clocks.snoozed_until = Some(later());
    let happenings = decide(&sleeping, &Action::SetStatus(Status::Closed), ANNA, now()).unwrap();
    assert!(happenings.contains(&Happening::Snoozed {
        from: Some(later()),
        to: None
    }));
}

#[test]
fn tags_are_written_one_way_only() {
    let table = [
        ("VIP", "vip"),
        ("  needs  reply ", "needs-reply"),
        ("#billing", "billing"),
        ("Київ", "київ"),
    ];
    for (raw, kept) in table {
        assert_eq!(normalise_tag(raw).unwrap(), kept);
    }
    let happenings = decide(&ticket(1), &tags(&["Bug", "bug ", "vip"], &[]), ANNA, now()).unwrap();
    assert_eq!(
        happenings,
        [Happening::Tagged {
            added: vec!["bug".into()],
            removed: vec![]
        }]
    );
}

#[test]
fn merging_in_a_circle_is_refused() {
    let back = Ticket {
        merged_into: Some(TicketNumber(1)),
        ..ticket(2)
    };
    let refusal = decide_merge(&ticket(1), &[], &back, ANNA, now()).unwrap_err();
    assert_eq!(
        refusal.0,
        "#2 was merged into #1; merging back would make a circle"
    );
    let gone = Ticket {
        merged_into: Some(TicketNumber(9)),
        ..ticket(2)
    };
    let refusal = decide_merge(&ticket(1), &[], &gone, ANNA, now()).unwrap_err();
    assert_eq!(refusal.0, "#2 was merged into #9; choose #9 instead");
}

#[test]
fn a_merge_keeps_unread_mail_unread_where_it_goes() {
    let unread = Ticket {
        unread: true,
        ..ticket(1)
    };
    let happenings = decide_merge(&unread, &[], &ticket(2), ANNA, now()).unwrap();
    let flags: Vec<_> = happenings
        .iter()
        .filter_map(|(number, what)| match what {
            Happening::ReadSet { to_unread, .. } => Some((number.0, *to_unread)),
            _ => None,
        })
        .collect();
    assert_eq!(flags, [(2, true), (1, false)]);
}
