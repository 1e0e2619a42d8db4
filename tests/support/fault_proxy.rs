//! A line that breaks: it cuts connections after some bytes, or stands still for a while, as the dice say; or all
//! that it carries falls silent, and nobody is told.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::model_imap::Seeded;

/// How long a line stands still at most.
const LONGEST_STANDSTILL_MS: u64 = 2000;

/// The proxy; it ends with the process.
#[derive(Debug)]
pub struct FaultProxy {
    pub port: u16,
    is_calm: Arc<AtomicBool>,
    cuts: Arc<AtomicU64>,
    silences: Arc<AtomicU64>,
}

/// What is going to happen to one connection.
#[derive(Debug, Clone, Copy)]
struct Fate {
    /// Bytes from the server until it is cut.
    cut_after: Option<u64>,
    standstill: Duration,
}

impl FaultProxy {
    /// Passes everything on to `target`; one connection in `one_in` is cut, one in `one_in` stands still for a while.
    pub fn start(target: u16, seed: u64, one_in: u64) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            is_calm: Arc::default(),
            cuts: Arc::default(),
            silences: Arc::default(),
        };
        let (is_calm, cuts) = (Arc::clone(&proxy.is_calm), Arc::clone(&proxy.cuts));
        let silences = Arc::clone(&proxy.silences);
        let dice = Mutex::new(Seeded::new(seed));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let fate = Fate::by(
                    &mut dice.lock().unwrap(),
                    one_in,
                    is_calm.load(Ordering::Relaxed),
                );
                let cuts = Arc::clone(&cuts);
                let line = Line::new(&silences);
                std::thread::spawn(move || pass(client, target, fate, &cuts, &line));
            }
        });
        proxy
    }

    /// From now on new connections are left alone.
    pub fn calm_down(&self) {
        self.is_calm.store(true, Ordering::Relaxed);
    }

    /// Connections that are open stay open, and nothing that is said on them arrives; new ones are left alone.
    pub fn fall_silent(&self) {
        self.calm_down();
        self.silences.fetch_add(1, Ordering::SeqCst);
    }

    /// How many connections were cut.
    pub fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

/// What a connection knows of the silences since it was made.
#[derive(Debug, Clone)]
struct Line {
    silences: Arc<AtomicU64>,
    made_after: u64,
}

impl Line {
    fn new(silences: &Arc<AtomicU64>) -> Self {
        Self {
            silences: Arc::clone(silences),
            made_after: silences.load(Ordering::SeqCst),
        }
    }

    fn is_silent(&self) -> bool {
        self.silences.load(Ordering::SeqCst) != self.made_after
    }
}

impl Fate {
    fn by(dice: &mut Seeded, one_in: u64, is_calm: bool) -> Self {
        let mut is_hit = || !is_calm && dice.below(one_in) == 0;
        let (is_cut, stands_still) = (is_hit(), is_hit());
        Self {
            cut_after: is_cut.then(|| dice.below(6000)),
            standstill: Duration::from_millis(match stands_still {
                true => dice.below(LONGEST_STANDSTILL_MS),
                false => 0,
            }),
        }
    }
}

fn pass(client: TcpStream, target: u16, fate: Fate, cuts: &AtomicU64, line: &Line) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", target)) else {
        return;
    };
    std::thread::park_timeout(fate.standstill);
    let (up_from, up_to) = (client.try_clone(), server.try_clone());
    if let (Ok(from), Ok(to)) = (up_from, up_to) {
        let line = line.clone();
        std::thread::spawn(move || copy(from, to, None, &line));
    }
    if copy(server, client, fate.cut_after, line) {
        cuts.fetch_add(1, Ordering::Relaxed);
    }
}

/// Copies until one side ends, or until this many bytes have passed. Gives whether it cut the line.
fn copy(mut from: TcpStream, mut to: TcpStream, most: Option<u64>, line: &Line) -> bool {
    let mut left = most.unwrap_or(u64::MAX);
    let mut chunk = [0; 16 * 1024];
    while let Ok(read) = from.read(&mut chunk) {
        if line.is_silent() {
            // Not even the end of the other side comes through.
            if read == 0 {
                std::thread::park();
            }
            continue;
        }
        let now = read.min(usize::try_from(left).unwrap_or(usize::MAX));
        if read == 0 || to.write_all(&chunk[..now]).is_err() {
            break;
        }
        left -= now as u64;
        if left == 0 {
            break;
        }
    }
    // A peer that is gone already needs no word.
    let _told = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    left == 0
}
