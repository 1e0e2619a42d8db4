use rusqlite::Connection;

use super::*;
use crate::domain::trouble::Whose;
use crate::store::Store;

fn refusal(path: &Path) -> Trouble {
    match SqliteStore::open(path, OpenOptions::default()) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(trouble) => trouble,
    }
}

#[test]
fn a_new_store_has_a_key_and_the_usual_views() {
    let desk = Desk::new();
    read(&desk.store, |snapshot| {
        assert_eq!(snapshot.fact(MESSAGE_ID_KEY)?.unwrap().len(), 32);
        let views = snapshot.views()?;
        let names: Vec<_> = views.iter().map(|view| view.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Mine",
                "Unassigned",
                "All open",
                "Waiting",
                "Overdue",
                "Snoozed",
                "Closed"
            ]
        );
        Ok(())
    })
    .unwrap();
    let other = Desk::new();
    let key = |desk: &Desk| read(&desk.store, |snapshot| snapshot.fact(MESSAGE_ID_KEY)).unwrap();
    assert_ne!(key(&desk), key(&other));
}

#[test]
fn every_file_of_a_store_in_use_is_private() {
    let desk = Desk::new();
    desk.mail(1, "a@b.test", "s", "t");
    let path = desk.store.path();
    for suffix in ["", "-wal", "-shm", "-lock"] {
        let file = place::with_suffix(path, suffix);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.display());
    }
}

#[test]
fn a_store_keeps_what_it_has_when_it_is_opened_again() {
    let Desk { home, store, .. } = Desk::new();
    let path = store.path().to_owned();
    let key = read(&store, |snapshot| snapshot.fact(MESSAGE_ID_KEY)).unwrap();
    drop(store);
    let again = SqliteStore::open(&path, OpenOptions::default()).unwrap();
    assert_eq!(
        read(&again, |snapshot| snapshot.fact(MESSAGE_ID_KEY)).unwrap(),
        key
    );
    assert_eq!(read(&again, |s| Ok(s.views()?.len())).unwrap(), 7);
    drop(home);
}

#[test]
fn what_is_not_our_store_is_refused_and_left_alone() {
    let home = private_home();
    let text = home.path().join("letter.db");
    std::fs::write(&text, "Dear Sir or Madam, ".repeat(100)).unwrap();
    std::fs::set_permissions(&text, std::fs::Permissions::from_mode(0o600)).unwrap();
    let trouble = refusal(&text);
    assert_eq!(trouble.whose, Whose::Operator);
    assert!(
        trouble.what.contains("not a Ticketty database"),
        "{trouble}"
    );

    let foreign = home.path().join("foreign.db");
    place::create_private(&foreign).unwrap();
    let conn = Connection::open(&foreign).unwrap();
    conn.execute_batch("CREATE TABLE songs (title TEXT)")
        .unwrap();
    drop(conn);
    let before = std::fs::read(&foreign).unwrap();
    assert!(refusal(&foreign).what.contains("not a Ticketty database"));
    assert_eq!(std::fs::read(&foreign).unwrap(), before);
}

#[test]
fn a_store_of_a_newer_program_is_refused_with_its_version() {
    let Desk { home, store, .. } = Desk::new();
    let path = store.path().to_owned();
    drop(store);
    let conn = Connection::open(&path).unwrap();
    conn.pragma_update(None, "user_version", 77).unwrap();
    drop(conn);
    let trouble = refusal(&path);
    assert!(trouble.what.contains("version 77"), "{trouble}");
    drop(home);
}

#[test]
fn a_missing_store_is_not_made_where_it_must_exist() {
    let home = private_home();
    let path = home.path().join("none.db");
    let options = OpenOptions {
        must_exist: true,
        ..OpenOptions::default()
    };
    assert!(SqliteStore::open(&path, options).is_err());
    assert!(!path.exists());
}

