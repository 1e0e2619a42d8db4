//! Mail that nobody should send, read all the same.

use proptest::prelude::*;

use super::super::{CutPart, Limits, ParseNote, attachment, header_block, parse};

fn read(raw: &str) -> super::super::ParsedMail {
    parse(raw.as_bytes(), &Limits::default()).unwrap()
}

#[test]
fn nothing_and_no_headers_are_mail_too() {
    let empty = read("");
    assert_eq!(empty.notes, [ParseNote::NoHeaders]);
    let bare = read("just some words\nwithout any header\n");
    assert_eq!(bare.text, "just some words\nwithout any header\n");
    assert!(bare.notes.contains(&ParseNote::NoHeaders));
}

#[test]
fn a_date_that_no_calendar_has_is_noted() {
    for date in [
        "Fri, 99 Nov 2026 99:00:00 +0000",
        "Fri, 31 Feb 2026 10:00:00 +0000",
        "Fri, 20 Nov 1926 10:00:00 +0000",
        "Fri, 20 Nov 9926 10:00:00 +0000",
        "soon",
    ] {
        let mail = read(&format!("From: a@b.test\r\nDate: {date}\r\n\r\nx\r\n"));
        assert_eq!(mail.date, None, "{date}");
        assert!(mail.notes.contains(&ParseNote::BadDate), "{date}");
    }
    let mail = read("From: a@b.test\r\nDate: Fri, 20 Nov 2026 10:00:60 +0200\r\n\r\nx\r\n");
    assert_eq!(mail.date.unwrap().to_string(), "2026-11-20T08:00:59Z");
}

#[test]
fn two_of_what_there_should_be_one_of_is_noted() {
    let mail = read(
        "From: a@b.test\r\nFrom: c@d.test\r\nMessage-ID: <1@x>\r\nMessage-ID: <2@x>\r\n\r\nx\r\n",
    );
    assert_eq!(mail.message_id.as_deref(), Some("1@x"));
    assert_eq!(mail.people.from.len(), 2);
    assert!(mail.notes.contains(&ParseNote::SeveralFrom));
    assert!(mail.notes.contains(&ParseNote::SeveralMessageIds));
}

#[test]
fn an_id_of_ten_kilobytes_is_none() {
    let mail = read(&format!(
        "From: a@b.test\r\nMessage-ID: <{}@x>\r\n\r\nx\r\n",
        "1".repeat(10_000)
    ));
    assert_eq!(mail.message_id, None);
}

#[test]
fn long_lists_are_cut_and_keep_root_and_newest() {
    let ids: String = (0..2000).map(|n| format!("<{n}@x>\r\n ")).collect();
    let to: String = (0..2000).map(|n| format!("p{n}@x.test,\r\n ")).collect();
    let mail = read(&format!(
        "From: a@b.test\r\nTo: {to} z@x.test\r\nReferences: {ids}\r\n\r\nx\r\n"
    ));
    assert_eq!(mail.people.to.len(), 500);
    assert_eq!(mail.references.first().map(String::as_str), Some("0@x"));
    assert_eq!(mail.references.last().map(String::as_str), Some("1999@x"));
    assert!(mail.notes.contains(&ParseNote::Cut(CutPart::List)));
}

#[test]
fn a_long_text_is_cut_and_noted() {
    let mail = read(&format!(
        "From: a@b.test\r\n\r\n{}\r\n",
        "слово ".repeat(400_000)
    ));
    assert!(mail.text.len() <= Limits::default().text_bytes);
    assert!(mail.notes.contains(&ParseNote::Cut(CutPart::Text)));
}

#[test]
fn the_headers_of_a_mail_that_was_too_large_are_enough() {
    let whole = "From: Ann <a@b.test>\r\nSubject: Plans\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nlong\r\n--x--\r\n";
    let mail = read(&header_block(whole.as_bytes()));
    assert_eq!(
        (mail.subject.as_str(), mail.people.from[0].name.as_str()),
        ("Plans", "Ann")
    );
    assert_eq!(mail.text, "");
}

#[test]
fn headers_end_at_the_first_empty_line() {
    assert_eq!(
        header_block(b"A: b\r\nC: d\r\n\r\nbody\r\n\r\n"),
        "A: b\r\nC: d\r\n"
    );
    assert_eq!(header_block(b"A: b\n\nbody"), "A: b\n");
    assert_eq!(header_block(b"A: b"), "A: b");
}

fn mailish() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"From: a@b.test\r\n".to_vec()),
        Just(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n".to_vec()),
        Just(
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
                .to_vec()
        ),
        Just(
            b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b\r\n\r\n"
                .to_vec()
        ),
        Just(b"Content-Type: message/rfc822\r\n\r\n".to_vec()),
        Just(b"Content-Type: text/html; charset=koi8-u\r\n\r\n<table><td>".to_vec()),
        Just(b"Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nDTSTART:1\r\n".to_vec()),
        Just(b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n> a \r\n".to_vec()),
        Just(b"Content-Transfer-Encoding: base64\r\n\r\n".to_vec()),
        Just(b"\r\n--x\r\n".to_vec()),
        Just(b"--x--\r\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec(piece, 0..15).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_mail_whose_parts_cannot_be_taken_apart_is_read_as_one_text() {
    let raw = b"From: olena@example.test\r\nSubject: Unfinished\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\r\n--x\r\n\
        Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\n\
        Content-Type: text/html; charset=koi8-u\r\n\r\n<table><td>--x--\r\n";
    let mail = parse(raw, &Limits::default()).unwrap();
    assert_eq!(mail.subject, "Unfinished");
    assert_eq!(
        mail.people.from.first().unwrap().address,
        "olena@example.test"
    );
    assert!(mail.text.contains("<table>"), "{}", mail.text);
}

proptest! {
    #[test]
    fn any_bytes_give_a_mail(raw in mailish()) {
        let mail = parse(&raw, &Limits::default()).unwrap();
        prop_assert!(!mail.text.contains('\0'));
        for info in &mail.attachments {
            let bytes = attachment(&raw, info.index).unwrap();
            prop_assert_eq!(bytes.len() as u64, info.size);
            prop_assert!(!info.name.is_empty() && !info.name.contains('/'));
        }
    }
}
