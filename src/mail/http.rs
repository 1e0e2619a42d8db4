//! The web: small answers of servers that say where mail is, and of those that sign people in.
//!
//! HTTPS only, but for this very machine; the machine's certificate authorities and one further file of them; no
//! cookies; every request within a time and every answer within a size. What is posted is never logged, repeated in
//! an error, or sent on to where a redirect points.

use std::io::Read;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio_rustls::rustls::crypto::ring;
use ureq::http::header::LOCATION;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, http::Response};
use url::{Host, Url};

use super::link::authorities;
use crate::domain::trouble::Trouble;

/// How often a GET follows a redirect.
const MOST_REDIRECTS: usize = 3;
/// Requests beside each other; each holds a thread while it waits.
const AT_ONCE: usize = 8;

/// What a server answered; any status is an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// Where the answer came from, after redirects.
    pub final_url: Url,
}

/// The one way to the web. Nothing is read or opened before the first request.
#[derive(Debug)]
pub struct Web {
    shared: Arc<Shared>,
    places: Arc<Semaphore>,
}

#[derive(Debug)]
struct Shared {
    extra_ca: Option<PathBuf>,
    agents: OnceLock<Result<Agents, Trouble>>,
}

#[derive(Debug)]
struct Agents {
    /// Goes through the proxy that the environment names.
    world: Agent,
    /// Never leaves this machine, and so never asks a proxy.
    here: Agent,
}

enum Method {
    Get,
    /// The form, encoded.
    Post(Vec<(String, String)>),
}

