//! From a host name to a signed-in connection: TCP, TLS, greeting, STARTTLS, sign-in.
//!
//! async-imap drives this part, over the guard. It fails closed: what was learnt before TLS is forgotten, a byte
//! waiting behind the go-ahead for STARTTLS is an attack (RFC 9051 §11.1), PREAUTH on a plain link skips the
//! protection and is refused, and no password goes over an unprotected link unless the admin chose that.

use std::panic::AssertUnwindSafe;

use async_imap::imap_proto::{Response, Status};
use async_imap::{Authenticator, Client};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt;
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::access::{Access, Limits, Reached, Watching};
use super::answer::{Condition, Word};
use super::by_token;
use super::can::SignInCan;
use super::failure::{FailureKind, ImapFailure};
use super::guard::{Carried, Guard, WireCounts};
use super::quote;
use crate::domain::mailbox::Security;
use crate::domain::trouble::Trouble;
use crate::mail::Means;
use crate::mail::link::{TlsFacts, WireLog, open_tcp, start_tls};

/// A connection that the server knows as the mailbox's, and what it said on the way.
pub(super) struct SignedIn {
    pub guard: Guard,
    /// Capabilities after sign-in, if the server told them by itself.
    pub capability: Option<Vec<String>>,
    pub tls: Option<TlsFacts>,
}

/// Connects and signs in.
///
/// # Errors
/// See [`FailureKind`]. A panic of the parser below is a lost connection, never the end of the program.
pub(super) async fn sign_in(
    access: &Access,
    limits: &Limits,
    log: Option<WireLog>,
    watching: Watching<'_>,
) -> Result<SignedIn, ImapFailure> {
    match AssertUnwindSafe(handshake(access, limits, log, watching))
        .catch_unwind()
        .await
    {
        Ok(ended) => ended,
        Err(_) => Err(ImapFailure::lost("the server's answer could not be read")),
    }
}

async fn handshake(
    access: &Access,
    limits: &Limits,
    log: Option<WireLog>,
    watching: Watching<'_>,
) -> Result<SignedIn, ImapFailure> {
    let endpoint = &access.endpoint;
    let mut link = open_tcp(&endpoint.host, endpoint.port, limits.connect)
        .await
        .map_err(ImapFailure::unreachable)?;
    watching(Reached::Tcp);
    let mut tls = None;
    if endpoint.security == Security::Tls {
        let (protected, facts) = start_tls(link, &endpoint.host, &access.trust, limits.connect)
            .await
            .map_err(ImapFailure::unreachable)?;
        link = protected;
        watching(Reached::Tls(facts.clone()));
        tls = Some(facts);
    }
    let carried = Carried {
        counts: WireCounts::default(),
        log,
        greeted: false,
    };
    let guard = Guard::new(link, limits.line_bytes, limits.literal_bytes, carried);
    let mut client = Client::new(guard);
    watching(Reached::Greeting(
        greeting(&mut client, access, limits).await?,
    ));
    if endpoint.security == Security::Starttls {
        let (protected, facts) = upgrade(client, access, limits).await?;
        client = protected;
        watching(Reached::Tls(facts.clone()));
        tls = Some(facts);
    }
    let can = SignInCan::from_words(&capability(&mut client, limits).await?);
    client.get_mut().capability = None;
    let mut guard = match access.means {
        Means::Password => authenticate(client, access, limits, can).await?,
        Means::Token => by_token::sign_in(client.into_inner(), access, limits, can).await?,
    };
    let capability = guard.capability.take();
    Ok(SignedIn {
        guard,
        capability,
        tls,
    })
}

