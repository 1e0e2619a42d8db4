//! An SPF record as its terms (RFC 7208 §4.5, §4.6, §12).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether a TXT record is an SPF record: `v=spf1` and then a space or the end (RFC 7208 §4.5).
pub fn is_spf(text: &str) -> bool {
    text.get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("v=spf1"))
        && text[6..].chars().next().is_none_or(|next| next == ' ')
}

/// What a match means (RFC 7208 §4.6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Qualifier {
    Pass,
    Neutral,
    SoftFail,
    Fail,
}

/// Addresses of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    pub address: IpAddr,
    pub prefix: u8,
}

impl Network {
    pub fn host(address: IpAddr) -> Self {
        let prefix = if address.is_ipv4() { 32 } else { 128 };
        Self { address, prefix }
    }

    /// Whether the other network lies within this one.
    pub fn holds(&self, other: &Self) -> bool {
        let first = |bits: u128, width: u32, prefix: u8| {
            bits.checked_shr(width - u32::from(prefix)).unwrap_or(0)
        };
        let same = |one: u128, two: u128, width: u32| {
            first(one, width, self.prefix) == first(two, width, self.prefix)
        };
        if other.prefix < self.prefix {
            return false;
        }
        match (self.address, other.address) {
            (IpAddr::V4(one), IpAddr::V4(two)) => {
                same(one.to_bits().into(), two.to_bits().into(), 32)
            }
            (IpAddr::V6(one), IpAddr::V6(two)) => same(one.to_bits(), two.to_bits(), 128),
            _ => false,
        }
    }
}

/// How many leading bits of an address count, for IPv4 and for IPv6.
pub type Prefixes = (u8, u8);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mechanism {
    All,
    Include(String),
    /// `None` is the domain itself.
    A(Option<String>, Prefixes),
    Mx(Option<String>, Prefixes),
    Ptr,
    Ip(Network),
    Exists(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Mechanism(Qualifier, Mechanism),
    Redirect(String),
    /// `exp=` and whatever else is allowed to stand here.
    OtherModifier,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As it was written.
    pub text: String,
    pub what: What,
}

/// A term that receivers cannot read; by RFC 7208 §4.6 it makes the whole record worthless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub term: String,
    pub why: &'static str,
    /// What was surely meant.
    pub meant: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spf {
    pub terms: Vec<Term>,
    pub mistakes: Vec<Mistake>,
}

impl Spf {
    /// The terms after `v=spf1`. Nothing is given up at a mistake: each is noted.
    pub fn parse(text: &str) -> Self {
        let mut record = Self::default();
        for word in text.split(' ').skip(1).filter(|word| !word.is_empty()) {
            match term(word) {
                Ok(what) => record.terms.push(Term {
                    text: word.to_owned(),
                    what,
                }),
                Err(why) => record.mistakes.push(Mistake {
                    term: word.to_owned(),
                    why,
                    meant: meant(word),
                }),
            }
        }
        for name in ["redirect=", "exp="] {
            let mut twice = record.terms.iter().filter(|term| begins(&term.text, name));
            if let (Some(_), Some(second)) = (twice.next(), twice.next()) {
                record.mistakes.push(Mistake {
                    term: second.text.clone(),
                    why: "may stand there once only",
                    meant: None,
                });
            }
        }
        record
    }

    /// What becomes of a sender that nothing matched, by this record alone.
    pub fn all(&self) -> Option<Qualifier> {
        self.terms.iter().find_map(|term| match term.what {
            What::Mechanism(qualifier, Mechanism::All) => Some(qualifier),
            _ => None,
        })
    }
}

fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(start))
}

/// What is often written by mistake, put right.
fn meant(word: &str) -> Option<String> {
    let replaced = [
        ("ipv4:", "ip4:"),
        ("ipv6:", "ip6:"),
        ("ip:", "ip4:"),
        ("include=", "include:"),
        ("ip4=", "ip4:"),
        ("ip6=", "ip6:"),
        ("redirect:", "redirect="),
    ];
    replaced
        .iter()
        .find(|(wrong, _)| begins(word, wrong))
        .map(|(wrong, right)| format!("{right}{}", &word[wrong.len()..]))
        .filter(|mended| term(mended).is_ok())
}

fn term(word: &str) -> Result<What, &'static str> {
    if let Some((name, value)) = modifier(word) {
        let name = name.to_ascii_lowercase();
        return match name.as_str() {
            "redirect" => domain_spec(value).map(What::Redirect),
            "exp" => domain_spec(value).map(|_| What::OtherModifier),
            "include" | "ip4" | "ip6" | "a" | "mx" | "exists" | "ptr" => {
                Err("takes a colon, not an equals sign")
            }
            _ => macros(value).map(|()| What::OtherModifier),
        };
    }
    let (qualifier, rest) = match word.as_bytes().first() {
        Some(b'+') => (Qualifier::Pass, &word[1..]),
        Some(b'-') => (Qualifier::Fail, &word[1..]),
        Some(b'~') => (Qualifier::SoftFail, &word[1..]),
        Some(b'?') => (Qualifier::Neutral, &word[1..]),
        _ => (Qualifier::Pass, word),
    };
    mechanism(rest).map(|mechanism| What::Mechanism(qualifier, mechanism))
}

