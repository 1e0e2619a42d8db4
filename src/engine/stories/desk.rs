//! The desk that the stories play at.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::surroundings::{NoSecrets, NoServers, PlainReader};
use crate::bridge::{
    Ask, AskId, Begin, Change, Changed, DraftView, Look, Report, Request, Seen, Thread, Told,
    Write as WriteRequest, Writing,
};
use crate::domain::audit::Origin;
use crate::domain::decide::Action;
use crate::domain::event::{Actor, Happening, MessageMove};
use crate::domain::headers::address::Address;
use crate::domain::ids::{ContentHash, MailboxId, MessageId, TicketNumber};
use crate::domain::mailbox::{FirstSync, Incoming, MailboxSettings, Outgoing, SecretSource};
use crate::domain::message::{MailClass, Message, MessageKind, Placement, PlacementRule};
use crate::domain::outbox::{DeliveryState, Listed};
use crate::domain::parsed::ParsedMail;
use crate::domain::trouble::Trouble;
use crate::engine::clock::{Clock, SetClock};
use crate::engine::core::SyncMode;
use crate::engine::filing::made;
use crate::engine::outside::Outside;
use crate::engine::workers::Workers;
use crate::engine::{EngineHandle, EngineSetup, ParserCommand, Surroundings, start_within};
use crate::mail::dns::Dns;
use crate::mail::mime::{self, Limits};
use crate::store::outbox::OutboxRow;
use crate::store::sqlite::{OpenOptions, SqliteStore};
use crate::store::tickets::NewEvent;
use crate::store::{self, Store};
use crate::wire::{FrontEnd, line};

/// How long a story waits for anything before it says what was missing.
const PATIENCE: Duration = Duration::from_secs(20);
pub const SUPPORT: &str = "support@desk.example.test";

/// A desk with one mailbox, ready to be asked.
pub struct Desk {
    pub store: Arc<SqliteStore>,
    pub clock: Arc<SetClock>,
    pub workers: Arc<NoServers>,
    pub mailbox: MailboxId,
    pub home: TempDir,
    front: FrontEnd,
    /// Reports that answer nothing, in order.
    pub pushed: Vec<Report>,
    next_ask: AtomicU64,
    engine: Option<EngineHandle>,
}

pub fn settings() -> MailboxSettings {
    MailboxSettings {
        display_name: "Desk Support".into(),
        first_sync: FirstSync::All,
        ..MailboxSettings::new(
            SUPPORT,
            Incoming::Maildir("/nonexistent".into()),
            Outgoing::Folder("/nonexistent".into()),
            SecretSource::None,
        )
    }
}

/// Where the stories are told from.
pub fn origin() -> Origin {
    Origin {
        user: "anna".into(),
        host: "story".into(),
        ssh_client: Some("192.0.2.7".into()),
        ..Origin::default()
    }
}

impl Desk {
    pub fn open() -> Self {
        Self::with(NoServers::default())
    }

    pub fn with(workers: NoServers) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("private").join("desk.db");
        let store = Arc::new(SqliteStore::open(path, OpenOptions::default()).unwrap());
        let clock = Arc::new(SetClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
        let mailbox = store::write(store.as_ref(), |write| {
            write.put_mailbox(None, &settings(), clock.now())
        })
        .unwrap();
        let (workers, reader) = (Arc::new(workers), PlainReader::default());
        let (front, engine) = Self::start(&store, &clock, &workers, reader);
        Self {
            store,
            clock,
            workers,
            mailbox,
            home,
            front,
            pushed: Vec::new(),
            next_ask: AtomicU64::new(1),
            engine: Some(engine),
        }
    }

    /// The same desk with another reader, as after an upgrade.
    pub async fn read_by(mut self, reader: PlainReader) -> Self {
        if let Some(engine) = self.engine.take() {
            engine.stop().await;
        }
        let (front, engine) = Self::start(&self.store, &self.clock, &self.workers, reader);
        (self.front, self.engine) = (front, Some(engine));
        self
    }

