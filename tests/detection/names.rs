//! Records as they come over the wire.

use ticketty::domain::trouble::Whose;
use ticketty::mail::dns::{Dns, DnsFailure, Mx, Srv};

use crate::support::fake_dns::FakeDns;

#[tokio::test]
async fn records_are_read_and_put_in_order() {
    let long = format!("v=DKIM1; p={}", "A".repeat(900));
    let server = FakeDns::start(&[
        ("acme.test", "MX", "20 Backup.acme.test"),
        ("acme.test", "MX", "10 mx.acme.test"),
        ("acme.test", "TXT", "v=spf1 -all"),
        ("key._domainkey.acme.test", "TXT", &long),
        ("_imaps._tcp.acme.test", "SRV", "5 1 993 imap.acme.test"),
        ("_imap._tcp.acme.test", "SRV", "0 0 0 ."),
        ("imap.acme.test", "A", "192.0.2.7"),
        ("mail.acme.test", "CNAME", "imap.acme.test"),
    ]);
    let dns = Dns::at(server.address());
    let mx = |preference, host: &str| Mx {
        preference,
        host: host.into(),
    };
    assert_eq!(
        dns.mx("Acme.TEST").await.unwrap(),
        [mx(10, "mx.acme.test"), mx(20, "backup.acme.test")]
    );
    assert_eq!(dns.txt("acme.test").await.unwrap(), ["v=spf1 -all"]);
    assert_eq!(dns.txt("key._domainkey.acme.test").await.unwrap(), [long]);
    assert_eq!(
        dns.srv("_imaps._tcp.acme.test").await.unwrap(),
        [Srv {
            priority: 5,
            weight: 1,
            port: 993,
            target: "imap.acme.test".into()
        }]
    );
    assert_eq!(
        dns.srv("_imap._tcp.acme.test").await.unwrap()[0].target,
        "."
    );
    let addresses = dns.addresses("mail.acme.test").await.unwrap();
    assert_eq!(
        addresses,
        ["192.0.2.7".parse::<std::net::IpAddr>().unwrap()]
    );
    assert!(server.asked().contains(&"acme.test MX".to_owned()));
}

#[tokio::test]
async fn what_is_not_there_is_told_from_what_nobody_says() {
    let server = FakeDns::start(&[
        ("acme.test", "TXT", "hello"),
        ("broken.test", "SERVFAIL", ""),
    ]);
    let dns = Dns::at(server.address());
    assert_eq!(dns.mx("acme.test").await, Err(DnsFailure::NoRecords));
    assert_eq!(dns.mx("gone.test").await, Err(DnsFailure::NoSuchName));
    let Err(DnsFailure::Unreachable(trouble)) = dns.mx("broken.test").await else {
        panic!("a failing name server was taken for an answer");
    };
    assert_eq!(trouble.whose, Whose::Network);
    let nobody = Dns::at("127.0.0.1:1".parse().unwrap());
    assert!(matches!(
        nobody.mx("acme.test").await,
        Err(DnsFailure::Unreachable(_))
    ));
}
