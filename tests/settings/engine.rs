//! An engine for the stories of the settings: it detects, checks, saves, and refuses what is there twice.

use ticketty::app::event::Event;
use ticketty::bridge::*;
use ticketty::domain::audit::{ChangeLine, Filter};
use ticketty::domain::clean::Clean;
use ticketty::domain::contact::Signature;
use ticketty::domain::ids::{MailboxId, SignatureId, TicketNumber, ViewId};
use ticketty::domain::mailbox::*;
use ticketty::domain::template::{Values, Variable};
use ticketty::domain::trouble::Trouble;

use super::found::{detect, provider_lines, tried};
use crate::support::desk::{Desk, NOW, World};

/// The password that cannot be kept.
pub const REFUSED: &str = "refused";

pub struct Bench {
    pub desk: Desk,
    pub signatures: Vec<Signature>,
    pub views: Vec<(ViewId, String, String)>,
    /// What the checks say; the engine answers when all lines are told.
    pub checks: Vec<CheckLine>,
    /// The checks tell their lines and do not end.
    pub keeps_checking: bool,
    /// What was said on the lines of the checks.
    pub protocol: Vec<&'static str>,
    /// The server's folders; none means that it is not reached.
    pub folders: Vec<FolderLine>,
    pub counts: Vec<PeriodCount>,
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
            keeps_checking: false,
            protocol: vec![
                "Incoming:",
                "* OK Gimap ready",
                "> T1 AUTHENTICATE PLAIN ***",
            ],
            folders: Vec::new(),
            counts: Vec::new(),
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

    /// The engine tells what it has tried so far, without an answer yet.
    pub fn hear_about(&mut self, address: &str) {
        for line in tried(address) {
            self.tell(None, Report::Connect(ConnectReport::Tried(line)));
        }
    }

    pub fn answer(&mut self) {
        for _ in 0..100 {
            let Some(ask) = (!self.desk.held.is_empty()).then(|| self.desk.held.remove(0)) else {
                return;
            };
            if let Request::Connect(ConnectRequest::Check {
                with_round_trip, ..
            }) = ask.request
            {
                self.tell_checks(with_round_trip);
                if self.keeps_checking {
                    continue;
                }
            }
            if let Request::Connect(ConnectRequest::Detect { address }) = &ask.request {
                for line in tried(address) {
                    self.tell(None, Report::Connect(ConnectReport::Tried(line)));
                }
            }
            if let Some(report) = self.report(&ask.request) {
                self.tell(Some(ask.id), report);
            }
        }
        panic!("the desk asks without end");
    }

