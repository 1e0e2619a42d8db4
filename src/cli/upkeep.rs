//! `ticketty backup`, `restore` and `doctor`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Client, Outcome, Output, client::unexpected};
use crate::bridge::{Care, CareReport, Report, Request};
use crate::config::paths::{Paths, absolute, check_private};
use crate::config::settings::Settings;
use crate::domain::clean::Clean;
use crate::domain::finding::Finding;
use crate::domain::trouble::Trouble;

#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write; it must not exist
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// A file that `ticketty backup` wrote
    pub file: PathBuf,
    /// Replace even a store that has seen more than the backup; it is kept beside the new one
    #[arg(long)]
    pub force: bool,
}

/// # Errors
/// When the copy cannot be written or does not pass its check.
pub async fn backup(arguments: BackupArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let target = absolute(&arguments.file);
    let request = Request::Care(Care::Backup {
        target: target.clone(),
    });
    match client.call_long(request, &mut |_| Ok(())).await? {
        Report::Care(CareReport::BackedUp { bytes }) => {
            out.answer(&json!({"file": target, "bytes": bytes}), || {
                format!(
                    "Wrote {} ({bytes} bytes), checked.\n",
                    Clean::line(&target.display().to_string())
                )
            })
        }
        other => Err(unexpected(&other)),
    }
}

/// What the engine finds, and what only this side can see: directories, terminal, environment.
///
/// # Errors
/// When something is not as it should be, after everything was printed.
pub async fn doctor(
    paths: &Paths,
    settings: &Settings,
    client: &mut Client,
    out: &mut Output,
) -> Outcome {
    let mut findings = surroundings(paths, settings);
    match client
        .call_long(Request::Care(Care::Doctor), &mut |_| Ok(()))
        .await?
    {
        Report::Care(CareReport::Findings(found)) => findings.extend(found),
        other => return Err(unexpected(&other)),
    }
    let bad = findings.iter().filter(|finding| !finding.ok).count();
    let shapes: Vec<_> = findings
        .iter()
        .map(|finding| json!({"ok": finding.ok, "subject": Clean::line(&finding.subject), "detail": Clean::line(&finding.detail)}))
        .collect();
    out.answer(&json!({"ok": bad == 0, "findings": shapes}), || {
        let line = |finding: &Finding| {
            let sign = if finding.ok { '✔' } else { '✘' };
            format!(
                "{sign} {}: {}\n",
                Clean::line(&finding.subject),
                Clean::line(&finding.detail)
            )
        };
        findings.iter().map(line).collect()
    })?;
    match bad {
        0 => Ok(()),
        1 => Err(Trouble::operator("1 thing is not as it should be")),
        many => Err(Trouble::operator(format!(
            "{many} things are not as they should be"
        ))),
    }
}

fn surroundings(paths: &Paths, settings: &Settings) -> Vec<Finding> {
    let config = if paths.config_file.exists() {
        format!("{} is read", paths.config_file.display())
    } else {
        format!(
            "{} does not exist, so everything is at its default",
            paths.config_file.display()
        )
    };
    let mut findings = vec![finding("configuration", Ok(config))];
    for (what, directory) in [
        ("data directory", &paths.data_dir),
        ("state directory", &paths.state_dir),
    ] {
        findings.push(finding(
            what,
            check_private(directory).map(|()| format!("{} is private", directory.display())),
        ));
    }
    findings.push(finding(
        "database",
        Ok(settings.database(paths).display().to_string()),
    ));
    findings.push(terminal());
    findings
}

fn finding(subject: &str, result: Result<String, Trouble>) -> Finding {
    let (ok, detail) = match result {
        Ok(detail) => (true, detail),
        Err(trouble) => (
            false,
            [Some(trouble.to_string()), trouble.hint]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("; "),
        ),
    };
    Finding {
        ok,
        subject: subject.into(),
        detail,
    }
}

/// The desk draws in UTF-8 on a terminal that can move its cursor.
fn terminal() -> Finding {
    let first = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let locale = first.unwrap_or_default();
    let terminal = std::env::var("TERM").unwrap_or_default();
    let utf8 = locale.to_lowercase().replace('-', "").contains("utf8");
    if !utf8 {
        let said = if locale.is_empty() {
            "not set".to_owned()
        } else {
            format!("`{locale}`")
        };
        return finding(
            "terminal",
            Err(
                Trouble::operator(format!("the locale is {said}, which is not UTF-8"))
                    .hint("set LANG=C.UTF-8"),
            ),
        );
    }
    if matches!(terminal.as_str(), "" | "dumb") {
        return finding(
            "terminal",
            Err(
                Trouble::operator("TERM does not name a terminal the desk can draw on")
                    .hint("run it in a terminal such as xterm or tmux"),
            ),
        );
    }
    finding("terminal", Ok(format!("{terminal}, {locale}")))
}
