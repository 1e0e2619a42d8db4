//! Putting away, sending, taking back.

use ticketty::app::event::{Effect, Event};
use ticketty::bridge::{AfterSend, Pushed};
use ticketty::domain::clean::Clean;
use ticketty::domain::ids::{MessageId, OutboxId, TicketNumber};
use ticketty::domain::trouble::Trouble;

use crate::support::compose_desk::Office;
use crate::support::desk::incoming;

#[test]
fn an_answer_is_saved_sent_and_can_be_taken_back() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Hello Olena, thank you.' ctrl-s");
    assert_eq!(office.sends(), [AfterSend::Keep]);
    assert!(
        office
            .saved()
            .last()
            .unwrap()
            .starts_with("Hello Olena, thank you.")
    );
    office.sees_no("Reply #1042");
    assert_eq!(office.desk.status(), "sending in 10 s · u takes it back");
    office.keys("u");
    assert_eq!(office.taken_back.len(), 1);
    office.sees("Reply #1042").sees("Hello Olena, thank you.");
}

#[test]
fn after_the_undo_window_there_is_nothing_to_take_back() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Hello' ctrl-s").wait(11_000);
    office.keys("u");
    assert_eq!(office.taken_back, Vec::<OutboxId>::new());
}

#[test]
fn what_looks_wrong_is_said_once_before_it_goes() {
    let mut office = Office::new(80, 24);
    office.warnings = vec![Clean::line(
        "it says “attached”, but there is no file with it",
    )];
    office.keys("r 'It is attached.' ctrl-s");
    assert!(office.sends().is_empty());
    office
        .sees("Before it goes")
        .sees("but there is no file with it");
    office.keys("ctrl-s");
    assert_eq!(office.sends(), [AfterSend::Keep]);
}

#[test]
fn a_change_after_the_warning_is_looked_at_again() {
    let mut office = Office::new(80, 24);
    office.keys("r ctrl-s").sees("nothing is written in it");
    office.keys("'Now there is.'").sees_no("Before it goes");
    office.keys("ctrl-s");
    assert_eq!(office.sends().len(), 1);
}

#[test]
fn esc_takes_the_warning_away_and_not_the_text() {
    let mut office = Office::new(80, 24);
    office
        .keys("r ctrl-s esc")
        .sees_no("Before it goes")
        .sees("Reply #1042");
}

#[test]
fn send_and_close_brings_the_next_ticket() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Done.' alt-c");
    assert_eq!(office.sends(), [AfterSend::Close]);
    assert_eq!(office.desk.app.thread.wanted, Some(TicketNumber(1041)));
    assert!(office.desk.status().contains("the ticket is closed"));
}

#[test]
fn a_mail_without_a_recipient_stays() {
    let mut office = Office::new(80, 24);
    office.keys("c tab tab tab 'Subject' tab 'Text' ctrl-s");
    assert!(office.sends().is_empty());
    assert!(office.desk.status().contains("no recipient"));
}

#[test]
fn a_note_is_added_and_never_mailed() {
    let mut office = Office::new(80, 24);
    office.keys("i 'Known since 4.2'");
    office
        .sees("Note, never mailed")
        .sees("add note")
        .sees_no("olena@example.test> ·");
    office.keys("ctrl-o");
    assert!(office.desk.status().contains("never mailed"));
    office.keys("ctrl-s");
    assert_eq!(office.sends(), [AfterSend::Keep]);
    assert!(
        office
            .desk
            .status()
            .starts_with("the note is in the ticket")
    );
}

#[test]
fn a_draft_that_was_put_away_is_found_again() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Half of it' esc");
    assert_eq!(office.desk.status(), "the draft is kept · r finds it again");
    office.sees_no("Reply #1042");
    office.keys("r").sees("Half of it");
    office.keys("', and the rest'").wait(2_000);
    assert!(
        office
            .only_draft()
            .content
            .body
            .starts_with("Half of it, and the rest\n\nOn")
    );
}

#[test]
fn an_answer_in_which_nothing_was_written_leaves_nothing() {
    let mut office = Office::new(80, 24);
    office.keys("r esc");
    assert!(office.drafts.is_empty());
}

#[test]
fn what_cannot_be_saved_comes_back_instead_of_getting_lost() {
    let mut office = Office::new(80, 24);
    office.trouble = Some(Trouble::operator("the disk is full"));
    office.keys("r 'Half of it' esc");
    office
        .sees("Half of it")
        .sees("not saved: the disk is full");
    office.trouble = None;
    office.wait(6_000);
    office.keys("esc");
    assert!(office.only_draft().content.body.starts_with("Half of it"));
}

#[test]
fn a_send_that_fails_keeps_the_text_on_the_screen() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Hello'").wait(2_000);
    office.trouble = Some(Trouble::operator("the store is busy"));
    office.keys("ctrl-s").sees("Hello");
    assert!(office.desk.status().contains("the store is busy"));
    office.trouble = None;
    office.keys("ctrl-s");
    assert_eq!(office.sends().len(), 2);
    office.sees_no("Reply #1042");
}

#[test]
fn throwing_away_asks_because_nothing_brings_it_back() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Half of it'").wait(2_000);
    office.keys("ctrl-x k").sees("Throw this draft away?");
    office.keys("n").sees("Half of it");
    office.keys("ctrl-x k y").sees_no("Half of it");
    assert!(office.drafts.is_empty());
}

#[test]
fn drafts_are_listed_and_opened() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Half of it' esc i 'A note' esc d");
    office.sees("reply #1042").sees("note #1042");
    office
        .keys("'note' enter")
        .sees("Note, never mailed")
        .sees("A note");
}

#[test]
fn a_message_that_comes_in_meanwhile_is_said() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Hello'").sees_no("new message");
    let number = TicketNumber(1042);
    let mut mail = incoming(9_000, "Olena", "It works again, never mind.", 0);
    mail.id = MessageId(9_000);
    office
        .desk
        .world
        .messages
        .get_mut(&number)
        .unwrap()
        .push(mail);
    office.desk.push(Pushed::Tickets(vec![number]));
    office.answer();
    office.sees("1 new message since you began");
    office.sees("Hello");
}

#[test]
fn the_end_of_the_program_saves_first() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Hello'");
    office.event(Event::Terminate);
    assert!(office.only_draft().content.body.starts_with("Hello"));
    assert!(office.desk.effects.contains(&Effect::Quit));
}
