//! What a disk, a power cut and another program do to a store.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::*;

/// A copy of a store that is in use, with this much of its log, as a power cut would leave it.
fn after_a_power_cut(store: &SqliteStore, log: Option<usize>) -> (tempfile::TempDir, SqliteStore) {
    let home = private_home();
    let path = home.path().join("ticketty.db");
    let write = |path: &Path, bytes: &[u8]| {
        fs::write(path, bytes).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    write(&path, &fs::read(store.path()).unwrap());
    if let Some(length) = log {
        let whole = fs::read(place::with_suffix(store.path(), "-wal")).unwrap();
        write(&place::with_suffix(&path, "-wal"), &whole[..length]);
    }
    let opened = SqliteStore::open(&path, OpenOptions::default()).unwrap();
    (home, opened)
}

/// How many of the steps are there; every step writes its two facts or none.
fn whole_steps(store: &SqliteStore) -> usize {
    let fact = |name: String| read(store, |snapshot| snapshot.fact(&name)).unwrap();
    let mut count = 0;
    for step in 0..STEPS {
        let (first, second) = (
            fact(format!("{step} first")),
            fact(format!("{step} second")),
        );
        assert_eq!(
            first.is_some(),
            second.is_some(),
            "step {step} is half there"
        );
        if first.is_some() {
            assert_eq!(count, step, "a step is there without the one before");
            count += 1;
        }
    }
    count
}

const STEPS: usize = 12;

#[test]
fn a_power_cut_at_any_byte_of_the_log_leaves_whole_steps() {
    let desk = Desk::new();
    let log_path = place::with_suffix(desk.store.path(), "-wal");
    let mut acknowledged = Vec::new();
    for step in 0..STEPS {
        write(&desk.store, |tx| {
            tx.set_fact(&format!("{step} first"), &[1; 2000])?;
            tx.set_fact(&format!("{step} second"), &[2; 2000])
        })
        .unwrap();
        acknowledged.push(usize::try_from(fs::metadata(&log_path).unwrap().len()).unwrap());
    }
    let length = *acknowledged.last().unwrap();
    for cut in (0..length).step_by(3001).chain([length]) {
        let (_home, found) = after_a_power_cut(&desk.store, Some(cut));
        let due = acknowledged.iter().filter(|end| **end <= cut).count();
        assert!(whole_steps(&found) >= due, "cut at {cut} of {length}");
    }
    let (_home, found) = after_a_power_cut(&desk.store, Some(length));
    assert_eq!(whole_steps(&found), STEPS);
    // Somebody took the log away: what was in the file itself is there, and nothing is half there.
    let (_home, found) = after_a_power_cut(&desk.store, None);
    assert!(whole_steps(&found) < STEPS);
    let findings = found.examine().unwrap();
    assert!(findings.iter().all(|finding| finding.ok), "{findings:?}");
}

#[test]
fn every_commit_is_on_the_disk_before_it_is_acknowledged() {
    let desk = Desk::new();
    let (synchronous, journal) = desk
        .store
        .writer
        .lend(
            || desk.store.connect(true),
            |conn| {
                let level: i64 = conn
                    .pragma_query_value(None, "synchronous", |row| row.get(0))
                    .unwrap();
                let mode: String = conn
                    .pragma_query_value(None, "journal_mode", |row| row.get(0))
                    .unwrap();
                (Ok((level, mode)), Keep::Yes)
            },
        )
        .unwrap();
    // 2 is FULL: the log is synchronised with every commit.
    assert_eq!((synchronous, journal.as_str()), (2, "wal"));
}

#[test]
fn the_log_does_not_grow_without_end() {
    const MIB: usize = 1024 * 1024;
    let desk = Desk::new();
    for round in 0..48 {
        write(&desk.store, |tx| {
            tx.set_fact("large", &vec![round; 2 * MIB])
        })
        .unwrap();
    }
    let log = fs::metadata(place::with_suffix(desk.store.path(), "-wal")).unwrap();
    assert!(log.len() < 64 * MIB as u64, "{} bytes", log.len());
}

#[test]
fn another_program_that_writes_is_waited_for_and_then_told_of() {
    let desk = Desk::new();
    let other = Connection::open(desk.store.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    desk.store
        .writer
        .lend(
            || desk.store.connect(true),
            |conn| {
                conn.busy_timeout(std::time::Duration::from_millis(30))
                    .unwrap();
                (Ok(()), Keep::Yes)
            },
        )
        .unwrap();
    let trouble = write(&desk.store, |tx| tx.set_fact("mine", &[1])).unwrap_err();
    assert!(trouble.what.contains("another program holds"), "{trouble}");
    other.execute_batch("ROLLBACK").unwrap();
    write(&desk.store, |tx| tx.set_fact("mine", &[1])).unwrap();
}

#[test]
fn nothing_is_upgraded_under_a_program_that_has_it_open() {
    let home = private_home();
    let path = home.path().join("ticketty.db");
    place::prepare(&path).unwrap();
    let mut conn = open::connect(&path, 1024, true).unwrap();
    open::use_wal(&conn).unwrap();
    migrate::upgrade(&mut conn, &path, 1).unwrap();
    drop(conn);
    // The older program is open: it holds the lock as everybody does who uses the store.
    let (older, _) = InUse::alone(&path).unwrap();
    older.share().unwrap();
    let Err(trouble) = SqliteStore::open(&path, OpenOptions::default()) else {
        panic!("it was upgraded");
    };
    assert!(trouble.what.contains("older ticketty"), "{trouble}");
    let version = |path: &Path| -> i64 {
        let conn = Connection::open(path).unwrap();
        conn.pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap()
    };
    assert_eq!(version(&path), 1);
    drop(older);
    let newer = SqliteStore::open(&path, OpenOptions::default()).unwrap();
    assert_eq!(version(&path), migrate::newest());
    // Two of the same version share it.
    let second = SqliteStore::open(&path, OpenOptions::default()).unwrap();
    write(&newer, |tx| tx.set_fact("one", &[1])).unwrap();
    write(&second, |tx| tx.set_fact("two", &[2])).unwrap();
}

#[test]
fn the_library_is_new_enough_and_its_age_is_asked_for() {
    assert!(open::refuse_old_library().is_ok());
    assert!(rusqlite::version_number() >= 3_051_003);
}

impl SqliteStore {
    /// The next write that needs room finds none. The connection that takes the place of that one does.
    pub(crate) fn finds_the_disk_full(&self) {
        let limited = self.writer.lend(
            || self.connect(true),
            |conn| {
                let pages: i64 = conn
                    .pragma_query_value(None, "page_count", |row| row.get(0))
                    .unwrap();
                conn.pragma_update(None, "max_page_count", pages).unwrap();
                (Ok(()), Keep::Yes)
            },
        );
        limited.unwrap();
    }
}

#[test]
fn what_cannot_wait_takes_the_reserve_and_mail_does_not() {
    let desk = Desk::new();
    let reserve = place::with_suffix(desk.store.path(), "-reserve");
    desk.store.keep_reserve();
    assert!(reserve.exists(), "this disk has less than a reserve takes");
    let large = |tx: &mut dyn Write| tx.set_fact("large", &[1; 400_000]);
    desk.store.finds_the_disk_full();
    let waits = crate::store::write_where_room(&desk.store, large).unwrap_err();
    assert!(waits.what.contains("is full"), "{waits}");
    assert!(reserve.exists() && desk.store.shortage().is_none());
    desk.store.finds_the_disk_full();
    write(&desk.store, large).unwrap();
    assert!(!reserve.exists());
    let told = desk.store.shortage().unwrap();
    assert!(told.hint.unwrap().contains("KiB are wanted"));
    desk.store.keep_reserve();
    assert!(reserve.exists() && desk.store.shortage().is_none());
    // Without any, the disk is full.
    std::fs::remove_file(&reserve).unwrap();
    desk.store.finds_the_disk_full();
    let trouble = write(&desk.store, |tx| tx.set_fact("larger", &[1; 800_000])).unwrap_err();
    assert!(trouble.what.contains("is full"), "{trouble}");
}
