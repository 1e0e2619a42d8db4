//! Writes sample mail into a Maildir, the way a mail server would.
//!
//! A template begins with a line `@ inbox MINUTES` or `@ sent MINUTES`, the age of the mail; the rest is the mail,
//! with `{date}` and its like filled in.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};

use super::picture;
use crate::domain::trouble::Trouble;

/// Which folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    Inbox,
    Sent,
}

/// The mailbox of the demo.
#[derive(Debug, Clone)]
pub struct Maildir {
    root: PathBuf,
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Maildir {
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the empty inbox and Sent folder.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn make(&self) -> Result<(), Trouble> {
        for folder in [self.root.clone(), self.root.join(".Sent")] {
            for part in ["tmp", "new", "cur"] {
                super::make_private_directory(&folder.join(part))?;
            }
        }
        Ok(())
    }

    /// Writes the mail that a template makes at `now`. `unique` stands in the Message-IDs of mail that comes more
    /// than once.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn deliver(&self, template: &str, now: Timestamp, unique: &str) -> Result<(), Trouble> {
        let (slot, at, mail) = filled(template, now, unique);
        let folder = match slot {
            Slot::Inbox => self.root.clone(),
            Slot::Sent => self.root.join(".Sent"),
        };
        put(&folder, mail.as_bytes(), at).map_err(|cause| {
            Trouble::operator(format!("mail cannot be written to {}", folder.display()))
                .because(cause)
        })
    }
}

fn put(folder: &Path, mail: &[u8], at: Timestamp) -> std::io::Result<()> {
    let name = format!(
        "{}.{}_{}.demo",
        at.as_second(),
        std::process::id(),
        NUMBER.fetch_add(1, Ordering::Relaxed)
    );
    let beginning = folder.join("tmp").join(&name);
    let mut file = File::create_new(&beginning)?;
    file.write_all(mail)?;
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))?;
    fs::rename(beginning, folder.join("new").join(name))
}

/// Folder, time and text of the mail that a template makes.
fn filled(template: &str, now: Timestamp, unique: &str) -> (Slot, Timestamp, String) {
    let (first, rest) = template.split_once('\n').unwrap_or_default();
    let mut words = first.split(' ').skip(1);
    let slot = Slot::from(words.next().unwrap_or_default());
    let minutes = words
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or_default();
    let at = now
        .checked_sub(SignedDuration::from_mins(minutes))
        .unwrap_or(now);
    let mail = rest
        .replace("{unique}", unique)
        .replace("{png}", &picture::screenshot_base64())
        .replace("{esc}", "\u{1b}")
        .replace("{bel}", "\u{7}");
    let date = at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let mut head = format!("Date: {date}\nMIME-Version: 1.0\n");
    if !mail
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .contains("Content-Type:")
    {
        head.push_str("Content-Type: text/plain; charset=utf-8\n");
    }
    (slot, at, (head + &mail).replace('\n', "\r\n"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::scenes;
    use super::*;

    #[test]
    fn every_template_makes_a_mail_with_everything_filled_in() {
        let now = Timestamp::now();
        for template in scenes::MORNING.iter().chain(scenes::LATER) {
            assert!(
                template.starts_with("@ inbox ") || template.starts_with("@ sent "),
                "{template}"
            );
            let (_, at, mail) = filled(template, now, "u");
            assert!(at <= now);
            let parsed = mail_parser::MessageParser::default()
                .parse(mail.as_bytes())
                .unwrap();
            let subject = parsed.subject().unwrap_or_default();
            assert!(
                parsed.message_id().is_some() && !subject.is_empty(),
                "{mail}"
            );
            assert!(
                parsed
                    .from()
                    .and_then(|from| from.first())
                    .and_then(|from| from.address())
                    .is_some(),
                "{subject}"
            );
            assert!(
                !["{png}", "{esc}", "{bel}", "{unique}"]
                    .iter()
                    .any(|mark| mail.contains(mark)),
                "{subject}"
            );
        }
    }

    #[test]
    fn the_attached_picture_is_a_real_one() {
        let template = scenes::MORNING[1];
        let (_, _, mail) = filled(template, Timestamp::now(), "u");
        let parsed = mail_parser::MessageParser::default()
            .parse(mail.as_bytes())
            .unwrap();
        let picture = parsed.attachment(0).unwrap().contents().to_vec();
        assert!(
            picture.starts_with(b"\x89PNG\r\n\x1a\n"),
            "{:?}",
            &picture[..8]
        );
    }
}
