use super::*;
use crate::domain::query::{
    AssigneeTerm, FieldTerm, Query, Side, StateTerm, TextTerm, TimeBound, When,
};
use crate::domain::ticket::{Priority, Status};
use crate::store::tickets::Window;

fn field(term: FieldTerm) -> Query {
    Query::Field(term)
}

fn not(query: Query) -> Query {
    Query::Not(Box::new(query))
}

fn listed(desk: &Desk, query: &Query) -> Vec<i64> {
    let window = Window::Offset {
        offset: 0,
        limit: 100,
    };
    let page = read(&desk.store, |s| s.list_tickets(query, &asker(5000), window)).unwrap();
    let tally = read(&desk.store, |s| s.count_tickets(query, &asker(5000))).unwrap();
    assert_eq!((page.total, page.offset), (tally.all, 0));
    let unread = page.rows.iter().filter(|row| row.ticket.unread).count();
    assert_eq!(tally.unread as usize, unread);
    assert_eq!(page.total as usize, page.rows.len());
    page.rows.iter().map(|row| row.ticket.number.0).collect()
}

/// Five tickets, of which each has something the others have not.
fn desk() -> Desk {
    let desk = Desk::new();
    for second in 1..=5 {
        desk.mail(second, "olena@example.test", "s", "t");
    }
    let change = |number, what| desk.happen(100, TicketNumber(number), what);
    change(
        1,
        Happening::StatusSet {
            from: Status::New,
            to: Status::Closed,
        },
    );
    change(
        2,
        Happening::Assigned {
            from: None,
            to: Some(OperatorId(1)),
        },
    );
    change(
        3,
        Happening::Snoozed {
            from: None,
            to: Some(at(9000)),
        },
    );
    change(
        4,
        Happening::Tagged {
            added: vec!["vip".into()],
            removed: Vec::new(),
        },
    );
    change(
        5,
        Happening::ReadSet {
            from_unread: false,
            to_unread: true,
        },
    );
    change(
        5,
        Happening::PrioritySet {
            from: Priority::Normal,
            to: Priority::Urgent,
        },
    );
    desk
}

#[test]
fn every_condition_finds_its_tickets_and_its_opposite_the_others() {
    let desk = desk();
    let login = |login: &str| FieldTerm::Assignee(AssigneeTerm::Login(login.into()));
    let time = |side, when| TimeBound { side, when };
    let midnight = When::Date(at(0).to_zoned(jiff::tz::TimeZone::UTC).date());
    for (term, wanted) in [
        (FieldTerm::Is(StateTerm::Open), vec![5, 4, 3, 2]),
        (FieldTerm::Is(StateTerm::Snoozed), vec![3]),
        (FieldTerm::Is(StateTerm::Overdue), vec![5, 4, 3, 2]),
        (FieldTerm::Is(StateTerm::Unread), vec![5]),
        (FieldTerm::Status(Status::Closed), vec![1]),
        (FieldTerm::Status(Status::New), vec![5, 4, 3, 2]),
        (FieldTerm::Assignee(AssigneeTerm::Me), vec![2]),
        (FieldTerm::Assignee(AssigneeTerm::None), vec![5, 4, 3, 1]),
        (login("ANNA"), vec![2]),
        (login("nobody"), vec![]),
        (FieldTerm::Mailbox("Support".into()), vec![5, 4, 3, 2, 1]),
        (
            FieldTerm::Mailbox("support@acme.test".into()),
            vec![5, 4, 3, 2, 1],
        ),
        (FieldTerm::Mailbox("sales".into()), vec![]),
        (FieldTerm::Tag("VIP".into()), vec![4]),
        (FieldTerm::Priority(Priority::Urgent), vec![5]),
        (FieldTerm::HasAttachment, vec![]),
        (FieldTerm::Number(3), vec![3]),
        (
            FieldTerm::Created(time(Side::After, When::SecondsAgo(4996))),
            vec![5, 4],
        ),
        (
            FieldTerm::Updated(time(Side::Before, When::SecondsAgo(4996))),
            vec![3, 2, 1],
        ),
        (
            FieldTerm::Created(time(Side::After, midnight.clone())),
            vec![5, 4, 3, 2, 1],
        ),
        (FieldTerm::Created(time(Side::Before, midnight)), vec![]),
    ] {
        let opposite: Vec<i64> = (1..=5).rev().filter(|n| !wanted.contains(n)).collect();
        assert_eq!(listed(&desk, &field(term.clone())), wanted, "{term:?}");
        assert_eq!(
            listed(&desk, &not(field(term.clone()))),
            opposite,
            "not {term:?}"
        );
    }
}

