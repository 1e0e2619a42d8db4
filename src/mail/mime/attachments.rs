//! The parts of a mail that are not its text: what they are called, what they are, and their bytes.

use std::borrow::Cow;

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use sha2::{Digest, Sha256};

use super::limits::Limits;
use super::text::bounded;
use crate::domain::clean::Clean;
use crate::domain::headers::parsed::{
    AttachmentInfo, AttachmentKind, CutPart, ParseNote, ParsedMail, Protection,
};

const LONGEST_NAME: usize = 120;

/// Lists the attachments, and notes what protects or spoils the mail.
pub(super) fn read(message: &Message<'_>, limits: &Limits, mail: &mut ParsedMail) {
    let encrypted_multipart = mail.signals.content_type.as_deref() == Some("multipart/encrypted");
    for (index, part) in parts(message).enumerate() {
        if index == limits.attachments {
            mail.notes.push(ParseNote::Cut(CutPart::List));
            break;
        }
        if part.is_encoding_problem {
            mail.notes.push(ParseNote::BrokenEncoding);
        }
        let info = describe(index, part, encrypted_multipart);
        if let Some(note) = protection(info.kind) {
            mail.notes.push(note);
        }
        mail.attachments.push(info);
    }
}

/// The bytes of an attachment after decoding, by the index of its [`AttachmentInfo`].
pub(super) fn bytes<'a>(message: &'a Message<'_>, index: usize) -> Option<Cow<'a, [u8]>> {
    parts(message).nth(index).map(contents)
}

/// In the order of the mail. The order rests on nothing but the raw bytes.
fn parts<'a, 'x>(message: &'a Message<'x>) -> impl Iterator<Item = &'a MessagePart<'x>> {
    message
        .attachments
        .iter()
        .filter_map(|id| message.part(*id))
}

fn contents<'a>(part: &'a MessagePart<'_>) -> Cow<'a, [u8]> {
    Cow::Borrowed(part.contents())
}

fn describe(index: usize, part: &MessagePart<'_>, encrypted_multipart: bool) -> AttachmentInfo {
    let media_type = media_type(part);
    let bytes = contents(part);
    let disposition = part.content_disposition();
    let content_id = part
        .content_id()
        .map(|id| bounded(&Clean::name(id).into_string(), 500).0);
    let related = content_id.is_some() && !disposition.is_some_and(|d| d.is_attachment());
    let inline = related || disposition.is_some_and(|d| d.is_inline());
    let name = name(part, index, &media_type);
    let kind = kind(part, &media_type, &name, inline, encrypted_multipart);
    AttachmentInfo {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        name,
        size: bytes.len() as u64,
        sha256: hex(&Sha256::digest(&bytes)),
        inline,
        content_id,
        kind,
        media_type,
    }
}

/// The part's media type in lower case, without parameters.
pub(super) fn media_type(part: &MessagePart<'_>) -> String {
    let declared = part.content_type().map(|declared| {
        let subtype = declared.subtype().unwrap_or("octet-stream");
        format!("{}/{subtype}", declared.ctype()).to_ascii_lowercase()
    });
    match (declared, &part.body) {
        (Some(declared), _) => bounded(&Clean::name(&declared).into_string(), 100).0,
        (None, PartType::Message(_)) => "message/rfc822".to_owned(),
        (None, PartType::Text(_)) => "text/plain".to_owned(),
        (None, _) => "application/octet-stream".to_owned(),
    }
}

