//! What people type, what it means, and what they are told when it means nothing.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

fn word(word: &str) -> Query {
    Query::Text(TextTerm::Word(word.into()))
}

fn not(query: Query) -> Query {
    Query::Not(Box::new(query))
}

fn field(term: FieldTerm) -> Query {
    Query::Field(term)
}

fn created(side: Side, when: When) -> Query {
    field(FieldTerm::Created(TimeBound { side, when }))
}

#[test]
fn queries_mean_what_they_say() {
    let table = [
        ("  ", Query::All),
        ("printer", word("printer")),
        ("12:30", word("12:30")),
        ("https://x.test/a:b", word("https://x.test/a:b")),
        ("2231", word("2231")),
        ("a - b", Query::And(vec![word("a"), word("-"), word("b")])),
        (
            "\"cannot log in\"",
            Query::Text(TextTerm::Phrase("cannot log in".into())),
        ),
        (
            r#""say \"hi\"""#,
            Query::Text(TextTerm::Phrase("say \"hi\"".into())),
        ),
        ("Status:OPEN", field(FieldTerm::Status(Status::Open))),
        ("assignee:me", field(FieldTerm::Assignee(AssigneeTerm::Me))),
        (
            "assignee:none",
            field(FieldTerm::Assignee(AssigneeTerm::None)),
        ),
        (
            "assignee:anna",
            field(FieldTerm::Assignee(AssigneeTerm::Login("anna".into()))),
        ),
        (
            "mailbox:\"Acme Support\"",
            field(FieldTerm::Mailbox("Acme Support".into())),
        ),
        (
            "tag:\"Needs Reply\"",
            field(FieldTerm::Tag("needs-reply".into())),
        ),
        (
            "priority:urgent",
            field(FieldTerm::Priority(Priority::Urgent)),
        ),
        (
            "from:olena@x.test",
            Query::Text(TextTerm::From("olena@x.test".into())),
        ),
        ("to:sales", Query::Text(TextTerm::To("sales".into()))),
        (
            "subject:\"a b\"",
            Query::Text(TextTerm::Subject("a b".into())),
        ),
        ("has:attachment", field(FieldTerm::HasAttachment)),
        ("-is:snoozed", not(field(FieldTerm::Is(StateTerm::Snoozed)))),
    ];
    for (text, query) in table {
        assert_eq!(parse(text).as_ref(), Ok(&query), "{text}");
    }
}

#[test]
fn times_and_joins_mean_what_they_say() {
    let day = When::Date(date(2026, 1, 31));
    let week = When::SecondsAgo(7 * 86_400);
    let table = [
        ("#1042", field(FieldTerm::Number(1042))),
        ("created:>2026-01-31", created(Side::After, day.clone())),
        ("created:<2026-01-31", created(Side::Before, day.clone())),
        (
            "created:2026-01-31",
            Query::And(vec![
                created(Side::After, day),
                created(Side::Before, When::Date(date(2026, 2, 1))),
            ]),
        ),
        ("created:<7d", created(Side::After, week.clone())),
        ("created:7d", created(Side::After, week.clone())),
        ("created:>1w", created(Side::Before, week)),
        (
            "a b or c",
            Query::Or(vec![Query::And(vec![word("a"), word("b")]), word("c")]),
        ),
        (
            "a (b OR c)",
            Query::And(vec![word("a"), Query::Or(vec![word("b"), word("c")])]),
        ),
        ("-(a b)", not(Query::And(vec![word("a"), word("b")]))),
    ];
    for (text, query) in table {
        assert_eq!(parse(text).as_ref(), Ok(&query), "{text}");
    }
}

#[test]
fn a_mistake_names_its_place_and_the_nearest_right_word() {
    let table = [
        (
            "a statsu:open",
            2..9,
            Some("status:"),
            "statsu: is not a field",
        ),
        (
            "status:opn",
            7..10,
            Some("open"),
            "status: takes new, open, pending, closed, not opn",
        ),
        (
            "is:late",
            3..7,
            None,
            "is: takes unread, overdue, snoozed, open, flood, not late",
        ),
        (
            "has:attachments",
            4..15,
            Some("attachment"),
            "has: takes attachment, not attachments",
        ),
        (
            "team:sales",
            0..5,
            None,
            "team: is not a field; there are status: assignee:",
        ),
        (
            "from: x",
            0..5,
            None,
            "from: needs its value right behind it",
        ),
        (
            "created:yesterday",
            8..17,
            None,
            "yesterday is no time; write a day such as",
        ),
        ("created:>2026-02-30", 8..19, None, ">2026-02-30 is no time"),
        ("created:<>7d", 8..12, None, "<>7d is no time"),
        ("a (b", 2..3, None, "this ( is never closed"),
        ("a b)", 3..4, None, "this ) closes nothing"),
        ("a \"b", 2..3, None, "this quote is never closed"),
        ("a \"\"", 2..4, None, "nothing is between these quotes"),
        ("or a", 0..2, None, "or needs something before it"),
        ("a or", 2..4, None, "nothing follows this or"),
        ("tag:a,b", 4..7, None, "a tag cannot contain ','"),
    ];
    for (text, at, suggestion, message) in table {
        let mistake = parse(text).unwrap_err();
        assert_eq!(mistake.at, at, "{text}");
        assert_eq!(mistake.suggestion.as_deref(), suggestion, "{text}");
        assert!(
            mistake.message.starts_with(message),
            "{text}: {}",
            mistake.message
        );
    }
    let mistake = parse("status:opn").unwrap_err().to_string();
    assert!(mistake.ends_with("(did you mean open?)"), "{mistake}");
}

