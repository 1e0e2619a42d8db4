//! The page of a mailbox, and what is done there.

use jiff::Timestamp;
use ticketty::bridge::{MailboxRequest, Request};
use ticketty::domain::ids::MailboxId;
use ticketty::domain::mailbox::*;
use ticketty::domain::trouble::Trouble;

use super::engine::Bench;
use crate::support::desk::World;

fn needing_password() -> World {
    let mut world = World::usual();
    let since: Timestamp = "2026-11-17T10:30:00Z".parse().unwrap();
    let line = &mut world.mailboxes[0];
    line.mailbox.settings.secret = SecretSource::Ask;
    line.mailbox.settings.incoming = Incoming::Imap(Endpoint {
        host: "imap.acme.example".into(),
        port: 993,
        security: Security::Tls,
    });
    line.health = Health::NeedsPassword {
        next_try: None,
        since,
        trouble: Trouble::operator("the password was refused")
            .because("[AUTHENTICATIONFAILED] Invalid credentials")
            .hint("type it again with p"),
    };
    world
}

#[test]
fn a_mailbox_says_how_it_does_since_when_and_why() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut bench = Bench::with(width, height, needing_password());
        bench.keys(",");
        bench
            .desk
            .sees("Needs password since today 12:30")
            .sees("Invalid credentials");
        insta::assert_snapshot!(format!("mailbox_page_{width}"), bench.desk.screen());
    }
}

#[test]
fn a_password_is_given_again_for_this_run() {
    let mut bench = Bench::with(80, 24, needing_password());
    bench.keys(", p 'tulip' enter");
    assert!(bench.desk.asked.iter().any(|request| matches!(
        request,
        Request::Mailbox(MailboxRequest::Unlock { id: MailboxId(1), secret }) if secret.expose() == "tulip"
    )));
    bench
        .desk
        .sees("Active; new mail comes by itself")
        .sees_no("tulip");
}

#[test]
fn it_is_fetched_tested_checked_and_switched_off_by_keys() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(", f");
    assert_eq!(bench.desk.status(), "2 new messages");
    bench.keys("t ctrl-u 'me@example.test' enter");
    assert_eq!(
        bench.desk.status(),
        "the server took a test mail for me@example.test"
    );
    bench.keys("c");
    bench.desk.sees("✔ folders");
    bench.keys("esc d");
    assert!(bench.desk.status().contains("is off"));
    bench.desk.sees("d switches it on");
}

#[test]
fn removing_asks_and_says_that_tickets_stay() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(", x");
    bench.desk.sees("Remove support? Its tickets stay");
    bench.keys("n");
    assert!(!bench.desk.world.mailboxes[0].mailbox.removed);
    bench.keys("x y");
    assert!(bench.desk.world.mailboxes[0].mailbox.removed);
    bench.desk.sees_no("● support");
}

#[test]
fn it_is_changed_in_the_same_form_and_only_the_change_is_marked() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(", enter down enter ctrl-u 'help' enter");
    bench.desk.sees("•Name");
    assert_eq!(bench.desk.screen().matches('•').count(), 1);
    bench.keys("s");
    assert_eq!(bench.last_put().0.name, "help");
    assert_eq!(
        bench.last_put().0.incoming,
        Incoming::Maildir("/mail".into())
    );
}

#[test]
fn everything_fits_the_smallest_terminal() {
    let mut bench = Bench::with(40, 12, needing_password());
    bench.keys(",");
    bench.desk.sees("Mailboxes").sees("needs password");
    bench.keys("enter");
    bench.desk.sees("the password was refused");
    insta::assert_snapshot!("mailbox_page_40", bench.desk.screen());
    bench.keys("enter");
    bench.desk.sees("support@acme.example");
    bench.keys("esc esc M 'anna@gmail.com' enter 'x'");
    bench.desk.sees("•");
    insta::assert_snapshot!("form_40", bench.desk.screen());
    bench.keys("enter");
    bench.desk.sees("Enter saves");
}

#[test]
fn any_size_is_drawn_at_any_moment() {
    for (width, height) in [(20, 5), (40, 12), (69, 13), (70, 14), (200, 60)] {
        let mut bench = Bench::with(width, height, needing_password());
        for keys in [
            ",",
            "j",
            "k",
            "enter",
            "tab",
            "s",
            "esc",
            "esc",
            "M",
            "'a@b.test'",
            "enter",
            "'x'",
            "enter",
            "up",
            "esc",
        ] {
            bench.keys(keys);
            assert_eq!(bench.desk.screen().lines().count(), usize::from(height));
        }
    }
}
