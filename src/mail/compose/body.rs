//! The parts of our mail: the words twice, as text and as HTML, and what is attached to them.

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{
    Attachment, Body, Message, MessageBuilder, MultiPart, MultiPartKind, SinglePart,
};
use sha2::{Digest, Sha256};

use super::{Outgoing, OutgoingAttachment, Words, markdown, one_line};
use crate::domain::trouble::Trouble;

/// Finishes the message. Boundaries are made from the Message-ID, so that the same answer gives the same bytes.
pub(super) fn attach(
    builder: MessageBuilder,
    outgoing: &Outgoing,
    message_id: &str,
) -> Result<Message, Trouble> {
    let words = words(outgoing, message_id);
    let whole = if outgoing.attachments.is_empty() {
        words
    } else {
        let mut mixed =
            multipart(MultiPartKind::Mixed, &boundary(message_id, "mixed", &[])).multipart(words);
        for attachment in &outgoing.attachments {
            mixed = mixed.singlepart(part(attachment)?);
        }
        mixed
    };
    builder
        .multipart(whole)
        .map_err(|error| Trouble::bug("the mail could not be written").because(error))
}

/// The plain text is the Markdown as it was written: it was made to be read.
pub(super) fn plain_text(outgoing: &Outgoing) -> String {
    let body = outgoing
        .apart
        .text
        .as_deref()
        .unwrap_or(&outgoing.markdown_body);
    let mut text = without_controls(body).trim_end().to_owned();
    if let Some(signature) = signature(outgoing) {
        text.push_str("\n\n-- \n");
        text.push_str(without_controls(&signature.text).trim_end());
    }
    text.push('\n');
    text
}

fn words(outgoing: &Outgoing, message_id: &str) -> MultiPart {
    let text = plain_text(outgoing);
    let mut html = String::from("<!DOCTYPE html>\n<html><body>\n");
    html.push_str(&preheader(outgoing));
    html.push_str(&markdown::to_html(&without_controls(
        &outgoing.markdown_body,
    )));
    if let Some(signature) = signature(outgoing) {
        html.push_str("<div>-- <br>\n");
        html.push_str(&signature_html(signature));
        html.push_str("</div>\n");
    }
    html.push_str("</body></html>\n");
    multipart(
        MultiPartKind::Alternative,
        &boundary(message_id, "alternative", &[&text, &html]),
    )
    .singlepart(SinglePart::plain(text))
    .singlepart(SinglePart::html(html))
}

fn signature(outgoing: &Outgoing) -> Option<&Words> {
    outgoing
        .signature
        .as_ref()
        .filter(|signature| !signature.text.trim().is_empty())
}

fn signature_html(signature: &Words) -> String {
    match &signature.markdown {
        Some(source) => markdown::to_html(without_controls(source).trim_end()),
        None => markdown::plain_to_html(without_controls(&signature.text).trim_end()),
    }
}

/// Words that only lists of mails show. What follows them in the mail is kept away from there by invisible spaces.
fn preheader(outgoing: &Outgoing) -> String {
    let words = one_line(&outgoing.apart.preheader);
    if words.is_empty() {
        return String::new();
    }
    let hidden = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden";
    format!(
        "<div style=\"{hidden}\">{}{}</div>\n",
        markdown::escape(&words),
        "&#847;&zwnj;&nbsp;".repeat(40)
    )
}

fn multipart(kind: MultiPartKind, boundary: &str) -> MultiPart {
    MultiPart::builder().kind(kind).boundary(boundary).build()
}

/// A line that stands in none of the parts (RFC 2046 §5.1.1).
fn boundary(message_id: &str, purpose: &str, parts: &[&str]) -> String {
    (0_u32..)
        .map(|attempt| {
            let digest = Sha256::digest(format!("{purpose}\n{attempt}\n{message_id}"));
            let hex: String = digest
                .iter()
                .take(16)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            format!("=_{hex}")
        })
        .find(|boundary| !parts.iter().any(|part| part.contains(boundary.as_str())))
        .unwrap_or_default()
}

/// Base64 whatever the bytes are: as text, bare line feeds would travel, which hardened servers refuse.
fn part(attachment: &OutgoingAttachment) -> Result<SinglePart, Trouble> {
    let name = file_name(&attachment.name);
    let body = Body::new_with_encoding(attachment.bytes.clone(), ContentTransferEncoding::Base64)
        .map_err(|_| Trouble::bug(format!("the attachment {name} could not be encoded")))?;
    Ok(Attachment::new(name).body(body, content_type(&attachment.media_type)))
}

fn file_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let flat = one_line(base);
    if flat.is_empty() {
        "attachment".to_owned()
    } else {
        flat.chars().take(200).collect()
    }
}

/// Mails and multiparts must not be base64 (RFC 2046 §5.2.1), so they travel as plain files.
fn content_type(media_type: &str) -> ContentType {
    let flat = one_line(media_type).to_ascii_lowercase();
    let composite = flat.starts_with("message/") || flat.starts_with("multipart/");
    let simple = flat.len() <= 127
        && flat.split('/').count() == 2
        && flat
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/.+-_".contains(&b));
    let declared = if composite || !simple {
        None
    } else {
        ContentType::parse(&flat).ok()
    };
    declared
        .or_else(|| ContentType::parse("application/octet-stream").ok())
        .unwrap_or(ContentType::TEXT_PLAIN)
}

/// Line ends become `\n` and controls but the tab go: a text cannot carry NUL (RFC 5322 §2.2).
fn without_controls(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}
