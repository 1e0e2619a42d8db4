//! A folder of the server: mails by UID, what was changed when, and the answers about them.

use std::collections::BTreeSet;

use super::faults::Spoiled;

#[derive(Debug)]
pub(super) struct Stored {
    pub(super) uid: u32,
    pub(super) raw: Vec<u8>,
    /// The size that the server says it has.
    pub(super) claimed: usize,
    pub(super) flags: BTreeSet<String>,
    pub(super) modseq: u64,
    /// When it arrived, by the server's clock.
    pub(super) arrived: jiff::Timestamp,
}

#[derive(Debug)]
pub struct Folder {
    /// What stays whatever the folder is called (RFC 8474).
    pub id: String,
    /// How far the server's clock is ahead of this machine's.
    pub clock_ahead: jiff::SignedDuration,
    uidvalidity: u32,
    uidnext: u32,
    pub(super) modseq: u64,
    pub(super) mails: Vec<Stored>,
    /// UIDs that are gone, and when they went.
    gone: Vec<(u32, u64)>,
}

impl Folder {
    pub(super) fn new(uidvalidity: u32) -> Self {
        Self {
            id: format!("F{uidvalidity}"),
            clock_ahead: jiff::SignedDuration::ZERO,
            uidvalidity,
            uidnext: 1,
            modseq: 1,
            mails: Vec::new(),
            gone: Vec::new(),
        }
    }

    pub fn add(&mut self, raw: Vec<u8>) -> u32 {
        let size = raw.len();
        self.add_claiming(raw, size)
    }

    /// A mail of which the server says another size than it has.
    pub fn add_claiming(&mut self, raw: Vec<u8>, claimed: usize) -> u32 {
        let uid = self.uidnext;
        self.uidnext += 1;
        self.modseq += 1;
        self.mails.push(Stored {
            uid,
            raw,
            claimed,
            flags: BTreeSet::new(),
            modseq: self.modseq,
            arrived: jiff::Timestamp::now() + self.clock_ahead,
        });
        uid
    }

    pub fn len(&self) -> usize {
        self.mails.len()
    }

    /// The raw mails that are here.
    pub fn raw(&self) -> impl Iterator<Item = &[u8]> {
        self.mails.iter().map(|mail| &*mail.raw)
    }

    /// Takes the mail at this place away and gives it.
    pub fn remove(&mut self, place: usize) -> Vec<u8> {
        self.modseq += 1;
        let removed = self.mails.remove(place);
        self.gone.push((removed.uid, self.modseq));
        removed.raw
    }

    /// Gives the number of the mail at this place to another mail.
    pub fn swap(&mut self, place: usize, raw: Vec<u8>) {
        self.mails[place].raw = raw;
    }

    /// Another client has read it.
    pub fn mark_seen(&mut self, place: usize) {
        self.flag(place, "\\Seen", true);
    }

    /// The server was restored or its index rebuilt: everything has a new number (RFC 9051 §2.3.1.1).
    pub fn number_anew(&mut self) {
        self.uidvalidity += 1;
        self.gone.clear();
        self.modseq += 1;
        for (mail, uid) in self.mails.iter_mut().zip(1..) {
            mail.uid = uid;
            mail.modseq = self.modseq;
        }
        self.uidnext = u32::try_from(self.mails.len()).unwrap() + 1;
    }

    /// The answer to EXAMINE, with what changed where QRESYNC asks for it (RFC 7162 §3.2.5).
    pub(super) fn opened(&self, command: &str) -> String {
        let mut told = format!(
            "* {} EXISTS\r\n* OK [UIDVALIDITY {}] valid\r\n* OK [UIDNEXT {}] next\r\n",
            self.mails.len(),
            self.uidvalidity,
            self.uidnext
        );
        if !command.contains("(CONDSTORE)") && !command.contains("QRESYNC") {
            return told;
        }
        told.push_str(&format!("* OK [HIGHESTMODSEQ {}] highest\r\n", self.modseq));
        let known = command.split_once("(QRESYNC (").map(|(_, known)| known);
        let mut numbers = known.unwrap_or_default().split(' ').map(str::parse::<u64>);
        if let (Some(Ok(validity)), Some(Ok(modseq))) = (numbers.next(), numbers.next())
            && validity == u64::from(self.uidvalidity)
        {
            for (uid, _) in self.gone.iter().filter(|(_, when)| *when > modseq) {
                told.push_str(&format!("* VANISHED (EARLIER) {uid}\r\n"));
            }
            for (place, mail) in self.since(modseq) {
                told.push_str(&mail.flags(place));
            }
        }
        told
    }

    fn since(&self, modseq: u64) -> impl Iterator<Item = (usize, &Stored)> {
        let numbered = self.mails.iter().enumerate();
        numbered.filter(move |(_, mail)| mail.modseq > modseq)
    }

