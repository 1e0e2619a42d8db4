//! Things to say once before an answer leaves.

use super::{signature, view};
use crate::domain::clean::Clean;
use crate::domain::draft::{Draft, DraftKind};
use crate::domain::message::{Message, MessageKind};
use crate::domain::query::Asker;
use crate::engine::looks::thread;
use crate::engine::standing;
use crate::store::{Read, StoreResult};

/// Words that promise a file, in lower case, in the languages of our customers.
const PROMISES: [&str; 34] = [
    "attached",
    "attachment",
    "attaching",
    "enclosed",
    "anbei",
    "anhang",
    "angehängt",
    "beigefügt",
    "beiliegend",
    "ci-joint",
    "ci-jointe",
    "pièce jointe",
    "en pièces jointes",
    "adjunto",
    "adjunta",
    "allegato",
    "in allegato",
    "em anexo",
    "anexo",
    "bijlage",
    "bifogad",
    "vedhæftet",
    "vedlagt",
    "liitteenä",
    "załącznik",
    "załączam",
    "příloze",
    "přiložen",
    "во вложении",
    "прикрепл",
    "у вкладенні",
    "додаю файл",
    "прикріпл",
    "附件",
];

pub(super) fn warnings(store: &dyn Read, draft: &Draft, asker: &Asker) -> StoreResult<Vec<Clean>> {
    let mut found = Vec::new();
    let own = draft
        .body
        .get(..view::cursor(&draft.body))
        .unwrap_or(&draft.body);
    if let Some(variable) = unfilled(own) {
        found.push(format!("{variable} is not filled in"));
    }
    if draft.kind == DraftKind::Note {
        return Ok(found.iter().map(|words| Clean::line(words)).collect());
    }
    for variable in signature::unresolved(store, draft, asker)? {
        found.push(format!(
            "{variable} in the signature stands for nothing here"
        ));
    }
    if draft.subject.trim().is_empty() {
        found.push("the subject is empty".to_owned());
    }
    if draft.attachments.is_empty()
        && let Some(word) = promised_file(own)
    {
        found.push(format!("it says “{word}”, but there is no file with it"));
    }
    if let Some(doubt) = standing::of(store, draft.mailbox)?.clock
        && doubt.is_believed()
    {
        found.push(format!(
            "it will be dated by this machine's clock, which is {} compared with {}",
            doubt.words(),
            doubt.host
        ));
    }
    if draft.kind == DraftKind::Reply {
        found.extend(about_the_ticket(store, draft)?);
    }
    Ok(found.iter().map(|words| Clean::line(words)).collect())
}

fn about_the_ticket(store: &dyn Read, draft: &Draft) -> StoreResult<Vec<String>> {
    let (Some(ticket), Some(answers)) = (draft.ticket, draft.answers) else {
        return Ok(Vec::new());
    };
    let Some(original) = store.message(answers)? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    if let Some(other) = thread::answers_elsewhere(&original)
        && draft.to.iter().any(|to| to.key() == other.key())
        && let Some(from) = &original.envelope.from
    {
        found.push(format!(
            "the answer goes to {}, but the mail came from {}",
            other.address, from.address
        ));
    }
    let ticket = view::end_of_merges(store, ticket)?;
    let events = store.events(ticket)?;
    let newer = thread::present_messages(store, ticket, &events)?
        .into_iter()
        .filter(|message| (message.at, message.id) > (original.at, original.id))
        .max_by_key(|message| (message.at, message.id));
    match newer.as_ref().map(|message: &Message| message.kind) {
        Some(MessageKind::Incoming) => {
            found.push("a newer mail has come in than the one you answer".to_owned());
        }
        Some(MessageKind::Outgoing) => {
            found.push("the mail that you answer has been answered already".to_owned());
        }
        Some(MessageKind::Note) | None => {}
    }
    Ok(found)
}

/// The word that promises a file, where one does.
fn promised_file(own: &str) -> Option<&'static str> {
    let lower = own.to_lowercase();
    PROMISES.into_iter().find(|word| stands_in(&lower, word))
}

/// Whether a word of the text begins with it. Scripts without spaces between words match anywhere.
fn stands_in(text: &str, word: &str) -> bool {
    let apart = word.chars().all(|c| u32::from(c) < 0x2e80);
    text.match_indices(word).any(|(at, _)| {
        !apart
            || text
                .get(..at)
                .and_then(|before| before.chars().next_back())
                .is_none_or(|before| !before.is_alphanumeric())
    })
}

/// A variable of a quick reply that still stands as it was written: `{name}` or `{{ticket.number}}`.
fn unfilled(own: &str) -> Option<String> {
    let mut rest = own;
    while let Some(at) = rest.find('{') {
        let from = rest.get(at..)?;
        let inner = from.trim_start_matches('{');
        let name: String = inner
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "_. ".contains(*c))
            .take(40)
            .collect();
        let closed = inner
            .get(name.len()..)
            .is_some_and(|after| after.starts_with('}'));
        let trimmed = name.trim();
        if closed && trimmed.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Some(format!("{{{trimmed}}}"));
        }
        rest = inner;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_of_a_file_is_heard_in_many_languages() {
        let table = [
            ("See the attached log.", Some("attached")),
            ("The log is unattached.", None),
            ("Anbei die Rechnung", Some("anbei")),
            ("Veuillez trouver ci-joint le devis", Some("ci-joint")),
            ("Файл у вкладенні.", Some("у вкладенні")),
            ("请看附件。", Some("附件")),
            ("All is well.", None),
        ];
        for (text, expected) in table {
            assert_eq!(promised_file(text), expected, "{text}");
        }
    }

    #[test]
    fn only_variables_are_taken_for_variables() {
        let table = [
            ("Dear {name},", Some("{name}")),
            (
                "Dear {{ contact.first_name }},",
                Some("{contact.first_name}"),
            ),
            ("fn main() { println!() }", None),
            ("a { b", None),
            ("{1}", None),
            ("{{{{", None),
        ];
        for (text, expected) in table {
            assert_eq!(unfilled(text).as_deref(), expected, "{text}");
        }
    }
}
