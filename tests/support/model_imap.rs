//! An IMAP server in memory, as simple as the RFC allows, which can be told to lie, to refuse and to hang up.
//!
//! It stands beside Dovecot because a story must be able to say: now the server gives one mail without its body, now
//! it cuts the line after 37 bytes, now it numbers everything anew. What it holds is known to the last byte, so what the
//! program has can be compared with it.

mod changing;
mod faults;
mod folder;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

pub use changing::Lying;
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
    /// With MOVE, UIDPLUS and OBJECTID besides.
    Able,
}

impl Kind {
    fn capabilities(self) -> &'static str {
        match self {
            Self::Plain => "IMAP4rev1 SASL-IR AUTH=PLAIN",
            Self::Condstore => "IMAP4rev1 SASL-IR AUTH=PLAIN ENABLE CONDSTORE",
            Self::Qresync => "IMAP4rev1 SASL-IR AUTH=PLAIN ENABLE CONDSTORE QRESYNC ESEARCH",
            Self::Able => {
                "IMAP4rev1 SASL-IR AUTH=PLAIN ENABLE CONDSTORE QRESYNC ESEARCH MOVE UIDPLUS OBJECTID"
            }
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
    /// Commands that were asked, without their tags.
    pub asked: Vec<String>,
    /// What no client may do, and one did.
    pub wrong: Vec<String>,
    /// Folders in which nothing can be changed.
    pub read_only: bool,
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
            asked: Vec::new(),
            wrong: Vec::new(),
            read_only: false,
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
    /// Whether the folder was opened with SELECT.
    changes: bool,
}

/// The connection is over.
struct Over;

impl Connection {
    fn new(client: TcpStream, mail: Arc<Mutex<Mail>>) -> Self {
        Self {
            lines: BufReader::new(client),
            mail,
            open: None,
            changes: false,
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
        if word != "AUTHENTICATE" && word != "LOGIN" {
            self.mail().asked.push(command.to_owned());
        }
        let untagged = match word {
            "AUTHENTICATE" | "LOGIN" | "NOOP" => String::new(),
            "CAPABILITY" => format!("* CAPABILITY {}\r\n", self.kind().capabilities()),
            "ENABLE" => "* ENABLED QRESYNC CONDSTORE\r\n".to_owned(),
            "LIST" => self.list(),
            "STATUS" => self.status(command),
            "EXAMINE" | "SELECT" => return self.examine(tag, command),
            "UID" => return self.with_uids(tag, command),
            "APPEND" => return self.append(tag, command),
            "LOGOUT" => {
                let bye = format!("* BYE see you\r\n{tag} OK done\r\n");
                let _gone = self.say(word, bye.into_bytes(), tag);
                return Err(Over);
            }
            _ => {
                if matches!(word, "EXPUNGE" | "CLOSE" | "STORE" | "DELETE") {
                    self.mail().wrong.push(command.to_owned());
                }
                return self.say(word, format!("{tag} BAD unknown\r\n").into_bytes(), tag);
            }
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
            .map(|name| format!("* LIST () \"/\" {}\r\n", in_quotes(name)))
            .collect()
    }

    /// `STATUS folder (MAILBOXID)` or `(MESSAGES)`.
    fn status(&self, command: &str) -> String {
        let mail = self.mail();
        let name = folder_name(command.split_once(' ').map_or("", |(_, rest)| rest));
        let Some(folder) = mail.folders.get(&name) else {
            return String::new();
        };
        let items = match command.contains("(MAILBOXID)") {
            true => format!("MAILBOXID ({})", folder.id),
            false => format!("MESSAGES {}", folder.len()),
        };
        format!("* STATUS {} ({items})\r\n", in_quotes(&name))
    }

    fn examine(&mut self, tag: &str, command: &str) -> Result<(), Over> {
        let word = command.split(' ').next().unwrap_or_default();
        let name = folder_name(command.split_once(' ').map_or("", |(_, rest)| rest));
        let (told, changes) = {
            let mail = self.mail();
            let is_named = mail.kind == Kind::Able;
            let is_forbidden = matches!(mail.faults, Faults::Forbid(folder) if folder == name);
            let folder = mail.folders.get(&name).filter(|_| !is_forbidden);
            let told = folder.map(|folder| {
                let id = format!("* OK [MAILBOXID ({})] id\r\n", folder.id);
                folder.opened(command) + if is_named { &id } else { "" }
            });
            (told, word == "SELECT" && !mail.read_only)
        };
        self.changes = changes;
        let Some(told) = told else {
            self.open = None;
            let no = format!("{tag} NO no such folder\r\n");
            return self.say(word, no.into_bytes(), tag);
        };
        self.open = Some(name);
        let access = if self.changes {
            "READ-WRITE"
        } else {
            "READ-ONLY"
        };
        let answer = format!("{told}{tag} OK [{access}] open\r\n");
        self.say(word, answer.into_bytes(), tag)
    }

    /// UID STORE, UID MOVE and UID EXPUNGE.
    fn change(&mut self, tag: &str, verb: &str, rest: &str) -> Result<(), Over> {
        let open = self.open.clone().unwrap_or_default();
        let mut mail = self.mail();
        let kind = mail.kind;
        let is_named = matches!((verb, kind), ("STORE", _) | (_, Kind::Able));
        let answer = if !self.changes {
            mail.wrong
                .push(format!("{verb} in a folder that is only read"));
            format!("{tag} NO [READ-ONLY] only reading\r\n")
        } else if !is_named {
            mail.wrong.push(format!("{verb}, which was not offered"));
            format!("{tag} BAD unknown\r\n")
        } else if verb == "STORE" {
            let stored = mail
                .folders
                .get_mut(&open)
                .map(|folder| folder.store(rest, kind));
            match stored {
                Some(Ok((told, code))) => format!("{told}{tag} OK {code}stored\r\n"),
                wrong => {
                    mail.wrong.push(format!("{wrong:?}"));
                    format!("{tag} BAD no\r\n")
                }
            }
        } else {
            let (set, target) = rest.split_once(' ').unwrap_or((rest, ""));
            let target = (verb == "MOVE").then(|| folder_name(target));
            if target
                .as_ref()
                .is_some_and(|name| !mail.folders.contains_key(name))
            {
                format!("{tag} NO [TRYCREATE] no such folder\r\n")
            } else {
                let folder = mail.folders.get_mut(&open).unwrap();
                let (told, out) = folder.take_out(set, target.is_none(), kind);
                if let Some(target) = target.and_then(|name| mail.folders.get_mut(&name)) {
                    out.into_iter().for_each(|lying| target.take_in(lying));
                }
                format!("{told}{tag} OK done\r\n")
            }
        };
        drop(mail);
        self.say(verb, answer.into_bytes(), tag)
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
        if matches!(verb, "STORE" | "MOVE" | "EXPUNGE") {
            let (verb, rest) = (verb.to_owned(), rest.to_owned());
            return self.change(tag, &verb, &rest);
        }
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

/// The folder that an argument begins with, quoted or bare.
fn folder_name(argument: &str) -> String {
    let Some(quoted) = argument.strip_prefix('"') else {
        return argument.split(' ').next().unwrap_or_default().to_owned();
    };
    let mut name = String::new();
    let mut characters = quoted.chars();
    while let Some(c) = characters.next().filter(|c| *c != '"') {
        name.push(if c == '\\' {
            characters.next().unwrap_or_default()
        } else {
            c
        });
    }
    name
}

/// A name in quotes (RFC 9051 §4.3).
fn in_quotes(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}
