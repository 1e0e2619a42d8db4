//! What is asked before placing, and how subjects are compared.

use super::*;

#[test]
fn the_questions_name_all_that_must_be_known() {
    let mut mail = reply(OLENA, "Re: [#12] x", "signed-7@us");
    mail.references = vec!["a@x".into(), "signed-7@us".into()];
    mail.signals.own_reference = Some("kept@us".into());
    let arrival = Arrival {
        mail: &mail,
        class: MailClass::Person,
        from_sent_folder: false,
        own_addresses: &[],
    };
    let asked = questions(&arrival, &verify);
    assert_eq!(
        asked.message_ids,
        ["a@x", "fresh@x", "kept@us", "signed-7@us"]
    );
    assert_eq!(asked.tickets, [TicketNumber(7), TicketNumber(12)]);
    assert_eq!(asked.sender.as_deref(), Some(OLENA));
    let mut evidence = Evidence::default();
    evidence
        .messages
        .insert("a@x".into(), vec![known(1, 9, MessageKind::Incoming)]);
    evidence.tickets.insert(TicketNumber(12), None);
    assert_eq!(
        evidence.missing_tickets(&asked),
        [TicketNumber(7), TicketNumber(9)]
    );
    let mut merged = ticket(9, Status::Closed);
    merged.ticket.merged_into = Some(TicketNumber(20));
    evidence.tickets.insert(TicketNumber(9), Some(merged));
    evidence.tickets.insert(TicketNumber(7), None);
    assert_eq!(evidence.missing_tickets(&asked), [TicketNumber(20)]);
}

#[test]
fn only_a_complete_change_of_subject_counts() {
    let sight = ticket(7, Status::Open);
    let table = [
        ("Re: Cannot log in after the update", false),
        ("Cannot log in after the update (SOLVED)", false),
        ("login still broken after update", false),
        ("", false),
        ("Re: ", false),
        ("Wedding photographs", true),
        ("發票問題", true),
    ];
    for (subject, changed) in table {
        assert_eq!(is_complete_change(subject, &sight), changed, "{subject}");
    }
    let renamed = TicketSight {
        subjects: vec!["Wedding photographs".into()],
        ..ticket(7, Status::Open)
    };
    assert!(!is_complete_change("Re: Wedding photographs", &renamed));
}

#[test]
fn a_ticket_is_named_in_one_bounded_line() {
    let table = [
        ("  a \r\n\t b ", MailClass::Person, "a b"),
        (" ", MailClass::Person, "(no subject)"),
        ("", MailClass::Unreadable, "(a mail that could not be read)"),
    ];
    for (subject, class, name) in table {
        assert_eq!(subject_change::title(subject, class), name);
    }
    let long = subject_change::title(&"x".repeat(5000), MailClass::Person);
    assert_eq!(long.chars().count(), 300);
}
