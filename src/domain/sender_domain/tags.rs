//! Lists of `tag=value` parted by semicolons, as DKIM and DMARC write them (RFC 6376 §3.2).

/// Tags in their order. Names and values are trimmed; a value may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tags<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Tags<'a> {
    /// # Errors
    /// The part that is no `tag=value`.
    pub fn parse(text: &'a str) -> Result<Self, &'a str> {
        let mut tags = Vec::new();
        for part in text.split(';') {
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            let (name, value) = part.split_once('=').ok_or(part)?;
            tags.push((name.trim(), value.trim()));
        }
        Ok(Self(tags))
    }

    /// The first value of a tag.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }

    pub fn first(&self) -> Option<(&'a str, &'a str)> {
        self.0.first().copied()
    }
}
