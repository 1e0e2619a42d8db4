//! Fills a store with many mails, fast, through the same calls that the engine makes.
//!
//! The mails repeat from run to run: the same number gives the same store.

#![allow(clippy::expect_used)]

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use ticketty::domain::event::{Actor, Happening, MessageMove};
use ticketty::domain::headers::address::Address;
use ticketty::domain::ids::{
    ContactId, ContentHash, FolderId, MailboxId, MessageId, OperatorId, TicketNumber,
};
use ticketty::domain::mailbox::{
    Endpoint, Incoming, MailboxSettings, Outgoing, SecretSource, Security,
};
use ticketty::domain::message::{
    Envelope, MailClass, Message, MessageKind, Placement, PlacementRule,
};
use ticketty::domain::ticket::Status;
use ticketty::store::ledger::{FolderRole, FolderSight, LedgerRow, Outcome};
use ticketty::store::tickets::NewEvent;
use ticketty::store::{Store, StoreResult, Write, write};

/// What is made.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    pub tickets: u32,
    /// Mails in each ticket.
    pub mails_each: u32,
    /// Every so many-th ticket is closed; 0 closes none.
    pub closed_every: u32,
    /// Bytes of a raw mail, at least 600. 0 keeps no raw mail.
    pub raw_bytes: usize,
    pub batch: u32,
}

impl Default for Amount {
    fn default() -> Self {
        Self {
            tickets: 1000,
            mails_each: 1,
            closed_every: 0,
            raw_bytes: 2000,
            batch: 500,
        }
    }
}

/// What the others need to know about a store that was filled.
#[derive(Debug, Clone, Copy)]
pub struct Filled {
    pub mailbox: MailboxId,
    pub folder: FolderId,
    pub operator: OperatorId,
    /// The time of the newest mail.
    pub newest: Timestamp,
}

/// Words of three scripts; the first of a list are the frequent ones.
const ENGLISH: [&str; 24] = [
    "the", "invoice", "please", "update", "account", "login", "error", "after", "printer", "order",
    "number", "payment", "since", "morning", "session", "expired", "refund", "delivery", "address",
    "change", "question", "about", "contract", "renewal",
];
const UKRAINIAN: [&str; 12] = [
    "замовлення",
    "рахунок",
    "будь",
    "ласка",
    "не",
    "працює",
    "принтер",
    "оплата",
    "доставка",
    "об’єкт",
    "п'ятниця",
    "їжак",
];
const JAPANESE: [&str; 6] = [
    "サーバに接続できません",
    "請求書を送ってください",
    "東京タワー",
    "返金をお願いします",
    "注文番号",
    "更新後",
];
const NAMES: [(&str, &str); 6] = [
    ("Olena", "Kovalenko"),
    ("Dmytro", "Bondar"),
    ("James", "Wu"),
    ("Zoë", "Müller"),
    ("健", "田中"),
    ("Анна", "Їжакевич"),
];

/// A small generator of numbers that repeat (xorshift), so that nothing here is random.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    /// The first of the list come more often.
    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let (one, other) = (self.below(list.len()), self.below(list.len()));
        list[one.min(other)]
    }
}

pub fn start() -> Timestamp {
    Timestamp::from_second(1_700_000_000).expect("in range")
}

pub fn settings(name: &str) -> MailboxSettings {
    MailboxSettings::new(
        format!("{name}@acme.test"),
        Incoming::Imap(Endpoint {
            host: "mail.acme.test".into(),
            port: 993,
            security: Security::Tls,
        }),
        Outgoing::Off,
        SecretSource::Ask,
    )
}

/// Makes a mailbox, and mails in it as `amount` says.
pub fn fill(store: &dyn Store, amount: Amount) -> StoreResult<Filled> {
    let mut filled = write(store, |tx| {
        let operator = tx.meet_operator("anna", "Anna")?;
        let mailbox = tx.put_mailbox(None, &settings("support"), start())?;
        let folder = tx.open_folder(&FolderSight {
            mailbox,
            name: "INBOX".into(),
            wire_name: "INBOX".into(),
            role: FolderRole::Inbox,
            uid_validity: 1,
            wanted_since: None,
        })?;
        Ok(Filled {
            mailbox,
            folder: folder.id,
            operator,
            newest: start(),
        })
    })?;
    let mut mails = each_mail(amount);
    let mut first = 0;
    loop {
        let batch: Vec<Mail> = mails.by_ref().take(amount.batch.max(1) as usize).collect();
        if batch.is_empty() {
            return Ok(filled);
        }
        filled.newest = put_batch(store, filled, amount, first, &batch)?;
        first += batch.len() as u32;
    }
}

/// A mail as the engine has it before it is stored.
pub struct Mail {
    pub ticket: u32,
    pub from: Address,
    pub subject: String,
    pub text: String,
    pub raw: Option<(ContentHash, Vec<u8>)>,
}

/// The mails of `amount`, made apart so that their making is not measured with their storing.
pub fn mails(amount: Amount) -> Vec<Mail> {
    each_mail(amount).collect()
}

/// The same one by one, for more than fit in memory.
fn each_mail(amount: Amount) -> impl Iterator<Item = Mail> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    (0..amount.tickets * amount.mails_each.max(1)).map(move |n| mail(&mut dice, amount, n))
}

