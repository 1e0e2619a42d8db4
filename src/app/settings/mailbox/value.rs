//! What the form of a mailbox is about: its settings, the password beside them, and how the parts follow each other.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::presets;
use super::sections::Section;
use crate::bridge::{Detected, Secret};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{
    Endpoint, Incoming, MailboxSettings, Outgoing, SecretSource, Security,
};

/// Where one is in connecting a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Only the address is asked for.
    Address,
    /// Everything, with the checks below.
    Fill,
}

#[derive(Debug, Clone)]
pub struct MailboxValue {
    /// `None` while a new mailbox is being connected.
    pub id: Option<MailboxId>,
    pub step: Step,
    pub settings: MailboxSettings,
    /// Empty where it was not typed.
    pub password: Secret,
    pub provider: String,
    /// Who says so.
    pub because: Option<String>,
    pub password_hint: Option<String>,
    /// The sections that are unfolded.
    pub unfolded: BTreeSet<Section>,
    /// Servers as they were before a folder of this machine was chosen instead.
    pub imap: Endpoint,
    pub smtp: Endpoint,
    /// The mailboxes that this one can hang on.
    pub others: Vec<(MailboxId, String)>,
}

impl MailboxValue {
    /// Nothing is known yet.
    pub fn unknown() -> Self {
        let (imap, smtp) = presets::servers(presets::OTHER, "");
        let settings = MailboxSettings::new(
            "",
            Incoming::Imap(imap.clone()),
            Outgoing::Smtp(smtp.clone()),
            SecretSource::File,
        );
        Self {
            id: None,
            step: Step::Address,
            settings,
            password: Secret::new(""),
            provider: presets::OTHER.to_owned(),
            because: None,
            password_hint: None,
            unfolded: BTreeSet::new(),
            imap,
            smtp,
            others: Vec::new(),
        }
    }

    /// An address that is redirected to the first of these mailboxes.
    pub fn redirected(others: Vec<(MailboxId, String)>) -> Self {
        let mut value = Self::unknown();
        if let Some((first, _)) = others.first() {
            value.settings.incoming = Incoming::Forwarded(*first);
            value.settings.outgoing = Outgoing::Through(*first);
            value.settings.secret = SecretSource::None;
        }
        value.others = others;
        value
    }

    /// Whether another mailbox collects its mail.
    pub fn is_forwarded(&self) -> bool {
        self.collected_by().is_some()
    }

    pub fn collected_by(&self) -> Option<MailboxId> {
        match self.settings.incoming {
            Incoming::Forwarded(id) => Some(id),
            _ => None,
        }
    }

    /// Whether nothing signs in for it: another mailbox fetches and sends.
    pub fn hangs_on_others(&self) -> bool {
        self.is_forwarded() && matches!(self.settings.outgoing, Outgoing::Through(_))
    }

    pub fn of(id: MailboxId, settings: MailboxSettings) -> Self {
        let mut value = Self {
            id: Some(id),
            step: Step::Fill,
            ..Self::unknown()
        };
        value.take(settings);
        value
    }

    fn take(&mut self, settings: MailboxSettings) {
        if let Incoming::Imap(endpoint) = &settings.incoming {
            self.imap = endpoint.clone();
        }
        if let Outgoing::Smtp(endpoint) = &settings.outgoing {
            self.smtp = endpoint.clone();
        }
        self.settings = settings;
    }

    /// What the engine proposes for the address.
    pub fn detected(&mut self, detected: Detected) {
        self.step = Step::Fill;
        self.take(*detected.settings);
        self.provider = detected
            .provider
            .unwrap_or_else(|| presets::OTHER.to_owned());
        self.because = Some(detected.because);
        self.password_hint = detected.password_hint;
    }

    pub fn set_provider(&mut self, name: &str) {
        if name == self.provider {
            return;
        }
        name.clone_into(&mut self.provider);
        let (imap, smtp) = presets::servers(name, &self.settings.address);
        self.imap = imap.clone();
        self.smtp = smtp.clone();
        self.settings.incoming = Incoming::Imap(imap);
        self.settings.outgoing = Outgoing::Smtp(smtp);
        self.because = Some("chosen by you".into());
        self.password_hint = None;
    }

