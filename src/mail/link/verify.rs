//! Who is believed to be the server: the machine's authorities, the mailbox's own CA file, or one accepted leaf.
//!
//! The checks themselves are rustls-webpki's (chain, validity, name, usage). What is added is narrow: a leaf with
//! exactly the accepted fingerprint passes, and a leaf that the CA file itself contains passes when its name and
//! dates are right (many small servers hand out their self-signed certificate as "the CA"). Either way the
//! handshake's signature is checked, so whoever answers holds the key.

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use jiff::Timestamp;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::crypto::{
    CryptoProvider, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use super::certificate;
use crate::domain::mailbox::Trust;
use crate::domain::trouble::Trouble;

/// Checks a server, and remembers the leaf it showed so that a refusal can name it.
#[derive(Debug)]
pub(super) struct Verifier {
    provider: Arc<CryptoProvider>,
    /// `None` when there is no authority at all, only a fingerprint.
    authorities: Option<Arc<WebPkiServerVerifier>>,
    own: Vec<CertificateDer<'static>>,
    accepted: Option<String>,
    shown: Mutex<Option<Vec<u8>>>,
}

impl Verifier {
    pub(super) fn new(trust: &Trust, provider: Arc<CryptoProvider>) -> Result<Self, Trouble> {
        let own = own_authorities(trust.ca_file.as_deref())?;
        let mut roots = machine_roots().clone();
        for authority in &own {
            roots.add(authority.clone()).map_err(|error| {
                Trouble::operator("the CA file holds a certificate that cannot be read")
                    .because(error)
            })?;
        }
        let accepted = trust.fingerprint.as_deref().map(plain_fingerprint);
        let authorities = if roots.is_empty() {
            None
        } else {
            let built =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone());
            Some(built.build().map_err(|error| {
                Trouble::bug("the certificate check could not be set up").because(error)
            })?)
        };
        if authorities.is_none() && accepted.is_none() {
            return Err(
                Trouble::operator("this machine trusts no certificate authority")
                    .hint("install ca-certificates, or give the mailbox a CA file"),
            );
        }
        Ok(Self {
            provider,
            authorities,
            own,
            accepted,
            shown: Mutex::new(None),
        })
    }

    /// The leaf that the server showed, if the handshake came that far.
    pub(super) fn shown(&self) -> Option<Vec<u8>> {
        self.shown.lock().ok()?.clone()
    }

    /// Whether the CA file contains this very leaf, and it is for this host and of these days.
    fn is_own_leaf(&self, leaf: &CertificateDer<'_>, host: &ServerName<'_>) -> bool {
        let now = Timestamp::now();
        self.own.iter().any(|own| own.as_ref() == leaf.as_ref())
            && ParsedCertificate::try_from(leaf)
                .is_ok_and(|parsed| verify_server_name(&parsed, host).is_ok())
            && certificate::read(leaf)
                .is_some_and(|read| read.valid_from <= now && now < read.valid_until)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Ok(mut shown) = self.shown.lock() {
            *shown = Some(leaf.to_vec());
        }
        let accepted = self.accepted.as_deref();
        if accepted.is_some_and(|wanted| wanted == certificate::fingerprint(leaf)) {
            return Ok(ServerCertVerified::assertion());
        }
        let verdict = match &self.authorities {
            Some(webpki) => {
                webpki.verify_server_cert(leaf, intermediates, host, ocsp_response, now)
            }
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        if verdict.is_err() && self.is_own_leaf(leaf, host) {
            return Ok(ServerCertVerified::assertion());
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, leaf, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, leaf, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// The machine's authorities, read once a process: there are more than a hundred of them.
fn machine_roots() -> &'static RootCertStore {
    static ROOTS: OnceLock<RootCertStore> = OnceLock::new();
    ROOTS.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(machine_authorities().iter().cloned());
        roots
    })
}

fn machine_authorities() -> &'static [CertificateDer<'static>] {
    static LOADED: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    LOADED.get_or_init(|| {
        let loaded = rustls_native_certs::load_native_certs();
        for error in &loaded.errors {
            tracing::warn!(%error, "a certificate authority of this machine cannot be read");
        }
        loaded.certs
    })
}

/// The machine's authorities and those of the file.
///
/// # Errors
/// The file cannot be read, or there is no authority at all.
pub(in crate::mail) fn authorities(
    ca_file: Option<&Path>,
) -> Result<Vec<CertificateDer<'static>>, Trouble> {
    let mut all = own_authorities(ca_file)?;
    all.extend_from_slice(machine_authorities());
    if all.is_empty() {
        return Err(
            Trouble::operator("this machine trusts no certificate authority")
                .hint("install ca-certificates"),
        );
    }
    Ok(all)
}

/// All authorities of the world fit; a device without end must not fill the memory.
const LARGEST_CA_FILE_BYTES: u64 = 16 * 1024 * 1024;

fn own_authorities(ca_file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, Trouble> {
    let Some(path) = ca_file else {
        return Ok(Vec::new());
    };
    let unreadable = |error: &dyn std::fmt::Display| {
        Trouble::operator(format!("the CA file {} cannot be read", path.display()))
            .because(error)
            .hint("it must be a PEM file that this user may read")
    };
    let mut pem = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST_CA_FILE_BYTES).read_to_end(&mut pem))
        .map_err(|error| unreadable(&error))?;
    let found = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unreadable(&error))?;
    if found.is_empty() {
        return Err(unreadable(&"there is no certificate in it"));
    }
    Ok(found)
}

/// People paste fingerprints with colons and in capitals.
fn plain_fingerprint(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_hexdigit)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
