use super::people_and_outbox::outbox_row;
use super::*;
use crate::domain::ids::OutboxId;
use crate::domain::outbox::DeliveryState;
use crate::store::Store;

#[test]
fn a_backup_is_whole_private_and_never_replaces_a_file() {
    let desk = Desk::new();
    let (number, _) = desk.mail(1, "a@b.test", "Kept", "text");
    let target = desk.home.path().join("copy.db");
    desk.store.backup(&target).unwrap();
    let mode = std::fs::metadata(&target).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        desk.store
            .backup(&target)
            .unwrap_err()
            .what
            .contains("exists")
    );
    let copy = SqliteStore::open(&target, OpenOptions::default()).unwrap();
    let ticket = read(&copy, |s| s.ticket(number)).unwrap().unwrap();
    assert_eq!(ticket.subject, "Kept");
}

#[test]
fn a_backup_is_made_while_others_write() {
    let desk = Desk::new();
    desk.mail(1, "a@b.test", "First", "text");
    let target = desk.home.path().join("copy.db");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for second in 2..40 {
                desk.mail(second, "a@b.test", "More", "text");
            }
        });
        desk.store.backup(&target).unwrap();
    });
    let copy = SqliteStore::open(&target, OpenOptions::default()).unwrap();
    assert_eq!(copy.rebuild_check().unwrap(), []);
    assert!(read(&copy, |s| s.last_event()).unwrap().0 >= 2);
}

fn restored(backup: &Path, target: &Path, force: bool) -> StoreResult<Restored> {
    SqliteStore::restore(backup, target, force, at(1000))
}

#[test]
fn what_was_on_its_way_is_parked_when_a_store_comes_back() {
    let desk = Desk::new();
    let sent = DeliveryState::Sent {
        at: at(1),
        line: "250 ok".into(),
    };
    let deferred = DeliveryState::Deferred {
        next_try: at(9),
        attempts: 1,
        words: "451 later".into(),
    };
    let states = [
        DeliveryState::Held { until: at(5) },
        DeliveryState::Queued,
        DeliveryState::Sending,
        DeliveryState::Dot,
        deferred,
        sent.clone(),
        DeliveryState::Cancelled,
    ];
    for (state, id) in states.into_iter().zip(1..) {
        let row = outbox_row(&desk, id, state);
        write(&desk.store, |tx| tx.put_outbox(&row)).unwrap();
    }
    let backup = desk.home.path().join("copy.db");
    desk.store.backup(&backup).unwrap();
    let target = desk.home.path().join("elsewhere/ticketty.db");
    let done = restored(&backup, &target, false).unwrap();
    assert_eq!((done.parked, done.replaced), (5, None));
    let store = SqliteStore::open(&target, OpenOptions::default()).unwrap();
    let state = |id| {
        read(&store, |s| s.outbox_row(OutboxId(id)))
            .unwrap()
            .unwrap()
            .state
    };
    for id in 1..=5 {
        let DeliveryState::Uncertain { since, known } = state(id) else {
            panic!("row {id} is {:?}", state(id));
        };
        assert_eq!(since, at(1000));
        assert!(
            known.contains("this store was restored on 2026-"),
            "{known}"
        );
    }
    assert_eq!(state(6), sent);
    assert_eq!(state(7), DeliveryState::Cancelled);
}

#[test]
fn a_store_in_use_or_newer_than_the_backup_is_not_replaced() {
    let Desk {
        home,
        store,
        mailbox,
    } = Desk::new();
    let desk = Desk {
        home,
        store,
        mailbox,
    };
    desk.mail(1, "a@b.test", "Old", "text");
    let backup = desk.home.path().join("copy.db");
    desk.store.backup(&backup).unwrap();
    let (newer, _) = desk.mail(2, "a@b.test", "New", "text");
    let target = desk.store.path().to_owned();
    let in_use = restored(&backup, &target, true).unwrap_err();
    assert!(in_use.what.contains("in use"), "{in_use}");
    let Desk { home, store, .. } = desk;
    drop(store);
    let trouble = restored(&backup, &target, false).unwrap_err();
    assert!(trouble.hint.unwrap().contains("--force"));
    let done = restored(&backup, &target, true).unwrap();
    let kept = SqliteStore::open(done.replaced.unwrap(), OpenOptions::default()).unwrap();
    assert!(read(&kept, |s| s.ticket(newer)).unwrap().is_some());
    let back = SqliteStore::open(&target, OpenOptions::default()).unwrap();
    assert!(read(&back, |s| s.ticket(newer)).unwrap().is_none());
    drop(home);
}

#[test]
fn a_damaged_backup_is_refused_and_the_store_stays() {
    let Desk { home, store, .. } = Desk::new();
    let target = store.path().to_owned();
    drop(store);
    let before = std::fs::read(&target).unwrap();
    let bad = home.path().join("bad.db");
    std::fs::write(&bad, b"not a backup at all").unwrap();
    assert!(restored(&bad, &target, true).is_err());
    assert!(restored(&home.path().join("none.db"), &target, true).is_err());
    assert_eq!(std::fs::read(&target).unwrap(), before);
}

#[test]
fn an_examination_finds_nothing_in_a_sound_store_and_names_what_is_wrong() {
    let desk = Desk::new();
    let (number, _) = desk.mail(1, "a@b.test", "s", "t");
    let wrong = |desk: &Desk| -> Vec<String> {
        desk.store
            .examine()
            .unwrap()
            .into_iter()
            .filter(|finding| !finding.ok && finding.subject != "free space")
            .map(|finding| finding.subject)
            .collect()
    };
    assert_eq!(wrong(&desk), Vec::<String>::new());
    let row = outbox_row(&desk, 1, DeliveryState::Dot);
    write(&desk.store, |tx| tx.put_outbox(&row)).unwrap();
    desk.store
        .transaction(|tx| {
            tx.run(|tx| {
                tx.exec(
                    "UPDATE ticket SET priority = 3 WHERE number = $1",
                    [number.0],
                )
            })
        })
        .0
        .unwrap();
    assert_eq!(wrong(&desk), ["tickets and their log", "outbox"]);
    let different = desk.store.rebuild_check().unwrap();
    assert_eq!(different.len(), 1);
    assert_eq!(different[0].number, number);
}
