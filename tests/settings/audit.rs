//! The log of settings on the screen.

use ticketty::app::event::{Effect, FileWork};
use ticketty::domain::audit::{
    Author, ChangeLine, Difference, Origin, Subject, SubjectKind, WHOLE, Way,
};
use ticketty::domain::event::Actor;
use ticketty::domain::ids::{ChangeId, OperatorId};

use super::engine::Bench;
use crate::support::desk::NOW;

const OLD_REPLY: &str = "Hello,\n\nwe answer within a day.\n\nAcme";
const NEW_REPLY: &str = "Hello,\n\nwe answer within an hour.\n\nAcme Support";

fn line(
    id: i64,
    minutes_ago: i64,
    about: (SubjectKind, &str),
    field: &str,
    values: (Option<&str>, Option<&str>),
) -> ChangeLine {
    let now: jiff::Timestamp = NOW.parse().unwrap();
    let author = Author {
        at: now - jiff::SignedDuration::from_mins(minutes_ago),
        actor: Actor::Operator(OperatorId(1)),
        origin: Origin {
            way: if id % 2 == 0 {
                Way::Desk
            } else {
                Way::Command("mailbox set".into())
            },
            user: "anna".into(),
            host: "helpdesk".into(),
            terminal: None,
            ssh_client: Some("192.0.2.7".into()),
        },
    };
    let words = |value: Option<&str>| value.map(str::to_owned);
    let difference = Difference::new(field, words(values.0), words(values.1));
    let change = author.changed(Subject::new(about.0, 1, about.1), difference);
    ChangeLine::of(ChangeId(id), &change, "Anna Koval", Some("anna"))
}

fn usual() -> Vec<ChangeLine> {
    use SubjectKind::{Certificate, Mailbox, Password, View};
    let support = (Mailbox, "support");
    let reply = "policy.automatic.auto_reply.body";
    vec![
        line(7, 3, support, reply, (Some(OLD_REPLY), Some(NEW_REPLY))),
        line(6, 50, (Password, "support"), "password", (None, None)),
        line(
            5,
            60,
            support,
            "login",
            (Some("support@acme.test"), Some("desk")),
        ),
        line(
            4,
            600,
            (Certificate, "sales"),
            "trust.fingerprint",
            (None, Some("ab12cd34")),
        ),
        line(
            3,
            2_000,
            (View, "Hot"),
            WHOLE,
            (Some("name: Hot\nquery: is:open"), None),
        ),
        line(2, 5_000, support, "enabled", (Some("yes"), Some("no"))),
        line(
            1,
            9_000,
            support,
            WHOLE,
            (
                None,
                Some("address: support@acme.test\nlogin: support@acme.test"),
            ),
        ),
    ]
}

fn opened(width: u16, height: u16, changes: Vec<ChangeLine>) -> Bench {
    let mut bench = Bench::usual(width, height);
    bench.changes = changes;
    bench.keys(",").keys(&"j ".repeat(30));
    bench.desk.sees("who changed what");
    bench.keys("enter");
    bench
}

#[test]
fn the_log_says_who_changed_what_when_and_from_where() {
    for (width, height) in [(80, 24), (40, 12), (140, 40)] {
        let mut bench = opened(width, height, usual());
        insta::assert_snapshot!(format!("audit_{width}"), bench.desk.screen());
        bench.keys("enter");
        insta::assert_snapshot!(format!("audit_detail_{width}"), bench.desk.screen());
        bench
            .keys("esc j enter")
            .desk
            .sees("password support: changed");
        if height > 12 {
            bench.desk.sees("Passwords are never in this log");
        }
        bench.keys("esc esc").desk.sees("who changed what");
    }
}

