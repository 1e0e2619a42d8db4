//! The rules of placement, one row a mail.

use super::super::channel::{AddressHeader, DeliveryMark};
use super::super::event::{Actor, Event, Happening};
use super::super::headers::address::Address;
use super::super::ids::{EventId, MailboxId, MessageId};
use super::super::parsed::{DeliveryReport, ParsedMail};
use super::*;

mod outcome;
mod own_mail;
mod parts;
use outcome::events;

const OLENA: &str = "olena@example.test";
const MALLORY: &str = "mallory@evil.test";

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

/// `signed-7@us` and `support+t7@acme.example` are what we would have signed for #7.
fn verify(value: &str) -> Option<TicketNumber> {
    let digits = value
        .strip_prefix("signed-")
        .and_then(|rest| rest.strip_suffix("@us"))
        .or_else(|| {
            value
                .strip_prefix("support+t")
                .and_then(|rest| rest.strip_suffix("@acme.example"))
        })?;
    digits.parse().ok().map(TicketNumber)
}

fn ticket(number: i64, status: Status) -> TicketSight {
    let opened = Event {
        id: EventId(1),
        ticket: TicketNumber(number),
        at: now(),
        actor: Actor::System,
        step: EventId(1),
        what: Happening::Opened {
            subject: "Cannot log in after the update".into(),
            mailbox: MailboxId(1),
            contact: None,
            first_reply_due: None,
        },
        takes_back: None,
    };
    let mut ticket = Ticket::open(TicketNumber(number), &opened).unwrap();
    ticket.status = status;
    ticket.clocks.closed_at = (status == Status::Closed).then(|| now() - 240.hours());
    TicketSight {
        ticket,
        participants: vec![OLENA.into()],
        subjects: vec![],
    }
}

fn known(message: i64, ticket: i64, kind: MessageKind) -> Known {
    Known {
        message: MessageId(message),
        ticket: TicketNumber(ticket),
        kind,
    }
}

/// #7 is open, #8 closed ten days ago, #9 merged into #7, #10 and #11 point at each other.
fn evidence() -> Evidence {
    let merged = |number: i64, into: i64| {
        let mut sight = ticket(number, Status::Closed);
        sight.ticket.merged_into = Some(TicketNumber(into));
        sight
    };
    let tickets = [
        ticket(7, Status::Open),
        ticket(8, Status::Closed),
        merged(9, 7),
        merged(10, 11),
        merged(11, 10),
    ];
    let incoming = MessageKind::Incoming;
    Evidence {
        messages: [
            ("customer-7@x".to_owned(), vec![known(70, 7, incoming)]),
            ("customer-8@x".to_owned(), vec![known(80, 8, incoming)]),
            ("customer-9@x".to_owned(), vec![known(90, 9, incoming)]),
            ("circle@x".to_owned(), vec![known(95, 10, incoming)]),
            (
                "signed-7@us".to_owned(),
                vec![known(71, 7, MessageKind::Outgoing)],
            ),
            (
                "sent-elsewhere@us".to_owned(),
                vec![known(72, 7, MessageKind::Outgoing)],
            ),
        ]
        .into(),
        tickets: tickets
            .into_iter()
            .map(|sight| (sight.ticket.number, Some(sight)))
            .collect(),
        last_of_customer: Some(TicketNumber(8)),
        ..Evidence::default()
    }
}

fn from(sender: &str, subject: &str) -> ParsedMail {
    let mut mail = ParsedMail {
        subject: subject.into(),
        ..ParsedMail::default()
    };
    mail.people.from = vec![Address {
        name: String::new(),
        address: sender.into(),
    }];
    mail.message_id = Some("fresh@x".into());
    mail
}

fn reply(sender: &str, subject: &str, to: &str) -> ParsedMail {
    let mut mail = from(sender, subject);
    mail.in_reply_to = vec![to.into()];
    mail
}

fn put(mail: &ParsedMail, class: MailClass, policy: &MailboxPolicy) -> Placed {
    put_from(mail, class, policy, false)
}

fn put_from(mail: &ParsedMail, class: MailClass, policy: &MailboxPolicy, sent: bool) -> Placed {
    let own = ["support@acme.example".to_owned()];
    let arrival = Arrival {
        mail,
        class,
        from_sent_folder: sent,
        own_addresses: &own,
    };
    place(&evidence(), &arrival, policy, &verify, now())
}

