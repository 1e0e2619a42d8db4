use super::*;
use crate::domain::event::Event;
use crate::domain::ids::{ContactId, EventId, MailboxId, MessageId, TicketNumber};
use crate::domain::mailbox::{ClosedReply, Incoming, MailboxSettings, SecretSource};
use crate::domain::message::{Envelope, Placement, PlacementRule};
use crate::domain::parsed::Signals;
use crate::domain::place::ToTicket;

const NOW: &str = "2026-11-21T12:00:00Z";

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn mailbox() -> Mailbox {
    Mailbox {
        id: MailboxId(1),
        settings: MailboxSettings::new(
            "support@acme.test",
            Incoming::Maildir("/mail".into()),
            Outgoing::Folder("/out".into()),
            SecretSource::None,
        ),
        enabled: true,
        removed: false,
        connected_at: at("2026-11-01T00:00:00Z"),
    }
}

fn mail() -> ParsedMail {
    let mut mail = ParsedMail::default();
    mail.people.from = vec![Address::new("Olena", "olena@example.test")];
    mail.people.to = vec![Address::new("", "support@acme.test")];
    mail
}

fn own() -> Vec<String> {
    vec!["support@acme.test".into(), "sales@acme.test".into()]
}

fn ask(change: impl FnOnce(&mut ParsedMail)) -> Result<String, &'static str> {
    let mut mail = mail();
    change(&mut mail);
    let (own, mailbox) = (own(), mailbox());
    let class = crate::domain::classify::classify(&mail, &own, false);
    recipient(&Occasion {
        mail: &mail,
        class,
        own_addresses: &own,
        mailbox: &mailbox,
        is_fetched_from_inbox: true,
        arrived: at(NOW),
        now: at(NOW),
    })
    .map(|to| to.address)
}

#[test]
fn a_person_who_wrote_to_us_is_answered_where_he_wants_it() {
    assert_eq!(ask(|_| {}), Ok("olena@example.test".into()));
    assert_eq!(
        ask(|mail| mail.people.reply_to = vec![Address::new("", "olena@home.test")]),
        Ok("olena@home.test".into())
    );
    // RFC 3834 §5: "no" says that a person wrote it.
    assert_eq!(
        ask(|mail| mail.signals.auto_submitted = Some("no".into())),
        Ok("olena@example.test".into())
    );
    // A web form that writes as us, with the customer in Reply-To.
    assert_eq!(
        ask(|mail| {
            mail.people.from = vec![Address::new("", "support@acme.test")];
            mail.people.reply_to = vec![Address::new("", "olena@example.test")];
        }),
        Ok("olena@example.test".into())
    );
}

