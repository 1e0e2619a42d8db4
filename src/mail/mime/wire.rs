//! What parser and child say to each other: a small header, then bytes.
//!
//! Mails travel as they are, because copying each byte through a serialiser costs more than parsing them. Answers
//! are postcard, or plain bytes for an attachment. The child is believed in nothing: its lengths are bounded.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::limits::Limits;
use super::parse;
use crate::domain::trouble::Trouble;

/// The child's first words. What a wrong program prints instead is recognised at once.
pub(super) const HELLO: &[u8; 16] = b"ticketty-parser1";
pub(super) const REQUEST_HEADER: usize = 13;
pub(super) const ANSWER_HEADER: usize = 9;

/// What is asked about a raw mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Parse,
    /// Parse, with HTML taken without its layout.
    ParseSimply,
    /// The HTML as text for this many columns.
    RenderHtml(u32),
    /// The bytes of the attachment with this index.
    Extract(u32),
    /// The HTML as it was sent.
    HtmlSource,
}

impl Ask {
    /// The header before a mail of so many bytes.
    pub(super) fn header(self, length: usize) -> [u8; REQUEST_HEADER] {
        let (kind, argument) = match self {
            Self::Parse => (0, 0),
            Self::ParseSimply => (1, 0),
            Self::RenderHtml(width) => (2, width),
            Self::Extract(index) => (3, index),
            Self::HtmlSource => (4, 0),
        };
        let mut header = [0; REQUEST_HEADER];
        let (head, tail) = header.split_at_mut(5);
        head.copy_from_slice(&[&[kind][..], &u32::to_le_bytes(argument)[..]].concat());
        tail.copy_from_slice(&(length as u64).to_le_bytes());
        header
    }

    fn read(header: [u8; REQUEST_HEADER]) -> Option<(Self, u64)> {
        let [kind, a, b, c, d, length @ ..] = header;
        let argument = u32::from_le_bytes([a, b, c, d]);
        let ask = match kind {
            0 => Self::Parse,
            1 => Self::ParseSimply,
            2 => Self::RenderHtml(argument),
            3 => Self::Extract(argument),
            4 => Self::HtmlSource,
            _ => return None,
        };
        Some((ask, u64::from_le_bytes(length)))
    }

    /// Does the work and gives the answer's kind and bytes.
    fn answer(self, raw: &[u8]) -> (AnswerKind, Vec<u8>) {
        let limits = Limits::default();
        match self {
            Self::Parse => value(parse::parse(raw, &limits)),
            Self::ParseSimply => value(parse::parse_simply(raw, &limits)),
            Self::RenderHtml(width) => value(parse::render_html(raw, width as usize, &limits)),
            Self::HtmlSource => value(parse::html_part(raw)),
            Self::Extract(index) => match parse::attachment(raw, index) {
                Ok(bytes) => (AnswerKind::Done, bytes),
                Err(trouble) => value::<()>(Err(trouble)),
            },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerKind {
    Done,
    Trouble,
}

fn value<T: Serialize>(result: Result<T, Trouble>) -> (AnswerKind, Vec<u8>) {
    let (kind, bytes) = match &result {
        Ok(done) => (AnswerKind::Done, postcard::to_stdvec(done)),
        Err(trouble) => (AnswerKind::Trouble, postcard::to_stdvec(trouble)),
    };
    match bytes {
        Ok(bytes) => (kind, bytes),
        // An empty trouble cannot be read, which the other side reports as a broken answer.
        Err(_) => (AnswerKind::Trouble, Vec::new()),
    }
}

/// The kind and length that an answer's header announces.
pub(super) fn read_answer_header(header: [u8; ANSWER_HEADER]) -> Option<(AnswerKind, u64)> {
    let [kind, length @ ..] = header;
    let kind = match kind {
        0 => AnswerKind::Done,
        1 => AnswerKind::Trouble,
        _ => return None,
    };
    Some((kind, u64::from_le_bytes(length)))
}

/// Reads a value that the child has sent.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// Answers one request. `Ok(false)` when there is none left.
pub(super) fn serve_one(
    input: &mut impl Read,
    output: &mut impl Write,
    mark_busy: impl FnOnce(),
) -> io::Result<bool> {
    let mut header = [0; REQUEST_HEADER];
    match input.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        Err(error) => return Err(error),
    }
    let (ask, length) =
        Ask::read(header).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    let mut raw = Vec::new();
    // Reserved at once: growing by doubling would need twice the memory of a large mail.
    let wanted = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
    raw.try_reserve_exact(wanted)
        .map_err(|_| io::ErrorKind::OutOfMemory)?;
    let received = input.take(length).read_to_end(&mut raw)?;
    if received as u64 != length {
        return Ok(false);
    }
    mark_busy();
    let (kind, bytes) = ask.answer(&raw);
    let mut header = vec![u8::from(kind == AnswerKind::Trouble)];
    header.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    output.write_all(&header)?;
    output.write_all(&bytes)?;
    output.flush()?;
    Ok(true)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::headers::parsed::ParsedMail;

    #[test]
    fn a_request_is_answered_over_plain_bytes() {
        let mail = b"From: a@b.test\r\nSubject: Hi\r\n\r\nHello\r\n";
        let mut input = Ask::Parse.header(mail.len()).to_vec();
        input.extend_from_slice(mail);
        let mut input = input.as_slice();
        let mut output = Vec::new();
        assert!(serve_one(&mut input, &mut output, || {}).unwrap());
        assert!(!serve_one(&mut input, &mut output, || {}).unwrap());
        let (header, body) = output.split_at(ANSWER_HEADER);
        let (kind, length) = read_answer_header(header.try_into().unwrap()).unwrap();
        assert_eq!((kind, length), (AnswerKind::Done, body.len() as u64));
        let parsed: ParsedMail = decode(body).unwrap();
        assert_eq!(
            (parsed.subject.as_str(), parsed.text.as_str()),
            ("Hi", "Hello\n")
        );
    }

    #[test]
    fn every_request_survives_its_header() {
        for ask in [
            Ask::Parse,
            Ask::ParseSimply,
            Ask::RenderHtml(120),
            Ask::Extract(7),
            Ask::HtmlSource,
        ] {
            assert_eq!(Ask::read(ask.header(99)), Some((ask, 99)));
        }
        assert_eq!(Ask::read([9; REQUEST_HEADER]), None);
    }

    #[test]
    fn half_a_request_ends_the_service() {
        let mut input: &[u8] = &Ask::Parse.header(1000);
        assert!(!serve_one(&mut input, &mut Vec::new(), || {}).unwrap());
    }
}
