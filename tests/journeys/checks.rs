//! The checks from the command line: every failing station in its words, and the whole way on real servers.

use serde_json::Value;
use ticketty::domain::mailbox::Security;

use super::office::{MailOffice, Office, PASSWORD, SUPPORT, folder, letter};
use crate::support::desk_pty::Desk;
use crate::support::fake_imap::{FakeImap, Step, hear, say, signed_in};
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};
use crate::support::program::{Home, Ran};

/// A failing station: the address, the step, its words, and a part of the next step.
type Failing = (&'static str, &'static str, &'static str, &'static str);

fn refusing(words: &'static str) -> Vec<Step> {
    vec![
        say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n"),
        hear("AUTHENTICATE PLAIN"),
        say(format!("{{tag}} NO {words}\r\n")),
        Step::Silence,
    ]
}

/// Connects a mailbox without trying it, and checks it then.
fn checked(home: &Home, address: &str, servers: &[&str]) -> Value {
    let mut words = vec![
        "mailbox",
        "add",
        address,
        "--password-stdin",
        "--no-check",
        "--name",
        "tried",
    ];
    words.extend(servers);
    home.run_with_input(&words, PASSWORD).done();
    let ran: Ran = home.run(&["--json", "mailbox", "check", "tried"]);
    home.run(&["mailbox", "remove", "tried"]).done();
    let answer: Value = serde_json::from_str(&ran.stdout).expect(&ran.stderr);
    assert_eq!(ran.code, i32::from(answer["ok"] == false), "{answer:#}");
    answer
}

fn step<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let lines = answer["checks"].as_array().unwrap();
    let found = lines.iter().find(|line| line["step"] == name);
    found.unwrap_or_else(|| panic!("no step {name} in {answer:#}"))
}

#[track_caller]
fn fails(answer: &Value, (_, name, words, next): Failing) {
    let line = step(answer, name);
    let said = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(line["state"], "failed", "{line:#}");
    assert!(said("detail").contains(words), "{words}: {line:#}");
    assert!(said("next_step").contains(next), "{next}: {line:#}");
    assert!(!answer.to_string().contains(PASSWORD), "{answer:#}");
}

/// Checks a mailbox whose mail comes from a scripted server.
async fn fetching_fails(address: &str, steps: Vec<Step>, security: &str, failing: Failing) {
    let server = FakeImap::start(steps).await;
    let at = format!("127.0.0.1:{}", server.port);
    let address = address.to_owned();
    let security = security.to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let servers = ["--imap", &at, "--imap-security", &security, "--no-outgoing"];
        checked(&Home::new(), &address, &servers)
    })
    .await
    .unwrap();
    fails(&answer, failing);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failing_station_of_the_way_in_says_its_cause_and_the_next_step() {
    let sign_in = "incoming-sign-in";
    let refused: [(&'static str, &'static str, &'static str, &'static str); 5] = [
        (
            "a@acme.test",
            "[AUTHENTICATIONFAILED] Authentication failed.",
            "refused the login or the password",
            "",
        ),
        (
            "a@gmail.com",
            "[ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page",
            "IMAP is switched off for this account",
            "Settings → Forwarding and POP/IMAP",
        ),
        (
            "a@gmail.com",
            "[ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833",
            "this provider wants an app password",
            "myaccount.google.com/apppasswords",
        ),
        (
            "a@yahoo.com",
            "[AUTHENTICATIONFAILED] LOGIN Invalid credentials",
            "this provider wants an app password",
            "Generate app password",
        ),
        (
            "a@outlook.com",
            "AUTHENTICATE failed.",
            "takes no passwords from mail programs",
            "OAuth2",
        ),
    ];
    for (address, said, words, next) in refused {
        let failing = (address, sign_in, words, next);
        fetching_fails(address, refusing(said), "none", failing).await;
    }
    let silent = vec![say("* OK [CAPABILITY IMAP4rev1] ready\r\n"), Step::Silence];
    let failing = (
        "",
        "incoming-tls",
        "speaks without TLS",
        "choose STARTTLS, or port 993",
    );
    fetching_fails("a@acme.test", silent, "tls", failing).await;
    let busy = vec![say("* BYE too busy\r\n")];
    let failing = ("", "incoming-greeting", "too busy", "");
    fetching_fails("a@acme.test", busy, "none", failing).await;
    let mut no_list = signed_in();
    no_list.extend([hear("LIST"), say("{tag} NO not today\r\n"), Step::Silence]);
    fetching_fails(
        "a@acme.test",
        no_list,
        "none",
        ("", "folders", "not today", ""),
    )
    .await;
}

