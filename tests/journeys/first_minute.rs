//! The first minute of a new admin: an empty configuration, Dovecot and Postfix, and the keys from the start to the
//! first ticket.

use super::office::{MailOffice, OLENA, PASSWORD, SUPPORT, letter};
use crate::support::desk_pty::Desk;
use crate::support::fake_dns::FakeDns;

/// The desk with every key counted; what is typed as text is not.
struct Counted {
    desk: Desk,
    keys: usize,
}

impl Counted {
    fn key(&mut self, key: &str) {
        self.keys += 1;
        self.desk.press(key);
    }
}

#[test]
fn five_keys_an_address_and_a_password_lead_to_the_first_tickets() {
    let world = MailOffice::unconnected();
    world.customer_sends(OLENA, &letter("one", "Cannot log in"));
    world.customer_sends(OLENA, &letter("two", "Invoice 2231"));
    world.postfix.wait_until_idle();
    let home = &world.office.home;
    let imap = format!("0 1 {} localhost", world.office.dovecot.tls_port);
    let smtp = format!("0 1 {} localhost", world.postfix.port());
    let dns = FakeDns::start(&[
        ("_imaps._tcp.acme.test", "SRV", &imap),
        ("_submission._tcp.acme.test", "SRV", &smtp),
    ]);
    let config = home.path().join("names.toml");
    std::fs::write(&config, format!("dns-server = \"{}\"\n", dns.address())).unwrap();
    let trusted = home.path().join("trusted.pem");
    let environment = [
        ("SSL_CERT_FILE", trusted.to_str().unwrap()),
        ("TICKETTY_CONFIG", config.to_str().unwrap()),
    ];
    let mut first = Counted {
        desk: Desk::run(home, &[], &environment),
        keys: 0,
    };
    first.desk.sees("Press M to connect one");
    first.key("M");
    first.desk.sees("step 1 of 3");
    first.desk.press(SUPPORT);
    first.key("\r");
    first.desk.sees("by the SRV records of acme.test");
    first.desk.press(PASSWORD);
    first.key("\r");
    // The records are unsigned and lead out of the domain, so that the admin is asked.
    first.desk.sees("Sign in at localhost?");
    first.key("y");
    first.desk.sees("All is well: Enter saves.");
    first.key("\r");
    first.desk.sees("Cannot log in");
    first.desk.sees("Invoice 2231");
    assert_eq!(first.keys, 5, "M, Enter, Enter, y, Enter");
    assert!(!String::from_utf8_lossy(&first.desk.raw()).contains(PASSWORD));
    assert!(!home.log().contains(PASSWORD));
    let asked = dns.asked().join(" ");
    assert!(
        !asked.contains("support"),
        "the part before the @ was told: {asked}"
    );
}
