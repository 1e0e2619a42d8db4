//! `ticketty signature …`: the words under every answer, as on their page of the settings.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::table::{Align, shorten, table};
use super::{Client, Outcome, Output, client::unexpected};
use crate::bridge::{Basics, PeopleRequest, Report, Request, Sample, WordsReport};
use crate::config::settings::nearest;
use crate::domain::clean::Clean;
use crate::domain::contact::{Operator, Signature};
use crate::domain::ids::SignatureId;
use crate::domain::pasted::markdown;
use crate::domain::template::{Template, Variable};
use crate::domain::trouble::Trouble;

/// The word for all mailboxes, and for all operators.
const EVERY: &str = "every";

#[derive(Debug, Subcommand)]
pub enum SignatureCommand {
    /// All signatures, and whose they are
    List,
    /// Make a signature, or change the one of this name
    Set(SetArgs),
    /// Show a signature as it stands under an answer in the latest ticket
    Preview(NameArgs),
    /// Delete a signature
    Remove(NameArgs),
}

#[derive(Debug, Args)]
pub struct NameArgs {
    /// The name of the signature
    name: String,
}

/// Variables: operator.name, operator.login, ticket.number, ticket.subject, contact.name, contact.first_name,
/// contact.address, mailbox.name, mailbox.display_name, mailbox.address, date. The first of a chain that is not
/// empty is written: {operator.name|"Support"}. {{ and }} are braces.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// The name of the signature
    name: String,
    /// Another name for it
    #[arg(long, value_name = "NAME")]
    rename: Option<String>,
    /// For the answers of one mailbox, or of every one
    #[arg(long, value_name = "NAME|every")]
    mailbox: Option<String>,
    /// For one operator, or for every one
    #[arg(long, value_name = "LOGIN|me|every")]
    operator: Option<String>,
    /// What its text is; Markdown becomes HTML [default: markdown]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The text
    #[arg(long, conflicts_with = "file")]
    text: Option<String>,
    /// Read the text from a file; HTML from a mail program becomes Markdown
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Format {
    Markdown,
    Plain,
}

pub(super) async fn run(
    command: SignatureCommand,
    client: &mut Client,
    out: &mut Output,
) -> Outcome {
    match command {
        SignatureCommand::List => list(client, out).await,
        SignatureCommand::Set(arguments) => set(arguments, client, out).await,
        SignatureCommand::Preview(arguments) => preview(&arguments.name, client, out).await,
        SignatureCommand::Remove(arguments) => remove(&arguments.name, client, out).await,
    }
}

/// What programs get.
#[derive(Debug, Serialize)]
struct Shape {
    id: i64,
    name: Clean,
    /// `None` is every mailbox.
    mailbox: Option<Clean>,
    /// A login; `None` is every operator.
    operator: Option<Clean>,
    format: Format,
    text: Clean,
}

fn shape(signature: &Signature, basics: &Basics) -> Shape {
    let mailbox = signature.mailbox.map(|id| {
        let mut lines = basics.mailboxes.iter().map(|line| &line.mailbox);
        lines
            .find(|mailbox| mailbox.id == id)
            .map_or_else(|| id.to_string(), |mailbox| mailbox.settings.name.clone())
    });
    let operator = signature.operator.map(|id| {
        let mut operators = basics.operators.iter();
        operators
            .find(|operator| operator.id == id)
            .map_or_else(|| id.to_string(), |operator| operator.login.clone())
    });
    Shape {
        id: signature.id.0,
        name: Clean::line(&signature.name),
        mailbox: mailbox.as_deref().map(Clean::line),
        operator: operator.as_deref().map(Clean::line),
        format: if signature.is_markdown {
            Format::Markdown
        } else {
            Format::Plain
        },
        text: Clean::text(&signature.markdown),
    }
}

async fn signatures(client: &mut Client) -> Result<Vec<Signature>, Trouble> {
    match client
        .call(Request::People(PeopleRequest::Signatures))
        .await?
    {
        Report::Words(WordsReport::Signatures(signatures)) => Ok(signatures),
        other => Err(unexpected(&other)),
    }
}

async fn found(name: &str, client: &mut Client) -> Result<Signature, Trouble> {
    let all = signatures(client).await?;
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => {
            "make one with `ticketty signature set NAME --text TEXT`".into()
        }
        None => format!("signatures are: {}", names.join(", ")),
    };
    let missing =
        Trouble::operator(format!("there is no signature `{}`", name.escape_debug())).hint(hint);
    all.into_iter()
        .find(|one| one.name.eq_ignore_ascii_case(name))
        .ok_or(missing)
}

async fn list(client: &mut Client, out: &mut Output) -> Outcome {
    let basics = client.basics().await?;
    let all = signatures(client).await?;
    let shapes: Vec<Shape> = all.iter().map(|one| shape(one, &basics)).collect();
    out.answer(&shapes, || {
        if shapes.is_empty() {
            return "There is no signature yet.\n".into();
        }
        let columns = [
            ("NAME", Align::Left),
            ("MAILBOX", Align::Left),
            ("OPERATOR", Align::Left),
            ("TEXT", Align::Left),
        ];
        let word = |word: &Option<Clean>| word.as_ref().map_or(EVERY.into(), Clean::to_string);
        let rows: Vec<Vec<String>> = shapes
            .iter()
            .map(|shape| {
                let text = shape.text.as_str().replace('\n', " · ");
                vec![
                    shape.name.to_string(),
                    word(&shape.mailbox),
                    word(&shape.operator),
                    shorten(&text, 40),
                ]
            })
            .collect();
        table(&columns, &rows)
    })
}

