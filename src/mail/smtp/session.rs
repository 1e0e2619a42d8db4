//! A session from connecting to QUIT, and the one way all its commands go.

use super::reply::{Capabilities, Reply, ReplyKind};
use super::wire::{Broken, Wire};
use super::{SmtpAccount, Timings, auth};
use crate::domain::delivery::{Phase, Setback};
use crate::domain::mailbox::Security;
use crate::domain::trouble::Trouble;
use crate::mail::link::{Link, TlsFacts, WireLog, open_tcp, start_tls};

/// An open session: greeted, protected and signed in as the settings ask.
#[derive(Debug)]
pub struct Session {
    pub(super) wire: Wire,
    pub(super) capabilities: Capabilities,
    pub(super) timings: Timings,
    /// False after anything went out of step: nothing more is said on this line.
    pub(super) usable: bool,
    tls: Option<TlsFacts>,
    log: Option<WireLog>,
}

impl Session {
    /// Connects, does TLS, EHLO and the sign-in.
    ///
    /// # Errors
    /// Says which phase failed and whose move it is; nothing was sent.
    pub async fn open(account: &SmtpAccount) -> Result<Self, Setback> {
        let link = connect(account).await?;
        let mut session = Self::start(account, link).await?;
        session.sign_in(account).await?;
        Ok(session)
    }

    /// Greeting, EHLO and TLS on a fresh connection, without the sign-in.
    pub(super) async fn start(account: &SmtpAccount, link: Link) -> Result<Self, Setback> {
        match account.endpoint.security {
            Security::Tls => {
                let (link, facts) = protect(account, link).await?;
                let mut session = Self::fresh(account, link, Some(facts));
                session.greet().await?;
                session.hello(&account.hello_name).await?;
                Ok(session)
            }
            Security::Starttls => {
                let mut plain = Self::fresh(account, link, None);
                plain.greet().await?;
                plain.hello(&account.hello_name).await?;
                let bare = plain.ask_for_tls().await?;
                let (link, facts) = protect(account, bare).await?;
                // A new session value: nothing learnt before TLS survives (RFC 3207 §4.2).
                let mut session = Self::fresh(account, link, Some(facts));
                session.hello(&account.hello_name).await?;
                Ok(session)
            }
            Security::None => {
                let mut session = Self::fresh(account, link, None);
                session.greet().await?;
                session.hello(&account.hello_name).await?;
                Ok(session)
            }
        }
    }

    fn fresh(account: &SmtpAccount, link: Link, tls: Option<TlsFacts>) -> Self {
        Self {
            wire: Wire::new(link),
            capabilities: Capabilities::default(),
            timings: account.timings,
            usable: true,
            tls,
            log: account.log.clone(),
        }
    }

    pub(super) async fn sign_in(&mut self, account: &SmtpAccount) -> Result<(), Setback> {
        let Some(credentials) = &account.sign_in else {
            return Ok(());
        };
        if account.is_protected() != self.tls.is_some() {
            return Err(Setback::new(
                Phase::SignIn,
                Trouble::bug("the line is not protected as the settings say; no password was sent"),
            ));
        }
        auth::sign_in(self, credentials, &account.endpoint).await
    }

    /// What the server offers, as told after TLS.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// What TLS told about the server; `None` on an unprotected line.
    pub fn tls(&self) -> Option<&TlsFacts> {
        self.tls.as_ref()
    }

    /// Whether another mail can go over this session.
    pub fn is_usable(&self) -> bool {
        self.usable
    }

    /// Asks with NOOP whether the server is still there.
    pub async fn is_alive(&mut self) -> bool {
        self.usable
            && matches!(self.command("NOOP", Phase::Hello).await, Ok(reply) if reply.code == 250)
    }

    /// Says goodbye. The answer is awaited briefly, and no answer is no failure.
    pub async fn quit(mut self) {
        if self.usable && self.wire.expect_quiet().await.is_ok() {
            let brief = self.timings.command.min(std::time::Duration::from_secs(5));
            if self.wire.write(b"QUIT\r\n", brief).await.is_ok() {
                let _goodbye = self.wire.reply(brief).await;
            }
        }
    }

    async fn greet(&mut self) -> Result<(), Setback> {
        let reply = self.wire.reply(self.timings.greeting).await;
        let reply = self.heard(reply, Phase::Greeting)?;
        self.log_answer(&reply);
        self.expect(220, &reply, Phase::Greeting)
    }

    async fn hello(&mut self, name: &str) -> Result<(), Setback> {
        let reply = self.command(&format!("EHLO {name}"), Phase::Hello).await?;
        self.expect(250, &reply, Phase::Hello)?;
        self.capabilities = Capabilities::from_reply(&reply);
        Ok(())
    }

    /// STARTTLS up to the go-ahead; gives back the link only if nothing waits behind it.
    async fn ask_for_tls(mut self) -> Result<Link, Setback> {
        if !self.capabilities.starttls {
            return Err(Setback::new(
                Phase::Tls,
                Trouble::server("the mail server does not offer STARTTLS, so nothing was sent to it")
                    .hint("use TLS on port 465 if the server has it; if it used to offer STARTTLS, somebody on the way may be taking it out"),
            ));
        }
        let reply = self.command("STARTTLS", Phase::Tls).await?;
        self.expect(220, &reply, Phase::Tls)?;
        if let Err(broken) = self.wire.expect_quiet().await {
            let trouble = match &broken {
                Broken::Nonsense(what) => Trouble::server(
                    "something was said behind the go-ahead for TLS, as an attacker on the way would do; the line was dropped",
                )
                .because(what),
                other => other.trouble(Phase::Tls.doing()),
            };
            return Err(Setback::new(Phase::Tls, trouble));
        }
        Ok(self.wire.into_link())
    }

