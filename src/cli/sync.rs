//! `ticketty sync`: fetch and send without the screen, once or until it is ended.

use clap::Args;
use serde_json::json;

use super::{Client, Outcome, Output, client::unexpected, shapes};
use crate::bridge::{Look, MailboxReport, MailboxRequest, Pushed, Report, Request};
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
    let (new_messages, troubles) = match client.call_long(request, &mut |_| Ok(())).await? {
        Report::Mailbox(MailboxReport::Synced {
            new_messages,
            troubles,
        }) => (new_messages, troubles),
        other => return Err(unexpected(&other)),
    };
    let name_of = |id: MailboxId| {
        let line = mailboxes.iter().find(|line| line.mailbox.id == id);
        line.map_or_else(
            || id.to_string(),
            |line| Clean::line(&line.mailbox.settings.name).to_string(),
        )
    };
    let shapes: Vec<_> = troubles
        .iter()
        .map(|(id, trouble)| json!({"mailbox": name_of(*id), "whose": trouble.whose, "trouble": trouble.to_string(), "hint": trouble.hint}))
        .collect();
    out.answer(
        &json!({"new_messages": new_messages, "troubles": shapes}),
        || match new_messages {
            0 => "No new mail.\n".into(),
            1 => "1 new message.\n".into(),
            many => format!("{many} new messages.\n"),
        },
    )?;
    let Some((first, others)) = troubles.split_first() else {
        return Ok(());
    };
    for (id, trouble) in others {
        super::output::print_failure(&named(&name_of(*id), trouble));
    }
    Err(named(&name_of(first.0), &first.1))
}

fn named(mailbox: &str, trouble: &Trouble) -> Trouble {
    Trouble {
        what: format!("mailbox {mailbox}: {}", trouble.what),
        ..trouble.clone()
    }
}

/// Says how mailboxes do until the line ends.
async fn stay(client: &mut Client, out: &mut Output) -> Outcome {
    let mailboxes = client.mailboxes().await?;
    if mailboxes.is_empty() {
        return Err(Trouble::operator("no mailbox is connected")
            .hint("connect one with `ticketty mailbox add ADDRESS`"));
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
                let name = mailboxes.iter().find(|line| line.mailbox.id == mailbox);
                let name = name.map_or_else(
                    || mailbox.to_string(),
                    |line| line.mailbox.settings.name.clone(),
                );
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
            Pushed::Notice(trouble) => super::output::print_failure(&trouble),
            Pushed::Tickets(_) | Pushed::Basics | Pushed::Outbox | Pushed::Domains => {}
        }
    }
    Ok(())
}