    fn start(
        store: &Arc<SqliteStore>,
        clock: &Arc<SetClock>,
        workers: &Arc<NoServers>,
        reader: PlainReader,
    ) -> (FrontEnd, EngineHandle) {
        let (front, end) = line();
        let setup = EngineSetup {
            store: Arc::clone(store) as Arc<dyn Store>,
            secrets: Arc::new(NoSecrets),
            operator_login: "anna".into(),
            operator_name: "Anna".into(),
            parser: ParserCommand {
                program: "ticketty".into(),
                args: Vec::new(),
            },
            holder: "story".into(),
            sync: SyncMode::Live,
            max_message_bytes: 1_000_000,
            outside: Outside::default(),
            dns: Arc::new(Dns::at("127.0.0.1:1".parse().unwrap())),
            origin: origin(),
            configuration: None,
        };
        let surroundings = Surroundings {
            clock: Arc::clone(clock) as Arc<dyn Clock>,
            reader: Arc::new(reader),
            workers: Arc::clone(workers) as Arc<dyn Workers>,
        };
        (front, start_within(setup, surroundings, end))
    }

    pub fn send(&self, request: Request) -> AskId {
        let id = AskId(self.next_ask.fetch_add(1, Ordering::Relaxed));
        self.front.asks.send(Ask { id, request }).unwrap();
        id
    }

    pub async fn told(&mut self, waiting_for: &str) -> Told {
        tokio::time::timeout(PATIENCE, self.front.told.recv())
            .await
            .unwrap_or_else(|_| panic!("nothing came while waiting for {waiting_for}"))
            .unwrap_or_else(|| panic!("the engine left while waiting for {waiting_for}"))
    }

    pub async fn ask(&mut self, request: Request) -> Report {
        let words = format!("{request:?}");
        let id = self.send(request);
        loop {
            let told = self.told(&words).await;
            match told.answers {
                Some(answered) if answered == id => return told.report,
                Some(other) => panic!("an answer to {other:?} that nobody waits for"),
                None => self.pushed.push(told.report),
            }
        }
    }

    pub async fn failure(&mut self, request: Request) -> Trouble {
        match self.ask(request).await {
            Report::Failed(trouble) => trouble,
            other => panic!("expected a failure, got {other:?}"),
        }
    }

    pub async fn look(&mut self, look: Look) -> Seen {
        match self.ask(Request::Look(look)).await {
            Report::Look(seen) => seen,
            other => panic!("expected a look, got {other:?}"),
        }
    }

    pub async fn thread(&mut self, ticket: TicketNumber) -> Thread {
        match self.look(Look::Thread { ticket }).await {
            Seen::Thread(thread) => *thread,
            other => panic!("expected a thread, got {other:?}"),
        }
    }

    /// The numbers that a query lists.
    pub async fn list(&mut self, query: &str) -> Vec<i64> {
        let look = Look::Tickets {
            query: query.into(),
            window: crate::bridge::ListWindow::Offset {
                offset: 0,
                limit: 100,
            },
        };
        match self.look(look).await {
            Seen::Tickets(list) => list.rows.iter().map(|row| row.ticket.number.0).collect(),
            other => panic!("expected a list, got {other:?}"),
        }
    }

    pub async fn change(&mut self, change: Change) -> Changed {
        match self.ask(Request::Change(change)).await {
            Report::Change(changed) => changed,
            other => panic!("expected a change, got {other:?}"),
        }
    }

    pub async fn act(&mut self, tickets: &[TicketNumber], action: Action) -> Changed {
        let tickets = tickets.to_vec();
        self.change(Change::Act { tickets, action }).await
    }

    pub async fn write(&mut self, write: WriteRequest) -> Writing {
        match self.ask(Request::Write(write)).await {
            Report::Write(writing) => writing,
            other => panic!("expected something written, got {other:?}"),
        }
    }

    pub async fn begin(&mut self, what: Begin) -> DraftView {
        match self.write(WriteRequest::Begin { what }).await {
            Writing::Draft(draft) => *draft,
            other => panic!("expected a draft, got {other:?}"),
        }
    }

    pub async fn reply(&mut self, ticket: TicketNumber) -> DraftView {
        self.begin(Begin::Reply {
            ticket,
            message: None,
            all: false,
        })
        .await
    }

    /// Writes `words` above what is there, and saves.
    pub async fn type_above(&mut self, draft: &DraftView, words: &str) -> DraftView {
        let mut draft = draft.clone();
        draft.content.body = format!("{words}{}", draft.content.body);
        let content = draft.content.clone();
        let saved = self.write(WriteRequest::Save { draft: content }).await;
        assert!(matches!(saved, Writing::Saved { .. }), "{saved:?}");
        draft
    }

