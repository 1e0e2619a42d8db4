//! Real-looking mails of every kind, parsed and compared with what a person should find in them.
//!
//! The mails are `tests/mails/*.eml`, each with its reading beside it in `tests/mails/snapshots`.

use std::fmt::Write;
use std::path::PathBuf;

use super::super::{Limits, ParsedMail, attachment, parse};
use crate::domain::clean::Clean;

fn mails() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mails");
    let mut mails: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(&path).unwrap())
        })
        .collect();
    mails.sort();
    mails
}

fn people(mail: &ParsedMail) -> String {
    let lists = [
        ("from", &mail.people.from),
        ("sender", &mail.people.sender),
        ("reply-to", &mail.people.reply_to),
        ("to", &mail.people.to),
    ];
    lists
        .iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(label, list)| {
            let shown: Vec<String> = list.iter().map(ToString::to_string).collect();
            format!("{label}: {}\n", shown.join(", "))
        })
        .collect()
}

/// The reading as a person would check it, made safe so that looking at it is.
fn reading(mail: &ParsedMail) -> String {
    let mut all = people(mail);
    let _ = write!(
        all,
        "subject: {}\ndate: {:?}\nid: {:?}\nin reply to: {:?}\nreferences: {:?}\nsignals: {:#?}\n",
        mail.subject, mail.date, mail.message_id, mail.in_reply_to, mail.references, mail.signals
    );
    for info in &mail.attachments {
        let _ = writeln!(
            all,
            "attachment {}: {} {} {:?} {} bytes, inline {}, id {:?}, sha256 {}",
            info.index,
            info.name,
            info.media_type,
            info.kind,
            info.size,
            info.inline,
            info.content_id,
            info.sha256
        );
    }
    if let Some(report) = &mail.report {
        let _ = writeln!(all, "report: {report:#?}");
    }
    let notes: Vec<String> = mail.notes.iter().map(|note| note.words()).collect();
    let _ = write!(
        all,
        "notes: {notes:?}\npreview: {}\n--- text (from HTML: {}) ---\n{}",
        mail.preview, mail.text_from_html, mail.text
    );
    Clean::text(&all).into_string()
}

#[test]
fn every_mail_is_read_as_a_person_would() {
    let mails = mails();
    assert!(mails.len() >= 20, "the mails are there");
    for (name, raw) in mails {
        let mail = parse(&raw, &Limits::default()).unwrap();
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mails/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name.as_str(), reading(&mail));
        });
    }
}

#[test]
fn every_attachment_can_be_taken_out() {
    for (name, raw) in mails() {
        let mail = parse(&raw, &Limits::default()).unwrap();
        for info in &mail.attachments {
            assert_eq!(
                attachment(&raw, info.index).unwrap().len() as u64,
                info.size,
                "{name}"
            );
        }
        let beyond = u32::try_from(mail.attachments.len()).unwrap();
        assert!(attachment(&raw, beyond).is_err(), "{name}");
    }
}
