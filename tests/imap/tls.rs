//! Stories about certificates: who is believed, and what is said when not.

use std::time::Duration;

use ticketty::domain::mailbox::Trust;
use ticketty::domain::trouble::{Trouble, Whose};
use ticketty::mail::link::{TlsFacts, open_tcp, start_tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::authority::{Authority, Issued};

const DEADLINE: Duration = Duration::from_secs(10);

/// A TLS server with this certificate; gives its port.
async fn serve(issued: &Issued) -> u16 {
    let acceptor = issued.acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.write_all(b"hello").await;
                let _ = stream.flush().await;
            }
        }
    });
    port
}

async fn protect(port: u16, host: &str, trust: &Trust) -> Result<TlsFacts, Trouble> {
    let link = open_tcp("127.0.0.1", port, DEADLINE).await.unwrap();
    let (mut link, facts) = start_tls(link, host, trust, DEADLINE).await?;
    let mut hello = [0; 5];
    link.read_exact(&mut hello).await.unwrap();
    assert_eq!(&hello, b"hello");
    Ok(facts)
}

fn authority_file(authority: &Authority) -> Trust {
    Trust {
        ca_file: Some(authority.file()),
        fingerprint: None,
    }
}

#[tokio::test]
async fn each_reason_to_distrust_a_certificate_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new(dir.path());
    let trust = authority_file(&authority);
    let good = authority.issue("good", "DNS:mail.test,IP:127.0.0.1", "20450101");
    let expired = authority.issue("expired", "DNS:mail.test", "20210304");
    let (good_port, expired_port) = (serve(&good).await, serve(&expired).await);

    let facts = protect(good_port, "mail.test", &trust).await.unwrap();
    assert_eq!(facts.subject_names, ["mail.test", "127.0.0.1"]);
    assert!(facts.issuer.contains("Ticketty-test-authority"));
    assert!(protect(good_port, "127.0.0.1", &trust).await.is_ok());

    for (port, host, trust, reason) in [
        (expired_port, "mail.test", &trust, "expired on 2021-03-04"),
        (
            good_port,
            "imap.example.org",
            &trust,
            "not for imap.example.org but for mail.test, 127.0.0.1",
        ),
        (
            good_port,
            "mail.test",
            &Trust::default(),
            "authority that this machine does not trust",
        ),
    ] {
        let trouble = protect(port, host, trust).await.unwrap_err();
        assert!(trouble.what.contains(reason), "{trouble}");
        assert!(
            trouble.cause.unwrap().contains("SHA-256 "),
            "the fingerprint is shown"
        );
        assert_eq!(trouble.whose, Whose::Server);
    }
}

#[tokio::test]
async fn one_accepted_certificate_is_believed_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new(dir.path());
    let port = serve(&authority.issue("one", "DNS:mail.test", "20210101")).await;
    let trouble = protect(port, "imap.example.org", &Trust::default())
        .await
        .unwrap_err();
    let cause = trouble.cause.unwrap();
    let shown = cause
        .split(' ')
        .nth(1)
        .unwrap()
        .trim_end_matches(',')
        .to_uppercase();
    let accepted = Trust {
        ca_file: None,
        fingerprint: Some(shown.clone()),
    };
    let facts = protect(port, "imap.example.org", &accepted).await.unwrap();
    assert_eq!(facts.fingerprint, shown.to_lowercase());

    let other = serve(&authority.issue("other", "DNS:imap.example.org", "20450101")).await;
    assert!(protect(other, "imap.example.org", &accepted).await.is_err());
}

#[tokio::test]
async fn a_self_signed_certificate_is_called_that_and_can_be_its_own_authority() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new(dir.path());
    let own = Issued {
        certificate: authority.file(),
        key: dir.path().join("ca.key"),
    };
    let port = serve(&own).await;
    let trouble = protect(port, "mail.test", &Trust::default())
        .await
        .unwrap_err();
    assert!(trouble.what.contains("self-signed"), "{trouble}");
    let trouble = protect(port, "mail.test", &authority_file(&authority))
        .await
        .unwrap_err();
    assert!(!trouble.what.is_empty(), "it is for no host");
}

#[tokio::test]
async fn a_plain_port_and_a_broken_ca_file_are_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"* OK IMAP ready\r\n").await;
            let _ = stream.read(&mut [0; 1000]).await;
        }
    });
    let link = open_tcp("localhost", port, DEADLINE).await.unwrap();
    let trouble = start_tls(link, "localhost", &Trust::default(), DEADLINE)
        .await
        .unwrap_err();
    assert!(
        trouble.what.contains("does not speak TLS on this port"),
        "{trouble}"
    );

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ca.pem");
    std::fs::write(&file, "not a certificate").unwrap();
    for ca_file in [file, dir.path().join("missing.pem")] {
        let trust = Trust {
            ca_file: Some(ca_file),
            fingerprint: None,
        };
        let link = open_tcp("localhost", port, DEADLINE).await.unwrap();
        let trouble = start_tls(link, "localhost", &trust, DEADLINE)
            .await
            .unwrap_err();
        assert_eq!(trouble.whose, Whose::Operator);
        assert!(trouble.what.contains("CA file"), "{trouble}");
    }
}
