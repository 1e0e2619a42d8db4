//! How the mail of a forwarded address gets here: the steps at the provider, its confirmation, and the proof.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use super::super::table::moment;
use super::super::{Client, Outcome, Output, client::unexpected};
use super::NameArgs;
use crate::bridge::{
    ConnectReport, ConnectRequest, Proof, RedirectRequest, RedirectState, Report, Request,
};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::Incoming;
use crate::domain::redirect::{Confirmation, Redirector, Vouched};
use crate::domain::trouble::Trouble;

#[derive(Debug, Args)]
pub struct RedirectArgs {
    /// Name or address of the forwarded address
    name: String,
    /// Who redirects, and how
    #[arg(long, value_name = "WAY", value_parser = PossibleValuesParser::new(Redirector::ALL.map(Redirector::word)))]
    by: Option<String>,
}

async fn asked(request: RedirectRequest, client: &mut Client) -> Result<RedirectState, Trouble> {
    let request = Request::Connect(ConnectRequest::Redirect(request));
    match client.call_long(request, &mut |_| Ok(())).await? {
        Report::Connect(ConnectReport::Redirect(_, state)) => Ok(*state),
        other => Err(unexpected(&other)),
    }
}

/// Tells the steps at the provider, the code of its confirmation mail, and what is proved.
pub(super) async fn tell(
    arguments: RedirectArgs,
    client: &mut Client,
    out: &mut Output,
) -> Outcome {
    let mailbox = client.mailbox(&arguments.name).await?.mailbox;
    let id = mailbox.id;
    let chosen = arguments.by.as_deref().and_then(Redirector::of_word);
    let state = match chosen {
        Some(redirector) => asked(RedirectRequest::Choose { id, redirector }, client).await?,
        None => asked(RedirectRequest::Look(id), client).await?,
    };
    let address = mailbox.settings.address.as_str();
    let collecting = match mailbox.settings.incoming {
        Incoming::Forwarded(collecting) => address_of(collecting, client).await?,
        Incoming::Imap(_) | Incoming::Maildir(_) => String::new(),
    };
    let steps: Vec<Clean> = state
        .redirector
        .map_or_else(Vec::new, |one| one.steps(address, &collecting))
        .iter()
        .map(|step| Clean::line(step))
        .collect();
    let shape = json!({
        "address": Clean::line(address),
        "collected_by": Clean::line(&collecting),
        "by": state.redirector.map(Redirector::word),
        "steps": steps,
        "confirmation": state.confirmation.as_ref().map(|(at, found)| confirmation(*at, found)),
        "proof": state.proof.as_ref().map(proof),
    });
    out.answer(&shape, || words(&state, &mailbox.settings.name, &steps))
}

async fn address_of(id: MailboxId, client: &mut Client) -> Result<String, Trouble> {
    let lines = client.mailboxes().await?;
    let line = lines.into_iter().find(|line| line.mailbox.id == id);
    Ok(line.map_or_else(String::new, |line| line.mailbox.settings.address))
}

fn confirmation(at: jiff::Timestamp, found: &Confirmation) -> Value {
    json!({
        "at": at,
        "code": Clean::line(&found.code),
        "link": found.link.as_deref().map(Clean::line),
        "signed_by_google": found.vouched == Vouched::Signed,
    })
}

fn proof(proof: &Proof) -> Value {
    json!({
        "at": proof.at,
        "sent_by": Clean::line(&proof.sent_by),
        "seconds": proof.seconds,
        "known_by": proof.by.name(),
        "in_junk": proof.in_junk,
    })
}

fn words(state: &RedirectState, name: &str, steps: &[Clean]) -> String {
    let mut said = String::new();
    match state.redirector {
        None => {
            said.push_str("Nobody was chosen who redirects it yet. Choose with --by:\n");
            for one in Redirector::ALL {
                said.push_str(&format!("  {:<22}{}\n", one.word(), one.title()));
            }
        }
        Some(one) => {
            said.push_str(&format!("{}:\n", one.title()));
            for (index, step) in steps.iter().enumerate() {
                said.push_str(&format!("{}. {step}\n", index + 1));
            }
        }
    }
    match (&state.confirmation, state.redirector) {
        (Some((at, found)), _) => {
            let code = Clean::line(&found.code);
            said.push_str(&format!("Code  {code}   (came {})\n", moment(*at)));
            if let Some(link) = &found.link {
                said.push_str(&format!("link  {}\n", Clean::line(link)));
            }
        }
        (None, Some(one)) if one.confirms() => {
            said.push_str(
                "The confirmation mail has not come yet; `ticketty sync --once` looks for it.\n",
            );
        }
        _ => {}
    }
    let name = Clean::line(name);
    said.push_str(&match &state.proof {
        Some(proof) => format!(
            "Proved {}: sent by {}, known by {}.\n",
            moment(proof.at),
            Clean::line(&proof.sent_by),
            proof.by.name()
        ),
        None => format!("Not proved yet: `ticketty mailbox prove {name}` sends a test mail.\n"),
    });
    said
}

/// Sends a test mail to the address and waits for it.
pub(super) async fn prove(arguments: NameArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let mailbox = client.mailbox(&arguments.name).await?.mailbox;
    let address = Clean::line(&mailbox.settings.address);
    out.progress(&format!(
        "A test mail goes to {address}; it may take minutes …"
    ))?;
    let state = asked(RedirectRequest::Prove(mailbox.id), client).await?;
    let made = state
        .proof
        .ok_or_else(|| Trouble::bug("the proof is not kept"))?;
    let mut shape = proof(&made);
    if let Value::Object(parts) = &mut shape {
        parts.insert("address".into(), json!(address));
    }
    out.answer(&shape, || {
        let junk = if made.in_junk {
            "It was taken for junk.\n"
        } else {
            ""
        };
        format!(
            "Mail to {address} comes in: sent by {}, within {} s, known by {}.\n{junk}",
            Clean::line(&made.sent_by),
            made.seconds.max(1),
            made.by.name()
        )
    })
}
