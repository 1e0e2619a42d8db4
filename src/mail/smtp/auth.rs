//! Signing in with AUTH PLAIN or LOGIN (RFC 4954, RFC 4616), or with a token by XOAUTH2 or OAUTHBEARER (RFC 7628).
//!
//! Lines with the password are wiped after they were written, and never appear in an error.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;

use super::SignIn;
use super::reply::{Reply, ReplyKind};
use super::session::Session;
use crate::domain::delivery::{Phase, Setback};
use crate::domain::mailbox::Endpoint;
use crate::domain::oauth::sasl::{self, Mechanism};
use crate::domain::trouble::Trouble;
use crate::mail::Means;

pub(super) async fn sign_in(
    session: &mut Session,
    credentials: &SignIn,
    endpoint: &Endpoint,
) -> Result<(), Setback> {
    match credentials.means {
        Means::Password => by_password(session, credentials).await,
        Means::Token => by_token(session, credentials, endpoint).await,
    }
}

async fn by_token(
    session: &mut Session,
    credentials: &SignIn,
    endpoint: &Endpoint,
) -> Result<(), Setback> {
    let mechanism = Mechanism::choose(|name| session.capabilities.signs_in_by(name));
    let Some(mechanism) = mechanism else {
        return Err(Setback::new(Phase::SignIn, no_oauth(session)));
    };
    let token = credentials.password.expose_secret();
    let words = mechanism
        .first_words(&credentials.login, &endpoint.host, endpoint.port, token)
        .map(Zeroizing::new)
        .ok_or_else(|| {
            let trouble = Trouble::operator("the login or the token holds an odd character");
            Setback::new(Phase::SignIn, trouble)
        })?;
    let encoded = Zeroizing::new(STANDARD.encode(&*words));
    let line = Zeroizing::new(format!("AUTH {} {}", mechanism.name(), &*encoded));
    let mut reply = session.command(&line, Phase::SignIn).await?;
    let mut said = None;
    if reply.code == 334 {
        said = reply
            .lines
            .first()
            .and_then(|line| sasl::refusal(line.as_str()));
        let to_an_error = STANDARD.encode(mechanism.to_an_error());
        reply = session.command(&to_an_error, Phase::SignIn).await?;
        if reply.code == 235 {
            // It refused the token and then let us in: nobody knows as whom.
            session.usable = false;
            return Err(session.unexpected(&reply, Phase::SignIn));
        }
    }
    if reply.code == 235 || reply.kind() != ReplyKind::Never {
        return finish(session, &reply);
    }
    session.usable = false;
    let words = match said {
        Some(said) => format!("{} ({said})", reply.words()),
        None => reply.words(),
    };
    let trouble = Trouble::operator("the mail server does not take the OAuth2 sign-in")
        .because(words)
        .hint("sign in again in the mailbox's settings; the account may also not allow SMTP");
    Err(Setback::new(Phase::SignIn, trouble))
}

fn no_oauth(session: &Session) -> Trouble {
    Trouble::server("the mail server does not take OAuth2 (neither XOAUTH2 nor OAUTHBEARER)")
        .because(format!(
            "it offers {}",
            session.capabilities.sign_in.join(", ")
        ))
        .hint("give sending a sign-in of its own in the mailbox's settings")
}

async fn by_password(session: &mut Session, credentials: &SignIn) -> Result<(), Setback> {
    if session.capabilities.signs_in_by("PLAIN") {
        let mut secret = Zeroizing::new(Vec::new());
        secret.push(0);
        secret.extend_from_slice(credentials.login.as_bytes());
        secret.push(0);
        secret.extend_from_slice(credentials.password.expose_secret().as_bytes());
        let encoded = Zeroizing::new(STANDARD.encode(&*secret));
        let line = Zeroizing::new(format!("AUTH PLAIN {}", &*encoded));
        let reply = session.command(&line, Phase::SignIn).await?;
        return finish(session, &reply);
    }
    if session.capabilities.signs_in_by("LOGIN") {
        let reply = session.command("AUTH LOGIN", Phase::SignIn).await?;
        go_on(session, &reply)?;
        let login = STANDARD.encode(&credentials.login);
        let reply = session.command(&login, Phase::SignIn).await?;
        go_on(session, &reply)?;
        let password = Zeroizing::new(STANDARD.encode(credentials.password.expose_secret()));
        let reply = session.command(&password, Phase::SignIn).await?;
        return finish(session, &reply);
    }
    Err(Setback::new(Phase::SignIn, no_way_in(session)))
}

fn no_way_in(session: &Session) -> Trouble {
    let offered = &session.capabilities.sign_in;
    if offered.is_empty() {
        Trouble::server("the mail server does not offer to sign in here; no password was sent")
            .hint("mail programs usually sign in on port 465 (TLS) or 587 (STARTTLS)")
    } else {
        Trouble::server("the mail server offers no way to sign in with a password; none was sent")
            .because(format!("it offers {}", offered.join(", ")))
            .hint("ask its administrator for an app password, or for AUTH PLAIN or LOGIN")
    }
}

/// The server asks for the next part of a LOGIN.
fn go_on(session: &mut Session, reply: &Reply) -> Result<(), Setback> {
    if reply.code == 334 {
        Ok(())
    } else if reply.code == 235 {
        session.usable = false;
        Err(session.unexpected(reply, Phase::SignIn))
    } else {
        finish(session, reply)
    }
}

fn finish(session: &mut Session, reply: &Reply) -> Result<(), Setback> {
    match (reply.code, reply.kind()) {
        (235, _) => Ok(()),
        (_, ReplyKind::Never) => {
            // Refused once; the same words on the same line would only count as another attempt.
            session.usable = false;
            Err(Setback::new(Phase::SignIn, refused(reply)))
        }
        _ => {
            session.usable = false;
            Err(session.unexpected(reply, Phase::SignIn))
        }
    }
}

fn refused(reply: &Reply) -> Trouble {
    match reply.code {
        // RFC 4954 §6: these name the credentials; the others name the command or the line.
        530 | 534 | 535 | 550 | 552 | 553 | 554 => {
            Trouble::operator("the mail server refused the login or the password")
                .because(reply.words())
                .hint("check login and password; many providers want an app password here")
        }
        _ => Trouble::server("the mail server refused the way we sign in").because(reply.words()),
    }
}
