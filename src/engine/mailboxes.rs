//! Connecting and changing mailboxes. Nothing here ever touches a ledger: whatever arrived meanwhile is fetched.

use std::sync::Arc;

use super::connecting::learnt;
use super::core::{Engine, MAILBOXES_CHANGED, SyncMode, blocking};
use super::health::{leave_word, words_left};
use super::{audit, channels, looks, people, rereading, signing_in, watching};
use crate::bridge::{MailboxReport, MailboxRequest, Report, SAVED_WITHOUT_PASSWORD, Secret};
use crate::domain::audit::{
    Author, Difference, SettingChange, Subject, SubjectKind, mailbox_changes,
};
use crate::domain::headers::address::Address;
use crate::domain::ids::{MailboxId, MessageId};
use crate::domain::mailbox::{
    Health, Incoming, LONGEST_MAILBOX_NAME, Mailbox, MailboxSettings, Outgoing, SecretSource, Why,
};
use crate::domain::trouble::Trouble;

/// More often than this only annoys the server; IDLE tells at once anyway.
const POLL_SECONDS: std::ops::RangeInclusive<u32> = 10..=86_400;
const LONGEST_UNDO_SECONDS: u32 = 3_600;
/// The fields of a password that is kept, and of one for this run only, in the log of settings.
const PASSWORD: &str = "password";
const THIS_RUN: &str = "password.this_run";
/// Somebody signed in with OAuth2.
const SIGNED_IN: &str = "password.oauth";
/// Fields that hold the number of another mailbox.
const NAMED_BY_NUMBER: [&str; 2] = ["incoming.forwarded", "outgoing.through"];

pub(super) async fn answer(
    engine: &Arc<Engine>,
    request: MailboxRequest,
) -> Result<Report, Trouble> {
    match request {
        MailboxRequest::List => {
            let (mailboxes, words) = engine
                .read(|store| {
                    let mailboxes = store.mailboxes()?;
                    let words = words_left(store, &mailboxes)?;
                    Ok((mailboxes, (words, channels::default_of(store)?)))
                })
                .await?;
            let lines = looks::mailbox_lines(engine, mailboxes, &words.0, words.1);
            let lines = signing_in::say_how_long(engine, lines).await?;
            Ok(Report::Mailbox(MailboxReport::List(lines)))
        }
        MailboxRequest::Put {
            id,
            settings,
            secret,
        } => put(engine, id, *settings, secret).await,
        MailboxRequest::Enable(id) => set_state(engine, id, true, false).await,
        MailboxRequest::Disable(id) => set_state(engine, id, false, false).await,
        MailboxRequest::Remove(id) => set_state(engine, id, false, true).await,
        MailboxRequest::SetDefault(id) => {
            channels::set_default(engine, id).await?;
            Ok(Report::Done)
        }
        MailboxRequest::Unlock { id, secret } => {
            known(engine, id).await?;
            signing_in::keep(engine, id.into(), SecretSource::Ask, &secret).await?;
            engine.doorbells.mailboxes.ring();
            let author = engine.author();
            engine
                .write(move |store| audit::record_password(store, &author, id, THIS_RUN))
                .await?;
            Ok(Report::Done)
        }
        MailboxRequest::SyncNow(which) => {
            if engine.settings.sync == SyncMode::Once {
                rereading::before_a_look(engine).await;
            }
            let workers = Arc::clone(&engine.workers);
            let synced = workers.sync_now(Arc::clone(engine), which).await?;
            Ok(Report::Mailbox(MailboxReport::Synced {
                new_messages: synced.new_messages,
                troubles: synced.troubles,
                held_elsewhere: synced.held_elsewhere,
            }))
        }
        MailboxRequest::FetchWhole(message) => fetch_whole(engine, message).await,
        MailboxRequest::Watch(request) => watching::answer(engine, request).await,
        MailboxRequest::SendTest { id, to } => {
            let mailbox = known(engine, id).await?;
            may_send(&mailbox)?;
            let to = Address::parse(&to)?.address;
            let workers = Arc::clone(&engine.workers);
            workers.send_test(Arc::clone(engine), mailbox, to).await?;
            Ok(Report::Done)
        }
    }
}

/// Tells how far it has come, piece by piece.
async fn fetch_whole(engine: &Arc<Engine>, message: MessageId) -> Result<Report, Trouble> {
    let line = Arc::clone(engine);
    let told = Arc::new(move |bytes, of_bytes| {
        let fetching = MailboxReport::Fetching {
            message,
            bytes,
            of_bytes,
        };
        line.told.line(Report::Mailbox(fetching));
    });
    let workers = Arc::clone(&engine.workers);
    let whole = workers
        .fetch_whole(Arc::clone(engine), message, told)
        .await?;
    Ok(Report::Mailbox(MailboxReport::Whole {
        ticket: whole.ticket,
        message: whole.message,
        bytes: whole.bytes,
    }))
}

