//! Names of domains: their one form, and whose they are.

/// Lower case, in the ASCII form of RFC 5891 where it is beyond ASCII, without a final dot.
pub fn normal(name: &str) -> String {
    let name = name.trim().trim_end_matches('.').to_lowercase();
    if name.is_ascii() {
        return name;
    }
    idna::domain_to_ascii(&name).unwrap_or(name)
}

/// Whether it can be asked for: labels of 1 to 63 bytes, 253 in all (RFC 1035 §2.3.4).
pub fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_graphic())
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// The organisational domain (RFC 7489 §3.2): one label more than the public suffix; the name itself where it is
/// a public suffix.
pub fn organisation(name: &str) -> String {
    let name = normal(name);
    match psl::domain_str(&name) {
        Some(organisation) => organisation.to_owned(),
        None => name,
    }
}

/// Whether two domains are aligned (RFC 7489 §3.1): the same, or in relaxed mode of one organisation.
pub fn are_aligned(one: &str, other: &str, is_strict: bool) -> bool {
    if is_strict {
        normal(one) == normal(other)
    } else {
        organisation(one) == organisation(other)
    }
}