    /// One command, one reply. Nothing may wait unread before we speak.
    pub(super) async fn command(&mut self, line: &str, phase: Phase) -> Result<Reply, Setback> {
        self.say(line.as_bytes(), phase).await?;
        let deadline = match phase {
            Phase::Data => self.timings.data,
            _ => self.timings.command,
        };
        self.hear(phase, deadline).await
    }

    /// Writes one line after making sure that the line is in step.
    pub(super) async fn say(&mut self, line: &[u8], phase: Phase) -> Result<(), Setback> {
        if !self.usable {
            return Err(Setback::new(
                phase,
                Trouble::network("the connection to the mail server is closed"),
            ));
        }
        self.in_step(phase).await?;
        self.log_command(line, phase);
        let mut bytes = secrecy::zeroize::Zeroizing::new(Vec::with_capacity(line.len() + 2));
        bytes.extend_from_slice(line);
        bytes.extend_from_slice(b"\r\n");
        let written = self.wire.write(&bytes, self.timings.command).await;
        self.heard(written, phase)
    }

    /// Nothing waits; or the server's own last words ("421 shutting down") become the setback.
    async fn in_step(&mut self, phase: Phase) -> Result<(), Setback> {
        let waits = self.wire.something_waits().await;
        if !self.heard(waits, phase)? {
            return Ok(());
        }
        let early = self.wire.reply(self.timings.command).await;
        let early = self.heard(early, phase)?;
        self.log_answer(&early);
        self.usable = false;
        Err(self.unexpected(&early, phase))
    }

    /// Of what signs us in, only the name of the mechanism is written down.
    fn log_command(&self, lines: &[u8], phase: Phase) {
        let Some(log) = &self.log else {
            return;
        };
        let text = String::from_utf8_lossy(lines);
        if phase != Phase::SignIn {
            text.lines().for_each(|line| log.sent(line));
            return;
        }
        match text.strip_prefix("AUTH ") {
            Some(rest) => {
                let mechanism = rest.split(' ').next().unwrap_or_default();
                log.sent(&format!("AUTH {mechanism} ***"));
            }
            None => log.sent("***"),
        }
    }

    pub(super) fn log_answer(&self, reply: &Reply) {
        if let Some(log) = &self.log {
            for line in &reply.lines {
                log.received(&format!("{} {line}", reply.code));
            }
        }
    }

    pub(super) fn log_note(&self, what: &str) {
        if let Some(log) = &self.log {
            log.sent(what);
        }
    }

    pub(super) async fn hear(
        &mut self,
        phase: Phase,
        deadline: std::time::Duration,
    ) -> Result<Reply, Setback> {
        let reply = self.wire.reply(deadline).await;
        let reply = self.heard(reply, phase)?;
        self.log_answer(&reply);
        if reply.code == 421 {
            // The server closes the line after 421 (RFC 5321 §3.8).
            self.usable = false;
        }
        Ok(reply)
    }

    pub(super) fn heard<T>(
        &mut self,
        outcome: Result<T, Broken>,
        phase: Phase,
    ) -> Result<T, Setback> {
        outcome.map_err(|broken| {
            self.usable = false;
            Setback::new(phase, broken.trouble(phase.doing()))
        })
    }

    pub(super) fn expect(&mut self, code: u16, reply: &Reply, phase: Phase) -> Result<(), Setback> {
        if reply.code == code {
            return Ok(());
        }
        Err(self.unexpected(reply, phase))
    }

    /// A reply that is not the one this phase needs, as a setback of the session.
    pub(super) fn unexpected(&mut self, reply: &Reply, phase: Phase) -> Setback {
        let trouble = match reply.kind() {
            ReplyKind::Later => {
                Trouble::network(format!("the mail server is busy ({})", phase.doing()))
            }
            ReplyKind::Never => Trouble::server(format!(
                "the mail server refused us while {}",
                phase.doing()
            )),
            ReplyKind::Other => {
                self.usable = false;
                Trouble::server(format!(
                    "the mail server answered out of step while {}",
                    phase.doing()
                ))
            }
        };
        Setback::new(phase, trouble.because(reply.words()))
    }
}

pub(super) async fn connect(account: &SmtpAccount) -> Result<Link, Setback> {
    let endpoint = &account.endpoint;
    open_tcp(&endpoint.host, endpoint.port, account.timings.connect)
        .await
        .map_err(|trouble| Setback::new(Phase::Connect, trouble))
}

async fn protect(account: &SmtpAccount, link: Link) -> Result<(Link, TlsFacts), Setback> {
    start_tls(
        link,
        &account.endpoint.host,
        &account.trust,
        account.timings.connect,
    )
    .await
    .map_err(|trouble| Setback::new(Phase::Tls, trouble))
}
