//! A loopback proxy that stands for a line: it counts what passes, delays it without limiting how much is on its
//! way, or takes connections and never says a word.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Chunks on their way in one direction: with chunks of 64 KiB more than any receive window.
const CHUNKS_ON_THE_WAY: usize = 1024;
const CHUNK_BYTES: usize = 64 * 1024;

/// What the line is like.
#[derive(Debug, Clone, Copy)]
pub enum Line {
    /// Every byte arrives this much later; twice of it is a round trip.
    Delayed(Duration),
    /// Connections are taken and nothing ever comes back.
    Dead,
}

/// What passed since the last time it was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// How often the client spoke after the server had: the times it had to wait.
    pub flights: u64,
    pub to_server: u64,
    pub from_server: u64,
}

#[derive(Debug, Default)]
struct Counts {
    flights: AtomicU64,
    to_server: AtomicU64,
    from_server: AtomicU64,
    client_spoke_last: AtomicBool,
}

/// The proxy; it ends with its runtime.
#[derive(Debug)]
pub struct Proxy {
    pub port: u16,
    counts: Arc<Counts>,
}

impl Proxy {
    /// Listens on a free port and passes everything on to `target`.
    pub async fn start(target: u16, line: Line) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((client, _)) = listener.accept().await {
                match line {
                    Line::Dead => silent.push(client),
                    Line::Delayed(delay) => {
                        tokio::spawn(pass(client, target, delay, Arc::clone(&counted)));
                    }
                }
            }
        });
        Self { port, counts }
    }

    /// What passed since the last call.
    pub fn take(&self) -> Passed {
        let take = |count: &AtomicU64| count.swap(0, Ordering::Relaxed);
        Passed {
            flights: take(&self.counts.flights),
            to_server: take(&self.counts.to_server),
            from_server: take(&self.counts.from_server),
        }
    }
}

async fn pass(client: TcpStream, target: u16, delay: Duration, counts: Arc<Counts>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else {
        return;
    };
    for end in [&client, &server] {
        end.set_nodelay(true).unwrap();
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let up = Arc::clone(&counts);
    tokio::spawn(one_way(from_client, to_server, delay, move |bytes| {
        if !up.client_spoke_last.swap(true, Ordering::Relaxed) {
            up.flights.fetch_add(1, Ordering::Relaxed);
        }
        up.to_server.fetch_add(bytes, Ordering::Relaxed);
    }));
    tokio::spawn(one_way(from_server, to_client, delay, move |bytes| {
        counts.client_spoke_last.store(false, Ordering::Relaxed);
        counts.from_server.fetch_add(bytes, Ordering::Relaxed);
    }));
}

async fn one_way(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    delay: Duration,
    count: impl Fn(u64) + Send,
) {
    let (put, mut get) = mpsc::channel::<(Instant, Vec<u8>)>(CHUNKS_ON_THE_WAY);
    let reading = async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        while let Ok(length) = from.read(&mut chunk).await {
            if length == 0 {
                return;
            }
            count(length as u64);
            if put
                .send((Instant::now() + delay, chunk[..length].to_vec()))
                .await
                .is_err()
            {
                return;
            }
        }
    };
    let writing = async move {
        while let Some((due, chunk)) = get.recv().await {
            if !delay.is_zero() {
                sleep_until(due).await;
            }
            if to.write_all(&chunk).await.is_err() {
                return;
            }
        }
        // The other side learns that nothing more comes; a peer that is gone already needs no word.
        let _ = to.shutdown().await;
    };
    tokio::join!(reading, writing);
}