/// The outcome in short: `#7 rule marks` or `new marks`, with `reopens` where it does.
fn short(placed: &Placed) -> String {
    match placed {
        Placed::SameContent(known) => format!("same as {}", known.message),
        Placed::OwnMailReturned(known) => format!("returned {}", known.message),
        Placed::ToTicket(to) => format!(
            "#{} {:?} {:?}{}{}",
            to.ticket,
            to.placement.rule,
            to.marks,
            if to.reopen { " reopens" } else { "" },
            if to.is_earlier { " earlier" } else { "" }
        ),
        Placed::NewTicket { marks, .. } => format!("new {marks:?}"),
    }
}

const SUBJECT: &str = "Re: Cannot log in after the update";
const OTHER: &str = "Wedding photographs";

#[test]
fn the_first_rule_that_matches_places_a_persons_mail() {
    let to_plus = {
        let mut mail = from(OLENA, SUBJECT);
        mail.signals.delivered_to = vec![DeliveryMark {
            header: AddressHeader::DeliveredTo,
            address: "support+t7@acme.example".into(),
        }];
        mail
    };
    let rightmost = {
        let mut mail = from(OLENA, SUBJECT);
        mail.references = vec!["signed-8@us".into(), "signed-7@us".into(), "x@x".into()];
        mail
    };
    let table = [
        (
            "signed",
            reply(OLENA, SUBJECT, "signed-7@us"),
            "#7 SignedReference [] reopens",
        ),
        ("plus", to_plus, "#7 SignedReference [] reopens"),
        ("rightmost", rightmost, "#7 SignedReference [] reopens"),
        (
            "signed, a stranger",
            reply(MALLORY, SUBJECT, "signed-7@us"),
            "#7 SignedReference [NewParticipant] reopens",
        ),
        (
            "signed, ticket unknown",
            reply(OLENA, SUBJECT, "signed-99@us"),
            "new []",
        ),
        (
            "signed, subject changed",
            reply(OLENA, OTHER, "signed-7@us"),
            "#7 SignedReference [SubjectChanged] reopens",
        ),
    ];
    for (label, mail, expected) in table {
        let placed = put(&mail, MailClass::Person, &MailboxPolicy::default());
        assert_eq!(short(&placed), expected, "{label}");
    }
}

#[test]
fn without_our_signature_somebody_must_vouch_for_the_sender() {
    let table = [
        (
            "known, takes part",
            reply(OLENA, "Re:", "customer-7@x"),
            "#7 KnownReference [] reopens",
        ),
        (
            "known, a stranger with the subject",
            reply(MALLORY, SUBJECT, "customer-7@x"),
            "#7 KnownReference [NewParticipant] reopens",
        ),
        (
            "known, a stranger without it",
            reply(MALLORY, OTHER, "customer-7@x"),
            "new [PossiblyBelongsTo(TicketNumber(7))]",
        ),
        (
            "known, merged",
            reply(OLENA, SUBJECT, "customer-9@x"),
            "#7 KnownReference [] reopens",
        ),
        (
            "known, merged in a circle",
            reply(OLENA, SUBJECT, "circle@x"),
            "new []",
        ),
        (
            "token",
            from(OLENA, "Re: [#7] Cannot log in after the update"),
            "#7 SubjectToken [] reopens",
        ),
        (
            "token, a stranger",
            from(MALLORY, "[#7] hello"),
            "new [PossiblyBelongsTo(TicketNumber(7))]",
        ),
        (
            "token, no such ticket",
            from(OLENA, "[#404] hello"),
            "new []",
        ),
        ("nothing", from(OLENA, OTHER), "new []"),
    ];
    for (label, mail, expected) in table {
        let placed = put(&mail, MailClass::Person, &MailboxPolicy::default());
        assert_eq!(short(&placed), expected, "{label}");
    }
}

