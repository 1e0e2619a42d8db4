//! How a mailbox does and proving that mail arrives, without the screen; and what is set about its watching.

use clap::Args;
use clap::builder::BoolishValueParser;
use serde_json::{Value, json};

use crate::bridge::{
    MailboxLine, MailboxReport, MailboxRequest, MailboxStatus, Report, Request, WatchReport,
    WatchRequest,
};
use crate::cli::client::unexpected;
use crate::cli::table::moment;
use crate::cli::{Client, Outcome, Output, shapes};
use crate::domain::clean::Clean;
use crate::domain::mailbox::{AlarmMail, Condition, MailboxSettings};
use crate::domain::trouble::Trouble;

/// When a mailbox is tried again, and who is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Watching")]
pub struct WatchArgs {
    /// Try again at this interval after the connection broke
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(5..=3600))]
    reconnect: Option<u32>,
    /// So many attempts fail before the mailbox has an error
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    attempts: Option<u32>,
    /// Prove that mail arrives after so many hours without any; 0 never does
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(0..=720))]
    self_test_hours: Option<u32>,
    /// Show errors on the desktop, through the terminal
    #[arg(long, value_name = "yes|no", value_parser = BoolishValueParser::new())]
    notify_desktop: Option<bool>,
    /// Tell errors by mail to this address
    #[arg(long, value_name = "ADDRESS", conflicts_with = "no_alarm_mail")]
    alarm_to: Option<String>,
    /// Send the alarm mail from this mailbox [default: the first other one]
    #[arg(long, value_name = "NAME", conflicts_with = "no_alarm_mail")]
    alarm_from: Option<String>,
    /// Tell errors by no mail
    #[arg(long)]
    no_alarm_mail: bool,
}

impl WatchArgs {
    pub async fn apply(
        &self,
        settings: &mut MailboxSettings,
        client: &mut Client,
    ) -> Result<(), Trouble> {
        if let Some(seconds) = self.reconnect {
            settings.watch.reconnect_seconds = seconds;
        }
        if let Some(attempts) = self.attempts {
            settings.watch.attempts_before_error = attempts;
        }
        if let Some(hours) = self.self_test_hours {
            settings.watch.self_test_hours = (hours > 0).then_some(hours);
        }
        if let Some(notifies) = self.notify_desktop {
            settings.watch.notifies_desktop = notifies;
        }
        if self.no_alarm_mail {
            settings.watch.alarm_mail = None;
        }
        if self.alarm_to.is_some() || self.alarm_from.is_some() {
            settings.watch.alarm_mail = Some(self.alarm(settings, client).await?);
        }
        Ok(())
    }

    async fn alarm(
        &self,
        settings: &MailboxSettings,
        client: &mut Client,
    ) -> Result<AlarmMail, Trouble> {
        let before = settings.watch.alarm_mail.as_ref();
        let to = self
            .alarm_to
            .clone()
            .or_else(|| before.map(|alarm| alarm.to.clone()))
            .ok_or_else(|| {
                Trouble::operator("it is not said where the alarm mail goes")
                    .hint("add --alarm-to ADDRESS")
            })?;
        let from = match (&self.alarm_from, before) {
            (Some(name), _) => client.mailbox(name).await?.mailbox.id,
            (None, Some(alarm)) => alarm.from,
            (None, None) => client
                .mailboxes()
                .await?
                .into_iter()
                .find(|line| line.mailbox.settings.address != settings.address)
                .map(|line| line.mailbox.id)
                .ok_or_else(|| {
                    Trouble::operator("there is no other mailbox that could send the alarm mail")
                        .hint("connect another one first")
                })?,
        };
        Ok(AlarmMail { from, to })
    }
}

/// How a mailbox does, in one line of a table.
pub fn health(line: &MailboxLine) -> String {
    let state = shapes::state_word(line);
    let (_, detail) = shapes::health(&line.health);
    let words = match (detail, line.last_fetch) {
        (Some(detail), _) => format!("{}: {}", state, Clean::line(&detail)),
        (None, Some(at)) if state == Condition::Active.name() => {
            format!("{}, fetched {}", state, moment(at))
        }
        (None, _) => state.to_owned(),
    };
    if line.mailbox.enabled {
        words
    } else {
        Condition::Disabled.name().to_owned()
    }
}

async fn ask(request: WatchRequest, client: &mut Client) -> Result<WatchReport, Trouble> {
    let request = Request::Mailbox(MailboxRequest::Watch(request));
    match client.call_long(request, &mut |_| Ok(())).await? {
        Report::Mailbox(MailboxReport::Watch(report)) => Ok(report),
        other => Err(unexpected(&other)),
    }
}

pub async fn status(line: &MailboxLine, client: &mut Client, out: &mut Output) -> Outcome {
    let id = line.mailbox.id;
    let status = match ask(WatchRequest::Status(id), client).await? {
        WatchReport::Status(status) => status,
        other @ WatchReport::SelfTested(_) => {
            return Err(unexpected(&Report::Mailbox(MailboxReport::Watch(other))));
        }
    };
    out.answer(&shape(line, &status), || text(line, &status))
}

