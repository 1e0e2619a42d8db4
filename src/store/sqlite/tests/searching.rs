use super::super::vocabulary;
use super::*;
use crate::domain::query::{FieldTerm, Query, TextTerm};
use crate::domain::ticket::Status;

fn word(text: &str) -> Query {
    Query::Text(TextTerm::Word(text.into()))
}

fn hits(desk: &Desk, query: &Query) -> Vec<String> {
    read(&desk.store, |s| s.search_messages(query, &asker(100), 50))
        .unwrap()
        .into_iter()
        .map(|hit| hit.subject)
        .collect()
}

fn desk() -> Desk {
    let desk = Desk::new();
    for (second, (subject, text)) in [
        ("Printer", "The PRINTER prints café menus"),
        ("Рахунок", "Їжак не отримав п'ять рахунків, усе ще чекає"),
        ("接続", "サーバに接続できません。東京からです"),
        ("Code", "error ABC-123 in module x_y \"quoted\" AND (NEAR"),
        ("Ёлка", "Стоит ёлка"),
    ]
    .into_iter()
    .enumerate()
    {
        desk.mail(second as i64, "olena@example.test", subject, text);
    }
    desk
}

#[test]
fn words_are_found_in_every_script() {
    let desk = desk();
    for (asked, wanted) in [
        ("printer", vec!["Printer"]),
        ("print", vec!["Printer"]),
        ("CAFE", vec!["Printer"]),
        ("їжак", vec!["Рахунок"]),
        ("рахун", vec!["Рахунок"]),
        ("п’ять", vec!["Рахунок"]),
        ("接続", vec!["接続"]),
        ("東京", vec!["接続"]),
        ("京東", vec![]),
        ("елка", vec!["Ёлка"]),
        ("abc-123", vec!["Code"]),
        ("absent", vec![]),
        ("rinter", vec![]),
    ] {
        assert_eq!(hits(&desk, &word(asked)), wanted, "{asked}");
    }
    assert_eq!(hits(&desk, &word("kovalenko")).len(), 5);
}

