//! Signing in with OAuth2: from "begin" to tokens that the front end hands on like a password.
//!
//! A walk: [`begin`] asks nobody yet; it opens a door on 127.0.0.1 (RFC 8252 §7.3) and shows the provider's address.
//! Whichever comes first, the browser at that door ([`door`]) or the pasted address, brings the code, once; it is
//! traded for tokens at once. With a device code ([`device`]) the provider is asked until somebody has confirmed it.
//! After ten minutes, or a word of the operator, the door is shut. [`tokens`] gives out access tokens afterwards.
//!
//! Nothing here writes a code, a verifier or a token anywhere but to the provider, the front end and the secrets file.

mod device;
mod door;
pub mod tokens;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::sync::{mpsc, oneshot};
use url::Url;

use super::core::{Engine, blocking};
use super::mailboxes;
use crate::bridge::{
    Begun, ConnectReport, FlowId, MailboxLine, Report, Secret, SignInProvider, SignInReport,
    SignInRequest, SignInWay,
};
use crate::config::secrets::SecretOf;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::SecretSource;
use crate::domain::oauth::authorise::{self, PROOF_BYTES, Proof};
use crate::domain::oauth::redirect::{self, Expected, NotTaken};
use crate::domain::oauth::{IdentityProvider, TokenSet};
use crate::domain::trouble::Trouble;

/// As the log of settings names it.
const SENDING_PASSWORD: &str = "password.sending";
/// How long somebody may take to sign in.
const OPEN_FOR: Duration = Duration::from_secs(10 * 60);

/// The sign-ins under way in this process.
#[derive(Debug, Default)]
pub struct Flows {
    latest: AtomicU64,
    open: Mutex<BTreeMap<u64, mpsc::Sender<Word>>>,
}

/// What the operator says to a sign-in under way.
#[derive(Debug)]
enum Word {
    Pasted {
        address: Secret,
        answer: oneshot::Sender<Result<(), Trouble>>,
    },
    Cancel,
}

impl Flows {
    fn open(&self) -> (FlowId, mpsc::Receiver<Word>) {
        let number = self.latest.fetch_add(1, Ordering::Relaxed) + 1;
        let (say, words) = mpsc::channel(4);
        self.lock().insert(number, say);
        (FlowId(number), words)
    }

    fn close(&self, flow: FlowId) {
        self.lock().remove(&flow.0);
    }

