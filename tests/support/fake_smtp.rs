//! A scripted SMTP server for the faults that real servers do not make.
//!
//! Every place of the dialogue has an [`Act`]; what is not scripted is answered as a friendly server would. It
//! records every command and what arrived after DATA, and tells a whole mail (with its dot) from a torn one.
//!
//! ```ignore
//! let server = FakeSmtp::start(Script::new().at(Place::Dot, Act::Cut));
//! // … send to 127.0.0.1:server.port() …
//! server.wait("the torn mail", |seen| !seen.torn.is_empty());
//! assert!(server.seen().whole.is_empty());
//! ```

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// How long a wait in a test may take before it fails with its label.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where in the dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    Greeting,
    Ehlo,
    Starttls,
    /// The command AUTH.
    Auth,
    /// The line after the n-th 334, counted from 0.
    AuthLine(usize),
    Mail,
    /// The n-th RCPT of a mail, counted from 0.
    Rcpt(usize),
    Data,
    /// When the first content has arrived, before the dot.
    Content,
    Dot,
    Rset,
}

/// What the server does there.
#[derive(Debug, Clone)]
pub enum Act {
    /// Says these lines; CRLF is added at the end.
    Say(String),
    /// Says these bytes and nothing more.
    Bytes(Vec<u8>),
    /// Says it one byte at a time, with this pause.
    Drip(String, Duration),
    /// Says these lines and closes.
    SayAndCut(String),
    /// Says nothing until the client hangs up.
    Stall,
    /// Closes.
    Cut,
    /// Closes with a TCP reset.
    Reset,
}

impl Act {
    pub fn say(words: &str) -> Self {
        Self::Say(words.to_owned())
    }

    /// Whether it says no in the words of the protocol.
    fn is_refusal(&self) -> bool {
        match self {
            Self::Say(words) | Self::SayAndCut(words) | Self::Drip(words, _) => {
                words.starts_with(['4', '5'])
            }
            _ => false,
        }
    }
}

/// What happens where.
#[derive(Debug, Clone)]
pub struct Script {
    acts: HashMap<Place, Act>,
    offers: Vec<String>,
}

impl Script {
    /// A friendly server that offers PIPELINING, SIZE, 8BITMIME and AUTH PLAIN LOGIN.
    pub fn new() -> Self {
        Self {
            acts: HashMap::new(),
            offers: [
                "PIPELINING",
                "SIZE 10000000",
                "8BITMIME",
                "AUTH PLAIN LOGIN",
            ]
            .map(str::to_owned)
            .to_vec(),
        }
    }

    pub fn at(mut self, place: Place, act: Act) -> Self {
        self.acts.insert(place, act);
        self
    }

    /// Offers exactly these extensions.
    pub fn offering(mut self, offers: &[&str]) -> Self {
        self.offers = offers.iter().map(|offer| (*offer).to_owned()).collect();
        self
    }

    fn act(&self, place: Place) -> Act {
        if let Some(act) = self.acts.get(&place) {
            return act.clone();
        }
        Act::Say(match place {
            Place::Greeting => "220 fake.test ESMTP".to_owned(),
            Place::Ehlo => {
                let mut lines = vec!["fake.test".to_owned()];
                lines.extend(self.offers.iter().cloned());
                let last = lines.len() - 1;
                let reply: Vec<String> = lines
                    .iter()
                    .enumerate()
                    .map(|(i, line)| format!("250{}{line}", if i == last { ' ' } else { '-' }))
                    .collect();
                reply.join("\r\n")
            }
            Place::Starttls => "220 go ahead".to_owned(),
            Place::Auth | Place::AuthLine(_) => "235 welcome".to_owned(),
            Place::Data => "354 end with a dot".to_owned(),
            Place::Content => return Act::Bytes(Vec::new()),
            Place::Dot => "250 2.0.0 queued as FAKE1".to_owned(),
            Place::Mail | Place::Rcpt(_) | Place::Rset => "250 ok".to_owned(),
        })
    }
}

/// What the server has seen so far, over all connections.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub connections: usize,
    pub hangups: usize,
    pub commands: Vec<String>,
    /// Places whose act is done and after which the connection went on.
    pub done: Vec<Place>,
    /// Mails that ended with their dot, as on the wire, without the final CRLF.CRLF.
    pub whole: Vec<Vec<u8>>,
    /// Content of mails that did not end with a dot.
    pub torn: Vec<Vec<u8>>,
    /// Whole mails that the server did not refuse after their dot, whether its answer arrived or not.
    pub accepted: Vec<Accepted>,
}

/// A mail that a server has taken charge of.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The addresses of the RCPT commands that were answered with yes.
    pub to: Vec<String>,
    pub mail: Vec<u8>,
}

#[derive(Debug)]
struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
    /// What the next connection gets.
    script: Mutex<Script>,
}

impl Shared {
    fn new(script: Script) -> Self {
        Self {
            seen: Mutex::default(),
            changed: Condvar::new(),
            script: Mutex::new(script),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
}

/// A running fake server on a loopback port. Its threads end with their connections.
#[derive(Debug)]
pub struct FakeSmtp {
    port: u16,
    shared: Arc<Shared>,
}

impl FakeSmtp {
    pub fn start(script: Script) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::new(script));
        let for_threads = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&for_threads);
                let script = shared.script.lock().unwrap().clone();
                shared.note(|seen| seen.connections += 1);
                std::thread::spawn(move || {
                    stream.set_read_timeout(Some(PATIENCE)).unwrap();
                    Dialogue::new(stream, script, &shared).run();
                    shared.note(|seen| seen.hangups += 1);
                });
            }
        });
        Self { port, shared }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// What connections get from now on.
    pub fn play(&self, script: Script) {
        *self.shared.script.lock().unwrap() = script;
    }

    pub fn seen(&self) -> Seen {
        self.shared.lock().clone()
    }

    /// Waits until the record is as asked; fails with the label after 20 s.
    pub fn wait(&self, label: &str, is_so: impl Fn(&Seen) -> bool) -> Seen {
        let end = Instant::now() + PATIENCE;
        let mut seen = self.shared.lock();
        while !is_so(&seen) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for {label}: {seen:?}");
            seen = self.shared.changed.wait_timeout(seen, left).unwrap().0;
        }
        seen.clone()
    }
}

