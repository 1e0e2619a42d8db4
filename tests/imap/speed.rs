//! How fast it is on a real server. Run by hand, in release: `cargo test --release speed -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use ticketty::domain::mailbox::Security;
use ticketty::mail::imap::{FetchedMail, ImapSession, Limits, Resync, Search};
use tokio::sync::mpsc;

use super::access;
use crate::support::dovecot::Dovecot;

/// CPU time of a process, in steps of 10 ms.
fn cpu_of(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    Duration::from_millis(
        10 * ticks
            .map(|ticks| ticks.parse::<u64>().unwrap())
            .sum::<u64>(),
    )
}

fn cpu() -> Duration {
    cpu_of("self")
}

/// CPU time of everything that serves IMAP on this machine.
fn server_cpu() -> Duration {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|pid| {
            let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            matches!(name.trim(), "imap" | "imap-login")
        })
        .map(|pid| cpu_of(&pid))
        .sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a rule"]
async fn ten_thousand_mails_and_a_folder_of_fifty_thousand() {
    let mut server = Dovecot::start(&[("anna", "secret")]);
    let text = "Since this morning I get \"session expired\" on each click.\n".repeat(32);
    let mails = |count: usize| {
        let text = text.clone();
        (0..count).map(move |n| super::mail(n) + &text)
    };
    server.deliver_many("anna", "INBOX", mails(10_000));
    server.deliver_many(
        "anna",
        "Huge",
        (0..50_000).map(|_| "Subject: x\n\nx\n".to_owned()),
    );
    for security in [Security::None, Security::Tls] {
        let access = access(server.endpoint(security), server.trust(), "anna", "secret");
        let began = Instant::now();
        let mut session = ImapSession::connect(&access, Limits::default(), None)
            .await
            .unwrap();
        println!(
            "{security:?}: sign-in {:?}, {} round trips",
            began.elapsed(),
            session.counts().round_trips
        );
        for round in 1..=3 {
            fetch_inbox(&mut session, round).await;
        }
    }
    async_imap_alone(server.plain_port).await;
    let access = access(
        server.endpoint(Security::None),
        server.trust(),
        "anna",
        "secret",
    );
    let mut session = ImapSession::connect(&access, Limits::default(), None)
        .await
        .unwrap();
    let first = session.examine("Huge", None).await.unwrap();
    for _ in 0..3 {
        let known = Resync {
            uidvalidity: first.uidvalidity,
            highestmodseq: first.highestmodseq.unwrap(),
        };
        let (before, began) = (session.counts(), Instant::now());
        let again = session.examine("Huge", Some(known)).await.unwrap();
        let after = session.counts();
        assert!(again.resynced && again.changed.is_empty());
        println!(
            "nothing new in {}: {:?}, {} round trip, {} bytes in, {} out",
            again.exists,
            began.elapsed(),
            after.round_trips - before.round_trips,
            after.bytes_in - before.bytes_in,
            after.bytes_out - before.bytes_out
        );
    }
    let began = Instant::now();
    let uids = session.search_uids(&Search::all()).await.unwrap();
    println!("listing {} UIDs: {:?}", uids.len(), began.elapsed());
}

async fn fetch_inbox(session: &mut ImapSession, round: u32) {
    session.examine("INBOX", None).await.unwrap();
    let uids = session.search_uids(&Search::all()).await.unwrap();
    let began = Instant::now();
    let large = Search::all().larger_than(25 * 1024 * 1024);
    assert!(session.search_uids(&large).await.unwrap().is_empty());
    println!(
        "  round {round}: asking for large mails {:?}",
        began.elapsed()
    );
    let (sink, mut mails) = mpsc::channel::<FetchedMail>(256);
    let counting = tokio::spawn(async move {
        let (mut count, mut bytes) = (0usize, 0usize);
        while let Some(mail) = mails.recv().await {
            count += 1;
            bytes += mail.raw.len();
        }
        (count, bytes)
    });
    let (began, spent, served) = (Instant::now(), cpu(), server_cpu());
    let report = session.fetch_bodies(&uids, &sink).await;
    drop(sink);
    let (count, bytes) = counting.await.unwrap();
    assert_eq!((count, report.delivered), (10_000, 10_000));
    println!(
        "  round {round}: {count} mails, {bytes} bytes in {:?} wall, {:?} CPU of ours, {:?} of the server",
        began.elapsed(),
        cpu() - spent,
        server_cpu() - served
    );
}

/// The same mails by async-imap's own FETCH, for comparison.
async fn async_imap_alone(port: u16) {
    use futures_util::StreamExt;
    let link = tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .unwrap();
    let mut client = async_imap::Client::new(link);
    client.read_response().await.unwrap();
    let mut session = client
        .login("anna", "secret")
        .await
        .map_err(|(error, _)| error)
        .unwrap();
    session.examine("INBOX").await.unwrap();
    for _ in 0..2 {
        let (began, spent, served) = (Instant::now(), cpu(), server_cpu());
        let items = "(UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[])";
        let mut mails = session.uid_fetch("1:10000", items).await.unwrap();
        let (mut count, mut bytes) = (0usize, 0usize);
        while let Some(mail) = mails.next().await {
            count += 1;
            bytes += mail.unwrap().body().unwrap().to_vec().len();
        }
        println!(
            "async-imap alone: {count} mails, {bytes} bytes in {:?} wall, {:?} CPU, {:?} of the server",
            began.elapsed(),
            cpu() - spent,
            server_cpu() - served
        );
    }
}
