//! Answers leave the desk by keys: to the customer, into the Sent folder, and back into the ticket.

use jiff::Timestamp;
use ticketty::domain::contact::Signature;
use ticketty::domain::ids::SignatureId;
use ticketty::store::sqlite::{OpenOptions, SqliteStore};
use ticketty::store::write;

use super::office::{MailOffice, OLENA, Office, PATIENCE, field, letter, letter_with};
use crate::support::desk_pty::Desk;
use crate::support::program::until;

const SEND: &str = "\u{13}";

fn sign(office: &Office) {
    let path = office.home.data().join("ticketty.db");
    let store = SqliteStore::open(path, OpenOptions::default()).unwrap();
    let signature = Signature {
        id: SignatureId(0),
        name: "usual".into(),
        markdown: "Anna of **Acme**".into(),
        mailbox: None,
        operator: None,
        is_markdown: true,
    };
    write(&store, |tx| tx.put_signature(None, &signature).map(|_| ())).unwrap();
}

#[test]
fn an_answer_written_by_keys_reaches_the_customer_whose_answer_reopens_the_ticket() {
    let world = MailOffice::open(1);
    let office = &world.office;
    sign(office);
    world.customer_sends(OLENA, &letter("one", "Cannot log in"));
    world.postfix.wait_until_idle();
    office.sync();
    let mut desk = Desk::open(&office.home);
    desk.sees("● support");
    desk.sees("Cannot log in");
    desk.press("r");
    desk.sees("Anna of");
    desk.press("Dear Olena, try **this**.");
    desk.sees("Dear Olena");
    desk.press(SEND);
    let mail = world
        .postfix
        .wait_for_mail(OLENA, "the answer", |mail| mail.contains("Dear Olena"));
    let is = |name: &str| field(&mail, name).unwrap_or_default();
    assert!(
        is("From").contains("Acme Support") && is("From").contains("<support@acme.test>"),
        "{mail}"
    );
    assert!(is("To").contains(OLENA), "{mail}");
    assert!(is("Subject").starts_with("Re: Cannot log in"), "{mail}");
    assert_eq!(is("In-Reply-To"), "<one@example.test>");
    assert!(is("References").contains("<one@example.test>"), "{mail}");
    assert!(
        is("Content-Type").starts_with("multipart/alternative"),
        "{mail}"
    );
    assert!(
        mail.contains("Anna of") && mail.contains("<strong>Acme</strong>"),
        "{mail}"
    );
    assert!(mail.contains("<strong>this</strong>"), "{mail}");
    office.answer_is("sent");
    until("a copy in the Sent folder", PATIENCE, || {
        (!world.sent_folder().is_empty()).then_some(())
    });
    let number = office.number_of("Cannot log in");
    office
        .home
        .run(&["ticket", "set", &number.to_string(), "--status", "closed"])
        .done();
    let ours = is("Message-ID");
    let thread = format!("In-Reply-To: {ours}\nReferences: <one@example.test> {ours}\n");
    world.customer_sends(OLENA, &letter_with("two", "Re: Cannot log in", &thread));
    until("the customer's answer in the ticket", PATIENCE, || {
        let ticket = office.ticket(number);
        (ticket["messages"].as_array().unwrap().len() == 3 && ticket["status"] == "open")
            .then_some(())
    });
    assert_eq!(office.tickets("").len(), 1);
    assert_eq!(world.sent_folder().len(), 1);
    assert_eq!(world.postfix.mails(OLENA).len(), 1);
    assert!(desk.quit());
    office.sync();
    assert_eq!(
        office.ticket(number)["messages"].as_array().unwrap().len(),
        3
    );
    assert_eq!(world.sent_folder().len(), 1);
}

#[test]
fn an_answer_taken_back_within_its_window_is_never_sent() {
    let world = MailOffice::open(6);
    let office = &world.office;
    world.customer_sends(OLENA, &letter("one", "Cannot log in"));
    world.postfix.wait_until_idle();
    office.sync();
    let mut desk = Desk::open(&office.home);
    desk.sees("● support");
    desk.sees("Cannot log in");
    desk.press("r");
    desk.sees("Reply #1");
    desk.press("Sent too early");
    desk.sees("Sent too early");
    desk.press(SEND);
    let held = office.answer_is("held");
    assert_eq!(held["to"][0], OLENA);
    let window_over = Timestamp::now().as_second() + 7;
    desk.press("u");
    until("an empty outbox", PATIENCE, || {
        office
            .outbox()
            .iter()
            .all(|line| line["state"] == "cancelled")
            .then_some(())
    });
    until("the end of the undo window", PATIENCE, || {
        (Timestamp::now().as_second() > window_over).then_some(())
    });
    world.postfix.wait_until_idle();
    assert!(world.postfix.mails(OLENA).is_empty());
    assert!(world.sent_folder().is_empty());
    assert!(desk.quit());
}
