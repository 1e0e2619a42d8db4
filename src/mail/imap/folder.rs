//! Folders as the server lists them, and what each is for.

use serde::{Deserialize, Serialize};

use super::scan::{Scanner, Value};
use super::utf7;
use crate::domain::folder::FolderRole;

/// A folder on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderInfo {
    /// For people, decoded. A stranger may have chosen it: clean it before it is drawn.
    pub name: String,
    /// What the server is asked with.
    pub wire_name: String,
    /// What parts levels of the hierarchy; `None` in a flat one.
    pub delimiter: Option<char>,
    pub role: FolderRole,
    /// Whether it can hold mail.
    pub selectable: bool,
}

/// One LIST answer (RFC 9051 §7.3.1).
#[derive(Debug, PartialEq, Eq)]
pub struct Listed {
    attributes: Vec<String>,
    delimiter: Option<char>,
    wire_name: String,
}

impl Listed {
    pub fn read(scanner: &mut Scanner) -> Option<Self> {
        let attributes = scanner.atoms()?;
        let delimiter = match scanner.value()? {
            Value::Text(text) => text.first().copied().map(char::from),
            Value::Nil => None,
            _ => return None,
        };
        let name = String::from_utf8(scanner.string()?).ok()?;
        let is_inbox = name.eq_ignore_ascii_case("INBOX");
        Some(Self {
            attributes,
            delimiter,
            wire_name: if is_inbox { "INBOX".into() } else { name },
        })
    }

    fn has(&self, attribute: &str) -> bool {
        self.attributes
            .iter()
            .any(|own| own.eq_ignore_ascii_case(attribute))
    }

    fn said_role(&self) -> FolderRole {
        if self.wire_name == "INBOX" {
            return FolderRole::Inbox;
        }
        [
            ("\\Sent", FolderRole::Sent),
            ("\\Drafts", FolderRole::Drafts),
            ("\\Junk", FolderRole::Junk),
            ("\\Trash", FolderRole::Trash),
            ("\\Archive", FolderRole::Archive),
            ("\\All", FolderRole::All),
        ]
        .into_iter()
        .find(|(attribute, _)| self.has(attribute))
        .map_or(FolderRole::Other, |(_, role)| role)
    }
}

/// Gives each folder its role: what the server says, and where it says nothing of a role, the first folder with a
/// well-known name for it. A folder listed twice counts once.
pub fn with_roles(listed: Vec<Listed>) -> Vec<FolderInfo> {
    let mut folders: Vec<FolderInfo> = Vec::with_capacity(listed.len());
    for one in listed {
        if folders.iter().any(|known| known.wire_name == one.wire_name) {
            continue;
        }
        folders.push(FolderInfo {
            name: utf7::decode(&one.wire_name),
            delimiter: one.delimiter,
            role: one.said_role(),
            selectable: !one.has("\\Noselect") && !one.has("\\NonExistent"),
            wire_name: one.wire_name,
        });
    }
    for (role, names) in WELL_KNOWN {
        if folders.iter().any(|folder| folder.role == *role) {
            continue;
        }
        let named = folders.iter_mut().find(|folder| {
            folder.role == FolderRole::Other && folder.selectable && {
                let last = last_part(folder).to_lowercase();
                names.contains(&last.as_str())
            }
        });
        if let Some(folder) = named {
            folder.role = *role;
        }
    }
    folders
}

fn last_part(folder: &FolderInfo) -> &str {
    match folder.delimiter {
        Some(delimiter) => folder.name.rsplit(delimiter).next().unwrap_or_default(),
        None => &folder.name,
    }
}

