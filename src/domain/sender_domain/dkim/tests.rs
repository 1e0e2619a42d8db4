//! Keys, and the mails that name them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::Status;
use super::super::tests::{Zone, acme, codes, google, proposed, settle};
use super::key::{Algorithm, BadKey};
use super::*;

const ED25519: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// A DER element.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(length as u8),
        0x80..0x100 => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

/// The base64 of an RSA key of so many bits, wrapped as `SubjectPublicKeyInfo` or bare.
fn rsa(bits: usize, is_wrapped: bool) -> String {
    let mut modulus = vec![0];
    modulus.extend(vec![0xff; bits / 8]);
    let key = der(0x30, &[der(2, &modulus), der(2, &[1, 0, 1])].concat());
    if !is_wrapped {
        return STANDARD.encode(key);
    }
    let oid = der(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]);
    let algorithm = der(0x30, &[oid, der(5, &[])].concat());
    let bit_string = der(3, &[vec![0], key].concat());
    STANDARD.encode(der(0x30, &[algorithm, bit_string].concat()))
}

#[test]
fn a_key_record_is_read() {
    let long = rsa(2048, true);
    let (start, end) = long.split_at(100);
    let rows = [
        (
            format!("v=DKIM1; k=rsa; p={long}"),
            Ok(Algorithm::Rsa { bits: 2048 }),
        ),
        (
            format!("p={}", rsa(1024, true)),
            Ok(Algorithm::Rsa { bits: 1024 }),
        ),
        (
            format!("v=DKIM1; p={}", rsa(4096, false)),
            Ok(Algorithm::Rsa { bits: 4096 }),
        ),
        // Split into strings, and folded by hand with a space.
        (
            format!("v=DKIM1;k=rsa;p={start} {end}"),
            Ok(Algorithm::Rsa { bits: 2048 }),
        ),
        (ED25519.to_owned(), Ok(Algorithm::Ed25519)),
        ("v=DKIM1; p=".to_owned(), Err(BadKey::Revoked)),
        ("v=DKIM1; k=rsa".to_owned(), Err(BadKey::Missing)),
        (format!("v=DKIM2; p={long}"), Err(BadKey::Version)),
        (format!("p={long}; v=DKIM1"), Err(BadKey::Version)),
        (format!("v=DKIM1; p={start}"), Err(BadKey::Garbled)),
        ("v=DKIM1; p=!!!".to_owned(), Err(BadKey::Garbled)),
        (
            "v=DKIM1; k=ed25519; p=AAAA".to_owned(),
            Err(BadKey::Garbled),
        ),
        (
            format!("v=DKIM1; k=dsa; p={long}"),
            Err(BadKey::Algorithm("dsa".into())),
        ),
        (
            format!("v=DKIM1; s=tlsrpt; p={long}"),
            Err(BadKey::NotForMail),
        ),
        (
            format!("v=DKIM1; h=sha1; p={long}"),
            Err(BadKey::OnlyOldHashes),
        ),
        (
            format!("v=DKIM1; h=sha1:sha256; s=email; p={long}"),
            Ok(Algorithm::Rsa { bits: 2048 }),
        ),
    ];
    for (text, expected) in rows {
        let read = key::parse(&text).map(|key| key.algorithm);
        assert_eq!(read, expected, "{text}");
    }
    let key = key::parse(&format!("v=DKIM1; t=y:s; p={long}")).unwrap();
    assert!(key.is_testing && key.is_strict);
}

#[test]
fn signatures_are_found_in_a_folded_header() {
    let mail = b"Received: from a\r\nDKIM-Signature: v=1; a=rsa-sha256;\r\n\td=Acme.test; s=S2026;\r\n bh=x; b=y\r\n\
        X: d=no.test; s=no\r\ndkim-signature: v=1; d=esp.test; s=k1; b=z\r\n\
        DKIM-Signature: broken\r\nFrom: a@acme.test\r\n\r\nDKIM-Signature: d=body.test; s=body\r\n";
    let found: Vec<String> = signature::signatures(mail).iter().map(key_name).collect();
    assert_eq!(
        found,
        ["s2026._domainkey.acme.test", "k1._domainkey.esp.test"]
    );
    assert_eq!(signature::signatures(b""), []);
    assert_eq!(signature::signatures(&[0xff; 300_000]), []);
}

fn signed(pairs: &[(&str, &str)]) -> Vec<Signature> {
    pairs
        .iter()
        .map(|(selector, domain)| Signature {
            domain: (*domain).into(),
            selector: (*selector).into(),
        })
        .collect()
}