/// A mailbox that is switched off sends nothing, not even a test.
fn may_send(mailbox: &Mailbox) -> Result<(), Trouble> {
    let name = &mailbox.settings.name;
    if !mailbox.enabled {
        return Err(
            Trouble::operator(format!("{name} is disabled, so nothing is sent from it"))
                .hint("enable it first"),
        );
    }
    if !mailbox.settings.identity.is_sending {
        return Err(super::writing::identity::off(mailbox));
    }
    Ok(())
}

/// The mailbox of this number.
///
/// # Errors
/// There is none, or it was removed.
pub(super) async fn known(engine: &Engine, id: MailboxId) -> Result<Mailbox, Trouble> {
    engine
        .read(move |store| store.mailboxes())
        .await?
        .into_iter()
        .find(|mailbox| mailbox.id == id && !mailbox.removed)
        .ok_or_else(|| Trouble::operator("there is no such mailbox"))
}

async fn put(
    engine: &Arc<Engine>,
    id: Option<MailboxId>,
    settings: MailboxSettings,
    secret: Option<Secret>,
) -> Result<Report, Trouble> {
    let settings = checked(settings)?;
    let source = settings.secret.clone();
    let author = engine.author();
    let has_secret = secret.is_some();
    let id = engine
        .write(move |store| {
            let mailboxes = store.mailboxes()?;
            refuse_twice(&mailboxes, id, &settings)?;
            watching::refuse_alarm_to_ourselves(&mailboxes, id, &settings)?;
            channels::fits(&mailboxes, id, &settings)?;
            let before = mailboxes
                .iter()
                .find(|one| Some(one.id) == id && !one.removed);
            let old = before.map(|one| &one.settings);
            let id = store.put_mailbox(id, &settings, author.at)?;
            let mut changes = mailbox_changes(&author, id, old, &settings);
            for field in NAMED_BY_NUMBER {
                changes = audit::with_mailbox_names(store, field, changes)?;
            }
            audit::record(store, &changes)?;
            learnt::saved(store, &author, &settings)?;
            let was = mailboxes.iter().find(|one| one.id == id);
            if let Some(why) = watching::why_it_stops(was, &settings, has_secret) {
                watching::open_gap(store, id, why, author.at)?;
            }
            Ok(id)
        })
        .await?;
    engine.told.basics_changed();
    let field = match source {
        SecretSource::Ask => THIS_RUN,
        SecretSource::Oauth(_) => SIGNED_IN,
        _ => PASSWORD,
    };
    let (kept, is_another) = match secret {
        Some(secret) => {
            let kept = signing_in::keep(engine, id.into(), source, &secret).await;
            let is_another = kept.is_ok().then_some((id, field));
            (kept, is_another)
        }
        None => (Ok(()), None),
    };
    let rung = ring(engine, is_another).await;
    kept.map_err(|trouble| Trouble {
        what: format!("{SAVED_WITHOUT_PASSWORD}: {}", trouble.what),
        ..trouble
    })?;
    rung?;
    Ok(Report::Mailbox(MailboxReport::Saved(id)))
}