    pub async fn stop(mut self) {
        let engine = self.engine.take().unwrap();
        tokio::time::timeout(PATIENCE, engine.stop()).await.unwrap();
    }

    pub fn outbox(&self) -> Vec<OutboxRow> {
        store::read(self.store.as_ref(), |read| read.outbox(Listed::All)).unwrap()
    }

    /// A mail of the outbox as its reader gets it.
    pub fn sent_mail(&self, row: &OutboxRow) -> ParsedMail {
        mime::parse(&self.raw(&row.content), &Limits::default()).unwrap()
    }

    pub fn raw(&self, content: &ContentHash) -> Vec<u8> {
        store::read(self.store.as_ref(), |read| read.raw(content))
            .unwrap()
            .unwrap()
    }

    /// Moves an outbox row like the delivery worker would.
    pub fn deliver(&self, to: &DeliveryState) {
        let row = self.outbox().pop().unwrap();
        let moved = store::write(self.store.as_ref(), |write| {
            write.move_outbox(row.id, &row.state, to, row.attempts, self.clock.now())
        });
        assert!(moved.unwrap());
    }

    /// A customer's mail opens a ticket.
    pub fn arrives(&self, from: &str, subject: &str, text: &str) -> TicketNumber {
        self.mail(None, from, subject, text)
    }

    /// A customer's mail comes, into this ticket or a new one.
    pub fn mail(
        &self,
        into: Option<TicketNumber>,
        from: &str,
        subject: &str,
        text: &str,
    ) -> TicketNumber {
        let from = Address::parse(from).unwrap();
        let head = format!("From: {from}\r\nTo: {SUPPORT}, Bob <bob@example.test>\r\n");
        self.raw_mail(into, &format!("{head}Subject: {subject}\r\n\r\n{text}"))
    }

    /// The same from raw bytes, as mail is taken in.
    pub fn raw_mail(&self, into: Option<TicketNumber>, raw: &str) -> TicketNumber {
        self.clock.advance(Duration::from_secs(60));
        let now = self.clock.now();
        let parsed = mime::parse(raw.as_bytes(), &Limits::default()).unwrap();
        let content = ContentHash(Sha256::digest(raw.as_bytes()).into());
        store::write(self.store.as_ref(), |write| {
            let id = MessageId(write.fresh_id()?);
            let from = parsed.people.from.first().cloned().unwrap_or_default();
            let contact = write.meet_contact(&from.address, &from.name, "")?;
            let number = match into {
                Some(number) => number,
                None => write.next_ticket_number()?,
            };
            let message = incoming(id, number, &parsed, content, now);
            write.put_raw(&content, raw.as_bytes())?;
            write.put_message(&message)?;
            let opened = Happening::Opened {
                subject: parsed.subject.clone(),
                mailbox: self.mailbox,
                contact: Some(contact),
                first_reply_due: now.checked_add(Duration::from_secs(14_400)).ok(),
            };
            let joined = Happening::MessageJoined(MessageMove {
                message: id,
                kind: MessageKind::Incoming,
                class: MailClass::Person,
                has_attachments: !message.attachments.is_empty(),
                other_ticket: None,
                first_reply: false,
            });
            let unread = Happening::ReadSet {
                from_unread: false,
                to_unread: true,
            };
            let mut what = vec![joined];
            if into.is_none() {
                what.insert(0, opened);
                what.push(unread);
            }
            let events: Vec<NewEvent> = what
                .into_iter()
                .map(|what| NewEvent {
                    ticket: number,
                    what,
                    takes_back: None,
                })
                .collect();
            write.append(Actor::Customer(contact), now, &events)?;
            Ok(number)
        })
        .unwrap()
    }
}

fn incoming(
    id: MessageId,
    ticket: TicketNumber,
    parsed: &ParsedMail,
    content: ContentHash,
    at: Timestamp,
) -> Message {
    Message {
        id,
        ticket,
        kind: MessageKind::Incoming,
        class: MailClass::Person,
        at,
        author: None,
        envelope: made::envelope(parsed, None),
        subject: parsed.subject.clone(),
        text: parsed.text.clone(),
        preview: parsed.preview.clone(),
        attachments: parsed.attachments.clone(),
        placement: Placement {
            rule: PlacementRule::NewTicket,
            value: String::new(),
        },
        content: Some(content),
        notes: parsed.notes.clone(),
    }
}
