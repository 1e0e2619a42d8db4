//! Lists in which a flood is one row: what they say, and what reading them costs.

use super::*;
use crate::domain::query::{AssigneeTerm, FieldTerm, Query, StateTerm};
use crate::domain::ticket::{Mark, Status};
use crate::store::sqlite::flood;
use crate::store::tickets::Window;

const TOP: Window = Window::Offset {
    offset: 0,
    limit: 50,
};

fn flooded(count: i64) -> (Desk, Vec<TicketNumber>) {
    let desk = Desk::new();
    let storm: Vec<TicketNumber> = (0..count)
        .map(|n| desk.mail(n, "storm@b.test", &format!("Alarm {n}"), "t").0)
        .collect();
    desk.mail(count, "a@b.test", "Printer", "t");
    write(&desk.store, |tx| {
        let events: Vec<NewEvent> = storm
            .iter()
            .map(|ticket| NewEvent {
                ticket: *ticket,
                what: Happening::Marked {
                    added: vec![Mark::Flood],
                    removed: Vec::new(),
                },
                takes_back: None,
            })
            .collect();
        tx.append(Actor::System, at(count + 1), &events)
    })
    .unwrap();
    (desk, storm)
}

fn happens(desk: &Desk, ticket: TicketNumber, what: Happening) {
    write(&desk.store, |tx| {
        let event = NewEvent {
            ticket,
            what: what.clone(),
            takes_back: None,
        };
        tx.append(Actor::System, at(9000), &[event])
    })
    .unwrap();
}

fn folded(desk: &Desk, query: &Query, window: Window) -> (u32, Vec<(i64, Option<u32>)>) {
    let page = read(&desk.store, |s| s.list_folded(query, &asker(9000), window)).unwrap();
    let row = |number: TicketNumber| (number.0, page.floods.get(&number).copied());
    (
        page.total,
        page.rows.iter().map(|one| row(one.ticket.number)).collect(),
    )
}

#[test]
fn a_flood_is_the_latest_of_its_tickets_that_the_query_finds_and_says_how_many_there_are() {
    let (desk, storm) = flooded(120);
    let is = |state| Query::Field(FieldTerm::Is(state));
    let unassigned = Query::And(vec![
        is(StateTerm::Open),
        Query::Field(FieldTerm::Assignee(AssigneeTerm::None)),
    ]);
    assert_eq!(
        folded(&desk, &unassigned, TOP),
        (2, vec![(121, None), (120, Some(120))])
    );
    // What is not found does not stand for what is.
    let early = Query::Not(Box::new(Query::Field(FieldTerm::Number(120))));
    assert_eq!(
        folded(&desk, &early, TOP),
        (2, vec![(121, None), (119, Some(119))])
    );
    let around = Window::Around {
        ticket: storm[119],
        before: 0,
        limit: 5,
    };
    assert_eq!(folded(&desk, &unassigned, around).1, [(120, Some(120))]);
    // Asked for, they are all shown.
    assert_eq!(folded(&desk, &is(StateTerm::Flood), TOP).0, 120);
    let plain = read(&desk.store, |s| s.list_tickets(&Query::All, &asker(0), TOP)).unwrap();
    assert_eq!((plain.total, plain.floods.len()), (121, 0));
    // Whatever somebody takes up stands for itself.
    let opened = Happening::StatusSet {
        from: Status::New,
        to: Status::Open,
    };
    happens(&desk, storm[119], opened);
    assert_eq!(
        folded(&desk, &Query::All, TOP),
        (3, vec![(121, None), (120, None), (119, Some(119))])
    );
    let unmarked = Happening::Marked {
        added: Vec::new(),
        removed: vec![Mark::Flood],
    };
    happens(&desk, storm[0], unmarked);
    assert_eq!(folded(&desk, &Query::All, TOP).0, 4);
}

#[test]
fn a_folded_list_is_read_from_indices_alone() {
    let (desk, _) = flooded(3);
    let condition = "(t.status <> 3 AND t.assignee IS NULL)";
    let heads = plan(&desk, &flood::heads(condition));
    assert!(
        heads.contains("USING COVERING INDEX ticket_flood"),
        "{heads}"
    );
    assert!(!heads.contains("TEMP B-TREE"), "it is sorted: {heads}");
    let folded = flood::folded(condition, "$1");
    let count = plan(
        &desk,
        &format!("SELECT count(*) FROM ticket t WHERE {folded}"),
    );
    assert!(count.contains("COVERING INDEX ticket_open"), "{count}");
    let page = plan(
        &desk,
        &format!(
            "SELECT t.number FROM ticket t WHERE {folded}
             ORDER BY t.updated_at DESC, t.number DESC LIMIT 50 OFFSET 0"
        ),
    );
    assert!(page.contains("COVERING INDEX ticket_open"), "{page}");
    assert!(!page.contains("ORDER BY"), "it is sorted: {page}");
    let recent = plan(
        &desk,
        "SELECT number FROM ticket WHERE contact = $1 AND mailbox = $2
         AND updated_at BETWEEN $3 AND $4 ORDER BY updated_at DESC LIMIT $5",
    );
    assert!(
        recent.contains("ticket_contact (contact=? AND mailbox=? AND updated_at>?"),
        "{recent}"
    );
}
