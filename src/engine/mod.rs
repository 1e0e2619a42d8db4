//! The engine: answers a front end, keeps the store, and has mail fetched and sent.
//!
//! Everything that changes anything goes through here, in one transaction a step. It never draws, and it never
//! knows who is at the other end of the line.

mod actions;
pub mod announce;
mod audit;
mod automatic;
mod care;
mod channels;
pub mod clock;
pub mod connecting;
pub mod core;
mod dispatch;
pub mod doorbell;
pub mod filing;
mod follow;
mod guarding;
pub mod health;
pub mod ingest;
mod keeping;
pub mod looks;
pub mod mailbox;
mod mailboxes;
mod outbox;
pub mod outside;
mod people;
pub mod reader;
mod redirect;
mod rereading;
mod sample;
mod sender_domains;
pub mod signing_in;
pub mod standing;
#[cfg(test)]
mod stories;
mod timers;
mod values;
mod waking;
mod watching;
pub mod workers;
mod writing;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use self::audit::Configuration;

use self::announce::Announcer;
use self::clock::{Clock, SystemClock};
use self::core::{Engine, EngineSettings, MESSAGE_ID_KEY, Parts, SyncMode, blocking};
use self::guarding::guarded;
use self::mailbox::MailboxWorkers;
use self::outside::Outside;
use self::reader::{ChildReader, MailReader};
use self::workers::Workers;
use crate::bridge::Report;
use crate::config::secrets::SecretKeeper;
use crate::domain::audit::Origin;
use crate::domain::contact::Operator;
use crate::domain::trouble::Trouble;
use crate::mail::dns::Dns;
use crate::mail::mime::Parser;
use crate::store::{self, Store, StoreResult, Write};
use crate::wire::EngineEnd;

/// The program that parses mail: this one, with the hidden subcommand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParserCommand {
    pub program: PathBuf,
    pub args: Vec<String>,
}

/// What an engine needs to begin.
pub struct EngineSetup {
    pub store: Arc<dyn Store>,
    pub secrets: Arc<dyn SecretKeeper>,
    /// Who works at this front end.
    pub operator_login: String,
    pub operator_name: String,
    pub parser: ParserCommand,
    /// Process and host, the name on leases.
    pub holder: String,
    pub sync: SyncMode,
    pub max_message_bytes: u64,
    pub outside: Outside,
    /// Who is asked about domains.
    pub dns: Arc<Dns>,
    /// From where changes of settings come.
    pub origin: Origin,
    /// What config.toml says now; `None` where nobody wants to know whether it changed.
    pub configuration: Option<Configuration>,
}

/// What the engine finds around it; tests bring their own.
pub struct Surroundings {
    pub clock: Arc<dyn Clock>,
    pub reader: Arc<dyn MailReader>,
    pub workers: Arc<dyn Workers>,
}

/// How long a part may take to end before it is cut off.
const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// A running engine. It stops when it is told to, when the front end is gone, or when this is dropped.
pub struct EngineHandle {
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl EngineHandle {
    /// Finishes what is under way, lets go of the leases, and returns. What does not end in time is cut off;
    /// nothing is lost by that.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(mut task) = self.task.take()
            && tokio::time::timeout(STOP_PATIENCE, &mut task)
                .await
                .is_err()
        {
            tracing::warn!("the engine did not end in time and is cut off");
            task.abort();
        }
    }

    /// Ends when the engine has ended by itself.
    pub async fn ended(&mut self) {
        if let Some(task) = &mut self.task {
            // How it ended was answered to the front end.
            let _ = task.await;
            self.task = None;
        }
    }
}

