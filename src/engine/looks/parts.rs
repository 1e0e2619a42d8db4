//! Raw mail, attachments and HTML. A stranger's bytes are taken apart by the reader, never in this process.

use std::sync::Arc;

use super::super::core::Engine;
use crate::bridge::Seen;
use crate::domain::clean::Clean;
use crate::domain::ids::MessageId;
use crate::domain::message::Message;
use crate::domain::trouble::Trouble;

/// More of a raw mail than this is not shown; exporting gives all of it.
const RAW_SHOWN_BYTES: usize = 2 << 20;

/// Widths that a renderer can do something with.
const HTML_CELLS: (u16, u16) = (20, 500);

pub(super) async fn raw(
    engine: &Arc<Engine>,
    message: MessageId,
    header_only: bool,
) -> Result<Seen, Trouble> {
    let (_, bytes) = with_raw(engine, message).await?;
    let wanted = if header_only {
        header(&bytes)
    } else {
        bytes.as_slice()
    };
    let shown = wanted.get(..RAW_SHOWN_BYTES).unwrap_or(wanted);
    let mut text = String::from_utf8_lossy(shown).into_owned();
    if shown.len() < wanted.len() {
        text.push_str(&format!(
            "\n[{} of {} bytes are shown; an export gives all of it]\n",
            shown.len(),
            wanted.len()
        ));
    }
    Ok(Seen::Raw {
        message,
        text: Clean::text(&text),
    })
}

/// Exactly as it came, for a file.
pub(super) async fn mail(engine: &Arc<Engine>, message: MessageId) -> Result<Seen, Trouble> {
    let (_, bytes) = with_raw(engine, message).await?;
    Ok(Seen::Mail { message, bytes })
}

/// Up to the first empty line (RFC 5322 §2.1).
fn header(raw: &[u8]) -> &[u8] {
    let end = [b"\r\n\r\n".as_slice(), b"\n\n".as_slice()]
        .iter()
        .filter_map(|gap| raw.windows(gap.len()).position(|window| window == *gap))
        .min();
    end.and_then(|end| raw.get(..end)).unwrap_or(raw)
}

pub(super) async fn attachment(
    engine: &Arc<Engine>,
    id: MessageId,
    index: u32,
) -> Result<Seen, Trouble> {
    let (message, raw) = with_raw(engine, id).await?;
    let Some(info) = message.attachments.iter().find(|one| one.index == index) else {
        return Err(Trouble::operator("this message has no such attachment"));
    };
    let bytes = engine.reader.attachment(Arc::new(raw), index).await?;
    Ok(Seen::Attachment {
        message: id,
        index,
        name: Clean::name(&info.name),
        media_type: Clean::name(&info.media_type).into_string(),
        bytes,
    })
}

pub(super) async fn html(
    engine: &Arc<Engine>,
    message: MessageId,
    width: u16,
) -> Result<Seen, Trouble> {
    let (_, raw) = with_raw(engine, message).await?;
    let width = width.clamp(HTML_CELLS.0, HTML_CELLS.1);
    let text = engine.reader.html(Arc::new(raw), width).await?;
    Ok(Seen::Html {
        message,
        text: Clean::text(&text),
    })
}

/// A message with its raw bytes.
///
/// # Errors
/// There is no such message, or it is a note.
pub(in super::super) async fn with_raw(
    engine: &Arc<Engine>,
    id: MessageId,
) -> Result<(Message, Vec<u8>), Trouble> {
    engine
        .read(move |store| {
            let message = store
                .message(id)?
                .ok_or_else(|| Trouble::operator("there is no such message any more"))?;
            let content = message
                .content
                .ok_or_else(|| Trouble::operator("a note has no raw mail behind it"))?;
            let raw = store.raw(&content)?.ok_or_else(|| {
                Trouble::bug("the raw mail of this message is missing in the store")
                    .hint("run `ticketty doctor`")
            })?;
            Ok((message, raw))
        })
        .await
}
