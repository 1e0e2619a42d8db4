//! What receivers shall do, and whether our mail passes.

use super::*;

const KEY: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const SPF: (&str, &str, &str) = ("acme.test", "TXT", "v=spf1 a:smtp.acme.test -all");
const HOST: (&str, &str, &str) = ("smtp.acme.test", "A", "192.0.2.1");

/// SPF and DKIM in order, and these policies.
fn judged(rows: Zone, change: impl FnOnce(&mut Subject)) -> Check {
    let mut zone = vec![SPF, HOST, ("s1._domainkey.acme.test", "TXT", KEY)];
    zone.extend(rows);
    let mut subject = acme(vec![own_host()]);
    subject.typed = vec!["s1".into()];
    change(&mut subject);
    settle(&zone, |answers| judge(&subject, answers)).remove(3)
}

#[test]
fn a_policy_is_read_as_receivers_read_it() {
    let rows: &[(&str, &[&str], &[&str])] = &[
        ("v=DMARC1; p=reject", &[], &[]),
        ("v=DMARC1;p=quarantine;adkim=s;aspf=s", &[], &[]),
        (
            "v=DMARC1; p=none",
            &["~only-watches"],
            &["_dmarc.acme.test TXT v=DMARC1; p=quarantine"],
        ),
        (
            "v=DMARC1; p=none; rua=mailto:a@acme.test; pct=50",
            &["~only-watches", "~partial"],
            &["_dmarc.acme.test TXT v=DMARC1; p=quarantine; rua=mailto:a@acme.test; pct=50"],
        ),
        (
            "v=DMARC1; sp=reject",
            &["no-policy"],
            &["_dmarc.acme.test TXT v=DMARC1; p=quarantine; rua=mailto:postmaster@acme.test"],
        ),
        (
            "v=DMARC1; p=maybe",
            &["no-policy"],
            &["_dmarc.acme.test TXT v=DMARC1; p=quarantine; rua=mailto:postmaster@acme.test"],
        ),
        ("v=DMARC1; p=reject; sp=none", &["~open-subdomains"], &[]),
        ("v=DMARC1; p=reject; sp=nun", &["~unreadable"], &[]),
        ("v=DMARC1; p=reject; pct=900", &["~unreadable"], &[]),
        ("v=DMARC1; p=reject; adkim=x", &["~unreadable"], &[]),
        ("v=DMARC1; p=reject; rua=a@acme.test", &["~unreadable"], &[]),
        ("v=DMARC1; p=reject; nonsense", &["~unreadable"], &[]),
        (
            "v=DMARC1; p=reject; rua=mailto:a@reports.example",
            &["~reports-refused"],
            &[],
        ),
        // Not a policy at all: the version has to come first, exactly so.
        (
            "p=reject; v=DMARC1",
            &["no-record"],
            &["_dmarc.acme.test TXT v=DMARC1; p=quarantine; rua=mailto:postmaster@acme.test"],
        ),
    ];
    for (text, expected, records) in rows {
        let check = judged(&[("_dmarc.acme.test", "TXT", text)], |_| {});
        assert_eq!(codes(&check), *expected, "{text}");
        assert_eq!(proposed(&check), *records, "{text}");
    }
}

#[test]
fn reports_to_others_need_their_consent() {
    let check = judged(
        &[
            (
                "_dmarc.acme.test",
                "TXT",
                "v=DMARC1; p=reject; rua=mailto:a@reports.example!10m",
            ),
            (
                "acme.test._report._dmarc.reports.example",
                "TXT",
                "v=DMARC1",
            ),
        ],
        |_| {},
    );
    assert_eq!(codes(&check), Vec::<String>::new());
}

#[test]
fn two_policies_are_none() {
    let check = judged(
        &[
            ("_dmarc.acme.test", "TXT", "v=DMARC1; p=reject"),
            ("_dmarc.acme.test", "TXT", "v=DMARC1; p=none"),
        ],
        |_| {},
    );
    assert_eq!(codes(&check), ["two-records"]);
    assert_eq!(
        proposed(&check),
        ["_dmarc.acme.test TXT v=DMARC1; p=reject"]
    );
}

#[test]
fn a_silent_name_server_leaves_it_pending() {
    let check = judged(&[("_dmarc.acme.test", "TXT", "!")], |_| {});
    assert_eq!(
        (check.status, codes(&check)),
        (Status::Pending, vec!["?no-answer".into()])
    );
}

#[test]
fn a_subdomain_falls_back_to_its_organisation() {
    let rows: &[(&str, &[&str])] = &[
        ("v=DMARC1; p=reject", &["~from-organisation"]),
        (
            "v=DMARC1; p=reject; sp=none",
            &["~from-organisation", "~only-watches"],
        ),
        ("v=DMARC1; p=none; sp=reject", &["~from-organisation"]),
    ];
    for (text, expected) in rows {
        let subject = Subject {
            domain: "help.acme.co.uk".into(),
            typed: vec!["s1".into()],
            envelopes: vec!["help.acme.co.uk".into()],
            ..Subject::default()
        };
        let zone: Zone = &[
            ("_dmarc.acme.co.uk", "TXT", text),
            ("help.acme.co.uk", "TXT", "v=spf1 ip4:192.0.2.1 -all"),
            ("s1._domainkey.help.acme.co.uk", "TXT", KEY),
        ];
        let check = settle(zone, |answers| judge(&subject, answers)).remove(3);
        assert_eq!(codes(&check), *expected, "{text}");
        assert_eq!(check.found[0].name.as_str(), "_dmarc.acme.co.uk");
    }
}

#[test]
fn mail_passes_only_in_the_name_of_its_sender() {
    let signed = |domain: &str| {
        vec![vec![Signature {
            domain: domain.into(),
            selector: "s1".into(),
        }]]
    };
    // Signed as a subdomain: relaxed alignment takes it, strict alignment does not.
    let zone: &[(&str, &str, &str)] = &[
        ("_dmarc.acme.test", "TXT", "v=DMARC1; p=reject; adkim=s"),
        ("s1._domainkey.mail.acme.test", "TXT", KEY),
    ];
    let check = judged(zone, |subject| {
        subject.typed.clear();
        subject.signed = signed("mail.acme.test");
    });
    assert_eq!(codes(&check), ["~dkim-not-aligned"]);
    // The envelope is elsewhere, so only the signature counts.
    let zone: &[(&str, &str, &str)] = &[("_dmarc.acme.test", "TXT", "v=DMARC1; p=reject")];
    let check = judged(zone, |subject| {
        subject.envelopes = vec!["hoster.example".into()]
    });
    assert_eq!(codes(&check), ["~spf-not-aligned"]);
    // Neither.
    let check = judged(zone, |subject| {
        subject.envelopes = vec!["hoster.example".into()];
        subject.typed.clear();
        subject.signed = signed("acme-test.gappssmtp.example");
    });
    assert_eq!(codes(&check), ["not-aligned"]);
    // What DKIM does is not known yet, so nobody can say.
    let check = judged(zone, |subject| {
        subject.envelopes = vec!["hoster.example".into()];
        subject.typed.clear();
    });
    assert_eq!(codes(&check), ["?alignment-unknown"]);
}
