//! Puts a [`ParsedMail`] together. Called in the parser child; in tests, anywhere.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use mail_parser::{Message, MessageParser, PartType};

use super::limits::Limits;
use super::text::{self, Readable, bounded};
use super::{attachments, calendar, headers, html, report};
use crate::domain::headers::parsed::{AttachmentKind, CutPart, ParseNote, ParsedMail, Protection};
use crate::domain::quote;
use crate::domain::trouble::Trouble;

const PREVIEW_CHARACTERS: usize = 200;
/// Bytes of the text in which a preview is looked for; in more of them only where these are mostly quotes.
const PREVIEW_WINDOW: usize = 1 << 10;
const PREVIEW_WINDOW_BEHIND_QUOTES: usize = 8 << 10;

static PARSER: LazyLock<MessageParser> = LazyLock::new(MessageParser::new);

/// Reads one mail. What cannot be understood is noted in the result; any bytes give one.
///
/// # Errors
/// A bug of a library it stands on, caught as it unwound.
pub fn parse(raw: &[u8], limits: &Limits) -> Result<ParsedMail, Trouble> {
    whole_or_flat(raw, limits, false)
}

/// As [`parse`], with HTML taken without its layout: for a mail whose layout has killed a parser.
pub(super) fn parse_simply(raw: &[u8], limits: &Limits) -> Result<ParsedMail, Trouble> {
    whole_or_flat(raw, limits, true)
}

/// A mail whose parts the library cannot take apart is read as its header and one text, so that a person still sees
/// who wants what.
fn whole_or_flat(raw: &[u8], limits: &Limits, simply: bool) -> Result<ParsedMail, Trouble> {
    guarded(|| read(raw, limits, simply)).or_else(|_| guarded(|| read_flat(raw, limits)))
}

fn read_flat(raw: &[u8], limits: &Limits) -> ParsedMail {
    let raw = raw
        .get(..raw.len().min(limits.mail_bytes))
        .unwrap_or_default();
    let header = header_block(raw);
    let mut mail = ParsedMail::default();
    if let Some(message) = PARSER.parse_headers(header.as_bytes()) {
        headers::read(&message, header.as_bytes(), limits, &mut mail);
    }
    let text = String::from_utf8_lossy(raw);
    mail.text = text::unix_lines(text.get(header.len()..).unwrap_or(&text).trim_start());
    mail.notes.push(ParseNote::BrokenEncoding);
    finish(limits, &mut mail);
    mail
}

/// The decoded bytes of an attachment, by the index of its `AttachmentInfo`.
///
/// # Errors
/// There is no such attachment, or a library's bug.
pub fn attachment(raw: &[u8], index: u32) -> Result<Vec<u8>, Trouble> {
    guarded(|| {
        let message = PARSER.parse(raw)?;
        attachments::bytes(&message, index as usize).map(|bytes| bytes.into_owned())
    })?
    .ok_or_else(|| {
        Trouble::operator(format!(
            "the mail has no attachment number {}",
            u64::from(index) + 1
        ))
    })
}

/// The HTML of a mail as it was sent. It must never be rendered by anything that loads what it names.
///
/// # Errors
/// A library's bug.
pub fn html_part(raw: &[u8]) -> Result<Option<String>, Trouble> {
    guarded(|| {
        let message = PARSER.parse(raw)?;
        text::html_source(&message).map(str::to_owned)
    })
}

/// The readable text of a mail's HTML part for a width in columns; `None` if it has none.
///
/// # Errors
/// A library's bug.
pub fn render_html(raw: &[u8], width: usize, limits: &Limits) -> Result<Option<String>, Trouble> {
    guarded(|| {
        let message = PARSER.parse(raw)?;
        let source = text::html_source(&message)?;
        let rendered = html::to_text(source, width, limits, false);
        Some(bounded(&rendered.text, limits.text_bytes).0)
    })
}

/// The headers as they stand in the mail, without the empty line that ends them. Invalid UTF-8 is replaced.
pub fn header_block(raw: &[u8]) -> String {
    let end = raw
        .windows(2)
        .enumerate()
        .find(|(at, pair)| {
            *pair == b"\n\n" || (*pair == b"\n\r" && raw.get(at + 2) == Some(&b'\n'))
        })
        .map_or(raw.len(), |(at, _)| at + 1);
    String::from_utf8_lossy(raw.get(..end).unwrap_or_default()).into_owned()
}

fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Trouble> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        Trouble::bug("the mail could not be read")
            .because("the MIME parser panicked")
            .hint("its raw source is kept and can be shown")
    })
}

fn read(raw: &[u8], limits: &Limits, simply: bool) -> ParsedMail {
    let mut mail = ParsedMail::default();
    let whole = raw.len() <= limits.mail_bytes;
    let raw = raw
        .get(..raw.len().min(limits.mail_bytes))
        .unwrap_or_default();
    if !whole {
        mail.notes.push(ParseNote::Cut(CutPart::Text));
    }
    match PARSER.parse(raw).filter(has_known_header) {
        Some(message) => {
            headers::read(&message, raw, limits, &mut mail);
            attachments::read(&message, limits, &mut mail);
            body(&message, limits, simply, &mut mail);
            mail.report = report::read(&message, limits, &mail);
        }
        None => {
            mail.notes.push(ParseNote::NoHeaders);
            mail.text = text::unix_lines(&String::from_utf8_lossy(raw));
        }
    }
    finish(limits, &mut mail);
    mail
}

