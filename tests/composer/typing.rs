//! Opening, typing, addresses, files, the operator's own editor.

use ticketty::app::event::{Effect, Event, FileWork, FilesReport};
use ticketty::bridge::Write;
use ticketty::domain::ids::SignatureId;
use ticketty::domain::trouble::Trouble;

use crate::support::compose_desk::Office;

#[test]
fn what_is_typed_is_with_the_store_two_seconds_after_the_last_key() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Hello Olena'");
    assert!(office.saved().is_empty(), "nobody saves while keys come");
    office.wait(1_500);
    assert_eq!(office.saved().len(), 1);
    assert!(office.saved()[0].starts_with("Hello Olena\n\nOn 17 Nov"));
    office.sees("saved 14:00");
    office.wait(5_000);
    assert_eq!(office.saved().len(), 1, "nothing new, nothing to save");
}

#[test]
fn who_types_without_a_pause_is_saved_all_the_same() {
    let mut office = Office::new(80, 24);
    office.keys("i");
    for _ in 0..40 {
        office.keys("'word '");
    }
    assert!(!office.saved().is_empty());
}

#[test]
fn a_save_that_fails_says_so_and_is_tried_again() {
    let mut office = Office::new(80, 24);
    office.trouble = Some(Trouble::operator("the disk is full"));
    office.keys("r 'Hello'").wait(2_000);
    office.sees("not saved: the disk is full");
    office.trouble = None;
    office.wait(6_000);
    office.sees("saved 14:00").sees_no("not saved");
    assert!(office.only_draft().content.body.starts_with("Hello"));
}

#[test]
fn keys_that_came_before_the_draft_are_text() {
    let mut office = Office::new(80, 24);
    office.silent = true;
    office.keys("r 'eager' space 'hand'");
    office.sees("Opening the draft");
    office.silent = false;
    office.answer();
    office.wait(2_000);
    assert!(office.only_draft().content.body.starts_with("eager hand\n"));
}

#[test]
fn esc_before_the_draft_has_come_opens_nothing_later() {
    let mut office = Office::new(80, 24);
    office.silent = true;
    office.keys("r esc");
    office.silent = false;
    office.answer();
    office.sees_no("Reply #1042");
}

#[test]
fn cyrillic_and_everything_else_that_is_typed_stays_text() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Привіт, Олено! :?qjr' enter 'до побачення'");
    office.sees("Привіт, Олено! :?qjr").sees("до побачення");
}

#[test]
fn one_backspace_takes_a_family() {
    let mut office = Office::new(80, 24);
    office.event(Event::Tick(office.now()));
    office.keys("i 'so'");
    office.event(Event::Paste("👨‍👩‍👧‍👦".into()));
    office.keys("backspace").wait(2_000);
    assert_eq!(office.only_draft().content.body, "so");
    office.keys("ctrl-z").wait(2_000);
    assert_eq!(office.only_draft().content.body, "so👨‍👩‍👧‍👦");
    office.keys("ctrl-y").wait(2_000);
    assert_eq!(office.only_draft().content.body, "so");
}

#[test]
fn a_paste_brings_lines_and_no_control() {
    let mut office = Office::new(80, 24);
    office.keys("r");
    office.event(Event::Paste(
        "one\r\ntwo\u{1b}]0;owned\u{7}\u{1b}[31m red\r\n".into(),
    ));
    office.wait(2_000);
    assert!(
        office
            .only_draft()
            .content
            .body
            .starts_with("one\ntwo red\n\n\nOn 17")
    );
    office.keys("ctrl-t");
    office.event(Event::Paste(", bohdan@example.test\n".into()));
    office.wait(2_000);
    let to = &office.only_draft().content.to;
    assert_eq!(to.len(), 2);
    assert_eq!(to[1].address, "bohdan@example.test");
}

#[test]
fn people_are_offered_and_taken() {
    let mut office = Office::new(80, 24);
    office.keys("c 'ole'");
    assert_eq!(office.prefixes, ["ole"], "asked once, after the pause");
    office.sees("Olena Kovalenko").sees("Oleh Kravets");
    office.keys("down enter 'dm' tab tab tab tab 'Hi' enter 'text'");
    office.sees_no("Olena Kovalenko");
    office.wait(2_000);
    let content = &office.only_draft().content;
    let to: Vec<&str> = content.to.iter().map(|to| to.address.as_str()).collect();
    assert_eq!(to, ["oleh@example.test", "dmytro@example.test"]);
    assert_eq!(content.subject, "Hi");
    assert_eq!(content.body, "text");
}

