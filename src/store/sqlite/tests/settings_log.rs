//! The log of settings, and how a store of the first schema comes by it.

use rusqlite::Connection;

use super::*;
use crate::domain::audit::{Author, Difference, Origin, SettingChange, Subject, SubjectKind, Way};
use crate::domain::ids::ChangeId;
use crate::store::AuditWindow;

fn author(second: i64) -> Author {
    Author {
        at: at(second),
        actor: Actor::Operator(OperatorId(1)),
        origin: Origin {
            way: Way::Command("mailbox set".into()),
            user: "anna".into(),
            host: "desk".into(),
            terminal: Some("/dev/pts/3".into()),
            ssh_client: Some("192.0.2.7".into()),
        },
    }
}

fn login_changed(second: i64, old: &str, new: &str) -> SettingChange {
    author(second).changed(
        Subject::new(SubjectKind::Mailbox, 1, "support"),
        Difference::new("login", old.to_owned(), new.to_owned()),
    )
}

fn record(store: &SqliteStore, change: &SettingChange) -> ChangeId {
    write(store, |tx| tx.record_setting(change)).unwrap()
}

fn all(store: &SqliteStore, window: AuditWindow) -> Vec<(ChangeId, SettingChange)> {
    read(store, |snapshot| {
        snapshot.setting_changes(window, &mut |_| true)
    })
    .unwrap()
}

fn first(limit: usize) -> AuditWindow {
    AuditWindow {
        limit,
        ..AuditWindow::default()
    }
}

#[test]
fn a_change_comes_back_as_it_was_recorded() {
    let desk = Desk::new();
    let by_hand = login_changed(1, "anna", "anna@acme.test");
    let by_itself = SettingChange {
        actor: Actor::System,
        origin: Origin {
            way: Way::ConfigFile,
            ..Origin::default()
        },
        about: Subject::new(SubjectKind::Config, None, "/etc/ticketty.toml"),
        old: None,
        ..login_changed(2, "", "debug")
    };
    let ids = [
        record(&desk.store, &by_hand),
        record(&desk.store, &by_itself),
    ];
    assert_eq!(
        all(&desk.store, first(10)),
        [(ids[1], by_itself), (ids[0], by_hand)],
        "the newest first"
    );
}

#[test]
fn a_long_log_is_walked_in_pages() {
    let desk = Desk::new();
    for second in 0..50 {
        record(
            &desk.store,
            &login_changed(second, "a", &second.to_string()),
        );
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = all(&desk.store, AuditWindow { before, ..first(7) });
        let Some((last, _)) = page.last() else { break };
        before = Some(*last);
        seen.extend(page.into_iter().filter_map(|(_, change)| change.new));
    }
    let expected: Vec<String> = (0..50)
        .rev()
        .map(|second: i64| second.to_string())
        .collect();
    assert_eq!(seen, expected);

    let mut looked = 0;
    let odd = read(&desk.store, |snapshot| {
        snapshot.setting_changes(first(3), &mut |change| {
            looked += 1;
            change.new.as_deref().is_some_and(|new| new.ends_with('1'))
        })
    })
    .unwrap();
    assert_eq!(odd.len(), 3);
    assert_eq!(looked, 29, "nothing is looked at after the last one wanted");
}

#[test]
fn the_log_can_be_asked_for_a_stretch_of_time() {
    let desk = Desk::new();
    for second in 0..5 {
        record(
            &desk.store,
            &login_changed(second, "a", &second.to_string()),
        );
    }
    let window = AuditWindow {
        since: Some(at(1)),
        until: Some(at(4)),
        ..first(10)
    };
    let seen: Vec<_> = all(&desk.store, window)
        .into_iter()
        .filter_map(|(_, change)| change.new)
        .collect();
    assert_eq!(seen, ["3", "2", "1"]);
}

#[test]
fn a_change_of_a_step_that_failed_is_not_in_the_log() {
    let desk = Desk::new();
    let failed = write(&desk.store, |tx| {
        tx.record_setting(&login_changed(1, "a", "b"))?;
        Err::<(), _>(Trouble::operator("the disk is full"))
    });
    assert!(failed.is_err());
    assert_eq!(all(&desk.store, first(10)), []);
}

/// A store as the first release made it, with a mailbox in it.
fn store_of_version_1(path: &Path) {
    place::create_private(path).unwrap();
    let mut conn = Connection::open(path).unwrap();
    migrate::upgrade(&mut conn, path, 1).unwrap();
    let session = Session::new(&conn, path);
    session
        .exec(
            "INSERT INTO mailbox (account, name_key, address_key, name, settings, enabled, removed, connected_at)
             VALUES ('imap', 'support', 'support@acme.test', 'support', $1, 1, 0, 0)",
            [session::json(&settings("support")).unwrap()],
        )
        .unwrap();
    session
        .exec(
            "INSERT INTO fact (name, value) VALUES ('old', $1)",
            [[1_u8, 2, 3].as_slice()],
        )
        .unwrap();
}

fn version_of(path: &Path) -> i64 {
    Connection::open(path)
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

#[test]
fn a_store_of_the_first_schema_is_carried_over_with_all_it_holds() {
    let home = private_home();
    let path = home.path().join("old.db");
    store_of_version_1(&path);
    assert_eq!(version_of(&path), 1);

    let store = SqliteStore::open(&path, OpenOptions::default()).unwrap();
    assert_eq!(version_of(&path), 4);
    let mailboxes = read(&store, |snapshot| snapshot.mailboxes()).unwrap();
    assert_eq!(mailboxes[0].settings, settings("support"));
    assert_eq!(
        read(&store, |snapshot| snapshot.fact("old")).unwrap(),
        Some(vec![1, 2, 3])
    );
    assert_eq!(read(&store, |s| Ok(s.views()?.len())).unwrap(), 7);
    let change = login_changed(1, "a", "b");
    record(&store, &change);
    assert_eq!(all(&store, first(10)).len(), 1);
    let findings = store.examine().unwrap();
    assert!(findings.iter().all(|finding| finding.ok), "{findings:?}");

    let copy = home.path().join("old.db.before-upgrade-from-v1");
    assert_eq!(version_of(&copy), 1, "what was there before is kept");
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
    drop(store);

    let before = std::fs::metadata(&copy).unwrap().modified().unwrap();
    let again = SqliteStore::open(&path, OpenOptions::default()).unwrap();
    assert_eq!(all(&again, first(10)).len(), 1);
    let after = std::fs::metadata(&copy).unwrap().modified().unwrap();
    assert_eq!(before, after, "an upgrade happens once");
}

#[test]
fn a_backup_of_the_first_schema_is_restored_without_leavings() {
    let home = private_home();
    let (backup, target) = (home.path().join("backup.db"), home.path().join("new.db"));
    store_of_version_1(&backup);
    SqliteStore::restore(&backup, &target, false, at(5)).unwrap();
    let store = SqliteStore::open(&target, OpenOptions::default()).unwrap();
    let mailboxes = read(&store, |snapshot| snapshot.mailboxes()).unwrap();
    assert_eq!(mailboxes.len(), 1);
    assert_eq!(all(&store, first(10)), []);
    let copies = std::fs::read_dir(home.path())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.contains("before-upgrade"))
        .count();
    assert_eq!(copies, 0, "the backup is the copy");
}
