//! What the engine finds around it in the stories: a plain reader, no servers, no secrets.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use crate::bridge::{
    CheckLine, CheckState, CheckStep, ConnectReport, FolderLine, Link, PeriodCount,
};
use crate::config::secrets::{SecretKeeper, SecretOf};
use crate::domain::clean::Clean;
use crate::domain::ids::{MailboxId, MessageId};
use crate::domain::mailbox::{Mailbox, SecretSource};
use crate::domain::parsed::ParsedMail;
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::filing;
use crate::engine::ingest::{Arrived, Ingested};
use crate::engine::reader::MailReader;
use crate::engine::workers::{
    Arrival, CheckLines, Letter, PieceCame, Synced, Trial, Whole, Workers,
};
use crate::mail::mime::{self, Limits};

/// Reads mail in this process: the stories' mails are our own.
pub struct PlainReader {
    pub version: &'static str,
    /// It cannot read mails with this word.
    pub stumbles_over: Option<&'static str>,
}

impl Default for PlainReader {
    fn default() -> Self {
        Self {
            version: mime::READER_VERSION,
            stumbles_over: None,
        }
    }
}

impl PlainReader {
    fn read(&self, raw: &[u8]) -> Result<ParsedMail, Trouble> {
        let text = String::from_utf8_lossy(raw);
        match self.stumbles_over.filter(|word| text.contains(word)) {
            Some(_) => Err(Trouble::bug("the reader stumbled")),
            None => mime::parse(raw, &Limits::default()),
        }
    }
}

impl MailReader for PlainReader {
    fn version(&self) -> &'static str {
        self.version
    }

    fn parse(
        &self,
        raws: Vec<Arc<Vec<u8>>>,
    ) -> BoxFuture<'static, Result<Vec<Result<ParsedMail, Trouble>>, Trouble>> {
        let read = raws.iter().map(|raw| self.read(raw)).collect();
        Box::pin(async move { Ok(read) })
    }

    fn attachment(
        &self,
        raw: Arc<Vec<u8>>,
        index: u32,
    ) -> BoxFuture<'static, Result<Vec<u8>, Trouble>> {
        Box::pin(async move { mime::attachment(&raw, index) })
    }

    fn html(&self, raw: Arc<Vec<u8>>, _: u16) -> BoxFuture<'static, Result<String, Trouble>> {
        Box::pin(async move {
            mime::html_part(&raw)?.ok_or_else(|| Trouble::operator("this mail has no HTML"))
        })
    }
}

const THREE_SECONDS: Arrival = Arrival {
    took: Duration::from_secs(3),
    in_junk: false,
};

/// No servers anywhere; notes what was handed over.
pub struct NoServers {
    pub ingested: Mutex<Vec<Arrived>>,
    /// What the next look for mail finds.
    pub waiting: Mutex<Vec<Arrived>>,
    pub panics: bool,
    /// How mailboxes do, as their workers would say.
    pub engine: Mutex<Option<Arc<Engine>>>,
    pub letters: Mutex<Vec<(MailboxId, Letter)>>,
    pub letter_answer: Mutex<Result<(), Trouble>>,
    pub trips: Mutex<Vec<(MailboxId, MailboxId)>>,
    /// `None` lets the mail arrive.
    pub trip_answer: Mutex<Option<Trouble>>,
}

impl Default for NoServers {
    fn default() -> Self {
        Self {
            ingested: Mutex::default(),
            waiting: Mutex::default(),
            panics: false,
            engine: Mutex::default(),
            letters: Mutex::default(),
            letter_answer: Mutex::new(Ok(())),
            trips: Mutex::default(),
            trip_answer: Mutex::default(),
        }
    }
}

