//! SPF records, good and bad.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::super::tests::{Zone, acme, codes, google, own_host, proposed, settle};
use super::super::{Check, Gravity, Status};
use super::*;

/// The record of Google as it is built, smaller.
const GOOGLE: &[(&str, &str, &str)] = &[(
    "_spf.google.com",
    "TXT",
    "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all",
)];

fn judged(rows: Zone, senders: Vec<Sender>) -> Check {
    let mut zone = GOOGLE.to_vec();
    zone.extend(rows);
    let subject = acme(senders);
    settle(&zone, |answers| check(&subject, answers))
}

/// Each a term that receivers can read.
const GOOD_TERMS: &[&str] = &[
    "all",
    "-all",
    "?ALL",
    "include:_spf.acme.test",
    "a",
    "a/24",
    "a//64",
    "a/24//64",
    "a:mail.acme.test/28",
    "mx",
    "mx:acme.test//48",
    "ptr",
    "ptr:acme.test",
    "ip4:192.0.2.1",
    "ip4:192.0.2.0/24",
    "ip6:2001:db8::/32",
    "exists:%{ir}.%{v}._spf.%{d2}",
    "include:%{d}.spf.acme.test",
    "exists:%{l1r-}.acme.test",
    "redirect=_spf.acme.test",
    "exp=why.acme.test",
    "x-note=%{i}%%",
    "a:%{h}/24",
];

#[test]
fn terms_are_read_as_the_grammar_says() {
    for term in GOOD_TERMS {
        let spf = Spf::parse(&format!("v=spf1 {term}"));
        assert_eq!(spf.mistakes, [], "{term}");
        assert_eq!(spf.terms.len(), 1, "{term}");
    }
    let bad = [
        ("inclde:acme.test", None),
        ("include", None),
        ("include:", None),
        ("include:localhost", None),
        ("all:acme.test", None),
        ("ip4", None),
        ("ip4:192.0.2.300", None),
        ("ip4:192.0.2.0/33", None),
        ("ip6:192.0.2.1", None),
        ("exists:%{q}.acme.test", None),
        ("exists:%{d.acme.test", None),
        ("a:acme.test%", None),
        ("mx/99", None),
        ("192.0.2.1", None),
        ("ipv4:192.0.2.1", Some("ip4:192.0.2.1")),
        ("include=acme.test", Some("include:acme.test")),
        ("redirect:acme.test", Some("redirect=acme.test")),
    ];
    for (term, meant) in bad {
        let spf = Spf::parse(&format!("v=spf1 {term} -all"));
        assert_eq!(spf.terms.len(), 1, "{term}");
        assert_eq!(spf.mistakes[0].meant.as_deref(), meant, "{term}");
    }
    assert_eq!(
        Spf::parse("v=spf1 redirect=a.test redirect=b.test")
            .mistakes
            .len(),
        1
    );
    for (text, is) in [
        ("v=spf1", true),
        ("V=SPF1 -all", true),
        ("v=spf10 -all", false),
        ("v=spf2.0/pra", false),
        ("é", false),
    ] {
        assert_eq!(is_spf(text), is, "{text}");
    }
}

#[test]
fn a_network_holds_what_lies_in_it() {
    let network = |text: &str| match Spf::parse(&format!("v=spf1 {text}")).terms[0].what {
        What::Mechanism(_, Mechanism::Ip(network)) => network,
        _ => panic!("{text}"),
    };
    for (large, small, holds) in [
        ("ip4:192.0.2.0/24", "ip4:192.0.2.77", true),
        ("ip4:192.0.2.0/24", "ip4:192.0.3.1", false),
        ("ip4:192.0.2.0/24", "ip4:192.0.0.0/16", false),
        ("ip4:0.0.0.0/0", "ip4:192.0.2.1", true),
        ("ip6:2001:db8::/32", "ip6:2001:db8:1::/48", true),
        ("ip6:::/0", "ip4:192.0.2.1", false),
    ] {
        assert_eq!(
            network(large).holds(&network(small)),
            holds,
            "{large} {small}"
        );
    }
}

