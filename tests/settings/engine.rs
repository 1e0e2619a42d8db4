//! An engine for the stories of the settings: it detects, checks, saves, and refuses what is there twice.

use ticketty::app::event::Event;
use ticketty::bridge::*;
use ticketty::domain::audit::{ChangeLine, Filter};
use ticketty::domain::clean::Clean;
use ticketty::domain::contact::Signature;
use ticketty::domain::ids::{MailboxId, SignatureId, ViewId};
use ticketty::domain::mailbox::*;
use ticketty::domain::trouble::Trouble;
use ticketty::mail::providers;

use crate::support::desk::{Desk, NOW, World};

/// The password that cannot be kept.
pub const REFUSED: &str = "refused";

pub struct Bench {
    pub desk: Desk,
    pub signatures: Vec<Signature>,
    pub views: Vec<(ViewId, String, String)>,
    /// What the checks say; the engine answers when all lines are told.
    pub checks: Vec<CheckLine>,
    pub keys_pressed: usize,
    /// The log of settings, the newest first.
    pub changes: Vec<ChangeLine>,
    /// How far the redirect of a channel is.
    pub redirect: RedirectState,
    /// Why no test mail comes.
    pub unproved: Option<Trouble>,
}

impl Bench {
    pub fn empty(width: u16, height: u16) -> Self {
        let mut world = World::empty();
        world.mailboxes.clear();
        Self::with(width, height, world)
    }

    pub fn usual(width: u16, height: u16) -> Self {
        Self::with(width, height, World::usual())
    }

    pub fn with(width: u16, height: u16, world: World) -> Self {
        let mut desk = Desk::with(width, height, world);
        desk.slow = true;
        Self {
            desk,
            signatures: Vec::new(),
            views: Vec::new(),
            checks: passing(),
            keys_pressed: 0,
            changes: Vec::new(),
            redirect: RedirectState::default(),
            unproved: None,
        }
    }

    /// Presses keys, and lets the engine answer after each.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        self.ahead(keys);
        self.answer();
        self.desk.wait(300);
        self.answer();
        self
    }

    /// Presses keys faster than the engine answers. Letters in quotes are not counted.
    pub fn ahead(&mut self, keys: &str) -> &mut Self {
        let outside: String = keys.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
        self.keys_pressed += outside.split_whitespace().count();
        self.desk.press(keys);
        self
    }

    pub fn answer(&mut self) {
        for _ in 0..100 {
            let Some(ask) = (!self.desk.held.is_empty()).then(|| self.desk.held.remove(0)) else {
                return;
            };
            if let Request::Connect(ConnectRequest::Check { .. }) = &ask.request {
                for line in self.checks.clone() {
                    self.tell(None, Report::Connect(ConnectReport::Check(line)));
                }
            }
            if let Some(report) = self.report(&ask.request) {
                self.tell(Some(ask.id), report);
            }
        }
        panic!("the desk asks without end");
    }

    fn audit(&self, query: &AuditQuery) -> Report {
        let filter = Filter::parse(&query.filter).unwrap();
        let mut matching = self
            .changes
            .iter()
            .filter(|line| query.before.is_none_or(|before| line.id < before))
            .filter(|line| filter.takes(line));
        let limit = query.limit as usize;
        let lines: Vec<ChangeLine> = matching.by_ref().take(limit).cloned().collect();
        let next = matching.next().and(lines.last()).map(|line| line.id);
        Report::Care(CareReport::Audit(AuditPage { lines, next }))
    }

    fn tell(&mut self, answers: Option<AskId>, report: Report) {
        self.desk.event(Event::Told(Told { answers, report }));
    }

    fn report(&mut self, request: &Request) -> Option<Report> {
        match request {
            Request::Mailbox(request) => Some(self.mailbox(request)),
            Request::Connect(ConnectRequest::Detect { address }) => Some(detect(address)),
            Request::Connect(ConnectRequest::Check { .. }) => Some(Report::Done),
            Request::Connect(ConnectRequest::Redirect(request)) => Some(self.redirect(request)),
            Request::People(request) => Some(self.people(request)),
            Request::Care(Care::Audit(query)) => Some(self.audit(query)),
            other => {
                let mut report = self.desk.world.answer(other, NOW.parse().unwrap());
                match &mut report {
                    Some(Report::Look(Seen::Basics(basics))) => {
                        basics.signatures.clone_from(&self.signatures);
                    }
                    Some(Report::Look(Seen::Views(lines))) => {
                        lines.extend(self.views.iter().map(|(id, name, query)| ViewLine {
                            id: Some(*id),
                            name: Clean::line(name),
                            query: query.clone(),
                            count: 3,
                            unread: 0,
                            mailbox: None,
                        }));
                    }
                    _ => {}
                }
                report
            }
        }
    }

    fn mailbox(&mut self, request: &MailboxRequest) -> Report {
        match request {
            MailboxRequest::Put {
                id,
                settings,
                secret,
            } => {
                let saved = self.put(*id, settings);
                let refused = secret
                    .as_ref()
                    .is_some_and(|secret| secret.expose() == REFUSED);
                if refused && matches!(saved, Report::Mailbox(_)) {
                    return Report::Failed(Trouble::operator(format!(
                        "{SAVED_WITHOUT_PASSWORD}: the disk is full"
                    )));
                }
                saved
            }
            MailboxRequest::Remove(id) => {
                self.line(*id).mailbox.removed = true;
                Report::Done
            }
            MailboxRequest::Disable(id) => {
                self.line(*id).health = Health::Disabled;
                Report::Done
            }
            MailboxRequest::Unlock { id, .. } => {
                self.line(*id).health = Health::Live;
                Report::Done
            }
            MailboxRequest::SyncNow(_) => Report::Mailbox(MailboxReport::Synced {
                new_messages: 2,
                troubles: Vec::new(),
            }),
            _ => Report::Done,
        }
    }

    pub fn line(&mut self, id: MailboxId) -> &mut MailboxLine {
        let mut lines = self.desk.world.mailboxes.iter_mut();
        lines.find(|line| line.mailbox.id == id).unwrap()
    }

    fn put(&mut self, id: Option<MailboxId>, settings: &MailboxSettings) -> Report {
        let lines = &mut self.desk.world.mailboxes;
        let twice = lines.iter().find(|line| {
            line.mailbox.settings.address == settings.address && Some(line.mailbox.id) != id
        });
        if let Some(other) = twice {
            let name = &other.mailbox.settings.name;
            return Report::Failed(
                Trouble::operator(format!(
                    "{} is connected already, as the mailbox {name}",
                    settings.address
                ))
                .hint(format!("change the settings of {name} instead")),
            );
        }
        let id = id.unwrap_or(MailboxId(lines.len() as i64 + 1));
        lines.retain(|line| line.mailbox.id != id);
        lines.push(MailboxLine {
            is_default: false,
            mailbox: Mailbox {
                id,
                settings: settings.clone(),
                enabled: true,
                removed: false,
                connected_at: NOW.parse().unwrap(),
            },
            health: Health::Syncing { done: 0, total: 40 },
            last_fetch: None,
        });
        Report::Mailbox(MailboxReport::Saved(id))
    }

    fn people(&mut self, request: &PeopleRequest) -> Report {
        match request {
            PeopleRequest::PutSignature { id, signature } => {
                let id = id.unwrap_or(SignatureId(self.signatures.len() as i64 + 1));
                self.signatures.retain(|known| known.id != id);
                self.signatures.push(Signature {
                    id,
                    ..signature.clone()
                });
            }
            PeopleRequest::DeleteSignature(id) => self.signatures.retain(|known| known.id != *id),
            PeopleRequest::PutView { id, name, query } => {
                let id = id.unwrap_or(ViewId(self.views.len() as i64 + 1));
                self.views.retain(|(known, _, _)| *known != id);
                self.views.push((id, name.clone(), query.clone()));
            }
            PeopleRequest::DeleteView(id) => self.views.retain(|(known, _, _)| known != id),
            _ => {}
        }
        Report::Done
    }

    /// The last request about mailboxes that was sent.
    pub fn last_put(&self) -> (MailboxSettings, Option<Secret>) {
        let puts = self.desk.asked.iter().rev();
        puts.filter_map(|request| match request {
            Request::Mailbox(MailboxRequest::Put {
                settings, secret, ..
            }) => Some(((**settings).clone(), secret.clone())),
            _ => None,
        })
        .next()
        .expect("something was saved")
    }
}