/// The connection goes on, or it is over.
type Goes = Option<()>;

struct Dialogue<'a> {
    reader: BufReader<TcpStream>,
    script: Script,
    shared: &'a Shared,
    /// Of the mail that is being handed over.
    recipients: Vec<String>,
}

impl<'a> Dialogue<'a> {
    fn new(stream: TcpStream, script: Script, shared: &'a Shared) -> Self {
        Self {
            reader: BufReader::new(stream),
            script,
            shared,
            recipients: Vec::new(),
        }
    }

    fn run(mut self) -> Goes {
        self.perform(Place::Greeting)?;
        let mut recipients = 0;
        loop {
            let line = self.line()?;
            self.shared.note(|seen| seen.commands.push(line.clone()));
            let verb = line.split([' ', ':']).next().unwrap_or("").to_uppercase();
            match verb.as_str() {
                "EHLO" => self.perform(Place::Ehlo)?,
                "STARTTLS" => self.perform(Place::Starttls)?,
                "AUTH" => self.sign_in()?,
                "MAIL" => {
                    recipients = 0;
                    self.recipients.clear();
                    self.perform(Place::Mail)?;
                }
                "RCPT" => {
                    self.take_recipient(recipients, &line)?;
                    recipients += 1;
                }
                "DATA" => self.take_mail()?,
                "RSET" => self.perform(Place::Rset)?,
                "QUIT" => {
                    self.say(b"221 bye\r\n")?;
                    return None;
                }
                _ => self.say(b"250 ok\r\n")?,
            }
        }
    }

    fn take_recipient(&mut self, place: usize, line: &str) -> Goes {
        let place = Place::Rcpt(place);
        if !self.script.act(place).is_refusal() {
            let address = line.split(['<', '>']).nth(1).unwrap_or_default();
            self.recipients.push(address.to_owned());
        }
        self.perform(place)
    }

    fn sign_in(&mut self) -> Goes {
        let mut place = Place::Auth;
        for count in 0.. {
            let act = self.script.act(place);
            self.perform(place)?;
            if !matches!(act, Act::Say(words) if words.starts_with("334")) {
                break;
            }
            let line = self.line()?;
            self.shared.note(|seen| seen.commands.push(line));
            place = Place::AuthLine(count);
        }
        Some(())
    }

    fn take_mail(&mut self) -> Goes {
        let go_ahead =
            matches!(self.script.act(Place::Data), Act::Say(words) if words.starts_with("354"));
        self.perform(Place::Data)?;
        if !go_ahead {
            return Some(());
        }
        let mut mail = b"\r\n".to_vec();
        let mut content_came = false;
        let whole = loop {
            if mail.ends_with(b"\r\n.\r\n") {
                break true;
            }
            let mut byte = [0];
            match self.reader.read(&mut byte) {
                Ok(1) => mail.push(byte[0]),
                _ => break false,
            }
            if !content_came {
                content_came = true;
                if self.perform(Place::Content).is_none() {
                    break false;
                }
            }
        };
        mail.drain(..2);
        if !whole {
            self.shared.note(|seen| seen.torn.push(mail));
            return None;
        }
        mail.truncate(mail.len().saturating_sub(5));
        let accepted = Accepted {
            to: self.recipients.clone(),
            mail: mail.clone(),
        };
        // An answer that came before the dot is the answer: nothing more is said then.
        let is_refused_early = self.script.act(Place::Content).is_refusal();
        let is_accepted = !is_refused_early && !self.script.act(Place::Dot).is_refusal();
        self.shared.note(|seen| {
            seen.whole.push(mail);
            if is_accepted {
                seen.accepted.push(accepted);
            }
        });
        if is_refused_early {
            return Some(());
        }
        self.perform(Place::Dot)
    }

    fn perform(&mut self, place: Place) -> Goes {
        self.act_out(place)?;
        self.shared.note(|seen| seen.done.push(place));
        Some(())
    }

    fn act_out(&mut self, place: Place) -> Goes {
        match self.script.act(place) {
            Act::Say(words) => self.say(format!("{words}\r\n").as_bytes()),
            Act::Bytes(bytes) => self.say(&bytes),
            Act::SayAndCut(words) => {
                self.say(format!("{words}\r\n").as_bytes())?;
                None
            }
            Act::Drip(words, pause) => {
                for byte in format!("{words}\r\n").bytes() {
                    self.say(&[byte])?;
                    let record = self.shared.lock();
                    drop(self.shared.changed.wait_timeout(record, pause).unwrap());
                }
                Some(())
            }
            Act::Stall => {
                let _end = std::io::copy(&mut self.reader, &mut std::io::sink());
                None
            }
            Act::Cut => None,
            Act::Reset => {
                let stream = self.reader.get_ref();
                rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO)).unwrap();
                None
            }
        }
    }

    fn say(&mut self, bytes: &[u8]) -> Goes {
        self.reader.get_mut().write_all(bytes).ok()
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        match self.reader.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(String::from_utf8_lossy(&line).trim_end().to_owned()),
        }
    }
}
