//! Opening a draft, filled from what it answers.
//!
//! One operator has one draft of a kind in a ticket: beginning again finds it again, so that nothing half-written
//! is ever lost sight of.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::channels;
use super::super::core::Engine;
use super::super::looks::thread;
use super::{attachment, fits, identity, quote, view};
use crate::bridge::{Begin, DraftView, Writing};
use crate::domain::channel::own_addresses;
use crate::domain::clean::Clean;
use crate::domain::draft::{Draft, DraftAttachment, DraftKind};
use crate::domain::headers::address::{Address, key};
use crate::domain::headers::subject;
use crate::domain::ids::{DraftId, MailboxId, MessageId, OperatorId, SignatureId, TicketNumber};
use crate::domain::mailbox::{Mailbox, Outgoing};
use crate::domain::message::{MailClass, Message, MessageKind};
use crate::domain::parsed::AttachmentKind;
use crate::domain::query::Asker;
use crate::domain::signature;
use crate::domain::ticket::Ticket;
use crate::domain::trouble::Trouble;
use crate::store::{Read, StoreResult};

/// A draft before it has an id, or one that was there already.
enum Opening {
    Found(Box<DraftView>),
    New {
        draft: Box<Draft>,
        /// The mail whose files a forwarded mail takes along.
        files_of: Option<Box<Message>>,
    },
}

pub(super) async fn begin(engine: &Arc<Engine>, what: Begin) -> Result<Writing, Trouble> {
    let asker = engine.asker();
    let reading = asker.clone();
    let opening = engine
        .read(move |store| open(store, &reading, &what))
        .await?;
    let (mut draft, files_of) = match opening {
        Opening::Found(found) => return Ok(Writing::Draft(found)),
        Opening::New { draft, files_of } => (draft, files_of),
    };
    let files = match files_of {
        Some(original) => files(engine, &original).await?,
        None => Vec::new(),
    };
    draft.attachments = files.iter().map(|(file, _)| file.clone()).collect();
    fits(&draft, engine.settings.max_message_bytes)?;
    let made = engine
        .write(move |store| {
            // Somebody may have opened it in the meantime, in another window.
            if let Some(found) = existing(store, &draft)? {
                return view::view(store, &asker, &found);
            }
            for (file, bytes) in &files {
                store.put_raw(&file.content, bytes)?;
            }
            let mut draft = (*draft).clone();
            draft.id = DraftId(store.fresh_id()?);
            store.put_draft(&draft)?;
            view::view(store, &asker, &draft)
        })
        .await?;
    Ok(Writing::Draft(Box::new(made)))
}

/// A draft that was not there before, still without an id.
///
/// # Errors
/// The operator is writing there already: such a draft must not be sent with other words. Or there is nothing to
/// answer, or no mailbox to send from.
pub(super) fn fresh(store: &dyn Read, asker: &Asker, what: &Begin) -> StoreResult<Draft> {
    match (open(store, asker, what)?, what) {
        (Opening::New { draft, .. }, _) => Ok(*draft),
        (Opening::Found(_), Begin::NewMail { mailbox }) => {
            let mut draft = empty(asker);
            draft.mailbox = sender(
                &store.mailboxes()?,
                mailbox.or(channels::default_of(store)?),
            )?;
            draft.signature = signature_for(store, asker.operator, draft.mailbox)?;
            Ok(draft)
        }
        (Opening::Found(found), _) => {
            let place = found
                .ticket
                .map_or_else(String::new, |number| format!(" #{number}"));
            Err(
                Trouble::operator(format!("somebody is writing in ticket{place} already"))
                    .hint("send or discard that draft in the desk first"),
            )
        }
    }
}

/// The draft of this kind that the operator has there already. New mail is found again only while it is empty.
fn existing(store: &dyn Read, draft: &Draft) -> StoreResult<Option<Draft>> {
    let mut drafts = store.drafts(draft.operator)?;
    drafts.retain(|other| {
        other.kind == draft.kind
            && other.ticket == draft.ticket
            && match draft.kind {
                DraftKind::NewMail => is_empty(other),
                DraftKind::Forward => other.answers == draft.answers,
                DraftKind::Reply | DraftKind::Note => true,
            }
    });
    Ok(drafts.into_iter().max_by_key(|other| other.saved_at))
}

fn is_empty(draft: &Draft) -> bool {
    draft.to.is_empty()
        && draft.cc.is_empty()
        && draft.bcc.is_empty()
        && draft.subject.is_empty()
        && draft.body.trim().is_empty()
        && draft.attachments.is_empty()
}

