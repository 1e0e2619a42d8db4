//! Identity providers: Google and Microsoft by name, any other by its addresses.
//!
//! No client id is built in. The mail scopes are restricted by both providers, so every installation brings its own.

use std::collections::BTreeMap;

use url::Url;

use crate::domain::trouble::Trouble;

/// The secret of a client that is installed on a person's machine (RFC 8252 §8.5); it protects little, and some
/// providers ask for it all the same.
#[derive(Clone, PartialEq, Eq)]
pub enum ClientSecret {
    /// As it stands in the configuration.
    Kept(String),
    /// The first line that this command prints.
    Command(String),
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kept(_) => f.write_str("Kept(…)"),
            Self::Command(command) => f.debug_tuple("Command").field(command).finish(),
        }
    }
}

/// Where a person signs in, and as which program we ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// As settings and command line name it: `google`, `microsoft`, or a name of one's own.
    pub name: String,
    pub client_id: String,
    pub client_secret: Option<ClientSecret>,
    pub authorize_url: Url,
    pub token_url: Url,
    /// Where a device code is asked for (RFC 8628 §3.1).
    pub device_url: Option<Url>,
    pub scopes: Vec<String>,
    /// What `iss` must be where the provider sends it (RFC 9207).
    pub issuer: Option<String>,
    /// The admin allowed device codes. Off by default: whoever is talked into typing a code gives the mailbox away.
    pub allows_device: bool,
    /// The organisation that is signed in to, where the provider has them.
    pub tenant: Option<String>,
}

/// What the configuration says about one provider; every field may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Described {
    pub client_id: String,
    pub client_secret: Option<ClientSecret>,
    pub authorize_url: Option<Url>,
    pub token_url: Option<Url>,
    pub device_url: Option<Url>,
    pub scopes: Vec<String>,
    pub issuer: Option<String>,
    pub device: Option<bool>,
    pub tenant: Option<String>,
}

/// The providers of this installation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Providers(BTreeMap<String, IdentityProvider>);

const GOOGLE: &str = "google";
const MICROSOFT: &str = "microsoft";
/// Work, school and personal accounts alike.
const ANY_TENANT: &str = "common";

impl Described {
    /// Fills in what is known about the name.
    ///
    /// # Errors
    /// A sentence about what is missing.
    pub fn named(self, name: &str) -> Result<IdentityProvider, String> {
        if self.client_id.trim().is_empty() {
            return Err(format!("client_id is missing; {}", where_to_register(name)));
        }
        let known = known(name, self.tenant.as_deref())?;
        let address = |given: Option<Url>, known: Option<&String>, what: &str| match (given, known)
        {
            (Some(url), _) => Ok(url),
            (None, Some(known)) => Url::parse(known).map_err(|error| error.to_string()),
            (None, None) => Err(format!("{what} is missing")),
        };
        let scopes = if self.scopes.is_empty() {
            known.as_ref().map(|known| known.scopes.clone())
        } else {
            Some(self.scopes)
        };
        let device_url = match (
            self.device_url,
            known.as_ref().and_then(|k| k.device_url.as_ref()),
        ) {
            (Some(url), _) => Some(url),
            (None, Some(known)) => Url::parse(known).ok(),
            (None, None) => None,
        };
        let allows_device = self.device.unwrap_or(false);
        if allows_device && device_url.is_none() {
            return Err(match name {
                GOOGLE => "Google gives no device codes for mail; leave out device".into(),
                _ => "device is true, and device_url is missing".into(),
            });
        }
        Ok(IdentityProvider {
            name: name.to_owned(),
            client_id: self.client_id.trim().to_owned(),
            client_secret: self.client_secret,
            authorize_url: address(
                self.authorize_url,
                known.as_ref().map(|known| &known.authorize_url),
                "authorize_url",
            )?,
            token_url: address(
                self.token_url,
                known.as_ref().map(|known| &known.token_url),
                "token_url",
            )?,
            device_url,
            scopes: scopes.ok_or("scopes are missing, as a list of words")?,
            issuer: self
                .issuer
                .or_else(|| known.as_ref().and_then(|known| known.issuer.clone())),
            allows_device,
            tenant: known.and_then(|known| known.tenant),
        })
    }
}

impl IdentityProvider {
    /// "Google", or the name as it was given.
    pub fn title(&self) -> &str {
        match &*self.name {
            GOOGLE => "Google",
            MICROSOFT => "Microsoft",
            other => other,
        }
    }
}

impl Providers {
    pub fn insert(&mut self, provider: IdentityProvider) {
        self.0.insert(provider.name.clone(), provider);
    }