    async fn say(&self, flow: FlowId, word: Word) -> Result<(), Trouble> {
        let say = self.lock().get(&flow.0).cloned();
        let ended = || Trouble::operator("this sign-in has ended").hint("begin again");
        say.ok_or_else(ended)?.send(word).await.map_err(|_| ended())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, mpsc::Sender<Word>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn answer(
    engine: &Arc<Engine>,
    request: SignInRequest,
) -> Result<Report, Trouble> {
    let outside = &engine.settings.outside;
    match request {
        SignInRequest::Providers => Ok(report(SignInReport::Providers(lines(engine)))),
        SignInRequest::Begin {
            provider,
            login,
            way,
        } => {
            let provider = outside.providers.find(&provider)?.clone();
            begin(engine, &provider, login.trim(), way).await
        }
        SignInRequest::Pasted { flow, address } => {
            let (answer, answered) = oneshot::channel();
            outside
                .flows
                .say(flow, Word::Pasted { address, answer })
                .await?;
            answered
                .await
                .unwrap_or_else(|_| Err(Trouble::operator("this sign-in has ended")))?;
            Ok(Report::Done)
        }
        SignInRequest::Cancel(flow) => {
            outside.flows.say(flow, Word::Cancel).await?;
            Ok(Report::Done)
        }
        SignInRequest::KeepForSending { id, secret } => keep_for_sending(engine, id, secret).await,
    }
}

fn report(report: SignInReport) -> Report {
    Report::Connect(ConnectReport::SignIn(report))
}

fn lines(engine: &Engine) -> Vec<SignInProvider> {
    let providers = &engine.settings.outside.providers;
    let names = providers.names();
    names
        .iter()
        .filter_map(|name| providers.find(name).ok())
        .map(|provider| SignInProvider {
            name: provider.name.clone(),
            title: provider.title().to_owned(),
            allows_device: provider.allows_device,
        })
        .collect()
}

async fn begin(
    engine: &Arc<Engine>,
    provider: &IdentityProvider,
    login: &str,
    way: SignInWay,
) -> Result<Report, Trouble> {
    let flows = Arc::clone(&engine.settings.outside.flows);
    let (flow, mut words) = flows.open();
    let work = async {
        match way {
            SignInWay::Browser => by_browser(engine, provider, login, flow, &mut words).await,
            SignInWay::Device => device::sign_in(engine, provider, flow, &mut words).await,
        }
    };
    let ended = tokio::select! {
        ended = tokio::time::timeout(OPEN_FOR, work) => ended.unwrap_or_else(|_| {
            Err(Trouble::operator("nobody signed in within ten minutes").hint("begin again"))
        }),
        () = engine.stopped() => Err(Trouble::operator("Ticketty is stopping")),
    };
    flows.close(flow);
    let set = ended?;
    Ok(report(SignInReport::SignedIn {
        tokens: Secret::new(set.to_text()?),
        valid_until: set.valid_until,
        renews: !set.refresh_token.is_empty(),
    }))
}

async fn by_browser(
    engine: &Arc<Engine>,
    provider: &IdentityProvider,
    login: &str,
    flow: FlowId,
    words: &mut mpsc::Receiver<Word>,
) -> Result<TokenSet, Trouble> {
    let door = door::Door::open(provider).await?;
    let proof = Proof::new(random()?);
    let url = authorise::address(provider, &door.redirect, &proof, login);
    say_begun(
        engine,
        Begun::Browser {
            flow,
            url: url.into(),
            tunnel: tunnel(engine, door.port),
            until: until(engine, OPEN_FOR),
        },
    );
    let expected = Expected {
        redirect: &door.redirect,
        state: &proof.state,
        issuer: provider.issuer.as_deref(),
    };
    let code = loop {
        tokio::select! {
            code = door.code(&expected) => break code?,
            word = words.recv() => match word {
                Some(Word::Pasted { address, answer }) => {
                    match redirect::code_in(address.expose(), &expected) {
                        Ok(code) => {
                            // Whoever pasted may have left; the sign-in goes on.
                            let _ = answer.send(Ok(()));
                            break code;
                        }
                        Err(NotTaken::NotOurs(trouble)) => {
                            let _ = answer.send(Err(trouble));
                        }
                        Err(NotTaken::Refused(trouble)) => {
                            let _ = answer.send(Err(trouble.clone()));
                            return Err(trouble);
                        }
                    }
                }
                Some(Word::Cancel) | None => return Err(cancelled()),
            },
        }
    };
    // The code is used once, and nobody is listened to any more.
    let redirect = Url::clone(&door.redirect);
    drop(door);
    tokens::trade(engine, provider, &code, &redirect, &proof.verifier).await
}

fn cancelled() -> Trouble {
    Trouble::operator("the sign-in was cancelled")
}

fn random() -> Result<[u8; PROOF_BYTES], Trouble> {
    let mut random = [0; PROOF_BYTES];
    getrandom::fill(&mut random)
        .map_err(|cause| Trouble::bug("the system gave no random numbers").because(cause))?;
    Ok(random)
}

fn say_begun(engine: &Engine, begun: Begun) {
    engine.told.line(report(SignInReport::Begun(begun)));
}

fn until(engine: &Engine, within: Duration) -> jiff::Timestamp {
    let now = engine.clock.now();
    SignedDuration::try_from(within)
        .ok()
        .and_then(|within| now.checked_add(within).ok())
        .unwrap_or(now)
}

/// The line that lets a browser on the operator's own machine reach the door on this one.
fn tunnel(engine: &Engine, port: u16) -> String {
    let host = engine.settings.holder.split(':').next().unwrap_or("host");
    format!("ssh -L {port}:127.0.0.1:{port} {}@{host}", engine.me.login)
}

/// Keeps what somebody typed or signed in with. Nobody renews the old sign-in meanwhile, so that the answer to the old
/// one never replaces the new one.
///
/// # Errors
/// It cannot be kept.
pub(super) async fn keep(
    engine: &Engine,
    of: SecretOf,
    source: SecretSource,
    secret: &Secret,
) -> Result<(), Trouble> {
    let keeper = Arc::clone(&engine.secrets);
    let secret = SecretString::from(secret.expose().to_owned());
    blocking(move || {
        let _alone = match source {
            SecretSource::Oauth(_) => Some(keeper.hold(of)?),
            _ => None,
        };
        keeper.put(of, &source, &secret)
    })
    .await
}

/// Says of each mailbox how long its sign-in lasts, where it has one.
pub(super) async fn say_how_long(
    engine: &Engine,
    mut lines: Vec<MailboxLine>,
) -> Result<Vec<MailboxLine>, Trouble> {
    let signs_in =
        |line: &MailboxLine| matches!(line.mailbox.settings.secret, SecretSource::Oauth(_));
    if !lines.iter().any(signs_in) {
        return Ok(lines);
    }
    let keeper = Arc::clone(&engine.secrets);
    blocking(move || {
        for line in lines.iter_mut().filter(|line| signs_in(line)) {
            let kept = keeper.get(line.mailbox.id.into(), &line.mailbox.settings.secret);
            // What cannot be read is told where somebody signs in with it.
            line.lasts = kept.ok().as_ref().and_then(tokens::lasts);
        }
        Ok(lines)
    })
    .await
}

async fn keep_for_sending(
    engine: &Engine,
    id: MailboxId,
    secret: Secret,
) -> Result<Report, Trouble> {
    let mailbox = mailboxes::known(engine, id).await?;
    let source = mailbox
        .settings
        .sending_sign_in
        .map(|sign_in| sign_in.secret)
        .ok_or_else(|| Trouble::operator("this mailbox has no sign-in of its own for sending"))?;
    keep(engine, SecretOf::sending(id), source, &secret).await?;
    mailboxes::ring(engine, Some((id, SENDING_PASSWORD))).await?;
    Ok(Report::Done)
}
