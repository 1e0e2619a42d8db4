//! The way in: from the server's name to its folders and how many mails they hold.

use std::path::PathBuf;
use std::sync::Arc;

use super::lines::{Lines, Way};
use super::{CONNECT_WITHIN, patience, protection, stations};
use crate::bridge::{CheckStep, Link};
use crate::domain::folder::FolderRole;
use crate::domain::mailbox::{AfterFetching, Endpoint, Incoming, MailboxSettings, Security};
use crate::domain::put_away::refusal;
use crate::domain::trouble::Trouble;
use crate::domain::words;
use crate::engine::core::{Engine, blocking};
use crate::engine::mailbox::account::Account;
use crate::engine::mailbox::collected;
use crate::engine::mailbox::sync::{put_away, wanted};
use crate::mail::imap::{Can, FolderInfo, ImapSession, Reached};
use crate::mail::link;
use crate::mail::maildir::Maildir;

/// True where nothing failed.
pub async fn check(engine: &Arc<Engine>, lines: &Lines, account: &Account) -> bool {
    match &account.settings.incoming {
        Incoming::Imap(endpoint) => match connect(engine, lines, account, endpoint).await {
            Some(mut session) => {
                abilities(lines, session.can(), account.settings.poll_seconds);
                let is_well = folders(lines, &mut session, &account.settings).await;
                session.logout().await;
                is_well
            }
            None => {
                lines.skipped(&[CheckStep::Abilities, CheckStep::Folders], "");
                false
            }
        },
        Incoming::Maildir(path) => maildir(lines, path.clone()).await,
        Incoming::Forwarded(_) => redirect(engine, lines, account).await,
    }
}

/// There is no connection to try: the mail comes when the collecting mailbox's does.
async fn redirect(engine: &Arc<Engine>, lines: &Lines, account: &Account) -> bool {
    let step = CheckStep::Incoming(Link::Tcp);
    match collected::home(engine, &account.as_mailbox()).await {
        Ok(home) if home.enabled => {
            let words = format!("mail comes by {}", home.settings.name);
            lines.passed(step, &words);
            true
        }
        Ok(home) => {
            let words = format!(
                "mail comes by {}, which is switched off",
                home.settings.name
            );
            lines.passed_unless(step, &[words], "");
            true
        }
        Err(trouble) => {
            lines.failed(step, trouble);
            false
        }
    }
}

async fn connect(
    engine: &Arc<Engine>,
    lines: &Lines,
    account: &Account,
    endpoint: &Endpoint,
) -> Option<ImapSession> {
    let place = format!("{}:{}", endpoint.host, endpoint.port);
    let steps = stations(endpoint.security, CheckStep::Incoming);
    let way = Way::begin(lines, steps, &endpoint.host);
    match link::resolve(&endpoint.host, endpoint.port, CONNECT_WITHIN).await {
        Ok(found) => way.passed(&[], &super::outgoing::addresses(&found)),
        Err(trouble) => {
            way.failed(trouble);
            return None;
        }
    }
    let watching = |reached: Reached| match reached {
        Reached::Tcp => way.passed(&[], &place),
        Reached::Tls(facts) => {
            let (warnings, detail) = protection(Some(&facts), engine.clock.now());
            way.passed(&warnings, &detail);
        }
        Reached::Greeting(said) => {
            way.passed(&[], &said);
            if endpoint.security == Security::None {
                let (warnings, detail) = protection(None, engine.clock.now());
                way.passed(&warnings, &detail);
            }
        }
    };
    let connected = account
        .sign_in_watched(engine, endpoint, patience(engine), &watching)
        .await;
    match connected {
        Ok(session) => {
            debug_assert!(way.is_at(CheckStep::Incoming(Link::SignIn)));
            way.passed(&[], &account.settings.login);
            Some(session)
        }
        Err(failure) => {
            way.failed(failure.trouble);
            None
        }
    }
}

