//! Connecting a mailbox by keys alone.

use ticketty::app::settings::mailbox::SETTINGS;
use ticketty::bridge::{ConnectRequest, MailboxRequest, Request, SignInRequest};
use ticketty::domain::ids::MailboxId;
use ticketty::domain::mailbox::*;

use super::engine::{Bench, REFUSED, refused_password};
use super::found::go_to;

const PASSWORD: &str = "tulip-horse-9";

fn snapshot(name: &str, bench: &Bench) {
    insta::assert_snapshot!(name, bench.desk.screen());
}

#[test]
fn a_mailbox_is_connected_with_four_keys_an_address_and_a_password() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut bench = Bench::empty(width, height);
        bench.desk.sees("Press M to connect one");
        snapshot(&format!("empty_desk_{width}"), &bench);
        bench.keys("M");
        snapshot(&format!("address_{width}"), &bench);
        bench.keys("'anna@gmail.com' enter");
        bench.desk.sees("Gmail").sees("by the domain gmail.com");
        bench.desk.sees("myaccount.google.com/apppasswords");
        snapshot(&format!("detected_{width}"), &bench);
        bench.keys(&format!("'{PASSWORD}' enter"));
        bench
            .desk
            .sees("✔ the sender is accepted")
            .sees("Enter saves");
        bench.keys("enter");
        assert_eq!(bench.keys_pressed, 4, "M, Enter, Enter, Enter");
        assert_eq!(
            bench.desk.status(),
            "anna is connected; its mail comes in now"
        );
        bench.desk.sees_no("Settings ›").sees("anna 0%");
        let (settings, secret) = bench.last_put();
        assert_eq!(settings.address, "anna@gmail.com");
        assert_eq!(settings.secret, SecretSource::File);
        assert_eq!(secret.unwrap().expose(), PASSWORD);
    }
}

#[test]
fn whoever_types_ahead_of_the_engine_loses_no_letter() {
    let mut bench = Bench::empty(80, 24);
    bench.ahead(&format!("M 'anna@gmail.com' enter '{PASSWORD}'"));
    bench.answer();
    bench.desk.sees("smtp.gmail.com:465");
    bench.keys("enter s");
    assert_eq!(bench.last_put().1.unwrap().expose(), PASSWORD);
}

#[test]
fn a_mailbox_that_was_saved_without_its_password_goes_on_as_an_edit() {
    let mut bench = Bench::empty(80, 24);
    bench.keys(&format!("M 'anna@gmail.com' enter '{REFUSED}' enter s"));
    bench.desk.sees("but its password is not");
    bench.keys("ctrl-s");
    let last = bench
        .desk
        .asked
        .iter()
        .rev()
        .find_map(|request| match request {
            Request::Mailbox(MailboxRequest::Put { id, .. }) => Some(*id),
            _ => None,
        });
    assert_eq!(
        last,
        Some(Some(MailboxId(1))),
        "the same mailbox, not a second"
    );
    bench.desk.sees_no("is connected already");
}

#[test]
fn a_password_is_nowhere_to_be_seen() {
    let mut bench = Bench::empty(80, 24);
    bench.keys(&format!("M 'anna@gmail.com' enter '{PASSWORD}'"));
    bench.desk.sees_no("tulip").sees("•••••••••••••");
    let told = format!(
        "{:?} {:?} {:?}",
        bench.desk.app, bench.desk.asked, bench.desk.held
    );
    assert!(!told.contains("tulip"), "Debug tells the password");
    bench.keys("enter");
    bench.desk.sees_no("tulip");
    bench.keys("s");
    let told = format!("{:?} {:?}", bench.desk.app, bench.desk.asked);
    assert!(!told.contains("tulip"), "Debug tells the password");
}

