//! An IMAP server in memory, as simple as the RFC allows, which can be told to lie, to refuse and to hang up.
//!
//! It stands beside Dovecot because a story must be able to say: now the server gives one mail without its body, now
//! it cuts the line after 37 bytes, now it numbers everything anew. What it holds is known to the last byte, so what the
//! program has can be compared with it.

mod faults;
mod folder;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

pub use faults::{Fault, Faults, Seeded};
pub use folder::Folder;

/// What the server says it can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// RFC 3501 and nothing more.
    Plain,
    Condstore,
    /// With ESEARCH, as those that have QRESYNC do.
    Qresync,
}

impl Kind {
    fn capabilities(self) -> &'static str {
        match self {
            Self::Plain => "IMAP4rev1 SASL-IR AUTH=PLAIN",
            Self::Condstore => "IMAP4rev1 SASL-IR AUTH=PLAIN ENABLE CONDSTORE",
            Self::Qresync => "IMAP4rev1 SASL-IR AUTH=PLAIN ENABLE CONDSTORE QRESYNC ESEARCH",
        }
    }
}

/// Everything the server holds.
#[derive(Debug)]
pub struct Mail {
    pub folders: BTreeMap<String, Folder>,
    kind: Kind,
    faults: Faults,
    /// Bytes that were said to all clients.
    pub said_bytes: usize,
}

/// The server; it ends with the process.
#[derive(Debug, Clone)]
pub struct ModelImap {
    pub port: u16,
    mail: Arc<Mutex<Mail>>,
}

impl ModelImap {
    pub fn start(kind: Kind, folders: &[&str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let folders = folders.iter().zip(1000..);
        let folders = folders.map(|(name, validity)| ((*name).to_owned(), Folder::new(validity)));
        let mail = Arc::new(Mutex::new(Mail {
            folders: folders.collect(),
            kind,
            faults: Faults::default(),
            said_bytes: 0,
        }));
        let shared = Arc::clone(&mail);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let mail = Arc::clone(&shared);
                std::thread::spawn(move || Connection::new(client, mail).serve());
            }
        });
        Self { port, mail }
    }

    pub fn mail(&self) -> MutexGuard<'_, Mail> {
        // A story that failed while it held the mail has told why; another may go on.
        self.mail
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// From now on the server behaves like this.
    pub fn set_faults(&self, faults: Faults) {
        self.mail().faults = faults;
    }

    pub fn deliver(&self, folder: &str, raw: &str) -> u32 {
        let raw = raw.replace('\n', "\r\n").into_bytes();
        let mut mail = self.mail();
        mail.folders.get_mut(folder).unwrap().add(raw)
    }
}

/// One client.
struct Connection {
    lines: BufReader<TcpStream>,
    mail: Arc<Mutex<Mail>>,
    open: Option<String>,
}

/// The connection is over.
struct Over;

impl Connection {
    fn new(client: TcpStream, mail: Arc<Mutex<Mail>>) -> Self {
        Self {
            lines: BufReader::new(client),
            mail,
            open: None,
        }
    }

    fn serve(mut self) {
        let greeting = format!("* OK [CAPABILITY {}] ready\r\n", self.kind().capabilities());
        let mut going_on = self.say("greeting", greeting.into_bytes(), "");
        while going_on.is_ok() {
            let mut line = String::new();
            match self.lines.read_line(&mut line) {
                Ok(read) if read > 0 => going_on = self.answer(line.trim_end()),
                _ => return,
            }
        }
    }

    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn kind(&self) -> Kind {
        self.mail().kind
    }

    fn answer(&mut self, line: &str) -> Result<(), Over> {
        let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
        let word = command.split(' ').next().unwrap_or_default();
        let untagged = match word {
            "AUTHENTICATE" | "LOGIN" | "NOOP" => String::new(),
            "CAPABILITY" => format!("* CAPABILITY {}\r\n", self.kind().capabilities()),
            "ENABLE" => "* ENABLED QRESYNC CONDSTORE\r\n".to_owned(),
            "LIST" => self.list(),
            "EXAMINE" | "SELECT" => return self.examine(tag, command),
            "UID" => return self.with_uids(tag, command),
            "APPEND" => return self.append(tag, command),
            "LOGOUT" => {
                let bye = format!("* BYE see you\r\n{tag} OK done\r\n");
                let _gone = self.say(word, bye.into_bytes(), tag);
                return Err(Over);
            }
            _ => return self.say(word, format!("{tag} BAD unknown\r\n").into_bytes(), tag),
        };
        self.say(
            word,
            format!("{untagged}{tag} OK done\r\n").into_bytes(),
            tag,
        )
    }