/// One record of acme.test, what comes of it for a domain that sends through Google, and what it should be.
const RECORDS: &[(&str, &[&str], Option<&str>)] = &[
    ("v=spf1 include:_spf.google.com ~all", &[], None),
    ("v=spf1 include:_spf.google.com -all", &[], None),
    ("v=spf1 include:_SPF.Google.com. -all", &[], None),
    (
        "v=spf1 ip4:198.51.100.7 -all",
        &["missing-include"],
        Some("v=spf1 ip4:198.51.100.7 include:_spf.google.com -all"),
    ),
    // The addresses behind the include, written out.
    ("v=spf1 ip4:192.0.2.0/23 ip6:2001:db8::/32 -all", &[], None),
    (
        "v=spf1 -include:_spf.google.com ~all",
        &["missing-include"],
        Some("v=spf1 -include:_spf.google.com include:_spf.google.com ~all"),
    ),
    (
        "v=spf1 include:_spf.google.com +all",
        &["allows-all"],
        Some("v=spf1 include:_spf.google.com ~all"),
    ),
    (
        "v=spf1 include:_spf.google.com",
        &["~no-all"],
        Some("v=spf1 include:_spf.google.com ~all"),
    ),
    (
        "v=spf1 include:_spf.google.com ?all",
        &["~no-all"],
        Some("v=spf1 include:_spf.google.com ~all"),
    ),
    (
        "v=spf1 ptr include:_spf.google.com -all",
        &["~ptr"],
        Some("v=spf1 include:_spf.google.com -all"),
    ),
    (
        "v=spf1 -all include:_spf.google.com",
        &["missing-include", "~ignored-term"],
        Some("v=spf1 include:_spf.google.com -all"),
    ),
    (
        "v=spf1 include:_spf.google.com ipv4:198.51.100.7 ~all",
        &["unreadable"],
        Some("v=spf1 ip4:198.51.100.7 include:_spf.google.com ~all"),
    ),
    (
        "v=spf1 include:_spf.google.com nonsense ~all",
        &["unreadable"],
        Some("v=spf1 include:_spf.google.com ~all"),
    ),
    ("v=spf1 redirect=_spf.google.com", &[], None),
    (
        "v=spf1 include:_spf.google.com include:gone.test -all",
        &["include-without-record"],
        None,
    ),
    (
        "v=spf1 include:_spf.google.com a:x.test a:y.test mx:z.test -all",
        &["too-many-empty-lookups"],
        None,
    ),
    (
        "v=spf1 include:_spf.google.com exists:%{i}.acme.test -all",
        &[],
        None,
    ),
];

#[test]
fn a_record_is_judged_and_mended() {
    for (text, expected, better) in RECORDS {
        let check = judged(&[("acme.test", "TXT", text)], vec![google()]);
        assert_eq!(codes(&check), *expected, "{text}");
        let better: Vec<String> = better
            .iter()
            .map(|text| format!("acme.test TXT {text}"))
            .collect();
        assert_eq!(proposed(&check), better, "{text}");
    }
}

#[test]
fn two_records_become_one() {
    let check = judged(
        &[
            ("acme.test", "TXT", "v=spf1 ip4:198.51.100.7 ~all"),
            ("acme.test", "TXT", "google-site-verification=abc"),
            (
                "acme.test",
                "TXT",
                "v=spf1 mx ip4:198.51.100.7 redirect=_spf.shop.test",
            ),
            ("acme.test", "MX", "10 mx.acme.test"),
            ("mx.acme.test", "A", "198.51.100.9"),
            ("_spf.shop.test", "TXT", "v=spf1 ip4:203.0.113.0/24 -all"),
        ],
        vec![google()],
    );
    assert_eq!(codes(&check), ["two-records", "missing-include"]);
    assert_eq!(check.found.len(), 2);
    assert_eq!(
        proposed(&check),
        [
            "acme.test TXT v=spf1 ip4:198.51.100.7 mx include:_spf.google.com include:_spf.shop.test ~all"
        ]
    );
}

#[test]
fn the_eleventh_look_up_breaks_it() {
    let names: Vec<String> = (0..10).map(|n| format!("n{n}.test")).collect();
    let mut zone: Vec<(&str, &str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), "TXT", "v=spf1 ip4:198.51.100.1 -all"))
        .collect();
    let includes = |count: usize| -> String {
        names
            .iter()
            .take(count)
            .map(|name| format!("include:{name} "))
            .collect()
    };
    let nine = format!("v=spf1 include:_spf.google.com {}-all", includes(9));
    let ten = format!("v=spf1 include:_spf.google.com {}-all", includes(10));
    zone.push(("acme.test", "TXT", &nine));
    assert_eq!(codes(&judged(&zone, vec![google()])), Vec::<String>::new());
    zone.pop();
    zone.push(("acme.test", "TXT", &ten));
    let check = judged(&zone, vec![google()]);
    assert_eq!(codes(&check), ["too-many-lookups"]);
    assert!(check.remarks[0].words.as_str().contains("11 look-ups"));
    assert_eq!(proposed(&check), Vec::<String>::new());
}