    fn tell_checks(&mut self, with_round_trip: bool) {
        for mut line in self.checks.clone() {
            let is_sent = matches!(line.step, CheckStep::RoundTrip | CheckStep::SentCopy);
            if is_sent && !with_round_trip {
                line.state = CheckState::Skipped;
                line.detail = Clean::line("not asked for");
            }
            self.tell(None, Report::Connect(ConnectReport::Check(line)));
        }
        let said = self.protocol.iter().map(|said| Clean::line(said)).collect();
        self.tell(None, Report::Connect(ConnectReport::Log(said)));
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
            Request::Connect(ConnectRequest::Providers) => {
                Some(Report::Connect(ConnectReport::Providers(provider_lines())))
            }
            Request::Connect(ConnectRequest::Check { .. }) => Some(Report::Done),
            Request::Connect(ConnectRequest::Redirect(request)) => Some(self.redirect(request)),
            Request::Connect(ConnectRequest::Folders { .. }) => Some(match self.folders.len() {
                0 => Report::Failed(Trouble::network("the mail server is not reached")),
                _ => Report::Connect(ConnectReport::Folders(self.folders.clone())),
            }),
            Request::Connect(ConnectRequest::CountPeriods { .. }) => {
                Some(Report::Connect(ConnectReport::Periods(self.counts.clone())))
            }
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
            MailboxRequest::Watch(WatchRequest::Status(id)) => {
                let health = self.line(*id).health.clone();
                let status = super::watching::status(*id, health);
                Report::Mailbox(MailboxReport::Watch(WatchReport::Status(Box::new(status))))
            }
            MailboxRequest::Watch(WatchRequest::SelfTest(id)) => {
                let last = super::watching::status(*id, Health::Live).self_test.last;
                Report::Mailbox(MailboxReport::Watch(WatchReport::SelfTested(last.unwrap())))
            }
            MailboxRequest::SyncNow(_) => Report::Mailbox(MailboxReport::Synced {
                new_messages: 2,
                troubles: Vec::new(),
                held_elsewhere: Vec::new(),
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
            lasts: None,
            clock_off: None,
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
            PeopleRequest::Sample(mailbox) => {
                return Report::Words(WordsReport::Sample(Box::new(Sample {
                    mailbox: *mailbox,
                    ticket: Some(TicketNumber(1042)),
                    values: Values::default()
                        .with(Variable::TicketNumber, "1042")
                        .with(Variable::TicketSubject, "Cannot log in")
                        .with(Variable::ContactName, "Olena Kovalenko")
                        .with(Variable::OperatorName, "Anna"),
                })));
            }
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

pub fn line(step: CheckStep, state: CheckState, detail: &str, milliseconds: u64) -> CheckLine {
    CheckLine {
        step,
        state,
        detail: Clean::line(detail),
        milliseconds,
    }
}

pub fn passing() -> Vec<CheckLine> {
    use CheckState::Passed;
    use CheckStep::{Incoming, Outgoing};
    let passed = |step, detail, milliseconds| line(step, Passed, detail, milliseconds);
    let tls = "TLS 1.3, certificate for imap.gmail.com until 12 Jan 2027, by Google Trust Services";
    vec![
        passed(Incoming(Link::Name), "142.250.110.108", 12),
        passed(Incoming(Link::Tcp), "imap.gmail.com:993", 14),
        passed(Incoming(Link::Tls), tls, 40),
        passed(Incoming(Link::Greeting), "Gimap ready for requests", 31),
        passed(Incoming(Link::SignIn), "anna@gmail.com", 210),
        passed(
            CheckStep::Abilities,
            "IDLE, CONDSTORE, SPECIAL-USE, UIDPLUS, MOVE, COMPRESS",
            1,
        ),
        passed(
            CheckStep::Folders,
            "9 folders with 12,345 mails, inbox 3,210, sent 842",
            30,
        ),
        passed(Outgoing(Link::Name), "142.250.110.109", 9),
        passed(Outgoing(Link::Tcp), "smtp.gmail.com:465", 14),
        passed(
            Outgoing(Link::Tls),
            "TLS 1.3, certificate for smtp.gmail.com until 12 Jan 2027",
            38,
        ),
        passed(Outgoing(Link::Greeting), "takes mails up to 35 MB", 30),
        passed(Outgoing(Link::SignIn), "anna@gmail.com", 190),
        passed(CheckStep::SenderAccepted, "250 2.1.0 OK", 22),
        passed(
            CheckStep::RoundTrip,
            "there and back in 1.9 s, and moved to the trash",
            2_300,
        ),
        passed(CheckStep::SentCopy, "the provider makes the copy itself", 1),
    ]
}

pub fn refused_password() -> Vec<CheckLine> {
    let trouble = Trouble::operator("the password was refused")
        .because("Application-specific password required")
        .hint("make one at https://myaccount.google.com/apppasswords and type it above");
    let mut lines = passing();
    lines.truncate(4);
    lines.push(line(
        CheckStep::Incoming(Link::SignIn),
        CheckState::Failed(trouble),
        "",
        310,
    ));
    lines.push(line(CheckStep::Abilities, CheckState::Skipped, "", 0));
    lines.push(line(CheckStep::Folders, CheckState::Skipped, "", 0));
    lines
}