async fn set(arguments: SetArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let basics = client.basics().await?;
    let known = signatures(client).await?;
    let known = known
        .into_iter()
        .find(|one| one.name.eq_ignore_ascii_case(&arguments.name));
    let id = known.as_ref().map(|one| one.id);
    let mut signature = known.unwrap_or_else(|| Signature {
        id: SignatureId(0),
        name: arguments.name.clone(),
        markdown: String::new(),
        mailbox: None,
        operator: None,
        is_markdown: true,
    });
    if let Some(name) = &arguments.rename {
        signature.name.clone_from(name);
    }
    match arguments.mailbox.as_deref() {
        Some(EVERY) => signature.mailbox = None,
        Some(name) => signature.mailbox = Some(client.mailbox(name).await?.mailbox.id),
        None => {}
    }
    match arguments.operator.as_deref() {
        Some(EVERY) => signature.operator = None,
        Some(login) => signature.operator = Some(operator(login, &basics)?.id),
        None => {}
    }
    if let Some(format) = arguments.format {
        signature.is_markdown = format == Format::Markdown;
    }
    if let Some(text) = arguments.text()? {
        signature.markdown = match markdown(&text).filter(|_| signature.is_markdown) {
            Some(made) => {
                out.remark("the text was HTML and is Markdown now; `signature preview` shows it");
                made
            }
            None => text,
        };
    }
    if signature.markdown.trim().is_empty() {
        return Err(Trouble::operator("the text of the signature is missing")
            .hint("give it with --text or --file"));
    }
    let name = signature.name.clone();
    let put = PeopleRequest::PutSignature { id, signature };
    client.call(Request::People(put)).await?;
    let kept = found(name.trim(), client).await?;
    out.answer(&shape(&kept, &basics), || {
        format!("Signature {} is saved.\n", Clean::line(&kept.name))
    })
}

impl SetArgs {
    fn text(&self) -> Result<Option<String>, Trouble> {
        match (&self.text, &self.file) {
            (Some(text), _) => Ok(Some(text.clone())),
            (None, Some(file)) => std::fs::read_to_string(file)
                .map(|text| Some(text.trim_end().to_owned()))
                .map_err(|cause| {
                    Trouble::operator(format!("the file {} cannot be read", file.display()))
                        .because(cause)
                }),
            (None, None) => Ok(None),
        }
    }
}

fn operator<'a>(login: &str, basics: &'a Basics) -> Result<&'a Operator, Trouble> {
    if login == "me" {
        return Ok(&basics.me);
    }
    let mut operators = basics.operators.iter();
    operators.find(|one| one.login == login).ok_or_else(|| {
        let logins: Vec<&str> = basics
            .operators
            .iter()
            .map(|one| one.login.as_str())
            .collect();
        Trouble::operator(format!("there is no operator `{}`", login.escape_debug()))
            .hint(format!("operators are: {}", logins.join(", ")))
    })
}

async fn preview(name: &str, client: &mut Client, out: &mut Output) -> Outcome {
    let signature = found(name, client).await?;
    let request = PeopleRequest::Sample(signature.mailbox);
    let Sample { ticket, values, .. } = match client.call(Request::People(request)).await? {
        Report::Words(WordsReport::Sample(sample)) => *sample,
        other => return Err(unexpected(&other)),
    };
    let basics = client.basics().await?;
    let signs = signature
        .operator
        .and_then(|id| basics.operators.iter().find(|one| one.id == id));
    let values = match signs {
        Some(one) => values
            .with(Variable::OperatorName, &one.display_name)
            .with(Variable::OperatorLogin, &one.login),
        None => values,
    };
    let template = Template::lenient(&signature.markdown);
    let text = Clean::text(template.render(&values).trim_end());
    let empty = template.empty(&values);
    for variable in &empty {
        out.remark(&format!("{variable} stands for nothing there"));
    }
    let value = json!({
        "signature": signature.name,
        "ticket": ticket.map(|ticket| ticket.0),
        "text": text,
        "empty": empty,
    });
    out.answer(&value, || {
        let about = ticket.map_or_else(
            || "an example, as there is no ticket yet".to_owned(),
            |ticket| format!("#{ticket}"),
        );
        format!("(shown for {about})\n\n-- \n{text}\n")
    })
}

async fn remove(name: &str, client: &mut Client, out: &mut Output) -> Outcome {
    let signature = found(name, client).await?;
    let request = PeopleRequest::DeleteSignature(signature.id);
    client.call(Request::People(request)).await?;
    out.answer(&json!({"removed": signature.name}), || {
        format!("Signature {} is deleted.\n", Clean::line(&signature.name))
    })
}
