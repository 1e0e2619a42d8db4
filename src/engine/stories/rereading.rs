//! Mail that could not be read is read by a later version of the program.

use super::automatic::{replies, set_up};
use super::desk::{Desk, SUPPORT};
use super::surroundings::PlainReader;
use crate::bridge::{Change, Look, Pushed, Report, Request, Seen};
use crate::domain::folder::FolderRole;
use crate::domain::ids::{FolderId, TicketNumber};
use crate::domain::message::MailClass;
use crate::domain::ticket::{Mark, Ticket};
use crate::domain::trouble::Trouble;
use crate::engine::clock::Clock;
use crate::engine::ingest::Arrived;
use crate::store::ledger::{FolderSight, Outcome};
use crate::store::{self, Read};

const ODD: PlainReader = PlainReader {
    version: "1",
    stumbles_over: Some("oddity"),
};

fn mail(subject: &str, id: &str, more: &str, text: &str) -> String {
    format!(
        "From: Olena Kovalenko <olena@example.test>\r\nTo: {SUPPORT}\r\nSubject: {subject}\r\nMessage-ID: <{id}@example.test>\r\n{more}\r\n{text}\r\n"
    )
}

/// A desk that answers by itself, with a folder whose mails have numbers.
async fn desk_that_stumbles(mails: &[String]) -> (Desk, FolderId) {
    let desk = Desk::open().read_by(ODD).await;
    let mut desk = set_up(desk, replies).await;
    let sight = FolderSight {
        mailbox: desk.mailbox,
        name: "INBOX".into(),
        wire_name: "INBOX".into(),
        role: FolderRole::Inbox,
        uid_validity: 1,
        wanted_since: None,
    };
    let folder = store::write(desk.store.as_ref(), |store| store.open_folder(&sight)).unwrap();
    let now = desk.clock.now();
    let arrived = (1..).zip(mails).map(|(uid, raw)| Arrived {
        mailbox: desk.mailbox,
        is_imported: false,
        folder: Some(folder.id),
        uid: Some(uid),
        role: FolderRole::Inbox,
        internal_date: Some(now),
        seen: false,
        stub_of_bytes: None,
        raw: raw.clone().into_bytes(),
    });
    let arrived: Vec<Arrived> = arrived.collect();
    desk.workers.waiting.lock().unwrap().extend(arrived);
    let sync = crate::bridge::MailboxRequest::SyncNow(None);
    desk.ask(Request::Mailbox(sync)).await;
    (desk, folder.id)
}

fn read<T>(desk: &Desk, mut work: impl FnMut(&dyn Read) -> T) -> T {
    store::read(desk.store.as_ref(), |store| Ok(work(store))).unwrap()
}

fn quarantine(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    read(desk, |store| store.facts_of("unreadable:").unwrap())
}

