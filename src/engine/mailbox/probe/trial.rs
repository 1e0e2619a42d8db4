//! Both ways at once: a mail to oneself and back, and a copy into the Sent folder. Both mails are removed again.

use std::sync::Arc;
use std::time::Duration;

use super::lines::Lines;
use crate::bridge::{CheckState, CheckStep};
use crate::domain::folder::FolderRole;
use crate::domain::mailbox::{Endpoint, Incoming, Outgoing};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::mailbox::account::Account;
use crate::engine::mailbox::round_trip::{
    RoundTrip, Trip, USUAL_PATIENCE, keeps_copies, round_trip, write_trial,
};
use crate::engine::mailbox::sync::own;
use crate::mail::imap::{ImapFailure, ImapSession, Removal};

pub async fn check(engine: &Arc<Engine>, lines: &Lines, account: &Account) {
    let both = [CheckStep::RoundTrip, CheckStep::SentCopy];
    let settings = &account.settings;
    let Incoming::Imap(endpoint) = &settings.incoming else {
        return lines.skipped(&both, "only for IMAP; a Maildir is never changed");
    };
    if !settings.identity.is_sending {
        return lines.skipped(&both, "sending is off");
    }
    if matches!(settings.outgoing, Outgoing::Folder(_)) {
        return lines.skipped(&both, "nothing leaves this machine");
    }
    if there_and_back(engine, lines, account).await {
        sent_copy(engine, lines, account, endpoint).await;
    } else {
        lines.skipped(&[CheckStep::SentCopy], "");
    }
}

async fn there_and_back(engine: &Arc<Engine>, lines: &Lines, account: &Account) -> bool {
    let step = CheckStep::RoundTrip;
    lines.running(step, "sending a mail to oneself");
    let waiting = |gone_by: Duration| {
        let words = format!(
            "waiting for the mail, {} s of {}",
            gone_by.as_secs(),
            USUAL_PATIENCE.as_secs()
        );
        lines.running(step, &words);
    };
    let trip = Trip {
        from: account,
        to: &account.settings.address,
        seen_in: account,
        within: USUAL_PATIENCE,
        waiting: &waiting,
    };
    match round_trip(engine, &trip).await {
        Ok(made) => {
            let (warnings, detail) = in_words(&made);
            lines.passed_unless(step, &warnings, &detail);
            true
        }
        Err(trouble) => {
            lines.failed(step, trouble);
            false
        }
    }
}

fn in_words(made: &RoundTrip) -> (Vec<String>, String) {
    let mut warnings = Vec::new();
    if made.in_junk {
        warnings.push(
            "the mail was taken for junk; customers' mail and your answers may be, too".to_owned(),
        );
    }
    warnings.extend(left(made.removal));
    let detail = format!("there and back in {:.1} s", made.took.as_secs_f64());
    (warnings, detail + gone(made.removal))
}

fn gone(removal: Removal) -> &'static str {
    match removal {
        Removal::Removed => ", and removed",
        Removal::InTrash => ", and moved to the trash",
        Removal::Left => "",
    }
}

fn left(removal: Removal) -> Option<String> {
    (removal == Removal::Left).then(|| {
        "it stays on the server, which cannot remove one mail alone; you may delete it, and it makes no ticket"
            .to_owned()
    })
}

async fn sent_copy(engine: &Arc<Engine>, lines: &Lines, account: &Account, endpoint: &Endpoint) {
    let step = CheckStep::SentCopy;
    if keeps_copies(account) {
        return lines.passed(step, "the provider makes the copy itself");
    }
    lines.running(step, "");
    match copy(engine, account, endpoint).await {
        Ok(Some((folder, removal))) => {
            let warnings: Vec<String> = left(removal).into_iter().collect();
            let detail = format!("put into {folder}{}", gone(removal));
            lines.passed_unless(step, &warnings, &detail);
        }
        Ok(None) => {
            let words = "there is no Sent folder; one is made with the first answer";
            lines.ended(step, CheckState::Warned(words.to_owned()), "");
        }
        Err(trouble) => lines.failed(
            step,
            Trouble {
                hint: trouble.hint.clone().or_else(|| {
                    Some("look whether the mailbox is full, and whether the Sent folder may be written".into())
                }),
                ..trouble
            },
        ),
    }
}

/// Puts a small mail into the Sent folder and removes it; names the folder.
async fn copy(
    engine: &Arc<Engine>,
    account: &Account,
    endpoint: &Endpoint,
) -> Result<Option<(String, Removal)>, Trouble> {
    let address = &account.settings.address;
    let mail = write_trial(engine, &account.settings, address, "copy of a sent answer")?;
    let told = |failure: ImapFailure| failure.trouble;
    let mut session = account.sign_in(engine, endpoint).await.map_err(told)?;
    let folders = session.list_folders().await.map_err(told)?;
    let named = |role| {
        let mut found = folders.iter();
        found.find(|info| info.role == role && info.selectable)
    };
    let Some(sent) = named(FolderRole::Sent) else {
        session.logout().await;
        return Ok(None);
    };
    let now = engine.clock.now();
    session
        .append(&sent.wire_name, &mail.raw, &["\\Seen"], Some(now))
        .await
        .map_err(told)?;
    let trash = named(FolderRole::Trash).map(|info| info.wire_name.as_str());
    let removal = remove(
        engine,
        account,
        &mut session,
        (&sent.wire_name, &mail.message_id),
        trash,
    )
    .await
    .unwrap_or_else(|trouble| {
        tracing::warn!(%trouble, "a copy of our own could not be removed");
        Removal::Left
    });
    session.logout().await;
    Ok(Some((sent.name.clone(), removal)))
}

async fn remove(
    engine: &Arc<Engine>,
    account: &Account,
    session: &mut ImapSession,
    (wire_name, id): (&str, &str),
    trash: Option<&str>,
) -> Result<Removal, Trouble> {
    let told = |failure: ImapFailure| failure.trouble;
    let opened = session.examine(wire_name, None).await.map_err(told)?;
    let from = opened.uidnext.saturating_sub(50);
    let Some(uid) = session.find_own(id, from).await.map_err(told)? else {
        return Ok(Removal::Left);
    };
    let folder = (wire_name, opened.uidvalidity);
    if let Some(mailbox) = account.id {
        own::settle(engine, session, mailbox, folder, uid)
            .await
            .map_err(|failure| failure.trouble)?;
    }
    let removal = session
        .remove_own(wire_name, opened.uidvalidity, uid, trash)
        .await
        .map_err(told)?;
    if let Some(mailbox) = account.id {
        own::settle_if_listed(engine, mailbox, folder, uid).await?;
    }
    Ok(removal)
}
