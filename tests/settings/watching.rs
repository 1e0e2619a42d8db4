//! How a mailbox does, on its page and on the desk: since when, why, what waits, what came; and errors told once.

use ticketty::app::event::{Effect, Event};
use ticketty::bridge::*;
use ticketty::domain::clean::Clean;
use ticketty::domain::folder::LedgerAccount;
use ticketty::domain::ids::MailboxId;
use ticketty::domain::mailbox::*;
use ticketty::domain::trouble::Trouble;

use super::engine::Bench;
use crate::support::desk::NOW;

fn now() -> jiff::Timestamp {
    NOW.parse().unwrap()
}

pub fn status(id: MailboxId, health: Health) -> MailboxStatus {
    let hour = jiff::SignedDuration::from_hours(1);
    MailboxStatus {
        id,
        status: health.status(),
        health,
        since: Some(now() - hour * 30),
        last_fetch: Some(now()),
        last_send: Some(now() - hour),
        last_mail: Some(now()),
        backlog: Backlog {
            folders: vec![(Clean::line("INBOX"), 14)],
            to_send: 2,
            in_doubt: 0,
        },
        by_hour: (0..24).map(|hour| hour % 7).collect(),
        tickets: TicketCounts { all: 412, open: 18 },
        account: LedgerAccount {
            listed: 1_240,
            stored: 1_200,
            same_content: 24,
            unreadable: 2,
            holes: 14,
            ..LedgerAccount::default()
        },
        troubles: Vec::new(),
        unreadable: vec![(Clean::line("NO [SERVERBUG] Internal error"), 2)],
        caught_up: Some(CaughtUp {
            why: Why::SwitchedOn,
            since: now() - hour,
            at: now(),
            mails: 14,
            tickets: 12,
        }),
        self_test: SelfTestLine {
            last: Some(SelfTested {
                at: now() - hour,
                milliseconds: 3_000,
                in_junk: false,
                failure: None,
            }),
            due: Some(now() + hour * 5),
            obstacle: None,
        },
    }
}

fn failing() -> Health {
    Health::Failing {
        since: now(),
        next_try: Some(now() + jiff::SignedDuration::from_mins(10)),
        trouble: Trouble::network("imap.acme.example does not answer").hint("look at the line"),
    }
}

fn push(bench: &mut Bench, pushed: Pushed) {
    bench.desk.event(Event::Told(Told {
        answers: None,
        report: Report::Pushed(pushed),
    }));
}

#[test]
fn the_page_says_all_that_is_known() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut bench = Bench::usual(width, height);
        bench.keys(",");
        bench
            .desk
            .sees("Active since")
            .sees("last send")
            .sees("14 to fetch from INBOX, 2 to send")
            .sees("412 · 18 open")
            .sees("14 mails came meanwhile, 12 new")
            .sees("passed today")
            .sees("2 unreadable");
        insta::assert_snapshot!(format!("mailbox_watched_{width}"), bench.desk.screen());
    }
}

#[test]
fn a_page_that_does_not_fit_says_so_and_is_read_on_by_a_key() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(",");
    bench
        .desk
        .sees("Active since")
        .sees("more: page-down shows them")
        .sees_no("Connected");
    bench.keys("page-down");
    bench
        .desk
        .sees("Connected")
        .sees("the end; page-up goes back")
        .sees_no("Active since");
    bench.keys("page-up");
    bench.desk.sees("Active since");
    bench.keys("page-down down");
    bench.desk.sees("sales").sees_no("page-up goes back");
}

#[test]
fn an_error_is_told_once_by_line_bell_and_desktop() {
    let mut bench = Bench::usual(140, 40);
    let told = |bench: &Bench| {
        let effects = bench.desk.effects.iter();
        effects
            .filter(|effect| matches!(effect, Effect::Notify { .. }))
            .count()
    };
    let health = |health| Pushed::Health {
        mailbox: MailboxId(1),
        health,
    };
    push(&mut bench, health(failing()));
    bench.desk.sees("✗ support Error");
    assert!(
        bench
            .desk
            .status()
            .contains("support: imap.acme.example does not answer")
    );
    assert_eq!(told(&bench), 1);
    assert!(bench.desk.effects.contains(&Effect::Bell));
    // The next attempt of the same error.
    push(&mut bench, health(failing()));
    assert_eq!(told(&bench), 1);
    push(&mut bench, health(Health::Live));
    push(
        &mut bench,
        health(Health::Failing {
            since: now() + jiff::SignedDuration::from_mins(1),
            next_try: None,
            trouble: Trouble::network("away"),
        }),
    );
    assert_eq!(told(&bench), 2);
}

#[test]
fn what_came_meanwhile_is_said() {
    let mut bench = Bench::usual(140, 40);
    let caught_up = status(MailboxId(1), Health::Live).caught_up.unwrap();
    push(
        &mut bench,
        Pushed::CaughtUp {
            mailbox: MailboxId(1),
            caught_up,
        },
    );
    assert_eq!(
        bench.desk.status(),
        "support is connected again: 14 mails came meanwhile, 12 new tickets"
    );
}

#[test]
fn the_self_test_is_made_by_a_key() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(", T");
    assert_eq!(
        bench.desk.status(),
        "the self-test passed: the mail was here after 3 s"
    );
}

#[test]
fn watching_is_set_in_a_section_of_its_own() {
    let mut bench = Bench::usual(140, 40);
    bench.keys(", enter");
    for _ in 0..40 {
        if bench.desk.screen().contains("How it is tried again") {
            break;
        }
        bench.keys("down");
    }
    bench.keys(
        "space down enter ctrl-u '30' enter enter ctrl-u '3' enter enter ctrl-u enter space s",
    );
    let watch = bench.last_put().0.watch;
    assert_eq!(watch.reconnect_seconds, 30);
    assert_eq!(watch.attempts_before_error, 3);
    assert_eq!(watch.self_test_hours, None);
    assert!(!watch.notifies_desktop);
}
