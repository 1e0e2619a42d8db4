//! One mailbox collects the mail of two channels, whose answers leave from their own addresses.

use ticketty::domain::contact::Signature;
use ticketty::domain::ids::{MailboxId, SignatureId};
use ticketty::store::sqlite::{OpenOptions, SqliteStore};
use ticketty::store::write;

use super::office::{MailOffice, OLENA, Office, PASSWORD, PATIENCE, field, letter_with};
use crate::support::program::until;

const SALES: &str = "sales@acme.test";
const BILLING: &str = "billing@acme.test";
const ARCHIVE: &str = "archive@example.test";

/// The server redirects both channels to the mailbox, and both are known to the program.
fn office() -> MailOffice {
    let redirects = format!(
        "inline:{{ {{ {SALES} = {support} }}, {{ {BILLING} = {support} }} }}",
        support = super::office::SUPPORT
    );
    let world = MailOffice::on_servers(&[("virtual_alias_maps", &redirects)], &[ARCHIVE]);
    let arguments = world.words();
    let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    words.extend(["--undo-window", "0", "--no-check"]);
    world.office.home.run_with_input(&words, PASSWORD).done();
    let add = |address: &str, more: &[&str]| {
        let mut words = vec!["mailbox", "add", address, "--forwarded-to", "support"];
        words.extend(["--undo-window", "0"]);
        words.extend(more);
        world.office.home.run(&words).done()
    };
    let checked = add(
        SALES,
        &[
            "--display-name",
            "Anna at Acme",
            "--reply-to",
            "desk@acme.test",
            "--automatic-bcc",
            ARCHIVE,
            "--language",
            "uk",
        ],
    );
    let said = format!("{}{}", checked.stdout, checked.stderr);
    assert!(said.contains("mail comes by support"), "{said}");
    add(BILLING, &[]);
    world
}

/// Signatures of the channels, by the numbers that they get.
fn sign(office: &Office) {
    let path = office.home.data().join("ticketty.db");
    let store = SqliteStore::open(path, OpenOptions::default()).unwrap();
    for (id, words) in [
        (1, "The desk"),
        (2, "Sales of Acme"),
        (3, "Billing of Acme"),
    ] {
        let signature = Signature {
            id: SignatureId(0),
            name: words.into(),
            markdown: words.into(),
            mailbox: Some(MailboxId(id)),
            operator: None,
            is_markdown: true,
        };
        write(&store, |tx| tx.put_signature(None, &signature).map(|_| ())).unwrap();
    }
}

/// A mail that reaches `to` while its To says something else.
fn blind(token: &str, subject: &str) -> String {
    letter_with(token, subject, "").replace("To: support@acme.test", "To: friends@example.test")
}

fn arrives(world: &MailOffice, to: &str, mail: &str) {
    world.customer_sends_to(OLENA, to, mail);
    world.postfix.wait_until_idle();
    world.office.sync();
}

