//! What the form of a mailbox is about: its settings, the password beside them, and how the parts follow each other.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::checking::Depth;
use super::found::{Found, OTHER, usual_servers};
use super::oauth::SigningIn;
use super::sections::Section;
use crate::bridge::{Detected, PeriodCount, Secret};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Endpoint, Incoming, MailboxSettings, Outgoing, SecretSource};

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
    pub signing_in: SigningIn,
    /// Who the provider is, and who says so.
    pub found: Found,
    /// Where one came from, and goes back to when the mailbox is connected.
    pub returns_to_desk: bool,
    /// How many mails a first sync would fetch, once the server has told.
    pub counts: Vec<PeriodCount>,
    /// How far its next check goes.
    pub depth: Depth,
    /// The sections that are unfolded.
    pub unfolded: BTreeSet<Section>,
    /// Servers as they were before a folder of this machine was chosen instead.
    pub imap: Endpoint,
    pub smtp: Endpoint,
    /// Mailboxes that can send an alarm about this one.
    pub senders: Vec<(MailboxId, String)>,
    /// The mailboxes that this one can hang on.
    pub others: Vec<(MailboxId, String)>,
}

impl MailboxValue {
    /// Nothing is known yet.
    pub fn unknown() -> Self {
        let (imap, smtp) = usual_servers("");
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
            signing_in: SigningIn::default(),
            found: Found::default(),
            returns_to_desk: false,
            counts: Vec::new(),
            depth: Depth::default(),
            unfolded: BTreeSet::new(),
            imap,
            smtp,
            senders: Vec::new(),
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

    /// The address is there: everything else is asked for, with the name and login that it proposes.
    pub fn fill(&mut self) {
        let (incoming, outgoing) = (&self.settings.incoming, &self.settings.outgoing);
        let usual = MailboxSettings::new(
            self.settings.address.clone(),
            incoming.clone(),
            outgoing.clone(),
            SecretSource::File,
        );
        self.step = Step::Fill;
        self.settings.login = usual.login;
        self.settings.name = usual.name;
    }

    /// The engine begins to look for the servers of the address.
    pub fn look(&mut self) {
        self.fill();
        let (imap, smtp) = usual_servers(&self.settings.address);
        self.set_imap(imap);
        self.set_smtp(smtp);
        self.found.begin();
    }

    /// What the engine proposes for the address. Whatever was typed or chosen while it looked stays.
    pub fn detected(&mut self, detected: Detected) {
        if !self.found.is_looking {
            return;
        }
        let mut settings = self.settings.clone();
        if settings.login == settings.address {
            settings.login = detected.settings.login;
        }
        settings.incoming = detected.settings.incoming;
        settings.outgoing = detected.settings.outgoing;
        settings.trust = detected.settings.trust;
        self.take(settings);
        self.unfold(Section::Servers, !detected.is_certain);
        self.found = Found {
            provider: detected.provider.unwrap_or_else(|| OTHER.to_owned()),
            because: Some(detected.because),
            password_hint: detected.password_hint,
            sign_ins: detected.sign_ins,
            quirks: detected.quirks,
            all: std::mem::take(&mut self.found.all),
            is_looking: false,
            unvouched: Vec::new(),
        };
        if !detected.is_certain {
            self.found.unvouched = self.hosts();
        }
        self.propose_sign_in();
    }

    /// The hosts that a password would go to.
    fn hosts(&self) -> Vec<String> {
        let mut hosts = Vec::new();
        if let Incoming::Imap(at) = &self.settings.incoming {
            hosts.push(at.host.clone());
        }
        if let Outgoing::Smtp(at) = &self.settings.outgoing
            && !hosts.contains(&at.host)
        {
            hosts.push(at.host.clone());
        }
        hosts
    }

    /// Hosts that would get the password, that were found by somebody nobody vouches for, and that no person has
    /// looked at yet.
    pub fn unconfirmed(&self) -> Vec<String> {
        if self.settings.secret == SecretSource::None {
            return Vec::new();
        }
        let mut hosts = self.hosts();
        hosts.retain(|host| self.found.unvouched.contains(host));
        hosts
    }

    /// Another provider, by its name: its servers take the place of those that were there.
    pub fn set_provider(&mut self, name: &str) {
        if name == self.found.provider {
            return;
        }
        let (imap, smtp) = self
            .found
            .choose(name)
            .unwrap_or_else(|| usual_servers(&self.settings.address));
        self.imap = imap.clone();
        self.smtp = smtp.clone();
        self.settings.incoming = Incoming::Imap(imap);
        self.settings.outgoing = Outgoing::Smtp(smtp);
        if self.is_new() {
            self.propose_sign_in();
        }
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

    /// Whether the advanced face is shown.
    pub fn shows_servers(&self) -> bool {
        self.shows(Section::Servers)
    }

    /// Whether a section has anything to say: nothing is fetched for an address that another mailbox collects. While
    /// the servers are looked for, the room belongs to what is heard of them.
    pub fn offers(&self, section: Section) -> bool {
        self.is_filled()
            && (section == Section::Servers || !self.found.is_looking)
            && !(section == Section::Fetching && self.is_forwarded())
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

    /// Whether somebody signs in here with OAuth2.
    pub fn signs_in(&self) -> bool {
        self.is_filled() && matches!(self.settings.secret, SecretSource::Oauth(_))
    }

    /// What goes to the engine beside the settings.
    pub fn secret(&self) -> Option<Secret> {
        let is_signed_in = self.signs_in() && self.signing_in.lasts.is_some();
        let goes_along = self.wants_password() || is_signed_in;
        let typed = goes_along && !self.password.expose().is_empty();
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

    /// As [`Self::set_imap`], by a person: nothing that is found later overwrites it, and it is confirmed.
    pub fn choose_imap(&mut self, endpoint: Endpoint) {
        if endpoint.host != self.imap.host {
            self.found.unvouched.retain(|host| *host != endpoint.host);
        }
        self.found.is_looking = false;
        self.set_imap(endpoint);
    }

    /// As [`Self::set_smtp`], by a person.
    pub fn choose_smtp(&mut self, endpoint: Endpoint) {
        if endpoint.host != self.smtp.host {
            self.found.unvouched.retain(|host| *host != endpoint.host);
        }
        self.found.is_looking = false;
        self.set_smtp(endpoint);
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