#[test]
fn a_damaged_store_is_told_after_an_unclean_stop() {
    let Desk { home, store, .. } = Desk::new();
    for second in 0..40 {
        write(&store, |tx| {
            tx.set_fact(&format!("fact {second}"), &[7; 3000])
        })
        .unwrap();
    }
    let path = store.path().to_owned();
    drop(store);
    let mut bytes = std::fs::read(&path).unwrap();
    let length = bytes.len();
    for byte in &mut bytes[length / 3..] {
        *byte = 0xaa;
    }
    std::fs::write(&path, bytes).unwrap();
    // A log that was left behind is the sign of an unclean stop.
    std::fs::write(place::with_suffix(&path, "-wal"), [0; 64]).unwrap();
    let wal = place::with_suffix(&path, "-wal");
    std::fs::set_permissions(wal, std::fs::Permissions::from_mode(0o600)).unwrap();
    // So much is gone that nothing can be read.
    let trouble = refusal(&path);
    assert_eq!(trouble.whose, Whose::Operator);
    assert!(trouble.what.contains("damaged"), "{trouble}");
    assert!(trouble.hint.unwrap().contains("restore"));
    drop(home);
}

#[test]
fn commits_of_another_process_are_noticed() {
    let desk = Desk::new();
    let first = desk.store.change_counter().unwrap();
    assert_eq!(desk.store.change_counter().unwrap(), first);
    desk.mail(1, "a@b.test", "s", "t");
    let second = desk.store.change_counter().unwrap();
    assert_ne!(second, first);
    let other = SqliteStore::open(desk.store.path(), OpenOptions::default()).unwrap();
    write(&other, |tx| tx.set_fact("from elsewhere", &[1])).unwrap();
    assert_ne!(desk.store.change_counter().unwrap(), second);
}

#[test]
fn a_write_inside_a_write_is_told_and_not_waited_for_without_end() {
    let desk = Desk::new();
    let mut store = desk.store;
    store.writer = Pool::new(1, Duration::from_millis(30), "the one writer");
    let trouble = write(&store, |_| write(&store, |tx| tx.set_fact("inner", &[1]))).unwrap_err();
    assert_eq!(trouble.whose, Whose::Bug);
    assert_eq!(read(&store, |s| s.fact("inner")).unwrap(), None);
}

#[test]
fn a_full_disk_is_the_operators_move_and_reading_goes_on() {
    let desk = Desk::new();
    let (number, _) = desk.mail(1, "a@b.test", "Before", "t");
    let limited = desk.store.writer.lend(
        || desk.store.connect(true),
        |conn| {
            let pages: i64 = conn
                .pragma_query_value(None, "page_count", |row| row.get(0))
                .unwrap();
            conn.pragma_update(None, "max_page_count", pages + 2)
                .unwrap();
            (Ok(()), Keep::Yes)
        },
    );
    limited.unwrap();
    let trouble = write(&desk.store, |tx| tx.set_fact("large", &[1; 400_000])).unwrap_err();
    assert_eq!(trouble.whose, Whose::Operator);
    assert!(trouble.what.contains("full"), "{trouble}");
    assert!(trouble.hint.unwrap().contains("KiB are free"));
    let ticket = read(&desk.store, |snapshot| snapshot.ticket(number)).unwrap();
    assert_eq!(ticket.unwrap().subject, "Before");
    write(&desk.store, |tx| tx.set_fact("small", &[1])).unwrap();
}

#[test]
fn a_snapshot_cannot_write() {
    let desk = Desk::new();
    let refused = desk
        .store
        .snapshot(|session| session.run(|session| session.exec("DELETE FROM fact", [])));
    assert!(refused.is_err());
    assert!(
        read(&desk.store, |s| s.fact(MESSAGE_ID_KEY))
            .unwrap()
            .is_some()
    );
}

/// What a process does that files mail: one transaction after the other, with hardly a moment between them.
fn hold_without_rest(path: &Path, is_over: &std::sync::atomic::AtomicBool) {
    let conn = Connection::open(path).unwrap();
    conn.busy_timeout(std::time::Duration::from_secs(20))
        .unwrap();
    while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
        conn.execute_batch("BEGIN IMMEDIATE").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(30));
        conn.execute_batch("COMMIT").unwrap();
        // As long as it takes to hand over the next batch.
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

#[test]
fn a_process_that_files_without_rest_keeps_no_other_out() {
    let desk = Desk::new();
    let path = desk.store.path().to_owned();
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| hold_without_rest(&path, &is_over));
        for n in 0..10 {
            let name = format!("fact {n}");
            write(&desk.store, |store| store.set_fact(&name, b"kept")).unwrap();
        }
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let kept = read(&desk.store, |store| store.fact("fact 9")).unwrap();
    assert_eq!(kept.unwrap(), b"kept");
}
