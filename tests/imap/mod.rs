//! Stories about reading a mailbox over IMAP.

mod handshake;
mod real;
mod scripted;
mod speed;
mod tls;

use std::time::Duration;

use secrecy::SecretString;
use ticketty::domain::mailbox::{Endpoint, Security, Trust};
use ticketty::mail::imap::{Access, FetchReport, FetchedMail, ImapFailure, ImapSession, Limits};
use tokio::sync::mpsc;

use crate::support::fake_imap::FakeImap;

fn access(endpoint: Endpoint, trust: Trust, login: &str, password: &str) -> Access {
    Access {
        endpoint,
        trust,
        login: login.to_owned(),
        password: SecretString::from(password),
        means: ticketty::mail::Means::Password,
    }
}

/// Bounds that make a broken server's story short.
fn short_limits() -> Limits {
    Limits {
        connect: Duration::from_secs(10),
        answer: Duration::from_secs(5),
        whole_answer: Duration::from_secs(20),
        ..Limits::default()
    }
}

/// Signs in at a scripted server.
async fn connect(server: &FakeImap, security: Security) -> Result<ImapSession, ImapFailure> {
    let access = access(
        server.endpoint(security),
        Trust::default(),
        "anna",
        "s3cret-canary",
    );
    ImapSession::connect(&access, short_limits(), None).await
}

/// Fetches and collects.
async fn fetch_all(session: &mut ImapSession, uids: &[u32]) -> (Vec<FetchedMail>, FetchReport) {
    let (sink, mut mails) = mpsc::channel(100);
    let collecting = tokio::spawn(async move {
        let mut all = Vec::new();
        while let Some(mail) = mails.recv().await {
            all.push(mail);
        }
        all
    });
    let report = session.fetch_bodies(uids, &sink).await;
    drop(sink);
    (collecting.await.unwrap(), report)
}

/// A small mail with a token in it.
fn mail(token: usize) -> String {
    format!(
        "From: Olena <olena@example.test>\nTo: support@example.test\nSubject: Token {token}\n\
         Message-ID: <token-{token}@example.test>\n\nToken {token} is here.\n"
    )
}