#[test]
fn no_depth_of_nesting_is_too_much_to_answer() {
    for text in ["(".repeat(100_000), "-".repeat(100_000) + "a"] {
        assert_eq!(
            parse(&text).unwrap_err().message,
            "this is nested too deeply"
        );
    }
}

#[test]
fn completion_offers_fields_and_then_their_values() {
    let table: [(&str, &[&str]); 7] = [
        ("st", &["status:"]),
        (
            "open -is:",
            &[
                "is:unread",
                "is:overdue",
                "is:snoozed",
                "is:open",
                "is:flood",
            ],
        ),
        ("(status:p", &["status:pending"]),
        ("assignee:", &["assignee:me", "assignee:none"]),
        ("t", &["tag:", "to:"]),
        ("from:ol", &[]),
        ("status:open", &[]),
    ];
    for (line, expected) in table {
        assert_eq!(complete(line, line.len()), expected, "{line}");
    }
    assert_eq!(complete("", 0).len(), 12);
    assert_eq!(token_at("a -is:un b", 8), 3..8);
    assert_eq!(token_at("ї", 1), 0..0, "a cursor inside a character");
}

fn terms() -> impl Strategy<Value = Query> {
    let text =
        "[a-zA-Zї0-9 :#\"\\\\()<>=/-]{1,8}".prop_filter("not blank", |s| !s.trim().is_empty());
    let dates = (1990i16..2100, 1i8..=12, 1i8..=28)
        .prop_map(|(year, month, day)| When::Date(Date::new(year, month, day).unwrap()));
    let ages = (0i64..9_999, prop::sample::select(value::UNITS.to_vec()))
        .prop_map(|(count, (_, length))| When::SecondsAgo((count * length).min(36_500 * 86_400)));
    let bound = (any::<bool>(), prop_oneof![dates, ages]).prop_map(|(after, when)| TimeBound {
        side: if after { Side::After } else { Side::Before },
        when,
    });
    let login = text.clone().prop_filter("a word of its own", |s| {
        !matches!(s.to_lowercase().as_str(), "me" | "none")
    });
    prop_oneof![
        "[a-zї0-9]{1,6}"
            .prop_filter("joins", |s| s != "or")
            .prop_map(|s| word(&s)),
        text.clone().prop_map(|s| Query::Text(TextTerm::Phrase(s))),
        text.clone().prop_map(|s| Query::Text(TextTerm::From(s))),
        text.clone().prop_map(|s| Query::Text(TextTerm::Subject(s))),
        text.prop_map(|s| field(FieldTerm::Mailbox(s))),
        login.prop_map(|s| field(FieldTerm::Assignee(AssigneeTerm::Login(s)))),
        "[a-z][a-z-]{0,5}".prop_map(|s| field(FieldTerm::Tag(s))),
        prop::sample::select(Status::ALL.to_vec()).prop_map(|s| field(FieldTerm::Status(s))),
        prop::sample::select(StateTerm::ALL.to_vec()).prop_map(|s| field(FieldTerm::Is(s))),
        (0i64..i64::MAX).prop_map(|n| field(FieldTerm::Number(n))),
        Just(field(FieldTerm::HasAttachment)),
        bound.clone().prop_map(|b| field(FieldTerm::Created(b))),
        bound.prop_map(|b| field(FieldTerm::Updated(b))),
    ]
}

fn queries() -> impl Strategy<Value = Query> {
    terms().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::Or),
            inner.prop_map(not),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same(query in queries()) {
        let text = query.to_string();
        let parsed = parse(&text);
        prop_assert_eq!(parsed.as_ref(), Ok(&query), "{}", text);
    }

    #[test]
    fn anything_typed_is_a_query_or_a_mistake_within_the_text(text in "\\PC{0,40}") {
        match parse(&text) {
            Ok(query) => prop_assert_eq!(parse(&query.to_string()), Ok(query)),
            Err(mistake) => prop_assert!(text.get(mistake.at.clone()).is_some(), "{:?}", mistake),
        }
    }

    #[test]
    fn completion_stays_within_the_text(text in "[a-z :(\"ї-]{0,12}", at in 0usize..20) {
        prop_assert!(text.get(token_at(&text, at)).is_some());
        let offered = complete(&text, at);
        prop_assert!(offered.iter().all(|word| word.contains(':')));
    }
}