#[test]
fn conditions_join() {
    let desk = desk();
    let open = field(FieldTerm::Is(StateTerm::Open));
    let awake = not(field(FieldTerm::Is(StateTerm::Snoozed)));
    assert_eq!(
        listed(&desk, &Query::And(vec![open.clone(), awake])),
        [5, 4, 2]
    );
    let either = Query::Or(vec![
        field(FieldTerm::Number(1)),
        field(FieldTerm::Tag("vip".into())),
    ]);
    assert_eq!(listed(&desk, &either), [4, 1]);
    assert_eq!(listed(&desk, &Query::And(Vec::new())), [5, 4, 3, 2, 1]);
    assert_eq!(listed(&desk, &Query::Or(Vec::new())), Vec::<i64>::new());
    let text = Query::Text(TextTerm::Word("olena".into()));
    assert_eq!(
        listed(&desk, &Query::And(vec![text.clone(), open])),
        [5, 4, 3, 2]
    );
    assert_eq!(
        listed(&desk, &Query::Or(vec![text, field(FieldTerm::Number(1))])).len(),
        5
    );
}

#[test]
fn a_query_without_end_is_refused() {
    let desk = Desk::new();
    let deep = (0..2000).fold(Query::All, |inner, _| not(inner));
    let broad = Query::And(vec![field(FieldTerm::Number(1)); 5000]);
    for query in [deep, broad] {
        let refused = read(&desk.store, |s| s.count_tickets(&query, &asker(0)));
        assert!(refused.unwrap_err().what.contains("too many terms"));
    }
}

#[test]
fn a_window_opens_around_a_ticket() {
    let desk = Desk::new();
    for second in 1..=20 {
        desk.mail(second, "a@b.test", "s", "t");
    }
    let text = Query::Text(TextTerm::Word("olena".into()));
    for query in [Query::All, text] {
        let around = |ticket, before| {
            let window = Window::Around {
                ticket: TicketNumber(ticket),
                before,
                limit: 5,
            };
            let page = read(&desk.store, |s| s.list_tickets(&query, &asker(50), window)).unwrap();
            assert_eq!(page.total, 20);
            let numbers: Vec<_> = page.rows.iter().map(|row| row.ticket.number.0).collect();
            (page.offset, numbers)
        };
        assert_eq!(around(10, 2), (8, vec![12, 11, 10, 9, 8]));
        assert_eq!(around(20, 2), (0, vec![20, 19, 18, 17, 16]));
        assert_eq!(around(999, 2), (0, vec![20, 19, 18, 17, 16]));
        assert_eq!(around(1, 2), (17, vec![3, 2, 1]));
    }
}

#[test]
fn a_listed_ticket_has_the_names_that_a_list_shows() {
    let desk = desk();
    let window = Window::Offset {
        offset: 0,
        limit: 10,
    };
    let page = read(&desk.store, |s| {
        s.list_tickets(&Query::All, &asker(0), window)
    })
    .unwrap();
    let row = page
        .rows
        .iter()
        .find(|row| row.ticket.number.0 == 2)
        .unwrap();
    assert_eq!(row.contact_name, "Olena Kovalenko");
    assert_eq!(row.contact_address, "olena@example.test");
    assert_eq!(row.assignee_login.as_deref(), Some("anna"));
    assert_eq!(row.mailbox_name, "support");
    assert_eq!(read(&desk.store, |s| s.tags()).unwrap(), ["vip"]);
    let due = read(&desk.store, |s| s.snoozed_due(at(8999))).unwrap();
    assert_eq!(due, (vec![], Some(at(9000))));
    let due = read(&desk.store, |s| s.snoozed_due(at(9000))).unwrap();
    assert_eq!(due, (vec![TicketNumber(3)], None));
}