#[test]
fn a_server_without_a_name_or_behind_a_closed_port_is_named() {
    let home = Home::new();
    let servers = ["--imap", "no-such-host.invalid:993", "--no-outgoing"];
    let answer = checked(&home, "a@acme.test", &servers);
    fails(&answer, ("", "incoming-name", "no-such-host.invalid", ""));
    let skipped = step(&answer, "incoming-sign-in");
    assert_eq!(skipped["state"], "skipped");
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("127.0.0.1:{}", listener.local_addr().unwrap().port())
    };
    let servers = ["--imap", &closed, "--no-outgoing"];
    let answer = checked(&home, "a@acme.test", &servers);
    assert_eq!(step(&answer, "incoming-name")["state"], "passed");
    fails(&answer, ("", "incoming-tcp", "refused", ""));
}

#[test]
fn every_failing_station_of_the_way_out_says_its_cause_and_the_next_step() {
    let home = Home::new();
    let maildir = home.path().join("Maildir");
    for part in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(maildir.join(part)).unwrap();
    }
    let cases: [(Place, &str, Failing); 5] = [
        (
            Place::Greeting,
            "554 5.7.1 your address is on a list",
            ("a@acme.test", "outgoing-greeting", "on a list", ""),
        ),
        (
            Place::Auth,
            "535 5.7.8 Username and Password not accepted.",
            (
                "a@gmail.com",
                "outgoing-sign-in",
                "takes app passwords only",
                "apppasswords",
            ),
        ),
        (
            Place::Auth,
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
            (
                "a@acme.test",
                "outgoing-sign-in",
                "switched off for this organisation",
                "Authenticated SMTP",
            ),
        ),
        (
            Place::Mail,
            "553 5.7.1 <a@acme.test>: Sender address rejected: not owned by user a",
            (
                "a@acme.test",
                "sender-accepted",
                "only from its own address",
                "owner of the address",
            ),
        ),
        (
            Place::Ehlo,
            "421 4.3.2 shutting down",
            ("a@acme.test", "outgoing-greeting", "shutting down", ""),
        ),
    ];
    for (place, said, failing) in cases {
        let server = FakeSmtp::start(Script::new().at(place, Act::say(said)));
        let at = format!("127.0.0.1:{}", server.port());
        let servers = [
            "--maildir",
            maildir.to_str().unwrap(),
            "--smtp",
            &at,
            "--smtp-security",
            "none",
        ];
        let answer = checked(&home, failing.0, &servers);
        assert_eq!(step(&answer, "folders")["state"], "passed");
        fails(&answer, failing);
        let seen = server.seen();
        assert!(seen.whole.is_empty(), "a check sends nothing");
    }
}

fn states(answer: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = answer["checks"].as_array().unwrap().iter();
    lines
        .map(|line| (word(&line["step"]), word(&line["state"])))
        .collect()
}

