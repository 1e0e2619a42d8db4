//! Signing in with AUTH PLAIN or LOGIN (RFC 4954, RFC 4616).
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
use crate::domain::trouble::Trouble;

pub(super) async fn sign_in(session: &mut Session, credentials: &SignIn) -> Result<(), Setback> {
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
