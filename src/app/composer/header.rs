//! To, Cc, Bcc and Subject: typed as text, checked while typing.

use crate::app::field::Field;
use crate::domain::headers::address::Address;

/// Where the keys go within the composer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    To,
    Cc,
    Bcc,
    Subject,
    Body,
}

impl Focus {
    /// From the first line to the text.
    pub const ORDER: [Self; 5] = [Self::To, Self::Cc, Self::Bcc, Self::Subject, Self::Body];

    pub fn label(self) -> &'static str {
        match self {
            Self::To => "To",
            Self::Cc => "Cc",
            Self::Bcc => "Bcc",
            Self::Subject => "Subject",
            Self::Body => "",
        }
    }

    /// The next place, or the one before; the first and the last are neighbours.
    pub fn step(self, by: isize) -> Self {
        let count = Self::ORDER.len();
        let here = Self::ORDER.iter().position(|place| *place == self);
        let next = here
            .unwrap_or(0)
            .checked_add_signed(by)
            .map_or(count - 1, |next| next % count);
        Self::ORDER.get(next).copied().unwrap_or(Self::Body)
    }

    pub fn is_address(self) -> bool {
        matches!(self, Self::To | Self::Cc | Self::Bcc)
    }
}

/// The four lines above the text.
#[derive(Debug, Clone, Default)]
pub struct Header {
    pub to: Field,
    pub cc: Field,
    pub bcc: Field,
    pub subject: Field,
}

impl Header {
    pub fn new(to: &[Address], cc: &[Address], bcc: &[Address], subject: &str) -> Self {
        Self {
            to: Field::new(&written(to)),
            cc: Field::new(&written(cc)),
            bcc: Field::new(&written(bcc)),
            subject: Field::new(subject),
        }
    }

    pub fn field(&self, place: Focus) -> Option<&Field> {
        match place {
            Focus::To => Some(&self.to),
            Focus::Cc => Some(&self.cc),
            Focus::Bcc => Some(&self.bcc),
            Focus::Subject => Some(&self.subject),
            Focus::Body => None,
        }
    }

    pub fn field_mut(&mut self, place: Focus) -> Option<&mut Field> {
        match place {
            Focus::To => Some(&mut self.to),
            Focus::Cc => Some(&mut self.cc),
            Focus::Bcc => Some(&mut self.bcc),
            Focus::Subject => Some(&mut self.subject),
            Focus::Body => None,
        }
    }

    /// What is wrong with the addresses of a line, as a sentence.
    pub fn fault(&self, place: Focus) -> Option<String> {
        if !place.is_address() {
            return None;
        }
        let text = self.field(place)?.text();
        Address::parse_list(text)
            .into_iter()
            .find_map(|read| read.err().map(|trouble| trouble.to_string()))
    }

    /// The first line with a fault.
    pub fn first_fault(&self) -> Option<(Focus, String)> {
        Focus::ORDER
            .into_iter()
            .find_map(|place| self.fault(place).map(|fault| (place, fault)))
    }

    pub fn has_recipient(&self) -> bool {
        [&self.to, &self.cc, &self.bcc]
            .iter()
            .any(|field| !read(field.text()).is_empty())
    }

    pub fn addresses(&self, place: Focus) -> Vec<Address> {
        self.field(place)
            .map(|field| read(field.text()))
            .unwrap_or_default()
    }
}

fn written(addresses: &[Address]) -> String {
    let all: Vec<String> = addresses.iter().map(Address::to_string).collect();
    all.join(", ")
}

/// The addresses of a line. What is not one yet is kept as it was typed, so that a draft loses nothing.
fn read(text: &str) -> Vec<Address> {
    entries(text)
        .into_iter()
        .filter_map(|entry| text.get(entry))
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(|entry| Address::parse(entry).unwrap_or_else(|_| Address::new("", entry)))
        .collect()
}

/// The entries of a list: parted by commas and semicolons that stand outside quotes and angle brackets.
pub fn entries(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut entries = Vec::new();
    let (mut start, mut quoted, mut escaped, mut angled) = (0, false, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => angled = true,
            '>' if !quoted => angled = false,
            ',' | ';' if !quoted && !angled => {
                entries.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    entries.push(start..text.len());
    entries
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_keeps_what_is_not_an_address_yet() {
        let mut header = Header::default();
        header.to.set("Olena <olena@example.test>, anna@");
        let kept = header.addresses(Focus::To);
        assert_eq!(kept.len(), 2);
        assert_eq!(kept[1].address, "anna@");
        let again = Header::new(&kept, &[], &[], "");
        assert_eq!(again.to.text(), "Olena <olena@example.test>, anna@");
    }

    #[test]
    fn faults_name_what_is_wrong() {
        let mut header = Header::default();
        assert_eq!(header.first_fault(), None);
        header.cc.set("olena@example.test, bohdan");
        let (place, fault) = header.first_fault().unwrap();
        assert_eq!(place, Focus::Cc);
        assert!(fault.contains("bohdan"), "{fault}");
    }

    #[test]
    fn entries_are_parted_outside_quotes_only() {
        let text = "\"Lee, Ann\" <a@b.test>; c@d.test,";
        let parts: Vec<&str> = entries(text)
            .into_iter()
            .map(|entry| text[entry].trim())
            .collect();
        assert_eq!(parts, ["\"Lee, Ann\" <a@b.test>", "c@d.test", ""]);
    }

    #[test]
    fn places_go_around() {
        assert_eq!(Focus::Body.step(1), Focus::To);
        assert_eq!(Focus::To.step(-1), Focus::Body);
        assert_eq!(Focus::Subject.step(1), Focus::Body);
    }
}
