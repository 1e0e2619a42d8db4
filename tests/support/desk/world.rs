//! The small world that the desk of the stories looks at, and its engine.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use ticketty::bridge::*;
use ticketty::domain::clean::Clean;
use ticketty::domain::contact::Operator;
use ticketty::domain::decide::{Action, decide};
use ticketty::domain::event::{Actor, Event};
use ticketty::domain::ids::*;
use ticketty::domain::mailbox::*;
use ticketty::domain::message::{MailClass, MessageKind, PlacementRule};
use ticketty::domain::parsed::AttachmentKind;
use ticketty::domain::query::{Query, parse};
use ticketty::domain::sender_domain::Status as DomainStatus;
use ticketty::domain::ticket::*;
use ticketty::domain::trouble::Trouble;

pub struct World {
    pub tickets: Vec<TicketLine>,
    /// Beyond the tickets above there are this many that differ only in number.
    pub endless: u32,
    pub messages: BTreeMap<TicketNumber, Vec<MessageView>>,
    pub mailboxes: Vec<MailboxLine>,
    pub views: Vec<(&'static str, &'static str)>,
    pub outbox: Vec<OutboxLine>,
    pub domains: Vec<DomainLine>,
    pub raw: String,
    /// Every question about tickets fails with this.
    pub trouble: Option<Trouble>,
    /// The store is only read.
    pub damage: Option<Trouble>,
    steps: Vec<Vec<TicketLine>>,
}

pub fn now() -> Timestamp {
    super::NOW.parse().unwrap()
}

pub fn ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

pub fn row(number: i64, who: &str, subject: &str, minutes: i64) -> TicketLine {
    let address = format!(
        "{}@example.test",
        who.split(' ').next().unwrap_or("x").to_lowercase()
    );
    TicketLine {
        ticket: Ticket {
            number: TicketNumber(number),
            subject: subject.to_owned(),
            status: Status::Open,
            priority: Priority::Normal,
            mailbox: MailboxId(1),
            contact: Some(ContactId(number)),
            assignee: None,
            tags: Vec::new(),
            created_at: ago(minutes),
            updated_at: ago(minutes),
            tally: Tally {
                messages: 1,
                with_attachments: 0,
                last_class: Some(MailClass::Person),
            },
            unread: false,
            clocks: Clocks::default(),
            merged_into: None,
            marks: Vec::new(),
        },
        subject: Clean::line(subject),
        who: Clean::line(who),
        address: Clean::line(&address),
        mailbox: Clean::line("support"),
        assignee: None,
        overdue: false,
        flood: None,
    }
}

fn message(id: i64, kind: MessageKind, from: &str, text: &str, minutes: i64) -> MessageView {
    MessageView {
        id: MessageId(id),
        kind,
        class: MailClass::Person,
        at: ago(minutes),
        header: HeaderView {
            from: Some(ContactLine {
                name: Clean::line(from),
                address: Clean::line("olena@example.test"),
            }),
            message_id: Some(Clean::line("x1@example.test")),
            ..HeaderView::default()
        },
        text: Clean::text(text),
        attachments: Vec::new(),
        placement: PlacementView {
            rule: PlacementRule::NewTicket,
            value: Clean::default(),
        },
        delivery: None,
        remarks: Vec::new(),
        has_html: false,
        has_raw: kind != MessageKind::Note,
        is_header_only: false,
        sha256: None,
    }
}

pub fn incoming(id: i64, from: &str, text: &str, minutes: i64) -> MessageView {
    message(id, MessageKind::Incoming, from, text, minutes)
}

pub fn note(id: i64, from: &str, text: &str, minutes: i64) -> MessageView {
    message(id, MessageKind::Note, from, text, minutes)
}

pub fn outgoing(id: i64, to: &str, text: &str, minutes: i64, state: DeliveryState) -> MessageView {
    let mut message = message(id, MessageKind::Outgoing, "Anna", text, minutes);
    message.header.to = vec![ContactLine {
        name: Clean::line(to),
        address: Clean::line("olena@example.test"),
    }];
    message.delivery = Some(DeliveryView {
        outbox: OutboxId(id),
        state,
        copy_trouble: None,
    });
    message
}

pub use ticketty::domain::outbox::DeliveryState;

fn mailbox(id: i64, name: &str, health: Health) -> MailboxLine {
    MailboxLine {
        is_default: false,
        lasts: None,
        clock_off: None,
        mailbox: Mailbox {
            id: MailboxId(id),
            settings: MailboxSettings {
                display_name: "Acme".into(),
                ..MailboxSettings::new(
                    format!("{name}@acme.example"),
                    Incoming::Maildir("/mail".into()),
                    Outgoing::Off,
                    SecretSource::None,
                )
            },
            enabled: true,
            removed: false,
            connected_at: ago(10_000),
        },
        health,
        last_fetch: Some(ago(1)),
    }
}

