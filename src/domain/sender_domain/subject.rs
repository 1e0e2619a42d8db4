//! What is known about a domain before anybody is asked: how its mail leaves, where it is read, how it is signed.

use serde::{Deserialize, Serialize};

/// A domain that addresses of ours are in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// In its ASCII form, lower case.
    pub domain: String,
    /// The ways its mail leaves, each once.
    pub senders: Vec<Sender>,
    /// Where its mail is fetched, each once.
    pub readers: Vec<Reader>,
    /// Domains of the envelope senders of mail whose From is in this domain.
    pub envelopes: Vec<String>,
    /// Signatures of recent mail of ours, one entry a mail, the newest first.
    pub signed: Vec<Vec<Signature>>,
    /// Selectors that somebody typed.
    pub typed: Vec<String>,
}

/// A way out for mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The provider's name, or the host.
    pub name: String,
    pub via: Via,
    /// Selectors that customers of this provider usually have.
    pub selectors: Vec<String>,
}

/// What SPF has to say so that a sender is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// The provider's own records, any one of which is to be included; the first is what is proposed.
    Include(Vec<String>),
    /// A server of nobody in particular.
    Host(String),
}

/// Where mail is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The provider's name, or the host.
    pub name: String,
    pub host: String,
    /// Ends of the host names in MX records that belong to it; empty where nothing is known.
    pub mx_suffixes: Vec<String>,
    /// The MX records that the provider asks for, as `10 mx.acme.test`; empty where nothing is known.
    pub mx: Vec<String>,
}

/// What a `DKIM-Signature` names (RFC 6376 §3.5).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Signature {
    /// `d=`
    pub domain: String,
    /// `s=`
    pub selector: String,
}

/// Where a selector is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SelectorOrigin {
    Typed,
    /// In the newest mail of ours that was signed.
    Newest,
    /// In older mail of ours.
    Older,
    /// The provider usually has it.
    Usual,
}

/// A key to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pub signature: Signature,
    pub origin: SelectorOrigin,
}

impl Subject {
    /// The keys to look at, each once.
    pub fn selectors(&self) -> Vec<Selector> {
        let own = |selector: &String| Signature {
            domain: self.domain.clone(),
            selector: selector.clone(),
        };
        let typed = self.typed.iter().map(own);
        let mut all: Vec<Selector> = Vec::new();
        let mut add = |signature: Signature, origin| {
            if all.iter().all(|known| known.signature != signature) {
                all.push(Selector { signature, origin });
            }
        };
        typed.for_each(|signature| add(signature, SelectorOrigin::Typed));
        for (age, signatures) in self.signed.iter().enumerate() {
            let origin = if age == 0 {
                SelectorOrigin::Newest
            } else {
                SelectorOrigin::Older
            };
            signatures
                .iter()
                .for_each(|signature| add(signature.clone(), origin));
        }
        self.senders
            .iter()
            .flat_map(|sender| sender.selectors.iter().map(own))
            .for_each(|signature| add(signature, SelectorOrigin::Usual));
        all
    }
}
