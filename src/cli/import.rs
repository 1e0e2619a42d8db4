//! `ticketty import`: mail from files.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Client, Outcome, Output, client::unexpected};
use crate::bridge::{Care, CareReport, Report, Request};
use crate::config::paths::absolute;
use crate::domain::trouble::Trouble;

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// An .eml file, an mbox file, a Maildir, or a directory of .eml files
    path: PathBuf,
    /// The mailbox the mail belongs to
    #[arg(long, value_name = "NAME")]
    mailbox: String,
}

/// # Errors
/// When there is nothing at the path, or the engine cannot read it.
pub async fn run(arguments: ImportArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let path = absolute(&arguments.path);
    std::fs::metadata(&path).map_err(|cause| {
        Trouble::operator(format!("{} cannot be read", path.display())).because(cause)
    })?;
    let mailbox = client.mailbox(&arguments.mailbox).await?.mailbox.id;
    let request = Request::Care(Care::Import { path, mailbox });
    match client.call_long(request, &mut |_| Ok(())).await? {
        Report::Care(CareReport::Imported {
            stored,
            already_there,
            unreadable,
        }) => {
            let value =
                json!({"stored": stored, "already_there": already_there, "unreadable": unreadable});
            out.answer(&value, || {
                let mut text = format!("{stored} stored, {already_there} already there");
                if unreadable > 0 {
                    text.push_str(&format!(", {unreadable} kept but not understood"));
                }
                text + "\n"
            })
        }
        other => Err(unexpected(&other)),
    }
}