impl World {
    pub fn empty() -> Self {
        Self {
            tickets: Vec::new(),
            endless: 0,
            messages: BTreeMap::new(),
            mailboxes: vec![
                mailbox(1, "support", Health::Live),
                mailbox(2, "sales", Health::Live),
                mailbox(
                    3,
                    "billing",
                    Health::Syncing {
                        done: 1240,
                        total: 2000,
                    },
                ),
            ],
            views: vec![
                ("Mine", "assignee:me is:open"),
                ("Unassigned", "assignee:none is:open"),
                ("Waiting", "status:pending"),
                ("Overdue", "is:overdue"),
                ("All open", "is:open"),
                ("Closed", "status:closed"),
            ],
            outbox: Vec::new(),
            domains: Vec::new(),
            raw: "From: Olena\nSubject: x\n\nHello\n".into(),
            trouble: None,
            damage: None,
            steps: Vec::new(),
        }
    }

    /// A morning at a small helpdesk.
    pub fn usual() -> Self {
        let mut world = Self::empty();
        let mut rows = vec![
            row(1042, "Olena Kovalenko", "Cannot log in after the update", 3),
            row(1041, "Dmytro Bondar", "Invoice 2231 is wrong", 9),
            row(1038, "James Wu", "Re: API limits", 60),
            row(1037, "noreply@bank.test", "Undeliverable: your ticket", 130),
            row(1036, "李小龍", "發票問題", 140),
            row(
                1030,
                "Zoë Brontë",
                "Where is my parcel? It was promised for last week and nobody answers",
                1500,
            ),
            row(
                1029,
                "Ahmed Al-Rashid",
                "Password reset does not arrive",
                4400,
            ),
            row(988, "Support Robot", "Weekly report", 50_000),
        ];
        rows[0].ticket.unread = true;
        rows[0].ticket.priority = Priority::High;
        rows[0].ticket.clocks.first_reply_due = Some(now() + SignedDuration::from_mins(12));
        rows[0].ticket.tally.messages = 3;
        rows[0].ticket.tally.with_attachments = 1;
        rows[1].ticket.unread = true;
        rows[1].ticket.clocks.first_reply_due = Some(now() + SignedDuration::from_mins(48));
        rows[2].ticket.clocks.first_reply_due = Some(now() + SignedDuration::from_hours(3));
        rows[2].ticket.tally.messages = 2;
        rows[3].ticket.tally.last_class = Some(MailClass::Bounce);
        rows[4].ticket.tally.with_attachments = 1;
        rows[5].ticket.clocks.first_reply_due = Some(ago(75));
        rows[5].overdue = true;
        rows[5].ticket.priority = Priority::Urgent;
        rows[6].ticket.status = Status::Pending;
        world.tickets = rows;
        world.messages.insert(TicketNumber(1042), olenas_thread());
        world
    }

    /// So many tickets that nobody could load them all.
    pub fn endless(count: u32) -> Self {
        let mut world = Self::usual();
        world.endless = count - u32::try_from(world.tickets.len()).unwrap();
        world
    }

    pub fn answer(&mut self, request: &Request, now: Timestamp) -> Option<Report> {
        Some(match request {
            Request::Look(look) => self.look(look),
            Request::Change(Change::Act { tickets, action }) => self.act(tickets, action, now),
            Request::Change(Change::Undo { .. }) => self.undo(),
            Request::Outbox(OutboxRequest::List(_)) => Report::Outbox(self.outbox.clone()),
            Request::Domain(request) => Report::Domains(self.domains(request)),
            _ => Report::Done,
        })
    }

    /// Whatever is asked about turns out to be in order.
    fn domains(&mut self, request: &DomainRequest) -> Vec<DomainLine> {
        let (DomainRequest::Verify { domain } | DomainRequest::SetSelectors { domain, .. }) =
            request
        else {
            return self.domains.clone();
        };
        let of = |line: &&mut DomainLine| line.domain.as_str() == domain;
        let line = self.domains.iter_mut().find(of).unwrap();
        line.status = DomainStatus::Verified;
        if let DomainRequest::SetSelectors { selectors, .. } = request {
            line.selectors = selectors.iter().map(|one| Clean::name(one)).collect();
        }
        vec![line.clone()]
    }

