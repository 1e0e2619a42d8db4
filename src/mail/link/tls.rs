//! TLS around a link, and the exact reason when it cannot be had.
//!
//! rustls with the ring provider, named explicitly: a process-wide default could be changed by any crate. A
//! refused certificate must tell the admin which of the usual things it is (expired, for another host, unknown
//! authority), and show the fingerprint that could be accepted instead of making them run openssl.

use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{
    AlertDescription, CertificateError, ClientConfig, Error, InvalidMessage, ProtocolVersion,
};

use super::certificate::{self, Leaf, TlsFacts};
use super::tcp::ascii_host;
use super::verify::Verifier;
use super::{Io, Link};
use crate::domain::mailbox::Trust;
use crate::domain::trouble::Trouble;

/// Puts TLS around `link` and checks that the other side is `host`.
///
/// # Errors
/// Says why the certificate or the protocol was refused. Nothing of the caller's protocol has been sent then.
pub async fn start_tls(
    link: Link,
    host: &str,
    trust: &Trust,
    deadline: Duration,
) -> Result<(Link, TlsFacts), Trouble> {
    let name = ServerName::try_from(ascii_host(host)?)
        .map_err(|error| Trouble::operator(format!("{host} is not a host name")).because(error))?;
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Verifier::new(trust, provider.clone())?);
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Trouble::bug("TLS could not be set up").because(error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone())
        .with_no_client_auth();
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, link);
    let stream = tokio::time::timeout(deadline, handshake)
        .await
        .map_err(|_| {
            Trouble::network(format!("{host} did not finish the TLS handshake"))
                .hint("the server may not speak TLS on this port; try STARTTLS, or another port")
        })?
        .map_err(|error| handshake_trouble(host, &error, verifier.shown().as_deref()))?;
    let connection = stream.get_ref().1;
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    };
    let facts = connection
        .peer_certificates()
        .and_then(|chain| chain.first())
        .and_then(|leaf| facts(version, leaf))
        .ok_or_else(|| Trouble::server("the server's certificate cannot be read"))?;
    let protected: Box<dyn Io> = Box::new(stream);
    Ok((protected, facts))
}

fn facts(version: &str, der: &[u8]) -> Option<TlsFacts> {
    let leaf = certificate::read(der)?;
    Some(TlsFacts {
        version: version.to_owned(),
        issuer: leaf.issuer,
        subject_names: leaf.names,
        valid_until: leaf.valid_until,
        fingerprint: certificate::fingerprint(der),
    })
}

fn handshake_trouble(host: &str, error: &std::io::Error, shown: Option<&[u8]>) -> Trouble {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        Some(Error::InvalidCertificate(reason)) => certificate_trouble(host, reason, shown),
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            Trouble::operator("the server does not speak TLS on this port")
                .because(error)
                .hint("choose STARTTLS, or the port for TLS (993 for IMAP, 465 for SMTP)")
        }
        Some(Error::PeerIncompatible(_))
        | Some(Error::AlertReceived(
            AlertDescription::ProtocolVersion
            | AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity,
        )) => Trouble::server(format!("{host} and Ticketty have no TLS version in common"))
            .because(error)
            .hint("the server must offer TLS 1.2 or 1.3 with a modern cipher"),
        Some(_) => Trouble::server(format!("the TLS handshake with {host} failed")).because(error),
        None => Trouble::network(format!("{host} ended the TLS handshake"))
            .because(error)
            .hint("if it happens each time, the server may not speak TLS on this port"),
    }
}

fn certificate_trouble(host: &str, reason: &CertificateError, shown: Option<&[u8]>) -> Trouble {
    let Some((der, leaf)) = shown.and_then(|der| Some((der, certificate::read(der)?))) else {
        return Trouble::server(format!("the certificate of {host} cannot be read"))
            .because(reason);
    };
    let print = certificate::fingerprint(der);
    let trouble = Trouble::server(reason_in_words(host, reason, &leaf));
    trouble
        .because(format!("SHA-256 {print}, issued by {}", leaf.issuer))
        .hint(
            "if the server's administrator confirms this fingerprint, accept it under Servers, Certificate \
             (--fingerprint), or name the authority's file there (--ca-file)",
        )
}

fn reason_in_words(host: &str, reason: &CertificateError, leaf: &Leaf) -> String {
    match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!(
                "the certificate of {host} expired on {}",
                day(leaf.valid_until)
            )
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => format!(
            "the certificate of {host} is not valid before {}; is this machine's clock right?",
            day(leaf.valid_from)
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!(
                "the certificate is not for {host} but for {}",
                leaf.names.join(", ")
            )
        }
        CertificateError::UnknownIssuer if leaf.self_signed => {
            format!("the certificate of {host} is self-signed")
        }
        CertificateError::UnknownIssuer => {
            format!(
                "the certificate of {host} is from an authority that this machine does not trust"
            )
        }
        CertificateError::Revoked => format!("the certificate of {host} was revoked"),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            format!("the certificate of {host} is not meant for servers")
        }
        _ if leaf.self_signed => format!("the certificate of {host} is self-signed"),
        other => format!("the certificate of {host} was refused: {other}"),
    }
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
