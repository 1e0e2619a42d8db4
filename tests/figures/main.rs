//! Ticketty beside its peers, in one run on one machine: prints one table. `tests/bench` runs it.
//!
//! The servers and peers are real, the mails are made and the same for all, and nothing is left behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk;
mod engine;
#[path = "../support/generate.rs"]
#[allow(dead_code)]
mod generate;
mod load;
mod mails;
mod ours;
mod peers;
#[path = "../support/proxy.rs"]
mod proxy;
mod receiving;
mod searching;
#[path = "../support"]
#[allow(dead_code)]
mod support {
    pub mod authority;
    pub mod dovecot;
}
mod table;
mod terminal;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Parser, ValueEnum};
use ticketty::domain::mailbox::Security;
use tokio::runtime::Runtime;

use table::Table;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// First sync, resync
    Sync,
    /// Start, keys, bytes, memory, a dead server
    Desk,
    Search,
    /// A million messages, and a burst of mail; only when it is asked for, for it takes half an hour
    Load,
    /// The engine alone in this process, for a profiler; never part of a whole run
    Engine,
}

/// Measures Ticketty beside mbsync, notmuch, neomutt and aerc.
#[derive(Debug, Parser)]
#[command(name = "tests/bench")]
struct Options {
    /// 2,000 mails instead of 10,000 and 50,000, and a search over 4,000
    #[arg(long)]
    quick: bool,
    /// Only these parts [default: all]
    #[arg(long, value_delimiter = ',')]
    part: Vec<Part>,
    /// How many mails
    #[arg(long, value_delimiter = ',', value_name = "N")]
    mails: Vec<usize>,
    /// How many messages are searched
    #[arg(long, value_name = "N")]
    search_in: Option<u32>,
    /// How many messages are stored for the load
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    load: u32,
    /// How long mail comes in a burst of 200 a second
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    burst: u64,
    /// Only with the data in /dev/shm
    #[arg(long, conflicts_with = "disk")]
    tmpfs: bool,
    /// Only with the data on the disk under TMPDIR
    #[arg(long)]
    disk: bool,
    /// Cargo says this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    fn wants(&self, part: Part) -> bool {
        self.part.contains(&part)
            || (self.part.is_empty() && !matches!(part, Part::Engine | Part::Load))
    }

    fn sizes(&self) -> Vec<usize> {
        match (self.mails.is_empty(), self.quick) {
            (false, _) => self.mails.clone(),
            (true, true) => vec![2_000],
            (true, false) => vec![10_000, 50_000],
        }
    }

    fn media(&self) -> Vec<(&'static str, PathBuf)> {
        let disk = ("disk", std::env::temp_dir());
        let tmpfs = ("tmpfs", PathBuf::from("/dev/shm"));
        match (self.disk, self.tmpfs) {
            (true, _) => vec![disk],
            (_, true) => vec![tmpfs],
            _ => vec![disk, tmpfs],
        }
    }
}

fn main() {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut table = Table::default();
    if options.wants(Part::Engine) {
        for count in options.sizes() {
            engine_alone(&runtime, &options.media()[0].1, count);
        }
    }
    for (name, medium) in options.media() {
        mailboxes(&runtime, &mut table, &options, (name, &medium));
    }
    if options.wants(Part::Search) {
        let messages = options
            .search_in
            .unwrap_or(if options.quick { 4_000 } else { 100_000 });
        let media = options.media();
        let (_, medium) = media.last().unwrap();
        searching::measure(&mut table, medium, messages);
    }
    if options.wants(Part::Load) {
        let load = load::Load {
            messages: options.load,
            burst: Duration::from_secs(options.burst),
            mails_a_second: 200,
        };
        load::measure(&mut table, &options.media()[0].1, load);
    }
    println!("{}", machine());
    table.print();
}

/// Sync for every size; the desk on the largest of the last medium.
fn mailboxes(runtime: &Runtime, table: &mut Table, options: &Options, medium: (&str, &Path)) {
    let (sizes, media) = (options.sizes(), options.media());
    let largest = sizes.iter().copied().max().unwrap_or_default();
    let smallest = sizes.iter().copied().min().unwrap_or_default();
    let desk_here =
        options.wants(Part::Desk) && media.last().is_some_and(|(name, _)| *name == medium.0);
    for count in sizes {
        let wanted = options.wants(Part::Sync) || (desk_here && count == largest);
        if !wanted {
            continue;
        }
        let (server, home, peer) =
            receiving::measure(runtime, table, medium, count, count == smallest);
        if desk_here && count == largest {
            let rest = Duration::from_secs(if options.quick { 5 } else { 20 });
            desk::at_rest(table, &home, &peer, count, rest);
            desk::while_syncing(table, medium.1, &server, count);
            desk::with_a_dead_server(runtime, table, &home, server.plain_port);
        }
    }
}

fn engine_alone(runtime: &Runtime, medium: &Path, count: usize) {
    let server = receiving::server(medium, count);
    for _ in 0..3 {
        let dir = tempfile::tempdir_in(medium).unwrap();
        let endpoint = server.endpoint(Security::None);
        let spent = runtime.block_on(engine::first_sync(dir.path(), endpoint, count as u64));
        println!("the engine alone, {count} mails: {}", table::seconds(spent));
    }
}

/// On what machine, and how busy it was.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!("{cores} processors, load {load} at the end\n")
}