    fn look(&mut self, look: &Look) -> Report {
        match look {
            Look::Basics => Report::Look(Seen::Basics(Box::new(Basics {
                me: operator(1, "anna", "Anna Petrenko"),
                operators: vec![
                    operator(1, "anna", "Anna Petrenko"),
                    operator(2, "bohdan", "Bohdan Shevchuk"),
                ],
                mailboxes: self.mailboxes.clone(),
                signatures: Vec::new(),
                tags: vec![Clean::line("billing"), Clean::line("vip")],
                unsent_drafts: 0,
                damage: self.damage.clone(),
            }))),
            Look::Views => Report::Look(Seen::Views(self.view_lines())),
            Look::Tickets { query, window } | Look::Folded { query, window } => {
                self.list(query, *window)
            }
            Look::Thread { ticket } => self.thread(*ticket),
            Look::Raw { message, .. } => Report::Look(Seen::Raw {
                message: *message,
                text: Clean::text(&self.raw),
            }),
            Look::Attachment { message, index } => Report::Look(Seen::Attachment {
                message: *message,
                index: *index,
                name: Clean::line("screenshot.png"),
                media_type: "image/png".into(),
                bytes: b"png".to_vec(),
            }),
            _ => Report::Done,
        }
    }

    fn view_lines(&self) -> Vec<ViewLine> {
        let mut lines: Vec<ViewLine> = self
            .views
            .iter()
            .map(|(name, query)| {
                let rows = self.matching(query).unwrap();
                ViewLine {
                    id: None,
                    name: Clean::line(name),
                    query: (*query).to_owned(),
                    count: rows.len() as u32,
                    unread: rows.iter().filter(|row| row.ticket.unread).count() as u32,
                    mailbox: None,
                }
            })
            .collect();
        for mailbox in &self.mailboxes {
            let name = &mailbox.mailbox.settings.name;
            lines.push(ViewLine {
                id: None,
                name: Clean::line(name),
                query: format!("mailbox:{name}"),
                count: if name == "support" {
                    self.tickets.len() as u32
                } else {
                    0
                },
                unread: 0,
                mailbox: Some(mailbox.mailbox.id),
            });
        }
        lines
    }

    /// A small part of the query language: what the stories ask for.
    fn matching(&self, query: &str) -> Result<Vec<TicketLine>, Trouble> {
        let parsed = parse(query).map_err(|mistake| {
            Trouble::operator(format!("{mistake}, at character {}", mistake.at.start + 1))
        })?;
        let _: Query = parsed;
        Ok(self
            .tickets
            .iter()
            .filter(|row| query.split_whitespace().all(|word| fits(row, word)))
            .cloned()
            .collect())
    }

    fn list(&self, query: &str, window: ListWindow) -> Report {
        if let Some(trouble) = &self.trouble {
            return Report::Failed(trouble.clone());
        }
        let rows = match self.matching(query) {
            Ok(rows) => rows,
            Err(trouble) => return Report::Failed(trouble),
        };
        let endless = if query.contains("assignee:none") {
            self.endless
        } else {
            0
        };
        let total = rows.len() as u32 + endless;
        let number_of = |index: u32| {
            rows.get(index as usize).map_or_else(
                || TicketNumber(i64::from(900_000 - index)),
                |row| row.ticket.number,
            )
        };
        let (offset, limit) = match window {
            ListWindow::Offset { offset, limit } => (offset.min(total), limit),
            ListWindow::Around {
                ticket,
                before,
                limit,
            } => {
                let at = (0..total).find(|index| number_of(*index) == ticket);
                (at.unwrap_or(0).saturating_sub(before), limit)
            }
        };
        let end = (offset + limit).min(total);
        let rows = (offset..end)
            .map(|index| {
                rows.get(index as usize).cloned().unwrap_or_else(|| {
                    let number = i64::from(900_000 - index);
                    super::row(number, "Customer", &format!("Matter {index}"), 2_000)
                })
            })
            .collect();
        Report::Look(Seen::Tickets(TicketList {
            query: query.to_owned(),
            total,
            offset,
            rows,
        }))
    }

    fn thread(&self, number: TicketNumber) -> Report {
        let known = self.tickets.iter().find(|row| row.ticket.number == number);
        let line = &match known {
            Some(line) => line.clone(),
            None if self.endless > 0 => super::row(number.0, "Customer", "One of very many", 2_000),
            None => {
                let words = format!("there is no ticket #{number}");
                return Report::Failed(Trouble::operator(words));
            }
        };
        let messages = self.messages.get(&number).cloned().unwrap_or_else(|| {
            vec![incoming(
                number.0,
                line.who.as_str(),
                &format!("Hello,\n\nthis is about: {}.\n", line.subject),
                20,
            )]
        });
        Report::Look(Seen::Thread(Box::new(Thread {
            line: line.clone(),
            messages,
            history: vec![HistoryLine {
                id: EventId(1),
                step: EventId(1),
                at: ago(30),
                actor: Actor::System,
                sentence: Clean::line("Ticketty opened the ticket"),
                event: serde_json::Value::Null,
            }],
            drafts: Vec::new(),
        })))
    }