#[test]
fn a_filter_is_written_in_a_line_and_taken_away_with_esc() {
    let mut bench = opened(80, 24, usual());
    bench.keys("/ 'about:mailbox field:login' enter");
    bench
        .desk
        .sees("about:mailbox field:login")
        .sees("1 change")
        .sees("desk");
    assert!(
        !bench.desk.screen().contains("password"),
        "{}",
        bench.desk.screen()
    );
    bench
        .keys("/ 'abuot:x' enter")
        .desk
        .sees("did you mean about");
    // What was refused is still on its line.
    bench.keys("ctrl-u 'nothing-like-it' enter");
    bench.desk.sees("No change matches");
    bench.keys("esc").desk.sees("7 changes");
    bench.keys("esc").desk.sees("who changed what");
}

#[test]
fn an_empty_log_says_what_will_stand_there() {
    let mut bench = opened(40, 12, Vec::new());
    bench.desk.sees("No setting was changed yet.");
}

#[test]
fn a_long_log_comes_as_it_is_scrolled() {
    let many: Vec<ChangeLine> = (1..=250)
        .rev()
        .map(|id| {
            let value = id.to_string();
            line(
                id,
                1_000 - id,
                (SubjectKind::Mailbox, "support"),
                "login",
                (None, Some(&value)),
            )
        })
        .collect();
    let mut bench = opened(80, 24, many);
    bench.desk.sees("100+ changes").sees("nothing → 250");
    bench
        .keys(&"page-down ".repeat(10))
        .desk
        .sees("200+ changes");
    bench
        .keys(&"page-down ".repeat(30))
        .desk
        .sees("250 changes");
    bench
        .keys(&"page-down ".repeat(10))
        .desk
        .sees("nothing → 1");
    bench
        .keys(&"page-up ".repeat(40))
        .desk
        .sees("nothing → 250");
}

/// What was written, and where.
fn written(bench: &Bench) -> (String, String, String) {
    let found = bench
        .desk
        .effects
        .iter()
        .rev()
        .find_map(|effect| match effect {
            Effect::Files(FileWork::Write {
                directory,
                name,
                bytes,
            }) => Some((
                directory.clone(),
                name.clone(),
                String::from_utf8(bytes.clone()).unwrap(),
            )),
            _ => None,
        });
    found.expect("a file is written")
}

#[test]
fn what_matches_is_written_to_a_file() {
    let mut changes = usual();
    changes[4] = line(
        3,
        2_000,
        (SubjectKind::View, "=cmd()"),
        "query",
        (Some("@SUM(1)"), Some("is:open")),
    );
    let mut bench = opened(80, 24, changes);
    bench.keys("w enter");
    let (directory, name, csv) = written(&bench);
    assert_eq!(
        (directory.as_str(), name.as_str()),
        ("/home/anna", "ticketty-settings-2026-11-17.csv")
    );
    assert_eq!(csv.matches("\r\n").count(), 8, "{csv}");
    assert!(csv.contains("view,'=cmd(),query,'@SUM(1),is:open"), "{csv}");

    bench.keys("/ 'about:view' enter w ctrl-u '/tmp/log.json' enter");
    let (directory, name, json) = written(&bench);
    assert_eq!((directory.as_str(), name.as_str()), ("/tmp", "log.json"));
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value.as_array().unwrap().len(), 1);
    assert_eq!(value[0]["subject"], "=cmd()");
    assert_eq!(value[0]["from"]["ssh_client"], "192.0.2.7");

    let many: Vec<ChangeLine> = (1..=1_200)
        .rev()
        .map(|id| {
            line(
                id,
                1,
                (SubjectKind::Mailbox, "support"),
                "login",
                (None, None),
            )
        })
        .collect();
    bench.changes = many;
    bench.keys("esc w ctrl-u 'all.csv' enter");
    let (directory, name, csv) = written(&bench);
    assert_eq!((directory.as_str(), name.as_str()), (".", "all.csv"));
    assert_eq!(csv.matches("\r\n").count(), 1_201);
}

#[test]
fn other_keys_of_the_settings_rest_while_the_log_is_open() {
    let mut bench = opened(80, 24, usual());
    for key in ["n", "d", "x", "p", "t", "s", "M"] {
        bench.keys(key);
        bench.desk.sees("Settings › Audit").sees("7 changes");
    }
}
