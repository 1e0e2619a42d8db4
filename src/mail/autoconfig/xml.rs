//! Reads the configuration file that providers publish for mail programs
//! (<https://wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat>).
//!
//! A stranger wrote it: document types and entities of its own are refused, depth and number of its parts are
//! bounded, and a host name that is none is not taken.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::LARGEST_FILE_BYTES;
use crate::domain::detection::{Login, Servers};
use crate::domain::mailbox::{Endpoint, Security};

const DEEPEST: usize = 16;
const MOST_PARTS: usize = 5_000;
const LONGEST_VALUE: usize = 512;
const LONGEST_HOST: usize = 253;

/// A server as the file describes it.
#[derive(Debug, Default)]
struct Offer {
    is_imap: bool,
    host: String,
    port: String,
    socket: String,
    login: String,
    sign_ins: Vec<String>,
}

/// What the file says for an address of `domain`. Placeholders are filled in; servers without protection and those
/// of other protocols are passed over, and TLS from the first byte goes before STARTTLS (RFC 8314 §3).
///
/// # Errors
/// A sentence about why the file cannot be used.
pub fn parse(file: &[u8], domain: &str) -> Result<Servers, String> {
    if file.len() > LARGEST_FILE_BYTES {
        return Err("the file is too large".into());
    }
    let text = std::str::from_utf8(file).map_err(|_| "the file is not UTF-8".to_owned())?;
    let offers = offers(text.trim_start_matches('\u{feff}').trim_start())?;
    let imap = best(&offers, true, domain);
    let smtp = best(&offers, false, domain);
    if imap.is_none() && smtp.is_none() {
        return Err(if offers.is_empty() {
            "the file names no IMAP or SMTP server".into()
        } else {
            "the file names no server with protection".into()
        });
    }
    let first = imap.as_ref().or(smtp.as_ref());
    Ok(Servers {
        login: first.map(|(offer, _)| login(&offer.login)),
        only_oauth: first.is_some_and(|(offer, _)| {
            !offer.sign_ins.is_empty() && offer.sign_ins.iter().all(|kind| kind == "OAuth2")
        }),
        imap: imap.map(|(_, endpoint)| endpoint),
        smtp: smtp.map(|(_, endpoint)| endpoint),
    })
}

fn best<'a>(offers: &'a [Offer], is_imap: bool, domain: &str) -> Option<(&'a Offer, Endpoint)> {
    offers
        .iter()
        .filter(|offer| offer.is_imap == is_imap)
        .filter_map(|offer| Some((offer, endpoint(offer, domain)?)))
        // The first of the least: the order of the file is the provider's preference.
        .min_by_key(|(_, endpoint)| endpoint.security != Security::Tls)
}

fn endpoint(offer: &Offer, domain: &str) -> Option<Endpoint> {
    let security = match offer.socket.to_ascii_uppercase().as_str() {
        "SSL" | "TLS" => Security::Tls,
        "STARTTLS" => Security::Starttls,
        _ => return None,
    };
    let host = offer
        .host
        .replace("%EMAILDOMAIN%", domain)
        .trim_end_matches('.')
        .to_lowercase();
    let host = idna::domain_to_ascii(&host).ok()?;
    let port = offer.port.parse().ok().filter(|port: &u16| *port > 0)?;
    is_host(&host).then_some(Endpoint {
        host,
        port,
        security,
    })
}

fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= LONGEST_HOST
        && host.contains('.')
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && label
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        })
}

/// Anything else than the address or the part before the @ is a name that the file cannot know.
fn login(written: &str) -> Login {
    if written == "%EMAILLOCALPART%" {
        Login::LocalPart
    } else {
        Login::Address
    }
}

/// Walks through the file. `path` holds the names of the open elements.
fn offers(text: &str) -> Result<Vec<Offer>, String> {
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut offers = Vec::new();
    let mut open: Option<Offer> = None;
    let mut value = String::new();
    for _ in 0..MOST_PARTS {
        let event = reader
            .read_event()
            .map_err(|cause| format!("the file is not well-formed XML: {cause}"))?;
        match event {
            Event::Start(tag) => {
                value.clear();
                begin(&tag, &mut path, &mut open)?;
            }
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                if matches!(name.as_str(), "incomingServer" | "outgoingServer") {
                    offers.extend(open.take());
                } else if let Some(offer) = &mut open {
                    take(offer, &name, value.trim());
                }
                value.clear();
            }
            Event::Text(part) => push(&mut value, &part.xml10_content())?,
            Event::CData(part) => push(&mut value, &part.xml10_content())?,
            Event::GeneralRef(reference) => {
                let known = reference.resolve_char_ref().ok().flatten();
                let known = known.or(match &*reference.xml10_content() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                });
                let c = known.ok_or("the file uses entities of its own")?;
                push(&mut value, c.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err("the file has a document type".into()),
            Event::Eof if path.is_empty() => return Ok(offers),
            Event::Eof => return Err("the file ends in the middle".into()),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    Err("the file has too many parts".into())
}

fn begin(
    tag: &BytesStart<'_>,
    path: &mut Vec<String>,
    open: &mut Option<Offer>,
) -> Result<(), String> {
    if path.len() >= DEEPEST {
        return Err("the file is nested too deeply".into());
    }
    let name = tag.local_name().as_ref().to_owned();
    let name = name_text(&name);
    if path.is_empty() && name != "clientConfig" {
        return Err("the file is no mail configuration".into());
    }
    let is_in_provider = path.last().is_some_and(|parent| parent == "emailProvider");
    if is_in_provider && matches!(name.as_str(), "incomingServer" | "outgoingServer") {
        let kind = tag
            .try_get_attribute("type")
            .ok()
            .flatten()
            .and_then(|attribute| {
                attribute
                    .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                    .ok()
                    .map(|value| value.to_ascii_lowercase())
            })
            .unwrap_or_default();
        *open = match (name.as_str(), kind.as_str()) {
            ("incomingServer", "imap") => Some(Offer {
                is_imap: true,
                ..Offer::default()
            }),
            ("outgoingServer", "smtp") => Some(Offer::default()),
            _ => None,
        };
    }
    path.push(name);
    Ok(())
}

fn name_text(name: &(impl AsRef<[u8]> + ?Sized)) -> String {
    String::from_utf8_lossy(name.as_ref()).into_owned()
}

fn push(value: &mut String, part: &str) -> Result<(), String> {
    if value.len() + part.len() > LONGEST_VALUE && !part.trim().is_empty() {
        // Instructions for people may be long; nothing that is taken is.
        value.truncate(0);
        return Ok(());
    }
    value.push_str(part);
    Ok(())
}

fn take(offer: &mut Offer, name: &str, value: &str) {
    let slot = match name {
        "hostname" => &mut offer.host,
        "port" => &mut offer.port,
        "socketType" => &mut offer.socket,
        "username" => &mut offer.login,
        "authentication" => {
            offer.sign_ins.push(value.to_owned());
            return;
        }
        _ => return,
    };
    if slot.is_empty() {
        value.clone_into(slot);
    }
}

#[cfg(test)]
#[path = "xml_tests.rs"]
mod tests;
