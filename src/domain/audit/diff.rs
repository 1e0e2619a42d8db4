//! What is different between two values of the same type, as single fields with words on both sides.
//!
//! It works on what the types serialise to, so that a field that is added to a type tomorrow is covered without a
//! word here. What two versions of a structure share is walked into; where they differ in shape, such as a server
//! that became a directory, the whole of it is one field.

use serde::Serialize;
use serde_json::Value;

use super::{Author, SettingChange, Subject, SubjectKind};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::MailboxSettings;

/// The field of a change that is about a thing as a whole: it came, or it went.
pub const WHOLE: &str = "*";

/// Said in the place of a value that must not be told.
const HIDDEN: &str = "(hidden)";

/// Names of fields whose values are secrets wherever they stand. No setting has one today: secrets are kept
/// elsewhere. A new one that slips in is hidden all the same.
const SECRET_NAMES: [&str; 9] = [
    "password",
    "passphrase",
    "token",
    "access_token",
    "refresh_token",
    "client_secret",
    "api_key",
    "private_key",
    "credentials",
];

/// Parts of a path that say nothing to a person: groups that only keep the code tidy.
const SILENT: [&str; 9] = [
    "policy",
    "automatic",
    "identity",
    "watch",
    "on_server",
    "imap",
    "smtp",
    "markdown",
    "trust",
];

/// A field that is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

impl Difference {
    pub fn new(
        field: impl Into<String>,
        old: impl Into<Option<String>>,
        new: impl Into<Option<String>>,
    ) -> Self {
        Self {
            field: field.into(),
            old: old.into(),
            new: new.into(),
        }
    }
}

/// The fields that differ. Nothing where both are the same.
pub fn differences<T: Serialize>(old: &T, new: &T) -> Vec<Difference> {
    let mut found = Vec::new();
    walk("", &value(old), &value(new), &mut found);
    found
}

/// As [`differences`], for things that may be there or not.
pub(super) fn between<T: Serialize>(old: Option<&T>, new: Option<&T>) -> Vec<Difference> {
    match (old, new) {
        (Some(old), Some(new)) => differences(old, new),
        (None, None) => Vec::new(),
        (old, new) => vec![Difference::new(WHOLE, old.map(listing), new.map(listing))],
    }
}

/// Everything that a thing is made of, one `path: value` a line. What is empty is left out.
pub fn listing<T: Serialize>(thing: &T) -> String {
    let mut lines = Vec::new();
    list("", &value(thing), &mut lines);
    lines.join("\n")
}

/// The path of a field in words: `policy.automatic.auto_reply.body` is "auto reply body".
pub fn label(kind: SubjectKind, field: &str) -> String {
    match (kind, field) {
        (_, WHOLE) => return kind.word().to_owned(),
        (SubjectKind::Certificate, "trust.fingerprint") => return "accepted certificate".into(),
        (SubjectKind::Certificate, "trust.ca_file") => return "further authorities".into(),
        (SubjectKind::Password, "password") => return "changed".into(),
        (SubjectKind::Password, "password.this_run") => return "given for this run".into(),
        (SubjectKind::Password, "password.oauth") => return "signed in with OAuth2".into(),
        (SubjectKind::Password, "password.sending") => return "changed for sending".into(),
        (SubjectKind::Config, key) => return key.to_owned(),
        _ => {}
    }
    let spoken: Vec<&str> = field
        .split('.')
        .filter(|part| !SILENT.contains(part))
        .collect();
    let words = if spoken.is_empty() {
        field.replace('.', " ")
    } else {
        spoken.join(" ")
    };
    words.replace(['_', '-'], " ")
}

/// What happened to a mailbox. Whom it trusts is a change of its own: it decides who may read the password.
pub fn mailbox_changes(
    author: &Author,
    id: MailboxId,
    old: Option<&MailboxSettings>,
    new: &MailboxSettings,
) -> Vec<SettingChange> {
    let about = |kind| Subject::new(kind, id.0, new.name.clone());
    let mut changes = author.changes(&about(SubjectKind::Mailbox), old, Some(new));
    for change in &mut changes {
        if change.field.starts_with("trust.") {
            change.about.kind = SubjectKind::Certificate;
        }
    }
    if old.is_none() {
        let trusts = author.changes(
            &about(SubjectKind::Certificate),
            Some(&Default::default()),
            Some(&new.trust),
        );
        changes.extend(trusts.into_iter().map(|change| SettingChange {
            field: format!("trust.{}", change.field),
            ..change
        }));
    }
    changes
}

/// A value that cannot be serialised has no parts to tell of; our settings are plain data and always can.
fn value<T: Serialize>(thing: &T) -> Value {
    serde_json::to_value(thing).unwrap_or(Value::Null)
}

fn walk(path: &str, old: &Value, new: &Value, found: &mut Vec<Difference>) {
    if old == new {
        return;
    }
    if let (Value::Object(before), Value::Object(after)) = (old, new)
        && before.keys().eq(after.keys())
    {
        for (name, old) in before {
            if let Some(new) = after.get(name) {
                walk(&under(path, name), old, new, found);
            }
        }
        return;
    }
    let field = if path.is_empty() { WHOLE } else { path };
    let (old, new) = if is_secret(path) {
        let hidden = |value: &Value| (!value.is_null()).then(|| HIDDEN.to_owned());
        (hidden(old), hidden(new))
    } else {
        (words(old), words(new))
    };
    found.push(Difference::new(field, old, new));
}

fn under(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// Whether the last part of a path is the name of a secret.
pub fn is_secret(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or_default().to_lowercase();
    SECRET_NAMES.contains(&name.replace('-', "_").as_str())
}

/// A value as a person reads it. A list has commas between its members, a structure one line for each part.
fn words(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(members) if members.iter().all(is_plain) => members
            .iter()
            .filter_map(words)
            .collect::<Vec<_>>()
            .join(", "),
        Value::Array(members) => members
            .iter()
            .filter_map(words)
            .collect::<Vec<_>>()
            .join("\n"),
        Value::Object(_) => {
            let mut lines = Vec::new();
            list("", value, &mut lines);
            lines.join("\n")
        }
    })
}

fn is_plain(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn list(path: &str, value: &Value, lines: &mut Vec<String>) {
    if let Value::Object(parts) = value {
        for (name, part) in parts {
            list(&under(path, name), part, lines);
        }
        return;
    }
    let said = if is_secret(path) && !value.is_null() {
        Some(HIDDEN.to_owned())
    } else {
        words(value).filter(|words| !words.is_empty())
    };
    if let Some(said) = said {
        // What has lines of its own stands below its name.
        let gap = if said.contains('\n') { '\n' } else { ' ' };
        lines.push(format!("{path}:{gap}{said}"));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
