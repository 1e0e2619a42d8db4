//! The store is looked through while it is in use, and only read where it is damaged.

use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::desk::Desk;
use crate::bridge::{
    Care, CareReport, Change, Look, MailboxRequest, Pushed, Report, Request, Seen,
};
use crate::domain::decide::Action;
use crate::domain::ids::TicketNumber;
use crate::store::{self, LOOKED_THROUGH, Store};

const HOUR: Duration = Duration::from_secs(3600);

/// Lets time pass, an hour at a time, until it is as asked.
async fn hours_until<T>(desk: &Desk, label: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain for {label}");
        desk.clock.advance(HOUR);
        tokio::task::spawn_blocking(|| std::thread::park_timeout(Duration::from_millis(20)))
            .await
            .unwrap();
    }
}

fn last_look(desk: &Desk) -> Option<Timestamp> {
    let noted = store::read(desk.store.as_ref(), |read| read.fact(LOOKED_THROUGH)).unwrap()?;
    Some(String::from_utf8(noted).unwrap().parse().unwrap())
}

#[tokio::test]
async fn the_store_is_looked_through_every_week_and_doctor_says_when() {
    let mut desk = Desk::open();
    let first = hours_until(&desk, "the first look", || last_look(&desk)).await;
    let second = hours_until(&desk, "the second look", || {
        last_look(&desk).filter(|look| *look != first)
    })
    .await;
    assert!(
        second.duration_since(first).as_hours() >= 7 * 24,
        "{first} {second}"
    );
    let Report::Care(CareReport::Findings(findings)) = desk.ask(Request::Care(Care::Doctor)).await
    else {
        panic!("the doctor found nothing");
    };
    let said = findings
        .iter()
        .find(|finding| finding.subject == "weekly look through the store")
        .unwrap();
    let day = second.strftime("%Y-%m-%d").to_string();
    assert!(said.ok && said.detail.contains(&day), "{said:?}");
    desk.stop().await;
}

/// Overwrites the first page of the raw mails, which no list needs.
fn harm(desk: &Desk) {
    let conn = rusqlite::Connection::open(desk.store.path()).unwrap();
    let number = |sql: &str| -> u64 {
        let found: i64 = conn.query_row(sql, [], |row| row.get(0)).unwrap();
        found.unsigned_abs()
    };
    let page = number("SELECT rootpage FROM sqlite_schema WHERE name = 'raw'");
    let size = number("PRAGMA page_size");
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let file = std::fs::File::options()
        .write(true)
        .open(desk.store.path())
        .unwrap();
    file.write_all_at(&[0x5a; 4096], (page - 1) * size).unwrap();
}

#[tokio::test]
async fn damage_that_a_look_finds_is_told_and_everything_is_only_read() {
    let mut desk = Desk::open();
    let number = desk.arrives("olena@example.test", "Broken", "Help");
    desk.ask(Request::Look(Look::Follow)).await;
    let first = hours_until(&desk, "the first look", || last_look(&desk)).await;
    harm(&desk);
    hours_until(&desk, "the damage", || desk.store.damage()).await;
    assert_eq!(last_look(&desk), Some(first));
    let told = |pushed: &Report| matches!(pushed, Report::Pushed(Pushed::Notice(trouble)) if trouble.what.contains("is damaged"));
    while !desk.pushed.iter().any(told) {
        let told = desk.told("the notice").await;
        desk.pushed.push(told.report);
    }
    let Seen::Basics(basics) = desk.look(Look::Basics).await else {
        panic!("no basics");
    };
    assert!(basics.damage.is_some());
    assert_eq!(desk.list("is:open").await, [number.0]);
    assert_eq!(desk.thread(number).await.messages.len(), 1);
    for request in [
        Request::Change(Change::Act {
            tickets: vec![TicketNumber(number.0)],
            action: Action::SetUnread(false),
        }),
        Request::Mailbox(MailboxRequest::SyncNow(None)),
    ] {
        let refused = desk.failure(request).await;
        assert!(refused.hint.unwrap().contains("ticketty restore FILE"));
    }
    desk.stop().await;
}

#[tokio::test]
async fn that_the_last_room_is_taken_is_told_with_the_room_that_is_needed() {
    let mut desk = Desk::open();
    let number = desk.arrives("olena@example.test", "Broken", "Help");
    desk.ask(Request::Look(Look::Follow)).await;
    desk.store.keep_reserve();
    let draft = desk.reply(number).await;
    desk.store.finds_the_disk_full();
    desk.type_above(&draft, &"word ".repeat(100_000)).await;
    let told = |pushed: &Report| match pushed {
        Report::Pushed(Pushed::Notice(trouble)) => {
            let hint = trouble.hint.clone().unwrap_or_default();
            trouble.what.contains("is full") && hint.contains("KiB are wanted")
        }
        _ => false,
    };
    while !desk.pushed.iter().any(told) {
        let told = desk.told("the notice").await;
        desk.pushed.push(told.report);
    }
    desk.stop().await;
}