#[test]
fn the_beginning_of_few_words_or_of_many_finds_all_that_have_one() {
    let desk = Desk::new();
    for second in 0..70 {
        let text = format!("part n{second:02} of приклад{second}");
        desk.mail(second, "a@b.test", &second.to_string(), &text);
    }
    let spelled = |asked: &str| {
        let asked = word(asked);
        let spelled = desk
            .store
            .snapshot(|session| session.run(|session| vocabulary::spell_out(session, &asked)));
        spelled.unwrap()
    };
    let exactly = |text: &str| Query::Text(TextTerm::Phrase(text.into()));
    assert_eq!(spelled("part"), Query::Or(vec![exactly("part")]));
    assert_eq!(
        spelled("ПРИКЛАД6"),
        Query::Or(
            ["", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
                .map(|end| exactly(&format!("приклад6{end}")))
                .to_vec()
        )
    );
    for many_or_none in ["n", "приклад", "absent", "n-1", "接", "né"] {
        assert_eq!(spelled(many_or_none), word(many_or_none), "{many_or_none}");
    }
    for (asked, count) in [("n", 70), ("n6", 10), ("приклад", 70), ("приклад6", 11)] {
        let tally = read(&desk.store, |s| s.count_tickets(&word(asked), &asker(100)));
        assert_eq!(tally.unwrap().all, count, "{asked}");
        let both = Query::And(vec![word(asked), word("par"), word("n60")]);
        assert_eq!(hits(&desk, &both), ["60"], "{asked}");
    }
}

#[test]
fn nothing_that_is_asked_is_an_error() {
    let desk = desk();
    for asked in [
        "\"",
        "\"\"",
        "AND",
        "(",
        "NEAR(",
        "*",
        "x_y",
        "body:x",
        "-",
        "^",
        "'",
        "\0",
        "a\0b",
        "{}",
        "+",
        "ABC-123",
        "\u{e000}",
        "😀",
        "%",
        "--",
        "日",
        ";DROP TABLE ticket",
    ] {
        for query in [
            word(asked),
            Query::Text(TextTerm::Phrase(asked.into())),
            Query::Text(TextTerm::From(asked.into())),
            Query::Not(Box::new(word(asked))),
        ] {
            hits(&desk, &query);
            read(&desk.store, |s| s.count_tickets(&query, &asker(100))).unwrap();
        }
    }
    assert_eq!(hits(&desk, &Query::All).len(), 5);
}

#[test]
fn phrases_columns_and_conditions_go_together() {
    let desk = desk();
    let phrase = |text: &str| Query::Text(TextTerm::Phrase(text.into()));
    assert_eq!(hits(&desk, &phrase("prints cafe")), ["Printer"]);
    assert_eq!(hits(&desk, &phrase("cafe prints")), Vec::<String>::new());
    assert_eq!(
        hits(&desk, &Query::Text(TextTerm::Subject("prin".into()))),
        ["Printer"]
    );
    assert_eq!(
        hits(&desk, &Query::Text(TextTerm::To("olena".into()))),
        Vec::<String>::new()
    );
    assert_eq!(
        hits(&desk, &Query::Text(TextTerm::To("support".into()))).len(),
        5
    );
    let newest_first = Query::Or(vec![word("printer"), word("їжак")]);
    assert_eq!(hits(&desk, &newest_first), ["Рахунок", "Printer"]);
    let but_closed = Query::And(vec![
        newest_first.clone(),
        Query::Not(Box::new(Query::Field(FieldTerm::Number(1)))),
    ]);
    assert_eq!(hits(&desk, &but_closed), ["Рахунок"]);
    let mixed = Query::Or(vec![
        word("printer"),
        Query::Field(FieldTerm::Status(Status::Closed)),
    ]);
    assert_eq!(hits(&desk, &mixed), ["Printer"]);
    let without = Query::And(vec![
        Query::Text(TextTerm::From("olena".into())),
        Query::Not(Box::new(word("printer"))),
    ]);
    assert_eq!(hits(&desk, &without).len(), 4);
}

#[test]
fn a_transaction_finds_what_it_wrote() {
    let desk = Desk::new();
    let (number, _) = desk.mail(1, "a@b.test", "First", "nothing");
    let seen = write(&desk.store, |tx| {
        let id = MessageId(tx.fresh_id()?);
        tx.put_message(&incoming(id, number, 2, "a@b.test", "Second", "needle"))?;
        let hits = tx.search_messages(&word("needle"), &asker(9), 9)?;
        Ok((
            hits.len(),
            tx.count_tickets(&word("needle"), &asker(9))?.all,
        ))
    });
    assert_eq!(seen.unwrap(), (1, 1));
}

#[test]
fn a_renamed_ticket_and_a_message_that_was_read_late_are_found() {
    let desk = Desk::new();
    let (number, id) = desk.mail(1, "a@b.test", "Hello", "unreadable");
    desk.happen(
        2,
        number,
        Happening::Renamed {
            from: "Hello".into(),
            to: "Scanner".into(),
        },
    );
    assert_eq!(hits(&desk, &word("scanner")), ["Hello"]);
    let better = incoming(id, number, 1, "c@d.test", "Hello", "now readable");
    write(&desk.store, |tx| tx.replace_message(&better)).unwrap();
    assert_eq!(hits(&desk, &word("now")), ["Hello"]);
    assert_eq!(hits(&desk, &word("scanner")), ["Hello"]);
    assert_eq!(hits(&desk, &word("unreadable")), Vec::<String>::new());
    let people = read(&desk.store, |s| s.participants(number)).unwrap();
    assert_eq!(people, ["c@d.test"]);
}

#[test]
fn a_moved_message_takes_its_people_along() {
    let desk = Desk::new();
    let (first, id) = desk.mail(1, "a@b.test", "One", "x");
    let (second, _) = desk.mail(2, "c@d.test", "Two", "y");
    write(&desk.store, |tx| tx.move_message(id, second)).unwrap();
    read(&desk.store, |s| {
        assert_eq!(s.participants(first)?, Vec::<String>::new());
        assert_eq!(s.participants(second)?, ["a@b.test", "c@d.test"]);
        assert_eq!(s.messages(second)?.len(), 2);
        Ok(())
    })
    .unwrap();
}
