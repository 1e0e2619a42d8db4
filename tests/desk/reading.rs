//! Reading a ticket: folds, links, files, and what stands behind a message.

use ticketty::app::event::{Effect, FileWork, FilesReport};
use ticketty::bridge::{Change, Request};
use ticketty::domain::decide::Action;

use crate::support::desk::Desk;

#[test]
fn opening_reads_and_counts_down() {
    let mut desk = Desk::new(80, 24);
    desk.keys("enter").sees("sending in 8 s · u takes it back");
    assert!(desk.asked.iter().any(|request| matches!(
        request,
        Request::Change(Change::Act {
            action: Action::SetUnread(false),
            ..
        })
    )));
    desk.wait(3_000).sees("sending in 5 s");
}

#[test]
fn quotes_unfold_on_the_message_under_the_cursor() {
    let mut desk = Desk::new(140, 40);
    desk.keys("enter N N").sees("▸ 4 quoted lines (o)");
    desk.keys("o")
        .sees("▾ 4 quoted lines")
        .sees("> Please log in again.");
    desk.keys("o").sees_no("> Please log in again.");
    desk.keys("N");
    assert_eq!(desk.status(), "this is the first message");
}

#[test]
fn notes_are_unmistakable() {
    let mut desk = Desk::new(80, 24);
    desk.keys("enter").sees("┆ note  Bohdan");
}

#[test]
fn links_are_numbered_and_opened() {
    let mut desk = Desk::new(140, 40);
    desk.keys("enter").sees("incidents/42‹1›").keys("l enter");
    assert!(desk.effects.contains(&Effect::Files(FileWork::OpenLink {
        address: "https://status.acme.example/incidents/42".into()
    })));
}

#[test]
fn over_ssh_links_are_copied_and_files_are_not_opened() {
    let mut desk = Desk::new(140, 40);
    desk.app.surroundings.over_ssh = true;
    desk.keys("enter l enter");
    assert_eq!(
        desk.copied()[0].as_str(),
        "https://status.acme.example/incidents/42"
    );
    desk.keys("v enter");
    assert!(desk.status().contains("over SSH"), "{}", desk.status());
}

#[test]
fn an_attachment_is_saved_under_a_free_name() {
    let mut desk = Desk::new(80, 24);
    desk.keys("enter v").sees("screenshot.png").keys("s enter");
    assert!(desk.effects.contains(&Effect::Files(FileWork::Write {
        directory: "/home/anna/".into(),
        name: "screenshot.png".into(),
        bytes: b"png".to_vec(),
    })));
    desk.files(FilesReport::Written {
        path: "/home/anna/screenshot (2).png".into(),
    });
    assert_eq!(desk.status(), "saved as /home/anna/screenshot (2).png");
}

#[test]
fn what_stands_behind_a_message_is_one_key_away() {
    let mut desk = Desk::new(80, 24);
    desk.keys("enter N N R").sees("From: Olena").keys("esc");
    desk.keys("w")
        .sees("Nothing in it points to a ticket")
        .keys("esc");
    desk.keys("h")
        .sees("Ticketty opened the ticket")
        .keys("esc");
    desk.keys("y").sees("the customer's address").keys("enter");
    assert_eq!(desk.copied()[0].as_str(), "olena@example.test");
}