#[test]
fn nobody_else_is_answered_by_a_program() {
    type Change = fn(&mut ParsedMail);
    let signal = |change: fn(&mut Signals)| change;
    let signals = [
        signal(|s| s.auto_submitted = Some("auto-replied".into())),
        signal(|s| s.auto_submitted = Some("auto-generated".into())),
        signal(|s| s.precedence = Some("bulk".into())),
        signal(|s| s.precedence = Some("list".into())),
        signal(|s| s.list_id = Some("<news.example.test>".into())),
        signal(|s| s.list_unsubscribe = true),
        signal(|s| s.autoreply = Some("X-Autoreply: yes".into())),
        signal(|s| s.auto_response_suppress = Some("all".into())),
        signal(|s| s.auto_response_suppress = Some("dr, oof, autoreply".into())),
        signal(|s| s.return_path = Some(String::new())),
        signal(|s| s.return_path = Some("<>".into())),
        signal(|s| s.return_path = Some("<owner-list@example.test>".into())),
        signal(|s| s.return_path = Some("MAILER-DAEMON@example.test".into())),
        signal(|s| s.content_type = Some("multipart/report".into())),
        signal(|s| s.failed_recipients = vec!["x@example.test".into()]),
        signal(|s| s.loops = vec!["Support@acme.test".into()]),
    ];
    for (index, change) in signals.into_iter().enumerate() {
        assert!(ask(|mail| change(&mut mail.signals)).is_err(), "{index}");
    }
    let people: [Change; 11] = [
        |mail| mail.people.from = vec![Address::new("", "noreply@example.test")],
        |mail| mail.people.from = vec![Address::new("", "No-Reply+x@example.test")],
        |mail| mail.people.from = vec![Address::new("", "mailer-daemon@example.test")],
        |mail| mail.people.from = vec![Address::new("", "postmaster@example.test")],
        |mail| mail.people.from = vec![Address::new("", "sales@acme.test")],
        |mail| mail.people.from = vec![Address::new("", "Support+t12@ACME.test")],
        |mail| mail.people.reply_to = vec![Address::new("", "sales@acme.test")],
        |mail| mail.people.reply_to = vec![Address::new("", "list-request@example.test")],
        |mail| {
            mail.people.reply_to = vec![
                Address::new("", "a@example.test"),
                Address::new("", "b@example.test"),
            ];
        },
        |mail| mail.people.from.clear(),
        // RFC 3834 §2: who was only sent a blind copy does not answer.
        |mail| mail.people.to = vec![Address::new("", "all@example.test")],
    ];
    for (index, change) in people.into_iter().enumerate() {
        assert!(ask(change).is_err(), "{index}");
    }
}

#[test]
fn old_mail_imported_mail_and_mute_mailboxes_bring_no_answer() {
    let (own, mail) = (own(), mail());
    let asked = |change: &dyn Fn(&mut Mailbox), is_fetched_from_inbox, arrived: &str| {
        let mut mailbox = mailbox();
        change(&mut mailbox);
        recipient(&Occasion {
            mail: &mail,
            class: MailClass::Person,
            own_addresses: &own,
            mailbox: &mailbox,
            is_fetched_from_inbox,
            arrived: at(arrived),
            now: at(NOW),
        })
        .map(|to| to.address)
    };
    assert!(asked(&|_| {}, true, NOW).is_ok());
    assert_eq!(
        asked(&|_| {}, false, NOW),
        Err("the mail did not come in by itself")
    );
    assert_eq!(
        asked(&|_| {}, true, "2026-11-20T11:59:59Z"),
        Err("the mail is too old")
    );
    assert_eq!(
        asked(
            &|mailbox| mailbox.connected_at = at(NOW),
            true,
            "2026-11-21T11:59:59Z"
        ),
        Err("the mail is too old")
    );
    let mute: [fn(&mut Mailbox); 3] = [
        |mailbox| mailbox.settings.outgoing = Outgoing::Off,
        |mailbox| mailbox.settings.identity.is_sending = false,
        |mailbox| mailbox.removed = true,
    ];
    for change in mute {
        assert_eq!(
            asked(&change, true, NOW),
            Err("nothing can be sent from the mailbox")
        );
    }
}

#[test]
fn caps_end_every_exchange() {
    let table = [
        (0, 0, true),
        (MOST_TO_ONE_A_DAY - 1, MOST_IN_A_TICKET - 1, true),
        (MOST_TO_ONE_A_DAY, 0, false),
        (0, MOST_IN_A_TICKET, false),
    ];
    for (to_recipient, in_ticket, may) in table {
        let counts = Counts {
            to_recipient,
            in_ticket,
        };
        assert_eq!(past_cap(counts).is_none(), may, "{counts:?}");
    }
}

fn reopening(actor: Actor, moment: &str) -> Event {
    Event {
        id: EventId(1),
        ticket: TicketNumber(1),
        at: at(moment),
        actor,
        step: EventId(1),
        what: Happening::StatusSet {
            from: Status::Closed,
            to: Status::Open,
        },
        takes_back: None,
    }
}