#[test]
fn a_mail_goes_round_on_real_servers_is_removed_and_makes_no_ticket() {
    let world = MailOffice::open(0);
    let office = &world.office;
    world.customer_sends("olena@example.test", &letter("one", "Cannot log in"));
    world.postfix.wait_until_idle();
    let quiet = office.home.json(&["mailbox", "check", "support"]);
    assert_eq!(quiet["ok"], true, "{quiet:#}");
    assert_eq!(step(&quiet, "round-trip")["state"], "skipped");
    assert_eq!(
        folder(&office.dovecot, "INBOX").len(),
        1,
        "nothing was sent"
    );
    let answer = office
        .home
        .json(&["mailbox", "check", "support", "--round-trip", "--protocol"]);
    for (step, state) in states(&answer) {
        assert!(state == "passed" || state == "warned", "{step}: {answer:#}");
    }
    let round_trip = step(&answer, "round-trip")["detail"].as_str().unwrap();
    assert!(round_trip.contains("there and back in"), "{round_trip}");
    let copy = step(&answer, "sent-copy")["detail"].as_str().unwrap();
    assert!(copy.contains("put into Sent"), "{copy}");
    let tls = step(&answer, "incoming-tls")["detail"].as_str().unwrap();
    assert!(tls.contains("TLS 1.3") && tls.contains("2045"), "{tls}");
    let folders = step(&answer, "folders")["detail"].as_str().unwrap();
    assert!(folders.contains("1 mail, inbox 1, sent 0"), "{folders}");
    for (name, left) in [("INBOX", 1), ("Sent", 0)] {
        let mails = folder(&office.dovecot, name);
        assert_eq!(mails.len(), left, "{name}: {mails:#?}");
    }
    office.sync();
    assert_eq!(office.tickets("").len(), 1, "only the customer's");
    let protocol = answer["protocol"].to_string();
    assert!(protocol.contains("AUTHENTICATE PLAIN"), "{protocol}");
    assert!(protocol.contains("MAIL FROM"), "{protocol}");
    use base64::Engine as _;
    let encoded =
        base64::engine::general_purpose::STANDARD.encode(format!("\0{SUPPORT}\0{PASSWORD}"));
    for secret in [PASSWORD, &encoded] {
        assert!(!protocol.contains(secret), "{protocol}");
    }
    let again = office.home.json(&["mailbox", "test", "support"]);
    assert_eq!(step(&again, "round-trip")["state"], "passed", "{again:#}");
}

#[test]
fn a_test_mail_goes_to_any_address_unless_sending_is_off() {
    let world = MailOffice::open(0);
    let home = &world.office.home;
    let words = ["mailbox", "test", "support", "--to", "olena@example.test"];
    let sent = home.run(&words).done();
    assert!(sent.stdout.contains("took a test mail"), "{}", sent.stdout);
    world
        .postfix
        .wait_for_mail("olena@example.test", "the test mail", |mail| {
            mail.contains("Ticketty test from support")
        });
    home.run(&["mailbox", "set", "support", "--sending", "no", "--no-check"])
        .done();
    home.run(&words)
        .failed(1, &["sending is switched off for the mailbox support"]);
    home.run(&["mailbox", "test", "support", "--to", "not an address"])
        .failed(1, &[]);
    let answer = home.json(&["mailbox", "test", "support"]);
    assert_eq!(step(&answer, "round-trip")["state"], "skipped");
    assert_eq!(step(&answer, "round-trip")["detail"], "sending is off");
    world.postfix.wait_until_idle();
    assert_eq!(world.postfix.mails("olena@example.test").len(), 1);
}

/// A tree of folders with a mail in each.
fn with_folders() -> Office {
    let mut office = Office::open();
    for (folder, token) in [
        ("INBOX", "inbox"),
        ("Projects", "parent"),
        ("Projects/One", "child"),
        ("Projects/One/Deep", "grandchild"),
    ] {
        office
            .dovecot
            .deliver(SUPPORT, folder, &letter(token, token));
    }
    office
}

