//! Moving through lists of any length, and a selection that stays.

use ticketty::app::input::MouseAction;
use ticketty::bridge::{Look, Pushed, Request};
use ticketty::domain::ids::TicketNumber;

use crate::support::desk::{Desk, World, row};

fn selected(desk: &Desk) -> i64 {
    desk.app.list.place.selected.unwrap().0
}

fn windows(desk: &Desk) -> usize {
    desk.asked
        .iter()
        .filter(|request| matches!(request, Request::Look(Look::Folded { .. })))
        .count()
}

#[test]
fn two_hundred_thousand_tickets_are_walked_by_windows() {
    let mut desk = Desk::with(140, 40, World::endless(200_000));
    desk.keys("G").sees("Matter 199999");
    assert_eq!(desk.app.list.place.cursor, 199_999);
    desk.keys("ctrl-u ctrl-u k").keys("g g").sees("Olena");
    assert!(desk.app.list.rows.len() < 1_500, "far rows are let go");
    let before = windows(&desk);
    desk.keys("j j j j");
    assert_eq!(windows(&desk), before, "what is there is not asked for");
}

#[test]
fn typing_ahead_asks_for_the_last_place_only() {
    let mut desk = Desk::with(80, 24, World::endless(200_000));
    desk.slow = true;
    let before = windows(&desk);
    for _ in 0..50 {
        desk.press("page-down");
    }
    assert!(windows(&desk) <= before + 1);
    desk.slow = false;
    desk.answer_all();
    desk.wait(300).sees("Matter 10");
    assert!(desk.app.list.place.selected.is_some());
}

fn somebody_new_writes(desk: &mut Desk) {
    desk.world
        .tickets
        .insert(0, row(9050, "New Customer", "A new matter", 0));
    desk.push(Pushed::NewMail {
        tickets: vec![TicketNumber(9050)],
    });
    desk.wait(500);
}

#[test]
fn new_tickets_come_in_above_without_moving_the_cursor() {
    let mut desk = Desk::with(80, 24, World::endless(60));
    desk.keys("j j");
    let row_and_ticket = |desk: &Desk| {
        (
            selected(desk),
            desk.app.list.place.cursor - desk.app.list.place.top,
        )
    };
    let before = row_and_ticket(&desk);
    somebody_new_writes(&mut desk);
    desk.sees("↑ 1 new").sees_no("A new matter");
    assert_eq!(before, row_and_ticket(&desk));
    desk.keys("g g").sees("A new matter").sees_no("↑ 1 new");
}

#[test]
fn where_the_list_has_room_new_tickets_are_seen_at_once_and_the_cursor_keeps_its_ticket() {
    let mut desk = Desk::new(80, 24);
    desk.keys("j j");
    let before = selected(&desk);
    somebody_new_writes(&mut desk);
    desk.sees("A new matter").sees_no("↑ 1 new");
    assert_eq!(before, selected(&desk));
}

#[test]
fn a_late_answer_for_another_list_is_dropped() {
    let mut desk = Desk::new(80, 24);
    desk.slow = true;
    desk.keys("3");
    desk.keys("2");
    desk.held.reverse();
    desk.answer_all();
    desk.slow = false;
    desk.wait(300).sees("Unassigned 8");
    assert_eq!(desk.app.list.query, "assignee:none is:open");
}

#[test]
fn a_ukrainian_keyboard_moves_and_searches_all_the_same() {
    let mut desk = Desk::new(80, 24);
    desk.keys("о о");
    assert_eq!(desk.app.list.place.cursor, 2);
    desk.keys("П");
    assert_eq!(desk.app.list.place.cursor, 7);
    desk.keys("п п");
    assert_eq!(desk.app.list.place.cursor, 0);
    desk.keys(". 'пошук'").sees("/ пошук");
}

#[test]
fn the_mouse_selects_scrolls_and_runs() {
    let mut desk = Desk::new(140, 40);
    desk.click(30, 5);
    assert_eq!(desk.app.list.place.cursor, 1);
    desk.mouse(30, 5, MouseAction::WheelDown);
    desk.click(5, 4).sees("Waiting 1");
    let bar = desk.screen();
    let bar = bar.lines().last().unwrap();
    let x = bar.find("? help").unwrap();
    desk.click(u16::try_from(x).unwrap(), 39)
        .sees("Keys of this place");
}

#[test]
fn a_key_without_a_meaning_says_so() {
    let mut desk = Desk::new(80, 24);
    desk.keys("Q");
    assert_eq!(desk.status(), "Q does nothing here; ? shows what does");
    desk.press("g").sees(" g … ");
    desk.press("x");
    assert_eq!(desk.status(), "g x does nothing here; ? shows what does");
}
