//! Answers as `.eml` files in a folder: for trying things out, and for programs that send by themselves.
//!
//! A file appears whole or not at all and is never overwritten. Its name comes from the Message-ID, so a mail that
//! is sent again finds itself there and is not written twice.

use std::fs::File;
use std::future::Future;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::crash_point;
use crate::domain::delivery::{Delivery, Envelope, Phase, Setback, Verdict, all_with};
use crate::domain::trouble::Trouble;

/// How much of a Message-ID can be read in a file name.
const NAME_CHARACTERS: usize = 60;

/// The folder that answers are written to. It is made when it is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

/// Where a mail stands before the barrier.
enum Ready {
    /// Written to a file without a name yet.
    Written(NamedTempFile),
    /// The very same bytes are there already.
    AlreadyThere,
}

impl Folder {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The file a mail is written to.
    pub fn file_of(&self, raw: &[u8]) -> PathBuf {
        self.path.join(file_name(raw))
    }

    /// Writes one mail. The barrier runs between writing and naming the file.
    pub async fn send(
        &self,
        envelope: &Envelope,
        raw: &[u8],
        barrier: impl Future<Output = Result<(), Trouble>> + Send,
    ) -> Delivery {
        if envelope.to.is_empty() {
            return Delivery::unsendable(envelope, "the mail has no recipient");
        }
        let target = self.file_of(raw);
        let (folder, bytes, place) = (self.path.clone(), raw.to_vec(), target.clone());
        let ready = blocking(move || prepare(&folder, &place, &bytes)).await;
        let ready = match ready {
            Ok(ready) => ready,
            Err(setback) => return Delivery::NotSent(setback),
        };
        if let Err(trouble) = barrier.await {
            return Delivery::not_sent(Phase::Barrier, trouble);
        }
        let (folder, place) = (self.path.clone(), target.clone());
        let line = match ready {
            Ready::AlreadyThere => format!("already written to {}", target.display()),
            Ready::Written(file) => match blocking(move || name_it(file, &folder, &place)).await {
                Ok(Naming::Durable) => format!("written to {}", target.display()),
                Ok(Naming::InDoubt(cause)) => return in_doubt(envelope, &target, &cause),
                Err(setback) => return Delivery::NotSent(setback),
            },
        };
        Delivery::Accepted {
            recipients: all_with(envelope, Verdict::Accepted, &line),
            line,
        }
    }
}

fn in_doubt(envelope: &Envelope, target: &Path, cause: &str) -> Delivery {
    let known = format!(
        "{} was written, but the disk did not confirm it ({cause})",
        target.display()
    );
    Delivery::Uncertain {
        recipients: all_with(envelope, Verdict::Uncertain, &known),
        known,
    }
}

/// Runs file work beside the runtime; the work itself never waits for anything but the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Setback> + Send + 'static,
) -> Result<T, Setback> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            Err(Setback::new(
                Phase::Content,
                Trouble::bug("writing the answer stopped in the middle").because(error),
            ))
        })
}

fn prepare(folder: &Path, target: &Path, raw: &[u8]) -> Result<Ready, Setback> {
    let failed = |error: std::io::Error| Setback::new(Phase::Content, cannot_write(folder, &error));
    std::fs::create_dir_all(folder).map_err(failed)?;
    if holds(target, raw).map_err(failed)? {
        return Ok(Ready::AlreadyThere);
    }
    let mut file = tempfile::Builder::new()
        .prefix(".answer-")
        .suffix(".part")
        .tempfile_in(folder)
        .map_err(failed)?;
    file.write_all(raw).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    Ok(Ready::Written(file))
}

/// Whether the file is there with exactly these bytes.
fn holds(target: &Path, raw: &[u8]) -> std::io::Result<bool> {
    let file = match File::open(target) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut there = Vec::with_capacity(raw.len());
    file.take(raw.len() as u64 + 1).read_to_end(&mut there)?;
    if there == raw {
        return Ok(true);
    }
    Err(std::io::Error::new(
        ErrorKind::AlreadyExists,
        format!("{} holds another mail", target.display()),
    ))
}

