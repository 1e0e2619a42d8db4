//! Writing and sending in one commit: a program that is stopped half way leaves nothing behind.

use std::sync::Arc;

use super::super::core::Engine;
use super::send::{Sender, commit, ring};
use super::{attachment, begin, check_lengths, check_room, fits, view};
use crate::bridge::{AfterSend, Begin, WholeMail, Writing};
use crate::domain::draft::{Draft, DraftKind};
use crate::domain::ids::DraftId;
use crate::domain::query::Asker;
use crate::domain::trouble::Trouble;
use crate::store::{StoreResult, Write};

pub(super) async fn send(
    engine: &Arc<Engine>,
    what: Begin,
    words: WholeMail,
    after: AfterSend,
) -> Result<Writing, Trouble> {
    check_lengths(&words.body, words.subject.as_deref().unwrap_or_default())?;
    let (sender, asker) = (Sender::of(engine), engine.asker());
    let sent = engine
        .write(move |store| write(store, &sender, &asker, &what, &words, after))
        .await?;
    ring(engine);
    Ok(sent)
}

fn write(
    store: &mut dyn Write,
    sender: &Sender,
    asker: &Asker,
    what: &Begin,
    words: &WholeMail,
    after: AfterSend,
) -> StoreResult<Writing> {
    let mut draft = begin::fresh(store, asker, what)?;
    fill(&mut draft, words);
    for file in &words.files {
        check_room(&draft)?;
        let kept = attachment(&file.name, &file.bytes);
        store.put_raw(&kept.content, &file.bytes)?;
        draft.attachments.push(kept);
    }
    fits(&draft, sender.limit)?;
    draft.id = DraftId(store.fresh_id()?);
    let warnings = view::view(store, asker, &draft)?.warnings;
    store.put_draft(&draft)?;
    match commit(store, sender, draft.id, after)? {
        Writing::Sent { ticket, outbox, .. } => Ok(Writing::SentAtOnce {
            ticket,
            mailbox: draft.mailbox,
            outbox,
            warnings,
        }),
        _ => Err(Trouble::bug("sending made something else of the mail")),
    }
}

fn fill(draft: &mut Draft, words: &WholeMail) {
    let lists = [
        (&mut draft.to, &words.to),
        (&mut draft.cc, &words.cc),
        (&mut draft.bcc, &words.bcc),
    ];
    for (list, more) in lists {
        list.extend(more.iter().cloned());
    }
    if let Some(subject) = &words.subject {
        draft.subject.clone_from(subject);
    }
    let below = draft.body.trim_start_matches('\n');
    draft.body = if draft.kind == DraftKind::Note || !words.quotes || below.trim().is_empty() {
        words.body.clone()
    } else {
        format!("{}\n\n{below}", words.body.trim_end())
    };
}