/// Names in lower case, as the usual servers and mail programs create them.
const WELL_KNOWN: &[(FolderRole, &[&str])] = &[
    (
        FolderRole::Sent,
        &[
            "sent",
            "sent items",
            "sent messages",
            "sent mail",
            "sent-mail",
            "надіслані",
            "відправлені",
            "отправленные",
            "wysłane",
            "elementy wysłane",
            "gesendet",
            "gesendete elemente",
            "gesendete objekte",
            "envoyés",
            "messages envoyés",
            "éléments envoyés",
            "enviados",
            "elementos enviados",
            "itens enviados",
            "posta inviata",
            "inviata",
            "verzonden",
            "verzonden items",
            "odeslané",
            "odeslaná pošta",
            "skickat",
            "skickade objekt",
            "sendt",
            "sendte elementer",
            "lähetetyt",
            "elküldött",
            "trimise",
            "gönderilmiş öğeler",
            "送信済み",
            "送信済みアイテム",
            "已发送",
            "已发送邮件",
            "보낸편지함",
        ],
    ),
    (
        FolderRole::Drafts,
        &[
            "drafts",
            "draft",
            "чернетки",
            "черновики",
            "szkice",
            "kopie robocze",
            "entwürfe",
            "brouillons",
            "borradores",
            "rascunhos",
            "bozze",
            "concepten",
            "koncepty",
            "utkast",
            "kladder",
            "luonnokset",
            "piszkozatok",
            "taslaklar",
            "下書き",
            "草稿",
            "草稿箱",
            "임시보관함",
        ],
    ),
    (
        FolderRole::Junk,
        &[
            "junk",
            "spam",
            "junk e-mail",
            "junk email",
            "junk mail",
            "bulk mail",
            "спам",
            "небажана пошта",
            "нежелательная почта",
            "wiadomości-śmieci",
            "spamverdacht",
            "junk-e-mail",
            "courrier indésirable",
            "indésirables",
            "correo no deseado",
            "lixo eletrônico",
            "posta indesiderata",
            "ongewenste e-mail",
            "nevyžádaná pošta",
            "skräppost",
            "søppelpost",
            "roskaposti",
            "önemsiz",
            "迷惑メール",
            "垃圾邮件",
            "스팸메일함",
        ],
    ),
    (
        FolderRole::Trash,
        &[
            "trash",
            "deleted",
            "deleted items",
            "deleted messages",
            "bin",
            "кошик",
            "видалені",
            "удаленные",
            "корзина",
            "kosz",
            "elementy usunięte",
            "papierkorb",
            "gelöschte elemente",
            "gelöschte objekte",
            "corbeille",
            "éléments supprimés",
            "papelera",
            "elementos eliminados",
            "lixeira",
            "itens excluídos",
            "cestino",
            "posta eliminata",
            "prullenbak",
            "verwijderde items",
            "koš",
            "odstraněná pošta",
            "papperskorgen",
            "papirkurv",
            "roskakori",
            "çöp kutusu",
            "ゴミ箱",
            "已删除",
            "휴지통",
        ],
    ),
    (
        FolderRole::Archive,
        &[
            "archive",
            "archives",
            "архів",
            "архив",
            "archiwum",
            "archiv",
            "archivo",
            "arquivo",
            "archivio",
            "archief",
            "arkiv",
            "arkisto",
            "arşiv",
            "アーカイブ",
        ],
    ),
];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::frame::Frame;
    use super::*;

    fn folders(lines: &[&str]) -> Vec<FolderInfo> {
        let listed = lines.iter().map(|line| {
            let text = line.as_bytes().to_vec();
            Listed::read(&mut Scanner::new(Frame {
                text,
                literals: vec![],
            }))
            .unwrap()
        });
        with_roles(listed.collect())
    }

    fn roles(lines: &[&str]) -> Vec<(String, FolderRole)> {
        folders(lines)
            .into_iter()
            .map(|f| (f.name, f.role))
            .collect()
    }

    #[test]
    fn what_the_server_says_goes_before_what_a_name_says() {
        let found = roles(&[
            r#"(\HasNoChildren) "/" inbox"#,
            r#"(\HasNoChildren) "/" "Sent""#,
            r#"(\HasNoChildren \Sent) "/" Ausgang"#,
            r#"() "/" "Archiv/Spam""#,
            r#"() "/" "&BBoEPgRIBDgEOg-""#,
            r#"(\Noselect) "/" Drafts"#,
        ]);
        let expected = [
            ("INBOX", FolderRole::Inbox),
            ("Sent", FolderRole::Other),
            ("Ausgang", FolderRole::Sent),
            ("Archiv/Spam", FolderRole::Junk),
            ("Кошик", FolderRole::Trash),
            ("Drafts", FolderRole::Other),
        ];
        assert_eq!(found, expected.map(|(name, role)| (name.to_owned(), role)));
    }

    #[test]
    fn names_are_unescaped_and_junk_is_kept_as_text() {
        let found = folders(&[
            r#"() NIL "a\"b\\c""#,
            r#"() "." "../../etc/&junk""#,
            r#"() "/" Inbox"#,
        ]);
        let names: Vec<&str> = found.iter().map(|f| f.wire_name.as_str()).collect();
        assert_eq!(names, [r#"a"b\c"#, "../../etc/&junk", "INBOX"]);
        assert_eq!(found.first().unwrap().delimiter, None);
    }
}