fn shape(line: &MailboxLine, status: &MailboxStatus) -> Value {
    let backlog: Vec<Value> = status
        .backlog
        .folders
        .iter()
        .map(|(folder, mails)| json!({"folder": folder, "mails": mails}))
        .collect();
    let unreadable: Vec<Value> = status
        .unreadable
        .iter()
        .map(|(words, mails)| json!({"words": words, "mails": mails}))
        .collect();
    json!({
        "name": Clean::line(&line.mailbox.settings.name),
        "address": Clean::line(&line.mailbox.settings.address),
        "status": status.status,
        "since": status.since,
        "why": status.health.reason().map(ToString::to_string),
        "hint": status.health.reason().and_then(|trouble| trouble.hint.clone()),
        "next_try": status.health.next_try(),
        "last_fetch": status.last_fetch,
        "last_send": status.last_send,
        "last_mail": status.last_mail,
        "backlog": {
            "folders": backlog,
            "to_send": status.backlog.to_send,
            "in_doubt": status.backlog.in_doubt,
        },
        "mails_by_hour": status.by_hour,
        "tickets": status.tickets,
        "ledger": status.account,
        "unreadable": unreadable,
        "troubles": status.troubles.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "caught_up": status.caught_up,
        "self_test": {
            "last": status.self_test.last,
            "due": status.self_test.due,
            "obstacle": status.self_test.obstacle,
        },
    })
}

fn text(line: &MailboxLine, status: &MailboxStatus) -> String {
    let mut rows: Vec<(&str, String)> = Vec::new();
    let at = |when: Option<jiff::Timestamp>| when.map_or_else(|| "never".to_owned(), moment);
    let since = status
        .since
        .map_or_else(String::new, |since| format!(" since {}", moment(since)));
    rows.push(("Status", format!("{}{since}", status.status.word())));
    if let Some(trouble) = status.health.reason() {
        rows.push(("Why", trouble.to_string()));
        rows.extend(trouble.hint.clone().map(|hint| ("To do", hint)));
    }
    rows.extend(
        status
            .health
            .next_try()
            .map(|next| ("Next try", moment(next))),
    );
    rows.push(("Last fetch", at(status.last_fetch)));
    rows.push(("Last send", at(status.last_send)));
    rows.push(("Last mail", at(status.last_mail)));
    rows.push(("Backlog", backlog(status)));
    let mails: u32 = status.by_hour.iter().sum();
    let word = if mails == 1 { "mail" } else { "mails" };
    rows.push(("Traffic", format!("{mails} {word} in 24 hours")));
    rows.push((
        "Tickets",
        format!(
            "{}, {} of them open",
            status.tickets.all, status.tickets.open
        ),
    ));
    if let Some(caught_up) = &status.caught_up {
        let words = format!("{}: {}", caught_up.why.words(), caught_up.sentence());
        rows.push(("Came", words));
    }
    rows.push(("Self-test", self_tested(status)));
    rows.extend(status.account.sentence().map(|words| ("On server", words)));
    for trouble in &status.troubles {
        rows.push(("Trouble", trouble.to_string()));
        rows.extend(trouble.hint.clone().map(|hint| ("To do", hint)));
    }
    for (words, mails) in &status.unreadable {
        rows.push(("Unreadable", format!("{mails} mails: {words}")));
    }
    let name = Clean::line(&line.mailbox.settings.name);
    let address = Clean::line(&line.mailbox.settings.address);
    let mut text = format!("{name}  {address}\n");
    for (label, words) in rows {
        text.push_str(&format!("{label:<12}{}\n", Clean::line(&words)));
    }
    text
}

fn backlog(status: &MailboxStatus) -> String {
    let mut parts: Vec<String> = status
        .backlog
        .folders
        .iter()
        .map(|(folder, mails)| format!("{mails} to fetch from {folder}"))
        .collect();
    let (to_send, in_doubt) = (status.backlog.to_send, status.backlog.in_doubt);
    parts.extend((to_send > 0).then(|| format!("{to_send} to send")));
    parts.extend((in_doubt > 0).then(|| format!("{in_doubt} waiting for a decision")));
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}

fn self_tested(status: &MailboxStatus) -> String {
    let line = &status.self_test;
    let mut words = match &line.last {
        None => "none yet".to_owned(),
        Some(tested) if tested.failure.is_some() => format!("failed {}", moment(tested.at)),
        Some(tested) => format!("passed {}", moment(tested.at)),
    };
    if let Some(obstacle) = &line.obstacle {
        words.push_str(&format!("; not made: {obstacle}"));
    } else if let Some(due) = line.due {
        words.push_str(&format!("; next {} without mail", moment(due)));
    }
    words
}

pub async fn self_test(line: &MailboxLine, client: &mut Client, out: &mut Output) -> Outcome {
    out.progress("A mail is on its way; waiting for it …")?;
    let tested = match ask(WatchRequest::SelfTest(line.mailbox.id), client).await? {
        WatchReport::SelfTested(tested) => tested,
        other @ WatchReport::Status(_) => {
            return Err(unexpected(&Report::Mailbox(MailboxReport::Watch(other))));
        }
    };
    if let Some(trouble) = tested.failure {
        return Err(trouble);
    }
    let seconds = tested.milliseconds / 1_000;
    let junk = if tested.in_junk {
        ", in the junk folder: customers' mail may be there, too"
    } else {
        ""
    };
    let name = Clean::line(&line.mailbox.settings.name);
    let address = Clean::line(&line.mailbox.settings.address);
    out.answer(&tested, || {
        format!("Mail to {address} arrives: {name} had it after {seconds} s{junk}.\n")
    })
}
