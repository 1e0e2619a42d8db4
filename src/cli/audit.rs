//! `ticketty audit`: who changed which setting, when, from where.
//!
//! The log is asked for a page at a time, so that a long one needs little memory here and there.

use clap::Args;

use super::output::harmless;
use super::table::{moment, shorten};
use super::{Client, Outcome, Output, client::unexpected};
use crate::bridge::{AuditPage, AuditQuery, Care, CareReport, Report, Request};
use crate::domain::audit::{ChangeLine, condition};
use crate::domain::ids::ChangeId;
use crate::domain::trouble::Trouble;

/// Changes in one page.
const PAGE: u32 = 500;
/// Cells of a value in the text for people; `--json` and `--csv` have all of it.
const VALUE_CELLS: usize = 100;

#[derive(Debug, Args)]
#[command(
    after_help = "A filter is written as in the desk: words, \"phrases\", and who: about: field: from: since: until:, \
                  each turned round by a minus.\nExample: ticketty audit about:mailbox since:7d -field:password"
)]
pub struct AuditArgs {
    /// Words and conditions, such as about:mailbox since:7d
    #[arg(allow_hyphen_values = false)]
    filter: Vec<String>,
    /// Only changes of this kind (mailbox, password, certificate, signature, view, contact, config …) or of the
    /// thing of this name
    #[arg(long, value_name = "WORD")]
    about: Vec<String>,
    /// Only changes by this operator
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Only changes of fields with this in their name
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
    /// Only changes since this day (2026-01-31), or of this age at most (7d, 12h)
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only changes until the end of this day, or of this age at least
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// At most so many, the newest first
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print lines for a spreadsheet
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

impl AuditArgs {
    fn filter(&self) -> String {
        let options = [
            ("who", &self.who),
            ("field", &self.field),
            ("since", &self.since),
            ("until", &self.until),
        ];
        let about = self.about.iter().map(|value| condition("about", value));
        let others = options
            .iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| condition(name, value)));
        let all = self.filter.iter().cloned().chain(about).chain(others);
        all.collect::<Vec<_>>().join(" ")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Csv,
    Json,
}

/// # Errors
/// When the filter is wrong, or the output cannot be written.
pub async fn run(arguments: AuditArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let shape = match (out.is_json(), arguments.csv) {
        (true, _) => Shape::Json,
        (false, true) => Shape::Csv,
        (false, false) => Shape::Text,
    };
    let filter = arguments.filter();
    let most = arguments.limit.unwrap_or(usize::MAX);
    let (mut told, mut before) = (0, None);
    loop {
        let page = page(client, &filter, before).await?;
        // What is wrong with the filter comes with the first page, before anything is printed.
        if told == 0 {
            out.raw(beginning(shape).as_bytes())?;
        }
        for line in page.lines.iter().take(most - told) {
            out.raw(printed(shape, line, told == 0)?.as_bytes())?;
            told += 1;
        }
        before = page.next;
        if before.is_none() || told >= most {
            break;
        }
    }
    match (shape, told) {
        (Shape::Json, 0) => out.raw(b"]\n"),
        (Shape::Json, _) => out.raw(b"\n]\n"),
        (Shape::Text, 0) => out.raw(nothing(&filter).as_bytes()),
        _ => Ok(()),
    }
}

async fn page(
    client: &mut Client,
    filter: &str,
    before: Option<ChangeId>,
) -> Result<AuditPage, Trouble> {
    let query = AuditQuery {
        filter: filter.to_owned(),
        before,
        limit: PAGE,
    };
    match client.call(Request::Care(Care::Audit(query))).await? {
        Report::Care(CareReport::Audit(page)) => Ok(page),
        other => Err(unexpected(&other)),
    }
}

fn beginning(shape: Shape) -> String {
    match shape {
        Shape::Text => String::new(),
        Shape::Csv => ChangeLine::csv_heading(),
        Shape::Json => "[".into(),
    }
}

fn printed(shape: Shape, line: &ChangeLine, is_first: bool) -> Result<String, Trouble> {
    Ok(match shape {
        Shape::Text => text(line),
        Shape::Csv => line.csv(),
        Shape::Json => {
            let json = serde_json::to_string(line).map_err(|cause| {
                Trouble::bug("a change cannot be written as JSON").because(cause)
            })?;
            format!("{}\n{}", if is_first { "" } else { "," }, harmless(&json))
        }
    })
}

/// Who, when and from where on one line, what on the next.
fn text(line: &ChangeLine) -> String {
    let mut text = format!(
        "{}  {}  ({})\n    {}\n",
        moment(line.at),
        line.who,
        line.from.words,
        line.what()
    );
    if line.has_values() {
        let values = shorten(line.values().as_str(), VALUE_CELLS);
        text.push_str(&format!("    {values}\n"));
    }
    text
}

fn nothing(filter: &str) -> &'static str {
    if filter.is_empty() {
        "No setting was changed yet.\n"
    } else {
        "No change matches.\n"
    }
}
