//! `ticketty ticket set` and `merge`.

use std::collections::BTreeMap;

use clap::{ArgGroup, Args, ValueEnum};
use serde_json::json;

use super::super::shapes::TicketShape;
use super::super::{Client, Outcome, Output};
use super::number;
use crate::bridge::{Basics, Change, Changed, TicketLine};
use crate::config::settings::nearest;
use crate::domain::decide::Action;
use crate::domain::ids::{OperatorId, TicketNumber};
use crate::domain::ticket::{Priority, Status};
use crate::domain::trouble::Trouble;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("changes").required(true).multiple(true).args([
    "status", "assignee", "priority", "tags", "untags", "subject", "read", "unread",
])))]
pub struct SetArgs {
    /// The numbers of the tickets
    #[arg(required = true, value_parser = number, value_name = "TICKET")]
    tickets: Vec<TicketNumber>,
    #[arg(long, value_enum)]
    status: Option<StatusArg>,
    /// An operator's login, me, or none
    #[arg(long, value_name = "LOGIN|me|none")]
    assignee: Option<String>,
    #[arg(long, value_enum)]
    priority: Option<PriorityArg>,
    /// Add a tag (repeatable)
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Take a tag away (repeatable)
    #[arg(long = "untag", value_name = "TAG")]
    untags: Vec<String>,
    /// Another subject
    #[arg(long)]
    subject: Option<String>,
    /// Mark as read
    #[arg(long, conflicts_with = "unread")]
    read: bool,
    /// Mark as unread
    #[arg(long)]
    unread: bool,
}

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The ticket that goes away
    #[arg(value_parser = number)]
    ticket: TicketNumber,
    /// The ticket that gets its messages
    #[arg(value_parser = number)]
    into: TicketNumber,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StatusArg {
    New,
    Open,
    Pending,
    Closed,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PriorityArg {
    Low,
    Normal,
    High,
    Urgent,
}

impl From<StatusArg> for Status {
    fn from(given: StatusArg) -> Self {
        match given {
            StatusArg::New => Self::New,
            StatusArg::Open => Self::Open,
            StatusArg::Pending => Self::Pending,
            StatusArg::Closed => Self::Closed,
        }
    }
}

impl From<PriorityArg> for Priority {
    fn from(given: PriorityArg) -> Self {
        match given {
            PriorityArg::Low => Self::Low,
            PriorityArg::Normal => Self::Normal,
            PriorityArg::High => Self::High,
            PriorityArg::Urgent => Self::Urgent,
        }
    }
}

pub async fn set(arguments: SetArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let mut actions = Vec::new();
    if let Some(login) = &arguments.assignee {
        actions.push(Action::Assign(operator(login, &client.basics().await?)?));
    }
    if let Some(priority) = arguments.priority {
        actions.push(Action::SetPriority(priority.into()));
    }
    if !arguments.tags.is_empty() || !arguments.untags.is_empty() {
        actions.push(Action::Tag {
            add: arguments.tags,
            remove: arguments.untags,
        });
    }
    if let Some(subject) = arguments.subject {
        actions.push(Action::Rename(subject));
    }
    if arguments.read || arguments.unread {
        actions.push(Action::SetUnread(arguments.unread));
    }
    // Last, so that closing a ticket does not keep the other changes from being made.
    if let Some(status) = arguments.status {
        actions.push(Action::SetStatus(status.into()));
    }
    let tickets = arguments.tickets;
    let changed = client.change(Change::ActAll { tickets, actions }).await?;
    answer(&changed, out)
}

pub async fn merge(arguments: MergeArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let action = Action::MergeInto(arguments.into);
    let changed = client
        .change(Change::Act {
            tickets: vec![arguments.ticket],
            action,
        })
        .await?;
    answer(&changed, out)
}

/// Prints what was changed. What was refused on any ticket makes the command fail, after the rest was done.
fn answer(changed: &Changed, out: &mut Output) -> Outcome {
    let latest: BTreeMap<TicketNumber, &TicketLine> = changed
        .tickets
        .iter()
        .map(|line| (line.ticket.number, line))
        .collect();
    let tickets: Vec<TicketShape> = latest.into_values().map(Into::into).collect();
    let refusals: Vec<_> = changed
        .refused
        .iter()
        .map(|(ticket, why)| json!({"ticket": ticket.0, "why": why}))
        .collect();
    out.answer(
        &json!({"tickets": tickets, "refused": refusals}),
        || match changed.step {
            Some(_) => format!("{}\n", changed.sentence),
            None => String::new(),
        },
    )?;
    if changed.refused.is_empty() {
        return Ok(());
    }
    // Each sentence names its ticket.
    let why: Vec<&str> = changed
        .refused
        .iter()
        .map(|(_, why)| why.as_str())
        .collect();
    Err(Trouble::operator("not everything was changed").because(why.join("; ")))
}

fn operator(login: &str, basics: &Basics) -> Result<Option<OperatorId>, Trouble> {
    match login {
        "none" => return Ok(None),
        "me" => return Ok(Some(basics.me.id)),
        _ => {}
    }
    if let Some(found) = basics
        .operators
        .iter()
        .find(|operator| operator.login == login)
    {
        return Ok(Some(found.id));
    }
    let logins: Vec<&str> = basics
        .operators
        .iter()
        .map(|operator| operator.login.as_str())
        .collect();
    let hint = match nearest(login, logins.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("operators are: {}", logins.join(", ")),
    };
    Err(Trouble::operator(format!("there is no operator `{}`", login.escape_debug())).hint(hint))
}
