//! Where mail goes.

use super::*;

fn workspace() -> Reader {
    Reader {
        name: "Google Workspace".into(),
        host: "imap.gmail.com".into(),
        mx_suffixes: vec!["google.com".into(), "googlemail.com".into()],
        mx: vec!["1 smtp.google.com".into()],
    }
}

fn own() -> Reader {
    Reader {
        name: "imap.acme.test".into(),
        host: "imap.acme.test".into(),
        mx_suffixes: Vec::new(),
        mx: Vec::new(),
    }
}

fn judged(zone: Zone, reader: Reader) -> Check {
    let subject = Subject {
        readers: vec![reader],
        ..acme(Vec::new())
    };
    settle(zone, |answers| super::super::mx::check(&subject, answers))
}

const GOOGLE: (&str, &str, &str) = ("smtp.google.com", "A", "192.0.2.1");

/// A zone and where the mailbox is read; what comes of it, and the records it should have.
type Row = (
    Zone<'static>,
    fn() -> Reader,
    &'static [&'static str],
    &'static [&'static str],
);

const ROWS: &[Row] = &[
    (
        &[("acme.test", "MX", "1 smtp.google.com"), GOOGLE],
        workspace,
        &[],
        &[],
    ),
    (
        &[],
        workspace,
        &["no-record"],
        &["acme.test MX 1 smtp.google.com"],
    ),
    (
        &[],
        own,
        &["no-record"],
        &["acme.test MX 10 imap.acme.test"],
    ),
    (
        &[("acme.test", "MX", "0 .")],
        workspace,
        &["takes-no-mail"],
        &["acme.test MX 1 smtp.google.com"],
    ),
    (
        &[
            ("acme.test", "MX", "10 mx.elsewhere.test"),
            ("mx.elsewhere.test", "A", "192.0.2.9"),
        ],
        workspace,
        &["elsewhere"],
        &["acme.test MX 1 smtp.google.com"],
    ),
    // Nobody knows whose exchanger that is, so nothing is said against it.
    (
        &[
            ("acme.test", "MX", "10 mx.hoster.test"),
            ("mx.hoster.test", "A", "192.0.2.9"),
        ],
        own,
        &[],
        &[],
    ),
    (
        &[("acme.test", "MX", "10 gone.acme.test")],
        own,
        &["no-address"],
        &[],
    ),
    (
        &[("acme.test", "MX", "10 192.0.2.7")],
        own,
        &["no-address"],
        &["acme.test MX 10 imap.acme.test"],
    ),
    (
        &[
            ("acme.test", "MX", "10 gone.acme.test"),
            ("acme.test", "MX", "20 mx.acme.test"),
            ("mx.acme.test", "AAAA", "2001:db8::1"),
        ],
        own,
        &["~no-address"],
        &[],
    ),
    (&[("acme.test", "MX", "!")], own, &["?no-answer"], &[]),
    (
        &[
            ("acme.test", "MX", "10 mx.acme.test"),
            ("mx.acme.test", "A", "!"),
        ],
        own,
        &["?no-answer"],
        &[],
    ),
];

#[test]
fn mail_has_to_go_where_it_is_read() {
    for (zone, reader, expected, records) in ROWS {
        let check = judged(zone, reader());
        assert_eq!(codes(&check), *expected, "{zone:?}");
        assert_eq!(proposed(&check), *records, "{zone:?}");
    }
}

#[test]
fn what_is_there_stands_in_the_order_of_preference() {
    let check = judged(
        &[
            ("acme.test", "MX", "20 b.acme.test"),
            ("acme.test", "MX", "5 a.acme.test"),
            ("a.acme.test", "A", "192.0.2.1"),
            ("b.acme.test", "A", "192.0.2.2"),
        ],
        own(),
    );
    let found: Vec<&str> = check
        .found
        .iter()
        .map(|record| record.value.as_str())
        .collect();
    assert_eq!(found, ["5 a.acme.test", "20 b.acme.test"]);
}