fn detect(address: &str) -> Report {
    let domain = address.rsplit_once('@').unwrap().1;
    let known = providers::by_domain(address);
    let guess = providers::other(address);
    let (imap, smtp) = known.map_or((guess.imap, guess.smtp), |provider| {
        (provider.imap.endpoint(), provider.smtp.endpoint())
    });
    Report::Connect(ConnectReport::Detected(Detected {
        provider: known.map(|provider| provider.name.to_owned()),
        because: match known {
            Some(_) => format!("by the domain {domain}"),
            None => format!("{domain} is not known; most providers are set up like this"),
        },
        settings: Box::new(MailboxSettings::new(
            address,
            Incoming::Imap(imap),
            Outgoing::Smtp(smtp),
            SecretSource::File,
        )),
        password_hint: known.and_then(|provider| provider.password.hint()),
    }))
}

fn line(step: CheckStep, state: CheckState, detail: &str, milliseconds: u64) -> CheckLine {
    CheckLine {
        step,
        state,
        detail: Clean::line(detail),
        milliseconds,
    }
}

pub fn passing() -> Vec<CheckLine> {
    use CheckState::Passed;
    vec![
        line(CheckStep::IncomingConnect, Passed, "imap.gmail.com", 12),
        line(CheckStep::IncomingTls, Passed, "TLS 1.3, until 12 Jan", 40),
        line(CheckStep::IncomingSignIn, Passed, "", 210),
        line(CheckStep::Folders, Passed, "INBOX, Sent", 30),
        line(CheckStep::OutgoingConnect, Passed, "smtp.gmail.com", 14),
        line(CheckStep::OutgoingTls, Passed, "TLS 1.3", 38),
        line(CheckStep::OutgoingSignIn, Passed, "", 190),
        line(CheckStep::SenderAccepted, Passed, "", 22),
    ]
}

pub fn refused_password() -> Vec<CheckLine> {
    let trouble = Trouble::operator("the password was refused")
        .because("Application-specific password required")
        .hint("make one at https://myaccount.google.com/apppasswords and type it above");
    let mut lines = passing();
    lines.truncate(2);
    lines.push(line(
        CheckStep::IncomingSignIn,
        CheckState::Failed(trouble),
        "",
        310,
    ));
    lines.push(line(CheckStep::Folders, CheckState::Skipped, "", 0));
    lines
}