impl Web {
    /// `extra_ca` is a PEM file with authorities that are trusted besides those of the machine.
    pub fn new(extra_ca: Option<PathBuf>) -> Self {
        Self {
            shared: Arc::new(Shared {
                extra_ca,
                agents: OnceLock::new(),
            }),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Follows at most three redirects, and only to HTTPS (or within this machine).
    ///
    /// # Errors
    /// The address is not allowed, nobody answered within `within`, TLS could not be had, or the answer has more
    /// than `most_bytes` bytes. An answer of any status is no error.
    pub async fn get(
        &self,
        url: &Url,
        within: Duration,
        most_bytes: usize,
    ) -> Result<Answer, Trouble> {
        self.ask(url, Method::Get, within, most_bytes).await
    }

    /// Posts a form (`application/x-www-form-urlencoded`). A redirect is given back as it is, never followed.
    ///
    /// # Errors
    /// As [`Web::get`].
    pub async fn post_form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        within: Duration,
        most_bytes: usize,
    ) -> Result<Answer, Trouble> {
        let form = form
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        self.ask(url, Method::Post(form), within, most_bytes).await
    }

    async fn ask(
        &self,
        url: &Url,
        method: Method,
        within: Duration,
        most_bytes: usize,
    ) -> Result<Answer, Trouble> {
        check(url)?;
        let (shared, url) = (Arc::clone(&self.shared), url.clone());
        let until = Instant::now() + within;
        let place = tokio::time::timeout(within, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.map_err(|_| slow(&url))?;
        let asked = tokio::task::spawn_blocking(move || {
            let _held = place;
            match shared.agents() {
                Ok(agents) => agents.fetch(url, &method, until, most_bytes),
                Err(trouble) => Err(trouble.clone()),
            }
        });
        asked
            .await
            .unwrap_or_else(|_| Err(Trouble::bug("asking a web server broke off")))
    }
}

impl Shared {
    fn agents(&self) -> Result<&Agents, &Trouble> {
        self.agents
            .get_or_init(|| {
                let certificates: Vec<Certificate<'static>> =
                    authorities(self.extra_ca.as_deref())?
                        .iter()
                        .map(|authority| Certificate::from_der(authority).to_owned())
                        .collect();
                let tls = TlsConfig::builder()
                    .root_certs(RootCerts::new_with_certs(&certificates))
                    // Named explicitly: a process-wide default could be changed by any crate.
                    .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
                    .build();
                Ok(Agents {
                    world: agent(tls.clone(), ureq::Proxy::try_from_env()),
                    here: agent(tls, None),
                })
            })
            .as_ref()
    }
}

fn agent(tls: TlsConfig, proxy: Option<ureq::Proxy>) -> Agent {
    Agent::config_builder()
        .tls_config(tls)
        .proxy(proxy)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .max_response_header_size(64 * 1024)
        .max_idle_connections(0)
        .user_agent(concat!("ticketty/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

impl Agents {
    fn fetch(
        &self,
        mut url: Url,
        method: &Method,
        until: Instant,
        most_bytes: usize,
    ) -> Result<Answer, Trouble> {
        let mut redirects = 0;
        loop {
            let response = self.once(&url, method, until)?;
            let next = match method {
                Method::Get => redirect(&url, &response),
                Method::Post(_) => None,
            };
            let Some(next) = next else {
                return read(url, response, most_bytes);
            };
            redirects += 1;
            if redirects > MOST_REDIRECTS {
                return Err(Trouble::server(format!(
                    "{} sends us from one address to the next without end",
                    place(&url)
                )));
            }
            url = next?;
        }
    }

    fn once(&self, url: &Url, method: &Method, until: Instant) -> Result<Response<Body>, Trouble> {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(slow(url));
        }
        let agent = if is_here(url) {
            &self.here
        } else {
            &self.world
        };
        let left = Some(left);
        match method {
            Method::Get => {
                let request = agent.get(url.as_str()).config().timeout_global(left);
                request.build().call()
            }
            Method::Post(form) => {
                let request = agent.post(url.as_str()).config().timeout_global(left);
                let form = form.iter().map(|(name, value)| (name, value));
                let request = request.build().header("Accept", "application/json");
                request.send_form(form)
            }
        }
        .map_err(|error| failed(url, &error))
    }
}

/// Where the answer sends a reader, if it does.
fn redirect(from: &Url, response: &Response<Body>) -> Option<Result<Url, Trouble>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let next = match from.join(location) {
        Ok(next) => next,
        Err(error) => {
            let trouble = Trouble::server(format!("{} sends us nowhere", place(from)));
            return Some(Err(trouble.because(error)));
        }
    };
    // What is asked in the world must not be answered by a door of this machine.
    if is_here(&next) && !is_here(from) {
        return Some(Err(Trouble::server(format!(
            "{} sends us to an address of this machine",
            place(from)
        ))));
    }
    Some(check(&next).map(|()| next))
}

fn read(url: Url, response: Response<Body>, most_bytes: usize) -> Result<Answer, Trouble> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let most = u64::try_from(most_bytes).unwrap_or(u64::MAX);
    response
        .into_body()
        .into_reader()
        .take(most.saturating_add(1))
        .read_to_end(&mut body)
        .map_err(|error| {
            Trouble::network(format!("the answer of {} broke off", place(&url))).because(error)
        })?;
    if body.len() > most_bytes {
        return Err(Trouble::server(format!(
            "the answer of {} is longer than {most_bytes} bytes",
            place(&url)
        )));
    }
    Ok(Answer {
        status,
        body,
        final_url: url,
    })
}

/// HTTPS, or plain HTTP to this very machine; no name and password in the address.
fn check(url: &Url) -> Result<(), Trouble> {
    let refused = |why: &str| {
        Trouble::operator(format!("{} is not an address to ask: {why}", place(url)))
            .hint("use an address that begins with https://")
    };
    if url.host().is_none() {
        return Err(refused("it names no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("it holds a name or a password"));
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_here(url) => Ok(()),
        _ => Err(refused("it is not protected by TLS")),
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// Scheme, host and port: the rest of an address may hold what is nobody's business.
fn place(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn slow(url: &Url) -> Trouble {
    Trouble::network(format!("{} did not answer in time", place(url)))
}

fn failed(url: &Url, error: &ureq::Error) -> Trouble {
    let place = place(url);
    match error {
        ureq::Error::Timeout(_) => slow(url),
        ureq::Error::HostNotFound => Trouble::network(format!(
            "there is no such host: {}",
            url.host_str().unwrap_or_default()
        ))
        .hint("check the name, and that this machine reaches the internet"),
        ureq::Error::Io(cause) if tls_refusal(cause) => {
            Trouble::server(format!("the certificate of {place} is not trusted"))
                .because(cause)
                .hint("if the authority is your own, name its file as web_ca_file in config.toml")
        }
        ureq::Error::Io(cause) => {
            Trouble::network(format!("{place} cannot be reached")).because(cause)
        }
        ureq::Error::ConnectionFailed => Trouble::network(format!("{place} cannot be reached")),
        other => {
            Trouble::server(format!("{place} did not answer as a web server does")).because(other)
        }
    }
}

fn tls_refusal(error: &std::io::Error) -> bool {
    error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<tokio_rustls::rustls::Error>())
        .is_some()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn only_protected_addresses_and_this_machine_are_asked() {
        for (address, allowed) in [
            ("https://example.test/a", true),
            ("http://example.test/a", false),
            ("http://127.0.0.1:8080/a", true),
            ("http://[::1]:8080/a", true),
            ("http://localhost/a", true),
            ("http://localhost.example.test/a", false),
            ("https://anna:secret@example.test/", false),
            ("ftp://example.test/", false),
            ("file:///etc/passwd", false),
        ] {
            let answer = check(&Url::parse(address).unwrap());
            assert_eq!(answer.is_ok(), allowed, "{address}: {answer:?}");
        }
        let trouble = check(&Url::parse("http://a.test/?code=secret-code").unwrap()).unwrap_err();
        assert!(!trouble.to_string().contains("secret-code"));
    }
}
