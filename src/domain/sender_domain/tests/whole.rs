//! A domain as a whole, and the small rules everything stands on.

use super::*;

#[test]
fn one_failure_fails_all_and_one_doubt_leaves_doubt() {
    use Status::{Failed, Pending, Verified};
    let rows: &[(&[Status], Status)] = &[
        (&[Verified, Verified], Verified),
        (&[Verified, Pending], Pending),
        (&[Pending, Failed], Failed),
        (&[Failed, Verified], Failed),
    ];
    for (all, sum) in rows {
        assert_eq!(Status::of_all(all.iter().copied()), *sum, "{all:?}");
    }
    assert_eq!(status(&[]), Pending);
}

#[test]
fn names_have_one_form() {
    assert_eq!(normal("ACME.Test."), "acme.test");
    assert_eq!(normal("Приклад.test"), "xn--80aikifvh.test");
    assert!(is_name("acme.test"));
    assert!(!is_name("acme..test"));
    assert!(!is_name(&"a".repeat(64)));
    assert_eq!(organisation("help.acme.co.uk"), "acme.co.uk");
    assert_eq!(organisation("acme.test"), "acme.test");
    assert_eq!(organisation("co.uk"), "co.uk");
}

#[test]
fn a_new_domain_is_told_all_four() {
    let subject = Subject {
        readers: vec![Reader {
            name: "Google Workspace".into(),
            host: "imap.gmail.com".into(),
            mx_suffixes: vec!["google.com".into()],
            mx: vec!["1 smtp.google.com".into()],
        }],
        ..acme(vec![google()])
    };
    let checks = settle(&[], |answers| judge(&subject, answers));
    let lines: Vec<String> = checks
        .iter()
        .flat_map(|check| {
            let codes = codes(check).join(" ");
            let proposed = proposed(check).join(" | ");
            [
                format!("{} {} {codes}", check.kind.word(), check.status.word()),
                proposed,
            ]
        })
        .collect();
    assert_eq!(
        lines,
        [
            "MX failed no-record",
            "acme.test MX 1 smtp.google.com",
            "SPF failed no-record missing-include",
            "acme.test TXT v=spf1 include:_spf.google.com ~all",
            "DKIM pending ?no-selector",
            "google._domainkey.acme.test TXT v=DMARC1"
                .replace(
                    "DMARC1",
                    "DKIM1; k=rsa; p=(the key that your mail provider shows you)"
                )
                .as_str(),
            "DMARC failed no-record",
            "_dmarc.acme.test TXT v=DMARC1; p=none; rua=mailto:postmaster@acme.test",
        ]
    );
    assert_eq!(status(&checks), Status::Failed);
}

#[test]
fn a_dead_name_server_fails_nothing() {
    let subject = acme(vec![google()]);
    let mut answers = Answers::default();
    let mut checks = judge(&subject, &mut answers);
    for _ in 0..10 {
        for question in answers.take_missing() {
            answers.put(question, Answer::Unavailable("nobody is there".into()));
        }
        checks = judge(&subject, &mut answers);
    }
    assert!(
        checks.iter().all(|check| check.status == Status::Pending),
        "{checks:#?}"
    );
    let all: Vec<&str> = checks
        .iter()
        .flat_map(|check| &check.remarks)
        .map(|remark| remark.words.as_str())
        .collect();
    assert!(
        all.iter().any(|words| words.contains("nobody is there")),
        "{all:?}"
    );
}

#[test]
fn whoever_makes_us_ask_without_end_is_stopped() {
    // Each record includes six more; the walk ends, and so do the questions.
    let mut answers = Answers::default();
    let subject = acme(vec![google()]);
    let mut asked = 0;
    let mut checks = judge(&subject, &mut answers);
    loop {
        let missing = answers.take_missing();
        if missing.is_empty() {
            break;
        }
        for question in missing {
            asked += 1;
            let includes: String = (0..6)
                .map(|n| format!(" include:n{n}.{}", question.name))
                .collect();
            let answer = Answer::Records(vec![format!("v=spf1{includes} -all")]);
            answers.put(question, answer);
        }
        checks = judge(&subject, &mut answers);
    }
    assert!(asked <= 120, "{asked} questions");
    assert!(codes(&checks[1]).contains(&"too-many-lookups".to_owned()));
}

#[test]
fn a_long_value_says_that_it_needs_parts() {
    let long = Record::txt("acme.test", &"x".repeat(256));
    assert!(long.needs_parts());
    assert!(!Record::txt("acme.test", "short").needs_parts());
    assert!(!Record::new("acme.test", "MX", &"x".repeat(256)).needs_parts());
}