enum Naming {
    Durable,
    /// The file has its name, and a power cut may still take it.
    InDoubt(String),
}

fn name_it(file: NamedTempFile, folder: &Path, target: &Path) -> Result<Naming, Setback> {
    crash_point::pass("before an answer's file gets its name");
    if let Err(failure) = file.persist_noclobber(target) {
        return Err(Setback::new(
            Phase::Content,
            cannot_write(folder, &failure.error),
        ));
    }
    crash_point::pass("after an answer's file got its name");
    Ok(match File::open(folder).and_then(|dir| dir.sync_all()) {
        Ok(()) => Naming::Durable,
        Err(error) => Naming::InDoubt(error.to_string()),
    })
}

fn cannot_write(folder: &Path, error: &std::io::Error) -> Trouble {
    Trouble::operator(format!(
        "the answer cannot be written to {}",
        folder.display()
    ))
    .because(error)
    .hint("check that the folder may be written to and that the disk has space")
}

/// Readable start of the Message-ID, and a hash of all of it, so that two ids never share a name.
fn file_name(raw: &[u8]) -> String {
    let id = message_id(raw);
    let named = id.as_deref().unwrap_or("no-message-id");
    let hash = Sha256::digest(id.as_deref().map_or(raw, str::as_bytes));
    let readable: String = named
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@') {
                c
            } else {
                '_'
            }
        })
        .skip_while(|c| *c == '.')
        .take(NAME_CHARACTERS)
        .collect();
    let short: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{readable}-{short}.eml")
}

/// The id between the brackets of the Message-ID field, unfolded.
fn message_id(raw: &[u8]) -> Option<String> {
    let message = mail_parser::MessageParser::new().parse_headers(raw)?;
    message.message_id().map(str::to_owned)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"Message-ID: <42.abc@acme.test>\r\nSubject: hi\r\n\r\nHello\r\n";

    fn envelope() -> Envelope {
        Envelope {
            from: None,
            to: vec!["bob@example.test".into()],
            all_or_nothing: false,
        }
    }

    fn files(path: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn the_same_mail_twice_is_one_file() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().join("outbox"));
        for expected in ["written to", "already written to"] {
            let delivery = folder.send(&envelope(), MAIL, async { Ok(()) }).await;
            let Delivery::Accepted { line, .. } = delivery else {
                panic!("{delivery:?}");
            };
            assert!(line.starts_with(expected), "{line}");
        }
        let outbox = home.path().join("outbox");
        let names = files(&outbox);
        assert_eq!(names.len(), 1, "{names:?}");
        assert!(names[0].starts_with("42.abc@acme.test-"), "{names:?}");
        assert_eq!(std::fs::read(outbox.join(&names[0])).unwrap(), MAIL);
    }

    #[tokio::test]
    async fn another_mail_with_the_same_id_is_never_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().to_owned());
        folder.send(&envelope(), MAIL, async { Ok(()) }).await;
        let other = b"Message-ID: <42.abc@acme.test>\r\n\r\nOther\r\n";
        let delivery = folder.send(&envelope(), other, async { Ok(()) }).await;
        assert!(matches!(delivery, Delivery::NotSent(_)), "{delivery:?}");
        assert_eq!(std::fs::read(folder.file_of(MAIL)).unwrap(), MAIL);
    }

    #[tokio::test]
    async fn a_refused_barrier_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().to_owned());
        let delivery = folder
            .send(&envelope(), MAIL, async {
                Err(Trouble::operator("the disk is full"))
            })
            .await;
        let Delivery::NotSent(setback) = delivery else {
            panic!("{delivery:?}");
        };
        assert_eq!(setback.phase, Phase::Barrier);
        assert!(files(home.path()).is_empty());
    }

    #[test]
    fn a_file_name_cannot_leave_the_folder() {
        for raw in [
            b"Message-ID: <../../etc/passwd@x>\r\n\r\n".as_slice(),
            b"Message-ID: <.hidden@x>\r\n\r\n",
            b"Subject: none\r\n\r\n",
            b"",
        ] {
            let name = file_name(raw);
            assert!(!name.contains('/') && !name.starts_with('.'), "{name}");
        }
    }
}
