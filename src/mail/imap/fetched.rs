//! One FETCH answer: the few items that are asked for, read straight from the frame (RFC 9051 §7.5.2).
//!
//! ENVELOPE and BODYSTRUCTURE are never asked for; if a server sends them anyway they are passed over without
//! recursion. The body is moved out of the frame, not copied.

use jiff::Timestamp;

use super::scan::{Scanner, Value};

/// What one FETCH answer said.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    pub uid: Option<u32>,
    pub size: Option<u64>,
    pub internal_date: Option<Timestamp>,
    pub flags: Option<Vec<String>>,
    pub modseq: Option<u64>,
    /// The content of `BODY[]`, if there was any.
    pub body: Option<Vec<u8>>,
    /// The content of `BODY[HEADER]`, if there was any.
    pub header: Option<Vec<u8>>,
    /// A piece of the body: where it begins, and its bytes. Empty where it begins beyond the end.
    pub part: Option<(u64, Vec<u8>)>,
}

/// Reads what follows `* n FETCH`. `None` if it breaks off or makes no sense.
pub fn read(scanner: &mut Scanner) -> Option<Fetched> {
    let mut fetched = Fetched::default();
    if !scanner.take(b'(') {
        return None;
    }
    while !scanner.list_ended() {
        let item = scanner.word()?.to_ascii_uppercase();
        match item.as_str() {
            "UID" => fetched.uid = Some(scanner.number().filter(|uid| *uid > 0)?),
            "RFC822.SIZE" => fetched.size = scanner.number(),
            "INTERNALDATE" => fetched.internal_date = date(scanner.value()?),
            "FLAGS" => fetched.flags = Some(flags(scanner.atoms()?)),
            "MODSEQ" => fetched.modseq = scanner.atoms()?.first().and_then(|n| n.parse().ok()),
            "BODY[]" => fetched.body = content(scanner)?,
            "BODY[HEADER]" => fetched.header = content(scanner)?,
            other => match piece_begins(other) {
                Some(from) => fetched.part = piece(scanner)?.map(|bytes| (from, bytes)),
                None => scanner.skip_value()?,
            },
        }
    }
    Some(fetched)
}

/// Where the piece of `BODY[]<1048576>` begins.
fn piece_begins(item: &str) -> Option<u64> {
    item.strip_prefix("BODY[]<")?
        .strip_suffix('>')?
        .parse()
        .ok()
}

/// A piece of the body; NIL is none.
fn piece(scanner: &mut Scanner) -> Option<Option<Vec<u8>>> {
    match scanner.value()? {
        Value::Text(bytes) => Some(Some(bytes)),
        Value::Nil => Some(None),
        Value::Atom(_) | Value::Open => None,
    }
}

/// `\Recent` tells of this session, not of the mail, and is left out.
fn flags(mut atoms: Vec<String>) -> Vec<String> {
    atoms.retain(|flag| !flag.eq_ignore_ascii_case("\\Recent"));
    atoms
}

/// The content of a body item; NIL and the empty string are no content.
fn content(scanner: &mut Scanner) -> Option<Option<Vec<u8>>> {
    match scanner.value()? {
        Value::Text(bytes) if !bytes.is_empty() => Some(Some(bytes)),
        Value::Text(_) | Value::Nil => Some(None),
        Value::Atom(_) | Value::Open => None,
    }
}

/// `" 1-Jul-2026 02:44:25 -0700"`; NIL and nonsense are no date, and no reason to lose the mail.
fn date(value: Value) -> Option<Timestamp> {
    let Value::Text(text) = value else {
        return None;
    };
    let text = std::str::from_utf8(&text).ok()?.trim();
    Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::frame::Frame;
    use super::*;

    fn fetched(text: &str, literals: &[&str]) -> Option<Fetched> {
        read(&mut Scanner::new(Frame {
            text: text.as_bytes().to_vec(),
            literals: literals.iter().map(|l| l.as_bytes().to_vec()).collect(),
        }))
    }

    #[test]
    fn the_items_we_ask_for_are_read_in_any_order() {
        let mail = fetched(
            r#"(FLAGS (\Seen \Recent $Label1) BODY[] {5} INTERNALDATE " 1-Jul-2026 02:44:25 -0700" UID 7 RFC822.SIZE 9 MODSEQ (12))"#,
            &["a\r\nbc"],
        )
        .unwrap();
        assert_eq!(
            (mail.uid, mail.size, mail.modseq),
            (Some(7), Some(9), Some(12))
        );
        assert_eq!(mail.body.as_deref(), Some(b"a\r\nbc".as_slice()));
        assert_eq!(
            mail.internal_date.unwrap().to_string(),
            "2026-07-01T09:44:25Z"
        );
        assert_eq!(mail.flags.unwrap(), [r"\Seen", "$Label1"]);
    }

    #[test]
    fn a_body_counts_only_if_it_is_whole_and_there() {
        for (text, body) in [
            ("(UID 7 BODY[] NIL)", None),
            ("(UID 7 BODY[] \"\")", None),
            ("(UID 7 BODY[] \"short\")", Some("short")),
            ("(UID 7 BODY[]<0> \"part\")", None),
            ("(UID 7 BODY[HEADER] \"head\")", None),
        ] {
            let mail = fetched(text, &[]).unwrap();
            assert_eq!(mail.body.as_deref(), body.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn a_piece_says_where_it_begins_and_an_empty_one_is_one() {
        for (text, part) in [
            ("(UID 7 BODY[]<0> \"part\")", Some((0, "part"))),
            ("(UID 7 BODY[]<1048576> {4})", Some((1_048_576, "more"))),
            ("(UID 7 BODY[]<9> \"\")", Some((9, ""))),
            ("(UID 7 BODY[]<9> NIL)", None),
            ("(UID 7 BODY[]<x> \"part\")", None),
            ("(UID 7 BODY[] \"whole\")", None),
        ] {
            let mail = fetched(text, &["more"]).unwrap();
            let part = part.map(|(from, bytes)| (from, bytes.as_bytes().to_vec()));
            assert_eq!(mail.part, part, "{text}");
        }
    }

    #[test]
    fn strange_items_are_passed_over_and_broken_answers_are_not_believed() {
        let odd = "(INTERNALDATE NIL X-GM-LABELS (\"a)b\" (c)) BODY[HEADER.FIELDS (FROM TO)] \"x\" UID 3)";
        let mail = fetched(odd, &[]).unwrap();
        assert_eq!((mail.uid, mail.internal_date), (Some(3), None));
        for broken in [
            "(UID 7",
            "UID 7",
            "(UID 0)",
            "(UID 4294967296)",
            "(UID 7 BODY[] atom)",
            "(UID 7 BODY[] {5})",
            "(FLAGS NIL)",
        ] {
            assert_eq!(fetched(broken, &[]), None, "{broken}");
        }
    }
}
