//! The domains of our senders in the settings.

use jiff::Timestamp;
use ticketty::app::event::Event;
use ticketty::bridge::*;
use ticketty::domain::clean::Clean;
use ticketty::domain::sender_domain::*;
use ticketty::domain::trouble::Trouble;

use super::engine::Bench;
use crate::support::desk::World;

fn record(name: &str, kind: &str, value: &str) -> Record {
    Record {
        name: Clean::name(name),
        kind: kind.into(),
        value: Clean::line(value),
    }
}

fn check(kind: CheckKind, status: Status) -> Check {
    Check {
        kind,
        status,
        found: Vec::new(),
        proposed: Vec::new(),
        remarks: Vec::new(),
    }
}

fn remark(gravity: Gravity, words: &str) -> Remark {
    Remark {
        gravity,
        code: "story".into(),
        words: Clean::line(words),
    }
}

fn domain(name: &str, status: Status) -> DomainLine {
    DomainLine {
        domain: Clean::name(name),
        addresses: vec![Clean::name(&format!("support@{name}"))],
        kept_by: None,
        status,
        checks: Vec::new(),
        checked_at: Some("2026-11-17T10:30:00Z".parse::<Timestamp>().unwrap()),
        selectors: Vec::new(),
    }
}

const MERGED: &str = "v=spf1 ip4:198.51.100.7 include:_spf.google.com ~all";

fn failing() -> DomainLine {
    let key = format!(
        "v=DKIM1; k=rsa; p={}",
        "MIIBIjANBgkqhkiG9w0BAQEFAAOC".repeat(14)
    );
    let mut mx = check(CheckKind::Mx, Status::Verified);
    mx.found
        .push(record("acme.test", "MX", "1 smtp.google.com"));
    let mut spf = check(CheckKind::Spf, Status::Failed);
    spf.remarks.push(remark(
        Gravity::Wrong,
        "there are 2 SPF records, and receivers then read none; put one in their place",
    ));
    spf.found
        .push(record("acme.test", "TXT", "v=spf1 ip4:198.51.100.7 ~all"));
    spf.found.push(record("acme.test", "TXT", "v=spf1 mx -all"));
    spf.proposed.push(record("acme.test", "TXT", MERGED));
    let mut dkim = check(CheckKind::Dkim, Status::Verified);
    dkim.found
        .push(record("google._domainkey.acme.test", "TXT", &key));
    let mut dmarc = check(CheckKind::Dmarc, Status::Pending);
    dmarc.remarks.push(remark(
        Gravity::Unknown,
        "the name servers gave no answer about _dmarc.acme.test: no answer within 10 s",
    ));
    DomainLine {
        checks: vec![mx, spf, dkim, dmarc],
        ..domain("acme.test", Status::Failed)
    }
}

fn bench(width: u16, height: u16) -> Bench {
    let mut world = World::usual();
    let gmail = DomainLine {
        kept_by: Some(Clean::from_static("Gmail")),
        ..domain("gmail.com", Status::Verified)
    };
    let new = DomainLine {
        checked_at: None,
        ..domain("new.test", Status::Pending)
    };
    world.domains = vec![failing(), gmail, new];
    Bench::with(width, height, world)
}

/// The cursor goes down to a row.
fn to(bench: &mut Bench, words: &str) {
    for _ in 0..20 {
        let screen = bench.desk.screen();
        let is_there = |line: &&str| line.starts_with('▌') && line.contains(words);
        if screen.lines().find(is_there).is_some() {
            return;
        }
        bench.keys("j");
    }
    panic!("{words} is not in the list:\n{}", bench.desk.screen());
}

#[test]
fn a_domain_shows_what_is_there_what_should_be_and_what_is_wrong() {
    for (width, height) in [(40, 12), (80, 24), (140, 40)] {
        let mut bench = bench(width, height);
        bench.keys(",");
        to(&mut bench, "acme.test");
        insta::assert_snapshot!(format!("domain_list_{width}"), bench.desk.screen());
        bench.keys("enter");
        bench.desk.sees("used by support@acme.test");
        insta::assert_snapshot!(format!("domain_page_{width}"), bench.desk.screen());
        bench.keys(&"j ".repeat(60));
        bench.desk.sees("K types more");
        insta::assert_snapshot!(format!("domain_page_end_{width}"), bench.desk.screen());
        bench.keys("esc");
        bench.desk.sees("✘ acme.test").sees("Domains");
    }
}

#[test]
fn a_record_is_copied_as_it_should_be() {
    let mut bench = bench(80, 24);
    bench.keys(",");
    to(&mut bench, "acme.test");
    bench.keys("y");
    bench.desk.sees("should be").sees("is there");
    bench.keys("enter");
    let copied: Vec<String> = bench
        .desk
        .copied()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(copied, [MERGED]);
}

#[test]
fn it_is_verified_again_by_a_key_and_says_how_it_stands() {
    let mut bench = bench(80, 24);
    bench.keys(",");
    to(&mut bench, "new.test");
    bench.desk.sees("Not verified yet; c does it now.");
    bench.ahead("c");
    bench.desk.sees("… asking the name servers");
    bench.answer();
    assert_eq!(bench.desk.status(), "new.test is verified");
    bench.desk.sees("✔ new.test").sees_no("asking");
    // The engine verifies by itself, and the screen follows.
    bench.desk.world.domains[2].status = Status::Failed;
    bench.desk.push(Pushed::Domains);
    bench.answer();
    bench.desk.sees("✘ new.test");
}

#[test]
fn selectors_are_typed() {
    let mut bench = bench(80, 24);
    bench.keys(",");
    to(&mut bench, "new.test");
    bench.keys("K 's1, s2' enter");
    bench.desk.sees("Typed selectors: s1 s2");
    assert!(
        bench
            .desk
            .asked
            .contains(&Request::Domain(DomainRequest::SetSelectors {
                domain: "new.test".into(),
                selectors: vec!["s1".into(), "s2".into()],
            }))
    );
}

#[test]
fn a_refused_question_is_told_and_forgotten() {
    let mut bench = bench(80, 24);
    bench.keys(",");
    to(&mut bench, "new.test");
    bench.ahead("c");
    let ask = bench.desk.held.pop().unwrap();
    let trouble = Trouble::operator("a b is not a selector");
    bench.desk.event(Event::Told(Told {
        answers: Some(ask.id),
        report: Report::Failed(trouble),
    }));
    assert_eq!(bench.desk.status(), "a b is not a selector");
    bench.desk.sees_no("asking the name servers");
}

#[test]
fn a_providers_own_domain_needs_nothing() {
    let mut bench = bench(80, 24);
    bench.keys(",");
    to(&mut bench, "gmail.com");
    bench.desk.sees("✔ kept by Gmail: nothing to do");
    bench.keys("c");
    assert_eq!(
        bench.desk.status(),
        "gmail.com is kept by Gmail: nothing to do"
    );
}