#[test]
fn closed_tickets_and_borrowed_ids_are_treated_with_care() {
    let imitates = {
        let mut mail = from(OLENA, OTHER);
        mail.message_id = Some("customer-7@x".into());
        mail
    };
    let steals = {
        let mut mail = from(MALLORY, OTHER);
        mail.message_id = Some("signed-7@us".into());
        mail
    };
    let table = [
        (
            "closed",
            reply(OLENA, SUBJECT, "signed-8@us"),
            "#8 SignedReference [] reopens",
        ),
        (
            "closed, subject changed",
            reply(OLENA, OTHER, "signed-8@us"),
            "new [Follows(TicketNumber(8))]",
        ),
        ("another's Message-ID", imitates, "new [DuplicateMessageId]"),
        (
            "our Message-ID on a stranger's mail",
            steals,
            "new [DuplicateMessageId]",
        ),
    ];
    for (label, mail, expected) in table {
        let placed = put(&mail, MailClass::Person, &MailboxPolicy::default());
        assert_eq!(short(&placed), expected, "{label}");
    }
}

#[test]
fn a_reply_to_a_closed_ticket_follows_the_policy() {
    let table = [
        (ClosedReply::Reopen, "#8 SignedReference [] reopens"),
        (
            ClosedReply::ReopenWithinDays(10),
            "#8 SignedReference [] reopens",
        ),
        (
            ClosedReply::ReopenWithinDays(9),
            "new [Follows(TicketNumber(8))]",
        ),
        (
            ClosedReply::NewLinkedTicket,
            "new [Follows(TicketNumber(8))]",
        ),
    ];
    let mail = reply(OLENA, SUBJECT, "signed-8@us");
    for (closed_reply, expected) in table {
        let policy = MailboxPolicy {
            closed_reply,
            ..MailboxPolicy::default()
        };
        let placed = put(&mail, MailClass::Person, &policy);
        assert_eq!(short(&placed), expected, "{closed_reply:?}");
        for class in [MailClass::AutoReply, MailClass::Bounce, MailClass::Report] {
            let placed = put(&mail, class, &policy);
            assert_eq!(
                short(&placed),
                "#8 SignedReference []",
                "{class:?} never reopens"
            );
        }
    }
}

#[test]
fn one_conversation_per_customer_is_the_last_resort_and_off_by_default() {
    let policy = MailboxPolicy {
        one_conversation_per_customer: true,
        ..MailboxPolicy::default()
    };
    let mail = from(OLENA, OTHER);
    assert_eq!(
        short(&put(&mail, MailClass::Person, &policy)),
        "#8 CustomerConversation [] reopens"
    );
    assert_eq!(short(&put(&mail, MailClass::Bounce, &policy)), "new []");
}

#[test]
fn a_bounce_goes_to_the_answer_it_is_about_and_changes_nothing_else() {
    let mut mail = from("mailer-daemon@mx.test", "Undeliverable");
    mail.report = Some(DeliveryReport {
        disposition: false,
        original_message_id: Some("sent-elsewhere@us".into()),
        recipients: vec![],
    });
    let placed = put(&mail, MailClass::Bounce, &MailboxPolicy::default());
    assert_eq!(short(&placed), "#7 KnownReference []");
    let pending = ticket(7, Status::Pending).ticket;
    let happenings = events(
        &placed,
        MailClass::Bounce,
        MessageKind::Incoming,
        Some(&pending),
    );
    assert_eq!(happenings, ["joined", "unread"]);
}

#[test]
fn the_same_bytes_are_only_another_location() {
    let own = [];
    let mail = from(OLENA, OTHER);
    let arrival = Arrival {
        mail: &mail,
        class: MailClass::Person,
        from_sent_folder: false,
        own_addresses: &own,
    };
    let mut evidence = evidence();
    evidence.same_content = Some(known(70, 7, MessageKind::Incoming));
    let placed = place(
        &evidence,
        &arrival,
        &MailboxPolicy::default(),
        &verify,
        now(),
    );
    assert_eq!(short(&placed), "same as 70");
    evidence.same_content = None;
    evidence.answered_by = vec![known(72, 7, MessageKind::Outgoing)];
    let placed = place(
        &evidence,
        &arrival,
        &MailboxPolicy::default(),
        &verify,
        now(),
    );
    assert_eq!(
        short(&placed),
        "#7 KnownReference [] earlier",
        "fetched after its answer"
    );
}
