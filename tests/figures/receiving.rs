//! First sync and resync, beside mbsync.

use std::path::Path;
use std::time::{Duration, Instant};

use secrecy::SecretString;
use ticketty::domain::mailbox::{Endpoint, Security, Trust};
use ticketty::mail::imap::{Access, ImapSession, Limits, Resync};
use tokio::runtime::Runtime;

use super::mails;
use super::ours::Home;
use super::peers::{Durable, Peer};
use super::proxy::{Line, Passed, Proxy};
use super::support::dovecot::Dovecot;
use super::table::{Table, millis, ratio, seconds};

/// Half of the round trip of the slow line.
const ONE_WAY: Duration = Duration::from_millis(40);
const NEW_MAILS: usize = 10;

/// A server with so many mails, already looked at once, so that nobody pays for its first index.
pub fn server(medium: &Path, count: usize) -> Dovecot {
    // The server makes its directory where the environment says.
    let began = Instant::now();
    let server = {
        let mut server = Dovecot::start_in(medium, &[("anna", "secret")]);
        server.deliver_many("anna", "INBOX", (0..count).map(mails::mail));
        server
    };
    let fields = "uid date.received size.physical";
    server.doveadm(&["fetch", "-u", "anna", fields, "mailbox", "INBOX", "all"]);
    eprintln!(
        "{count} mails on the server in {}",
        seconds(began.elapsed())
    );
    server
}

/// Everything that is measured on one server, on one medium. The installation and the peer's mail stay for the
/// measurements of the desk.
pub fn measure(
    runtime: &Runtime,
    table: &mut Table,
    medium: (&str, &Path),
    count: usize,
    slow: bool,
) -> (Dovecot, Home, Peer) {
    let (name, path) = medium;
    let mut server = server(path, count);
    let (home, peer) = first_sync(table, name, path, &server, count);
    if slow {
        over_a_slow_line(runtime, table, name, path, &server, count);
    }
    again(runtime, table, name, &mut server, count, &home, &peer);
    (server, home, peer)
}

fn first_sync(
    table: &mut Table,
    name: &str,
    medium: &Path,
    server: &Dovecot,
    count: usize,
) -> (Home, Peer) {
    let port = server.plain_port;
    let home = Home::new(medium);
    home.add_mailbox(port);
    let ours = home.sync(count);
    let peer = Peer::new(medium);
    let durable = peer.mbsync(port, Durable::Yes);
    let careless = Peer::new(medium).mbsync(port, Durable::No);
    let index = peer.index();
    table.row(
        &format!("first sync of {count}, {name}"),
        format!(
            "{} ({:.0}/s, {} MiB)",
            seconds(ours),
            count as f64 / ours.as_secs_f64(),
            home.mebibytes()
        ),
        format!(
            "mbsync {}, without fsync {}; notmuch's index +{}",
            seconds(durable),
            seconds(careless),
            seconds(index)
        ),
        format!("{} / {}", ratio(ours, durable), ratio(ours, careless)),
        if count == 50_000 {
            "8 s"
        } else {
            "1.5 s for 10,000"
        },
    );
    (home, peer)
}

fn over_a_slow_line(
    runtime: &Runtime,
    table: &mut Table,
    name: &str,
    medium: &Path,
    server: &Dovecot,
    count: usize,
) {
    let proxy = runtime.block_on(Proxy::start(server.plain_port, Line::Delayed(ONE_WAY)));
    let home = Home::new(medium);
    home.add_mailbox(proxy.port);
    let ours = home.sync(count);
    let passed = proxy.take();
    let peer = Peer::new(medium).mbsync(proxy.port, Durable::Yes);
    let careless = Peer::new(medium).mbsync(proxy.port, Durable::No);
    table.row(
        &format!("first sync of {count} at 80 ms, {name}"),
        format!("{} ({} flights)", seconds(ours), passed.flights),
        format!(
            "mbsync {}, without fsync {}",
            seconds(peer),
            seconds(careless)
        ),
        format!("{} / {}", ratio(ours, peer), ratio(ours, careless)),
        "3.5 s for 10,000",
    );
}

fn again(
    runtime: &Runtime,
    table: &mut Table,
    name: &str,
    server: &mut Dovecot,
    count: usize,
    home: &Home,
    peer: &Peer,
) {
    let proxy = runtime.block_on(Proxy::start(
        server.plain_port,
        Line::Delayed(Duration::ZERO),
    ));
    home.move_mailbox(proxy.port);
    let shown = |passed: Passed| {
        format!(
            "{} flights, {} B out, {} B in",
            passed.flights, passed.to_server, passed.from_server
        )
    };
    let (folder_time, folder) = runtime.block_on(one_folder(&proxy));
    table.row(
        &format!("nothing new in {count}, one folder on an open connection, {name}"),
        format!("{}, {}", millis(folder_time), shown(folder)),
        "-".into(),
        "-".into(),
        "1 flight, 400 B, 20 ms",
    );
    let mut look = |what: &str, new: usize, aim: &str| {
        proxy.take();
        let ours = (home.sync(new), proxy.take());
        let theirs = (peer.mbsync(proxy.port, Durable::Yes), proxy.take());
        table.row(
            &format!("{what} in {count}, program start to exit, {name}"),
            format!("{}, {}", millis(ours.0), shown(ours.1)),
            format!("mbsync {}, {}", millis(theirs.0), shown(theirs.1)),
            ratio(ours.0, theirs.0),
            aim,
        );
    };
    look("nothing new", 0, "mbsync 0.17 s");
    server.deliver_many("anna", "INBOX", (count..count + NEW_MAILS).map(mails::mail));
    look("ten new", NEW_MAILS, "0.1 s");
}

/// What the desk does when its poll is due: one folder that has nothing new.
async fn one_folder(proxy: &Proxy) -> (Duration, Passed) {
    let access = Access {
        endpoint: Endpoint {
            host: "localhost".into(),
            port: proxy.port,
            security: Security::None,
        },
        trust: Trust::default(),
        login: "anna".into(),
        password: SecretString::from("secret"),
        means: ticketty::mail::Means::Password,
    };
    let mut session = ImapSession::connect(&access, Limits::default(), None)
        .await
        .unwrap();
    let first = session.examine("INBOX", None).await.unwrap();
    let known = Resync {
        uidvalidity: first.uidvalidity,
        highestmodseq: first.highestmodseq.unwrap(),
    };
    proxy.take();
    let began = Instant::now();
    let again = session.examine("INBOX", Some(known)).await.unwrap();
    let spent = began.elapsed();
    assert!(again.resynced && again.changed.is_empty());
    (spent, proxy.take())
}
