//! Checks: the same connections as the worker's, one line each as they pass or fail.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::{collected, connect, delivery};
use crate::bridge::{CheckLine, CheckState, CheckStep};
use crate::domain::clean::Clean;
use crate::domain::delivery::{Delivery, Envelope};
use crate::domain::headers::address::Address;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{
    Endpoint, Incoming, Mailbox, MailboxSettings, Outgoing, SecretSource,
};
use crate::domain::trouble::Trouble;
use crate::engine::core::{Engine, blocking};
use crate::engine::workers::CheckLines;
use crate::mail::compose::{self, Thread};
use crate::mail::imap::{FailureKind, ImapFailure, ImapSession};
use crate::mail::link::{self, TlsFacts};
use crate::mail::maildir::Maildir;
use crate::mail::smtp::{self, Fact, SignIn, SmtpAccount, StepKind};

const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// Lines of a check, timed.
struct Lines {
    out: CheckLines,
    begun: Mutex<Instant>,
    failed: Mutex<Option<Trouble>>,
}

impl Lines {
    fn say(&self, step: CheckStep, state: CheckState, detail: &str) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        *begun = Instant::now();
        if let CheckState::Failed(trouble) = &state {
            self.failed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert(trouble.clone());
        }
        (self.out)(CheckLine {
            step,
            state,
            detail: Clean::line(detail),
            milliseconds,
        });
    }

    fn failed(&self, step: CheckStep, trouble: Trouble, skipped: &[CheckStep]) {
        self.say(step, CheckState::Failed(trouble), "");
        for step in skipped {
            self.say(*step, CheckState::Skipped, "");
        }
    }
}

/// Tries settings: way in, then way out. Without a secret the stored one of `mailbox` is used.
///
/// # Errors
/// The first line that failed.
pub async fn check(
    engine: Arc<Engine>,
    mailbox: Option<MailboxId>,
    settings: MailboxSettings,
    secret: Option<SecretString>,
    out: CheckLines,
) -> Result<(), Trouble> {
    let lines = Lines {
        out,
        begun: Mutex::new(Instant::now()),
        failed: Mutex::default(),
    };
    let password = password(&engine, mailbox, &settings, secret).await?;
    match &settings.incoming {
        Incoming::Imap(endpoint) => {
            check_imap(&engine, &lines, &settings, endpoint, password.clone()).await
        }
        Incoming::Maildir(path) => check_maildir(&lines, path.clone()).await,
        Incoming::Forwarded(_) => check_redirect(&engine, &lines, &settings).await,
    }
    match &settings.outgoing {
        Outgoing::Smtp(endpoint) => check_smtp(&lines, &settings, endpoint, password).await,
        Outgoing::Sendmail(path) => check_path(&lines, path.is_file(), "no such program"),
        Outgoing::Folder(path) => check_path(&lines, path.is_dir(), "no such directory"),
        Outgoing::Through(_) => check_carrier(&engine, &lines, &settings).await,
        Outgoing::Off => lines.say(
            CheckStep::OutgoingConnect,
            CheckState::Skipped,
            "sending is off",
        ),
    }
    let failed = lines
        .failed
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    failed.map_or(Ok(()), Err)
}

async fn password(
    engine: &Arc<Engine>,
    mailbox: Option<MailboxId>,
    settings: &MailboxSettings,
    secret: Option<SecretString>,
) -> Result<SecretString, Trouble> {
    if let Some(secret) = secret {
        return Ok(secret);
    }
    if settings.secret == SecretSource::None {
        return Ok(SecretString::from(String::new()));
    }
    // A mailbox that is not saved yet can have its password from a command only.
    let id = mailbox.unwrap_or(MailboxId(0));
    let (keeper, source) = (Arc::clone(&engine.secrets), settings.secret.clone());
    blocking(move || keeper.get(id, &source)).await
}

