#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::mail::mime::{Limits, ParsedMail, attachment, header_block, html_part, parse};

fn answer() -> Outgoing {
    Outgoing {
        from: Address::new("Acme, Підтримка", "support@example.test"),
        to: vec![Address::new("Ann Lee", "ann@customer.test")],
        subject: "Re: Рахунок 2231".to_owned(),
        markdown_body: "Hello **Ann**,\n\nit works again.".to_owned(),
        signature: Some(Words {
            text: "Olena\n[Acme](https://acme.test)".to_owned(),
            markdown: Some("Olena\n[Acme](https://acme.test)".to_owned()),
        }),
        apart: Apart::default(),
        thread: Thread {
            message_id: "1042.abc.00@example.test".to_owned(),
            in_reply_to: Some("<m3@customer.test>".to_owned()),
            references: vec!["m1@customer.test".to_owned(), "m2@customer.test".to_owned()],
        },
        date: "2026-11-20T10:00:00Z".parse().unwrap(),
        ..Outgoing::default()
    }
}

fn read(composed: &Composed) -> ParsedMail {
    parse(&composed.raw, &Limits::default()).unwrap()
}

fn header_names(raw: &[u8]) -> Vec<String> {
    header_block(raw)
        .lines()
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| {
            line.split(':')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        })
        .collect()
}

#[test]
fn an_answer_says_what_was_meant_and_nothing_about_us() {
    let composed = compose(&answer()).unwrap();
    let mail = read(&composed);
    assert_eq!(mail.subject, "Re: Рахунок 2231");
    assert_eq!(mail.people.from[0].name, "Acme, Підтримка");
    assert_eq!(mail.message_id.as_deref(), Some("1042.abc.00@example.test"));
    assert_eq!(mail.in_reply_to, ["m3@customer.test"]);
    assert_eq!(
        mail.references,
        ["m1@customer.test", "m2@customer.test", "m3@customer.test"]
    );
    assert_eq!(
        mail.text,
        "Hello **Ann**,\n\nit works again.\n\n-- \nOlena\n[Acme](https://acme.test)\n"
    );
    assert_eq!(mail.date.unwrap().to_string(), "2026-11-20T10:00:00Z");
    let html = html_part(&composed.raw).unwrap().unwrap();
    assert!(html.contains("<strong>Ann</strong>"), "{html}");
    assert_eq!(composed.envelope_from, "support@example.test");
    assert_eq!(composed.envelope_to, ["ann@customer.test"]);
    let mut names = header_names(&composed.raw);
    names.sort();
    assert_eq!(
        names,
        [
            "content-type",
            "date",
            "from",
            "in-reply-to",
            "message-id",
            "mime-version",
            "references",
            "subject",
            "to"
        ]
    );
}

#[test]
fn the_same_answer_is_the_same_bytes() {
    assert_eq!(compose(&answer()).unwrap(), compose(&answer()).unwrap());
}

#[test]
fn lines_end_as_mail_wants_it() {
    let mut outgoing = answer();
    outgoing.markdown_body = format!("one\rtwo\r\nthree\n{}\u{0}\n.\n", "long ".repeat(600));
    outgoing.attachments = vec![OutgoingAttachment {
        name: "notes.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        bytes: b"bare\nlines\n".to_vec(),
    }];
    outgoing.subject = "x".repeat(5000);
    outgoing.from.name = "y".repeat(5000);
    outgoing.to = (0..300)
        .map(|n| Address::new(format!("Name {n}"), format!("n{n}@customer.test")))
        .collect();
    outgoing.reference = Some("z".repeat(5000));
    let raw = compose(&outgoing).unwrap().raw;
    let text = String::from_utf8(raw).unwrap();
    assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']));
    assert!(text.lines().all(|line| line.len() <= 998));
}

#[test]
fn blind_copies_are_in_the_envelope_only_and_everybody_once() {
    let mut outgoing = answer();
    outgoing.cc = vec![
        Address::new("", "ANN@customer.test"),
        Address::new("", "bob@пошта.test"),
    ];
    outgoing.bcc = vec![Address::new("Secret", "boss@example.test")];
    let composed = compose(&outgoing).unwrap();
    assert_eq!(
        composed.envelope_to,
        [
            "ann@customer.test",
            "bob@xn--80a1acn3a.test",
            "boss@example.test"
        ]
    );
    let text = String::from_utf8(composed.raw).unwrap();
    assert!(!text.contains("boss@") && !text.contains("Secret"));
}

#[test]
fn a_mail_with_only_blind_copies_names_nobody() {
    let mut outgoing = answer();
    outgoing.bcc = std::mem::take(&mut outgoing.to);
    let composed = compose(&outgoing).unwrap();
    assert!(header_block(&composed.raw).contains("To: undisclosed-recipients:;"));
}

