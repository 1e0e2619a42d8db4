//! Composing: drafts, and what becomes of them.
//!
//! A draft is saved with every pause of the writer, so nothing typed is ever only on a screen. Sending turns it
//! into a message whose bytes and Message-ID never change again.

mod at_once;
mod begin;
pub mod identity;
mod media_type;
pub(super) mod outgoing;
mod quote;
mod send;
mod signature;
pub mod takeback;
pub mod view;
mod warnings;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::core::Engine;
use crate::bridge::{DraftContent, Report, Write, Writing};
use crate::domain::clean::Clean;
use crate::domain::draft::{Draft, DraftAttachment, DraftKind};
use crate::domain::ids::{ContentHash, DraftId, MessageId, OperatorId};
use crate::domain::trouble::Trouble;
use crate::store::{Read, StoreResult};

/// The longest text that a draft may hold.
const LONGEST_BODY_BYTES: usize = 1 << 20;
/// The longest subject, in characters: longer ones are cut by mail programs.
const LONGEST_SUBJECT: usize = 900;
const MOST_ATTACHMENTS: usize = 100;
/// Base64 makes four bytes of three, plus line ends (RFC 2045 §6.8).
const BASE64_NUMERATOR: u64 = 26;
const BASE64_DENOMINATOR: u64 = 19;

pub(super) async fn answer(engine: &Arc<Engine>, write: Write) -> Result<Report, Trouble> {
    let writing = match write {
        Write::Begin { what } => begin::begin(engine, what).await?,
        Write::Drafts => drafts(engine).await?,
        Write::Save { draft } => save(engine, draft).await?,
        Write::Attach { draft, name, bytes } => attach(engine, draft, name, bytes).await?,
        Write::Detach { draft, index } => detach(engine, draft, index).await?,
        Write::Discard { draft } => {
            discard(engine, draft).await?;
            return Ok(Report::Done);
        }
        Write::AtOnce { what, words, after } => at_once::send(engine, what, *words, after).await?,
        Write::Send { draft, after } => send::send(engine, draft, after).await?,
    };
    Ok(Report::Write(writing))
}

async fn drafts(engine: &Arc<Engine>) -> Result<Writing, Trouble> {
    let asker = engine.asker();
    let views = engine
        .read(move |store| {
            let mut drafts = store.drafts(asker.operator)?;
            drafts.sort_by_key(|draft| std::cmp::Reverse(draft.saved_at));
            drafts
                .iter()
                .map(|draft| view::view(store, &asker, draft))
                .collect::<StoreResult<Vec<_>>>()
        })
        .await?;
    Ok(Writing::Drafts(views))
}

/// The operator's own draft.
///
/// # Errors
/// It was sent, taken away, or belongs to somebody else.
fn own_draft(store: &dyn Read, id: DraftId, operator: OperatorId) -> StoreResult<Draft> {
    match store.draft(id)? {
        Some(draft) if draft.operator == operator => Ok(draft),
        Some(_) => Err(Trouble::operator("this draft belongs to somebody else")),
        None if store.message(MessageId(id.0))?.is_some() => {
            Err(Trouble::operator("this draft has been sent already"))
        }
        None => Err(Trouble::operator("this draft is not there any more")
            .hint("it was discarded, perhaps in another window")),
    }
}

fn check_lengths(body: &str, subject: &str) -> Result<(), Trouble> {
    if body.len() > LONGEST_BODY_BYTES {
        return Err(Trouble::operator("the text is too long for a mail")
            .hint("attach it as a file instead"));
    }
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(Trouble::operator("the subject is too long")
            .hint(format!("use at most {LONGEST_SUBJECT} characters")));
    }
    Ok(())
}

async fn save(engine: &Arc<Engine>, content: DraftContent) -> Result<Writing, Trouble> {
    check_lengths(&content.body, &content.subject)?;
    let asker = engine.asker();
    let id = content.id;
    let at = engine
        .write(move |store| {
            let mut draft = own_draft(store, content.id, asker.operator)?;
            fill(&mut draft, &content);
            draft.saved_at = asker.now;
            store.put_draft(&draft)?;
            Ok(draft.saved_at)
        })
        .await?;
    Ok(Writing::Saved { draft: id, at })
}

