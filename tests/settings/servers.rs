//! The form's two faces: the servers that were found, the provider that is chosen, the servers that are typed.

use ticketty::bridge::{ConnectRequest, MailboxRequest, Request};

use super::engine::Bench;
use super::found::go_to;

const PASSWORD: &str = "tulip-horse-9";

fn snapshot(name: &str, bench: &Bench) {
    insta::assert_snapshot!(name, bench.desk.screen());
}

#[test]
fn the_standard_face_asks_for_little_and_the_advanced_one_shows_the_servers() {
    let mut bench = Bench::empty(80, 24);
    bench.keys("M 'anna@gmail.com' enter 'x' esc");
    bench
        .desk
        .sees("imap.gmail.com:993 TLS")
        .sees_no("protected by")
        .sees_no("CA file");
    snapshot("standard_80", &bench);
    bench.keys("a");
    bench
        .desk
        .sees("protected by")
        .sees("smtp.gmail.com:465")
        .sees("CA file");
    snapshot("advanced_80", &bench);
    go_to(&mut bench, "fingerprint");
    bench.desk.sees("Certificate");
    go_to(&mut bench, "servers");
    bench.keys("a");
    bench.desk.sees_no("protected by").sees("anna@gmail.com");
    let mut bench = Bench::empty(80, 24);
    bench.keys("M esc a");
    bench.desk.sees_no("protected by");
}

#[test]
fn whoever_waits_for_the_checks_too_shortly_starts_nothing_twice() {
    let mut bench = Bench::empty(80, 24);
    bench.keys("M 'anna@gmail.com' enter 'x'");
    bench.ahead("enter enter");
    assert!(bench.desk.status().contains("not through yet"));
    let checks = |bench: &Bench| {
        let all = bench.desk.asked.iter();
        all.filter(|request| matches!(request, Request::Connect(ConnectRequest::Check { .. })))
            .count()
    };
    assert_eq!(checks(&bench), 1);
    bench.answer();
    bench.keys("enter");
    assert_eq!(bench.last_put().0.address, "anna@gmail.com");
}

#[test]
fn whoever_connects_in_the_settings_stays_there() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(",");
    bench.desk.sees("Settings ›");
    bench.keys("M 'anna@gmail.com' enter 'x' enter");
    bench.keys("enter");
    bench
        .desk
        .sees("Settings ›")
        .sees("imap.gmail.com:993  TLS");
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
        ("ca-file", "ca.pem", "write the whole path"),
        ("fingerprint", "abcx", "“x” is not a hex digit"),
        ("fingerprint", "abcd", "4 of 64"),
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
fn the_same_address_twice_is_refused_at_the_address_and_says_where_it_is_in_use() {
    let mut bench = Bench::usual(80, 24);
    bench.keys("M 'Sales@acme.example' enter");
    bench.desk.sees("is connected already");
    bench
        .desk
        .sees("mailbox sales; change the settings of sales");
    snapshot("duplicate_80", &bench);
    let asked = |bench: &Bench| {
        let mut all = bench.desk.asked.iter();
        all.any(|request| matches!(request, Request::Connect(ConnectRequest::Detect { .. })))
    };
    assert!(!asked(&bench), "nobody is asked about an address in use");
    bench.keys("ctrl-u 'office@acme.example' enter");
    bench.desk.sees_no("is connected already");
    assert!(asked(&bench));
}

