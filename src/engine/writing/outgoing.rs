//! The mail that a draft makes: its recipients checked, its bytes written, its row in the outbox.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::send::Sender;
use super::{fits, identity};
use crate::domain::clean::Clean;
use crate::domain::draft::{Draft, DraftKind};
use crate::domain::headers::address::{Address, sendable};
use crate::domain::headers::signed_id;
use crate::domain::ids::{ContentHash, OutboxId, TicketNumber};
use crate::domain::mailbox::{Incoming, Mailbox, Outgoing as Way};
use crate::domain::message::{Envelope, Message};
use crate::domain::outbox::DeliveryState;
use crate::domain::parsed::{AttachmentInfo, AttachmentKind};
use crate::domain::trouble::Trouble;
use crate::mail::compose::{self, Composed, Outgoing, OutgoingAttachment};
use crate::mail::providers;
use crate::store::outbox::{OutboxRow, SentCopy};
use crate::store::{StoreResult, Write};

/// The mail that the draft makes, still without its Message-ID.
pub(super) fn mail(
    store: &dyn Write,
    draft: &Draft,
    mailbox: &Mailbox,
    sender: &Sender,
) -> StoreResult<Outgoing> {
    for (field, addresses) in [("To", &draft.to), ("Cc", &draft.cc), ("Bcc", &draft.bcc)] {
        for address in addresses {
            check_recipient(field, address)?;
        }
    }
    if draft.body.trim().is_empty() && draft.attachments.is_empty() {
        return Err(Trouble::operator("the mail is empty"));
    }
    fits(draft, sender.limit)?;
    let mut attachments = Vec::new();
    for file in &draft.attachments {
        let bytes = store.raw(&file.content)?.ok_or_else(|| {
            Trouble::bug(format!("the file {} is missing in the store", file.name))
                .hint("remove it from the draft and attach it again")
        })?;
        attachments.push(OutgoingAttachment {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            bytes,
        });
    }
    let mut outgoing = Outgoing {
        from: identity::from(draft, mailbox),
        to: draft.to.clone(),
        cc: draft.cc.clone(),
        bcc: draft.bcc.clone(),
        subject: draft.subject.clone(),
        markdown_body: draft.body.clone(),
        signature: None,
        thread: thread(store, draft)?,
        date: sender.now,
        attachments,
        ..Outgoing::default()
    };
    identity::put_on(&mut outgoing, &mailbox.settings);
    Ok(outgoing)
}

fn check_recipient(field: &str, address: &Address) -> StoreResult<()> {
    let shown = Clean::name(&address.address);
    sendable(&address.address).map(|_| ()).map_err(|trouble| {
        Trouble::operator(format!("“{shown}” in {field} is not an address"))
            .because(trouble.what)
            .hint("correct it, or take it out")
    })
}

/// In-Reply-To and References (RFC 5322 §3.6.4). A forwarded mail begins a thread of its own for its reader.
fn thread(store: &dyn Write, draft: &Draft) -> StoreResult<compose::Thread> {
    let mut thread = compose::Thread::default();
    let (DraftKind::Reply, Some(answers)) = (draft.kind, draft.answers) else {
        return Ok(thread);
    };
    if let Some(original) = store.message(answers)? {
        let envelope = original.envelope;
        // RFC 5322: without References, the parent's only In-Reply-To stands in for them.
        thread.references = match (envelope.references, envelope.in_reply_to.as_slice()) {
            (references, [only]) if references.is_empty() => vec![only.clone()],
            (references, _) => references,
        };
        thread.references.extend(envelope.message_id.clone());
        thread.in_reply_to = envelope.message_id;
    }
    Ok(thread)
}

/// An id that nobody can make but us, naming the ticket.
pub(in super::super) fn message_id(
    key: &[u8],
    ticket: TicketNumber,
    mailbox: &Mailbox,
) -> StoreResult<String> {
    let mut random = [0_u8; 10];
    getrandom::fill(&mut random)
        .map_err(|cause| Trouble::bug("the system gave no random numbers").because(cause))?;
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let domain = mailbox
        .settings
        .address
        .rsplit_once('@')
        .map_or("invalid", |(_, domain)| domain);
    Ok(signed_id::sign(key, ticket, &random, domain))
}

