//! `ticketty mailbox folders`: what there is to fetch.

use serde_json::{Value, json};

use super::super::table::{Align, table};
use super::super::{Client, Outcome, Output, client::unexpected};
use crate::bridge::{
    ConnectReport, ConnectRequest, FolderLine, PeriodCount, Report, Request, Secret,
};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{FirstSync, Mailbox, MailboxSettings};
use crate::domain::trouble::Trouble;
use crate::domain::words;

/// Lists the folders and how many mails a first fetch of each length would bring from those that are chosen.
pub async fn list(mailbox: Mailbox, client: &mut Client, out: &mut Output) -> Outcome {
    let settings = Box::new(mailbox.settings);
    let id = Some(mailbox.id);
    let asked = ConnectRequest::Folders {
        id,
        settings: settings.clone(),
        secret: None,
    };
    let folders = match client
        .call_long(Request::Connect(asked), &mut |_| Ok(()))
        .await?
    {
        Report::Connect(ConnectReport::Folders(folders)) => folders,
        other => return Err(unexpected(&other)),
    };
    let periods = periods(id, &settings, None, client).await?;
    let shape = json!({
        "folders": folders.iter().map(folder_shape).collect::<Vec<Value>>(),
        "periods": periods
            .iter()
            .map(period_shape)
            .collect::<Vec<Value>>(),
    });
    out.answer(&shape, || text(&folders, &periods))
}

/// How many mails a first fetch of each length would bring.
///
/// # Errors
/// The server does not tell.
pub async fn periods(
    id: Option<MailboxId>,
    settings: &MailboxSettings,
    secret: Option<Secret>,
    client: &mut Client,
) -> Result<Vec<PeriodCount>, Trouble> {
    let asked = ConnectRequest::CountPeriods {
        id,
        settings: Box::new(settings.clone()),
        secret,
    };
    match client
        .call_long(Request::Connect(asked), &mut |_| Ok(()))
        .await?
    {
        Report::Connect(ConnectReport::Periods(periods)) => Ok(periods),
        other => Err(unexpected(&other)),
    }
}

/// One line, with the one that was chosen named first.
pub fn first_fetch(chosen: FirstSync, periods: &[PeriodCount]) -> Option<String> {
    let taken = periods.iter().find(|count| count.period == chosen)?;
    let mails = match taken.mails {
        1 => "1 mail".to_owned(),
        mails => format!("{} mails", words::thousands(mails)),
    };
    Some(format!(
        "The first fetch (--since {}) brings {mails}; {}",
        since(chosen),
        counts(periods)
    ))
}

fn counts(periods: &[PeriodCount]) -> String {
    let counts: Vec<String> = periods
        .iter()
        .map(|count| format!("{} {}", since(count.period), words::thousands(count.mails)))
        .collect();
    counts.join(" · ")
}

pub fn period_shape(count: &PeriodCount) -> Value {
    json!({"since": since(count.period), "mails": count.mails})
}

fn folder_shape(folder: &FolderLine) -> Value {
    json!({
        "name": Clean::line(&folder.name),
        "role": folder.role,
        "mails": folder.mails,
        "holds_mail": folder.selectable,
    })
}

fn text(folders: &[FolderLine], periods: &[PeriodCount]) -> String {
    let rows: Vec<Vec<String>> = folders
        .iter()
        .map(|folder| {
            let mails = folder.mails.map(|mails| words::thousands(u64::from(mails)));
            vec![
                Clean::line(&folder.name).to_string(),
                mails.unwrap_or_default(),
            ]
        })
        .collect();
    let mut text = table(&[("FOLDER", Align::Left), ("MAILS", Align::Right)], &rows);
    if !periods.is_empty() {
        text.push_str(&format!(
            "A first fetch of the chosen folders: {}\n",
            counts(periods)
        ));
    }
    text
}

/// As `--since` takes it.
fn since(period: FirstSync) -> &'static str {
    match period {
        FirstSync::Day => "1d",
        FirstSync::Week => "1w",
        FirstSync::Month => "1m",
        FirstSync::ThreeMonths => "3m",
        FirstSync::Year => "1y",
        FirstSync::All => "all",
    }
}