    pub fn is_new(&self) -> bool {
        self.id.is_none()
    }

    pub fn is_filled(&self) -> bool {
        self.step == Step::Fill
    }

    /// Whether the fields of this section are shown.
    pub fn shows(&self, section: Section) -> bool {
        self.offers(section) && self.unfolded.contains(&section)
    }

    /// Whether a section has anything to say: nothing is fetched for an address that another mailbox collects.
    pub fn offers(&self, section: Section) -> bool {
        self.is_filled() && !(section == Section::Fetching && self.is_forwarded())
    }

    pub fn unfold(&mut self, section: Section, is_unfolded: bool) {
        if is_unfolded {
            self.unfolded.insert(section);
        } else {
            self.unfolded.remove(&section);
        }
    }

    /// Whether a password is typed here.
    pub fn wants_password(&self) -> bool {
        self.is_filled() && matches!(self.settings.secret, SecretSource::File | SecretSource::Ask)
    }

    /// What goes to the engine beside the settings.
    pub fn secret(&self) -> Option<Secret> {
        let typed = self.wants_password() && !self.password.expose().is_empty();
        typed.then(|| self.password.clone())
    }

    pub fn has_imap(&self) -> bool {
        self.is_filled() && matches!(self.settings.incoming, Incoming::Imap(_))
    }

    pub fn has_smtp(&self) -> bool {
        self.is_filled() && matches!(self.settings.outgoing, Outgoing::Smtp(_))
    }

    pub fn set_imap(&mut self, endpoint: Endpoint) {
        self.imap = endpoint.clone();
        if let Incoming::Imap(kept) = &mut self.settings.incoming {
            *kept = endpoint;
        }
    }

    pub fn set_smtp(&mut self, endpoint: Endpoint) {
        self.smtp = endpoint.clone();
        if let Outgoing::Smtp(kept) = &mut self.settings.outgoing {
            *kept = endpoint;
        }
    }

    pub fn incoming_kind(&self) -> &'static str {
        match self.settings.incoming {
            Incoming::Imap(_) => "imap",
            Incoming::Maildir(_) => "maildir",
            Incoming::Forwarded(_) => "forwarded",
        }
    }

    pub fn set_incoming_kind(&mut self, kind: &str) {
        if kind == self.incoming_kind() {
            return;
        }
        self.settings.incoming = match kind {
            "forwarded" => match self.others.first() {
                Some((first, _)) => Incoming::Forwarded(*first),
                None => return,
            },
            "maildir" => Incoming::Maildir(PathBuf::new()),
            _ => Incoming::Imap(self.imap.clone()),
        };
    }

    pub fn incoming_path(&self) -> String {
        match &self.settings.incoming {
            Incoming::Maildir(path) => path.display().to_string(),
            Incoming::Imap(_) | Incoming::Forwarded(_) => String::new(),
        }
    }

    pub fn outgoing_kind(&self) -> &'static str {
        match self.settings.outgoing {
            Outgoing::Smtp(_) => "smtp",
            Outgoing::Sendmail(_) => "sendmail",
            Outgoing::Folder(_) => "folder",
            Outgoing::Through(_) => "through",
            Outgoing::Off => "off",
        }
    }

    pub fn set_outgoing_kind(&mut self, kind: &str) {
        if kind == self.outgoing_kind() {
            return;
        }
        self.settings.outgoing = match kind {
            "sendmail" => Outgoing::Sendmail(PathBuf::from("/usr/sbin/sendmail")),
            "folder" => Outgoing::Folder(PathBuf::new()),
            "off" => Outgoing::Off,
            "through" => match self
                .collected_by()
                .or(self.others.first().map(|(id, _)| *id))
            {
                Some(id) => Outgoing::Through(id),
                None => return,
            },
            _ => Outgoing::Smtp(self.smtp.clone()),
        };
    }

    pub fn outgoing_path(&self) -> String {
        match &self.settings.outgoing {
            Outgoing::Sendmail(path) | Outgoing::Folder(path) => path.display().to_string(),
            Outgoing::Smtp(_) | Outgoing::Through(_) | Outgoing::Off => String::new(),
        }
    }

    pub fn set_outgoing_path(&mut self, path: PathBuf) {
        match &mut self.settings.outgoing {
            Outgoing::Sendmail(kept) | Outgoing::Folder(kept) => *kept = path,
            Outgoing::Smtp(_) | Outgoing::Through(_) | Outgoing::Off => {}
        }
    }
}