#[test]
fn mail_to_a_channel_is_its_own_and_its_answer_leaves_from_there() {
    let world = office();
    let office = &world.office;
    sign(office);
    arrives(&world, SALES, &blind("one", "A quote"));
    arrives(&world, BILLING, &blind("two", "An invoice"));
    arrives(
        &world,
        super::office::SUPPORT,
        &blind("three", "A question"),
    );
    let number = office.number_of("A quote");
    assert_eq!(office.ticket(number)["mailbox"], "sales");
    assert_eq!(office.tickets("mailbox:sales").len(), 1);
    let invoice = office.number_of("An invoice");
    assert_eq!(office.ticket(invoice)["mailbox"], "billing");
    let question = office.number_of("A question");
    assert_eq!(office.ticket(question)["mailbox"], "support");

    let reply = [
        "ticket",
        "reply",
        &number.to_string(),
        "--body",
        "Here it is.",
    ];
    office.home.run(&reply).done();
    office.sync();
    office.answer_is("sent");
    let mail = world
        .postfix
        .wait_for_mail(OLENA, "the quote", |mail| mail.contains("Here it is."));
    let is = |name: &str| field(&mail, name).unwrap_or_default();
    assert!(is("From").contains("Anna at Acme"), "{mail}");
    assert!(is("From").contains(&format!("<{SALES}>")), "{mail}");
    assert_eq!(is("Reply-To"), "desk@acme.test");
    assert_eq!(is("Content-Language"), "uk");
    assert!(mail.contains("Sales of Acme"), "{mail}");
    assert!(
        !mail.contains(ARCHIVE),
        "the blind copy stands in a header: {mail}"
    );
    let copy = world
        .postfix
        .wait_for_mail(ARCHIVE, "the blind copy", |mail| {
            mail.contains("Here it is.")
        });
    let head = copy.split("\r\n\r\n").next().unwrap_or_default();
    assert!(field(head, "Bcc").is_none(), "{copy}");
    until(
        "a copy in the collecting mailbox's Sent folder",
        PATIENCE,
        || (!world.sent_folder().is_empty()).then_some(()),
    );

    let id = is("Message-ID");
    let answer = letter_with("four", "Re: A quote", &format!("In-Reply-To: {id}\n"));
    arrives(&world, super::office::SUPPORT, &answer);
    let ticket = office.ticket(number);
    assert_eq!(ticket["mailbox"], "sales");
    assert_eq!(
        ticket["messages"].as_array().unwrap().len(),
        3,
        "{ticket:#}"
    );
    assert_eq!(office.tickets("").len(), 3);
}

#[test]
fn a_channel_answers_by_itself_in_the_run_that_fetched_its_mail() {
    let world = office();
    let home = &world.office.home;
    home.run(&["mailbox", "set", "sales", "--auto-reply", "on"])
        .done();
    let mail = letter_with("one", "A quote", "").replace("support@acme.test", SALES);
    world.customer_sends_to(OLENA, SALES, &mail);
    world.postfix.wait_until_idle();
    home.run(&["sync", "--once", "--mailbox", "support"]).done();
    world.office.answer_is("sent");
    let mail = world
        .postfix
        .wait_for_mail(OLENA, "the auto-reply", |mail| mail.contains("A quote"));
    let from = field(&mail, "From").unwrap();
    assert!(from.contains(&format!("<{SALES}>")), "{mail}");
}

#[test]
fn a_stranger_cannot_choose_the_channel_by_a_header() {
    let world = office();
    let forged = format!("Delivered-To: {BILLING}\nX-Forwarded-To: {BILLING}\n");
    let mail = letter_with("one", "A quote", &forged)
        .replace("\nTo: support@acme.test", "\nTo: friends@example.test");
    arrives(&world, SALES, &mail);
    let number = world.office.number_of("A quote");
    assert_eq!(world.office.ticket(number)["mailbox"], "sales");
}

#[test]
fn a_channel_is_proved_and_what_it_hangs_on_stays() {
    let world = office();
    let home = &world.office.home;
    let proof = home.json(&["mailbox", "prove", "sales"]);
    assert_eq!(proof["known_by"], "X-Original-To", "{proof:#}");
    assert!(folderless(&world), "the test mail is removed again");
    world.office.sync();
    assert!(world.office.tickets("").is_empty(), "it makes no ticket");
    home.run(&["mailbox", "prove", "support"])
        .failed(1, &["support fetches its mail itself"]);
    home.run(&["mailbox", "remove", "support"])
        .failed(1, &["sales, billing"]);
    home.run(&[
        "mailbox",
        "add",
        "more@acme.test",
        "--forwarded-to",
        "sales",
        "--no-check",
    ])
    .failed(1, &["sales collects no mail itself"]);
}

fn folderless(world: &MailOffice) -> bool {
    super::office::folder(&world.office.dovecot, "INBOX").is_empty()
}

