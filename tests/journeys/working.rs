//! The desk is open while the world goes on: mail comes, other processes work, other desks take over.

use std::time::{Duration, Instant};

use super::office::{MailOffice, OLENA, Office, letter};
use crate::support::desk_pty::Desk;

/// The row of the screen that shows these words, and what stands around them.
fn row(screen: &str, words: &str) -> Option<usize> {
    screen.lines().position(|line| line.contains(words))
}

#[test]
fn a_mail_shows_by_itself_within_three_seconds_and_the_cursor_stays_on_its_ticket() {
    let world = MailOffice::open(2);
    world.customer_sends(OLENA, &letter("one", "The first matter"));
    world.customer_sends(OLENA, &letter("two", "The second matter"));
    world.postfix.wait_until_idle();
    world.office.sync();
    let mut desk = Desk::open(&world.office.home);
    desk.sees("The first matter");
    desk.sees("● support");
    desk.press("G");
    desk.sees("Good morning, this is one.");
    world.customer_sends(OLENA, &letter("three", "The third matter"));
    let took = desk.sees("The third matter");
    assert!(
        took < Duration::from_secs(3),
        "it took {took:?}\n{}",
        desk.text()
    );
    desk.sees("Good morning, this is one.");
    let screen = desk.text();
    assert!(
        row(&screen, "The third matter") < row(&screen, "The second matter"),
        "{screen}"
    );
    assert!(desk.quit());
}

#[test]
fn an_answer_from_another_process_is_delivered_once_and_the_desk_shows_it_within_a_second() {
    let world = MailOffice::open(1);
    world.customer_sends(OLENA, &letter("one", "A matter for two"));
    world.postfix.wait_until_idle();
    world.office.sync();
    let number = world.office.number_of("A matter for two").to_string();
    let mut desk = Desk::open(&world.office.home);
    desk.sees("● support");
    desk.sees("A matter for two");
    desk.press("\r");
    desk.sees("Good morning, this is one.");
    let arguments = [
        "ticket",
        "note",
        &number,
        "--body",
        "seen by the other process",
    ];
    world.office.home.run(&arguments).done();
    let took = desk.sees("seen by the other process");
    assert!(took < Duration::from_secs(1), "it took {took:?}");
    let arguments = [
        "ticket",
        "reply",
        &number,
        "--body",
        "The answer from elsewhere",
    ];
    let started = Instant::now();
    world.office.home.run(&arguments).done();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "it took {:?}",
        started.elapsed()
    );
    desk.sees("The answer from elsewhere");
    world.postfix.wait_for_mail(OLENA, "the answer", |mail| {
        mail.contains("The answer from elsewhere")
    });
    let queued = [
        "ticket",
        "reply",
        &number,
        "--queue",
        "--body",
        "The queued answer",
    ];
    world.office.home.run(&queued).done();
    world
        .postfix
        .wait_for_mail(OLENA, "the queued answer", |mail| {
            mail.contains("The queued answer")
        });
    world.postfix.wait_until_idle();
    let mails = world.postfix.mails(OLENA);
    assert_eq!(mails.len(), 2, "{mails:#?}");
    assert!(desk.quit());
}

#[test]
fn of_two_desks_one_syncs_and_the_other_takes_over_when_it_is_killed() {
    let mut office = Office::open();
    office.connect_reading();
    let first = Desk::open(&office.home);
    first.sees("● support");
    let second = Desk::open(&office.home);
    second.sees("support elsewhere");
    office.arrives(&letter("one", "For both desks"));
    first.sees("For both desks");
    second.sees("For both desks");
    first.kill_9();
    second.sees_no_more("elsewhere");
    office.arrives(&letter("two", "After the first desk"));
    second.sees("After the first desk");
    assert_eq!(office.tickets("").len(), 2);
    assert!(second.quit());
}