/// The usual port of IMAP (RFC 8314 §3.2) or of submission (§3.3; RFC 6409 §3.1) with this protection.
pub fn usual_port(is_imap: bool, security: Security) -> u16 {
    match (is_imap, security) {
        (true, Security::Tls) => 993,
        (true, Security::Starttls | Security::None) => 143,
        (false, Security::Tls) => 465,
        (false, Security::Starttls) => 587,
        (false, Security::None) => 25,
    }
}

/// Another protection proposes its usual port, unless a port of one's own was chosen.
pub fn protect(endpoint: &Endpoint, is_imap: bool, security: Security) -> Endpoint {
    let port = if endpoint.port == usual_port(is_imap, endpoint.security) {
        usual_port(is_imap, security)
    } else {
        endpoint.port
    };
    Endpoint {
        host: endpoint.host.clone(),
        port,
        security,
    }
}

/// The protection that a well-known port proposes. Nothing ever proposes to have none.
fn proposed(is_imap: bool, port: u16, now: Security) -> Security {
    match (is_imap, port) {
        (true, 993) | (false, 465) => Security::Tls,
        (true, 143) | (false, 25 | 587) if now == Security::Tls => Security::Starttls,
        _ => now,
    }
}

/// `host` or `host:port` or `[::1]:port` as it is typed; `now` gives what was not typed.
///
/// # Errors
/// A sentence about the part that is wrong.
pub fn endpoint(typed: &str, is_imap: bool, now: &Endpoint) -> Result<Endpoint, String> {
    let example = if is_imap {
        "imap.example.com:993"
    } else {
        "smtp.example.com:465"
    };
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(format!("a server is missing; write one such as {example}"));
    }
    if let Some((scheme, _)) = typed.split_once("://") {
        return Err(format!("leave out {scheme}://, as in {example}"));
    }
    let (host, port) = match typed
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => match typed.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (typed, None),
        },
    };
    let is_v6 = typed.starts_with('[');
    let wrong = |c: &char| {
        !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_') || (is_v6 && matches!(c, ':' | '%')))
    };
    if let Some(c) = host.chars().find(wrong) {
        return Err(match c {
            ' ' => "there is a space in the server's name".into(),
            '@' => "that is an address; a server's name has no @".into(),
            ':' => "write an IPv6 address in brackets, as in [::1]:993".into(),
            c => format!("“{}” cannot stand in a server's name", c.escape_default()),
        });
    }
    if host.is_empty() || host.starts_with('.') || host.ends_with('.') || host.contains("..") {
        return Err(format!(
            "a part of the server's name is missing; write {example}"
        ));
    }
    let Some(port) = port else {
        let kept = if host == now.host {
            now.port
        } else {
            usual_port(is_imap, now.security)
        };
        return Ok(Endpoint {
            host: host.to_owned(),
            port: kept,
            security: now.security,
        });
    };
    let number = port.parse::<u16>().ok().filter(|number| *number > 0);
    let Some(port) = number.filter(|_| port.chars().all(|c| c.is_ascii_digit())) else {
        return Err(format!("“{port}” is not a port; ports go from 1 to 65535"));
    };
    let security = if port == now.port {
        now.security
    } else {
        proposed(is_imap, port, now.security)
    };
    Ok(Endpoint {
        host: host.to_owned(),
        port,
        security,
    })
}

/// A server as it is shown and typed.
pub fn shown(endpoint: &Endpoint) -> String {
    let Endpoint { host, port, .. } = endpoint;
    match (host.is_empty(), host.contains(':')) {
        (true, _) => String::new(),
        (_, true) => format!("[{host}]:{port}"),
        _ => format!("{host}:{port}"),
    }
}
