//! Which keys signed a mail, by the `DKIM-Signature` fields of its header. Nothing is verified here: it is only
//! about the names of keys that our own servers use.

use super::super::names::{is_name, normal};
use super::super::subject::Signature;
use super::super::tags::Tags;

/// A header longer than this is nobody's honest mail.
const LONGEST_HEADER: usize = 256 * 1024;
/// No mail has more signatures than that for a good reason.
const MOST_SIGNATURES: usize = 8;

/// The signatures of a mail, each once, the outermost first.
pub fn signatures(mail: &[u8]) -> Vec<Signature> {
    let mut found: Vec<Signature> = Vec::new();
    for value in fields(mail, "dkim-signature") {
        let Some(signature) = signature(&value) else {
            continue;
        };
        if !found.contains(&signature) && found.len() < MOST_SIGNATURES {
            found.push(signature);
        }
    }
    found
}

fn signature(value: &str) -> Option<Signature> {
    let tags = Tags::parse(value).ok()?;
    let domain = normal(tags.get("d")?);
    let selector = tags.get("s")?.to_ascii_lowercase();
    (is_name(&domain) && is_name(&selector)).then_some(Signature { domain, selector })
}

/// The values of all fields of this name, unfolded (RFC 5322 §2.2.3).
fn fields(mail: &[u8], name: &str) -> Vec<String> {
    let head = &mail[..mail.len().min(LONGEST_HEADER)];
    let mut found: Vec<String> = Vec::new();
    let mut is_ours = false;
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let text = String::from_utf8_lossy(line);
        if text.starts_with([' ', '\t']) {
            if let (true, Some(value)) = (is_ours, found.last_mut()) {
                value.push_str(&text);
            }
            continue;
        }
        is_ours = false;
        if let Some((field, value)) = text.split_once(':')
            && field.trim_end().eq_ignore_ascii_case(name)
        {
            is_ours = true;
            found.push(value.to_owned());
        }
    }
    found
}
