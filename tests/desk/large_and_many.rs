//! A mail that is not here whole, a sender who writes too much, and mail that comes faster than it is looked at.

use ticketty::app::event::Event;
use ticketty::bridge::{
    ListWindow, Look, MailboxReport, MailboxRequest, Pushed, Report, Request, Told,
};
use ticketty::domain::clean::Clean;
use ticketty::domain::ids::{MessageId, TicketNumber};

use crate::support::desk::{Desk, World, incoming};

const ID: MessageId = MessageId(7);

fn unasked(desk: &mut Desk, report: MailboxReport) {
    desk.event(Event::Told(Told {
        answers: None,
        report: Report::Mailbox(report),
    }));
}

#[test]
fn the_rest_of_a_large_mail_is_asked_for_by_its_key_and_says_how_far_it_is() {
    let mut world = World::usual();
    let mut large = incoming(ID.0, "Olena Kovalenko", "This mail has 60 MB.", 20);
    large.is_header_only = true;
    world.messages.insert(TicketNumber(1042), vec![large]);
    let mut desk = Desk::with(80, 24, world);
    desk.keys("enter").sees("▸ download the whole mail (L)");
    desk.keys("L").sees("asking the server for the whole mail");
    let wanted = Request::Mailbox(MailboxRequest::FetchWhole(ID));
    assert!(desk.asked.contains(&wanted));
    let fetching = MailboxReport::Fetching {
        message: ID,
        bytes: 12_000_000,
        of_bytes: 60_000_000,
    };
    unasked(&mut desk, fetching);
    desk.wait(50).sees("12 MB of 60 MB are here");
}

#[test]
fn a_mail_that_is_here_whole_has_nothing_to_download() {
    let mut desk = Desk::new(80, 24);
    desk.keys("enter L");
    assert_eq!(desk.status(), "the whole of this message is here");
}

#[test]
fn a_flood_is_one_row_with_its_number_and_opens_into_all_of_it() {
    let mut world = World::usual();
    world.tickets[0].flood = Some(5_000);
    let mut desk = Desk::with(80, 24, world);
    desk.sees("▸ 5,000 Olena").sees("flood (F): ");
    desk.keys("alt-f");
    let query = "is:flood from:olena@example.test".to_owned();
    let window = ListWindow::Offset {
        offset: 0,
        limit: 5_000,
    };
    let marked = Request::Look(Look::Tickets {
        query: query.clone(),
        window,
    });
    assert!(desk.asked.contains(&marked));
    desk.keys("F");
    assert_eq!(desk.app.list.query, query);
    desk.keys("esc").sees("▸ 5,000 Olena");
    desk.keys("j F");
    assert!(desk.status().contains("no flood"), "{}", desk.status());
}

/// How often the desk has asked for views, rows and the thread.
fn looks(desk: &Desk) -> [usize; 3] {
    let count = |is_so: fn(&Look) -> bool| {
        let asked = desk.asked.iter();
        asked
            .filter(|request| matches!(request, Request::Look(look) if is_so(look)))
            .count()
    };
    [
        count(|look| matches!(look, Look::Views)),
        count(|look| matches!(look, Look::Folded { .. })),
        count(|look| matches!(look, Look::Thread { .. })),
    ]
}

#[test]
fn changes_that_come_faster_than_answers_are_looked_at_once_more_and_shown() {
    let mut desk = Desk::new(140, 40);
    desk.keys("enter").sees("Olena");
    desk.slow = true;
    let [views, rows, threads] = looks(&desk);
    for _ in 0..50 {
        desk.push(Pushed::Tickets(Vec::new()));
        desk.wait(100);
    }
    assert_eq!(looks(&desk), [views + 1, rows + 1, threads + 1]);
    desk.world.tickets[0].subject = Clean::line("Something new");
    desk.answer_all();
    desk.wait(200);
    desk.answer_all();
    desk.sees("Something new");
    assert_eq!(looks(&desk), [views + 2, rows + 2, threads + 2]);
}
