//! What is fetched: from which folders, and how far back the first time.

use serde::{Deserialize, Serialize};

use super::FirstSync;

/// How a folder with all that lies below it is written.
const WITH_SUBFOLDERS: &str = "/**";

/// A folder that was chosen by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Spelled", into = "Spelled")]
pub struct ChosenFolder {
    /// Decoded, as the server names it.
    pub name: String,
    /// What lies below it is read, too, also what is made there later.
    pub with_subfolders: bool,
}

/// In the store a folder alone is a plain string, as it was before subfolders could be chosen.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Spelled {
    Alone(String),
    Tree { name: String, with_subfolders: bool },
}

impl From<Spelled> for ChosenFolder {
    fn from(spelled: Spelled) -> Self {
        let (name, with_subfolders) = match spelled {
            Spelled::Alone(name) => (name, false),
            Spelled::Tree {
                name,
                with_subfolders,
            } => (name, with_subfolders),
        };
        Self {
            name,
            with_subfolders,
        }
    }
}

impl From<ChosenFolder> for Spelled {
    fn from(chosen: ChosenFolder) -> Self {
        if chosen.with_subfolders {
            Self::Tree {
                name: chosen.name,
                with_subfolders: true,
            }
        } else {
            Self::Alone(chosen.name)
        }
    }
}

impl ChosenFolder {
    /// The folder without what lies below it.
    pub fn alone(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            with_subfolders: false,
        }
    }

    /// From what a person writes: `Projects`, or `Projects/**` with its subfolders.
    pub fn read(typed: &str) -> Self {
        let typed = typed.trim();
        match typed.strip_suffix(WITH_SUBFOLDERS) {
            Some(name) => Self {
                name: name.to_owned(),
                with_subfolders: true,
            },
            None => Self::alone(typed),
        }
    }

    /// Whether a folder of this name is meant. `delimiter` parts the levels of the server's names.
    pub fn means(&self, name: &str, delimiter: Option<char>) -> bool {
        let below = || {
            let rest = name.strip_prefix(&self.name)?;
            delimiter.map(|delimiter| rest.starts_with(delimiter))
        };
        name == self.name || (self.with_subfolders && below().unwrap_or(false))
    }
}

/// As [`ChosenFolder::read`] takes it.
impl std::fmt::Display for ChosenFolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        if self.with_subfolders {
            f.write_str(WITH_SUBFOLDERS)?;
        }
        Ok(())
    }
}

impl FirstSync {
    /// From the shortest to the longest.
    pub const ALL: [Self; 6] = [
        Self::Day,
        Self::Week,
        Self::Month,
        Self::ThreeMonths,
        Self::Year,
        Self::All,
    ];
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::mailbox::FolderChoice;

    #[test]
    fn a_parent_means_its_subfolders_only_where_that_was_chosen() {
        for (chosen, name, delimiter, is_meant) in [
            ("Projects", "Projects", Some('/'), true),
            ("Projects", "Projects/One", Some('/'), false),
            ("Projects/**", "Projects", Some('/'), true),
            ("Projects/**", "Projects/One/Two", Some('/'), true),
            ("Projects/**", "Projects.One", Some('.'), true),
            ("Projects/**", "Projects.One", Some('/'), false),
            ("Projects/**", "Projects2", Some('/'), false),
            ("Projects/**", "Projects/One", None, false),
        ] {
            let chosen = ChosenFolder::read(chosen);
            assert_eq!(chosen.means(name, delimiter), is_meant, "{chosen} {name}");
            assert_eq!(ChosenFolder::read(&chosen.to_string()), chosen);
        }
    }

    #[test]
    fn plain_names_of_earlier_settings_are_still_read() {
        let read = |json: &str| serde_json::from_str::<FolderChoice>(json).unwrap();
        let chosen = FolderChoice::Chosen(vec![
            ChosenFolder::alone("INBOX"),
            ChosenFolder::read("Projects/**"),
        ]);
        assert_eq!(
            read(r#"{"chosen":["INBOX",{"name":"Projects","with_subfolders":true}]}"#),
            chosen
        );
        let written = serde_json::to_string(&chosen).unwrap();
        assert!(written.contains(r#"["INBOX",{"#), "{written}");
        assert_eq!(read(&written), chosen);
    }
}
