//! The address that the operator opens to sign in, and the proof that the answer is ours.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use super::provider::IdentityProvider;

/// What only this sign-in knows. `Debug` says nothing about it.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    /// Comes back with the answer (RFC 6749 §10.12).
    pub state: String,
    /// Shown when the code is traded for tokens (RFC 7636 §4.1).
    pub verifier: String,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof(…)")
    }
}

/// Bytes of randomness for a [`Proof`].
pub const PROOF_BYTES: usize = 64;

impl Proof {
    /// Half of the randomness makes the state, half the verifier (43 characters, RFC 7636 §4.1).
    pub fn new(random: [u8; PROOF_BYTES]) -> Self {
        let (state, verifier) = random.split_at(PROOF_BYTES / 2);
        Self {
            state: URL_SAFE_NO_PAD.encode(state),
            verifier: URL_SAFE_NO_PAD.encode(verifier),
        }
    }

    /// The challenge by S256 (RFC 7636 §4.2).
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }
}

/// The address to open in a browser.
pub fn address(provider: &IdentityProvider, redirect: &Url, proof: &Proof, login: &str) -> Url {
    let mut url = provider.authorize_url.clone();
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &provider.client_id)
        .append_pair("redirect_uri", redirect.as_str())
        .append_pair("scope", &provider.scopes.join(" "))
        .append_pair("state", &proof.state)
        .append_pair("code_challenge", &proof.challenge())
        .append_pair("code_challenge_method", "S256");
    if !login.is_empty() {
        url.query_pairs_mut().append_pair("login_hint", login);
    }
    if provider.name == "google" {
        // Without these Google gives no refresh token, or none the second time.
        url.query_pairs_mut()
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent");
    }
    url
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::oauth::provider::Described;

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        let proof = Proof {
            state: String::new(),
            // RFC 7636, appendix B.
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into(),
        };
        assert_eq!(
            proof.challenge(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn the_address_carries_pkce_state_scopes_and_who_signs_in() {
        let described = Described {
            client_id: "abc".into(),
            ..Described::default()
        };
        let provider = described.named("google").unwrap();
        let proof = Proof::new(std::array::from_fn(|at| u8::try_from(at).unwrap()));
        assert_eq!((proof.verifier.len(), proof.state.len()), (43, 43));
        let redirect = Url::parse("http://127.0.0.1:4711/").unwrap();
        let url = address(&provider, &redirect, &proof, "anna@acme.test");
        let find = |name: &str| {
            url.query_pairs()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
        };
        assert_eq!(find("code_challenge_method").unwrap(), "S256");
        assert_eq!(find("state").unwrap(), proof.state);
        assert_eq!(find("redirect_uri").unwrap(), "http://127.0.0.1:4711/");
        assert_eq!(find("login_hint").unwrap(), "anna@acme.test");
        assert_eq!(find("access_type").unwrap(), "offline");
        assert!(!url.as_str().contains(&proof.verifier));
    }
}
