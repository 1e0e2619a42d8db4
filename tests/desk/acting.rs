//! Select, decide, next; and take it back.

use ticketty::bridge::{Change, Request};
use ticketty::domain::decide::Action;
use ticketty::domain::ids::TicketNumber;

use crate::support::desk::Desk;

fn selected(desk: &Desk) -> i64 {
    desk.app.list.place.selected.unwrap().0
}

fn acts(desk: &Desk) -> Vec<(&[TicketNumber], &Action)> {
    desk.asked
        .iter()
        .filter_map(|request| match request {
            Request::Change(Change::Act { tickets, action }) => Some((tickets.as_slice(), action)),
            _ => None,
        })
        .collect()
}

#[test]
fn closing_goes_on_to_the_next_ticket_and_is_taken_back() {
    let mut desk = Desk::new(80, 24);
    desk.keys("j e");
    assert_eq!(desk.status(), "#1041 closed · u takes it back");
    assert_eq!(selected(&desk), 1038);
    assert_eq!(desk.app.list.place.cursor, 1);
    desk.sees_no("Invoice 2231").sees("Unassigned 7");
    desk.keys("u");
    assert_eq!(desk.status(), "taken back");
    assert_eq!(selected(&desk), 1041);
    desk.sees("Invoice 2231").sees("Unassigned 8");
    desk.keys("u");
    assert_eq!(desk.status(), "there is nothing to take back");
}

#[test]
fn in_the_thread_the_next_ticket_opens() {
    let mut desk = Desk::new(80, 24);
    desk.keys("enter e").sees("#1041  Invoice 2231 is wrong");
    desk.keys("a enter").sees("#1038  Re: API limits");
}

#[test]
fn marked_tickets_are_decided_at_once() {
    let mut desk = Desk::new(80, 24);
    desk.keys("x x").sees("2 marked").keys("e");
    assert_eq!(desk.status(), "2 tickets closed · u takes it back");
    desk.sees("Unassigned 6").sees_no("marked");
    desk.keys("u").sees("Unassigned 8");
}

#[test]
fn a_range_is_marked_from_end_to_end() {
    let mut desk = Desk::new(80, 24);
    desk.keys("X j j j x").sees("4 marked");
    desk.keys("esc").sees_no("marked");
}

#[test]
fn a_command_that_makes_no_sense_says_why() {
    let mut desk = Desk::new(80, 24);
    desk.keys("6").sees("Nothing here.");
    desk.keys("e");
    assert_eq!(desk.status(), "there is no ticket under the cursor");
    desk.keys("2 U U");
    assert!(desk.status().contains("unread"), "{}", desk.status());
}

#[test]
fn snoozing_understands_words_spans_and_dates() {
    let mut desk = Desk::new(80, 24);
    desk.keys("z 'gestern' enter");
    assert!(desk.status().contains("is not a time"), "{}", desk.status());
    // What was refused is still there, to be put right.
    desk.sees("gestern").keys("ctrl-u '3d' enter");
    desk.sees("Unassigned 7");
    desk.keys("z 'tomorrow' enter").sees("Unassigned 6");
    desk.keys("z '2020-01-01' enter");
    assert!(
        desk.status().contains("is over already"),
        "{}",
        desk.status()
    );
    let until: Vec<String> = acts(&desk)
        .iter()
        .map(|(_, action)| match action {
            Action::Snooze(Some(until)) => until.to_string().chars().take(16).collect(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(until, ["2026-11-20T12:00", "2026-11-18T07:00"]);
}

#[test]
fn tags_are_added_and_taken_away_in_one_step() {
    let mut desk = Desk::new(80, 24);
    desk.keys("t 'Billing vip' enter t '-vip urgent' enter enter");
    desk.sees("#billing #urgent");
    assert_eq!(
        acts(&desk)[1].1,
        &Action::Tag {
            add: vec!["urgent".into()],
            remove: vec!["vip".into()]
        }
    );
}

#[test]
fn the_palette_runs_commands_with_their_arguments() {
    let mut desk = Desk::new(80, 24);
    desk.keys(": 'assign bo' enter");
    assert_eq!(desk.status(), "#1042 changed · u takes it back");
    desk.keys("5")
        .sees("Cannot log in")
        .keys(":")
        .sees("▌ Assign");
    desk.keys("'nonsense' enter");
    assert!(
        desk.status().contains("there is no command “nonsense”"),
        "{}",
        desk.status()
    );
}
