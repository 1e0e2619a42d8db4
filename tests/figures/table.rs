//! The one table. Each row is shown when it is measured, and all of them at the end.

use std::time::Duration;

#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 5]>,
}

const HEAD: [&str; 5] = ["figure", "Ticketty", "peers", "ratio", "aim"];

impl Table {
    pub fn row(&mut self, figure: &str, ours: String, peers: String, ratio: String, aim: &str) {
        eprintln!("  {figure}: {ours} | {peers} | {ratio}");
        self.rows
            .push([figure.to_owned(), ours, peers, ratio, aim.to_owned()]);
    }

    /// As Markdown, so that it can be pasted as it is.
    pub fn print(&self) {
        let mut widths = HEAD.map(str::len);
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |cells: Vec<String>| {
            let padded: Vec<String> = cells
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            println!("| {} |", padded.join(" | "));
        };
        line(HEAD.map(str::to_owned).to_vec());
        line(widths.map(|width| "-".repeat(width)).to_vec());
        for row in &self.rows {
            line(row.to_vec());
        }
    }
}

pub fn seconds(spent: Duration) -> String {
    format!("{:.2} s", spent.as_secs_f64())
}

pub fn millis(spent: Duration) -> String {
    let spent = spent.as_secs_f64() * 1000.0;
    if spent < 10.0 {
        format!("{spent:.1} ms")
    } else {
        format!("{spent:.0} ms")
    }
}

/// How much of a peer's time ours is: below 1 is faster.
pub fn ratio(ours: Duration, peer: Duration) -> String {
    format!("{:.2}", ours.as_secs_f64() / peer.as_secs_f64().max(1e-9))
}

/// The value that so many of a hundred do not exceed.
pub fn percentile(of: &[Duration], percent: usize) -> Duration {
    let mut sorted = of.to_vec();
    sorted.sort();
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}