    pub fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// # Errors
    /// The provider is not set up, with what to do about it.
    pub fn find(&self, name: &str) -> Result<&IdentityProvider, Trouble> {
        self.0.get(name).ok_or_else(|| {
            let known = self.names();
            let trouble = Trouble::operator(format!("the sign-in provider {name} is not set up"))
                .hint(format!(
                    "{}, and put it as client_id under [oauth.{name}] in config.toml",
                    where_to_register(name)
                ));
            if known.is_empty() {
                trouble
            } else {
                trouble.because(format!("set up are: {}", known.join(", ")))
            }
        })
    }

    /// The provider that a mail server belongs to, set up or not.
    pub fn of_host(host: &str) -> Option<&'static str> {
        let host = host.to_ascii_lowercase();
        let within = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
        if within("gmail.com") || within("googlemail.com") {
            Some(GOOGLE)
        } else if within("office365.com") || within("outlook.com") {
            Some(MICROSOFT)
        } else {
            None
        }
    }
}

struct Known {
    authorize_url: String,
    token_url: String,
    device_url: Option<String>,
    scopes: Vec<String>,
    issuer: Option<String>,
    tenant: Option<String>,
}

fn known(name: &str, tenant: Option<&str>) -> Result<Option<Known>, String> {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
    match name {
        GOOGLE => Ok(Some(Known {
            authorize_url: "https://accounts.google.com/o/oauth2/v2/auth".into(),
            token_url: "https://oauth2.googleapis.com/token".into(),
            device_url: None,
            scopes: words(&["https://mail.google.com/"]),
            issuer: Some("https://accounts.google.com".into()),
            tenant: None,
        })),
        MICROSOFT => {
            let tenant = tenant.unwrap_or(ANY_TENANT);
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
            if tenant.is_empty() || !tenant.chars().all(is_plain) {
                return Err("tenant is a domain or an id, such as contoso.onmicrosoft.com".into());
            }
            let base = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0");
            Ok(Some(Known {
                authorize_url: format!("{base}/authorize"),
                token_url: format!("{base}/token"),
                device_url: Some(format!("{base}/devicecode")),
                scopes: words(&[
                    "https://outlook.office.com/IMAP.AccessAsUser.All",
                    "https://outlook.office.com/SMTP.Send",
                    "offline_access",
                ]),
                issuer: None,
                tenant: Some(tenant.to_owned()),
            }))
        }
        _ => Ok(None),
    }
}

fn where_to_register(name: &str) -> &'static str {
    match name {
        GOOGLE => {
            "make a client of the type Desktop app at https://console.cloud.google.com/apis/credentials"
        }
        MICROSOFT => {
            "register a public client with the redirect http://localhost at https://entra.microsoft.com (App registrations)"
        }
        _ => "ask the provider's administrator for a client id of a native app",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn described(client_id: &str) -> Described {
        Described {
            client_id: client_id.into(),
            ..Described::default()
        }
    }

    #[test]
    fn google_and_microsoft_need_only_a_client_id() {
        let google = described("abc").named("google").unwrap();
        assert_eq!(google.scopes, ["https://mail.google.com/"]);
        assert!(!google.allows_device && google.device_url.is_none());
        let microsoft = described("abc").named("microsoft").unwrap();
        assert!(!microsoft.allows_device, "off unless the admin says so");
        assert!(microsoft.token_url.path().starts_with("/common/"));
        assert_eq!(microsoft.scopes.last().unwrap(), "offline_access");
        let tenant = Described {
            tenant: Some("acme.test".into()),
            device: Some(true),
            ..described("abc")
        };
        let microsoft = tenant.named("microsoft").unwrap();
        assert!(microsoft.allows_device);
        assert!(
            microsoft
                .device_url
                .unwrap()
                .path()
                .starts_with("/acme.test/")
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let google_device = Described {
            device: Some(true),
            ..described("abc")
        };
        let odd_tenant = Described {
            tenant: Some("a/b".into()),
            ..described("abc")
        };
        for (described, name, words) in [
            (described(""), "google", "console.cloud.google.com"),
            (described(" "), "microsoft", "entra.microsoft.com"),
            (described("abc"), "acme", "authorize_url is missing"),
            (google_device, "google", "no device codes"),
            (odd_tenant, "microsoft", "tenant is"),
        ] {
            let mistake = described.named(name).unwrap_err();
            assert!(mistake.contains(words), "{name}: {mistake}");
        }
        let trouble = Providers::default().find("google").unwrap_err();
        assert!(trouble.hint.unwrap().contains("[oauth.google]"));
    }

    #[test]
    fn a_server_names_its_provider() {
        for (host, provider) in [
            ("imap.gmail.com", Some("google")),
            ("outlook.office365.com", Some("microsoft")),
            ("SMTP.Office365.com", Some("microsoft")),
            ("mail.example.test", None),
            ("notgmail.com", None),
        ] {
            assert_eq!(Providers::of_host(host), provider, "{host}");
        }
    }
}
