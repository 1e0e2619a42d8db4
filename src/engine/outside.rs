//! What the engine knows of the world outside of mail servers.

use std::sync::Arc;

use super::signing_in::Flows;
use crate::domain::oauth::Providers;
use crate::mail::http::Web;

/// The ways out that every part of the engine shares. The default trusts what the machine trusts, and knows no
/// provider to sign in with.
#[derive(Debug, Clone)]
pub struct Outside {
    pub web: Arc<Web>,
    /// Who signs people in with OAuth2.
    pub providers: Arc<Providers>,
    /// Sign-ins under way.
    pub(super) flows: Arc<Flows>,
}

impl Outside {
    pub fn new(web: Web, providers: Providers) -> Self {
        Self {
            web: Arc::new(web),
            providers: Arc::new(providers),
            flows: Arc::default(),
        }
    }
}

impl Default for Outside {
    fn default() -> Self {
        Self::new(Web::new(None), Providers::default())
    }
}
