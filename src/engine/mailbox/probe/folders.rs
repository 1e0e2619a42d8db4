//! What there is to fetch: the folders of the server with the number of mails in each, and how many mails each length
//! of the first sync would bring.

use std::sync::Arc;

use jiff::SignedDuration;

use super::patience;
use crate::bridge::{FolderLine, PeriodCount};
use crate::domain::folder::FolderRole;
use crate::domain::mailbox::{FirstSync, Incoming};
use crate::domain::trouble::Trouble;
use crate::engine::core::{Engine, blocking};
use crate::engine::mailbox::account::Account;
use crate::engine::mailbox::sync::wanted;
use crate::engine::workers::Trial;
use crate::mail::imap::{ImapFailure, ImapSession, Search};
use crate::mail::maildir::Maildir;

/// More folders than this are not counted before a first sync: a person is waiting.
const MOST_COUNTED: usize = 200;

/// All folders; those that are only a level of the tree, too.
///
/// # Errors
/// The server is not reached, or does not list them.
pub async fn list(engine: Arc<Engine>, trial: Trial) -> Result<Vec<FolderLine>, Trouble> {
    let account = Account::of(trial);
    match &account.settings.incoming {
        Incoming::Maildir(path) => {
            let path = path.clone();
            blocking(move || of_maildir(&path)).await
        }
        Incoming::Forwarded(_) => Ok(Vec::new()),
        Incoming::Imap(_) => {
            let mut session = connect(&engine, &account).await?;
            let listed = of_server(&mut session).await;
            session.logout().await;
            listed.map_err(|failure| failure.trouble)
        }
    }
}

fn of_maildir(path: &std::path::Path) -> Result<Vec<FolderLine>, Trouble> {
    let line = |name: String| FolderLine {
        role: if name == "INBOX" {
            FolderRole::Inbox
        } else {
            FolderRole::Other
        },
        name,
        delimiter: Some('/'),
        selectable: true,
        mails: None,
    };
    let folders = Maildir::open(path)?.folders()?;
    Ok(folders
        .into_iter()
        .map(|folder| line(folder.name))
        .collect())
}

async fn of_server(session: &mut ImapSession) -> Result<Vec<FolderLine>, ImapFailure> {
    let folders = session.list_folders().await?;
    let names: Vec<String> = folders
        .iter()
        .filter(|info| info.selectable)
        .map(|info| info.wire_name.clone())
        .collect();
    let counts = session.count_messages(&names).await?;
    Ok(folders
        .into_iter()
        .map(|info| FolderLine {
            mails: counts.get(&info.wire_name).copied(),
            name: info.name,
            delimiter: info.delimiter,
            role: info.role,
            selectable: info.selectable,
        })
        .collect())
}

/// The number of mails of each period in the folders that the settings choose, by the server's own dates.
///
/// # Errors
/// The server is not reached, or does not search.
pub async fn count_periods(engine: Arc<Engine>, trial: Trial) -> Result<Vec<PeriodCount>, Trouble> {
    let account = Account::of(trial);
    if !matches!(account.settings.incoming, Incoming::Imap(_)) {
        return Ok(Vec::new());
    }
    let mut session = connect(&engine, &account).await?;
    let counted = count(&engine, &account, &mut session).await;
    session.logout().await;
    counted.map_err(|failure| failure.trouble)
}

async fn count(
    engine: &Arc<Engine>,
    account: &Account,
    session: &mut ImapSession,
) -> Result<Vec<PeriodCount>, ImapFailure> {
    let all = session.list_folders().await?;
    let chosen = wanted::of(&all, &account.settings.folders);
    let mut counts: Vec<PeriodCount> = FirstSync::ALL
        .map(|period| PeriodCount { period, mails: 0 })
        .to_vec();
    for info in chosen.iter().take(MOST_COUNTED) {
        let opened = session.examine(&info.wire_name, None).await?;
        for count in &mut counts {
            count.mails += match since(engine, count.period) {
                _ if opened.exists == 0 => 0,
                None => u64::from(opened.exists),
                Some(day) => session.search_uids(&Search::all().since(day)).await?.len() as u64,
            };
        }
    }
    Ok(counts)
}

fn since(engine: &Engine, period: FirstSync) -> Option<jiff::civil::Date> {
    let since = engine
        .clock
        .now()
        .checked_sub(SignedDuration::from_hours(24 * period.days()?))
        .ok()?;
    Some(since.to_zoned(jiff::tz::TimeZone::UTC).date())
}

async fn connect(engine: &Arc<Engine>, account: &Account) -> Result<ImapSession, Trouble> {
    let Incoming::Imap(endpoint) = &account.settings.incoming else {
        return Err(Trouble::operator("this mailbox has no server"));
    };
    account
        .sign_in_watched(engine, endpoint, patience(engine), &|_| {})
        .await
        .map_err(|failure| failure.trouble)
}