/// The next thing that is said aloud, once somebody listens.
async fn notice(desk: &mut Desk, waiting_for: &str) -> Trouble {
    desk.ask(Request::Look(Look::Follow)).await;
    loop {
        let heard = std::mem::take(&mut desk.pushed);
        for report in heard {
            if let Report::Pushed(Pushed::Notice(trouble)) = report {
                return trouble;
            }
        }
        let told = desk.told(waiting_for).await;
        desk.pushed.push(told.report);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_version_reads_what_could_not_be_read_and_answers_nothing() {
    let odd = mail("Printer on fire", "one", "", "An oddity burns.");
    let (mut desk, folder) = desk_that_stumbles(std::slice::from_ref(&odd)).await;
    let number = TicketNumber(desk.list("").await[0]);
    let before = desk.thread(number).await;
    let content = read(&desk, |store| store.messages(number).unwrap()[0].content).unwrap();
    assert_eq!(before.messages[0].class, MailClass::Unreadable);
    assert_eq!(before.line.ticket.contact, None);
    assert_eq!(quarantine(&desk)[0].1, b"1");
    let outcome = |desk: &Desk| read(desk, |store| store.ledger_row(folder, 1).unwrap().unwrap());
    assert_eq!(outcome(&desk).outcome, Outcome::StoredUnparsed);

    // A version that is no better notes that it has tried.
    let worse = PlainReader {
        version: "2",
        ..ODD
    };
    let mut desk = desk.read_by(worse).await;
    while quarantine(&desk)[0].1 != b"2" {
        desk.thread(number).await;
    }
    assert_eq!(outcome(&desk).outcome, Outcome::StoredUnparsed);

    let mut desk = desk.read_by(PlainReader::default()).await;
    let told = notice(&mut desk, "word of the mail that can be read").await;
    assert_eq!(
        told.what,
        format!("1 mail that could not be read before can be read now: #{number}")
    );
    let after = desk.thread(number).await;
    let [message] = &after.messages[..] else {
        panic!("{:?}", after.messages);
    };
    assert_eq!(message.id, before.messages[0].id);
    assert_eq!(message.class, MailClass::Person);
    assert_eq!(message.text.as_str().trim(), "An oddity burns.");
    assert_eq!(after.line.subject.as_str(), "Printer on fire");
    assert_eq!(after.line.address.as_str(), "olena@example.test");
    assert!(after.line.ticket.unread);
    assert_eq!(desk.list("from:olena burns").await, [number.0]);
    assert_eq!(desk.raw(&content), odd.as_bytes(), "the raw mail changed");
    assert_eq!(outcome(&desk).outcome, Outcome::Stored);
    assert!(quarantine(&desk).is_empty());
    assert!(desk.outbox().is_empty(), "an old mail was answered");
    let (events, ticket) = read(&desk, |store| {
        (store.events(number).unwrap(), store.ticket(number).unwrap())
    });
    assert_eq!(Ticket::rebuild(number, &events), ticket);

    // It cannot be made unreadable again, and the next start has nothing to do.
    let step = after.history.last().unwrap().step;
    let steps = after.history.iter().map(|line| line.step);
    let replaced = steps.filter(|other| *other != step).max().unwrap();
    let undo = Request::Change(Change::Undo { step: replaced });
    let refusal = desk.failure(undo).await;
    assert!(refusal.what.contains("known better"), "{refusal:?}");
    let mut desk = desk.read_by(PlainReader::default()).await;
    assert_eq!(desk.thread(number).await.messages.len(), 1);
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_read_late_says_where_it_may_belong_and_damaged_bytes_are_left_alone() {
    let mails = [
        mail("Printer", "first", "", "It smokes."),
        mail(
            "Re: Printer",
            "second",
            "In-Reply-To: <first@example.test>\r\n",
            "An oddity: it burns.",
        ),
        mail("Broken", "third", "", "An oddity that the disk ate."),
    ];
    let (desk, _) = desk_that_stumbles(&mails).await;
    let numbers = read(&desk, |store| store.unreadable_messages().unwrap());
    assert_eq!(numbers.len(), 2);
    let damaged = read(&desk, |store| store.message(numbers[1]).unwrap().unwrap());
    let answers = desk.outbox().len();
    let path = desk.home.path().join("private").join("desk.db");
    let other = rusqlite::Connection::open(path).unwrap();
    let content = damaged.content.unwrap();
    let changed = other
        .execute(
            "UPDATE raw SET packed = (SELECT packed FROM raw WHERE content <> ?1 LIMIT 1) WHERE content = ?1",
            [&content.0[..]],
        )
        .unwrap();
    assert_eq!(changed, 1);
    drop(other);

    let mut desk = desk.read_by(PlainReader::default()).await;
    let told = notice(&mut desk, "word of the damage").await;
    assert!(told.what.contains("damaged"), "{told:?}");
    let told = notice(&mut desk, "word of the mail that can be read").await;
    assert!(told.what.starts_with("1 mail that could"), "{told:?}");
    let late = read(&desk, |store| store.message(numbers[0]).unwrap().unwrap());
    let ticket = read(&desk, |store| store.ticket(late.ticket).unwrap().unwrap());
    let first = TicketNumber(1);
    assert_ne!(late.ticket, first, "it stays where it was put");
    assert_eq!(ticket.marks, [Mark::PossiblyBelongsTo(first)]);
    let left = read(&desk, |store| store.message(damaged.id).unwrap().unwrap());
    assert_eq!(left, damaged);
    assert_eq!(quarantine(&desk).len(), 1);
    assert_eq!(desk.outbox().len(), answers);
    let hits = desk
        .look(Look::Search {
            query: "burns".into(),
            limit: 5,
        })
        .await;
    assert!(matches!(&hits, Seen::Hits(hits) if hits[0].ticket == late.ticket));
    desk.stop().await;
}