    fn act(&mut self, numbers: &[TicketNumber], action: &Action, now: Timestamp) -> Report {
        let before = self.tickets.clone();
        let actor = Actor::Operator(OperatorId(1));
        let (mut changed, mut refused) = (Vec::new(), Vec::new());
        for row in &mut self.tickets {
            if !numbers.contains(&row.ticket.number) {
                continue;
            }
            match decide(&row.ticket, action, actor, now) {
                Ok(happenings) => {
                    for what in happenings {
                        row.ticket.apply(&Event {
                            id: EventId(9),
                            ticket: row.ticket.number,
                            at: now,
                            actor,
                            step: EventId(9),
                            what,
                            takes_back: None,
                        });
                    }
                    row.assignee = row.ticket.assignee.map(|id| {
                        Clean::line(if id == OperatorId(1) {
                            "anna"
                        } else {
                            "bohdan"
                        })
                    });
                    changed.push(row.clone());
                }
                Err(refusal) => refused.push((row.ticket.number, refusal.0)),
            }
        }
        let sentence = match (action, changed.as_slice()) {
            (Action::SetStatus(Status::Closed), [one]) => format!("#{} closed", one.ticket.number),
            (Action::SetStatus(Status::Closed), many) => format!("{} tickets closed", many.len()),
            (_, [one]) => format!("#{} changed", one.ticket.number),
            (_, many) => format!("{} tickets changed", many.len()),
        };
        self.steps.push(before);
        Report::Change(Changed {
            step: (!changed.is_empty()).then_some(EventId(self.steps.len() as i64)),
            tickets: changed,
            refused,
            sentence: Clean::line(&sentence),
        })
    }

    fn undo(&mut self) -> Report {
        let before = self.steps.pop().expect("a step to take back");
        let changed: Vec<TicketLine> = before
            .iter()
            .filter(|row| !self.tickets.contains(row))
            .cloned()
            .collect();
        self.tickets = before;
        Report::Change(Changed {
            step: Some(EventId(99)),
            sentence: Clean::line("taken back"),
            tickets: changed,
            refused: Vec::new(),
        })
    }
}

fn fits(row: &TicketLine, word: &str) -> bool {
    let ticket = &row.ticket;
    match word {
        "assignee:none" => ticket.assignee.is_none(),
        "assignee:me" => ticket.assignee == Some(OperatorId(1)),
        "is:open" => ticket.status != Status::Closed && !ticket.is_snoozed(now()),
        "is:overdue" => ticket.is_overdue(now()),
        "status:pending" => ticket.status == Status::Pending,
        "status:closed" => ticket.status == Status::Closed,
        "mailbox:support" => true,
        word if word.starts_with("mailbox:") => false,
        word => match word.strip_prefix("from:") {
            Some(from) => row.address.as_str().contains(from),
            None => format!("{} {}", row.who, row.subject)
                .to_lowercase()
                .contains(&word.to_lowercase()),
        },
    }
}

fn operator(id: i64, login: &str, name: &str) -> Operator {
    Operator {
        id: OperatorId(id),
        login: login.into(),
        display_name: name.into(),
    }
}

fn olenas_thread() -> Vec<MessageView> {
    let mut first = incoming(
        1,
        "Olena Kovalenko",
        "Hello,\n\nsince this morning I get \"session expired\" whenever I try to log in. I have tried Firefox and Chrome, see https://status.acme.example/incidents/42 for what you wrote yourselves.\n\nOlena\n\nOn Mon, 16 Nov 2026 at 10:00, Acme wrote:\n> We have updated our servers.\n> Please log in again.\n> Thank you.\n",
        14,
    );
    first.attachments.push(AttachmentLine {
        index: 0,
        name: Clean::line("screenshot.png"),
        media_type: Clean::line("image/png"),
        size_bytes: 212_000,
        sha256: "00".into(),
        kind: AttachmentKind::File,
    });
    vec![
        first,
        note(
            2,
            "Bohdan",
            "Known since release 4.2, fix goes out at 15:00.",
            8,
        ),
        outgoing(
            3,
            "Olena Kovalenko",
            "Hello Olena,\n\nthank you for telling us. We are on it and will write again at 15:00.\n\nAnna",
            0,
            DeliveryState::Held {
                until: now() + SignedDuration::from_secs(8),
            },
        ),
    ]
}
