//! The customers of the demo: they write while one watches, and answer what one writes to them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;

use super::letter::Maildir;
use super::scenes::{ANSWERS, LATER};

/// How often they look what is to be done.
pub const STEP: Duration = Duration::from_secs(1);
/// Seconds between new mails, in turn.
const PAUSES: [i64; 6] = [20, 28, 36, 24, 40, 32];
/// Seconds until a customer has read an answer, in turn.
const READING: [i64; 4] = [8, 12, 10, 15];

/// Customers who are somewhere in their story.
#[derive(Debug)]
pub struct Visitors {
    inbox: Maildir,
    outgoing: PathBuf,
    /// How many of [`LATER`] have come.
    came: usize,
    next_mail: Option<Timestamp>,
    /// Files in the outgoing folder that were read.
    read: BTreeSet<PathBuf>,
    /// Answers being written, and when they are sent.
    writing: Vec<(Timestamp, String)>,
    answered: usize,
}

impl Visitors {
    pub fn new(inbox: Maildir, outgoing: PathBuf) -> Self {
        let read = files(&outgoing).collect();
        Self {
            inbox,
            outgoing,
            came: 0,
            next_mail: None,
            read,
            writing: Vec::new(),
            answered: 0,
        }
    }

    /// Does what is due.
    pub fn step(&mut self, now: Timestamp) {
        self.bring_mail(now);
        self.read_answers(now);
        let (due, later) = std::mem::take(&mut self.writing)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.writing = later;
        let due: Vec<(Timestamp, String)> = due;
        for (_, letter) in due {
            self.deliver(&letter, now);
        }
    }

    fn bring_mail(&mut self, now: Timestamp) {
        let pause = PAUSES.get(self.came % PAUSES.len()).copied().unwrap_or(30);
        let due = *self.next_mail.get_or_insert_with(|| later(now, pause));
        let Some(template) = LATER.get(self.came).filter(|_| due <= now) else {
            return;
        };
        self.deliver(template, now);
        self.came += 1;
        self.next_mail = None;
    }

    fn read_answers(&mut self, now: Timestamp) {
        let new: Vec<PathBuf> = files(&self.outgoing)
            .filter(|file| !self.read.contains(file))
            .collect();
        for file in new {
            let letter = std::fs::read(&file).ok().and_then(|mail| self.reply(&mail));
            if let Some(letter) = letter {
                let pause = READING
                    .get(self.answered % READING.len())
                    .copied()
                    .unwrap_or(10);
                self.writing.push((later(now, pause), letter));
                self.answered += 1;
            }
            self.read.insert(file);
        }
    }

    /// What the customer answers to a mail from the desk.
    fn reply(&self, mail: &[u8]) -> Option<String> {
        let mail = MessageParser::default().parse(mail)?;
        let to = mail.to()?.first()?;
        let address = to.address()?;
        let id = mail.message_id()?;
        let subject = mail.subject().unwrap_or_default();
        let subject = if subject.starts_with("Re: ") {
            subject.to_owned()
        } else {
            format!("Re: {subject}")
        };
        let words = ANSWERS.get(self.answered % ANSWERS.len())?;
        let quote: String = mail
            .body_text(0)
            .unwrap_or_default()
            .lines()
            .take_while(|line| !line.starts_with('>'))
            .map(|line| format!("> {line}\n"))
            .collect();
        // What came out of a header goes back into one: no line break may survive.
        let one_line = |text: &str| text.replace(|c: char| c.is_control(), " ");
        let name = one_line(to.name().unwrap_or_default()).replace('"', "");
        Some(format!(
            "@ inbox 0\nFrom: \"{name}\" <{}>\nTo: {}\nSubject: {}\nMessage-ID: <reply-{{unique}}@visitors.example>\nIn-Reply-To: <{id}>\nReferences: <{id}>\n\n{words}\n\n{quote}",
            one_line(address),
            super::ADDRESS,
            one_line(&subject),
            id = one_line(id),
        ))
    }

    fn deliver(&self, letter: &str, now: Timestamp) {
        let unique = now.as_millisecond().to_string();
        if let Err(trouble) = self.inbox.deliver(letter, now, &unique) {
            tracing::warn!(%trouble, "a customer of the demo could not write");
        }
    }
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(now)
}

fn files(directory: &PathBuf) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    struct Place {
        home: tempfile::TempDir,
        visitors: Visitors,
    }

    fn place() -> Place {
        let home = tempfile::tempdir().unwrap();
        let outgoing = home.path().join("outgoing");
        std::fs::create_dir(&outgoing).unwrap();
        let inbox = Maildir::new(home.path().join("Maildir"));
        inbox.make().unwrap();
        let visitors = Visitors::new(inbox, outgoing);
        Place { home, visitors }
    }

    fn came(place: &Place) -> Vec<String> {
        let entries = std::fs::read_dir(place.home.path().join("Maildir/new"))
            .into_iter()
            .flatten();
        entries
            .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect()
    }

    #[test]
    fn all_later_mail_comes_one_by_one_and_only_once() {
        let mut place = place();
        let start = Timestamp::UNIX_EPOCH;
        place.visitors.step(start);
        place.visitors.step(later(start, PAUSES[0] - 1));
        assert_eq!(came(&place).len(), 0);
        place.visitors.step(later(start, PAUSES[0]));
        assert_eq!(came(&place).len(), 1);
        for second in 0..1000 {
            place.visitors.step(later(start, second));
        }
        assert_eq!(came(&place).len(), LATER.len());
    }

    #[test]
    fn a_customer_answers_what_the_desk_wrote_and_names_its_message_id() {
        let mut place = place();
        let mail = "From: support@acme.example\r\nTo: \"Olena K\" <olena@k.example>\r\nSubject: Re: Login\r\nMessage-ID: <ours@acme.example>\r\n\r\nTry again.\r\n> old words\r\n";
        std::fs::write(place.home.path().join("outgoing/1.eml"), mail).unwrap();
        let start = Timestamp::UNIX_EPOCH;
        place.visitors.step(start);
        assert!(came(&place).is_empty(), "nobody reads that fast");
        place.visitors.step(later(start, READING[0]));
        let answers = came(&place);
        assert_eq!(answers.len(), 1);
        let answer = &answers[0];
        assert!(
            answer.contains("In-Reply-To: <ours@acme.example>\r\n"),
            "{answer}"
        );
        assert!(
            answer.contains("From: \"Olena K\" <olena@k.example>\r\n"),
            "{answer}"
        );
        assert!(
            answer.contains("Subject: Re: Login\r\n") && answer.contains("> Try again.\r\n"),
            "{answer}"
        );
        assert!(!answer.contains("old words"));
    }
}