#[test]
fn attachments_come_back_byte_for_byte() {
    let mut outgoing = answer();
    for (name, media_type, bytes) in [
        ("рахунок.pdf", "application/pdf", vec![0, 13, 10, 255]),
        (
            "../../etc/passwd",
            "text/plain; x=\"\r\nEvil: 1",
            b"a\nb".to_vec(),
        ),
        (
            "mail.eml",
            "message/rfc822",
            b"From: x\r\n\r\nhello".to_vec(),
        ),
        ("", "", Vec::new()),
    ] {
        outgoing.attachments.push(OutgoingAttachment {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            bytes,
        });
    }
    let composed = compose(&outgoing).unwrap();
    let mail = read(&composed);
    let names: Vec<&str> = mail
        .attachments
        .iter()
        .map(|info| info.name.as_str())
        .collect();
    assert_eq!(names, ["рахунок.pdf", "passwd", "mail.eml", "attachment"]);
    for (index, sent) in outgoing.attachments.iter().enumerate() {
        assert_eq!(
            attachment(&composed.raw, u32::try_from(index).unwrap()).unwrap(),
            sent.bytes
        );
    }
    assert!(!String::from_utf8_lossy(&composed.raw).contains("Evil"));
}

#[test]
fn automatic_mail_says_so_and_has_no_sender_to_answer() {
    let mut outgoing = answer();
    outgoing.automatic = true;
    outgoing.reference = Some("1042".to_owned());
    let composed = compose(&outgoing).unwrap();
    assert_eq!(composed.envelope_from, "");
    let mail = read(&composed);
    assert_eq!(mail.signals.auto_submitted.as_deref(), Some("auto-replied"));
    assert_eq!(mail.signals.own_reference.as_deref(), Some("1042"));
}

#[test]
fn what_cannot_be_sent_is_the_operators_move() {
    let mut nobody = answer();
    nobody.to.clear();
    let mut eight_bit = answer();
    eight_bit.to = vec![Address::new("", "олена@example.test")];
    let mut injected = answer();
    injected.to = vec![Address::new("", "a@b.test>\r\nBcc: c@d.test")];
    for outgoing in [nobody, eight_bit, injected] {
        let trouble = compose(&outgoing).unwrap_err();
        assert_eq!(
            trouble.whose,
            crate::domain::trouble::Whose::Operator,
            "{trouble}"
        );
    }
}

#[test]
fn a_long_thread_keeps_its_root_and_its_newest_mails() {
    let mut outgoing = answer();
    outgoing.thread.references = (0..500).map(|n| format!("m{n}@x.test")).collect();
    let mail = read(&compose(&outgoing).unwrap());
    assert_eq!(mail.references.len(), 20);
    assert_eq!(mail.references[0], "m0@x.test");
    assert_eq!(mail.references[19], "m3@customer.test");
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,60}",
        "[\\x00-\\x7f]{0,60}",
        Just("x\r\nBcc: evil@evil.test".to_owned()),
        Just("x\nX-Evil: 1\n\nbody".to_owned()),
        Just("=?utf-8?Q?=0D=0AX-Evil:_1?=".to_owned()),
        Just("a\"b\\c<d>,;:@(e)".to_owned()),
        "[\\PC\r\n\0\t]{0,300}",
    ]
}

proptest! {
    #[test]
    fn no_value_adds_a_header(
        name in hostile(), subject in hostile(), reference in hostile(), id in hostile(), file in hostile(),
        other in hostile(),
    ) {
        let mut outgoing = answer();
        outgoing.from.name = name.clone();
        outgoing.to[0].name = name;
        outgoing.reply_to = Some(Address::new(other, "support+t1@example.test"));
        outgoing.subject = subject.clone();
        outgoing.reference = Some(reference);
        outgoing.thread.in_reply_to = Some(id.clone());
        outgoing.thread.references = vec![id];
        outgoing.attachments = vec![OutgoingAttachment { name: file, media_type: "image/png".to_owned(), bytes: vec![1] }];
        let composed = compose(&outgoing).unwrap();
        let mut names = header_names(&composed.raw);
        names.sort();
        names.retain(|name| name != "in-reply-to" && name != "references");
        prop_assert_eq!(names, [
            "content-type", "date", "from", "message-id", "mime-version", "reply-to", "subject", "to", "x-ticketty-ref",
        ]);
        let mail = read(&composed);
        prop_assert_eq!(&mail.people.from[0].address, "support@example.test");
        prop_assert_eq!(&mail.people.to[0].address, "ann@customer.test");
        prop_assert_eq!(mail.people.to.len(), 1);
        prop_assert_eq!(mail.attachments.len(), 1);
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        if !subject.contains("=?") {
            prop_assert_eq!(squeezed(&mail.subject), squeezed(&one_line(&subject)));
        }
    }
}