#[test]
fn an_include_that_comes_back_to_itself_is_a_loop() {
    let check = judged(
        &[
            (
                "acme.test",
                "TXT",
                "v=spf1 include:_spf.google.com include:a.test -all",
            ),
            ("a.test", "TXT", "v=spf1 include:b.test -all"),
            ("b.test", "TXT", "v=spf1 include:a.test -all"),
        ],
        vec![google()],
    );
    assert_eq!(codes(&check), ["include-loop"]);
}

#[test]
fn an_included_record_has_to_be_one_and_readable() {
    let rows: &[(Zone, &str)] = &[
        (
            &[
                ("a.test", "TXT", "v=spf1 -all"),
                ("a.test", "TXT", "v=spf1 mx -all"),
            ],
            "include-without-record",
        ),
        (
            &[("a.test", "TXT", "v=spf1 nonsense -all")],
            "include-unreadable",
        ),
    ];
    for (extra, code) in rows {
        let mut zone = vec![(
            "acme.test",
            "TXT",
            "v=spf1 include:_spf.google.com include:a.test -all",
        )];
        zone.extend(*extra);
        assert_eq!(codes(&judged(&zone, vec![google()])), [*code]);
    }
}

#[test]
fn a_server_of_ones_own_is_found_by_its_address_or_its_organisation() {
    let host = ("smtp.acme.test", "A", "198.51.100.5");
    let rows: &[(&str, &[&str])] = &[
        ("v=spf1 a:smtp.acme.test -all", &[]),
        ("v=spf1 ip4:198.51.100.0/24 -all", &[]),
        ("v=spf1 mx -all", &[]),
        ("v=spf1 a -all", &["missing-include"]),
        ("v=spf1 include:_spf.google.com -all", &["missing-include"]),
    ];
    for (text, expected) in rows {
        let zone = [
            ("acme.test", "TXT", *text),
            ("acme.test", "MX", "10 smtp.acme.test"),
            ("acme.test", "A", "203.0.113.1"),
            host,
        ];
        let check = judged(&zone, vec![own_host()]);
        assert_eq!(codes(&check), *expected, "{text}");
    }
    let check = judged(
        &[("acme.test", "TXT", "v=spf1 a -all"), host],
        vec![own_host()],
    );
    assert_eq!(
        proposed(&check),
        ["acme.test TXT v=spf1 a a:smtp.acme.test -all"]
    );
    // The hoster's own record is taken at its word.
    let hoster = Sender {
        name: "mail.hoster.test".into(),
        via: Via::Host("mail.hoster.test".into()),
        selectors: Vec::new(),
    };
    let zone: Zone = &[
        ("acme.test", "TXT", "v=spf1 include:_spf.hoster.test -all"),
        ("_spf.hoster.test", "TXT", "v=spf1 ip4:203.0.113.0/24 -all"),
    ];
    assert_eq!(codes(&judged(zone, vec![hoster])), Vec::<String>::new());
    let literal = Sender {
        name: "203.0.113.9".into(),
        via: Via::Host("203.0.113.9".into()),
        selectors: Vec::new(),
    };
    let check = judged(&[], vec![literal]);
    assert_eq!(
        proposed(&check),
        ["acme.test TXT v=spf1 ip4:203.0.113.9 ~all"]
    );
}

#[test]
fn what_cannot_be_asked_is_never_a_failure() {
    let rows: &[(Zone, &[&str])] = &[
        (&[("acme.test", "TXT", "!")], &["?no-answer"]),
        (
            &[
                ("acme.test", "TXT", "v=spf1 include:a.test -all"),
                ("a.test", "TXT", "!"),
            ],
            &["?no-answer"],
        ),
        (
            &[
                ("acme.test", "TXT", "v=spf1 redirect=a.test"),
                ("a.test", "TXT", "!"),
            ],
            &["?no-answer"],
        ),
    ];
    for (zone, expected) in rows {
        let check = judged(zone, vec![google()]);
        assert_eq!(codes(&check), *expected, "{zone:?}");
        assert_eq!(check.status, Status::Pending, "{zone:?}");
    }
    // Two records are wrong, whatever else is not known.
    let check = judged(
        &[
            ("acme.test", "TXT", "v=spf1 include:a.test -all"),
            ("acme.test", "TXT", "v=spf1 mx -all"),
            ("a.test", "TXT", "!"),
        ],
        vec![google()],
    );
    assert_eq!(check.status, Status::Failed);
    assert!(
        check
            .remarks
            .iter()
            .any(|remark| remark.gravity == Gravity::Unknown)
    );
}