#[test]
fn a_failing_check_says_why_and_what_to_do_and_may_be_saved_anyway() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut bench = Bench::empty(width, height);
        bench.checks = refused_password();
        bench.keys("M 'anna@gmail.com' enter 'wrong' enter");
        bench
            .desk
            .sees("✘ signing in")
            .sees("Application-specific password required");
        bench
            .desk
            .sees("myaccount.google.com/apppasswords")
            .sees("s saves anyway");
        snapshot(&format!("checks_failing_{width}"), &bench);
        let asked = bench.desk.asked.len();
        bench.keys("enter");
        assert!(matches!(
            bench.desk.asked.get(asked),
            Some(Request::Connect(ConnectRequest::Check { .. }))
        ));
        bench.keys("s");
        assert!(
            bench
                .desk
                .status()
                .contains("saved although a check failed")
        );
    }
}

#[test]
fn what_was_chosen_while_the_engine_looked_stays() {
    let mut bench = Bench::empty(80, 24);
    bench.ahead("M 'anna@gmail.com' enter esc");
    let face = |bench: &mut Bench| {
        let settings = bench.desk.app.settings_mut().unwrap();
        let open = settings.open.as_mut().unwrap();
        let index = open.face().index_of("name").unwrap();
        open.face_mut().put(index, "Front office");
    };
    face(&mut bench);
    bench.answer();
    bench
        .desk
        .sees("Front office")
        .sees("imap.gmail.com:993 TLS");
}

#[test]
fn esc_asks_only_if_something_would_be_lost() {
    let mut bench = Bench::empty(80, 24);
    bench.keys("M esc");
    bench.desk.sees_no("lost").sees("connects a mailbox");
    bench.keys("enter 'anna@acme.example' enter 'x' esc");
    bench.desk.sees_no("would be lost");
    bench.keys("esc");
    bench.desk.sees("would be lost");
    bench.keys("n");
    bench
        .desk
        .sees("anna@acme.example")
        .sees_no("would be lost");
    bench.keys("esc y");
    bench.desk.sees_no("anna@acme.example");
    bench.keys("esc");
    bench.desk.sees_no("Settings ›");
}

#[test]
fn a_password_command_takes_the_place_of_a_password() {
    let mut bench = Bench::empty(80, 24);
    bench.keys("M 'anna@acme.example' enter esc");
    go_to(&mut bench, "password-from");
    bench.keys("space down enter");
    bench.keys("'pass show \"mail'");
    bench.desk.sees("a quote is opened and not closed");
    bench.keys("'\"' enter s y");
    let (settings, secret) = bench.last_put();
    assert_eq!(
        settings.secret,
        SecretSource::Command("pass show \"mail\"".into())
    );
    assert_eq!(secret, None);
}

#[test]
fn every_field_has_its_words_and_they_fit_a_line() {
    let mut names = std::collections::BTreeSet::new();
    for spec in SETTINGS.iter() {
        assert!(names.insert(spec.name), "{} is there twice", spec.name);
        assert!(
            spec.help.ends_with('.') || spec.help.contains("such as"),
            "{}",
            spec.name
        );
        assert!(
            spec.help.chars().count() <= 78,
            "{}: {}",
            spec.name,
            spec.help
        );
        assert!(
            spec.label.chars().count() <= 15,
            "{}: {}",
            spec.name,
            spec.label
        );
    }
}

#[test]
fn a_provider_that_takes_no_password_is_signed_in_to_with_oauth2_by_itself() {
    let mut bench = Bench::empty(80, 24);
    bench.keys("M 'anna@outlook.com' enter");
    bench
        .desk
        .sees("OAuth2")
        .sees("microsoft")
        .sees("i signs in");
    bench.keys("i");
    let asked = bench.desk.asked.iter().any(|request| {
        matches!(
            request,
            Request::Connect(ConnectRequest::SignIn(SignInRequest::Begin { provider, .. }))
                if provider == "microsoft"
        )
    });
    assert!(asked, "i began no sign-in");
}

#[test]
fn a_password_that_was_typed_ahead_is_not_thrown_away_for_oauth2() {
    let mut bench = Bench::empty(80, 24);
    bench.ahead(&format!("M 'anna@outlook.com' enter '{PASSWORD}'"));
    bench.answer();
    bench.keys("esc s");
    assert_eq!(bench.last_put().0.secret, SecretSource::File);
}
