#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn server(kind: &str, host: &str, port: &str, socket: &str, more: &str) -> String {
    let way = if kind == "smtp" {
        "outgoing"
    } else {
        "incoming"
    };
    format!(
        "<{way}Server type=\"{kind}\"><hostname>{host}</hostname><port>{port}</port>\
         <socketType>{socket}</socketType>{more}</{way}Server>"
    )
}

fn file(servers: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\
         <emailProvider id=\"acme.test\"><domain>acme.test</domain>\
         <displayName>Acme &amp; Sons</displayName>{servers}</emailProvider></clientConfig>"
    )
}

fn shown(endpoint: Option<&Endpoint>) -> String {
    endpoint.map_or_else(String::new, |e| {
        format!("{}:{} {:?}", e.host, e.port, e.security)
    })
}

#[test]
fn the_best_protected_server_of_each_kind_is_taken() {
    let text = file(&[
        server("pop3", "pop.acme.test", "995", "SSL", ""),
        server("imap", "old.acme.test", "143", "plain", ""),
        server("imap", "imap.%EMAILDOMAIN%", "143", "STARTTLS", ""),
        server(
            "imap",
            "IMAP.acme.test.",
            "993",
            "SSL",
            "<username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication>",
        ),
        server("smtp", "smtp.acme.test", "587", "STARTTLS", ""),
    ]
    .concat());
    let servers = parse(text.as_bytes(), "acme.test").unwrap();
    assert_eq!(shown(servers.imap.as_ref()), "imap.acme.test:993 Tls");
    assert_eq!(shown(servers.smtp.as_ref()), "smtp.acme.test:587 Starttls");
    assert_eq!(servers.login, Some(Login::LocalPart));
    assert!(!servers.only_oauth);
}

#[test]
fn placeholders_and_the_kinds_of_sign_in_are_understood() {
    let more = "<username>%EMAILADDRESS%</username><authentication>OAuth2</authentication>";
    let text = file(&server("imap", "mx.%EMAILDOMAIN%", "993", "SSL", more));
    let servers = parse(text.as_bytes(), "acme.test").unwrap();
    assert_eq!(shown(servers.imap.as_ref()), "mx.acme.test:993 Tls");
    assert_eq!(servers.login, Some(Login::Address));
    assert!(servers.only_oauth);
    assert_eq!(servers.smtp, None);
}

#[test]
fn a_file_that_means_harm_is_refused_with_a_sentence() {
    let deep = "<a>".repeat(100);
    let many = "<a></a>".repeat(6_000);
    let large = "x".repeat(LARGEST_FILE_BYTES + 1);
    let bomb =
        "<!DOCTYPE c [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><clientConfig>&b;</clientConfig>";
    let imap = |host: &str, port: &str, socket: &str| file(&server("imap", host, port, socket, ""));
    for (text, words) in [
        (bomb.to_owned(), "document type"),
        (file("&evil;"), "entities"),
        (file(&deep), "nested too deeply"),
        (file(&many), "too many parts"),
        (large, "too large"),
        (file("")[..60].to_owned(), "XML"),
        (
            "<html><body>Not found</body></html>".into(),
            "no mail configuration",
        ),
        (String::new(), "names no IMAP"),
        (file(""), "names no IMAP"),
        (
            imap("imap.acme.test", "143", "plain"),
            "no server with protection",
        ),
        (imap("imap.acme.test", "0", "SSL"), "no server"),
        (imap("imap.acme.test", "99999", "SSL"), "no server"),
        (imap("localhost", "993", "SSL"), "no server"),
        (imap("imap.acme.test/evil", "993", "SSL"), "no server"),
        (imap("imap .acme.test", "993", "SSL"), "no server"),
        (imap("-oProxy.acme.test", "993", "SSL"), "no server"),
        (
            imap(&format!("{}.test", "a".repeat(600)), "993", "SSL"),
            "no server",
        ),
    ] {
        let mistake = parse(text.as_bytes(), "acme.test").unwrap_err();
        let start: String = text.chars().take(120).collect();
        assert!(mistake.contains(words), "{start}: {mistake}");
    }
    assert!(
        parse(&[0xff, 0xfe, 0x00], "acme.test")
            .unwrap_err()
            .contains("UTF-8")
    );
}
