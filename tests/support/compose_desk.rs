//! A desk whose engine keeps drafts, so that stories can write, put away, send and take back.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use ticketty::app::event::Event;
use ticketty::bridge::*;
use ticketty::domain::clean::Clean;
use ticketty::domain::contact::Signature;
use ticketty::domain::draft::DraftKind;
use ticketty::domain::headers::address::Address;
use ticketty::domain::ids::*;
use ticketty::domain::mailbox::Outgoing;
use ticketty::domain::parsed::AttachmentKind;
use ticketty::domain::trouble::Trouble;

use super::desk::{Desk, World};

pub struct Office {
    pub desk: Desk,
    /// What the store has.
    pub drafts: BTreeMap<i64, DraftView>,
    /// Every write that was asked, in order.
    pub written: Vec<Write>,
    /// Prefixes that contacts were asked for.
    pub prefixes: Vec<String>,
    pub taken_back: Vec<OutboxId>,
    /// Saving and sending fail with this.
    pub trouble: Option<Trouble>,
    /// What the engine says about every draft.
    pub warnings: Vec<Clean>,
    /// Writes are not answered until this is over.
    pub silent: bool,
    sent: BTreeMap<i64, DraftView>,
    last: i64,
}

const QUOTED: &str = "\n\nOn 17 Nov 2026 Olena Kovalenko wrote:\n> Since this morning I get \"session expired\".\n> It worked yesterday.";

impl Office {
    pub fn new(width: u16, height: u16) -> Self {
        let mut world = World::usual();
        for line in &mut world.mailboxes {
            line.mailbox.settings.outgoing = Outgoing::Folder("/out".into());
        }
        let mut desk = Desk::with(width, height, world);
        desk.slow = true;
        let mut office = Self {
            desk,
            drafts: BTreeMap::new(),
            written: Vec::new(),
            prefixes: Vec::new(),
            taken_back: Vec::new(),
            trouble: None,
            warnings: Vec::new(),
            silent: false,
            sent: BTreeMap::new(),
            last: 500,
        };
        office.desk.push(Pushed::Basics);
        office.answer();
        office
    }