impl Workers for NoServers {
    fn run(&self, engine: Arc<Engine>) -> BoxFuture<'static, ()> {
        *self.engine.lock().unwrap() = Some(Arc::clone(&engine));
        Box::pin(async move { engine.stopped().await })
    }

    fn sync_now(
        &self,
        engine: Arc<Engine>,
        mailbox: Option<MailboxId>,
    ) -> BoxFuture<'static, Result<Synced, Trouble>> {
        let panics = self.panics;
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap());
        Box::pin(async move {
            assert!(!panics, "a story lets this break");
            if !waiting.is_empty() {
                filing::file(&engine, waiting).await?;
            }
            Ok(Synced {
                new_messages: 3,
                troubles: mailbox
                    .map(|id| (id, Trouble::network("the server is away")))
                    .into_iter()
                    .collect(),
                held_elsewhere: Vec::new(),
            })
        })
    }

    fn fetch_whole(
        &self,
        _: Arc<Engine>,
        _: MessageId,
        told: PieceCame,
    ) -> BoxFuture<'static, Result<Whole, Trouble>> {
        told(1, 2);
        Box::pin(async { Err(Trouble::network("the server is away")) })
    }

    fn check(
        &self,
        _: Arc<Engine>,
        _: Trial,
        _: bool,
        lines: CheckLines,
    ) -> BoxFuture<'static, Result<(), Trouble>> {
        lines(ConnectReport::Check(CheckLine {
            step: CheckStep::Incoming(Link::Tcp),
            state: CheckState::Passed,
            detail: Clean::default(),
            milliseconds: 1,
        }));
        Box::pin(async { Ok(()) })
    }

    fn folders(
        &self,
        _: Arc<Engine>,
        _: Trial,
    ) -> BoxFuture<'static, Result<Vec<FolderLine>, Trouble>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn count_periods(
        &self,
        _: Arc<Engine>,
        _: Trial,
    ) -> BoxFuture<'static, Result<Vec<PeriodCount>, Trouble>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn send_test(
        &self,
        _: Arc<Engine>,
        _: Mailbox,
        _: String,
    ) -> BoxFuture<'static, Result<(), Trouble>> {
        Box::pin(async { Ok(()) })
    }

    fn send_letter(
        &self,
        _: Arc<Engine>,
        from: Mailbox,
        letter: Letter,
    ) -> BoxFuture<'static, Result<(), Trouble>> {
        let answer = self.letter_answer.lock().unwrap().clone();
        self.letters.lock().unwrap().push((from.id, letter));
        Box::pin(async move { answer })
    }

    fn round_trip(
        &self,
        _: Arc<Engine>,
        from: Mailbox,
        _: String,
        seen_in: Mailbox,
        _: Duration,
    ) -> BoxFuture<'static, Result<Arrival, Trouble>> {
        let answer = self.trip_answer.lock().unwrap().clone();
        self.trips.lock().unwrap().push((from.id, seen_in.id));
        Box::pin(async move { answer.map_or(Ok(THREE_SECONDS), Err) })
    }

    fn ingest(
        &self,
        _: Arc<Engine>,
        batch: Vec<Arrived>,
    ) -> BoxFuture<'static, Result<Ingested, Trouble>> {
        let stored = batch.len() as u64;
        self.ingested.lock().unwrap().extend(batch);
        Box::pin(async move {
            Ok(Ingested {
                stored,
                ..Ingested::default()
            })
        })
    }
}

/// Keeps nothing.
pub struct NoSecrets;

impl SecretKeeper for NoSecrets {
    fn get(&self, _: SecretOf, _: &SecretSource) -> Result<SecretString, Trouble> {
        Ok(SecretString::from("none"))
    }

    fn put(&self, _: SecretOf, _: &SecretSource, _: &SecretString) -> Result<(), Trouble> {
        Ok(())
    }

    fn forget(&self, _: MailboxId) -> Result<(), Trouble> {
        Ok(())
    }

    fn hold(&self, _: SecretOf) -> Result<Box<dyn Send>, Trouble> {
        Ok(Box::new(()))
    }
}
