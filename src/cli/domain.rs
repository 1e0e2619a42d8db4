//! `ticketty domain …`: whether the records of our senders' domains are in order.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;

use super::table::{Align, moment, table};
use super::{Client, Outcome, Output, client::unexpected};
use crate::bridge::{DomainLine, DomainRequest, Report, Request};
use crate::domain::clean::Clean;
use crate::domain::sender_domain::{Check, Gravity, Record, Status};
use crate::domain::trouble::Trouble;

#[derive(Debug, Subcommand)]
pub enum DomainCommand {
    /// The domains of our addresses, and how they were found last
    List,
    /// Ask the name servers about a domain now: MX, SPF, DKIM and DMARC
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The domain, such as acme.example
    name: String,

    /// A DKIM selector to look at besides those found in mail; kept for later (repeatable)
    #[arg(long = "selector", value_name = "S")]
    selectors: Vec<String>,
}

pub(super) async fn run(command: DomainCommand, client: &mut Client, out: &mut Output) -> Outcome {
    match command {
        DomainCommand::List => list(client, out).await,
        DomainCommand::Verify(arguments) => verify(arguments, client, out).await,
    }
}

async fn ask(client: &mut Client, request: DomainRequest) -> Result<Vec<DomainLine>, Trouble> {
    match client.call(Request::Domain(request)).await? {
        Report::Domains(lines) => Ok(lines),
        other => Err(unexpected(&other)),
    }
}

/// What programs get.
#[derive(Debug, Serialize)]
struct Shape<'a> {
    domain: &'a Clean,
    status: Status,
    addresses: &'a [Clean],
    kept_by: Option<&'a Clean>,
    checked_at: Option<Timestamp>,
    selectors: &'a [Clean],
    checks: &'a [Check],
}

fn shape(line: &DomainLine) -> Shape<'_> {
    Shape {
        domain: &line.domain,
        status: line.status,
        addresses: &line.addresses,
        kept_by: line.kept_by.as_ref(),
        checked_at: line.checked_at,
        selectors: &line.selectors,
        checks: &line.checks,
    }
}

async fn list(client: &mut Client, out: &mut Output) -> Outcome {
    let lines = ask(client, DomainRequest::List).await?;
    let shapes: Vec<Shape<'_>> = lines.iter().map(shape).collect();
    out.answer(&shapes, || {
        if lines.is_empty() {
            return "No mailbox sends from a domain yet.\n".into();
        }
        let columns = [
            ("DOMAIN", Align::Left),
            ("STATUS", Align::Left),
            ("VERIFIED", Align::Left),
            ("WHAT", Align::Left),
        ];
        let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
        table(&columns, &rows)
    })
}

fn row(line: &DomainLine) -> Vec<String> {
    let what = match &line.kept_by {
        Some(provider) => format!("kept by {provider}"),
        None => line
            .checks
            .iter()
            .map(|check| format!("{} {}", check.kind.word(), check.status.word()))
            .collect::<Vec<_>>()
            .join(", "),
    };
    vec![
        line.domain.to_string(),
        line.status.word().to_owned(),
        line.checked_at.map_or_else(|| "never".to_owned(), moment),
        what,
    ]
}

async fn verify(arguments: VerifyArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let domain = arguments.name;
    let request = if arguments.selectors.is_empty() {
        DomainRequest::Verify { domain }
    } else {
        DomainRequest::SetSelectors {
            domain,
            selectors: arguments.selectors,
        }
    };
    let lines = ask(client, request).await?;
    let line = lines
        .first()
        .ok_or_else(|| Trouble::bug("the engine did not say what it found"))?;
    out.answer(&shape(line), || text(line))?;
    if line.status != Status::Failed {
        return Ok(());
    }
    let failed: Vec<&str> = line
        .checks
        .iter()
        .filter(|check| check.status == Status::Failed)
        .map(|check| check.kind.word())
        .collect();
    Err(
        Trouble::operator(format!("{} of {} failed", failed.join(", "), line.domain))
            .hint("enter the records as they should be at the provider of your domain"),
    )
}

fn text(line: &DomainLine) -> String {
    let mut text = format!("{}: {}\n", line.domain, line.status.word());
    if let Some(provider) = &line.kept_by {
        text.push_str(&format!("Kept by {provider}: nothing to do.\n"));
    }
    for check in &line.checks {
        text.push_str(&format!(
            "\n{} {} {}\n",
            sign(check.status),
            check.kind.word(),
            check.status.word()
        ));
        for remark in &check.remarks {
            let sign = match remark.gravity {
                Gravity::Wrong => "✘",
                Gravity::Unknown => "…",
                Gravity::Advice => "·",
            };
            text.push_str(&format!("  {sign} {}\n", remark.words));
        }
        for record in &check.found {
            text.push_str(&shown("is", record));
        }
        for record in &check.proposed {
            text.push_str(&shown("should be", record));
        }
    }
    text
}

fn sign(status: Status) -> &'static str {
    match status {
        Status::Pending => "…",
        Status::Verified => "✔",
        Status::Failed => "✘",
    }
}

fn shown(label: &str, record: &Record) -> String {
    format!(
        "  {label:<10}{} {}\n            {}\n",
        record.name, record.kind, record.value
    )
}