    /// The engine answers what it was asked.
    pub fn answer(&mut self) {
        while !self.desk.held.is_empty() {
            let ask = self.desk.held.remove(0);
            if self.silent && matches!(ask.request, Request::Write(_)) {
                self.desk.held.insert(0, ask);
                return;
            }
            if let Some(report) = self.report(ask.request) {
                let told = Told {
                    answers: Some(ask.id),
                    report,
                };
                self.desk.event(Event::Told(told));
            }
        }
    }

    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for part in split(keys) {
            self.desk.press(&part);
            self.answer();
        }
        self.wait(250)
    }

    pub fn event(&mut self, event: Event) -> &mut Self {
        self.desk.event(event);
        self.answer();
        self
    }

    pub fn wait(&mut self, milliseconds: i64) -> &mut Self {
        for _ in 0..(milliseconds / 50).max(1) {
            self.desk.wait(50);
            self.answer();
        }
        self
    }

    #[track_caller]
    pub fn sees(&mut self, words: &str) -> &mut Self {
        self.desk.sees(words);
        self
    }

    #[track_caller]
    pub fn sees_no(&mut self, words: &str) -> &mut Self {
        self.desk.sees_no(words);
        self
    }

    /// The bodies that were saved, in order.
    pub fn saved(&self) -> Vec<&str> {
        self.written
            .iter()
            .filter_map(|write| match write {
                Write::Save { draft } => Some(draft.body.as_str()),
                _ => None,
            })
            .collect()
    }

    /// What was sent, and how it left the ticket.
    pub fn sends(&self) -> Vec<AfterSend> {
        self.written
            .iter()
            .filter_map(|write| match write {
                Write::Send { after, .. } => Some(*after),
                _ => None,
            })
            .collect()
    }

    /// The draft that the store has, if there is exactly one.
    pub fn only_draft(&self) -> &DraftView {
        assert_eq!(self.drafts.len(), 1, "one draft");
        self.drafts.values().next().unwrap()
    }

    fn report(&mut self, request: Request) -> Option<Report> {
        match request {
            Request::Write(write) => {
                self.written.push(write.clone());
                Some(self.write(write).unwrap_or_else(Report::Failed))
            }
            Request::Look(Look::Contacts { prefix }) => {
                let found = contacts(&prefix);
                self.prefixes.push(prefix);
                Some(Report::Look(Seen::Contacts(found)))
            }
            Request::Outbox(OutboxRequest::TakeBack(outbox)) => {
                self.taken_back.push(outbox);
                let draft = self.sent.remove(&outbox.0)?;
                self.drafts.insert(outbox.0, draft.clone());
                Some(Report::Write(Writing::Draft(Box::new(draft))))
            }
            other => match self.desk.world.answer(&other, self.now()) {
                Some(Report::Look(Seen::Basics(mut basics))) => {
                    basics.signatures = signatures();
                    Some(Report::Look(Seen::Basics(basics)))
                }
                report => report,
            },
        }
    }

    pub fn now(&self) -> Timestamp {
        self.desk.app.now
    }

    fn write(&mut self, write: Write) -> Result<Report, Trouble> {
        let writing = match write {
            Write::Begin { what } => Writing::Draft(Box::new(self.begin(what))),
            Write::Drafts => Writing::Drafts(self.drafts.values().cloned().collect()),
            Write::Save { draft } => {
                if let Some(trouble) = &self.trouble {
                    return Err(trouble.clone());
                }
                let at = self.now();
                let kept = self.draft(draft.id)?;
                (kept.content, kept.saved_at) = (draft.clone(), at);
                Writing::Saved {
                    draft: draft.id,
                    at,
                }
            }
            Write::Attach { draft, name, bytes } => {
                let kept = self.draft(draft)?;
                kept.attachments.push(AttachmentLine {
                    index: kept.attachments.len() as u32,
                    name: Clean::name(&name),
                    media_type: Clean::line("application/pdf"),
                    size_bytes: bytes.len() as u64,
                    sha256: String::new(),
                    kind: AttachmentKind::File,
                });
                Writing::Draft(Box::new(kept.clone()))
            }
            Write::Detach { draft, index } => {
                let kept = self.draft(draft)?;
                kept.attachments.remove(index as usize);
                Writing::Draft(Box::new(kept.clone()))
            }
            Write::Discard { draft } => {
                self.drafts.remove(&draft.0);
                return Ok(Report::Done);
            }
            Write::AtOnce { .. } => {
                return Err(Trouble::bug("the desk writes in steps"));
            }
            Write::Send { draft, .. } => {
                if let Some(trouble) = &self.trouble {
                    return Err(trouble.clone());
                }
                self.draft(draft)?;
                let sent = self.drafts.remove(&draft.0).unwrap();
                let is_mail = sent.kind != DraftKind::Note;
                let ticket = sent.ticket.unwrap_or(TicketNumber(1043));
                self.sent.insert(draft.0, sent);
                Writing::Sent {
                    ticket,
                    outbox: is_mail.then_some(OutboxId(draft.0)),
                    held_until: is_mail.then(|| self.now() + SignedDuration::from_secs(10)),
                    step: EventId(draft.0),
                }
            }
        };
        Ok(Report::Write(writing))
    }

    fn draft(&mut self, id: DraftId) -> Result<&mut DraftView, Trouble> {
        let warnings = self.warnings.clone();
        let draft = self
            .drafts
            .get_mut(&id.0)
            .ok_or_else(|| Trouble::operator("this draft is not there any more"))?;
        draft.warnings = warnings;
        Ok(draft)
    }

    fn begin(&mut self, what: Begin) -> DraftView {
        let (kind, ticket) = match what {
            Begin::Reply { ticket, .. } => (DraftKind::Reply, Some(ticket)),
            Begin::Forward { ticket, .. } => (DraftKind::Forward, Some(ticket)),
            Begin::Note { ticket } => (DraftKind::Note, Some(ticket)),
            Begin::NewMail { .. } => (DraftKind::NewMail, None),
        };
        if let Some(found) = self
            .drafts
            .values_mut()
            .find(|draft| draft.kind == kind && draft.ticket == ticket && ticket.is_some())
        {
            found.cursor = cursor(&found.content.body);
            return found.clone();
        }
        self.last += 1;
        let mail = kind == DraftKind::Reply;
        let body = if mail { QUOTED } else { "" };
        let view = DraftView {
            content: DraftContent {
                from: None,
                id: DraftId(self.last),
                mailbox: MailboxId(1),
                to: if mail {
                    vec![Address::new("Olena Kovalenko", "olena@example.test")]
                } else {
                    Vec::new()
                },
                cc: Vec::new(),
                bcc: Vec::new(),
                subject: if mail {
                    "Re: Cannot log in after the update".into()
                } else {
                    String::new()
                },
                body: body.to_owned(),
                signature: (kind != DraftKind::Note).then_some(SignatureId(1)),
            },
            kind,
            ticket,
            answers: None,
            cursor: cursor(body),
            attachments: Vec::new(),
            saved_at: self.now(),
            values: ticketty::domain::template::Values::default(),
            warnings: self.warnings.clone(),
        };
        self.drafts.insert(self.last, view.clone());
        view
    }
}

fn cursor(body: &str) -> u32 {
    body.find("On 17 Nov").unwrap_or(body.len()) as u32
}

fn signatures() -> Vec<Signature> {
    let make = |id, name: &str, markdown: &str| Signature {
        id: SignatureId(id),
        name: name.into(),
        markdown: markdown.into(),
        mailbox: None,
        operator: None,
        is_markdown: true,
    };
    vec![
        make(1, "friendly", "Best regards\nAnna Petrenko, Acme support"),
        make(2, "short", "Anna"),
    ]
}

fn contacts(prefix: &str) -> Vec<ContactLine> {
    [
        ("Olena Kovalenko", "olena@example.test"),
        ("Oleh Kravets", "oleh@example.test"),
        ("Dmytro Bondar", "dmytro@example.test"),
        ("李小龍", "li@example.test"),
    ]
    .into_iter()
    .filter(|(name, address)| {
        let prefix = prefix.to_lowercase();
        name.to_lowercase().starts_with(&prefix) || address.starts_with(&prefix)
    })
    .map(|(name, address)| ContactLine {
        name: Clean::line(name),
        address: Clean::line(address),
    })
    .collect()
}

/// Keys one by one, with typed words in quotes kept together.
fn split(keys: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = keys.trim();
    while !rest.is_empty() {
        let end = match rest.strip_prefix('\'') {
            Some(after) => after.find('\'').unwrap() + 2,
            None => rest.find(' ').unwrap_or(rest.len()),
        };
        parts.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    parts
}