/// What the server can do, and what it costs where it cannot.
fn abilities(lines: &Lines, can: Can, poll_seconds: u32) {
    let table = [
        (can.idle, "IDLE"),
        (can.condstore, "CONDSTORE"),
        (can.qresync, "QRESYNC"),
        (can.special_use, "SPECIAL-USE"),
        (can.uidplus, "UIDPLUS"),
        (can.move_, "MOVE"),
        (can.compress, "COMPRESS"),
    ];
    let named: Vec<&str> = table
        .iter()
        .filter_map(|(has, name)| has.then_some(*name))
        .collect();
    let mut warnings = Vec::new();
    if !can.idle {
        warnings.push(format!(
            "no IDLE: new mail is seen only every {poll_seconds} s"
        ));
    }
    if !can.condstore {
        warnings.push("no CONDSTORE: every look lists whole folders".to_owned());
    }
    let detail = match named.as_slice() {
        [] => "nothing beyond the basics".to_owned(),
        some => some.join(", "),
    };
    lines.passed_unless(CheckStep::Abilities, &warnings, &detail);
}

async fn folders(lines: &Lines, session: &mut ImapSession, settings: &MailboxSettings) -> bool {
    lines.running(CheckStep::Folders, "");
    let listed = async {
        let folders = session.list_folders().await?;
        let names: Vec<String> = folders
            .iter()
            .filter(|info| info.selectable)
            .map(|info| info.wire_name.clone())
            .collect();
        let counts = session.count_messages(&names).await?;
        Ok::<_, crate::mail::imap::ImapFailure>((folders, counts))
    };
    let (folders, counts) = match listed.await {
        Ok(listed) => listed,
        Err(failure) => {
            lines.failed(CheckStep::Folders, failure.trouble);
            return false;
        }
    };
    let all: u64 = counts.values().map(|count| u64::from(*count)).sum();
    let of_role = |role: FolderRole| folders.iter().find(|info| info.role == role);
    let mut detail = format!("{} with {}", plural(counts.len(), "folder"), mails(all));
    for (role, word) in [(FolderRole::Inbox, "inbox"), (FolderRole::Sent, "sent")] {
        if let Some(count) = of_role(role).and_then(|info| counts.get(&info.wire_name)) {
            detail.push_str(&format!(", {word} {}", words::thousands(u64::from(*count))));
        }
    }
    if let Some(trouble) = not_put_away(session.can(), &folders, settings) {
        lines.failed(CheckStep::Folders, trouble);
        return false;
    }
    let mut warnings = wanted::missing(&folders, &settings.folders);
    if of_role(FolderRole::Sent).is_none() {
        warnings.push("there is no Sent folder; one is made with the first answer".to_owned());
    }
    lines.passed_unless(CheckStep::Folders, &warnings, &detail);
    true
}

/// Why mail could not be taken away after fetching as the settings want it.
fn not_put_away(can: Can, folders: &[FolderInfo], settings: &MailboxSettings) -> Option<Trouble> {
    let after = &settings.watch.on_server.after_fetching;
    let has_target = match after {
        AfterFetching::MoveTo(name) => put_away::find(folders, name).is_some(),
        AfterFetching::Leave | AfterFetching::Delete => false,
    };
    refusal(after, put_away::offers(can, has_target))
}

fn plural(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        more => format!("{more} {word}s"),
    }
}

fn mails(count: u64) -> String {
    match count {
        1 => "1 mail".to_owned(),
        more => format!("{} mails", words::thousands(more)),
    }
}

async fn maildir(lines: &Lines, path: PathBuf) -> bool {
    lines.running(CheckStep::Folders, "");
    let folders = blocking(move || Maildir::open(&path)?.folders()).await;
    match folders {
        Ok(folders) => {
            lines.passed(CheckStep::Folders, &plural(folders.len(), "folder"));
            true
        }
        Err(trouble) => {
            lines.failed(CheckStep::Folders, trouble);
            false
        }
    }
}
