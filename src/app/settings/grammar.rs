//! The one grammar of every form: a table of fields, each with its words, how it is read from the form's value, and
//! how what was typed is written there or refused with a sentence.
//!
//! A form never knows what it is about. Whatever is special about a mailbox or a signature stands in its table.

/// How a field is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Never shown, and never in any `Debug`.
    Secret,
    Number,
    Path,
    /// Several lines.
    Lines,
    /// One of the options.
    Choice,
    /// `yes` or `no`.
    Toggle,
}

impl Kind {
    /// Whether characters are typed into it.
    pub fn is_typed(self) -> bool {
        !matches!(self, Self::Choice | Self::Toggle)
    }
}

/// An option of a choice: what is written into the value, and what a person reads.
pub type Options = Vec<(String, String)>;

/// One row of a form about a `T`.
pub struct Spec<T: 'static> {
    /// Kebab-case; the same word as in the command line and in documents.
    pub name: &'static str,
    pub label: &'static str,
    /// One line, shown while the field is in focus.
    pub help: &'static str,
    pub kind: Kind,
    pub read: fn(&T) -> String,
    /// The mistake as a sentence, where it is one; the value is then left as it was.
    pub write: fn(&mut T, &str) -> Result<(), String>,
    pub options: fn(&T) -> Options,
    pub visible: fn(&T) -> bool,
    /// What stands beside or below the field, such as where a password is made.
    pub note: fn(&T) -> Option<String>,
}

impl<T> Clone for Spec<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Spec<T> {}

/// The beginning of a table row; the methods below say the rest.
pub const fn field<T: 'static>(
    name: &'static str,
    label: &'static str,
    help: &'static str,
    read: fn(&T) -> String,
    write: fn(&mut T, &str) -> Result<(), String>,
) -> Spec<T> {
    Spec {
        name,
        label,
        help,
        kind: Kind::Text,
        read,
        write,
        options: no_options::<T>,
        visible: always::<T>,
        note: no_note::<T>,
    }
}

fn no_options<T>(_: &T) -> Options {
    Vec::new()
}

fn always<T>(_: &T) -> bool {
    true
}

fn no_note<T>(_: &T) -> Option<String> {
    None
}

fn yes_or_no<T>(_: &T) -> Options {
    vec![pair("no", "no"), pair("yes", "yes")]
}

/// An option in words of ours.
pub fn pair(value: &str, label: &str) -> (String, String) {
    (value.to_owned(), label.to_owned())
}

impl<T: 'static> Spec<T> {
    #[must_use]
    pub const fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    #[must_use]
    pub const fn choosing(mut self, options: fn(&T) -> Options) -> Self {
        self.kind = Kind::Choice;
        self.options = options;
        self
    }

    #[must_use]
    pub const fn toggling(mut self) -> Self {
        self.kind = Kind::Toggle;
        self.options = yes_or_no::<T>;
        self
    }

    #[must_use]
    pub const fn when(mut self, visible: fn(&T) -> bool) -> Self {
        self.visible = visible;
        self
    }

    #[must_use]
    pub const fn note(mut self, note: fn(&T) -> Option<String>) -> Self {
        self.note = note;
        self
    }
}

/// A name that a person gives to something.
///
/// # Errors
/// It is empty, too long, or holds a character that cannot be seen.
pub fn name(typed: &str, longest: usize) -> Result<String, String> {
    let name = typed.trim();
    let length = name.chars().count();
    if name.is_empty() {
        return Err("a name is missing".into());
    }
    if length > longest {
        return Err(format!(
            "{length} characters are too many; {longest} at most"
        ));
    }
    if name.chars().any(char::is_control) {
        return Err("there is a character in it that cannot be seen".into());
    }
    Ok(name.to_owned())
}

/// A whole number with its unit's name in the sentence.
///
/// # Errors
/// It is none, or outside the bounds.
pub fn number(typed: &str, least: u32, most: u32, unit: &str) -> Result<u32, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(format!("write a number of {unit}, {least} to {most}"));
    }
    if !typed.chars().all(|c| c.is_ascii_digit()) {
        return Err(format!(
            "“{typed}” is not a number; write {unit} as digits, {least} to {most}"
        ));
    }
    match typed.parse::<u32>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!(
            "{typed} is out of bounds; {least} to {most} {unit}"
        )),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_in_names_and_numbers_are_named() {
        assert_eq!(name("  Support ", 40).unwrap(), "Support");
        assert!(name(" ", 40).unwrap_err().contains("missing"));
        assert!(
            name(&"x".repeat(41), 40)
                .unwrap_err()
                .contains("40 at most")
        );
        assert_eq!(number(" 60 ", 10, 100, "seconds").unwrap(), 60);
        for wrong in ["", "sixty", "-1", "9", "101", "99999999999999"] {
            let mistake = number(wrong, 10, 100, "seconds").unwrap_err();
            assert!(mistake.contains("seconds"), "{wrong}: {mistake}");
        }
    }
}
