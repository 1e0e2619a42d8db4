//! The checks as a live list that has the page for itself.

use ticketty::bridge::{CheckState, CheckStep, ConnectRequest, Link, Request};
use ticketty::domain::trouble::Trouble;

use super::engine::{Bench, line, passing, refused_password};

fn checked(width: u16, height: u16) -> Bench {
    let mut bench = Bench::empty(width, height);
    bench.keys("M 'anna@gmail.com' enter 'tulip-horse-9' enter");
    bench
}

/// Whether the last check that was asked for sends a mail to oneself.
fn last_goes_round(bench: &Bench) -> bool {
    let mut asked = bench.desk.asked.iter().rev();
    asked
        .find_map(|request| match request {
            Request::Connect(ConnectRequest::Check {
                with_round_trip, ..
            }) => Some(*with_round_trip),
            _ => None,
        })
        .expect("a check was asked for")
}

fn count_of_checks(bench: &Bench) -> usize {
    let is_check =
        |request: &&Request| matches!(request, Request::Connect(ConnectRequest::Check { .. }));
    bench.desk.asked.iter().filter(is_check).count()
}

#[test]
fn every_station_has_its_line_from_the_name_to_the_accepted_sender() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut bench = checked(width, height);
        let stations = [
            "✔ reaching it            imap.gmail.com:993",
            "✔ its protection         TLS 1.3, certificate for imap.gmail.com",
            "until 12 Jan 2027",
            "by Google Trust Services",
            "✔ its greeting           Gimap ready",
            "✔ signing in             anna@gmail.com",
            "✔ what it can do         IDLE, CONDSTORE",
            "✔ folders                9 folders with 12,345 mails",
            "✔ signing in to send",
            "✔ the sender is accepted",
            "· not tried: a mail to oneself, a copy in Sent",
            "All is well: Enter saves. m tries a mail to oneself, too.",
        ];
        for station in stations {
            bench.desk.sees(station);
        }
        insta::assert_snapshot!(format!("checks_passed_{width}"), bench.desk.screen());
    }
}

#[test]
fn the_list_follows_what_happens() {
    let mut bench = Bench::empty(80, 24);
    bench.keeps_checking = true;
    bench.checks.truncate(5);
    let running = line(
        CheckStep::Abilities,
        CheckState::Running,
        "asking what it can do",
        0,
    );
    bench.checks.push(running);
    bench.keys("M 'anna@gmail.com' enter 'x' enter");
    bench
        .desk
        .sees("✔ signing in")
        .sees("… what it can do         asking")
        .sees("· folders")
        .sees("checking …")
        .sees_no("All is well");
    bench.keys("enter");
    assert!(bench.desk.status().contains("not through yet"));
    assert_eq!(count_of_checks(&bench), 1);
    bench.keys("l");
    bench.desk.sees("Protocol of the last check");
}

#[test]
fn the_bar_says_what_enter_really_does_and_that_saving_is_possible_anyway() {
    let mut bench = Bench::empty(80, 24);
    bench.checks = refused_password();
    bench.keys("M 'anna@gmail.com' enter 'wrong' enter");
    let screen = bench.desk.screen();
    let bar = screen.lines().last().unwrap().to_owned();
    assert!(bar.contains("enter check again"), "{bar}");
    assert!(bar.contains("s save anyway"), "{bar}");
    assert!(bar.contains("l protocol"), "{bar}");
    assert!(bar.contains("esc back"), "{bar}");
    assert!(!bar.contains("open"), "{bar}");
    bench.keys("enter");
    assert_eq!(count_of_checks(&bench), 2);
    assert!(!last_goes_round(&bench));
    bench.keys("p 'right' ");
    bench.desk.sees("Password").sees("•••");
}

#[test]
fn a_failure_is_seen_with_its_cause_and_next_step_and_what_it_kept_from_being_tried() {
    let mut bench = Bench::empty(80, 24);
    bench.checks = refused_password();
    bench.keys("M 'anna@gmail.com' enter 'wrong' enter");
    bench
        .desk
        .sees("✘ signing in")
        .sees("the password was refused")
        .sees("Application-specific password required")
        .sees("→ make one at https://myaccount.google.com/apppasswords")
        .sees("· not reached: what it can do, folders");
}

#[test]
fn a_warning_lets_pass_and_says_why() {
    let mut bench = Bench::empty(80, 24);
    let words = "no IDLE: new mail is seen only every 60 s".to_owned();
    bench.checks = passing();
    bench.checks[5] = line(
        CheckStep::Abilities,
        CheckState::Warned(words),
        "UIDPLUS",
        1,
    );
    bench.keys("M 'anna@gmail.com' enter 'x' enter");
    bench
        .desk
        .sees("! what it can do         UIDPLUS")
        .sees("no IDLE: new mail is seen only every 60 s")
        .sees("All is well: Enter saves.");
}

