//! A name server with the records a story gives it, over UDP and TCP, that notes what it was asked.
//!
//! ```ignore
//! let dns = FakeDns::start(&[
//!     ("acme.test", "MX", "10 mx.acme.test"),
//!     ("_imaps._tcp.acme.test", "SRV", "0 1 993 imap.acme.test"),
//!     ("acme.test", "TXT", "v=spf1 -all"),
//!     ("broken.test", "SERVFAIL", ""),
//!     ("silent.test", "SILENCE", ""),
//! ]);
//! let resolver = Dns::at(dns.address());
//! ```
//! `SERVFAIL` and `SILENCE` stand for every question about the name. A name without records of its own or below it
//! does not exist. Long TXT records come in several strings, and what is too long for UDP comes by TCP.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, MX, SRV, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

const TTL: u32 = 60;
/// What fits into a packet where nothing else was agreed (RFC 1035 §4.2.1).
const LARGEST_PACKET: usize = 512;

pub struct FakeDns {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    closing: Arc<AtomicBool>,
}

struct Zone {
    records: Vec<(Name, RData)>,
    failing: Vec<Name>,
    silent: Vec<Name>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl FakeDns {
    pub fn start(records: &[(&str, &str, &str)]) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let closing = Arc::new(AtomicBool::new(false));
        let zone = Arc::new(Zone::read(records, Arc::clone(&asked)));
        let (packets, streams) = sockets();
        let address = packets.local_addr().unwrap();
        let (by_packet, ends) = (Arc::clone(&zone), Arc::clone(&closing));
        std::thread::spawn(move || answer_packets(&packets, &by_packet, &ends));
        let ends = Arc::clone(&closing);
        std::thread::spawn(move || {
            for stream in streams.incoming() {
                if ends.load(Ordering::Relaxed) {
                    return;
                }
                let zone = Arc::clone(&zone);
                std::thread::spawn(move || answer_stream(stream.unwrap(), &zone));
            }
        });
        Self {
            address,
            asked,
            closing,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every question so far, as `acme.test MX`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for FakeDns {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        // Each wakes one of the threads, so that it sees the end.
        let _ = UdpSocket::bind("127.0.0.1:0").map(|socket| socket.send_to(&[], self.address));
        let _ = TcpStream::connect(self.address);
    }
}

/// A port that is free for both.
fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let streams = TcpListener::bind("127.0.0.1:0").unwrap();
        if let Ok(packets) = UdpSocket::bind(streams.local_addr().unwrap()) {
            return (packets, streams);
        }
    }
}

fn answer_packets(packets: &UdpSocket, zone: &Zone, closing: &AtomicBool) {
    let mut buffer = [0; 4096];
    loop {
        let (length, from) = packets.recv_from(&mut buffer).unwrap();
        if closing.load(Ordering::Relaxed) {
            return;
        }
        let Some(answer) = zone.answer(&buffer[..length]) else {
            continue;
        };
        let mut bytes = answer.to_vec().unwrap();
        if bytes.len() > LARGEST_PACKET {
            let mut short = answer.truncate();
            short.metadata.truncation = true;
            bytes = short.to_vec().unwrap();
        }
        packets.send_to(&bytes, from).unwrap();
    }
}

/// Each question has its length before it (RFC 1035 §4.2.2).
fn answer_stream(mut stream: TcpStream, zone: &Zone) {
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut length = [0; 2];
    while stream.read_exact(&mut length).is_ok() {
        let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
        if stream.read_exact(&mut question).is_err() {
            return;
        }
        if let Some(answer) = zone.answer(&question) {
            let bytes = answer.to_vec().unwrap();
            let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
            if stream.write_all(&[&length[..], &bytes].concat()).is_err() {
                return;
            }
        }
    }
}

impl Zone {
    fn read(records: &[(&str, &str, &str)], asked: Arc<Mutex<Vec<String>>>) -> Self {
        let mut zone = Self {
            records: Vec::new(),
            failing: Vec::new(),
            silent: Vec::new(),
            asked,
        };
        for (at, kind, value) in records {
            let at = name(at);
            match *kind {
                "SERVFAIL" => zone.failing.push(at),
                "SILENCE" => zone.silent.push(at),
                kind => zone.records.push((at, data(kind, value))),
            }
        }
        zone
    }

    /// `None` where nothing is said.
    fn answer(&self, question: &[u8]) -> Option<Message> {
        let question = Message::from_vec(question).ok()?;
        let query = question.queries.first()?.clone();
        let (at, kind) = (query.name().to_lowercase(), query.query_type());
        let asked = at.to_ascii();
        self.asked
            .lock()
            .unwrap()
            .push(format!("{} {kind}", asked.trim_end_matches('.')));
        if self.silent.contains(&at) {
            return None;
        }
        let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
        answer.metadata.recursion_desired = true;
        answer.metadata.recursion_available = true;
        answer.add_query(query);
        if self.failing.contains(&at) {
            answer.metadata.response_code = ResponseCode::ServFail;
        } else if !self.records.iter().any(|(name, _)| at.zone_of(name)) {
            answer.metadata.response_code = ResponseCode::NXDomain;
        } else {
            answer.add_answers(self.found(&at, kind));
        }
        Some(answer)
    }

    /// The records of a name, with those that an alias leads to.
    fn found(&self, at: &Name, kind: RecordType) -> Vec<Record> {
        let mut found = Vec::new();
        for (name, data) in &self.records {
            if name != at {
                continue;
            }
            if data.record_type() == kind {
                found.push(Record::from_rdata(name.clone(), TTL, data.clone()));
            } else if let RData::CNAME(CNAME(target)) = data {
                found.push(Record::from_rdata(name.clone(), TTL, data.clone()));
                found.extend(self.found(target, kind));
            }
        }
        found
    }
}

fn name(text: &str) -> Name {
    let mut name = Name::from_ascii(text).unwrap();
    name.set_fqdn(true);
    name.to_lowercase()
}

fn data(kind: &str, value: &str) -> RData {
    let words: Vec<&str> = value.split_whitespace().collect();
    let number = |at: usize| words[at].parse::<u16>().unwrap();
    match kind {
        "A" => RData::A(A(value.parse().unwrap())),
        "AAAA" => RData::AAAA(AAAA(value.parse().unwrap())),
        "CNAME" => RData::CNAME(CNAME(name(value))),
        "MX" => RData::MX(MX::new(number(0), name(words[1]))),
        "SRV" => RData::SRV(SRV::new(number(0), number(1), number(2), name(words[3]))),
        "TXT" => RData::TXT(TXT::from_bytes(value.as_bytes().chunks(255).collect())),
        _ => panic!("records of type {kind} are not known here"),
    }
}