    /// `[RETURN (ALL) ]UID first:last …` and `HEADER Message-ID id`, `LARGER bytes`; other keys match everything.
    pub(super) fn search(&self, rest: &str, tag: &str) -> String {
        let set = rest.split_once("UID ").map_or("1:*", |(_, set)| set);
        let set = set.split(' ').next().unwrap_or_default();
        let id = rest.split_once("HEADER Message-ID ");
        let id = id.map(|(_, id)| id.split(' ').next().unwrap_or_default().trim_matches('"'));
        let has_id = |mail: &Stored| {
            id.is_none_or(|id| {
                let raw = &mail.raw;
                raw.windows(id.len()).any(|part| part == id.as_bytes())
            })
        };
        let larger = rest.split_once("LARGER ");
        let larger: Option<usize> = larger.map(|(_, bytes)| {
            let bytes = bytes.split(' ').next().unwrap_or_default();
            bytes.parse().unwrap()
        });
        let is_larger = |mail: &Stored| larger.is_none_or(|bytes| mail.claimed > bytes);
        let found: Vec<String> = self
            .within(set)
            .filter(|(_, mail)| has_id(mail) && is_larger(mail))
            .map(|(_, mail)| mail.uid.to_string())
            .collect();
        if !rest.starts_with("RETURN") {
            let found: String = found.iter().map(|uid| format!(" {uid}")).collect();
            return format!("* SEARCH{found}\r\n");
        }
        let all = match found.is_empty() {
            true => String::new(),
            false => format!(" ALL {}", found.join(",")),
        };
        format!("* ESEARCH (TAG \"{tag}\") UID{all}\r\n")
    }

    pub(super) fn fetch(&self, rest: &str, spoiled: Option<Spoiled>) -> Vec<u8> {
        let (set, items) = rest.split_once(' ').unwrap_or((rest, ""));
        let since = items
            .split_once("CHANGEDSINCE ")
            .map(|(_, since)| since.trim_end_matches(')'));
        let since: u64 = since.map_or(0, |since| since.parse().unwrap());
        let mut answer = Vec::new();
        for (nth, (place, mail)) in self
            .within(set)
            .filter(|(_, mail)| mail.modseq > since)
            .enumerate()
        {
            if spoiled == Some(Spoiled::LeftOut(nth)) {
                continue;
            }
            let body: Option<&[u8]> = if items.contains("BODY.PEEK[HEADER]") {
                Some(mail.header())
            } else {
                items.contains("BODY.PEEK[]").then_some(&mail.raw)
            };
            if let Some((from, length)) = piece(items) {
                answer.extend_from_slice(&mail.piece(place, from, length));
                continue;
            }
            let Some(body) = body else {
                answer.extend_from_slice(mail.line(place, items).as_bytes());
                continue;
            };
            let part = if items.contains("HEADER") {
                "HEADER"
            } else {
                ""
            };
            let start = mail.start(place);
            if spoiled == Some(Spoiled::Nil(nth)) {
                answer.extend_from_slice(format!("{start} BODY[{part}] NIL)\r\n").as_bytes());
                continue;
            }
            answer.extend_from_slice(
                format!("{start} BODY[{part}] {{{}}}\r\n", body.len()).as_bytes(),
            );
            answer.extend_from_slice(body);
            answer.extend_from_slice(b")\r\n");
        }
        answer
    }

    /// The mails of a set such as `1,4:6,9:*`, with their places.
    pub(super) fn within<'a>(&'a self, set: &'a str) -> impl Iterator<Item = (usize, &'a Stored)> {
        let is_in = |uid: u32| {
            set.split(',').any(|range| {
                let (first, last) = range.split_once(':').unwrap_or((range, range));
                let end = last.parse().unwrap_or(u32::MAX);
                first
                    .parse()
                    .is_ok_and(|first: u32| first <= uid && uid <= end)
            })
        };
        self.mails
            .iter()
            .enumerate()
            .filter(move |(_, mail)| is_in(mail.uid))
    }
}

/// What `BODY.PEEK[]<1048576.1048576>` asks for: from where on, and how much.
fn piece(items: &str) -> Option<(usize, usize)> {
    let (_, rest) = items.split_once("BODY.PEEK[]<")?;
    let (from, length) = rest.split_once('>')?.0.split_once('.')?;
    Some((from.parse().unwrap(), length.parse().unwrap()))
}

impl Stored {
    fn piece(&self, place: usize, from: usize, length: usize) -> Vec<u8> {
        let from = from.min(self.raw.len());
        let bytes = &self.raw[from..(from + length).min(self.raw.len())];
        let start = self.start(place);
        let mut answer = format!("{start} BODY[]<{from}> {{{}}}\r\n", bytes.len()).into_bytes();
        answer.extend_from_slice(bytes);
        answer.extend_from_slice(b")\r\n");
        answer
    }

    fn flag_words(&self) -> String {
        let flags: Vec<&str> = self.flags.iter().map(String::as_str).collect();
        flags.join(" ")
    }

    fn flags(&self, place: usize) -> String {
        format!(
            "* {} FETCH (UID {} MODSEQ ({}) FLAGS ({}))\r\n",
            place + 1,
            self.uid,
            self.modseq,
            self.flag_words()
        )
    }

    fn line(&self, place: usize, items: &str) -> String {
        if items.contains("RFC822.SIZE") {
            format!(
                "* {} FETCH (UID {} RFC822.SIZE {} INTERNALDATE \"{}\")\r\n",
                place + 1,
                self.uid,
                self.claimed,
                self.date()
            )
        } else {
            self.flags(place)
        }
    }

    fn start(&self, place: usize) -> String {
        format!(
            "* {} FETCH (UID {} RFC822.SIZE {} INTERNALDATE \"{}\" FLAGS ({})",
            place + 1,
            self.uid,
            self.claimed,
            self.date(),
            self.flag_words()
        )
    }

    fn date(&self) -> String {
        let arrived = self.arrived.strftime("%d-%b-%Y %H:%M:%S +0000");
        arrived.to_string()
    }

    fn header(&self) -> &[u8] {
        let end = self.raw.windows(4).position(|part| part == b"\r\n\r\n");
        end.and_then(|end| self.raw.get(..end + 4))
            .unwrap_or(&self.raw)
    }
}
