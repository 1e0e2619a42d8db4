//! Looks at everything that can be checked, and changes nothing.

use jiff::Timestamp;

use super::fault::Sql;
use super::session::Session;
use super::{SqliteStore, migrate, outbox, place, rebuild};
use crate::domain::mailbox::Incoming;
use crate::domain::outbox::DeliveryState;
use crate::store::ledger::LedgerRead;
use crate::store::{Finding, LOOKED_THROUGH, Store, StoreResult};

/// Below this, the next sync may fill the disk.
const SPACE_WANTED: u64 = 200 * 1024 * 1024;
/// A log of this size is not reset any more: somebody reads for too long.
const LOG_TOO_LONG: u64 = 256 * 1024 * 1024;

pub(super) fn examine(store: &SqliteStore) -> StoreResult<Vec<Finding>> {
    let mut findings = surroundings(store);
    let looked = store.snapshot(|session| {
        session.run(|session| inside(session, &mut findings))?;
        for mailbox in session.mailboxes()? {
            let account = session.ledger_account(mailbox.id)?;
            findings.push(finding(
                account.holes == 0,
                format!("ledger of {}", mailbox.settings.name),
                match &mailbox.settings.incoming {
                    Incoming::Maildir(_) => {
                        "a Maildir: its mails are known by their content".to_owned()
                    }
                    Incoming::Forwarded(_) => {
                        "a channel: its mail is in the ledger of the mailbox that collects it"
                            .to_owned()
                    }
                    Incoming::Imap(_) => format!(
                        "{} mails listed by the server, {} without an outcome yet",
                        account.listed, account.holes
                    ),
                },
            ));
        }
        Ok(())
    });
    match looked {
        // What was found before is worth more than a bare failure.
        Err(trouble) if store.damage().is_some() => {
            findings.push(finding(false, "what else there is", trouble.to_string()));
        }
        looked => looked?,
    }
    Ok(findings)
}

fn finding(ok: bool, subject: impl Into<String>, detail: impl Into<String>) -> Finding {
    Finding {
        ok,
        subject: subject.into(),
        detail: detail.into(),
    }
}

fn surroundings(store: &SqliteStore) -> Vec<Finding> {
    let path = store.path();
    let mut findings: Vec<Finding> = place::modes(path)
        .into_iter()
        .map(|part| {
            finding(
                part.ok,
                format!("mode of {}", part.path.display()),
                format!("{:o}", part.mode),
            )
        })
        .collect();
    let remote = place::network_file_system(place::directory_of(path));
    findings.push(finding(
        remote.is_none(),
        "file system",
        remote.unwrap_or("local"),
    ));
    if let Some(free) = place::free_bytes(path) {
        findings.push(finding(
            free >= SPACE_WANTED,
            "free space",
            format!("{} MiB", free / (1024 * 1024)),
        ));
    }
    let log = std::fs::metadata(place::with_suffix(path, "-wal")).map_or(0, |meta| meta.len());
    findings.push(finding(
        log < LOG_TOO_LONG,
        "write-ahead log",
        format!("{} KiB", log / 1024),
    ));
    findings.push(finding(
        true,
        "SQLite",
        format!(
            "{}, schema version {}",
            rusqlite::version(),
            migrate::newest()
        ),
    ));
    findings
}

fn inside(session: &Session<'_>, findings: &mut Vec<Finding>) -> Sql<()> {
    let words = session.all("PRAGMA integrity_check(20)", [], |row| {
        Ok(row.get::<_, String>(0)?)
    });
    let words = match words {
        // Some damage ends the check itself.
        Err(fault) if fault.is_damage() => vec![fault.words()],
        words => words?,
    };
    findings.push(finding(
        words.iter().all(|word| word == "ok"),
        "database pages",
        words.join("; "),
    ));
    findings.push(last_look(session)?);
    findings.push(none_of(
        session,
        "references",
        "rows that refer to nothing",
        "SELECT count(*) FROM pragma_foreign_key_check",
    )?);
    findings.push(none_of(
        session,
        "raw mail",
        "messages whose raw mail is missing",
        "SELECT count(*) FROM message m WHERE m.content IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM raw r WHERE r.content = m.content)",
    )?);
    findings.push(none_of(
        session,
        "ledger",
        "recorded mails whose raw bytes are missing",
        "SELECT count(*) FROM ledger l WHERE l.content IS NOT NULL
             AND l.outcome IN ('stored', 'stored-unparsed', 'stub')
             AND NOT EXISTS (SELECT 1 FROM raw r WHERE r.content = l.content)",
    )?);
    findings.push(none_of(
        session,
        "search",
        "messages without a place in the search",
        "SELECT count(*) FROM message m WHERE NOT EXISTS
             (SELECT 1 FROM message_words_docsize d WHERE d.id = m.id)",
    )?);
    let different = rebuild::differences(session)?;
    let numbers: Vec<String> = different
        .iter()
        .take(10)
        .map(|difference| format!("#{}", difference.number))
        .collect();
    findings.push(finding(
        different.is_empty(),
        "tickets and their log",
        if different.is_empty() {
            "every ticket is what its events say".to_owned()
        } else {
            format!("{} differ: {}", different.len(), numbers.join(" "))
        },
    ));
    findings.push(outbox_finding(session)?);
    Ok(())
}

fn last_look(session: &Session<'_>) -> Sql<Finding> {
    let noted = session.one(
        "SELECT value FROM fact WHERE name = $1",
        [LOOKED_THROUGH],
        |row| Ok(row.get::<_, Vec<u8>>(0)?),
    )?;
    let last = noted
        .and_then(|noted| String::from_utf8(noted).ok()?.parse::<Timestamp>().ok())
        .map_or_else(
            || "not yet; an open desk looks once a week, when it rests".to_owned(),
            |last| {
                format!(
                    "last on {}, all was whole",
                    last.strftime("%Y-%m-%d %H:%M UTC")
                )
            },
        );
    Ok(finding(true, "weekly look through the store", last))
}

fn none_of(session: &Session<'_>, subject: &str, what: &str, sql: &str) -> Sql<Finding> {
    let count = session
        .one(sql, [], |row| Ok(row.get::<_, i64>(0)?))?
        .unwrap_or(0);
    Ok(finding(count == 0, subject, format!("{count} {what}")))
}

fn outbox_finding(session: &Session<'_>) -> Sql<Finding> {
    let waiting = outbox::select(session, "finished = 0 ORDER BY id", [])?;
    let uncertain = waiting
        .iter()
        .filter(|row| {
            matches!(
                row.state,
                DeliveryState::Uncertain { .. } | DeliveryState::Dot
            )
        })
        .count();
    Ok(finding(
        uncertain == 0,
        "outbox",
        format!(
            "{} on their way, {uncertain} of them perhaps sent and perhaps not",
            waiting.len()
        ),
    ))
}
