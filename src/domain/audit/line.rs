//! A change as people and programs read it: names instead of numbers, and every word clean.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Origin, SettingChange, SubjectKind, WHOLE, label};
use crate::domain::clean::Clean;
use crate::domain::csv;
use crate::domain::ids::ChangeId;

/// One change. Its keys are what programs read: they may be added, never renamed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLine {
    pub id: ChangeId,
    pub at: Timestamp,
    /// The operator's name, or `Ticketty` for what it did by itself.
    pub who: Clean,
    /// The operator's short name.
    pub login: Option<Clean>,
    pub from: Place,
    pub kind: SubjectKind,
    pub subject_id: Option<i64>,
    pub subject: Clean,
    pub field: Clean,
    /// The field in words.
    pub label: Clean,
    pub old: Option<Clean>,
    pub new: Option<Clean>,
}

/// From where it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// `desk`, `ticketty mailbox set`, `config file`.
    pub through: Clean,
    pub user: Clean,
    pub host: Clean,
    pub terminal: Option<Clean>,
    pub ssh_client: Option<Clean>,
    /// All of it in one line.
    pub words: Clean,
}

impl Place {
    fn of(origin: &Origin) -> Self {
        let name = |text: &Option<String>| text.as_deref().map(Clean::name);
        Self {
            through: Clean::line(&origin.way.to_string()),
            user: Clean::name(&origin.user),
            host: Clean::name(&origin.host),
            terminal: name(&origin.terminal),
            ssh_client: name(&origin.ssh_client),
            words: Clean::line(&origin.to_string()),
        }
    }
}

/// The columns of a spreadsheet.
const COLUMNS: [&str; 14] = [
    "id",
    "at",
    "who",
    "login",
    "through",
    "user",
    "host",
    "terminal",
    "ssh_client",
    "kind",
    "subject",
    "field",
    "old",
    "new",
];

impl ChangeLine {
    /// `who` and `login` name the actor of the change.
    pub fn of(id: ChangeId, change: &SettingChange, who: &str, login: Option<&str>) -> Self {
        let text = |value: &Option<String>| value.as_deref().map(Clean::text);
        Self {
            id,
            at: change.at,
            who: Clean::name(who),
            login: login.map(Clean::name),
            from: Place::of(&change.origin),
            kind: change.about.kind,
            subject_id: change.about.id,
            subject: Clean::name(&change.about.name),
            field: Clean::name(&change.field),
            label: Clean::line(&label(change.about.kind, &change.field)),
            old: text(&change.old),
            new: text(&change.new),
        }
    }

    /// "mailbox support: login", "view Mine: deleted".
    pub fn what(&self) -> Clean {
        let done = match self.field.as_str() {
            WHOLE => self.came_or_went(),
            _ => self.label.as_str(),
        };
        Clean::line(&format!("{} {}: {done}", self.kind.word(), self.subject))
    }

    fn came_or_went(&self) -> &'static str {
        match (self.kind, self.new.is_some()) {
            (SubjectKind::Mailbox, true) => "connected",
            (SubjectKind::Mailbox, false) => "removed",
            (_, true) => "made",
            (_, false) => "deleted",
        }
    }

    /// Whether both values may stand in the line: what came or went has only one, a password none.
    pub fn has_values(&self) -> bool {
        self.old.is_some() || self.new.is_some()
    }

    /// `old → new` on one line.
    pub fn values(&self) -> Clean {
        if !self.has_values() {
            return Clean::default();
        }
        if self.field.as_str() == WHOLE {
            let whole = self.new.as_ref().or(self.old.as_ref());
            return whole.map_or_else(Clean::default, |text| Clean::line(text.as_str()));
        }
        let (old, new) = (shown(self.old.as_ref()), shown(self.new.as_ref()));
        Clean::line(&format!("{old} → {new}"))
    }

    /// The heading of a spreadsheet of changes.
    pub fn csv_heading() -> String {
        csv::line(COLUMNS)
    }

    pub fn csv(&self) -> String {
        let some = |text: &Option<Clean>| {
            let text = text.as_ref().map(Clean::as_str);
            csv::text(text.unwrap_or_default())
        };
        let cells = [
            self.id.to_string(),
            self.at.to_string(),
            csv::text(self.who.as_str()),
            some(&self.login),
            csv::text(self.from.through.as_str()),
            csv::text(self.from.user.as_str()),
            csv::text(self.from.host.as_str()),
            some(&self.from.terminal),
            some(&self.from.ssh_client),
            self.kind.word().to_owned(),
            csv::text(self.subject.as_str()),
            csv::text(self.field.as_str()),
            some(&self.old),
            some(&self.new),
        ];
        csv::line(cells.iter().map(String::as_str))
    }
}