#[test]
fn while_sending_is_off_nothing_leaves_and_nothing_is_lost() {
    let world = office();
    let office = &world.office;
    arrives(&world, SALES, &blind("one", "A quote"));
    let number = office.number_of("A quote").to_string();
    // What is in the queue already, because the mailbox that sends for it is off.
    office.home.run(&["mailbox", "disable", "support"]).done();
    let reply = ["ticket", "reply", &number, "--body", "Here it is."];
    office.home.run(&reply);
    let queued = office.answer_is("deferred");
    assert!(
        queued
            .to_string()
            .contains("support, which is switched off"),
        "{queued:#}"
    );
    office.home.run(&["mailbox", "enable", "support"]).done();
    let off = ["mailbox", "set", "sales", "--sending", "no"];
    office.home.run(&off).done();
    let id = queued["id"].to_string();
    office.home.run(&["outbox", "retry", &id]);
    office.sync();
    let waiting = office.answer_is("deferred");
    assert!(
        waiting.to_string().contains("sending is switched off"),
        "{waiting:#}"
    );
    office
        .home
        .run(&["ticket", "reply", &number, "--body", "Another."])
        .failed(1, &["sending is switched off for the mailbox sales"]);
    office
        .home
        .run(&["mailbox", "test", "sales", "--to", OLENA])
        .failed(1, &["sending is switched off for the mailbox sales"]);
    let on = ["mailbox", "set", "sales", "--sending", "yes"];
    office.home.run(&on).done();
    office.sync();
    office.answer_is("sent");
    world
        .postfix
        .wait_for_mail(OLENA, "the quote", |mail| mail.contains("Here it is."));
}

#[test]
fn googles_confirmation_is_kept_and_what_operators_should_know_is_told() {
    let world = office();
    let office = &world.office;
    let mail = format!(
        "From: Gmail Team <forwarding-noreply@google.com>\nTo: support@acme.test\nMessage-ID: <g@google.com>\n\
         Subject: (#402171833) Gmail Forwarding Confirmation - Receive Mail from {SALES}\n\n\
         {SALES} has requested to forward mail to you.\nConfirmation code: 402171833\n\n\
         https://mail-settings.google.com/mail/vf-abc\n"
    );
    arrives(&world, super::office::SUPPORT, &mail);
    assert_eq!(office.tickets("").len(), 1, "it is a mail like any other");
    let path = office.home.data().join("ticketty.db");
    let store = SqliteStore::open(path, OpenOptions::default()).unwrap();
    let fact = ticketty::store::read(&store, |read| read.fact("redirect:2")).unwrap();
    let fact = String::from_utf8(fact.unwrap()).unwrap();
    assert!(
        fact.contains("402171833") && fact.contains("mail/vf-abc"),
        "{fact}"
    );
    let by = ["mailbox", "redirect", "sales", "--by", "google-forwarding"];
    let told = office.home.json(&by);
    assert_eq!(told["confirmation"]["code"], "402171833", "{told:#}");
    assert_eq!(told["confirmation"]["signed_by_google"], false);
    assert_eq!(told["collected_by"], "support@acme.test");
    let steps = told["steps"].to_string();
    assert!(steps.contains("Add a forwarding address"), "{steps}");
    let words = office.home.run(&["mailbox", "redirect", "sales"]).done();
    assert!(words.stdout.contains("Code  402171833"), "{}", words.stdout);
    let notes = office.home.path().join("notes.txt");
    std::fs::write(&notes, "Open 9 to 5.\nRefunds go to Anna.\n").unwrap();
    let notes = notes.display().to_string();
    let set = [
        "mailbox",
        "set",
        "sales",
        "--information-file",
        &notes,
        "--default",
    ];
    office.home.run(&set).done();
    let told = office.home.run(&["mailbox", "info", "sales"]).done();
    assert_eq!(told.stdout, "Open 9 to 5.\nRefunds go to Anna.\n");
    let list = office.home.json(&["mailbox", "list"]);
    let defaults: Vec<bool> = list
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["default"].as_bool())
        .collect();
    assert_eq!(defaults, [false, true, false]);
    let log = office.home.json(&["audit"]).to_string();
    for said in ["google-forwarding", "new mail", "Refunds go to Anna."] {
        assert!(log.contains(said), "{said} is not in the log: {log}");
    }
}