    fn list(&self) -> String {
        let mail = self.mail();
        let names = mail.folders.keys();
        names
            .map(|name| format!("* LIST () \"/\" \"{name}\"\r\n"))
            .collect()
    }

    fn examine(&mut self, tag: &str, command: &str) -> Result<(), Over> {
        let name = command.split('"').nth(1).unwrap_or("INBOX");
        let name = match command.split(' ').nth(1) {
            Some(bare) if !bare.starts_with('"') => bare,
            _ => name,
        };
        let is_forbidden = matches!(self.mail().faults, Faults::Forbid(folder) if folder == name);
        let told = self
            .mail()
            .folders
            .get(name)
            .filter(|_| !is_forbidden)
            .map(|folder| folder.opened(command));
        let Some(told) = told else {
            return self.say(
                "EXAMINE",
                format!("{tag} NO no such folder\r\n").into_bytes(),
                tag,
            );
        };
        self.open = Some(name.to_owned());
        self.say(
            "EXAMINE",
            format!("{told}{tag} OK [READ-ONLY] open\r\n").into_bytes(),
            tag,
        )
    }

    /// `APPEND "folder" (flags) "date" {bytes}`, then the bytes when they were asked for.
    fn append(&mut self, tag: &str, command: &str) -> Result<(), Over> {
        let done = format!("{tag} OK done\r\n").into_bytes();
        if matches!(self.mail().faults, Faults::Refuse("APPEND")) {
            return self.say("APPEND", done, tag);
        }
        let length = command.rsplit('{').next().unwrap_or_default();
        let length: usize = length.trim_end_matches(['+', '}']).parse().unwrap();
        let mut raw = vec![0; length];
        let mut line_end = String::new();
        self.lines
            .get_mut()
            .write_all(b"+ go on\r\n")
            .map_err(|_| Over)?;
        self.lines.read_exact(&mut raw).map_err(|_| Over)?;
        self.lines.read_line(&mut line_end).map_err(|_| Over)?;
        let name = command.split(' ').nth(1).unwrap_or_default();
        let known = self
            .mail()
            .folders
            .get_mut(name.trim_matches('"'))
            .map(|folder| folder.add(raw));
        match known {
            Some(_) => self.say("APPEND", done, tag),
            None => self.say(
                "APPEND",
                format!("{tag} NO [TRYCREATE] no such folder\r\n").into_bytes(),
                tag,
            ),
        }
    }

    fn with_uids(&mut self, tag: &str, command: &str) -> Result<(), Over> {
        let mut words = command.splitn(3, ' ').skip(1);
        let (verb, rest) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        let Some(open) = self.open.clone() else {
            return self.say(
                verb,
                format!("{tag} BAD open a folder first\r\n").into_bytes(),
                tag,
            );
        };
        let known = {
            let mut mail = self.mail();
            let spoiled = (verb == "FETCH")
                .then(|| mail.faults.of_an_item())
                .flatten();
            let folder = mail.folders.get(&open).unwrap();
            match verb {
                "SEARCH" => Some(folder.search(rest, tag).into_bytes()),
                "FETCH" => Some(folder.fetch(rest, spoiled)),
                _ => None,
            }
        };
        let Some(mut answer) = known else {
            let bad = format!("{tag} BAD unknown\r\n");
            return self.say(verb, bad.into_bytes(), tag);
        };
        answer.extend_from_slice(format!("{tag} OK done\r\n").as_bytes());
        self.say(verb, answer, tag)
    }

    /// Says it, or what the faults make of it.
    fn say(&mut self, word: &str, answer: Vec<u8>, tag: &str) -> Result<(), Over> {
        let fault = {
            let mut mail = self.mail();
            let fault = mail.faults.of_an_answer(word, answer.len());
            mail.said_bytes += answer.len();
            fault
        };
        let refused = |word: &str| format!("{tag} {word} not now\r\n").into_bytes();
        let (said, ends) = match fault {
            None => (answer, false),
            Some(Fault::Cut(bytes)) => (answer.get(..bytes).unwrap_or(&answer).to_vec(), true),
            Some(Fault::Bye) => (b"* BYE [UNAVAILABLE] going down\r\n".to_vec(), true),
            Some(Fault::No) => (refused("NO"), false),
            Some(Fault::Bad) => (refused("BAD"), false),
            Some(Fault::Noise) => (
                [b"* OK still here\r\n* X-NEW thing\r\n", &*answer].concat(),
                false,
            ),
        };
        let written = self.lines.get_mut().write_all(&said);
        match (written, ends) {
            (Ok(()), false) => Ok(()),
            _ => Err(Over),
        }
    }
}