#[test]
fn folders_are_listed_with_their_mails_and_how_much_each_period_would_bring() {
    let office = with_folders();
    office.connect(&[
        "--no-outgoing",
        "--folder",
        "INBOX",
        "--folder",
        "Projects/**",
    ]);
    let answer = office.home.json(&["mailbox", "folders", "support"]);
    let mails = |name: &str| {
        let all = answer["folders"].as_array().unwrap().iter();
        let mut named = all.filter(|folder| folder["name"] == name);
        named.next().unwrap_or_else(|| panic!("{answer:#}"))["mails"].clone()
    };
    assert_eq!(mails("INBOX"), 1);
    assert_eq!(mails("Projects/One/Deep"), 1);
    assert_eq!(mails("Sent"), 0);
    let periods = answer["periods"].as_array().unwrap();
    let names: Vec<&str> = periods
        .iter()
        .filter_map(|period| period["since"].as_str())
        .collect();
    assert_eq!(names, ["1d", "1w", "1m", "3m", "1y", "all"]);
    assert_eq!(periods[5]["mails"], 4, "{answer:#}");
    // Nothing was fetched by asking.
    assert!(office.tickets("").is_empty());
    let text = office.home.run(&["mailbox", "folders", "support"]).done();
    assert!(text.stdout.contains("all 4"), "{}", text.stdout);
}

#[test]
fn subfolders_are_read_only_where_that_is_said() {
    let office = with_folders();
    office.connect(&["--no-outgoing", "--folder", "INBOX", "--folder", "Projects"]);
    office.sync();
    let mut subjects = subjects(&office);
    subjects.sort();
    assert_eq!(subjects, ["inbox", "parent"]);
    let words = [
        "mailbox",
        "set",
        "support",
        "--folder",
        "INBOX",
        "--folder",
        "Projects/**",
    ];
    office.home.run(&words).done();
    office.sync();
    let mut subjects = self::subjects(&office);
    subjects.sort();
    assert_eq!(subjects, ["child", "grandchild", "inbox", "parent"]);
}

fn subjects(office: &Office) -> Vec<String> {
    let tickets = office.tickets("");
    let all = tickets.iter();
    all.filter_map(|ticket| ticket["subject"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn by_hand_nothing_is_fetched_until_somebody_asks() {
    const SALES: &str = "sales@acme.test";
    let mut office = Office::open();
    office.dovecot.set_password(SALES, PASSWORD);
    office.connect(&["--no-outgoing", "--by-hand"]);
    let imap = format!("localhost:{}", office.dovecot.endpoint(Security::None).port);
    let sales = [
        "mailbox",
        "add",
        SALES,
        "--imap",
        &imap,
        "--imap-security",
        "none",
        "--since",
        "all",
        "--password-stdin",
        "--no-check",
        "--no-outgoing",
    ];
    office.home.run_with_input(&sales, PASSWORD).done();
    office.arrives(&letter("one", "By hand"));
    office
        .dovecot
        .deliver(SALES, "INBOX", &letter("two", "By itself"));
    let staying = office.home.start(&["sync"]);
    office.has_tickets(1);
    office
        .dovecot
        .deliver(SALES, "INBOX", &letter("three", "By itself again"));
    office.has_tickets(2);
    assert!(!subjects(&office).contains(&"By hand".to_owned()));
    staying.kill_9();
    let asked = ["sync", "--once", "--mailbox", "support"];
    office.home.run(&asked).done();
    office.has_tickets(3);
    assert!(subjects(&office).contains(&"By hand".to_owned()));
}

#[test]
fn on_the_desk_a_mailbox_proves_itself_by_keys_while_its_worker_runs() {
    let world = MailOffice::open(0);
    let mut desk = Desk::open(&world.office.home);
    desk.sees("● support");
    desk.press(",");
    desk.sees("Settings › Mailboxes");
    desk.press("c");
    desk.sees("✔ the sender is accepted");
    desk.sees("m tries a mail to oneself, too.");
    assert!(folder(&world.office.dovecot, "INBOX").is_empty());
    desk.press("m");
    desk.sees("Send a mail from support@acme.test to itself?");
    desk.press("y");
    desk.sees("there and back in");
    desk.sees("put into Sent, and removed");
    desk.press("l");
    desk.sees("AUTHENTICATE PLAIN");
    desk.press("\u{1b}");
    desk.sees("✔ the sender is accepted");
    assert!(desk.quit());
    let office = &world.office;
    for name in ["INBOX", "Sent"] {
        assert!(folder(&office.dovecot, name).is_empty(), "{name}");
    }
    office.sync();
    assert!(office.tickets("").is_empty());
}
