use super::*;
use crate::domain::ids::FolderId;
use crate::store::ledger::{Folder, FolderRole, FolderSight, LedgerAccount, LedgerRow, Outcome};

fn sight(mailbox: MailboxId, uid_validity: u32) -> FolderSight {
    FolderSight {
        mailbox,
        name: "INBOX".into(),
        wire_name: "INBOX".into(),
        role: FolderRole::Inbox,
        uid_validity,
        wanted_since: None,
    }
}

fn row(folder: FolderId, uid: u32, outcome: Outcome) -> LedgerRow {
    LedgerRow {
        folder,
        uid,
        outcome,
        content: Some(hash(b"mail")),
        size_bytes: 4,
        internal_date: Some(at(-5)),
        recorded_at: at(1),
    }
}

fn folder(desk: &Desk) -> Folder {
    write(&desk.store, |tx| tx.open_folder(&sight(desk.mailbox, 7))).unwrap()
}

fn cursor(desk: &Desk) -> u32 {
    read(&desk.store, |s| s.folders(desk.mailbox)).unwrap()[0].cursor
}

#[test]
fn a_listed_uid_is_a_hole_until_it_has_an_outcome() {
    let desk = Desk::new();
    let folder = folder(&desk).id;
    write(&desk.store, |tx| tx.list_uids(folder, &[3, 5, 9])).unwrap();
    assert_eq!(read(&desk.store, |s| s.holes(folder)).unwrap(), [9, 5, 3]);
    write(&desk.store, |tx| {
        tx.record(&[row(folder, 9, Outcome::Stored)])
    })
    .unwrap();
    assert_eq!(cursor(&desk), 0);
    write(&desk.store, |tx| {
        tx.record(&[row(folder, 3, Outcome::Stub)])
    })
    .unwrap();
    assert_eq!(cursor(&desk), 3);
    let words = Outcome::UnreadableOnServer {
        words: "NO [SERVERBUG]".into(),
    };
    write(&desk.store, |tx| {
        tx.record(&[row(folder, 5, words.clone())])
    })
    .unwrap();
    assert_eq!(cursor(&desk), 9);
    read(&desk.store, |s| {
        assert_eq!(s.holes(folder)?, Vec::<u32>::new());
        assert_eq!(s.known_uids(folder, 3)?, [5, 9]);
        assert_eq!(
            s.ledger_row(folder, 5)?,
            Some(row(folder, 5, words.clone()))
        );
        assert_eq!(s.ledger_row(folder, 4)?, None);
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_second_outcome_is_ignored_and_known_uids_make_no_holes() {
    let desk = Desk::new();
    let folder = folder(&desk).id;
    write(&desk.store, |tx| {
        tx.record(&[row(folder, 1, Outcome::Stored)])?;
        tx.record(&[row(folder, 1, Outcome::NotWanted)])?;
        tx.list_uids(folder, &[1, 1, 2])
    })
    .unwrap();
    let account = read(&desk.store, |s| s.ledger_account(desk.mailbox)).unwrap();
    let wanted = LedgerAccount {
        listed: 2,
        stored: 1,
        holes: 1,
        ..LedgerAccount::default()
    };
    assert_eq!(account, wanted);
}

#[test]
fn a_uid_that_is_listed_late_moves_the_cursor_back() {
    let desk = Desk::new();
    let folder = folder(&desk).id;
    write(&desk.store, |tx| {
        tx.list_uids(folder, &[10, 11])?;
        tx.record(&[
            row(folder, 10, Outcome::Stored),
            row(folder, 11, Outcome::Stored),
        ])
    })
    .unwrap();
    assert_eq!(cursor(&desk), 11);
    write(&desk.store, |tx| tx.list_uids(folder, &[4])).unwrap();
    assert_eq!(cursor(&desk), 0);
    write(&desk.store, |tx| {
        tx.record(&[row(folder, 4, Outcome::GoneBeforeFetch)])
    })
    .unwrap();
    assert_eq!(cursor(&desk), 11);
}

#[test]
fn an_earlier_generation_of_a_folder_is_recognised() {
    let desk = Desk::new();
    let first = folder(&desk);
    write(&desk.store, |tx| {
        tx.record(&[row(first.id, 1, Outcome::Stored)])
    })
    .unwrap();
    let second = write(&desk.store, |tx| tx.open_folder(&sight(desk.mailbox, 8))).unwrap();
    assert_ne!(second.id, first.id);
    assert_eq!(second.cursor, 0);
    let current = |desk: &Desk| {
        let folders = read(&desk.store, |s| s.folders(desk.mailbox)).unwrap();
        let current: Vec<_> = folders.into_iter().filter(|f| f.current).collect();
        assert_eq!(current.len(), 1);
        current[0].id
    };
    assert_eq!(current(&desk), second.id);
    let back = folder(&desk);
    assert_eq!((back.id, back.cursor), (first.id, 1));
    assert_eq!(current(&desk), first.id);
}

#[test]
fn a_removed_account_continues_when_it_is_added_again() {
    let desk = Desk::new();
    let folder = folder(&desk).id;
    write(&desk.store, |tx| {
        tx.record(&[row(folder, 1, Outcome::Stored)])?;
        tx.set_mailbox_state(desk.mailbox, false, true)
    })
    .unwrap();
    let other = write(&desk.store, |tx| {
        tx.put_mailbox(None, &settings("sales"), at(5))
    })
    .unwrap();
    assert_ne!(other, desk.mailbox);
    let again = write(&desk.store, |tx| {
        tx.put_mailbox(None, &settings("support"), at(6))
    })
    .unwrap();
    assert_eq!(again, desk.mailbox);
    read(&desk.store, |s| {
        let mailboxes = s.mailboxes()?;
        let mailbox = mailboxes.iter().find(|m| m.id == desk.mailbox).unwrap();
        assert!(mailbox.enabled && !mailbox.removed);
        assert_eq!(mailbox.connected_at, at(0));
        assert_eq!(mailbox.settings, settings("support"));
        assert_eq!(s.known_uids(folder, 0)?, [1]);
        Ok(())
    })
    .unwrap();
}

#[test]
fn raw_mail_is_kept_once_and_comes_back_as_it_was() {
    let desk = Desk::new();
    for raw in [
        b"".to_vec(),
        b"From: a\r\n\r\nb".to_vec(),
        vec![0xff; 300_000],
    ] {
        let content = hash(&raw);
        assert!(write(&desk.store, |tx| tx.put_raw(&content, &raw)).unwrap());
        assert!(!write(&desk.store, |tx| tx.put_raw(&content, &raw)).unwrap());
        assert_eq!(read(&desk.store, |s| s.raw(&content)).unwrap(), Some(raw));
        assert!(read(&desk.store, |s| s.has_content(&content)).unwrap());
    }
    let wrong = write(&desk.store, |tx| tx.put_raw(&hash(b"one"), b"other"));
    assert!(wrong.is_err());
    assert_eq!(read(&desk.store, |s| s.raw(&hash(b"one"))).unwrap(), None);
}

#[test]
fn stored_bytes_that_changed_on_disk_are_noticed() {
    let desk = Desk::new();
    let content = hash(b"the mail");
    write(&desk.store, |tx| tx.put_raw(&content, b"the mail")).unwrap();
    desk.store
        .transaction(|tx| {
            tx.run(|tx| {
                let packed = zstd::bulk::compress(b"the meal", 1).unwrap();
                tx.exec("UPDATE raw SET packed = $1", [packed])
            })
        })
        .0
        .unwrap();
    let trouble = read(&desk.store, |s| s.raw(&content)).unwrap_err();
    assert!(trouble.what.contains("damaged"), "{trouble}");
}

#[test]
fn one_process_holds_a_mailbox_until_its_lease_ends() {
    let desk = Desk::new();
    let take = |holder: &'static str, now: i64, until: i64| {
        write(&desk.store, |tx| {
            tx.take_lease(desk.mailbox, holder, at(now), at(until))
        })
        .unwrap()
        .map(|lease| lease.epoch)
    };
    assert_eq!(take("one", 0, 60), Some(1));
    assert_eq!(take("other", 10, 70), None);
    assert_eq!(take("one", 30, 90), Some(1));
    assert_eq!(take("other", 90, 150), Some(2));
    assert_eq!(take("one", 100, 160), None);
    write(&desk.store, |tx| tx.release_lease(desk.mailbox, "one")).unwrap();
    let holder = |desk: &Desk| read(&desk.store, |s| s.lease(desk.mailbox)).unwrap();
    assert_eq!(holder(&desk).unwrap().holder, "other");
    write(&desk.store, |tx| tx.release_lease(desk.mailbox, "other")).unwrap();
    assert_eq!(holder(&desk), None);
    assert_eq!(take("one", 110, 170), Some(3));
}