#[test]
fn a_ticket_comes_back_only_so_often_a_day() {
    let customer = Actor::Customer(ContactId(1));
    let often = |count, actor, moment| {
        let events: Vec<Event> = (0..count).map(|_| reopening(actor, moment)).collect();
        is_reopened_too_often(&events, at(NOW))
    };
    let recent = "2026-11-21T01:00:00Z";
    assert!(!often(MOST_REOPENINGS_A_DAY - 1, customer, recent));
    assert!(often(MOST_REOPENINGS_A_DAY, customer, recent));
    assert!(!often(50, customer, "2026-11-20T11:00:00Z"));
    let operator = Actor::Operator(crate::domain::ids::OperatorId(1));
    assert!(!often(50, operator, recent));
}

#[test]
fn a_letter_follows_from_where_a_mail_goes() {
    let placement = Placement {
        rule: PlacementRule::NewTicket,
        value: String::new(),
    };
    let new = Placed::NewTicket {
        subject: String::new(),
        marks: Vec::new(),
        placement: placement.clone(),
    };
    let joined = |refused: bool| {
        Placed::ToTicket(ToTicket {
            ticket: TicketNumber(1),
            placement: placement.clone(),
            marks: Vec::new(),
            reopen: !refused,
            refused,
            is_earlier: false,
        })
    };
    let mut policy = MailboxPolicy {
        closed_reply: ClosedReply::Refuse,
        ..MailboxPolicy::default()
    };
    assert_eq!(letter_for(&new, &policy), None);
    assert_eq!(letter_for(&joined(false), &policy), None);
    assert_eq!(
        letter_for(&joined(true), &policy),
        Some(LetterKind::Refusal)
    );
    policy.automatic.auto_reply.is_on = true;
    assert_eq!(letter_for(&new, &policy), Some(LetterKind::AutoReply));
    assert_eq!(letter_for(&joined(false), &policy), None);
}

fn incoming(class: MailClass, from: &str, moment: &str) -> Message {
    Message {
        id: MessageId(1),
        ticket: TicketNumber(1),
        kind: MessageKind::Incoming,
        class,
        at: at(moment),
        author: None,
        envelope: Envelope {
            from: Some(Address::new("", from)),
            ..Envelope::default()
        },
        subject: String::new(),
        text: String::new(),
        preview: String::new(),
        attachments: Vec::new(),
        placement: Placement {
            rule: PlacementRule::NewTicket,
            value: String::new(),
        },
        content: None,
        notes: Vec::new(),
    }
}

#[test]
fn only_a_person_is_told_of_a_closing() {
    let told = |messages: &[Message]| {
        told_of_closing(messages, &mailbox(), &own()).map(|(to, _)| to.address)
    };
    let (early, late) = ("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z");
    let olena = incoming(MailClass::Person, "olena@example.test", early);
    assert_eq!(
        told(std::slice::from_ref(&olena)),
        Ok("olena@example.test".into())
    );
    let bounce = incoming(MailClass::Bounce, "mailer-daemon@example.test", late);
    assert!(told(&[olena.clone(), bounce]).is_err());
    let robot = incoming(MailClass::Person, "noreply@example.test", late);
    assert!(told(&[olena.clone(), robot]).is_err());
    let colleague = incoming(MailClass::Person, "sales@acme.test", late);
    assert!(told(&[olena, colleague]).is_err());
    assert!(told(&[]).is_err());
}

#[test]
fn an_advertisement_is_no_name() {
    let table = [
        ("Olena Kovalenko", "Olena Kovalenko"),
        ("李小龍", "李小龍"),
        ("Win a car at www.evil.test", ""),
        ("https://evil.test", ""),
        ("Buy at EVIL.COM now", ""),
        ("victim@example.test", ""),
    ];
    for (name, kept) in table {
        assert_eq!(plausible_name(name), kept, "{name}");
    }
    assert_eq!(plausible_name(&"x".repeat(81)), "");
}
