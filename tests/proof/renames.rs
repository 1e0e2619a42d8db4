//! Folders that are renamed on a server that has ids for them (RFC 8474): the ledger goes with the folder.

use super::places::connect_imap;
use super::tokens::every_token_once;
use crate::journeys::office::letter;
use crate::support::model_imap::{Kind, ModelImap};
use crate::support::program::Home;

fn deliver(server: &ModelImap, folder: &str, token: usize) {
    server.deliver(
        folder,
        &letter(&format!("token-{token}"), &format!("Matter {token}")),
    );
}

fn rename(server: &ModelImap, from: &str, to: &str) {
    let mut mail = server.mail();
    let folder = mail.folders.remove(from).unwrap();
    mail.folders.insert(to.to_owned(), folder);
}

/// What is asked of the server by one look.
fn asked(server: &ModelImap, home: &Home) -> Vec<String> {
    server.mail().asked.clear();
    home.run(&["sync", "--once"]).done();
    server.mail().asked.clone()
}

fn bodies(asked: &[String]) -> Vec<&String> {
    let fetches = asked.iter();
    fetches
        .filter(|asked| asked.contains("BODY.PEEK"))
        .collect()
}

fn set(home: &Home, words: &[&str]) {
    let words = [&["mailbox", "set", "support", "--no-check"], words].concat();
    home.run(&words).done();
}

fn notes(home: &Home) -> String {
    home.json(&["mailbox", "status", "support"])["troubles"].to_string()
}

#[test]
fn a_renamed_folder_keeps_its_ledger_where_the_server_has_ids_for_folders() {
    let server = ModelImap::start(Kind::Able, &["INBOX", "Sales"]);
    let home = connect_imap(&server);
    for token in 0..4 {
        deliver(&server, ["INBOX", "Sales"][token % 2], token);
    }
    home.run(&["sync", "--once"]).done();
    rename(&server, "Sales", "Verkauf");
    let looked = asked(&server, &home);
    assert_eq!(bodies(&looked), Vec::<&String>::new());
    deliver(&server, "Verkauf", 4);
    let looked = asked(&server, &home);
    assert_eq!(bodies(&looked).len(), 1, "{looked:?}");
    every_token_once(&home, 5);
    // Nothing new costs no command more than on a server without ids.
    let quiet = asked(&server, &home);
    let commands: Vec<&str> = quiet
        .iter()
        .filter_map(|asked| asked.split(' ').next())
        .collect();
    assert_eq!(
        commands,
        [
            "CAPABILITY",
            "LIST",
            "ENABLE",
            "EXAMINE",
            "EXAMINE",
            "LOGOUT"
        ],
        "{quiet:?}"
    );
}

#[test]
fn a_chosen_folder_is_followed_to_its_new_name_and_the_admin_is_told() {
    let server = ModelImap::start(Kind::Able, &["INBOX", "Sales", "Other"]);
    let home = connect_imap(&server);
    set(&home, &["--folder", "INBOX", "--folder", "Sales"]);
    deliver(&server, "Sales", 0);
    home.run(&["sync", "--once"]).done();
    rename(&server, "Sales", "Verkauf");
    deliver(&server, "Verkauf", 1);
    let looked = asked(&server, &home);
    assert_eq!(bodies(&looked).len(), 1, "{looked:?}");
    every_token_once(&home, 2);
    let told = notes(&home);
    assert!(told.contains("Sales") && told.contains("Verkauf"), "{told}");
    // It is known from then on, and the others are not asked about it again.
    deliver(&server, "Verkauf", 2);
    let looked = asked(&server, &home);
    assert!(!looked.join("\n").contains("STATUS"), "{looked:?}");
    every_token_once(&home, 3);
    set(&home, &["--folder", "INBOX", "--folder", "Verkauf"]);
    deliver(&server, "Verkauf", 3);
    let looked = asked(&server, &home);
    assert_eq!(bodies(&looked).len(), 1, "{looked:?}");
    assert_eq!(notes(&home), "[]");
    every_token_once(&home, 4);
}

#[test]
fn a_new_folder_under_an_old_name_is_another_whatever_its_numbers_say() {
    let server = ModelImap::start(Kind::Able, &["INBOX", "Sales"]);
    let home = connect_imap(&server);
    deliver(&server, "Sales", 0);
    home.run(&["sync", "--once"]).done();
    rename(&server, "Sales", "Sales 2025");
    {
        // The same UIDVALIDITY and the same UID: only the id says that it is another folder.
        let other = ModelImap::start(Kind::Able, &["INBOX", "Sales"]);
        let mut folder = other.mail().folders.remove("Sales").unwrap();
        folder.id = "F-another".to_owned();
        server.mail().folders.insert("Sales".to_owned(), folder);
    }
    deliver(&server, "Sales", 1);
    deliver(&server, "Sales 2025", 2);
    for _ in 0..2 {
        home.run(&["sync", "--once"]).done();
    }
    every_token_once(&home, 3);
}
