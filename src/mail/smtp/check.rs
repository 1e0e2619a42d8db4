//! Tries the way out step by step, as a person watches: the settings form and `mailbox check` show each line.
//!
//! It goes through the same session as the delivery worker and sends no mail: MAIL FROM is taken back by RSET.

use std::time::{Duration, Instant};

use super::address::WireAddress;
use super::session::{Session, connect};
use super::{Capabilities, SmtpAccount};
use crate::domain::delivery::{Phase, Setback};
use crate::domain::mailbox::Security;
use crate::domain::trouble::Trouble;
use crate::mail::link::TlsFacts;

/// What a step looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// The host has an address and the port answers.
    Connect,
    /// Greeting, TLS and EHLO.
    Hello,
    SignIn,
    /// The server takes mail from this sender.
    Sender,
}

/// One step that was tried, in order. After the first trouble nothing more is tried.
#[derive(Debug, Clone)]
pub struct CheckStep {
    pub kind: StepKind,
    pub took: Duration,
    pub outcome: Result<Fact, Setback>,
}

/// What a step found.
#[derive(Debug, Clone)]
pub enum Fact {
    Reachable,
    /// `tls` is `None` on an unprotected line.
    Spoke {
        tls: Option<TlsFacts>,
        capabilities: Capabilities,
    },
    SignedIn,
    /// No login is set; the server was not asked.
    NoSignIn,
    /// The server's 250 line.
    SenderAccepted(String),
}

/// Connects, does TLS, EHLO, AUTH, and asks whether the sender is accepted. `report` is called after each step.
/// True if all went well.
pub async fn check(
    account: &SmtpAccount,
    sender: &str,
    mut report: impl FnMut(CheckStep) + Send,
) -> bool {
    let mut clock = Instant::now();
    let mut tell = |kind, outcome: Result<Fact, Setback>| {
        let passed = outcome.is_ok();
        report(CheckStep {
            kind,
            took: clock.elapsed(),
            outcome,
        });
        clock = Instant::now();
        passed
    };
    let link = match connect(account).await {
        Ok(link) => link,
        Err(setback) => return tell(StepKind::Connect, Err(setback)),
    };
    tell(StepKind::Connect, Ok(Fact::Reachable));
    let mut session = match Session::start(account, link).await {
        Ok(session) => session,
        Err(setback) => return tell(StepKind::Hello, Err(setback)),
    };
    let spoke = Fact::Spoke {
        tls: session.tls().cloned(),
        capabilities: session.capabilities().clone(),
    };
    tell(StepKind::Hello, Ok(spoke));
    let signed_in = session.sign_in(account).await.map(|()| {
        if account.sign_in.is_some() {
            Fact::SignedIn
        } else {
            Fact::NoSignIn
        }
    });
    if !tell(StepKind::SignIn, signed_in) {
        return false;
    }
    let accepted = session.try_sender(sender).await;
    let passed = tell(StepKind::Sender, accepted);
    session.quit().await;
    passed
}

/// Where the protection of an account leaves something to say beside a successful check.
pub fn unprotected_warning(account: &SmtpAccount) -> Option<Trouble> {
    (account.endpoint.security == Security::None && account.sign_in.is_some()).then(|| {
        Trouble::operator("the password goes over an unencrypted line")
            .hint("choose TLS or STARTTLS unless the server runs on this machine")
    })
}

impl Session {
    async fn try_sender(&mut self, sender: &str) -> Result<Fact, Setback> {
        let address = WireAddress::prepare(sender)
            .map_err(|why| Setback::new(Phase::Sender, Trouble::operator(why)))?;
        let utf8 = if address.needs_utf8 && self.capabilities.utf8_addresses {
            " SMTPUTF8"
        } else {
            ""
        };
        let line = format!("MAIL FROM:<{}>{utf8}", address.text);
        let reply = self.command(&line, Phase::Sender).await?;
        if reply.code != 250 {
            let mut setback = self.unexpected(&reply, Phase::Sender);
            setback.trouble.what =
                format!("the mail server does not take mail from {}", address.text);
            setback.trouble.hint = Some(
                "sign in as the owner of this address, or let the server's administrator allow it"
                    .to_owned(),
            );
            return Err(setback);
        }
        self.reset().await;
        Ok(Fact::SenderAccepted(reply.words()))
    }
}
