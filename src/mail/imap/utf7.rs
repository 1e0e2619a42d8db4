//! Folder names beyond ASCII: modified UTF-7 (RFC 3501 §5.1.3).
//!
//! A name that is not valid modified UTF-7 is shown as it came: the wire name is what the server is asked with,
//! the decoded one is only for people.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// From the wire to people. What does not decode stays as it is.
pub fn decode(wire: &str) -> String {
    decoded(wire).unwrap_or_else(|| wire.to_owned())
}

fn decoded(wire: &str) -> Option<String> {
    let mut name = String::new();
    let mut rest = wire;
    while let Some((plain, shifted)) = rest.split_once('&') {
        name.push_str(plain);
        let (code, after) = shifted.split_once('-')?;
        if code.is_empty() {
            name.push('&');
        } else {
            let bytes = BASE64.decode(code).ok()?;
            if bytes.len() % 2 != 0 {
                return None;
            }
            let units = bytes.chunks_exact(2).map(|pair| {
                pair.iter()
                    .fold(0u16, |unit, byte| unit << 8 | u16::from(*byte))
            });
            name.push_str(
                &char::decode_utf16(units)
                    .collect::<Result<String, _>>()
                    .ok()?,
            );
        }
        rest = after;
    }
    name.push_str(rest);
    Some(name)
}

/// From people to the wire.
pub fn encode(name: &str) -> String {
    let mut wire = String::new();
    let mut run = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            end_run(&mut wire, &mut run);
            wire.push(c);
            if c == '&' {
                wire.push('-');
            }
        } else {
            let mut units = [0u16; 2];
            for unit in c.encode_utf16(&mut units) {
                run.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    end_run(&mut wire, &mut run);
    wire
}

fn end_run(wire: &mut String, run: &mut Vec<u8>) {
    if !run.is_empty() {
        wire.push('&');
        wire.push_str(&BASE64.encode(&run));
        wire.push('-');
        run.clear();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn names_come_and_go_as_the_rfc_says() {
        for (wire, name) in [
            ("INBOX", "INBOX"),
            ("&BB0EMAQ0BFYEQQQ7BDAEPQRW-", "Надіслані"),
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            ("R&-D", "R&D"),
            ("&2D3eAA-", "😀"),
            ("Entw&APw-rfe", "Entwürfe"),
        ] {
            assert_eq!(decode(wire), name);
            assert_eq!(encode(name), wire);
        }
    }

    #[test]
    fn junk_stays_as_it_came() {
        for junk in ["&", "a&b", "&!!-", "&2D0-", "&AA-", "Приват"] {
            assert_eq!(decode(junk), junk);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_name_survives_the_round_trip(name in "\\PC{0,40}") {
            let wire = encode(&name);
            proptest::prop_assert!(wire.bytes().all(|byte| matches!(byte, 0x20..=0x7e)));
            proptest::prop_assert_eq!(decode(&wire), name);
        }
    }
}
