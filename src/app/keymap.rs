//! Which keys run which command.
//!
//! The keymap is the registry's default keys, changed by what the operator wrote in config.toml. It also prints
//! keys, for help, the bar, and the table in the README.

use std::collections::BTreeMap;

use super::input::{Key, spell};
use super::registry::{self, Command, Scope};

/// Keys by place.
#[derive(Debug, Clone, Default)]
pub struct Keymap {
    bindings: BTreeMap<(Scope, Vec<Key>), &'static Command>,
    /// Sentences about what config.toml says and cannot have.
    pub complaints: Vec<String>,
}

/// What some keys mean so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lookup {
    Command(&'static Command),
    /// More keys must follow.
    Prefix,
    Nothing,
}

impl Keymap {
    /// The default keys with the operator's changes. What cannot be followed is left out and complained about.
    pub fn new(changes: &[(String, Vec<String>)]) -> Self {
        let mut map = Self::default();
        let changed: BTreeMap<&str, &Vec<String>> = changes
            .iter()
            .map(|(name, keys)| (name.as_str(), keys))
            .collect();
        for (name, _) in changes {
            if registry::find(name).is_none() {
                let hint = registry::nearest(name).map_or_else(
                    || "press : to see them all".to_owned(),
                    |near| format!("did you mean “{near}”?"),
                );
                map.complaints
                    .push(format!("there is no command “{name}”; {hint}"));
            }
        }
        for command in registry::commands() {
            if !changed.contains_key(command.name) {
                for keys in command.keys {
                    map.bind(command, keys, false);
                }
            }
        }
        for command in registry::commands() {
            for keys in changed.get(command.name).into_iter().copied().flatten() {
                map.bind(command, keys, true);
            }
        }
        map
    }

    fn bind(&mut self, command: &'static Command, spelled: &str, by_operator: bool) {
        let keys = match Key::parse_sequence(spelled) {
            Ok(keys) => keys,
            Err(sentence) => {
                self.complaints
                    .push(format!("keys of “{}”: {sentence}", command.name));
                return;
            }
        };
        for scope in command.scopes {
            let conflict = self.bindings.iter().find(|((other, bound), holder)| {
                other == scope
                    && holder.name != command.name
                    && (bound.starts_with(&keys) || keys.starts_with(bound))
            });
            if let Some((_, holder)) = conflict {
                self.complaints.push(format!(
                    "“{spelled}” for “{}” is taken by “{}” in {}; give “{}” other keys first",
                    command.name,
                    holder.name,
                    scope.title(),
                    holder.name,
                ));
                if by_operator {
                    continue;
                }
            }
            self.bindings.insert((*scope, keys.clone()), command);
        }
    }

    /// What the keys mean, asked from the innermost place outwards.
    pub fn lookup(&self, scopes: &[Scope], keys: &[Key]) -> Lookup {
        for scope in scopes {
            if let Some(command) = self.bindings.get(&(*scope, keys.to_vec())) {
                return Lookup::Command(command);
            }
            let begins = self
                .bindings
                .keys()
                .any(|(place, bound)| place == scope && bound.starts_with(keys));
            if begins {
                return Lookup::Prefix;
            }
        }
        Lookup::Nothing
    }

    /// The keys of a command as they are now.
    pub fn keys_of(&self, command: &Command) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut add = |spelled: String| {
            if !found.contains(&spelled) {
                found.push(spelled);
            }
        };
        for spelled in command.keys {
            let bound = Key::parse_sequence(spelled).is_ok_and(|keys| {
                command.scopes.iter().any(|scope| {
                    self.bindings
                        .get(&(*scope, keys.clone()))
                        .is_some_and(|holder| holder.name == command.name)
                })
            });
            if bound {
                add((*spelled).to_owned());
            }
        }
        for ((_, keys), holder) in &self.bindings {
            if holder.name == command.name {
                add(spell(keys));
            }
        }
        found
    }

    /// The first key of a command, as the bar and help show it.
    pub fn key_of(&self, command: &Command) -> Option<String> {
        self.keys_of(command).into_iter().next()
    }
}

/// All commands with their default keys as a Markdown table, for the README and the man page.
pub fn markdown_table() -> String {
    let mut table = String::from("| keys | command | where | does |\n|---|---|---|---|\n");
    let mut commands: Vec<&Command> = registry::commands().collect();
    commands.sort_by_key(|command| command.group);
    for command in commands {
        let keys: Vec<String> = command
            .keys
            .iter()
            .map(|keys| format!("`{}`", keys.replace('|', "\\|")))
            .collect();
        let places: Vec<&str> = command.scopes.iter().map(|scope| scope.title()).collect();
        table.push_str(&format!(
            "| {} | `{}` | {} | {} |\n",
            keys.join(" "),
            command.name,
            places.join(", "),
            command.doc
        ));
    }
    table
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_tables_hold_together() {
        let mut names = BTreeSet::new();
        for command in registry::commands() {
            assert!(
                names.insert(command.name),
                "{} is there twice",
                command.name
            );
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(command.name.chars().all(kebab), "{}", command.name);
            assert!(command.doc.ends_with('.'), "{}: one sentence", command.name);
            assert_eq!(
                command.doc.matches(". ").count(),
                0,
                "{}: one sentence",
                command.name
            );
            assert!(!command.title.is_empty() && !command.title.ends_with('.'));
            assert!(!command.scopes.is_empty());
        }
        assert_eq!(Keymap::new(&[]).complaints, Vec::<String>::new());
    }

    #[test]
    fn every_command_of_the_bar_has_a_key() {
        let map = Keymap::new(&[]);
        for command in registry::commands().filter(|command| command.bar.is_some()) {
            assert!(map.key_of(command).is_some(), "{}", command.name);
        }
    }

    #[test]
    fn an_operator_changes_keys() {
        let map = Keymap::new(&[("close".into(), vec!["ctrl-e".into(), "Z Z".into()])]);
        assert_eq!(map.complaints, Vec::<String>::new());
        let close = registry::find("close").unwrap();
        assert_eq!(map.keys_of(close), ["Z Z", "ctrl-e"]);
        assert_eq!(
            map.lookup(&[Scope::List, Scope::Desk], &[Key::char('Z')]),
            Lookup::Prefix
        );
        assert_ne!(
            map.lookup(&[Scope::List, Scope::Desk], &[Key::char('e')]),
            Lookup::Command(close)
        );
    }

    #[test]
    fn what_cannot_be_is_said_with_the_nearest_right_name() {
        let map = Keymap::new(&[
            ("clsoe".into(), vec!["e".into()]),
            ("reply".into(), vec!["j".into(), "hyper-q".into()]),
        ]);
        let all = map.complaints.join("\n");
        assert!(all.contains("did you mean “close”?"), "{all}");
        assert!(all.contains("“hyper-q” is not a key"), "{all}");
    }

    #[test]
    fn the_table_for_the_readme_has_every_command() {
        let table = markdown_table();
        for command in registry::commands() {
            assert!(table.contains(&format!("`{}`", command.name)));
        }
    }
}
