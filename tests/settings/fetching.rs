//! What is fetched: by itself or by hand, from which folders, how far back.

use ticketty::bridge::{ConnectRequest, FolderLine, PeriodCount, Request};
use ticketty::domain::folder::FolderRole;
use ticketty::domain::mailbox::*;

use super::engine::Bench;
use crate::support::desk::World;

fn folder(name: &str, role: FolderRole, mails: u32) -> FolderLine {
    FolderLine {
        name: name.to_owned(),
        delimiter: Some('/'),
        role,
        selectable: true,
        mails: Some(mails),
    }
}

/// A form with its section about fetching unfolded, on a server with a tree of folders.
fn unfolded() -> Bench {
    let mut bench = Bench::empty(80, 24);
    bench.folders = vec![
        folder("Projects/Two", FolderRole::Other, 7),
        folder("Projects", FolderRole::Other, 12),
        folder("Sent", FolderRole::Sent, 842),
        folder("INBOX", FolderRole::Inbox, 3_210),
        folder("Projects/One", FolderRole::Other, 1_204),
    ];
    bench.counts = FirstSync::ALL
        .into_iter()
        .zip([3, 40, 160, 1_204, 5_000, 12_345])
        .map(|(period, mails)| PeriodCount { period, mails })
        .collect();
    bench.keys("M 'anna@gmail.com' enter 'x' esc");
    go_to(&mut bench, "fetching");
    bench.keys("space");
    bench
}

/// Moves to a field as a person would: up to the first, then down until it is there.
fn go_to(bench: &mut Bench, name: &str) {
    bench.keys(&"up ".repeat(40));
    for _ in 0..40 {
        let settings = bench.desk.app.settings_mut().unwrap();
        let face = settings.open.as_ref().unwrap().face();
        if face.name(face.focus()) == name {
            return;
        }
        bench.keys("down");
    }
    panic!("there is no field {name}");
}

fn choose(bench: &mut Bench, option: &str) {
    bench.keys(&format!("enter '{option}' enter"));
}

#[test]
fn downloading_is_automatic_or_by_hand_and_then_nothing_is_looked_for() {
    let mut bench = unfolded();
    go_to(&mut bench, "poll-seconds");
    bench.desk.sees("Look every");
    go_to(&mut bench, "download");
    bench.desk.sees("automatic");
    bench.keys("space");
    bench.desk.sees("by hand").sees_no("Look every");
    bench.keys("s");
    assert_eq!(bench.last_put().0.watch.download, Download::ByHand);
}

#[test]
fn folders_are_chosen_from_the_servers_own_list_with_their_counts() {
    let mut bench = unfolded();
    go_to(&mut bench, "folders");
    choose(&mut bench, "these");
    go_to(&mut bench, "folder-list");
    bench.keys("enter");
    bench
        .desk
        .sees("Folders to read")
        .sees("✔ INBOX")
        .sees("3,210")
        .sees("always read")
        .sees("1,204");
    insta::assert_snapshot!("folders_80", bench.desk.screen());
    let bar = bench.desk.screen().lines().last().unwrap().to_owned();
    assert!(bar.contains("space choose"), "{bar}");
    assert!(bar.contains("+ with subfolders"), "{bar}");
    bench.keys("j space enter");
    bench.keys("s");
    assert_eq!(
        bench.last_put().0.folders,
        FolderChoice::Chosen(vec![
            ChosenFolder::alone("INBOX"),
            ChosenFolder::alone("Projects")
        ])
    );
}

#[test]
fn a_parent_brings_its_subfolders_only_where_that_is_said() {
    let mut bench = unfolded();
    go_to(&mut bench, "folders");
    choose(&mut bench, "these");
    go_to(&mut bench, "folder-list");
    bench.keys("enter").keys("j space");
    bench
        .desk
        .sees("✔ Projects")
        .sees_no("with subfolders\n")
        .sees_no("by its parent");
    bench.keys("+");
    bench.desk.sees("✚ Projects").sees("by its parent");
    bench.keys("enter");
    bench.desk.sees("INBOX, Projects/**");
    bench.keys("s");
    let FolderChoice::Chosen(chosen) = bench.last_put().0.folders else {
        panic!("folders are chosen by name");
    };
    assert!(chosen[1].with_subfolders);
    assert!(chosen[1].means("Projects/Three", Some('/')), "made later");
}

#[test]
fn a_server_that_is_not_reached_lets_names_be_typed() {
    let mut bench = unfolded();
    bench.folders.clear();
    go_to(&mut bench, "folders");
    choose(&mut bench, "these");
    go_to(&mut bench, "folder-list");
    bench.keys("enter");
    bench.desk.sees("the mail server is not reached");
    bench.keys("ctrl-e ctrl-u 'INBOX, Work/**' enter s");
    assert_eq!(
        bench.last_put().0.folders,
        FolderChoice::Chosen(vec![
            ChosenFolder::alone("INBOX"),
            ChosenFolder::read("Work/**")
        ])
    );
}

#[test]
fn no_folder_at_all_is_refused_and_esc_changes_nothing() {
    let mut bench = unfolded();
    go_to(&mut bench, "folders");
    choose(&mut bench, "these");
    go_to(&mut bench, "folder-list");
    bench.keys("enter").keys("space enter");
    assert!(bench.desk.status().contains("no folder is chosen"));
    bench.keys("esc");
    bench.desk.sees("INBOX").sees_no("Folders to read");
}

#[test]
fn how_far_back_is_chosen_with_the_number_of_mails_before_it_starts() {
    let mut bench = unfolded();
    bench.keys("c");
    let counted = bench.desk.asked.iter().any(|request| {
        matches!(
            request,
            Request::Connect(ConnectRequest::CountPeriods { .. })
        )
    });
    assert!(counted, "the server is asked once it was reached");
    bench.keys("esc");
    go_to(&mut bench, "first-sync");
    bench.desk.sees("of the last month · 160 mails");
    bench.keys("enter");
    for words in [
        "of the last day · 3 mails",
        "of the last week · 40 mails",
        "of the last 3 months · 1,204 mails",
        "of the last year · 5,000 mails",
        "all there is · 12,345 mails",
    ] {
        bench.desk.sees(words);
    }
    bench.keys("'week' enter s");
    assert_eq!(bench.last_put().0.first_sync, FirstSync::Week);
}

#[test]
fn keys_pressed_before_the_folders_came_are_not_lost() {
    let mut bench = unfolded();
    go_to(&mut bench, "folders");
    choose(&mut bench, "these");
    go_to(&mut bench, "folder-list");
    bench.ahead("enter down + enter");
    bench.desk.sees("asking the server …");
    bench.answer();
    bench.desk.sees("INBOX, Projects/**");
    bench.desk.sees_no("Folders to read");
}

#[test]
fn a_mailbox_that_is_fetched_by_hand_does_not_say_that_mail_comes_by_itself() {
    let mut world = World::usual();
    world.mailboxes[0].health = Health::Live;
    world.mailboxes[0].mailbox.settings.watch.download = Download::ByHand;
    let mut bench = Bench::with(140, 40, world);
    bench.keys(",");
    bench
        .desk
        .sees("f fetches new mail")
        .sees_no("comes by itself");
}

#[test]
fn the_checks_say_how_many_mails_come_before_enter_saves() {
    let mut bench = unfolded();
    bench.keys("c");
    bench
        .desk
        .sees("All is well: Enter saves. 160 mails come first.");
}