fn mail(dice: &mut Dice, amount: Amount, n: u32) -> Mail {
    let ticket = n % amount.tickets.max(1);
    let (first, last) = NAMES[dice.below(NAMES.len())];
    let person = dice.below(amount.tickets as usize / 3 + 1);
    let subject = format!("{} {} {ticket}", dice.pick(&ENGLISH), dice.pick(&ENGLISH));
    let mut text = String::with_capacity(1000);
    while text.len() < 900 {
        let word = match dice.below(10) {
            0 => dice.pick(&JAPANESE),
            1 | 2 => dice.pick(&UKRAINIAN),
            _ => dice.pick(&ENGLISH),
        };
        text.push_str(word);
        text.push(if dice.below(12) == 0 { '\n' } else { ' ' });
        if dice.below(6) == 0 {
            text.push_str(&format!("{:x} ", dice.next() % 100_000));
        }
    }
    let raw = (amount.raw_bytes > 0).then(|| {
        let mut raw =
            format!("Message-ID: <{n}@customer.test>\r\nSubject: {subject}\r\n\r\n{text}");
        while raw.len() < amount.raw_bytes {
            raw.push_str(&format!("{:016x}\r\n", dice.next()));
        }
        let raw = raw.into_bytes();
        (ContentHash(Sha256::digest(&raw).into()), raw)
    });
    Mail {
        ticket,
        from: Address {
            name: format!("{first} {last}"),
            address: format!("person{person}@customer{}.test", person % 97),
        },
        subject,
        text,
        raw,
    }
}

/// Stores mails in one transaction; `first` is the number of the first of them. Returns the time of the last.
pub fn put_batch(
    store: &dyn Store,
    filled: Filled,
    amount: Amount,
    first: u32,
    batch: &[Mail],
) -> StoreResult<Timestamp> {
    let moment =
        |n: u32| Timestamp::from_second(start().as_second() + i64::from(n) * 30).expect("in range");
    write(store, |tx| {
        let mut ledger = Vec::with_capacity(batch.len());
        for (mail, n) in batch.iter().zip(first..) {
            put_mail(tx, filled, amount, n, moment(n), mail)?;
            ledger.push(LedgerRow {
                folder: filled.folder,
                uid: n + 1,
                outcome: Outcome::Stored,
                content: mail.raw.as_ref().map(|(hash, _)| *hash),
                size_bytes: amount.raw_bytes as u64,
                internal_date: Some(moment(n)),
                recorded_at: moment(n),
            });
        }
        tx.record(&ledger)
    })?;
    Ok(moment(first + batch.len() as u32))
}

fn put_mail(
    tx: &mut dyn Write,
    filled: Filled,
    amount: Amount,
    n: u32,
    at: Timestamp,
    mail: &Mail,
) -> StoreResult<()> {
    if let Some((hash, raw)) = &mail.raw {
        tx.put_raw(hash, raw)?;
    }
    let (first, last) = mail
        .from
        .name
        .split_once(' ')
        .unwrap_or((&mail.from.name, ""));
    let contact = tx.meet_contact(&mail.from.address, first, last)?;
    let opens = n < amount.tickets;
    let number = if opens {
        tx.next_ticket_number()?
    } else {
        TicketNumber(i64::from(mail.ticket) + 1)
    };
    let message = message(MessageId(tx.fresh_id()?), number, n, at, mail);
    let mut events = Vec::with_capacity(3);
    if opens {
        events.push(opened(filled, mail, contact));
    }
    events.push(Happening::MessageJoined(MessageMove {
        message: message.id,
        kind: message.kind,
        class: message.class,
        has_attachments: false,
        first_reply: false,
        other_ticket: None,
    }));
    if opens && amount.closed_every > 0 && n.is_multiple_of(amount.closed_every) {
        events.push(Happening::StatusSet {
            from: Status::New,
            to: Status::Closed,
        });
    }
    let events: Vec<NewEvent> = events
        .into_iter()
        .map(|what| NewEvent {
            ticket: number,
            what,
            takes_back: None,
        })
        .collect();
    tx.append(Actor::Customer(contact), at, &events)?;
    tx.put_message(&message)
}

fn opened(filled: Filled, mail: &Mail, contact: ContactId) -> Happening {
    Happening::Opened {
        subject: mail.subject.clone(),
        mailbox: filled.mailbox,
        contact: Some(contact),
        first_reply_due: None,
    }
}

fn message(id: MessageId, ticket: TicketNumber, n: u32, at: Timestamp, mail: &Mail) -> Message {
    Message {
        id,
        ticket,
        kind: MessageKind::Incoming,
        class: MailClass::Person,
        at,
        author: None,
        envelope: Envelope {
            message_id: Some(format!("{n}@customer.test")),
            date: Some(at),
            from: Some(mail.from.clone()),
            to: vec![Address {
                name: "Acme Support".into(),
                address: "support@acme.test".into(),
            }],
            ..Envelope::default()
        },
        subject: mail.subject.clone(),
        preview: mail.text.chars().take(200).collect(),
        text: mail.text.clone(),
        attachments: Vec::new(),
        placement: Placement {
            rule: PlacementRule::NewTicket,
            value: String::new(),
        },
        content: mail.raw.as_ref().map(|(hash, _)| *hash),
        notes: Vec::new(),
    }
}