fn fill(draft: &mut Draft, content: &DraftContent) {
    draft.mailbox = content.mailbox;
    draft.from.clone_from(&content.from);
    draft.to.clone_from(&content.to);
    draft.cc.clone_from(&content.cc);
    draft.bcc.clone_from(&content.bcc);
    draft.subject.clone_from(&content.subject);
    draft.body.clone_from(&content.body);
    draft.signature = content.signature;
}

async fn attach(
    engine: &Arc<Engine>,
    id: DraftId,
    name: String,
    bytes: Vec<u8>,
) -> Result<Writing, Trouble> {
    let limit = engine.settings.max_message_bytes;
    let asker = engine.asker();
    let file = attachment(&name, &bytes);
    let view = engine
        .write(move |store| {
            let mut draft = own_draft(store, id, asker.operator)?;
            check_room(&draft)?;
            store.put_raw(&file.content, &bytes)?;
            draft.attachments.push(file.clone());
            fits(&draft, limit)?;
            draft.saved_at = asker.now;
            store.put_draft(&draft)?;
            view::view(store, &asker, &draft)
        })
        .await?;
    Ok(Writing::Draft(Box::new(view)))
}

/// Whether one more file may go with it.
fn check_room(draft: &Draft) -> StoreResult<()> {
    if draft.kind == DraftKind::Note {
        return Err(
            Trouble::operator("a note cannot carry files").hint("write a path or a link into it")
        );
    }
    if draft.attachments.len() >= MOST_ATTACHMENTS {
        return Err(Trouble::operator("these are too many files for one mail")
            .hint("pack them into one archive"));
    }
    Ok(())
}

/// Whether the files fit into a mail of at most `limit` bytes once they are encoded.
fn fits(draft: &Draft, limit: u64) -> StoreResult<()> {
    let files: u64 = draft.attachments.iter().map(|file| file.size_bytes).sum();
    let encoded = files.saturating_mul(BASE64_NUMERATOR) / BASE64_DENOMINATOR;
    if encoded > limit {
        return Err(
            Trouble::operator("the files are too large for one mail").hint(format!(
                "a mail may have {} MB, and these would make {} MB",
                limit / 1_000_000,
                encoded.div_ceil(1_000_000)
            )),
        );
    }
    Ok(())
}

/// A file as a draft keeps it; its bytes go to the store by their hash.
fn attachment(name: &str, bytes: &[u8]) -> DraftAttachment {
    let name = file_name(name);
    DraftAttachment {
        media_type: media_type::of(&name, bytes).to_owned(),
        name,
        size_bytes: bytes.len() as u64,
        content: ContentHash(Sha256::digest(bytes).into()),
    }
}

/// The base name without anything invisible, never empty.
fn file_name(path: &str) -> String {
    let base = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = Clean::name(base);
    match clean.as_str() {
        "" | "." | ".." => "file".to_owned(),
        name => name.to_owned(),
    }
}

async fn detach(engine: &Arc<Engine>, id: DraftId, index: u32) -> Result<Writing, Trouble> {
    let asker = engine.asker();
    let view = engine
        .write(move |store| {
            let mut draft = own_draft(store, id, asker.operator)?;
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            if index >= draft.attachments.len() {
                return Err(Trouble::operator("the draft has no such file"));
            }
            draft.attachments.remove(index);
            draft.saved_at = asker.now;
            store.put_draft(&draft)?;
            view::view(store, &asker, &draft)
        })
        .await?;
    Ok(Writing::Draft(Box::new(view)))
}

async fn discard(engine: &Arc<Engine>, id: DraftId) -> Result<(), Trouble> {
    let operator = engine.me.id;
    engine
        .write(move |store| {
            own_draft(store, id, operator)?;
            store.delete_draft(id)
        })
        .await
}