/// Stores the bytes, completes the message from them, and puts the row into the outbox.
pub(super) fn queue(
    store: &mut dyn Write,
    outgoing: &Outgoing,
    message: &mut Message,
    mailbox: &Mailbox,
    sender: &Sender,
) -> StoreResult<OutboxRow> {
    let Composed {
        raw,
        envelope_from,
        envelope_to,
        message_id,
    } = compose::compose(outgoing)?;
    if raw.len() as u64 > sender.limit {
        return Err(
            Trouble::operator(format!("the mail has {} bytes", raw.len()))
                .hint(format!("at most {} can be sent", sender.limit)),
        );
    }
    let content = ContentHash(Sha256::digest(&raw).into());
    store.put_raw(&content, &raw)?;
    complete(message, outgoing, &message_id, content);
    let row = OutboxRow {
        id: OutboxId(store.fresh_id()?),
        message: message.id,
        ticket: message.ticket,
        mailbox: mailbox.id,
        message_id,
        envelope_from: (!envelope_from.is_empty()).then_some(envelope_from),
        envelope_to,
        content,
        state: first_state(mailbox, sender.now),
        attempts: 0,
        queued_at: sender.now,
        changed_at: sender.now,
        sent_copy: sent_copy(&store.mailboxes()?, mailbox),
    };
    store.put_outbox(&row)?;
    Ok(row)
}

fn complete(message: &mut Message, outgoing: &Outgoing, message_id: &str, content: ContentHash) {
    message.envelope = Envelope {
        message_id: Some(message_id.to_owned()),
        in_reply_to: outgoing.thread.in_reply_to.iter().cloned().collect(),
        references: outgoing.thread.references.clone(),
        date: Some(outgoing.date),
        from: Some(outgoing.from.clone()),
        reply_to: outgoing.reply_to.iter().cloned().collect(),
        to: outgoing.to.clone(),
        cc: outgoing.cc.clone(),
        bcc: outgoing.bcc.clone(),
        written_to: None,
    };
    if let Some(signature) = &outgoing.signature
        && !signature.text.trim().is_empty()
    {
        message.text = format!("{}\n\n-- \n{}", message.text, signature.text.trim_end());
    }
    message.attachments = outgoing
        .attachments
        .iter()
        .zip(0..)
        .map(|(file, index)| AttachmentInfo {
            index,
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            size: file.bytes.len() as u64,
            sha256: ContentHash(Sha256::digest(&file.bytes).into()).to_string(),
            inline: false,
            content_id: None,
            kind: AttachmentKind::File,
        })
        .collect();
    message.content = Some(content);
}

/// The undo window comes first, where the mailbox has one.
fn first_state(mailbox: &Mailbox, now: Timestamp) -> DeliveryState {
    let window = SignedDuration::from_secs(mailbox.settings.policy.undo_window_seconds.into());
    match now.checked_add(window) {
        Ok(until) if until > now => DeliveryState::Held { until },
        _ => DeliveryState::Queued,
    }
}

/// Whether a copy for the Sent folder is ours to make: some providers keep one by themselves.
fn sent_copy(mailboxes: &[Mailbox], mailbox: &Mailbox) -> SentCopy {
    let other = |id| mailboxes.iter().find(|other| other.id == id);
    let home = match mailbox.settings.incoming {
        Incoming::Forwarded(id) => other(id),
        Incoming::Imap(_) | Incoming::Maildir(_) => Some(mailbox),
    };
    let carrier = match mailbox.settings.outgoing {
        Way::Through(id) => other(id),
        _ => Some(mailbox),
    };
    let by_itself = carrier.is_some_and(|carrier| match &carrier.settings.outgoing {
        Way::Smtp(endpoint) => {
            providers::by_server(endpoint).is_some_and(|provider| provider.copies_sent_itself)
        }
        _ => false,
    });
    match home.map(|home| &home.settings.incoming) {
        Some(Incoming::Imap(_)) if !by_itself => SentCopy::Due,
        _ => SentCopy::NotOurs,
    }
}
