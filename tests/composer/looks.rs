//! What writing looks like.

use ticketty::app::event::{Event, FilesReport};
use ticketty::domain::clean::Clean;

use crate::support::compose_desk::Office;

#[track_caller]
fn looks(name: &str, keys: &str) {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut office = Office::new(width, height);
        office.keys(keys);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), office.desk.screen());
    }
}

#[test]
fn a_reply_stands_under_its_thread() {
    looks(
        "reply",
        "r 'Hello Olena,' enter enter 'thank you for telling us.'",
    );
}

#[test]
fn a_note_is_unmistakable() {
    looks("note", "i 'Known since release 4.2.'");
}

#[test]
fn people_are_offered_below_the_line() {
    looks("completion", "c 'ole'");
}

#[test]
fn a_grown_composer_has_the_whole_screen() {
    looks("full", "r 'Hello' ctrl-f");
}

#[test]
fn a_path_is_asked_for() {
    looks("attach", "r 'Hello' ctrl-o 'pri'");
}

#[test]
fn addresses_are_marked() {
    looks("addresses", "r 'Hello' ctrl-t tab 'bohdan@'");
}

#[test]
fn warnings_stand_before_the_text_leaves() {
    for (width, height) in [(40, 12), (80, 24), (140, 40)] {
        let mut office = Office::new(width, height);
        office.warnings = vec![
            Clean::line(
                "the answer goes to boss@example.test, but the mail came from olena@example.test",
            ),
            Clean::line("a newer mail has come in than the one you answer"),
        ];
        office.keys("r 'Hello'");
        office.event(Event::Files(FilesReport::Read {
            name: "Preisliste 2026 発票.pdf".into(),
            bytes: vec![0; 1_300_000],
        }));
        office.keys("ctrl-s");
        insta::assert_snapshot!(format!("warnings_{width}x{height}"), office.desk.screen());
    }
}

#[test]
fn it_works_in_the_smallest_terminal() {
    let mut office = Office::new(40, 12);
    office.keys("r 'Hello Olena, thank you for telling us about the login.'");
    insta::assert_snapshot!("reply_40x12", office.desk.screen());
    office.keys("ctrl-t");
    insta::assert_snapshot!("addresses_40x12", office.desk.screen());
}
