//! An identity provider on loopback: it hands out codes, device codes and tokens, rotates refresh tokens, and can
//! revoke everything. The test plays the person at the browser by [`FakeIdentity::consent`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use ticketty::domain::oauth::provider::Described;
use ticketty::domain::oauth::{IdentityProvider, Providers};
use url::Url;

use super::fake_web::{Asked, FakeWeb, Page};

pub const ISSUER: &str = "https://id.acme.test";

#[derive(Debug, Default)]
pub struct State {
    /// Codes that were not used yet, with the challenge of who asked.
    codes: BTreeMap<String, String>,
    pub refresh_tokens: BTreeSet<String>,
    pub access_tokens: BTreeSet<String>,
    /// Every token and code that was ever given out: none of them may be in a log.
    pub canaries: Vec<String>,
    /// What device polling answers, in this order, before it answers with tokens.
    pub device_answers: Vec<&'static str>,
    /// How long access tokens are said to live.
    pub lives_seconds: i64,
    count: u32,
}

impl State {
    fn fresh(&mut self, kind: &str) -> String {
        self.count += 1;
        let word = format!("canary-{kind}-{}", self.count);
        self.canaries.push(word.clone());
        word
    }

    fn tokens(&mut self) -> Page {
        let (access, refresh) = (self.fresh("access"), self.fresh("refresh"));
        self.access_tokens.insert(access.clone());
        self.refresh_tokens.insert(refresh.clone());
        let lives = self.lives_seconds;
        Page::json(
            200,
            &format!(
                r#"{{"access_token":"{access}","refresh_token":"{refresh}","token_type":"Bearer","expires_in":{lives}}}"#
            ),
        )
    }
}

#[derive(Debug)]
pub struct FakeIdentity {
    pub web: FakeWeb,
    state: Arc<Mutex<State>>,
}

impl FakeIdentity {
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State {
            lives_seconds: 3600,
            ..State::default()
        }));
        let answering = Arc::clone(&state);
        let web = FakeWeb::start(move |asked| answer(&mut answering.lock().unwrap(), asked));
        Self { web, state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// As config.toml would describe it, under the name `acme`.
    pub fn provider(&self, device: bool) -> IdentityProvider {
        Described {
            client_id: "desk".into(),
            authorize_url: Some(self.web.url("/authorize")),
            token_url: Some(self.web.url("/token")),
            device_url: Some(self.web.url("/device")),
            scopes: vec!["mail".into()],
            issuer: Some(ISSUER.into()),
            device: Some(device),
            ..Described::default()
        }
        .named("acme")
        .unwrap()
    }

    pub fn providers(&self, device: bool) -> Providers {
        let mut providers = Providers::default();
        providers.insert(self.provider(device));
        providers
    }

    /// The person signs in and agrees: the address that the browser is sent to.
    pub fn consent(&self, authorize: &str) -> Url {
        let url = Url::parse(authorize).unwrap();
        let find = |name: &str| {
            let mut pairs = url.query_pairs();
            pairs
                .find(|(known, _)| known == name)
                .unwrap()
                .1
                .into_owned()
        };
        assert_eq!(find("code_challenge_method"), "S256");
        let mut state = self.state();
        let code = state.fresh("code");
        state.codes.insert(code.clone(), find("code_challenge"));
        let mut redirect = Url::parse(&find("redirect_uri")).unwrap();
        redirect
            .query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &find("state"))
            .append_pair("iss", ISSUER);
        redirect
    }

    /// Nothing that was given out is good any more.
    pub fn revoke_everything(&self) {
        let mut state = self.state();
        state.access_tokens.clear();
        state.refresh_tokens.clear();
    }

    /// How often tokens were asked for with this grant.
    pub fn asked_for(&self, grant: &str) -> usize {
        let asked = self.web.asked();
        asked
            .iter()
            .filter(|asked| asked.field("grant_type").as_deref() == Some(grant))
            .count()
    }
}

fn answer(state: &mut State, asked: &Asked) -> Page {
    match asked.path.as_str() {
        "/token" => token(state, asked),
        "/device" => Page::json(
            200,
            r#"{"device_code":"canary-device","user_code":"WXYZ-1234","verification_uri":"https://id.acme.test/device","expires_in":600,"interval":1}"#,
        ),
        "/tokeninfo" => {
            let token = asked.query.trim_start_matches("access_token=").to_owned();
            match state.access_tokens.contains(&token) {
                true => Page::json(200, r#"{"email":"anna","expires_in":600}"#),
                false => Page::json(400, r#"{"error":"invalid_token"}"#),
            }
        }
        _ => Page::status(404),
    }
}

fn token(state: &mut State, asked: &Asked) -> Page {
    let refused = |error: &str| Page::json(400, &format!(r#"{{"error":"{error}"}}"#));
    let field = |name: &str| asked.field(name).unwrap_or_default();
    if field("client_id") != "desk" {
        return refused("invalid_client");
    }
    match &*field("grant_type") {
        "authorization_code" => {
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
            match state.codes.remove(&field("code")) {
                Some(wanted) if wanted == challenge => state.tokens(),
                _ => refused("invalid_grant"),
            }
        }
        "refresh_token" => match state.refresh_tokens.remove(&field("refresh_token")) {
            true => state.tokens(),
            false => refused("invalid_grant"),
        },
        "urn:ietf:params:oauth:grant-type:device_code" => {
            if state.device_answers.is_empty() {
                state.tokens()
            } else {
                refused(state.device_answers.remove(0))
            }
        }
        _ => refused("unsupported_grant_type"),
    }
}
