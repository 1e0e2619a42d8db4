//! `ticketty sync`: fetch and send without the screen, once or until it is ended.

use clap::Args;
use serde_json::json;

use super::{Client, Outcome, Output, client::unexpected, shapes};
use crate::bridge::{Look, MailboxLine, MailboxReport, MailboxRequest, Pushed, Report, Request};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::trouble::Trouble;

#[derive(Debug, Args)]
pub struct SyncArgs {
    /// Fetch and send what is due, then end; without it, stay
    #[arg(long)]
    pub once: bool,
    /// Only this mailbox
    #[arg(long, value_name = "NAME", requires = "once")]
    mailbox: Option<String>,
}

pub(super) async fn run(arguments: SyncArgs, client: &mut Client, out: &mut Output) -> Outcome {
    if arguments.once {
        once(arguments.mailbox, client, out).await
    } else {
        stay(client, out).await
    }
}

async fn once(name: Option<String>, client: &mut Client, out: &mut Output) -> Outcome {
    let mailboxes = client.mailboxes().await?;
    let one = match name {
        Some(name) => Some(client.mailbox(&name).await?.mailbox.id),
        None => None,
    };
    // Progress keeps a long first fetch from looking like silence.
    client.call(Request::Look(Look::Follow)).await?;
    let request = Request::Mailbox(MailboxRequest::SyncNow(one));
    let (new_messages, troubles, elsewhere) =
        match client.call_long(request, &mut |_| Ok(())).await? {
            Report::Mailbox(MailboxReport::Synced {
                new_messages,
                troubles,
                held_elsewhere,
            }) => (new_messages, troubles, held_elsewhere),
            other => return Err(unexpected(&other)),
        };
    let name_of = |id: MailboxId| {
        let line = mailboxes.iter().find(|line| line.mailbox.id == id);
        line.map_or_else(
            || id.to_string(),
            |line| Clean::line(&line.mailbox.settings.name).to_string(),
        )
    };
    let held: Vec<(String, Trouble)> = elsewhere
        .iter()
        .map(|(id, holder)| (name_of(*id), held_by(&name_of(*id), holder)))
        .collect();
    let told: Vec<(String, Trouble)> = troubles
        .iter()
        .map(|(id, trouble)| (name_of(*id), trouble.clone()))
        .collect();
    let shape = |(name, trouble): &(String, Trouble)| json!({"mailbox": name, "whose": trouble.whose, "trouble": trouble.to_string(), "hint": trouble.hint});
    out.answer(
        &json!({
            "new_messages": new_messages,
            "troubles": told.iter().map(shape).collect::<Vec<_>>(),
            "held_elsewhere": elsewhere
                .iter()
                .map(|(id, holder)| json!({"mailbox": name_of(*id), "holder": Clean::line(holder)}))
                .collect::<Vec<_>>(),
        }),
        || match new_messages {
            // Where somebody else looks for all of it, or it could not be looked for, nobody knows whether there is some.
            0 if !held.is_empty() || !told.is_empty() => String::new(),
            0 => "No new mail.\n".into(),
            1 => "1 new message.\n".into(),
            many => format!("{many} new messages.\n"),
        },
    )?;
    let mut failures = told
        .iter()
        .map(|(name, trouble)| named(name, trouble))
        .chain(held.iter().map(|(_, trouble)| trouble.clone()));
    let Some(first) = failures.next() else {
        return Ok(());
    };
    for other in failures {
        super::output::print_failure(&other, out.is_json());
    }
    Err(first)
}

/// Nothing was looked for here, and whoever waits for the mail has to know that.
fn held_by(name: &str, holder: &str) -> Trouble {
    Trouble::operator(format!(
        "mailbox {name}: {} holds it, and fetches and sends for it",
        Clean::line(holder)
    ))
    .hint("what it fetches is in this store, too; end that process to do it here")
}

fn named(mailbox: &str, trouble: &Trouble) -> Trouble {
    Trouble {
        what: format!("mailbox {mailbox}: {}", trouble.what),
        ..trouble.clone()
    }
}

fn name_in(mailboxes: &[MailboxLine], id: MailboxId) -> String {
    let line = mailboxes.iter().find(|line| line.mailbox.id == id);
    line.map_or_else(|| id.to_string(), |line| line.mailbox.settings.name.clone())
}

/// Says how mailboxes do until the line ends.
async fn stay(client: &mut Client, out: &mut Output) -> Outcome {
    let mailboxes = client.mailboxes().await?;
    if mailboxes.is_empty() {
        return Err(Trouble::operator("no mailbox is connected")
            .hint("connect one with `ticketty mailbox add ADDRESS`"));
    }
    if let Some(damage) = client.basics().await?.damage {
        return Err(damage);
    }
    client.call(Request::Look(Look::Follow)).await?;
    out.progress(&format!(
        "Syncing {} mailboxes. Ctrl-C ends it.",
        mailboxes.len()
    ))?;
    while let Some(report) = client.next_report().await {
        let Report::Pushed(pushed) = report else {
            continue;
        };
        match pushed {
            Pushed::Health { mailbox, health } => {
                let name = name_in(&mailboxes, mailbox);
                let (state, detail) = shapes::health(&health);
                let detail = detail
                    .map(|detail| format!(": {detail}"))
                    .unwrap_or_default();
                out.progress(Clean::line(&format!("{name} {state}{detail}")).as_str())?;
            }
            Pushed::NewMail { tickets } => {
                let numbers: Vec<String> =
                    tickets.iter().map(|ticket| format!("#{ticket}")).collect();
                out.progress(&format!("new mail in {}", numbers.join(", ")))?;
            }
            Pushed::Notice(trouble) => super::output::print_failure(&trouble, out.is_json()),
            Pushed::CaughtUp { mailbox, caught_up } => {
                let name = name_in(&mailboxes, mailbox);
                out.progress(Clean::line(&format!("{name}: {}", caught_up.sentence())).as_str())?;
            }
            Pushed::Tickets(_) | Pushed::Basics | Pushed::Outbox | Pushed::Domains => {}
        }
    }
    Ok(())
}