/// A value beside an arrow; nothing has a word too.
fn shown(value: Option<&Clean>) -> &str {
    match value.map(Clean::as_str) {
        None => "nothing",
        Some("") => "empty",
        Some(text) => text,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
pub(super) mod tests {
    use super::*;
    use crate::domain::audit::{Author, Difference, Subject, Way};
    use crate::domain::event::Actor;

    pub fn line(
        kind: SubjectKind,
        field: &str,
        old: Option<&str>,
        new: Option<&str>,
    ) -> ChangeLine {
        let author = Author {
            at: "2026-11-20T12:00:00Z".parse().unwrap(),
            actor: Actor::System,
            origin: Origin {
                way: Way::Command("mailbox set".into()),
                user: "anna".into(),
                host: "desk".into(),
                terminal: None,
                ssh_client: Some("192.0.2.7".into()),
            },
        };
        let difference = Difference::new(field, old.map(str::to_owned), new.map(str::to_owned));
        let change = author.changed(Subject::new(kind, 4, "support"), difference);
        ChangeLine::of(ChangeId(9), &change, "Anna Koval", Some("anna"))
    }

    #[test]
    fn a_line_says_what_happened_to_what() {
        use SubjectKind::{Certificate, Config, Mailbox, Password, View};
        let table = [
            (
                line(Mailbox, "login", Some("a"), Some("b")),
                "mailbox support: login",
                "a → b",
            ),
            (
                line(Mailbox, "login", Some(""), Some("b")),
                "mailbox support: login",
                "empty → b",
            ),
            (
                line(Mailbox, "policy.first_reply_minutes", Some("240"), None),
                "mailbox support: first reply minutes",
                "240 → nothing",
            ),
            (
                line(Mailbox, WHOLE, None, Some("a: 1\nb: 2")),
                "mailbox support: connected",
                "a: 1 b: 2",
            ),
            (
                line(Mailbox, WHOLE, Some("a: 1"), None),
                "mailbox support: removed",
                "a: 1",
            ),
            (
                line(View, WHOLE, Some("q"), None),
                "view support: deleted",
                "q",
            ),
            (
                line(Password, "password", None, None),
                "password support: changed",
                "",
            ),
            (
                line(Certificate, "trust.fingerprint", None, Some("ab")),
                "certificate support: accepted certificate",
                "nothing → ab",
            ),
            (
                line(Config, "log_level", Some("info"), Some("debug")),
                "config support: log_level",
                "info → debug",
            ),
        ];
        for (line, what, values) in table {
            assert_eq!(line.what().as_str(), what);
            assert_eq!(line.values().as_str(), values, "{what}");
        }
    }

    #[test]
    fn a_spreadsheet_runs_nothing_that_somebody_typed() {
        let formula = line(
            SubjectKind::Signature,
            "markdown",
            Some("=HYPERLINK(\"http://x\")"),
            Some("@SUM(1)\nBest, Anna"),
        );
        assert_eq!(
            formula.csv(),
            "9,2026-11-20T12:00:00Z,Anna Koval,anna,ticketty mailbox set,anna,desk,,192.0.2.7,signature,support,markdown,\
             \"'=HYPERLINK(\"\"http://x\"\")\",\"'@SUM(1) Best, Anna\"\r\n"
        );
        assert_eq!(
            ChangeLine::csv_heading().matches(',').count() + 1,
            COLUMNS.len()
        );
    }

    #[test]
    fn what_somebody_typed_moves_no_terminal() {
        let line = line(
            SubjectKind::Mailbox,
            "login",
            Some("a\u{1b}[2J"),
            Some("b\u{202e}c"),
        );
        let json = serde_json::to_string(&line).unwrap();
        assert!(
            !json.contains("\\u001b") && !json.contains('\u{1b}'),
            "{json}"
        );
        assert!(!line.values().as_str().contains(['\u{1b}', '\u{202e}']));
    }
}
