//! A mail that is not here whole, and a sender who writes too much.

use ticketty::app::event::Event;
use ticketty::bridge::{ListWindow, Look, MailboxReport, MailboxRequest, Report, Request, Told};
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