#[test]
fn a_mail_to_oneself_is_sent_only_when_asked_for_and_confirmed() {
    let mut bench = checked(80, 24);
    assert!(!last_goes_round(&bench));
    bench.keys("m");
    bench
        .desk
        .sees("Send a mail from anna@gmail.com to itself?");
    bench.keys("n");
    assert_eq!(count_of_checks(&bench), 1);
    bench.keys("m y");
    assert!(last_goes_round(&bench));
    bench
        .desk
        .sees("✔ a mail to oneself      there and back in 1.9 s")
        .sees("✔ a copy in Sent");
    assert_eq!(count_of_checks(&bench), 2);
    // Checked anew by its key it is quiet again.
    bench.keys("c");
    assert!(!last_goes_round(&bench));
}

#[test]
fn a_mail_to_oneself_that_did_not_come_is_tried_again_by_enter() {
    let mut bench = checked(80, 24);
    let trouble =
        Trouble::server("the mail to anna@gmail.com was sent and did not come within 60 s")
            .hint("look at the mailbox's forwarding and filter rules");
    bench.checks.truncate(13);
    bench.checks.push(line(
        CheckStep::RoundTrip,
        CheckState::Failed(trouble),
        "",
        60_000,
    ));
    bench.keys("m y");
    bench
        .desk
        .sees("✘ a mail to oneself")
        .sees("did not come within 60 s")
        .sees("forwarding and filter rules");
    bench.keys("enter");
    assert!(last_goes_round(&bench));
    assert_eq!(count_of_checks(&bench), 3);
}

#[test]
fn enter_saves_what_has_passed_and_the_bar_says_so() {
    let mut bench = checked(80, 24);
    let bar = bench.desk.screen().lines().last().unwrap().to_owned();
    assert!(bar.contains("enter save"), "{bar}");
    bench.keys("enter");
    assert_eq!(
        bench.desk.status(),
        "anna is connected; its mail comes in now"
    );
}

#[test]
fn without_a_server_to_send_by_there_is_no_mail_to_oneself() {
    let mut bench = Bench::usual(80, 24);
    bench.checks = vec![line(CheckStep::Folders, CheckState::Passed, "3 folders", 1)];
    bench.keys(", c").keys("m");
    assert!(bench.desk.status().contains("only a mailbox with IMAP"));
    assert_eq!(count_of_checks(&bench), 1);
}

#[test]
fn the_protocol_is_a_page_that_scrolls_and_leads_back() {
    let mut bench = Bench::empty(80, 24);
    bench.protocol = vec!["Incoming:"; 40];
    bench.protocol.push("< T9 OK bye");
    bench
        .keys("M 'anna@gmail.com' enter 'tulip-horse-9' enter")
        .keys("l");
    bench
        .desk
        .sees("Protocol of the last check")
        .sees("Incoming:")
        .sees_no("T9 OK bye")
        .sees_no("tulip");
    bench.keys("G");
    bench.desk.sees("< T9 OK bye");
    bench.keys("esc");
    bench
        .desk
        .sees("✔ the sender is accepted")
        .sees("step 3 of 3");
}

#[test]
fn esc_leads_from_the_checks_to_the_form_and_down_leads_back() {
    let mut bench = checked(140, 40);
    bench.keys("esc");
    bench
        .desk
        .sees("Address")
        .sees("step 2 of 3")
        .sees("✔ checked: 13 passed");
    bench.keys(&"down ".repeat(30));
    bench
        .desk
        .sees("✔ the sender is accepted")
        .sees_no("Address  ");
    bench.keys(&"up ".repeat(30));
    bench.desk.sees("Address");
    bench.keys("s");
    assert_eq!(
        bench.desk.status(),
        "anna is connected; its mail comes in now"
    );
}

#[test]
fn a_connected_mailbox_is_checked_on_a_page_of_its_own() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(", c");
    bench.desk.sees("✔ folders").sees_no("connect a mailbox");
    let bar = bench.desk.screen().lines().last().unwrap().to_owned();
    assert!(
        bar.contains("enter check again") && !bar.contains("save"),
        "{bar}"
    );
    bench.keys("esc");
    bench
        .desk
        .sees("connect a mailbox")
        .sees("checked: 13 passed");
}

#[test]
fn a_run_that_could_not_begin_says_why() {
    let mut bench = Bench::empty(80, 24);
    let trouble = Trouble::operator("the password command failed")
        .because("pass: not found")
        .hint("run it in a shell");
    bench.checks = vec![line(
        CheckStep::Incoming(Link::Name),
        CheckState::Failed(trouble),
        "",
        3,
    )];
    bench.keys("M 'anna@gmail.com' enter 'x' enter");
    bench
        .desk
        .sees("✘ incoming server")
        .sees("pass: not found")
        .sees("→ run it in a shell");
}

#[test]
fn the_smallest_terminal_has_all_words() {
    let mut bench = Bench::empty(40, 12);
    bench.checks = refused_password();
    bench.keys("M 'anna@gmail.com' enter 'x' enter");
    bench.desk.sees("✘ signing in").sees("myaccount.google.com");
    insta::assert_snapshot!("checks_failed_40", bench.desk.screen());
}
