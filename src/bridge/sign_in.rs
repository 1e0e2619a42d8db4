//! Signing in with OAuth2: what a front end asks, and what it shows meanwhile.
//!
//! A sign-in is begun, answered by the browser or by a pasted address, and ends with what the front end hands on like
//! a password. Nothing here is shown before the operator asked for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Secret;
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;

/// A sign-in under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FlowId(pub u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignInWay {
    /// The provider's page sends the browser to an address of this machine.
    Browser,
    /// A code is typed on another device.
    Device,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SignInRequest {
    /// The providers that are set up: answered by [`SignInReport::Providers`].
    Providers,
    /// Begins: [`SignInReport::Begun`] comes at once and [`SignInReport::SignedIn`] as the answer, within ten minutes.
    Begin {
        provider: String,
        login: String,
        way: SignInWay,
    },
    /// The address that the browser was sent to, pasted. A wrong one fails and leaves the sign-in as it is.
    Pasted {
        flow: FlowId,
        address: Secret,
    },
    Cancel(FlowId),
    /// Keeps the secret of the sign-in that only sends; its source is in the settings.
    KeepForSending {
        id: MailboxId,
        secret: Secret,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SignInReport {
    Providers(Vec<SignInProvider>),
    Begun(Begun),
    SignedIn {
        /// Goes into `Check` and `Put` like a password.
        tokens: Secret,
        valid_until: Timestamp,
        /// The provider gave the means to prolong it without a person.
        renews: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInProvider {
    pub name: String,
    pub title: String,
    pub allows_device: bool,
}

/// What to show while somebody signs in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Begun {
    Browser {
        flow: FlowId,
        /// To be opened in a browser.
        url: String,
        /// For a terminal on another machine: makes that browser reach this one.
        tunnel: String,
        until: Timestamp,
    },
    Device {
        flow: FlowId,
        provider: String,
        tenant: Option<String>,
        scopes: Vec<String>,
        code: Clean,
        url: String,
        until: Timestamp,
    },
}

impl Begun {
    pub fn flow(&self) -> FlowId {
        match self {
            Self::Browser { flow, .. } | Self::Device { flow, .. } => *flow,
        }
    }

    pub fn url(&self) -> &str {
        match self {
            Self::Browser { url, .. } | Self::Device { url, .. } => url,
        }
    }
}

/// How long the kept sign-in of a mailbox lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lasts {
    /// When the present access token ends.
    pub valid_until: Timestamp,
    /// It is prolonged by itself.
    pub renews: bool,
    /// The provider does not take it any more.
    pub is_revoked: bool,
}
