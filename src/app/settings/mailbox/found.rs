//! Who the provider of an address is, who says so, and which others could be chosen. The engine names them all; there is
//! no second table here.

use crate::bridge::{ProviderLine, SignIns};
use crate::domain::mailbox::{Endpoint, Security, Service};

/// The word for any other provider.
pub const OTHER: &str = "other…";

#[derive(Debug, Clone)]
pub struct Found {
    pub provider: String,
    /// Who says so.
    pub because: Option<String>,
    pub password_hint: Option<String>,
    pub sign_ins: SignIns,
    /// What is worth knowing about the provider.
    pub quirks: Vec<String>,
    /// The providers that can be chosen; empty until the engine has named them.
    pub all: Vec<ProviderLine>,
    /// The engine is looking for the servers, and nobody here has named them meanwhile.
    pub is_looking: bool,
    /// Hosts that nobody vouches for: a person has to look at their names before a password goes there.
    pub unvouched: Vec<String>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            provider: OTHER.to_owned(),
            because: None,
            password_hint: None,
            sign_ins: SignIns::default(),
            quirks: Vec::new(),
            all: Vec::new(),
            is_looking: false,
            unvouched: Vec::new(),
        }
    }
}

impl Found {
    pub fn begin(&mut self) {
        self.because = Some("looking …".into());
        self.is_looking = true;
    }

    /// A person chooses a provider; nothing that is found later overwrites it. Gives its servers, if it is one that
    /// the engine knows.
    pub fn choose(&mut self, name: &str) -> Option<(Endpoint, Endpoint)> {
        let known = self.all.iter().find(|known| known.name == name).cloned();
        name.clone_into(&mut self.provider);
        self.is_looking = false;
        self.because = Some("chosen by you".into());
        let servers = known
            .as_ref()
            .map(|known| (known.imap.clone(), known.smtp.clone()));
        let (hint, sign_ins, quirks) = known.map_or_else(Default::default, |known| {
            (known.password_hint, known.sign_ins, known.quirks)
        });
        self.password_hint = hint;
        self.sign_ins = sign_ins;
        self.quirks = quirks;
        servers
    }
}

/// The names that most domains have, until something better is known.
pub fn usual_servers(address: &str) -> (Endpoint, Endpoint) {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let at = |name: &str, service: Service| Endpoint {
        host: format!("{name}.{domain}"),
        port: service.usual_port(Security::Tls),
        security: Security::Tls,
    };
    (at("imap", Service::Imap), at("smtp", Service::Submission))
}
