//! The engine without its program around it: one first sync in this process, to be looked at with `perf`.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ticketty::bridge::{Ask, AskId, MailboxReport, MailboxRequest, Report, Request};
use ticketty::config::secrets::Secrets;
use ticketty::domain::mailbox::{
    Endpoint, FirstSync, Incoming, MailboxSettings, Outgoing, SecretSource,
};
use ticketty::engine::core::SyncMode;
use ticketty::engine::{EngineSetup, ParserCommand, start};
use ticketty::store::sqlite::{OpenOptions, SqliteStore};

/// Syncs one mailbox into a new store in `dir`, once. Gives the time from the request to its answer.
pub async fn first_sync(dir: &Path, endpoint: Endpoint, wanted: u64) -> Duration {
    let store = SqliteStore::open(dir.join("ticketty.db"), OpenOptions::default()).unwrap();
    let settings = MailboxSettings {
        login: "anna".into(),
        first_sync: FirstSync::All,
        ..MailboxSettings::new(
            "support@acme.test",
            Incoming::Imap(endpoint),
            Outgoing::Off,
            SecretSource::Command("echo secret".into()),
        )
    };
    ticketty::store::write(&store, |write| {
        write.put_mailbox(None, &settings, jiff::Timestamp::now())
    })
    .unwrap();
    let setup = EngineSetup {
        store: Arc::new(store),
        secrets: Arc::new(Secrets::new(dir.join("secrets"))),
        operator_login: "anna".into(),
        operator_name: "Anna".into(),
        parser: ParserCommand {
            program: super::ours::PROGRAM.into(),
            args: vec!["parse-mail".into()],
        },
        holder: ticketty::engine::mailbox::lease::holder_name("bench", "1"),
        sync: SyncMode::Once,
        max_message_bytes: 50 * 1024 * 1024,
        outside: ticketty::engine::outside::Outside::default(),
        dns: Arc::new(ticketty::mail::dns::Dns::system()),
        origin: Default::default(),
        configuration: None,
    };
    let (mut front, end) = ticketty::wire::line();
    let engine = start(setup, end);
    let began = Instant::now();
    let request = Request::Mailbox(MailboxRequest::SyncNow(None));
    front
        .asks
        .send(Ask {
            id: AskId(1),
            request,
        })
        .unwrap();
    let spent = loop {
        let told = front.told.recv().await.expect("the engine answers");
        match told.report {
            Report::Mailbox(MailboxReport::Synced {
                new_messages,
                troubles,
                ..
            }) => {
                assert_eq!((new_messages, troubles.len()), (wanted, 0), "{troubles:?}");
                break began.elapsed();
            }
            Report::Failed(trouble) => panic!("{trouble}"),
            _ => {}
        }
    };
    engine.stop().await;
    spent
}
