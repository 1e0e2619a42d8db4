//! What the operator sees, as text.

use ticketty::bridge::Request;
use ticketty::domain::mailbox::Health;
use ticketty::domain::trouble::Trouble;

use crate::support::desk::world::now;
use crate::support::desk::{Desk, World};

#[test]
fn the_desk_at_80_by_24() {
    insta::assert_snapshot!(Desk::new(80, 24).screen());
}

#[test]
fn the_desk_at_140_by_40() {
    insta::assert_snapshot!(Desk::new(140, 40).screen());
}

#[test]
fn the_desk_at_100_by_24_shows_list_and_thread() {
    insta::assert_snapshot!(Desk::new(100, 24).screen());
}

#[test]
fn the_desk_at_40_by_12() {
    let mut desk = Desk::new(40, 12);
    insta::assert_snapshot!("the_desk_at_40_by_12", desk.screen());
    desk.keys("enter");
    insta::assert_snapshot!("a_thread_at_40_by_12", desk.screen());
}

#[test]
fn a_thread_at_80_by_24() {
    let mut desk = Desk::new(80, 24);
    desk.keys("enter");
    insta::assert_snapshot!(desk.screen());
}

#[test]
fn palette_help_prompt_and_search() {
    let mut desk = Desk::new(80, 24);
    desk.keys(": 'clo'");
    insta::assert_snapshot!("palette", desk.screen());
    desk.keys("esc ?");
    insta::assert_snapshot!("help", desk.screen());
    desk.keys("esc a 'bo'");
    insta::assert_snapshot!("assign", desk.screen());
    desk.keys("esc / 'statsu:open'");
    insta::assert_snapshot!("mistake", desk.screen());
}

#[test]
fn a_terminal_that_is_too_small_says_so() {
    for (width, height) in [(39, 24), (80, 11), (20, 5), (1, 1), (0, 0)] {
        let mut desk = Desk::new(width, height);
        if width >= 30 && height > 2 {
            desk.sees("40×12 is the least");
        }
    }
}

#[test]
fn every_size_can_be_drawn_in_every_place() {
    for (width, height) in [
        (40, 12),
        (81, 13),
        (119, 30),
        (120, 30),
        (200, 60),
        (500, 200),
    ] {
        let mut desk = Desk::new(width, height);
        for keys in [
            "enter", "v", "esc", ":", "esc", "?", "?", "esc", "/ 'a'", "enter", "O", "esc",
        ] {
            desk.keys(keys);
            assert_eq!(desk.screen().lines().count(), usize::from(height));
        }
    }
}

#[test]
fn panes_fold_at_120_and_80_columns() {
    for (width, views, list, thread) in [
        (80, false, true, false),
        (81, false, true, true),
        (119, false, true, true),
        (120, true, true, true),
    ] {
        let screen = Desk::new(width, 30).app.screen();
        assert_eq!(
            (
                screen.views.is_some(),
                screen.list.is_some(),
                screen.thread.is_some()
            ),
            (views, list, thread),
            "{width}"
        );
    }
}

#[test]
fn an_empty_desk_says_what_comes_next() {
    let mut world = World::empty();
    let mut desk = Desk::with(80, 24, World::empty());
    desk.sees("1240 of 2000 messages");
    world.mailboxes.clear();
    let mut desk = Desk::with(80, 24, world);
    desk.sees("No mailbox yet.").sees("Press M to connect one");
}

#[test]
fn an_empty_desk_never_promises_mail_that_a_failing_mailbox_cannot_bring() {
    let mut world = World::empty();
    world.mailboxes.truncate(1);
    world.mailboxes[0].health = Health::Failing {
        since: now(),
        next_try: None,
        trouble: Trouble::operator("the name imap.acme.example was not found"),
    };
    let mut desk = Desk::with(140, 40, world);
    desk.sees("brings no mail")
        .sees("Press , for the settings")
        .sees_no("appears here by itself");
}

#[test]
fn what_a_stranger_writes_never_reaches_a_cell_as_a_control() {
    let mut world = World::usual();
    let hostile = "\u{1b}[31mred\u{7}\u{9b}2J\u{202e}gpj\u{200b}\u{feff}\ttab\r\nnext";
    world.tickets[0] = crate::support::desk::row(1042, hostile, hostile, 1);
    world.messages.insert(
        ticketty::domain::ids::TicketNumber(1042),
        vec![crate::support::desk::incoming(1, hostile, hostile, 1)],
    );
    for (width, height) in [(40, 12), (80, 24), (140, 40)] {
        let mut desk = Desk::with(width, height, copy(&world));
        for keys in ["enter", "w", "esc", "esc", "y"] {
            desk.keys(keys);
            let buffer = desk.buffer();
            for cell in buffer.content() {
                let bad = |c: char| {
                    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                };
                assert!(!cell.symbol().chars().any(bad), "{:?}", cell.symbol());
            }
        }
    }
}

fn copy(world: &World) -> World {
    let mut other = World::usual();
    other.tickets.clone_from(&world.tickets);
    other.messages.clone_from(&world.messages);
    other
}

#[test]
fn a_damaged_store_is_said_at_every_width_and_nothing_is_asked_to_change() {
    for (width, said) in [
        (200, "the store is damaged: read only"),
        (160, "quit, then: ticketty restore FILE"),
        (80, "ticketty restore FILE"),
        (40, "read only"),
    ] {
        let mut world = World::usual();
        world.damage = Some(Trouble::operator("the store is damaged"));
        let mut desk = Desk::with(width, 24, world);
        desk.sees(said).sees("read only").sees_no("online");
        // The first ticket is unread, and stays so.
        desk.keys("enter");
        let asks_for_change = |request: &Request| matches!(request, Request::Change(_));
        assert!(!desk.asked.iter().any(asks_for_change), "{width}");
    }
}
