//! What the engine knows of the world outside of mail servers.

use std::sync::Arc;

use crate::mail::http::Web;

/// The ways out that every part of the engine shares. The default trusts what the machine trusts.
#[derive(Debug, Clone)]
pub struct Outside {
    pub web: Arc<Web>,
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            web: Arc::new(Web::new(None)),
        }
    }
}
