//! A draft as the composer opens it.

use super::{signature, warnings};
use crate::bridge::{AttachmentLine, DraftContent, DraftView};
use crate::domain::clean::Clean;
use crate::domain::draft::{Draft, DraftAttachment};
use crate::domain::ids::TicketNumber;
use crate::domain::parsed::AttachmentKind;
use crate::domain::query::Asker;
use crate::domain::quote::{self, BlockKind};
use crate::store::{Read, StoreResult};

/// How often a merge may lead to another merge before the search for the last ticket is given up.
const MERGES_FOLLOWED: usize = 50;

/// The operator's drafts in a ticket and in the tickets that were merged into it.
///
/// # Errors
/// When the store cannot be read.
pub fn of_ticket(
    store: &dyn Read,
    asker: &Asker,
    ticket: TicketNumber,
) -> StoreResult<Vec<DraftView>> {
    let mut views = Vec::new();
    for draft in store.drafts(asker.operator)? {
        let Some(number) = draft.ticket else { continue };
        if number == ticket || end_of_merges(store, number)? == ticket {
            views.push(view(store, asker, &draft)?);
        }
    }
    Ok(views)
}

/// Where work on a ticket goes on: itself, or the ticket that it was merged into.
///
/// # Errors
/// When the store cannot be read.
pub fn end_of_merges(store: &dyn Read, number: TicketNumber) -> StoreResult<TicketNumber> {
    let mut end = number;
    for _ in 0..MERGES_FOLLOWED {
        match store.ticket(end)?.and_then(|ticket| ticket.merged_into) {
            Some(next) => end = next,
            None => break,
        }
    }
    Ok(end)
}

/// The draft with its warnings.
///
/// # Errors
/// When the store cannot be read.
pub fn view(store: &dyn Read, asker: &Asker, draft: &Draft) -> StoreResult<DraftView> {
    let cursor = cursor(&draft.body);
    Ok(DraftView {
        content: DraftContent {
            id: draft.id,
            mailbox: draft.mailbox,
            from: draft.from.clone(),
            to: draft.to.clone(),
            cc: draft.cc.clone(),
            bcc: draft.bcc.clone(),
            subject: draft.subject.clone(),
            body: draft.body.clone(),
            signature: draft.signature,
        },
        kind: draft.kind,
        ticket: draft.ticket,
        answers: draft.answers,
        cursor: u32::try_from(cursor).unwrap_or(u32::MAX),
        attachments: draft
            .attachments
            .iter()
            .zip(0..)
            .map(|(file, index)| file_line(file, index))
            .collect(),
        saved_at: draft.saved_at,
        values: signature::draft_values(store, draft, asker)?,
        warnings: warnings::warnings(store, draft, asker)?,
    })
}

fn file_line(file: &DraftAttachment, index: u32) -> AttachmentLine {
    AttachmentLine {
        index,
        name: Clean::name(&file.name),
        media_type: Clean::name(&file.media_type),
        size_bytes: file.size_bytes,
        sha256: file.content.to_string(),
        kind: AttachmentKind::File,
    }
}

/// Where the quoted original begins, in bytes; the end where there is none.
pub(super) fn cursor(body: &str) -> usize {
    quote::blocks(body)
        .iter()
        .find(|block| {
            matches!(
                block.kind,
                BlockKind::Quote | BlockKind::Original | BlockKind::ForwardedHeader
            )
        })
        .map_or(body.len(), |block| block.range.start)
}