/// A text without headers is taken for headers by the parser: it has none that mail has.
fn has_known_header(message: &Message<'_>) -> bool {
    message
        .parts
        .first()
        .is_some_and(|part| part.headers.iter().any(|header| !header.name.is_other()))
}

fn body(message: &Message<'_>, limits: &Limits, simply: bool, mail: &mut ParsedMail) {
    let Readable {
        text,
        from_html,
        notes,
    } = text::read(message, limits, simply);
    mail.text = text;
    mail.text_from_html = from_html;
    mail.notes.extend(notes);
    for lines in calendars(message) {
        append(&mut mail.text, &lines);
    }
    let only_forwards = mail.text.trim().is_empty()
        && mail
            .attachments
            .iter()
            .any(|info| info.kind == AttachmentKind::NestedMail);
    if only_forwards {
        forwarded(message, limits, simply, 0, mail);
    }
    inline_pgp(mail);
    if mail.text.trim().is_empty() {
        mail.text = instead_of_text(&mail.notes);
    }
}

/// What a person reads when a mail's words are inside something that Ticketty does not open.
fn instead_of_text(notes: &[ParseNote]) -> String {
    let sentence = notes.iter().find_map(|note| match note {
        ParseNote::Encrypted(_) => Some(format!("This mail is {}.", note.words())),
        ParseNote::Signed(with) => Some(format!(
            "The words of this mail are inside its {} signature; Ticketty cannot open it.",
            with.name()
        )),
        _ => None,
    });
    sentence
        .map(|sentence| format!("[{sentence}]\n"))
        .unwrap_or_default()
}

fn append(text: &mut String, lines: &str) {
    if !text.trim().is_empty() {
        text.truncate(text.trim_end().len());
        text.push_str("\n\n");
    }
    text.push_str(lines);
}

/// One invitation is often attached twice: once as an alternative of the text, once as a file.
fn calendars(message: &Message<'_>) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for part in &message.parts {
        let media_type = attachments::media_type(part);
        if media_type != "text/calendar" && media_type != "application/ics" {
            continue;
        }
        let source = String::from_utf8_lossy(part.contents());
        if let Some(lines) = calendar::readable(&source).filter(|lines| !shown.contains(lines)) {
            shown.push(lines);
        }
    }
    shown
}

/// A mail that holds nothing but other mails shows them as forwarded.
fn forwarded(
    message: &Message<'_>,
    limits: &Limits,
    simply: bool,
    depth: usize,
    mail: &mut ParsedMail,
) {
    for part in &message.parts {
        let PartType::Message(nested) = &part.body else {
            continue;
        };
        if depth == limits.nested_mails || mail.text.len() > limits.text_bytes {
            mail.notes.push(ParseNote::TooDeep);
            return;
        }
        let mut inner = ParsedMail::default();
        headers::read(nested, &nested.raw_message, limits, &mut inner);
        let from = inner
            .people
            .from
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        let date = inner.date.map(|date| date.to_string()).unwrap_or_default();
        append(
            &mut mail.text,
            &format!(
                "---------- Forwarded message ----------\nFrom: {from}\nDate: {date}\nSubject: {}\n\n",
                inner.subject
            ),
        );
        let readable = text::read(nested, limits, simply);
        mail.text.push_str(&readable.text);
        mail.notes.extend(readable.notes);
        forwarded(nested, limits, simply, depth + 1, mail);
    }
}

fn inline_pgp(mail: &mut ParsedMail) {
    let note = if mail.text.contains("-----BEGIN PGP MESSAGE-----") {
        ParseNote::Encrypted(Protection::Pgp)
    } else if mail.text.contains("-----BEGIN PGP SIGNED MESSAGE-----") {
        ParseNote::Signed(Protection::Pgp)
    } else {
        return;
    };
    mail.notes.push(note);
}

fn finish(limits: &Limits, mail: &mut ParsedMail) {
    let (text, cut) = bounded(&mail.text, limits.text_bytes);
    mail.text = text;
    if cut {
        mail.notes.push(ParseNote::Cut(CutPart::Text));
    }
    mail.preview = preview(&mail.text);
    let mut seen: Vec<ParseNote> = Vec::new();
    mail.notes.retain(|note| {
        let new = !seen.contains(note);
        if new {
            seen.push(note.clone());
        }
        new
    });
}

fn preview(text: &str) -> String {
    let window = |bytes: usize| {
        let end = text.floor_char_boundary(text.len().min(bytes));
        text.get(..end).unwrap_or_default()
    };
    let mut window_read = window(PREVIEW_WINDOW);
    let mut own = quote::visible_reply(window_read);
    if window_read.len() < text.len() && own.len() < window_read.len() / 2 {
        window_read = window(PREVIEW_WINDOW_BEHIND_QUOTES);
        own = quote::visible_reply(window_read);
    }
    let source = if own.is_empty() {
        window_read
    } else {
        own.as_str()
    };
    let mut preview = String::new();
    let is_drawing = |c: char| c.is_whitespace() || ('\u{2500}'..='\u{257f}').contains(&c);
    for word in source
        .split(is_drawing)
        .filter(|word| !word.trim_matches('#').is_empty())
    {
        if !preview.is_empty() {
            preview.push(' ');
        }
        preview.push_str(word);
        if preview.len() > PREVIEW_CHARACTERS * 4 {
            break;
        }
    }
    preview.chars().take(PREVIEW_CHARACTERS).collect()
}
