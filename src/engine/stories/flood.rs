//! One sender writes five thousand mails: all are kept, none hides another, and nobody is answered five thousand times.

use super::automatic::{desk, replies};
use super::desk::{Desk, SUPPORT};
use crate::bridge::{Change, ListWindow, Look, Pushed, Report, Request, Seen, TicketList};
use crate::domain::decide::Action;
use crate::domain::ids::TicketNumber;
use crate::domain::ticket::{Status, Ticket};
use crate::store;

const MAILS: u32 = 5_000;
const A_COMMIT: u32 = 500;

fn mail(from: &str, n: u32) -> Vec<u8> {
    format!(
        "From: <{from}>\r\nTo: {SUPPORT}\r\nSubject: Alarm {n}\r\nMessage-ID: <{n}.{from}>\r\n\r\nIt is {n}.\r\n"
    )
    .into_bytes()
}

impl Desk {
    async fn folded(&mut self, query: &str) -> TicketList {
        let window = ListWindow::Offset {
            offset: 0,
            limit: 100,
        };
        let query = query.to_owned();
        match self.look(Look::Folded { query, window }).await {
            Seen::Tickets(list) => list,
            other => panic!("expected a list, got {other:?}"),
        }
    }

    async fn total(&mut self, query: &str) -> u32 {
        let window = ListWindow::Offset {
            offset: 0,
            limit: 1,
        };
        let query = query.to_owned();
        match self.look(Look::Tickets { query, window }).await {
            Seen::Tickets(list) => list.total,
            other => panic!("expected a list, got {other:?}"),
        }
    }
}

/// In each commit five hundred mails of one sender, and one of somebody who would be lost among them.
async fn flood(desk: &mut Desk, commits: u32) {
    desk.ask(Request::Look(Look::Follow)).await;
    for commit in 0..commits {
        let mut raws: Vec<Vec<u8>> = (commit * A_COMMIT..(commit + 1) * A_COMMIT)
            .map(|n| mail("storm@example.test", n))
            .collect();
        raws.push(mail(&format!("olena{commit}@example.test"), commit));
        let raws: Vec<&[u8]> = raws.iter().map(Vec::as_slice).collect();
        desk.fetches(&raws).await;
    }
}

/// What was said aloud.
fn notices(desk: &Desk) -> Vec<String> {
    let pushed = desk.pushed.iter();
    pushed
        .filter_map(|report| match report {
            Report::Pushed(Pushed::Notice(trouble)) => Some(trouble.what.clone()),
            _ => None,
        })
        .collect()
}

/// How many tickets the rows of a folded list stand for.
fn stands_for(list: &TicketList) -> u32 {
    list.rows.iter().map(|row| row.flood.unwrap_or(1)).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_one_sender_is_kept_whole_stands_in_one_row_and_is_hardly_answered() {
    let mut desk = desk(replies).await;
    let commits = MAILS / A_COMMIT;
    flood(&mut desk, commits).await;
    // Every mail is there, and the list says so in a row for the flood and one for each of the others.
    assert_eq!(desk.total("").await, MAILS + commits);
    let list = desk.folded("is:open assignee:none").await;
    assert_eq!((list.total, list.rows.len()), (1 + commits, 11));
    assert_eq!(stands_for(&list), MAILS + commits);
    let row = list.rows.iter().find(|row| row.flood.is_some()).unwrap();
    assert_eq!(row.flood, Some(MAILS));
    assert_eq!(row.address.as_str(), "storm@example.test");
    assert_eq!(
        row.subject.as_str(),
        "Alarm 4999",
        "the latest stands for all"
    );
    let row = row.ticket.number;
    // Asked for, each of them is shown: in a search, and as the flood.
    assert_eq!(desk.folded("is:flood").await.total, MAILS);
    assert_eq!(desk.folded("from:storm").await.total, MAILS);

    // The sender is answered up to the cap, everybody else once.
    let mut answered: Vec<String> = desk
        .outbox()
        .into_iter()
        .flat_map(|row| row.envelope_to)
        .collect();
    answered.retain(|to| to == "storm@example.test");
    assert!(answered.len() <= 3, "{} answers went out", answered.len());
    assert_eq!(desk.outbox().len(), answered.len() + commits as usize);
    let told = "storm@example.test has sent more than a hundred mails within an hour";
    assert_eq!(notices(&desk), [told], "it is said once");

    // What somebody takes up stands for itself; what is decided about many is taken back as one step.
    let first = TicketNumber(1);
    let me = store::read(desk.store.as_ref(), |read| read.operators()).unwrap()[0].id;
    desk.act(&[first], Action::Assign(Some(me))).await;
    let list = desk.folded("is:open").await;
    assert_eq!(
        (list.total, stands_for(&list)),
        (2 + commits, MAILS + commits)
    );
    let many: Vec<TicketNumber> = (2..=200).map(TicketNumber).collect();
    let closed = desk.act(&many, Action::SetStatus(Status::Closed)).await;
    assert_eq!(
        stands_for(&desk.folded("is:open").await),
        MAILS + commits - 199
    );
    let step = closed.step.unwrap();
    desk.change(Change::Undo { step }).await;
    assert_eq!(stands_for(&desk.folded("is:open").await), MAILS + commits);
    for number in [first, many[5], row] {
        let (events, ticket) = store::read(desk.store.as_ref(), |read| {
            Ok((read.events(number)?, read.ticket(number)?))
        })
        .unwrap();
        assert_eq!(Ticket::rebuild(number, &events), ticket);
    }
    desk.stop().await;
}
