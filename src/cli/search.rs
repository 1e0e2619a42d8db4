//! `ticketty search`: messages, best first.

use clap::Args;

use super::{Client, Outcome, Output, client::unexpected, shapes};
use crate::bridge::{Look, Report, SearchHit, Seen};

#[derive(Debug, Args)]
pub struct SearchArgs {
    /// Words, "phrases" and conditions such as from:anna has:attachment
    #[arg(required = true)]
    query: Vec<String>,
    /// At most this many messages
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

pub(super) async fn run(arguments: SearchArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let look = Look::Search {
        query: arguments.query.join(" "),
        limit: arguments.limit,
    };
    let hits = match client.look(look).await? {
        Seen::Hits(hits) => hits,
        other => return Err(unexpected(&Report::Look(other))),
    };
    let shapes: Vec<_> = hits.iter().map(shapes::hit).collect();
    let styled = out.styled;
    out.answer(&shapes, || {
        if hits.is_empty() {
            return "Nothing found.\n".into();
        }
        hits.iter().map(|hit| text(hit, styled)).collect()
    })
}

fn text(hit: &SearchHit, styled: bool) -> String {
    let snippet = if styled {
        hit.snippet
            .as_str()
            .replace(shapes::MATCH_MARKS[0], "\u{1b}[1m")
            .replace(shapes::MATCH_MARKS[1], "\u{1b}[22m")
    } else {
        shapes::unmarked(hit.snippet.as_str())
    };
    let snippet = snippet.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("#{}  {}\n    {snippet}\n", hit.ticket, hit.subject)
}