/// Tells the workers of this process and of others that a mailbox or its password is another one. A password that is
/// kept leaves no other trace in the store, so that it is put into the log of settings here.
pub(super) async fn ring(
    engine: &Engine,
    password: Option<(MailboxId, &'static str)>,
) -> Result<(), Trouble> {
    engine.doorbells.mailboxes.ring();
    let mark = getrandom::u64()
        .map_err(|cause| Trouble::bug("the system gave no random numbers").because(cause))?;
    let author = engine.author();
    engine
        .write(move |store| {
            if let Some((id, field)) = password {
                audit::record_password(store, &author, id, field)?;
            }
            store.set_fact(MAILBOXES_CHANGED, &mark.to_be_bytes())
        })
        .await
}

/// The settings as they are stored: trimmed, and possible.
fn checked(mut settings: MailboxSettings) -> Result<MailboxSettings, Trouble> {
    settings.name = people::name(&settings.name, "mailbox", LONGEST_MAILBOX_NAME)?;
    settings.address = Address::parse(settings.address.trim())?.address;
    settings.display_name = settings.display_name.trim().to_owned();
    settings.login = settings.login.trim().to_owned();
    settings.identity = settings
        .identity
        .checked(&settings.address)
        .map_err(Trouble::operator)?;
    settings.policy.automatic.suit(settings.policy.closed_reply);
    let typed = [&settings.display_name, &settings.login];
    if typed.iter().any(|text| text.chars().any(char::is_control)) {
        return Err(Trouble::operator(
            "the display name or the login holds a character that cannot be seen",
        ));
    }
    if !POLL_SECONDS.contains(&settings.poll_seconds) {
        return Err(Trouble::operator(format!(
            "looking for mail every {} s is not possible",
            settings.poll_seconds
        ))
        .hint(format!(
            "choose between {} and {} seconds",
            POLL_SECONDS.start(),
            POLL_SECONDS.end()
        )));
    }
    if settings.policy.undo_window_seconds > LONGEST_UNDO_SECONDS {
        return Err(Trouble::operator("the undo window is too long")
            .hint(format!("at most {LONGEST_UNDO_SECONDS} seconds")));
    }
    for endpoint in [incoming(&settings), outgoing(&settings)]
        .into_iter()
        .flatten()
    {
        if endpoint.host.trim().is_empty() || endpoint.port == 0 {
            return Err(Trouble::operator("a server needs a host name and a port"));
        }
    }
    Ok(settings)
}

fn incoming(settings: &MailboxSettings) -> Option<&crate::domain::mailbox::Endpoint> {
    match &settings.incoming {
        Incoming::Imap(endpoint) => Some(endpoint),
        Incoming::Maildir(_) | Incoming::Forwarded(_) => None,
    }
}

fn outgoing(settings: &MailboxSettings) -> Option<&crate::domain::mailbox::Endpoint> {
    match &settings.outgoing {
        Outgoing::Smtp(endpoint) => Some(endpoint),
        _ => None,
    }
}

/// Two mailboxes of one address would fetch every mail twice; two of one name could not be told apart.
fn refuse_twice(
    mailboxes: &[Mailbox],
    id: Option<MailboxId>,
    settings: &MailboxSettings,
) -> Result<(), Trouble> {
    let key = Address::new("", settings.address.clone()).key();
    for other in mailboxes
        .iter()
        .filter(|one| !one.removed && Some(one.id) != id)
    {
        let theirs = &other.settings;
        if Address::new("", theirs.address.clone()).key() == key {
            return Err(Trouble::operator(format!(
                "{} is connected already, as the mailbox {}",
                settings.address, theirs.name
            ))
            .hint(format!("change the settings of {} instead", theirs.name)));
        }
        if theirs.name.to_lowercase() == settings.name.to_lowercase() {
            return Err(Trouble::operator(format!(
                "there is a mailbox called {} already, for {}",
                theirs.name, theirs.address
            ))
            .hint("choose another name"));
        }
    }
    Ok(())
}

async fn set_state(
    engine: &Arc<Engine>,
    id: MailboxId,
    enabled: bool,
    removed: bool,
) -> Result<Report, Trouble> {
    known(engine, id).await?;
    let author = engine.author();
    engine
        .write(move |store| {
            let mailboxes = store.mailboxes()?;
            if removed {
                channels::is_free(&mailboxes, id)?;
            }
            let before = mailboxes.iter().find(|one| one.id == id);
            let changes = before.map_or_else(Vec::new, |before| {
                state_changes(&author, before, enabled, removed)
            });
            store.set_mailbox_state(id, enabled, removed)?;
            if !enabled {
                watching::close_down(store, id, author.at)?;
            } else if before.is_some_and(|before| !before.enabled) {
                watching::open_gap(store, id, Why::SwitchedOn, author.at)?;
            }
            audit::record(store, &changes)
        })
        .await?;
    if !enabled {
        leave_word(engine, id, None).await;
    }
    if removed {
        let keeper = Arc::clone(&engine.secrets);
        blocking(move || keeper.forget(id)).await?;
    }
    engine.set_health(
        id,
        if enabled {
            Health::Starting
        } else {
            Health::Disabled
        },
    );
    engine.told.basics_changed();
    ring(engine, None).await?;
    Ok(Report::Done)
}

/// That a mailbox was switched off or on, or removed.
fn state_changes(
    author: &Author,
    before: &Mailbox,
    enabled: bool,
    removed: bool,
) -> Vec<SettingChange> {
    let about = Subject::new(
        SubjectKind::Mailbox,
        before.id.0,
        before.settings.name.clone(),
    );
    if removed {
        return author.changes(&about, Some(&before.settings), None);
    }
    if before.enabled == enabled {
        return Vec::new();
    }
    let word = |on: bool| if on { "yes" } else { "no" }.to_owned();
    let switched = Difference::new("enabled", word(before.enabled), word(enabled));
    vec![author.changed(about, switched)]
}
