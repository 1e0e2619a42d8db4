//! The way out: from the server's name to the sender that it accepts. No mail is sent here.

use std::net::SocketAddr;
use std::sync::Arc;

use super::lines::{Lines, Way};
use super::{ANSWER_WITHIN, CONNECT_WITHIN, protection, stations};
use crate::bridge::{CheckState, CheckStep, Link};
use crate::domain::delivery::Phase;
use crate::domain::mailbox::{Endpoint, Outgoing, Security};
use crate::domain::trouble::Trouble;
use crate::domain::words;
use crate::engine::core::Engine;
use crate::engine::mailbox::account::Account;
use crate::mail::link;
use crate::mail::smtp::{self, Capabilities, Fact, SmtpAccount, StepKind, Timings};

/// True where answers can leave.
pub async fn check(engine: &Arc<Engine>, lines: &Lines, account: &Account) -> bool {
    let carrier = match account.carrier(engine).await {
        Ok(carrier) => carrier,
        Err(trouble) => {
            lines.failed(CheckStep::Outgoing(Link::Tcp), trouble);
            return false;
        }
    };
    let sender = &account.settings.address;
    match &carrier.settings.outgoing {
        Outgoing::Smtp(endpoint) => over_smtp(engine, lines, &carrier, endpoint, sender).await,
        Outgoing::Sendmail(path) => place(lines, path.is_file(), "no such program"),
        Outgoing::Folder(path) => place(lines, path.is_dir(), "no such directory"),
        Outgoing::Through(_) | Outgoing::Off => {
            let step = CheckStep::Outgoing(Link::Tcp);
            lines.ended(step, CheckState::Skipped, "sending is off");
            false
        }
    }
}

fn place(lines: &Lines, is_there: bool, words: &str) -> bool {
    let step = CheckStep::Outgoing(Link::Tcp);
    if is_there {
        lines.passed(step, "");
    } else {
        let trouble = Trouble::operator(words).hint("correct the path in the settings");
        lines.failed(step, trouble);
    }
    is_there
}

/// The addresses of a server, in words.
pub fn addresses(found: &[SocketAddr]) -> String {
    let all: Vec<String> = found
        .iter()
        .take(4)
        .map(|address| address.ip().to_string())
        .collect();
    all.join(", ")
}

async fn over_smtp(
    engine: &Arc<Engine>,
    lines: &Lines,
    account: &Account,
    endpoint: &Endpoint,
    sender: &str,
) -> bool {
    let mut steps = stations(endpoint.security, CheckStep::Outgoing);
    steps.push(CheckStep::SenderAccepted);
    let way = Way::begin(lines, steps, &endpoint.host);
    match link::resolve(&endpoint.host, endpoint.port, CONNECT_WITHIN).await {
        Ok(found) => way.passed(&[], &addresses(&found)),
        Err(trouble) => {
            way.failed(trouble);
            return false;
        }
    }
    let sign_in = match account.sending_sign_in(engine).await {
        Ok(sign_in) => sign_in,
        Err(setback) => {
            way.failed(setback.trouble);
            return false;
        }
    };
    let mut smtp_account =
        SmtpAccount::new(endpoint.clone(), account.settings.trust.clone(), sign_in);
    smtp_account.timings = Timings {
        connect: CONNECT_WITHIN,
        ..Timings::at_most(ANSWER_WITHIN)
    };
    smtp_account.log.clone_from(&account.outgoing_log);
    let watcher = Watcher {
        engine,
        account,
        endpoint,
        way: &way,
    };
    smtp::check(&smtp_account, sender, |tried| {
        watcher.tried(tried.kind, tried.outcome)
    })
    .await
}

/// Turns the steps of the session into the stations of the list.
struct Watcher<'a> {
    engine: &'a Arc<Engine>,
    account: &'a Account,
    endpoint: &'a Endpoint,
    way: &'a Way<'a>,
}

impl Watcher<'_> {
    fn tried(&self, kind: StepKind, outcome: Result<Fact, crate::domain::delivery::Setback>) {
        match outcome {
            Ok(Fact::Reachable) => {
                let place = format!("{}:{}", self.endpoint.host, self.endpoint.port);
                self.way.passed(&[], &place);
            }
            Ok(Fact::Spoke { tls, capabilities }) => {
                let (warnings, detail) = protection(tls.as_ref(), self.engine.clock.now());
                let can = able_to(&capabilities);
                if self.endpoint.security == Security::Tls {
                    self.way.passed(&warnings, &detail);
                    self.way.passed(&[], &can);
                } else {
                    self.way.passed(&[], &can);
                    self.way.passed(&warnings, &detail);
                }
            }
            Ok(Fact::SignedIn) => self.way.passed(&[], &self.account.settings.login),
            Ok(Fact::NoSignIn) => self.way.passed(&[], "no sign-in is set"),
            Ok(Fact::SenderAccepted(words)) => self.way.passed(&[], &words),
            Err(setback) => {
                let came_past_first = kind == StepKind::Hello
                    && match self.endpoint.security {
                        Security::Tls => setback.phase != Phase::Tls,
                        _ => setback.phase == Phase::Tls,
                    };
                if came_past_first {
                    self.way.passed(&[], "");
                }
                let explained = self.account.explained(setback);
                self.way.failed(explained.trouble);
            }
        }
    }
}

fn able_to(can: &Capabilities) -> String {
    let mut parts = Vec::new();
    if let Some(bytes) = can.size.filter(|bytes| *bytes > 0) {
        parts.push(format!("takes mails up to {}", words::bytes(bytes)));
    }
    if !can.sign_in.is_empty() {
        parts.push(format!("signs in by {}", can.sign_in.join(", ")));
    }
    parts.join("; ")
}