impl Drop for EngineHandle {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// Starts an engine on the current runtime. Failing to start is answered to every request.
pub fn start(setup: EngineSetup, end: EngineEnd) -> EngineHandle {
    let parser = Parser::new(setup.parser.program.clone(), setup.parser.args.clone());
    let surroundings = Surroundings {
        clock: Arc::new(SystemClock),
        reader: Arc::new(ChildReader::new(parser)),
        workers: Arc::new(MailboxWorkers::default()),
    };
    start_within(setup, surroundings, end)
}

/// As [`start`], with other surroundings.
pub fn start_within(
    setup: EngineSetup,
    surroundings: Surroundings,
    end: EngineEnd,
) -> EngineHandle {
    let stop = watch::Sender::new(false);
    let task = tokio::spawn(supervise(setup, surroundings, end, stop.clone()));
    EngineHandle {
        stop,
        task: Some(task),
    }
}

async fn supervise(
    setup: EngineSetup,
    surroundings: Surroundings,
    end: EngineEnd,
    stop: watch::Sender<bool>,
) {
    let EngineEnd { asks, told } = end;
    let told = Announcer::new(told);
    let now = surroundings.clock.now();
    let mut prepared = prepare(&setup, now).await;
    if prepared.is_err() && setup.store.damage().is_some() {
        prepared = keeping::who_reads(&setup).await;
    }
    let (me, key) = match prepared {
        Ok(prepared) => prepared,
        Err(trouble) => return decline_all(&told, asks, &stop, &trouble).await,
    };
    // Mail stays on its server while nothing can be kept.
    let sync = match setup.store.damage() {
        Some(_) => SyncMode::Off,
        None => setup.sync,
    };
    let engine = Engine::new(Parts {
        store: setup.store,
        secrets: setup.secrets,
        reader: surroundings.reader,
        workers: surroundings.workers,
        clock: surroundings.clock,
        told,
        me,
        settings: EngineSettings {
            holder: setup.holder,
            sync,
            max_message_bytes: setup.max_message_bytes,
            message_id_key: key,
            zone: zone(),
            outside: setup.outside,
            origin: setup.origin,
        },
        stopping: stop,
        dns: setup.dns,
    });
    // Older than the first request, so that no change is missed.
    let watch = follow::Watch::begin(&engine).await;
    let following = tokio::spawn(follow::keep_following(Arc::clone(&engine), watch));
    let working = tokio::spawn(work(Arc::clone(&engine)));
    dispatch::serve(Arc::clone(&engine), asks).await;
    for task in [following, working] {
        let abort = task.abort_handle();
        if tokio::time::timeout(STOP_PATIENCE, task).await.is_err() {
            tracing::warn!("a part of the engine did not end in time and is cut off");
            abort.abort();
        }
    }
}

/// Sync, delivery and timers, until the engine stops.
async fn work(engine: Arc<Engine>) {
    if engine.settings.sync == SyncMode::Live {
        tokio::join!(
            guarded(&engine, "fetching and sending", |engine| Arc::clone(
                &engine.workers
            )
            .run(engine)),
            guarded(&engine, "the waking of tickets", timers::run),
            guarded(&engine, "the watch over mailboxes", watching::run),
            guarded(&engine, "the look through the store", keeping::run),
            guarded(&engine, "the watch over this machine's sleep", waking::run),
            guarded(&engine, "the verifying of domains", sender_domains::run),
            guarded(
                &engine,
                "the reading of what could not be read",
                rereading::run
            )
        );
    }
    engine.workers_ended.send_replace(true);
}

/// Who works here, and the key of our Message-IDs. What was written into config.toml since the last start is noted.
async fn prepare(setup: &EngineSetup, now: Timestamp) -> Result<(Operator, Vec<u8>), Trouble> {
    let store = Arc::clone(&setup.store);
    let (origin, configuration) = (setup.origin.clone(), setup.configuration.clone());
    let (login, name) = (setup.operator_login.clone(), setup.operator_name.clone());
    blocking(move || {
        store::write(store.as_ref(), |write| {
            let id = write.meet_operator(&login, &name)?;
            let me = write
                .operators()?
                .into_iter()
                .find(|operator| operator.id == id)
                .ok_or_else(|| Trouble::bug("the operator just met is not there"))?;
            if let Some(configuration) = &configuration {
                audit::note_configuration(write, configuration, &origin, now)?;
            }
            Ok((me, message_id_key(write)?))
        })
    })
    .await
}

fn message_id_key(store: &mut dyn Write) -> StoreResult<Vec<u8>> {
    const KEY_BYTES: usize = 32;
    if let Some(key) = store.fact(MESSAGE_ID_KEY)?
        && !key.is_empty()
    {
        return Ok(key);
    }
    let mut key = vec![0; KEY_BYTES];
    getrandom::fill(&mut key)
        .map_err(|cause| Trouble::bug("the system gave no random numbers").because(cause))?;
    store.set_fact(MESSAGE_ID_KEY, &key)?;
    Ok(key)
}

/// The machine's time zone by name; UTC where it has none.
fn zone() -> String {
    TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
}

/// The engine could not begin: every request is told why, until the front end gives up.
async fn decline_all(
    told: &Announcer,
    mut asks: tokio::sync::mpsc::UnboundedReceiver<crate::bridge::Ask>,
    stop: &watch::Sender<bool>,
    trouble: &Trouble,
) {
    let mut stopping = stop.subscribe();
    loop {
        tokio::select! {
            ask = asks.recv() => match ask {
                Some(ask) => told.answer(ask.id, Report::Failed(trouble.clone())),
                None => return,
            },
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}