/// The greeting must be OK: BYE is a refusal, PREAUTH would make us skip what protects the mailbox.
async fn greeting(
    client: &mut Client<Guard>,
    access: &Access,
    limits: &Limits,
) -> Result<String, ImapFailure> {
    client.get_mut().counts.round_trips += 1;
    let response = timeout(limits.answer, client.read_response())
        .await
        .map_err(|_| {
            let hint = match access.endpoint.security {
                Security::Tls => "the server is slow, or does not speak IMAP there",
                _ => "this port wants TLS from the first byte: choose TLS, usually with port 993",
            };
            let silent = Trouble::network("the mail server sent no greeting").hint(hint);
            ImapFailure::new(FailureKind::Unreachable, silent)
        })??;
    let status = match response.as_ref().map(|response| response.parsed()) {
        Some(Response::Data { status, .. }) => status,
        Some(_) => return Err(ImapFailure::protocol("the greeting is not one of IMAP")),
        None => return Err(ImapFailure::lost("the mail server closed the connection")),
    };
    match status {
        Status::Ok => Ok(match &client.get_ref().heard {
            Some(condition) => condition.text.chars().take(200).collect(),
            None => String::new(),
        }),
        Status::PreAuth => Err(ImapFailure::unfit(
            "the mail server says that nobody needs to sign in (PREAUTH), which is not believed",
            "someone may be between you and the server; ask its administrator",
        )),
        _ => Err(match &client.get_ref().heard {
            Some(condition) => ImapFailure::bye(condition),
            None => ImapFailure::protocol("the greeting is not one of IMAP"),
        }),
    }
}

async fn upgrade(
    mut client: Client<Guard>,
    access: &Access,
    limits: &Limits,
) -> Result<(Client<Guard>, TlsFacts), ImapFailure> {
    if !SignInCan::from_words(&capability(&mut client, limits).await?).starttls {
        return Err(ImapFailure::unfit(
            "the mail server does not offer STARTTLS",
            "choose TLS (usually port 993); nothing was sent in the clear",
        ));
    }
    simple(&mut client, "STARTTLS", limits)
        .await
        .map_err(|failure| match failure {
            Ended::Condition(condition) => ImapFailure::refused("STARTTLS", &condition),
            Ended::Failure(failure) => failure,
        })?;
    let mut guard = client.into_inner();
    if guard.has_waiting_byte().await {
        return Err(ImapFailure::unfit(
            "something was sent behind the go-ahead for STARTTLS",
            "someone may be between you and the server; nothing was sent to it",
        ));
    }
    let (link, carried) = guard.into_link();
    let (protected, facts) = start_tls(link, &access.endpoint.host, &access.trust, limits.connect)
        .await
        .map_err(ImapFailure::unreachable)?;
    let guard = Guard::new(protected, limits.line_bytes, limits.literal_bytes, carried);
    Ok((Client::new(guard), facts))
}

/// What the server can do at this point: from what it said by itself, or asked for.
async fn capability(
    client: &mut Client<Guard>,
    limits: &Limits,
) -> Result<Vec<String>, ImapFailure> {
    if client.get_ref().capability.is_none() {
        simple(client, "CAPABILITY", limits)
            .await
            .map_err(|ended| match ended {
                Ended::Condition(condition) => ImapFailure::refused("CAPABILITY", &condition),
                Ended::Failure(failure) => failure,
            })?;
    }
    client
        .get_ref()
        .capability
        .clone()
        .ok_or_else(|| ImapFailure::protocol("no capabilities were listed"))
}

/// How a handshake command ended when it did not end with OK.
enum Ended {
    Condition(Condition),
    Failure(ImapFailure),
}

async fn simple(client: &mut Client<Guard>, command: &str, limits: &Limits) -> Result<(), Ended> {
    client.get_ref().log_sent(command);
    run(client, command, limits).await
}

/// Runs a command without writing it to the protocol log.
async fn run(client: &mut Client<Guard>, command: &str, limits: &Limits) -> Result<(), Ended> {
    client.get_mut().counts.round_trips += 1;
    client.get_mut().heard = None;
    let ended = timeout(
        limits.answer,
        client.run_command_and_check_ok(command, None),
    )
    .await;
    let heard = client.get_ref().heard.clone();
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(ended_badly(&error, heard)),
        Err(_) => Err(Ended::Failure(ImapFailure::lost(
            "the mail server did not answer in time",
        ))),
    }
}