async fn check_imap(
    engine: &Arc<Engine>,
    lines: &Lines,
    settings: &MailboxSettings,
    endpoint: &Endpoint,
    password: SecretString,
) {
    use CheckStep::{Folders, IncomingConnect, IncomingSignIn, IncomingTls};
    let place = format!("{}:{}", endpoint.host, endpoint.port);
    lines.say(IncomingConnect, CheckState::Running, &place);
    if let Err(trouble) = link::open_tcp(&endpoint.host, endpoint.port, CONNECT_WITHIN).await {
        return lines.failed(
            IncomingConnect,
            trouble,
            &[IncomingTls, IncomingSignIn, Folders],
        );
    }
    lines.say(IncomingConnect, CheckState::Passed, &place);
    lines.say(IncomingTls, CheckState::Running, "");
    let access = connect::access(settings, endpoint, password);
    let limits = connect::limits(engine.settings.max_message_bytes);
    let mut session = match ImapSession::connect(&access, limits, None).await {
        Ok(session) => session,
        Err(ImapFailure {
            kind: FailureKind::SignInRefused | FailureKind::Unavailable,
            trouble,
            ..
        }) => {
            lines.say(IncomingTls, CheckState::Passed, "");
            return lines.failed(IncomingSignIn, trouble, &[Folders]);
        }
        Err(failure) => {
            return lines.failed(IncomingTls, failure.trouble, &[IncomingSignIn, Folders]);
        }
    };
    protection(lines, IncomingTls, session.tls());
    lines.say(IncomingSignIn, CheckState::Passed, &settings.login);
    lines.say(Folders, CheckState::Running, "");
    match session.list_folders().await {
        Ok(folders) => {
            let selectable = folders.iter().filter(|info| info.selectable).count();
            lines.say(
                Folders,
                CheckState::Passed,
                &format!("{selectable} folders"),
            );
            session.logout().await;
        }
        Err(failure) => lines.failed(Folders, failure.trouble, &[]),
    }
}

fn protection(lines: &Lines, step: CheckStep, tls: Option<&TlsFacts>) {
    match tls {
        Some(facts) => {
            let until = facts.valid_until.strftime("%-d %b %Y");
            lines.say(
                step,
                CheckState::Passed,
                &format!(
                    "{}, certificate by {} until {until}",
                    facts.version, facts.issuer
                ),
            );
        }
        None => {
            let words = "the password and all mail cross the network unprotected";
            lines.say(step, CheckState::Warned(words.into()), "");
        }
    }
}

async fn check_maildir(lines: &Lines, path: std::path::PathBuf) {
    let folders = blocking(move || Maildir::open(&path)?.folders()).await;
    match folders {
        Ok(folders) => lines.say(
            CheckStep::Folders,
            CheckState::Passed,
            &format!("{} folders", folders.len()),
        ),
        Err(trouble) => lines.failed(CheckStep::Folders, trouble, &[]),
    }
}

async fn check_smtp(
    lines: &Lines,
    settings: &MailboxSettings,
    endpoint: &Endpoint,
    password: SecretString,
) {
    let sign_in = (settings.secret != SecretSource::None).then(|| SignIn {
        login: settings.login.clone(),
        password,
    });
    let account = SmtpAccount::new(endpoint.clone(), settings.trust.clone(), sign_in);
    let place = format!("{}:{}", endpoint.host, endpoint.port);
    lines.say(CheckStep::OutgoingConnect, CheckState::Running, &place);
    let order = [
        CheckStep::OutgoingConnect,
        CheckStep::OutgoingTls,
        CheckStep::OutgoingSignIn,
        CheckStep::SenderAccepted,
    ];
    smtp::check(&account, &settings.address, |tried| {
        let step = match tried.kind {
            StepKind::Connect => CheckStep::OutgoingConnect,
            StepKind::Hello => CheckStep::OutgoingTls,
            StepKind::SignIn => CheckStep::OutgoingSignIn,
            StepKind::Sender => CheckStep::SenderAccepted,
        };
        match tried.outcome {
            Ok(Fact::Spoke { tls, .. }) => protection(lines, step, tls.as_ref()),
            Ok(Fact::Reachable) => lines.say(step, CheckState::Passed, &place),
            Ok(Fact::SignedIn) => lines.say(step, CheckState::Passed, &settings.login),
            Ok(Fact::NoSignIn) => lines.say(step, CheckState::Passed, "no sign-in is set"),
            Ok(Fact::SenderAccepted(words)) => lines.say(step, CheckState::Passed, &words),
            Err(setback) => {
                let reached = order
                    .iter()
                    .position(|other| *other == step)
                    .map_or(order.len(), |at| at + 1);
                lines.failed(
                    step,
                    setback.trouble,
                    order.get(reached..).unwrap_or_default(),
                );
            }
        }
    })
    .await;
}

