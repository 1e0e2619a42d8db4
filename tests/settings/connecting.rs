//! Connecting a mailbox by keys alone.

use ticketty::app::settings::mailbox::SETTINGS;
use ticketty::app::settings::mailbox::presets::PRESETS;
use ticketty::bridge::{ConnectRequest, MailboxRequest, Request};
use ticketty::domain::ids::MailboxId;
use ticketty::domain::mailbox::*;
use ticketty::mail::providers;

use super::engine::{Bench, REFUSED, refused_password};

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
        bench.desk.sees("✔ the sender is accepted").sees("s saves");
        bench.keys("s");
        assert_eq!(bench.keys_pressed, 4, "M, Enter, Enter, s");
        assert_eq!(
            bench.desk.status(),
            "anna is connected; its mail comes in now"
        );
        bench.desk.sees("imap.gmail.com:993  TLS");
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
fn mistakes_are_named_while_typing() {
    let cases = [
        ("incoming", "imap.acme.example:99999", "is not a port"),
        ("incoming", "imap.acme.example:0", "is not a port"),
        ("incoming", "imap acme", "a space in the server's name"),
        ("incoming", "imaps://acme.example", "leave out imaps://"),
        ("incoming", "", "a server is missing"),
        ("outgoing", "smtp/acme", "“/” cannot stand"),
        ("outgoing", "anna@acme", "an address"),
        ("login", "", "a login is missing"),
        ("name", "", "a name is missing"),
        (
            "name",
            "a name that is much too long for any list to be shown in",
            "40 at most",
        ),
        ("address", "anna", "@"),
        ("poll-seconds", "5", "10 to 86400"),
        ("undo-window", "ten", "not a number"),
    ];
    for (field, typed, words) in cases {
        let mut bench = Bench::empty(80, 24);
        bench.keys("M 'anna@acme.example' enter 'x' esc");
        for section in ["fetching", "rules"] {
            go_to(&mut bench, section);
            bench.keys("space");
        }
        go_to(&mut bench, field);
        bench.keys("enter ctrl-e ctrl-u");
        if !typed.is_empty() {
            bench.keys(&format!("'{typed}'"));
        }
        bench.desk.sees(words);
        bench.keys("esc s");
        assert!(
            bench.desk.status().starts_with("not saved"),
            "{field}: {}",
            bench.desk.status()
        );
    }
}

/// Moves to a field as a person would: up to the first, then down until it is there.
fn go_to(bench: &mut Bench, name: &str) {
    bench.keys(&"up ".repeat(40));
    for _ in 0..40 {
        let settings = bench.desk.app.settings_mut().unwrap();
        let face = settings.open.as_ref().unwrap().face();
        if face.name(face.focus()) == name {
            return;
        }
        bench.keys("down");
    }
    panic!("there is no field {name}");
}

#[test]
fn an_error_stands_under_its_field() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut bench = Bench::empty(width, height);
        bench.keys("M 'anna@acme.example' enter 'x' tab");
        go_to(&mut bench, "incoming");
        bench.keys("enter ctrl-u 'imap.acme.example:70000'");
        snapshot(&format!("error_under_field_{width}"), &bench);
    }
}

#[test]
fn the_same_address_twice_is_refused_at_the_address_in_the_engines_words() {
    let mut bench = Bench::usual(80, 24);
    bench.keys("M 'sales@acme.example' enter 'x' enter s");
    bench.desk.sees("sales@acme.example is connected already");
    bench.desk.sees("as the mailbox sales");
}

#[test]
fn protection_and_port_propose_each_other() {
    let mut bench = Bench::empty(140, 40);
    bench.keys("M 'anna@acme.example' enter 'x' esc");
    go_to(&mut bench, "incoming-protection");
    bench.keys("space");
    bench.desk.sees("imap.acme.example:143").sees("STARTTLS");
    bench.keys("space");
    bench.desk.sees("anybody on the way can read");
    bench.keys("u");
    bench.desk.sees("imap.acme.example:993");
    go_to(&mut bench, "outgoing");
    bench.keys("enter ctrl-u 'smtp.acme.example:587' enter");
    bench.desk.sees("STARTTLS");
    go_to(&mut bench, "outgoing-protection");
    bench.keys("space space");
    bench.desk.sees("smtp.acme.example:465");
}

#[test]
fn another_provider_is_chosen_from_a_list() {
    let mut bench = Bench::empty(80, 24);
    bench.keys("M 'anna@acme.example' enter 'x' esc");
    go_to(&mut bench, "provider");
    bench.keys("enter");
    bench.desk.sees("Office 365").sees("Yahoo").sees("other…");
    bench.keys("'office' enter");
    bench
        .desk
        .sees("smtp.office365.com:587")
        .sees("chosen by you");
}

#[test]
fn what_is_offered_is_what_the_engine_knows() {
    for preset in PRESETS {
        let known = providers::by_name(preset.name).expect(preset.name);
        let server = |server: providers::Server| (server.host, server.port, server.security);
        assert_eq!(preset.imap, server(known.imap), "{}", preset.name);
        assert_eq!(preset.smtp, server(known.smtp), "{}", preset.name);
    }
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
    bench.keys("'\"' enter s");
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