fn empty(asker: &Asker) -> Draft {
    Draft {
        id: DraftId(0),
        operator: asker.operator,
        mailbox: MailboxId(0),
        from: None,
        ticket: None,
        kind: DraftKind::NewMail,
        answers: None,
        to: Vec::new(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: String::new(),
        body: String::new(),
        signature: None,
        attachments: Vec::new(),
        saved_at: asker.now,
    }
}

fn open(store: &dyn Read, asker: &Asker, what: &Begin) -> StoreResult<Opening> {
    let mut draft = empty(asker);
    let mailboxes = store.mailboxes()?;
    let mut files_of = None;
    match what {
        Begin::NewMail { mailbox } => {
            let wanted = mailbox.or(channels::default_of(store)?);
            draft.mailbox = sender(&mailboxes, wanted)?;
        }
        Begin::Note { ticket } => {
            let ticket = work_on(store, *ticket)?;
            (draft.kind, draft.ticket) = (DraftKind::Note, Some(ticket.number));
            draft.mailbox = ticket.mailbox;
        }
        Begin::Reply {
            ticket,
            message,
            all,
        } => {
            let ticket = work_on(store, *ticket)?;
            (draft.kind, draft.ticket) = (DraftKind::Reply, Some(ticket.number));
            let original = answered(store, &ticket, *message)?;
            let (mailbox, from) = identity::answers_from(&mailboxes, &ticket, original.as_ref());
            identity::may_send(&mailboxes, mailbox)?;
            draft.mailbox = sender(&mailboxes, Some(mailbox))?;
            draft.from = from.filter(|_| draft.mailbox == mailbox);
            fill_reply(store, &mut draft, &ticket, original.as_ref(), *all, asker)?;
        }
        Begin::Forward { ticket, message } => {
            let ticket = work_on(store, *ticket)?;
            (draft.kind, draft.ticket) = (DraftKind::Forward, Some(ticket.number));
            identity::may_send(&mailboxes, ticket.mailbox)?;
            draft.mailbox = sender(&mailboxes, Some(ticket.mailbox))?;
            let original = answered(store, &ticket, *message)?
                .ok_or_else(|| Trouble::operator("there is no mail to forward in this ticket"))?;
            draft.subject = subject::forward(Clean::line(&original.subject).as_str());
            draft.body = quote::forwarded_body(&original, &thread::time_zone(&asker.zone));
            draft.answers = Some(original.id);
            files_of = original.content.is_some().then(|| Box::new(original));
        }
    }
    if let Some(found) = existing(store, &draft)? {
        let found = Box::new(view::view(store, asker, &found)?);
        return Ok(Opening::Found(found));
    }
    draft.signature = match draft.kind {
        DraftKind::Note => None,
        _ => signature_for(store, asker.operator, draft.mailbox)?,
    };
    let draft = Box::new(draft);
    Ok(Opening::New { draft, files_of })
}

/// The ticket that work goes on in.
fn work_on(store: &dyn Read, number: TicketNumber) -> StoreResult<Ticket> {
    let number = view::end_of_merges(store, number)?;
    store
        .ticket(number)?
        .ok_or_else(|| thread::no_ticket(number))
}

/// The wanted mailbox if answers can leave from it, else the first one that they can leave from.
fn sender(mailboxes: &[Mailbox], wanted: Option<MailboxId>) -> StoreResult<MailboxId> {
    let can_send = |mailbox: &&Mailbox| {
        !mailbox.removed
            && mailbox.settings.identity.is_sending
            && !matches!(mailbox.settings.outgoing, Outgoing::Off)
    };
    let mut senders: Vec<&Mailbox> = mailboxes.iter().filter(can_send).collect();
    senders.sort_by_key(|mailbox| (Some(mailbox.id) != wanted, !mailbox.enabled, mailbox.id));
    senders.first().map(|mailbox| mailbox.id).ok_or_else(|| {
        Trouble::operator("there is no mailbox to send from")
            .hint("connect one in the settings, or with `ticketty mailbox add`")
    })
}

/// The message that is meant, or the last mail of a person, or the last mail at all.
fn answered(
    store: &dyn Read,
    ticket: &Ticket,
    wanted: Option<MessageId>,
) -> StoreResult<Option<Message>> {
    let events = store.events(ticket.number)?;
    let mut messages = thread::present_messages(store, ticket.number, &events)?;
    if let Some(wanted) = wanted {
        return match messages.into_iter().find(|message| message.id == wanted) {
            Some(message) if message.kind == MessageKind::Note => Err(Trouble::operator(
                "a note cannot be answered or forwarded by mail",
            )),
            Some(message) => Ok(Some(message)),
            None => Err(Trouble::operator(format!(
                "that message is not in #{} any more",
                ticket.number
            ))),
        };
    }
    messages.retain(|message| message.kind != MessageKind::Note);
    let rank = |message: &Message| match (message.kind, message.class) {
        (MessageKind::Incoming, MailClass::Person) => 2,
        (MessageKind::Incoming, _) => 1,
        _ => 0,
    };
    Ok(messages
        .into_iter()
        .max_by_key(|message| (rank(message), message.at, message.id)))
}

fn fill_reply(
    store: &dyn Read,
    draft: &mut Draft,
    ticket: &Ticket,
    original: Option<&Message>,
    all: bool,
    asker: &Asker,
) -> StoreResult<()> {
    let Some(original) = original else {
        // Nothing but notes: the answer goes to the customer whom the ticket is about.
        if let Some(contact) = ticket.contact
            && let Some(contact) = store.contact(contact)?
        {
            let name = format!("{} {}", contact.first_name, contact.last_name);
            draft.to = vec![Address::new(name.trim(), contact.address)];
        }
        draft.subject = subject::reply(Clean::line(&ticket.subject).as_str());
        return Ok(());
    };
    let ours = Ours::new(store)?;
    (draft.to, draft.cc) = recipients(original, &ours, all);
    let named = match original.subject.trim() {
        "" => &ticket.subject,
        named => named,
    };
    draft.subject = subject::reply(Clean::line(named).as_str());
    draft.body = quote::answer_body(original, &thread::time_zone(&asker.zone));
    draft.answers = Some(original.id);
    Ok(())
}

/// The addresses of our own mailboxes.
struct Ours(BTreeSet<String>);

impl Ours {
    fn new(store: &dyn Read) -> StoreResult<Self> {
        Ok(Self(
            store
                .mailboxes()?
                .into_iter()
                .filter(|mailbox| !mailbox.removed)
                .flat_map(|mailbox| {
                    own_addresses(&mailbox)
                        .map(|own| key(own))
                        .collect::<Vec<_>>()
                })
                .collect(),
        ))
    }

    /// Whether mail to it would come back to us, also by a plus-address of ours.
    fn has(&self, address: &Address) -> bool {
        let key = address.key();
        let Some((local, domain)) = key.rsplit_once('@') else {
            return false;
        };
        let base = local.split('+').next().unwrap_or(local);
        self.0.contains(&key) || self.0.contains(&format!("{base}@{domain}"))
    }
}

/// To and Cc of an answer: Reply-To before From (RFC 5322 §3.6.3); everyone else only if asked for; never ourselves,
/// unless there is nobody else.
fn recipients(original: &Message, ours: &Ours, all: bool) -> (Vec<Address>, Vec<Address>) {
    let envelope = &original.envelope;
    let answered: Vec<Address> = match original.kind {
        MessageKind::Outgoing => envelope.to.clone(),
        // A Reply-To may hold anything; where mail can go to none of it, it counts as missing.
        _ if envelope.reply_to.iter().any(Address::can_get_mail) => {
            let reply_to = envelope.reply_to.iter();
            reply_to.filter(|to| to.can_get_mail()).cloned().collect()
        }
        _ => envelope.from.iter().cloned().collect(),
    };
    let mut taken = BTreeSet::new();
    let mut fresh = |address: &Address| taken.insert(address.key());
    let mut to: Vec<Address> = answered
        .iter()
        .filter(|address| !ours.has(address))
        .filter(|address| fresh(address))
        .map(quote::shown)
        .collect();
    if to.is_empty() {
        to = answered.iter().take(1).map(quote::shown).collect();
    }
    if !all {
        return (to, Vec::new());
    }
    let cc = envelope
        .to
        .iter()
        .chain(&envelope.cc)
        .filter(|address| address.can_get_mail() && !ours.has(address))
        .filter(|address| fresh(address))
        .map(quote::shown)
        .collect();
    (to, cc)
}

/// The signature that fits the operator in this mailbox best.
fn signature_for(
    store: &dyn Read,
    operator: OperatorId,
    mailbox: MailboxId,
) -> StoreResult<Option<SignatureId>> {
    let signatures = store.signatures()?;
    Ok(signature::default_of(&signatures, operator, mailbox).map(|one| one.id))
}

/// The files of a mail, taken out by the reader. Machine halves of signatures and reports stay behind.
async fn files(
    engine: &Arc<Engine>,
    original: &Message,
) -> Result<Vec<(DraftAttachment, Vec<u8>)>, Trouble> {
    let wanted: Vec<_> = original
        .attachments
        .iter()
        .filter(|info| {
            matches!(
                info.kind,
                AttachmentKind::File
                    | AttachmentKind::InlineImage
                    | AttachmentKind::NestedMail
                    | AttachmentKind::Calendar
            )
        })
        .collect();
    let (Some(content), false) = (original.content, wanted.is_empty()) else {
        return Ok(Vec::new());
    };
    let raw = engine
        .read(move |store| store.raw(&content))
        .await?
        .ok_or_else(|| Trouble::bug("the raw mail of this message is missing in the store"))?;
    let raw = Arc::new(raw);
    let mut files = Vec::new();
    for info in wanted {
        let bytes = engine
            .reader
            .attachment(Arc::clone(&raw), info.index)
            .await?;
        files.push((attachment(&info.name, &bytes), bytes));
    }
    Ok(files)
}