fn kind(
    part: &MessagePart<'_>,
    media_type: &str,
    name: &str,
    inline: bool,
    encrypted_multipart: bool,
) -> AttachmentKind {
    let lower_name = name.to_ascii_lowercase();
    match media_type {
        "message/rfc822" | "message/global" => AttachmentKind::NestedMail,
        "message/delivery-status"
        | "message/global-delivery-status"
        | "message/disposition-notification"
        | "message/feedback-report"
        | "text/rfc822-headers"
        | "message/global-headers" => AttachmentKind::Report,
        "text/calendar" | "application/ics" => AttachmentKind::Calendar,
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
            let kind = part
                .content_type()
                .and_then(|declared| declared.attribute("smime-type"));
            if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("signed-data")) {
                AttachmentKind::SmimeSigned
            } else {
                AttachmentKind::SmimeEncrypted
            }
        }
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
            AttachmentKind::SmimeSigned
        }
        "application/pgp-signature" => AttachmentKind::PgpSigned,
        "application/pgp-encrypted" => AttachmentKind::PgpEncrypted,
        "application/octet-stream" if encrypted_multipart => AttachmentKind::PgpEncrypted,
        "application/ms-tnef" | "application/vnd.ms-tnef" => AttachmentKind::Tnef,
        _ if lower_name == "winmail.dat" => AttachmentKind::Tnef,
        _ if inline && media_type.starts_with("image/") => AttachmentKind::InlineImage,
        _ => AttachmentKind::File,
    }
}

fn protection(kind: AttachmentKind) -> Option<ParseNote> {
    match kind {
        AttachmentKind::SmimeEncrypted => Some(ParseNote::Encrypted(Protection::Smime)),
        AttachmentKind::PgpEncrypted => Some(ParseNote::Encrypted(Protection::Pgp)),
        AttachmentKind::SmimeSigned => Some(ParseNote::Signed(Protection::Smime)),
        AttachmentKind::PgpSigned => Some(ParseNote::Signed(Protection::Pgp)),
        _ => None,
    }
}

fn name(part: &MessagePart<'_>, index: usize, media_type: &str) -> String {
    let declared = part.attachment_name().map(str::to_owned).or_else(|| {
        let nested = part.message()?;
        let subject = nested
            .subject()
            .filter(|subject| !subject.trim().is_empty())?;
        Some(format!("{}.eml", subject.replace(['/', '\\'], "-")))
    });
    let name = declared.as_deref().map(base_name).unwrap_or_default();
    if name.is_empty() {
        format!("attachment-{}{}", index + 1, extension(media_type))
    } else {
        name
    }
}

/// The last part of a path, without anything that cannot be seen, and never a name that means a directory.
pub(super) fn base_name(declared: &str) -> String {
    let base = declared.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = Clean::name(base);
    let visible = clean.as_str().trim_matches(|c: char| c.is_whitespace());
    if visible.chars().all(|c| c == '.') {
        return String::new();
    }
    shortened(visible)
}

/// At most so many characters, keeping the extension.
fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let extension: String = match name.rsplit_once('.') {
        Some((_, extension)) if extension.chars().count() <= 12 => format!(".{extension}"),
        _ => String::new(),
    };
    let stem: String = name
        .chars()
        .take(LONGEST_NAME - 1 - extension.chars().count())
        .collect();
    Clean::name(&format!("{stem}…{extension}")).into_string()
}

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "application/pdf" => ".pdf",
        "text/plain" | "text/rfc822-headers" => ".txt",
        "text/html" => ".html",
        "text/calendar" => ".ics",
        "message/rfc822" | "message/global" => ".eml",
        _ if media_type.starts_with("message/") => ".txt",
        _ => "",
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::base_name;

    #[test]
    fn a_name_is_a_base_name_and_nothing_else() {
        let table = [
            ("invoice.pdf", "invoice.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\evil.exe", "evil.exe"),
            ("/absolute", "absolute"),
            ("..", ""),
            (".", ""),
            ("", ""),
            ("dir/", ""),
            ("a\0b\x1b[2J.txt", "a␀b␛[2J.txt"),
            ("gpj.\u{202e}exe", "gpj.⟨RLO⟩exe"),
            ("in\u{200b}visible.txt", "invisible.txt"),
            (" рахунок.pdf ", "рахунок.pdf"),
        ];
        for (declared, expected) in table {
            assert_eq!(base_name(declared), expected, "{declared:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let name = base_name(&format!("{}.pdf", "x".repeat(10_000)));
        assert_eq!(name.chars().count(), 120);
        assert!(name.ends_with("….pdf"), "{name}");
    }
}