#[test]
fn people_who_are_in_the_line_already_are_not_offered_again() {
    let mut office = Office::new(80, 24);
    office.keys("r ctrl-t end ', ole'");
    office.sees("Oleh Kravets");
    office.keys("esc").sees_no("Oleh Kravets");
    office.sees("Reply");
}

#[test]
fn a_wrong_address_is_marked_while_it_is_typed_and_never_lost() {
    let mut office = Office::new(80, 24);
    office.keys("r ctrl-t end ', bohdan.example'");
    office.sees("bohdan.example");
    office.keys("ctrl-s");
    assert!(office.sends().is_empty(), "it does not leave");
    office.wait(2_000);
    office.keys("esc r ctrl-t").sees("bohdan.example");
}

#[test]
fn files_are_attached_by_path_shown_with_size_and_removed() {
    let mut office = Office::new(80, 24);
    office.keys("r ctrl-o");
    office.sees("/home/anna/");
    office.keys("'price.pdf' enter");
    let read = office.desk.effects.iter().any(|effect| {
        matches!(effect, Effect::Files(FileWork::Read { path }) if path == "/home/anna/price.pdf")
    });
    assert!(read, "{:?}", office.desk.effects);
    office.event(Event::Files(FilesReport::Read {
        name: "price.pdf".into(),
        bytes: vec![7; 212_000],
    }));
    office.sees("price.pdf 212 kB");
    office.keys("alt-o enter");
    office.sees_no("price.pdf 212 kB");
    assert!(matches!(
        office.written.last(),
        Some(Write::Detach { index: 0, .. })
    ));
}

#[test]
fn the_own_editor_gets_the_text_and_gives_it_back() {
    let mut office = Office::new(80, 24);
    office.keys("r 'Hello' ctrl-e");
    let given = office.desk.effects.iter().find_map(|effect| match effect {
        Effect::RunEditor { text } => Some(text.clone()),
        _ => None,
    });
    assert!(given.unwrap().starts_with("Hello\n\nOn 17 Nov"));
    assert_eq!(
        office.saved().len(),
        1,
        "saved before the terminal is given away"
    );
    office.event(Event::EditorReturned(Err("the editor ended with 1".into())));
    office.sees("Hello");
    office.event(Event::EditorReturned(Ok("From outside\n".into())));
    office.wait(2_000);
    assert_eq!(office.only_draft().content.body, "From outside");
}

#[test]
fn the_signature_is_changed_with_a_key() {
    let mut office = Office::new(80, 24);
    office.keys("r").sees("Best regards");
    office.keys("ctrl-g").sees_no("Best regards");
    office.keys("ctrl-g").wait(2_000);
    assert_eq!(office.only_draft().content.signature, None);
    office.keys("ctrl-g").sees("Best regards");
    office.wait(2_000);
    assert_eq!(office.only_draft().content.signature, Some(SignatureId(1)));
}

#[test]
fn the_sender_is_changed_with_a_key() {
    let mut office = Office::new(80, 24);
    office.keys("r").sees("support →");
    office.keys("alt-m 'sales' enter").sees("sales →");
}

#[test]
fn a_signature_is_chosen_from_all_that_fit() {
    let mut office = Office::new(80, 24);
    office.keys("r").sees("Best regards");
    office.keys("alt-g").sees("without a signature");
    office.keys("'without' enter").sees_no("Best regards");
    office.wait(2_000);
    assert_eq!(office.only_draft().content.signature, None);
}

#[test]
fn html_that_is_pasted_is_markdown_until_it_is_undone() {
    let mut office = Office::new(80, 24);
    office.keys("r");
    let html = "<p>See <a href=\"https://acme.example\">our <b>page</b></a></p>";
    office.event(Event::Paste(html.into()));
    office.sees("HTML was pasted as Markdown").wait(2_000);
    let body = &office.only_draft().content.body;
    assert!(
        body.starts_with("See [our **page**](https://acme.example"),
        "{body}"
    );
    office.keys("ctrl-z").wait(2_000);
    let body = &office.only_draft().content.body;
    assert!(body.starts_with(html), "{body}");
}