fn ended_badly(error: &async_imap::error::Error, heard: Option<Condition>) -> Ended {
    use async_imap::error::Error;
    match (error, heard) {
        (_, Some(condition)) if condition.word == Word::Bye => {
            Ended::Failure(ImapFailure::bye(&condition))
        }
        (Error::No(_) | Error::Bad(_), Some(condition)) => Ended::Condition(condition),
        (Error::Io(error), _) => Ended::Failure(error.into()),
        _ => Ended::Failure(ImapFailure::lost("the mail server closed the connection")),
    }
}

/// AUTHENTICATE PLAIN (RFC 4616) takes any password; LOGIN is for servers without it.
async fn authenticate(
    mut client: Client<Guard>,
    access: &Access,
    limits: &Limits,
    can: SignInCan,
) -> Result<Guard, ImapFailure> {
    let password = access.password.expose_secret();
    if access.login.contains('\0') || password.contains('\0') {
        let trouble = Trouble::operator("login and password must not contain a NUL");
        return Err(ImapFailure::new(FailureKind::SignInRefused, trouble));
    }
    let ended = if can.auth_plain {
        let response = format!("\0{}\0{password}", access.login);
        client
            .get_ref()
            .log_sent("AUTHENTICATE PLAIN (the rest is not shown)");
        if !can.sasl_ir {
            return dialogue(client, &response, limits).await;
        }
        let command = format!("AUTHENTICATE PLAIN {}", STANDARD.encode(response));
        run(&mut client, &command, limits).await
    } else if can.login_disabled {
        return Err(ImapFailure::unfit(
            "the mail server does not allow signing in with a password here (LOGINDISABLED)",
            "choose TLS or STARTTLS, or ask the server's administrator",
        ));
    } else {
        client.get_ref().log_sent("LOGIN (the rest is not shown)");
        run(
            &mut client,
            &login_command(&access.login, password)?,
            limits,
        )
        .await
    };
    match ended {
        Ok(()) => Ok(client.into_inner()),
        Err(Ended::Condition(condition)) => Err(ImapFailure::sign_in(&condition)),
        Err(Ended::Failure(failure)) => Err(failure),
    }
}

fn login_command(login: &str, password: &str) -> Result<String, ImapFailure> {
    match (quote::quoted(login), quote::quoted(password)) {
        (Some(login), Some(password)) => Ok(format!("LOGIN {login} {password}")),
        _ => Err(ImapFailure::unfit(
            "the mail server takes only ASCII logins and passwords (it lacks AUTH=PLAIN)",
            "choose a password of plain letters, digits and signs",
        )),
    }
}

/// Gives the credentials once; a second challenge of a server that refuses is answered with nothing.
struct PlainOnce(Option<String>);

impl Authenticator for PlainOnce {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

/// AUTHENTICATE PLAIN for servers without SASL-IR: the credentials follow the go-ahead.
async fn dialogue(
    mut client: Client<Guard>,
    response: &str,
    limits: &Limits,
) -> Result<Guard, ImapFailure> {
    client.get_mut().counts.round_trips += 2;
    client.get_mut().heard = None;
    let once = PlainOnce(Some(response.to_owned()));
    let ended = timeout(limits.answer, client.authenticate("PLAIN", once))
        .await
        .map_err(|_| ImapFailure::lost("the mail server did not answer in time"))?;
    match ended {
        Ok(mut session) => {
            let carried = Carried {
                counts: WireCounts::default(),
                log: None,
                greeted: true,
            };
            let nothing = Guard::new(Box::new(tokio::io::empty()), 0, 0, carried);
            Ok(std::mem::replace(session.as_mut(), nothing))
        }
        Err((error, client)) => Err(match ended_badly(&error, client.get_ref().heard.clone()) {
            Ended::Condition(condition) => ImapFailure::sign_in(&condition),
            Ended::Failure(failure) => failure,
        }),
    }
}
