//! People: customers, operators, and the words operators sign with.

use serde::{Deserialize, Serialize};

use super::ids::{ContactId, MailboxId, OperatorId, SignatureId, ViewId};

/// A customer, made from the first mail of an address. Names are editable and never overwritten by later mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub id: ContactId,
    /// Compared without case; kept as first seen.
    pub address: String,
    pub first_name: String,
    pub last_name: String,
}

impl Contact {
    /// "First Last", or the address where there is no name. Chinese, Japanese and Korean names stand as they are
    /// written: the family first, without a space.
    pub fn display_name(&self) -> String {
        let (first, last) = (self.first_name.trim(), self.last_name.trim());
        let is_family_first = !(first.is_empty() || last.is_empty())
            && [first, last]
                .iter()
                .all(|part| part.chars().all(is_east_asian));
        if is_family_first {
            return format!("{last}{first}");
        }
        let name = format!("{} {}", self.first_name, self.last_name);
        match name.trim() {
            "" => self.address.clone(),
            name => name.to_owned(),
        }
    }
}

/// Han, Hangul and kana: scripts whose names begin with the family and have no space.
pub fn is_east_asian(c: char) -> bool {
    matches!(u32::from(c),
        0x3005..=0x3007 | 0x3041..=0x30fa | 0x30fc..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7a3
        | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

/// Someone who answers. In the personal store there is one, made from the login name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    pub id: OperatorId,
    /// The short name of queries and `@` mentions, such as `anna`.
    pub login: String,
    pub display_name: String,
}

/// Words under an answer, with variables ([`Template`](super::template::Template)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub id: SignatureId,
    pub name: String,
    /// The text, in Markdown where `is_markdown` says so.
    pub markdown: String,
    /// The mailbox it is for; `None` is every mailbox.
    pub mailbox: Option<MailboxId>,
    /// Who signs with it; `None` is everybody.
    #[serde(default)]
    pub operator: Option<OperatorId>,
    /// Otherwise it is plain text, and nothing in it means anything.
    #[serde(default = "yes")]
    pub is_markdown: bool,
}

fn yes() -> bool {
    true
}

/// A saved query in the left pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    pub id: ViewId,
    pub name: String,
    pub query: String,
    pub position: i64,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::Contact;
    use crate::domain::headers::name;
    use crate::domain::ids::ContactId;

    #[test]
    fn a_name_is_shown_as_its_owner_writes_it() {
        let table = [
            ("李小龍", "李小龍"),
            ("欧阳小明", "欧阳小明"),
            ("김 민수", "김민수"),
            ("김민수", "김민수"),
            ("山田 はなこ", "山田はなこ"),
            ("タナカ ハナコ", "タナカハナコ"),
            ("さくら", "さくら"),
            ("ジョン・スミス", "ジョン・スミス"),
            ("Olena Kovalenko", "Olena Kovalenko"),
            ("Коваленко, Олена", "Олена Коваленко"),
            ("Bruce 李", "Bruce 李"),
            ("", "Customer"),
        ];
        for (written, shown) in table {
            let (first_name, last_name) = name::split(written, "customer@example.test");
            let contact = Contact {
                id: ContactId(1),
                address: "customer@example.test".into(),
                first_name,
                last_name,
            };
            assert_eq!(contact.display_name(), shown, "{written}");
        }
    }
}