/// `name=value`, where the name is one (RFC 7208 §12).
fn modifier(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let mut letters = name.chars();
    let is_name = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    is_name.then_some((name, value))
}

fn mechanism(text: &str) -> Result<Mechanism, &'static str> {
    let end = text.find([':', '/']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let value = rest.strip_prefix(':');
    match name.to_ascii_lowercase().as_str() {
        "all" if rest.is_empty() => Ok(Mechanism::All),
        "all" => Err("takes nothing after its name"),
        "include" => domain_spec(value.unwrap_or("")).map(Mechanism::Include),
        "exists" => domain_spec(value.unwrap_or("")).map(Mechanism::Exists),
        "a" => target(rest).map(|(domain, prefixes)| Mechanism::A(domain, prefixes)),
        "mx" => target(rest).map(|(domain, prefixes)| Mechanism::Mx(domain, prefixes)),
        "ptr" => match value {
            Some(value) => domain_spec(value).map(|_| Mechanism::Ptr),
            None if rest.is_empty() => Ok(Mechanism::Ptr),
            None => Err("takes no network length"),
        },
        "ip4" => network::<Ipv4Addr>(value, 32).map(Mechanism::Ip),
        "ip6" => network::<Ipv6Addr>(value, 128).map(Mechanism::Ip),
        _ => Err("is not a word that SPF knows"),
    }
}

fn network<A>(value: Option<&str>, longest: u8) -> Result<Network, &'static str>
where
    A: core::str::FromStr + Into<IpAddr>,
{
    let value = value.ok_or("needs an address after a colon")?;
    let (address, prefix) = match value.split_once('/') {
        Some((address, prefix)) => (address, length(prefix, longest)?),
        None => (value, longest),
    };
    let address: A = address
        .parse()
        .map_err(|_| "does not hold an address of its kind")?;
    Ok(Network {
        address: address.into(),
        prefix,
    })
}

fn length(digits: &str, longest: u8) -> Result<u8, &'static str> {
    digits
        .parse()
        .ok()
        .filter(|length| *length <= longest)
        .ok_or("has a network length that is not possible")
}

/// `:domain/4//6` of `a` and `mx`, each part optional.
fn target(rest: &str) -> Result<(Option<String>, Prefixes), &'static str> {
    // A macro may hold a slash as its delimiter, so the lengths begin at the last closing brace at the earliest.
    let from = rest.rfind('}').unwrap_or(0);
    let cut = rest[from..].find('/').map_or(rest.len(), |at| from + at);
    let (domain, lengths) = rest.split_at(cut);
    let domain = match domain.strip_prefix(':') {
        Some(domain) => Some(domain_spec(domain)?),
        None => None,
    };
    let (four, six) = match lengths.split_once("//") {
        Some((four, six)) => (four, Some(six)),
        None => (lengths, None),
    };
    let four = match four.strip_prefix('/') {
        Some(digits) => length(digits, 32)?,
        None => 32,
    };
    let six = six.map_or(Ok(128), |digits| length(digits, 128))?;
    Ok((domain, (four, six)))
}

/// A name, perhaps with macros (RFC 7208 §7.1).
fn domain_spec(text: &str) -> Result<String, &'static str> {
    if text.is_empty() {
        return Err("needs a domain");
    }
    macros(text)?;
    if !has_macro(text) {
        let name = super::super::names::normal(text);
        if !name.contains('.') || !super::super::names::is_name(&name) || name.contains(['/', ':'])
        {
            return Err("does not name a domain");
        }
        return Ok(name);
    }
    Ok(text.to_owned())
}

/// Whether the text depends on who sends, so that it cannot be looked up beforehand.
pub fn has_macro(text: &str) -> bool {
    text.contains('%')
}

fn macros(text: &str) -> Result<(), &'static str> {
    const WRONG: &str = "holds a macro that is none";
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        match rest.as_bytes().first() {
            Some(b'%' | b'_' | b'-') => rest = &rest[1..],
            Some(b'{') => {
                let end = rest.find('}').ok_or(WRONG)?;
                let inner = &rest[1..end];
                let letter = inner.chars().next().ok_or(WRONG)?;
                let is_letter = "slodiphcrtv".contains(letter.to_ascii_lowercase());
                let tail =
                    inner[letter.len_utf8()..].trim_start_matches(|c: char| c.is_ascii_digit());
                let tail = tail.strip_prefix(['r', 'R']).unwrap_or(tail);
                if !is_letter || !tail.chars().all(|c| ".-+,/_=".contains(c)) {
                    return Err(WRONG);
                }
                rest = &rest[end + 1..];
            }
            _ => return Err(WRONG),
        }
    }
    Ok(())
}