#[test]
fn who_said_what_is_seen_while_it_is_found_and_on_a_key() {
    let mut bench = Bench::empty(80, 24);
    bench.ahead("M 'anna@acme.example' enter");
    bench.desk.sees("looking for them");
    bench.hear_about("anna@acme.example");
    bench
        .desk
        .sees("autoconfig.acme.example")
        .sees("no answer within 8 s");
    snapshot("looking_80", &bench);
    bench.answer();
    bench.desk.sees("nobody knows acme.example");
    bench.desk.sees("imap.acme.example:993");
    snapshot("nothing_certain_80", &bench);
    bench.keys("'x' esc v");
    bench
        .desk
        .sees("Who said what")
        .sees("mx.elsewhere.example, nobody we know");
    snapshot("who_said_what_80", &bench);
    bench.keys("v");
    bench
        .desk
        .sees_no("Who said what")
        .sees("anna@acme.example");
    let mut bench = Bench::empty(80, 24);
    bench.keys("M 'anna@gmail.com' enter 'x' esc");
    bench.desk.sees_no("known providers");
    bench.keys("v");
    bench.desk.sees("known providers").sees("Gmail");
    bench.keys("esc");
    bench.desk.sees("imap.gmail.com:993 TLS");
}

#[test]
fn a_password_typed_ahead_goes_to_no_server_that_nobody_vouches_for() {
    let mut bench = Bench::empty(80, 24);
    bench.ahead(&format!("M 'anna@acme.example' enter '{PASSWORD}' enter"));
    bench.answer();
    let sent = |bench: &Bench| {
        let mut all = bench.desk.asked.iter();
        all.any(|request| matches!(request, Request::Connect(ConnectRequest::Check { .. })))
    };
    assert!(!sent(&bench), "the servers have not been seen yet");
    bench
        .desk
        .sees("Sign in at imap.acme.example and smtp.acme.example?")
        .sees("nobody knows acme.example");
    snapshot("confirm_80", &bench);
    bench.keys("n c");
    assert!(!sent(&bench), "and no other key sends it there");
    bench.keys("n s");
    let saved = |bench: &Bench| {
        let mut all = bench.desk.asked.iter();
        all.any(|request| matches!(request, Request::Mailbox(MailboxRequest::Put { .. })))
    };
    assert!(!saved(&bench), "a saved mailbox signs in, too");
    bench.keys("y");
    assert!(saved(&bench));
}

#[test]
fn servers_that_a_person_typed_or_chose_are_confirmed() {
    let sent = |bench: &Bench| {
        let mut all = bench.desk.asked.iter();
        all.any(|request| matches!(request, Request::Connect(ConnectRequest::Check { .. })))
    };
    let mut bench = Bench::empty(80, 24);
    bench.keys("M 'anna@acme.example' enter 'x' esc");
    go_to(&mut bench, "incoming");
    bench.keys("enter ctrl-u 'mx.acme.example:993' enter");
    bench.keys("c");
    bench
        .desk
        .sees("Sign in at smtp.acme.example?")
        .sees_no("mx.acme.example and");
    bench.keys("n");
    go_to(&mut bench, "outgoing");
    bench.keys("enter ctrl-u 'mx.acme.example:465' enter c");
    assert!(sent(&bench));
    let mut bench = Bench::empty(80, 24);
    bench.keys("M 'anna@acme.example' enter 'x' esc");
    go_to(&mut bench, "provider");
    bench.keys("enter 'fastmail' enter c");
    assert!(sent(&bench));
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
    bench.keys("enter 'nothing' enter");
    bench.desk.sees("smtp.acme.example:25");
    go_to(&mut bench, "outgoing");
    bench.keys("enter ctrl-u 'smtp.acme.example:2525' enter");
    go_to(&mut bench, "outgoing-protection");
    bench.keys("enter 'TLS' enter");
    bench.desk.sees("smtp.acme.example:2525");
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
        .sees("chosen by you")
        .sees("OAuth2");
    snapshot("unknown_domain_chosen_80", &bench);
}

#[test]
fn a_server_is_put_back_to_what_was_found_for_the_address() {
    let mut bench = Bench::empty(140, 40);
    bench.keys("M 'anna@gmail.com' enter");
    bench.keys("'x' esc a");
    go_to(&mut bench, "incoming");
    bench.keys("enter 'x' esc");
    bench.desk.sees("imap.gmail.com:993x");
    bench.keys("u");
    bench
        .desk
        .sees("imap.gmail.com:993")
        .sees_no("993x")
        .sees_no("✗");
}