/// As a mailbox that is not saved, so that the same questions can be asked about it.
fn unsaved(settings: &MailboxSettings) -> Mailbox {
    Mailbox {
        id: MailboxId(0),
        settings: settings.clone(),
        enabled: true,
        removed: false,
        connected_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// There is no connection to try: the mail comes when the collecting mailbox's does.
async fn check_redirect(engine: &Arc<Engine>, lines: &Lines, settings: &MailboxSettings) {
    let step = CheckStep::IncomingConnect;
    match collected::home(engine, &unsaved(settings)).await {
        Ok(home) if home.enabled => {
            let words = format!("mail comes by {}", home.settings.name);
            lines.say(step, CheckState::Passed, &words);
        }
        Ok(home) => {
            let words = format!(
                "mail comes by {}, which is switched off",
                home.settings.name
            );
            lines.say(step, CheckState::Warned(words), "");
        }
        Err(trouble) => lines.failed(step, trouble, &[]),
    }
}

/// The other mailbox's server, asked whether it takes this address as a sender.
async fn check_carrier(engine: &Arc<Engine>, lines: &Lines, settings: &MailboxSettings) {
    let step = CheckStep::OutgoingConnect;
    let carrier = match collected::carrier(engine, &unsaved(settings)).await {
        Ok(carrier) => carrier,
        Err(trouble) => return lines.failed(step, trouble, &[]),
    };
    let Outgoing::Smtp(endpoint) = carrier.settings.outgoing.clone() else {
        let words = format!("through {}", carrier.settings.name);
        return lines.say(step, CheckState::Passed, &words);
    };
    match password(engine, Some(carrier.id), &carrier.settings, None).await {
        Ok(password) => {
            let through = MailboxSettings {
                address: settings.address.clone(),
                ..carrier.settings
            };
            check_smtp(lines, &through, &endpoint, password).await;
        }
        Err(trouble) => lines.failed(CheckStep::OutgoingSignIn, trouble, &[]),
    }
}

fn check_path(lines: &Lines, there: bool, words: &str) {
    if there {
        lines.say(CheckStep::OutgoingConnect, CheckState::Passed, "");
    } else {
        lines.failed(
            CheckStep::OutgoingConnect,
            Trouble::operator(words).hint("correct the path in the settings"),
            &[],
        );
    }
}

/// Sends a small mail to `to`, outside of any ticket.
///
/// # Errors
/// The server's words, or that it is not known whether the mail was taken.
pub async fn send_test(engine: Arc<Engine>, mailbox: Mailbox, to: String) -> Result<(), Trouble> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random)
        .map_err(|error| Trouble::bug("no random numbers").because(error))?;
    let word: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let from = Address::new(
        mailbox.settings.display_name.clone(),
        mailbox.settings.address.clone(),
    );
    let message_id = format!("test.{word}@{}", from.domain());
    let composed = compose::compose(&compose::Outgoing {
        to: vec![Address::new("", to)],
        subject: format!("Ticketty test from {}", mailbox.settings.name),
        markdown_body: "This mail was sent by Ticketty to prove that the mailbox can send.".into(),
        thread: Thread {
            message_id,
            ..Thread::default()
        },
        date: engine.clock.now(),
        from,
        ..compose::Outgoing::default()
    })?;
    let envelope = Envelope {
        from: Some(composed.envelope_from),
        to: composed.envelope_to,
        all_or_nothing: true,
    };
    let mut courier = delivery::open(&engine, &mailbox)
        .await
        .map_err(|setback| setback.trouble)?;
    let delivery = courier
        .send(&envelope, &composed.raw, async { Ok(()) })
        .await;
    courier.close().await;
    match delivery {
        Delivery::Accepted { .. } => Ok(()),
        Delivery::NotSent(setback) => Err(setback.trouble),
        Delivery::Deferred { words, .. } | Delivery::Refused { words, .. } => {
            Err(Trouble::server("the test mail was not taken").because(words))
        }
        Delivery::Uncertain { known, .. } => {
            Err(Trouble::network("it is not known whether the test mail was taken").because(known))
        }
    }
}
