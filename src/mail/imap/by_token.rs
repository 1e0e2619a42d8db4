//! Signing in with an access token: XOAUTH2 or OAUTHBEARER (RFC 7628), over the guard itself.
//!
//! async-imap would answer the server's error challenge without showing it, and with SASL-IR it would wait for ever.
//! No line with the token is written to any log.

use std::collections::VecDeque;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;
use tokio::io::AsyncWriteExt;
use tokio::time::Instant;

use super::access::{Access, Limits};
use super::answer::{self, Answer, Condition, Word};
use super::can::SignInCan;
use super::failure::{FailureKind, ImapFailure};
use super::guard::Guard;
use crate::domain::oauth::sasl::{self, Mechanism};
use crate::domain::trouble::Trouble;

const TAG: &str = "K1";

pub(super) async fn sign_in(
    mut guard: Guard,
    access: &Access,
    limits: &Limits,
    can: SignInCan,
) -> Result<Guard, ImapFailure> {
    let mechanism = Mechanism::choose(|name| match name {
        "XOAUTH2" => can.auth_xoauth2,
        _ => can.auth_oauthbearer,
    })
    .ok_or_else(|| {
        ImapFailure::unfit(
            "the mail server does not take OAuth2 (neither XOAUTH2 nor OAUTHBEARER)",
            "choose another way to sign in, such as an app password",
        )
    })?;
    let words = mechanism
        .first_words(
            &access.login,
            &access.endpoint.host,
            access.endpoint.port,
            access.password.expose_secret(),
        )
        .map(Zeroizing::new)
        .ok_or_else(|| {
            let trouble = Trouble::operator("the login or the token holds an odd character");
            ImapFailure::new(FailureKind::SignInRefused, trouble)
        })?;
    let encoded = Zeroizing::new(STANDARD.encode(&*words));
    let name = mechanism.name();
    let to_an_error = Zeroizing::new(STANDARD.encode(mechanism.to_an_error()));
    guard.log_sent(&format!("AUTHENTICATE {name} (the rest is not shown)"));
    let mut answers = VecDeque::new();
    let command = if can.sasl_ir {
        Zeroizing::new(format!("{TAG} AUTHENTICATE {name} {}", &*encoded))
    } else {
        answers.push_back(encoded);
        Zeroizing::new(format!("{TAG} AUTHENTICATE {name}"))
    };
    answers.push_back(to_an_error);
    guard.capability = None;
    say(&mut guard, &command, limits).await?;
    dialogue(guard, answers, limits).await
}

async fn dialogue(
    mut guard: Guard,
    mut answers: VecDeque<Zeroizing<String>>,
    limits: &Limits,
) -> Result<Guard, ImapFailure> {
    let until = Instant::now() + limits.whole_answer.min(limits.answer * 3);
    let mut refusal = None;
    loop {
        let frame = guard.next_frame(limits.answer, until).await?;
        let shown = frame.shown();
        match answer::read(frame) {
            Answer::GoAhead => {
                let challenge = shown.trim_start_matches('+').trim();
                refusal = refusal.or_else(|| sasl::refusal(challenge));
                let Some(next) = answers.pop_front() else {
                    return Err(ImapFailure::protocol("it asks for more than a token"));
                };
                say(&mut guard, &next, limits).await?;
            }
            Answer::Status { tag, condition } => {
                if condition.word == Word::Bye {
                    return Err(ImapFailure::bye(&condition));
                }
                if tag.as_deref() != Some(TAG) {
                    continue;
                }
                if let Some(code) = &condition.code
                    && code.name == "CAPABILITY"
                {
                    guard.capability = Some(answer::words(&code.arguments));
                }
                return match condition.word {
                    Word::Ok => Ok(guard),
                    _ => Err(refused(&condition, refusal.as_deref())),
                };
            }
            Answer::Abilities {
                enabled: false,
                words,
            } => guard.capability = Some(words),
            _ => {}
        }
    }
}

async fn say(guard: &mut Guard, line: &str, limits: &Limits) -> Result<(), ImapFailure> {
    guard.counts.round_trips += 1;
    let bytes = Zeroizing::new(format!("{line}\r\n"));
    let written = async {
        guard.write_all(bytes.as_bytes()).await?;
        guard.flush().await
    };
    match tokio::time::timeout(limits.answer, written).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(ImapFailure::lost("the mail server takes nothing more")),
    }
}

/// The server does not take the token. What it said in its challenge says more than its last line.
fn refused(condition: &Condition, said: Option<&str>) -> ImapFailure {
    let mut failure = ImapFailure::sign_in(condition);
    if failure.kind == FailureKind::SignInRefused {
        let words = match said {
            Some(said) => format!("{} ({said})", condition.words()),
            None => condition.words(),
        };
        failure.trouble = Trouble::operator("the mail server does not take the OAuth2 sign-in")
            .because(words)
            .hint("sign in again in the mailbox's settings; the account may also not allow IMAP");
    }
    failure
}
