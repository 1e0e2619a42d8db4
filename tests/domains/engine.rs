//! Verified once for all addresses, daily, after a change, and never by guessing.

use std::time::Duration;

use ticketty::bridge::*;
use ticketty::domain::sender_domain::{CheckKind, Status};

use super::bench::{Bench, GOOD};

fn statuses(line: &DomainLine) -> Vec<Status> {
    line.checks.iter().map(|check| check.status).collect()
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_domain_that_several_addresses_share_is_asked_about_once() {
    let mut bench = Bench::with(GOOD).await;
    bench
        .connect("support@acme.test", "smtp.acme.test", &["help@ACME.test"])
        .await;
    bench.verified().await;
    bench
        .connect("sales@acme.test", "smtp.acme.test", &[])
        .await;
    let before = bench.count("acme.test MX");
    let verify = || {
        Request::Domain(DomainRequest::Verify {
            domain: "Acme.test".into(),
        })
    };
    let answers = bench.ask_all(vec![verify(), verify(), verify()]).await;
    for answer in answers {
        let Report::Domains(lines) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].addresses.len(), 3, "{:?}", lines[0].addresses);
    }
    assert_eq!(bench.count("acme.test MX") - before, 1);
    assert_eq!(bench.domains(DomainRequest::List).await.len(), 1);
}

#[tokio::test]
async fn what_is_in_order_is_verified_and_a_selector_may_be_typed() {
    let mut bench = Bench::with(GOOD).await;
    bench
        .connect("support@acme.test", "smtp.acme.test", &[])
        .await;
    let line = bench.verify("acme.test").await;
    assert_eq!(line.status, Status::Pending, "no selector is known");
    let line = bench.selectors("acme.test", &["S1"]).await;
    assert_eq!(statuses(&line), [Status::Verified; 4], "{:#?}", line.checks);
    assert_eq!(line.selectors[0].as_str(), "s1");
    let dkim = line
        .checks
        .iter()
        .find(|check| check.kind == CheckKind::Dkim)
        .unwrap();
    assert_eq!(dkim.found[0].name.as_str(), "s1._domainkey.acme.test");
    assert!(line.checked_at.is_some());
    // It is kept.
    let kept = bench.domains(DomainRequest::List).await;
    assert_eq!(kept, [line]);
}

#[tokio::test]
async fn long_records_come_whole() {
    let long = format!(
        "v=spf1 {}a:smtp.acme.test -all",
        "ip4:192.0.2.77 ".repeat(30)
    );
    let mut bench = Bench::with(&[
        ("acme.test", "TXT", &long),
        ("smtp.acme.test", "A", "192.0.2.2"),
    ])
    .await;
    bench
        .connect("support@acme.test", "smtp.acme.test", &[])
        .await;
    let line = bench.verify("acme.test").await;
    let spf = &line.checks[1];
    assert_eq!(
        (spf.status, spf.found[0].value.as_str()),
        (Status::Verified, long.as_str())
    );
}

#[tokio::test]
async fn a_name_server_that_does_not_answer_leaves_it_pending() {
    let mut bench = Bench::with(&[
        ("acme.test", "SILENCE", ""),
        ("_dmarc.acme.test", "SERVFAIL", ""),
        ("google._domainkey.acme.test", "SILENCE", ""),
    ])
    .await;
    bench
        .connect("support@acme.test", "smtp.gmail.com", &[])
        .await;
    let line = bench.verify("acme.test").await;
    assert_eq!(statuses(&line), [Status::Pending; 4], "{:#?}", line.checks);
    let words = line.checks[1].remarks[0].words.as_str();
    assert!(
        words.starts_with("the name servers gave no answer about acme.test"),
        "{words}"
    );
}

#[tokio::test]
async fn it_is_verified_again_every_day_by_itself() {
    let mut bench = Bench::with(GOOD).await;
    bench
        .connect("support@acme.test", "smtp.acme.test", &[])
        .await;
    bench.verified().await;
    let asked = |bench: &Bench| bench.count("acme.test MX");
    let first = asked(&bench);
    assert!(first > 0, "a mailbox was saved");
    bench.clock.advance(HOUR * 25);
    bench.verified().await;
    assert_eq!(asked(&bench), first * 2);
    let checked_at = bench.domains(DomainRequest::List).await[0].checked_at;
    assert_eq!(checked_at, Some("2026-11-21T13:00:00Z".parse().unwrap()));
}

#[tokio::test]
async fn what_was_in_order_and_fails_is_told() {
    let mut bench = Bench::with(GOOD).await;
    let id = bench
        .connect("support@acme.test", "smtp.acme.test", &[])
        .await;
    bench.verified().await;
    assert_eq!(
        bench.verify("acme.test").await.checks[1].status,
        Status::Verified
    );
    bench.pushed.clear();
    // From now on it sends through a server that the record does not name.
    bench
        .put(Some(id), "support@acme.test", "smtp.gmail.com", &[])
        .await;
    let is_notice = |pushed: &Pushed| matches!(pushed, Pushed::Notice(_));
    let Pushed::Notice(trouble) = bench.until("the notice", is_notice).await else {
        unreachable!()
    };
    assert_eq!(trouble.what, "SPF of acme.test was in order and fails now");
    assert!(trouble.cause.unwrap().contains("include:_spf.google.com"));
    let line = bench.domains(DomainRequest::List).await.remove(0);
    assert_eq!(
        line.checks[1].proposed[0].value.as_str(),
        "v=spf1 mx a:smtp.acme.test include:_spf.google.com -all"
    );
}

#[tokio::test]
async fn a_providers_own_domain_is_left_alone() {
    let mut bench = Bench::with(GOOD).await;
    bench.connect("acme@gmail.com", "smtp.gmail.com", &[]).await;
    let line = bench.verify("gmail.com").await;
    assert_eq!(line.kept_by.as_ref().map(AsRef::as_ref), Some("Gmail"));
    assert_eq!(line.status, Status::Verified);
    assert_eq!(bench.dns.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn only_domains_of_our_own_are_asked_about() {
    let mut bench = Bench::with(GOOD).await;
    bench
        .connect("support@acme.test", "smtp.acme.test", &[])
        .await;
    for (request, what, hint) in [
        (
            DomainRequest::Verify {
                domain: "else.test".into(),
            },
            "no mailbox sends from an address in else.test",
            "there are acme.test",
        ),
        (
            DomainRequest::SetSelectors {
                domain: "acme.test".into(),
                selectors: vec!["a b".into()],
            },
            "a b is not a selector",
            "it is the part before ._domainkey, such as google or selector1",
        ),
    ] {
        let Report::Failed(trouble) = bench.ask(Request::Domain(request)).await else {
            panic!("{what}")
        };
        assert_eq!(
            (trouble.what.as_str(), trouble.hint.as_deref()),
            (what, Some(hint))
        );
    }
}
