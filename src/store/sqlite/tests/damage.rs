//! Stores whose files were harmed or taken away.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::store::Store;

/// A store that was closed, with much more in it than its first pages.
fn closed_store() -> (tempfile::TempDir, PathBuf) {
    let Desk { home, store, .. } = Desk::new();
    for number in 0..60 {
        write(&store, |tx| {
            tx.set_fact(&format!("fact {number}"), &[7; 3000])
        })
        .unwrap();
    }
    let path = store.path().to_owned();
    drop(store);
    (home, path)
}

/// Overwrites the last third of the file, where those facts are.
fn harm(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let length = bytes.len();
    bytes[length - length / 3..].fill(0xaa);
    fs::write(path, bytes).unwrap();
}

/// What is beside the store while it is in use.
fn left_in_use(path: &Path) {
    fs::write(place::with_suffix(path, "-lock"), "in use\n").unwrap();
}

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, OpenOptions::default()).unwrap()
}

#[test]
fn a_damaged_store_is_read_and_nothing_is_written_to_it() {
    let (_home, path) = closed_store();
    let whole = fs::read(&path).unwrap();
    harm(&path);
    left_in_use(&path);
    let before = fs::read(&path).unwrap();
    let store = open(&path);
    let damage = store.damage().expect("it was not noticed");
    assert!(
        damage.what.contains("is damaged and is only read"),
        "{damage}"
    );
    assert!(damage.hint.unwrap().contains("ticketty restore FILE"));
    assert_eq!(read(&store, |s| Ok(s.views()?.len())).unwrap(), 7);
    let refused = write(&store, |tx| tx.set_fact("more", &[1])).unwrap_err();
    assert!(refused.what.contains("is damaged"), "{refused}");
    // Who comes while it is open, and who comes afterwards, writes as little.
    let second = open(&path);
    assert!(second.damage().is_some());
    drop(second);
    drop(store);
    assert!(open(&path).damage().is_some());
    assert!(fs::read(&path).unwrap() == before, "it was written to");
    // Once it is whole again it is a store like any other.
    fs::write(&path, whole).unwrap();
    let store = open(&path);
    assert_eq!(store.damage(), None);
    write(&store, |tx| tx.set_fact("more", &[1])).unwrap();
    drop(store);
    assert!(!place::with_suffix(&path, "-damaged").exists());
}

#[test]
fn a_stop_is_unclean_whatever_of_its_files_was_taken_away() {
    let desk = Desk::new();
    desk.mail(1, "a@b.test", "s", "t");
    let files = ["", "-wal", "-shm", "-lock"];
    for taken in [&["-wal"][..], &["-shm"], &["-wal", "-shm"], &["-lock"], &[]] {
        let home = private_home();
        let path = home.path().join("ticketty.db");
        for suffix in files.iter().filter(|suffix| !taken.contains(suffix)) {
            let to = place::with_suffix(&path, suffix);
            fs::copy(place::with_suffix(desk.store.path(), suffix), &to).unwrap();
        }
        let (in_use, alone) = InUse::alone(&path).unwrap();
        assert!(
            alone && (in_use.stopped_uncleanly() || open::left_its_log(&path)),
            "{taken:?}"
        );
        drop(in_use);
        // What is in the file itself is whole, so it is opened and written to.
        let mut told = Vec::new();
        let opened =
            SqliteStore::open_telling(&path, OpenOptions::default(), &mut |look| told.push(look));
        if let Ok(store) = opened {
            assert_eq!(store.damage(), None, "{taken:?}");
            assert!(
                matches!(
                    told[..],
                    [LookThrough::Begins { bytes: 1.. }, LookThrough::Ends]
                ),
                "{taken:?}: {told:?}"
            );
            let findings = store.examine().unwrap();
            assert!(
                findings.iter().all(|finding| finding.ok),
                "{taken:?}: {findings:?}"
            );
            write(&store, |tx| tx.set_fact("more", &[1])).unwrap();
        } else {
            panic!("{taken:?} is refused");
        }
        // It was closed, and nothing says otherwise.
        let (in_use, _) = InUse::alone(&path).unwrap();
        assert!(
            !in_use.stopped_uncleanly() && !open::left_its_log(&path),
            "{taken:?}"
        );
        drop(in_use);
        told.clear();
        let opened =
            SqliteStore::open_telling(&path, OpenOptions::default(), &mut |look| told.push(look));
        assert!(opened.is_ok_and(|_| told.is_empty()), "{taken:?}: {told:?}");
    }
}

#[test]
fn a_look_finds_what_no_stop_announced() {
    let (_home, path) = closed_store();
    let store = open(&path);
    let never = || -> crate::store::IsOver { Box::new(|| false) };
    assert_eq!(store.look_through(never()).unwrap(), Some(Vec::new()));
    // Ended by whoever has other things to do.
    assert_eq!(store.look_through(Box::new(|| true)).unwrap(), None);
    drop(store);
    harm(&path);
    let store = open(&path);
    assert_eq!(
        store.damage(),
        None,
        "nobody looks through a store that was closed"
    );
    let found = store.look_through(never());
    assert!(
        found.is_err() || found.is_ok_and(|words| words.is_some_and(|words| !words.is_empty()))
    );
    assert!(store.damage().is_some());
    assert!(write(&store, |tx| tx.set_fact("still more", &[1])).is_err());
    assert_eq!(read(&store, |s| Ok(s.views()?.len())).unwrap(), 7);
}

#[test]
fn a_damaged_page_that_is_met_ends_all_writing() {
    let (_home, path) = closed_store();
    harm(&path);
    let store = open(&path);
    let met = (0..60).find_map(|number| read(&store, |s| s.fact(&format!("fact {number}"))).err());
    assert!(met.unwrap().what.contains("is damaged"));
    let refused = write(&store, |tx| tx.set_fact("more", &[1])).unwrap_err();
    assert!(refused.what.contains("is only read"), "{refused}");
}