fn judged(zone: Zone, typed: &[&str], mails: &[&[(&str, &str)]]) -> Dkim {
    let mut subject = acme(vec![google()]);
    subject.typed = typed.iter().map(|one| (*one).to_owned()).collect();
    subject.signed = mails.iter().map(|mail| signed(mail)).collect();
    settle(zone, |answers| check(&subject, answers))
}

#[test]
fn keys_in_use_have_to_work() {
    let strong = format!("v=DKIM1; k=rsa; p={}", rsa(2048, true));
    let short = format!("v=DKIM1; k=rsa; p={}", rsa(1024, true));
    let weak = format!("v=DKIM1; k=rsa; p={}", rsa(512, true));
    let testing = format!("v=DKIM1; t=y:s; p={}", rsa(2048, true));
    let name = "s1._domainkey.acme.test";
    let rows: &[(&str, &[&str])] = &[
        (&strong, &[]),
        (&short, &["~short-key"]),
        (&weak, &["weak-key"]),
        (&testing, &["~testing"]),
        ("v=DKIM1; p=", &["revoked"]),
        ("v=DKIM1; p=AAAA", &["unreadable"]),
        ("some other text", &["no-key"]),
    ];
    for (text, expected) in rows {
        let by_hand = judged(&[(name, "TXT", text)], &["s1"], &[]);
        assert_eq!(codes(&by_hand.check), *expected, "{text}");
        let by_mail = judged(&[(name, "TXT", text)], &[], &[&[("s1", "acme.test")]]);
        assert_eq!(codes(&by_mail.check), *expected, "{text}");
        let works = expected.iter().all(|code| code.starts_with('~'));
        assert_eq!(by_mail.signers.len(), usize::from(works), "{text}");
    }
    let check = judged(&[(name, "TXT", &testing)], &["s1"], &[]).check;
    let without = testing.replace("t=y:s", "t=s");
    assert_eq!(proposed(&check), [format!("{name} TXT {without}")]);
}

#[test]
fn an_old_key_may_be_gone() {
    let zone: Zone = &[
        ("new._domainkey.acme.test", "TXT", ED25519),
        ("old._domainkey.acme.test", "TXT", "v=DKIM1; p="),
    ];
    let dkim = judged(
        zone,
        &[],
        &[&[("new", "acme.test")], &[("old", "acme.test")]],
    );
    assert_eq!(dkim.check.status, Status::Verified);
    assert_eq!(codes(&dkim.check), ["~revoked"]);
    let dkim = judged(
        zone,
        &[],
        &[&[("old", "acme.test")], &[("new", "acme.test")]],
    );
    assert_eq!(dkim.check.status, Status::Failed);
}

#[test]
fn a_signature_of_somebody_else_is_not_ours() {
    let zone: Zone = &[
        ("2024._domainkey.acme.gappssmtp.example", "TXT", ED25519),
        ("s1._domainkey.acme.test", "TXT", ED25519),
    ];
    let other = ("2024", "acme.gappssmtp.example");
    let dkim = judged(zone, &[], &[&[other]]);
    assert_eq!(codes(&dkim.check), ["not-aligned"]);
    assert!(proposed(&dkim.check)[0].starts_with("google._domainkey.acme.test TXT v=DKIM1"));
    let dkim = judged(zone, &[], &[&[other, ("s1", "acme.test")]]);
    assert_eq!(codes(&dkim.check), Vec::<String>::new());
}

#[test]
fn without_a_selector_it_is_pending_unless_the_usual_one_is_there() {
    let dkim = judged(&[], &[], &[]);
    assert_eq!(dkim.check.status, Status::Pending);
    assert_eq!(codes(&dkim.check), ["?no-selector"]);
    let dkim = judged(&[("google._domainkey.acme.test", "TXT", ED25519)], &[], &[]);
    assert_eq!(dkim.check.status, Status::Verified);
    let dkim = judged(&[("s1._domainkey.acme.test", "TXT", "!")], &["s1"], &[]);
    assert_eq!(codes(&dkim.check), ["?no-answer"]);
    let twice: Zone = &[
        ("s1._domainkey.acme.test", "TXT", ED25519),
        ("s1._domainkey.acme.test", "TXT", "v=DKIM1; p="),
    ];
    assert_eq!(codes(&judged(twice, &["s1"], &[]).check), ["two-keys"]);
}
