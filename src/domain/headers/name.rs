//! A contact's first and last name out of what a mail calls them. A guess for a form that people correct.

use super::address::Address;
use crate::domain::contact::is_east_asian;

/// Local parts that belong to a desk or a program and never to one person.
const NOBODY: [&str; 28] = [
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "info",
    "support",
    "sales",
    "admin",
    "office",
    "contact",
    "hello",
    "help",
    "helpdesk",
    "billing",
    "service",
    "team",
    "mail",
    "postmaster",
    "mailer-daemon",
    "webmaster",
    "root",
    "newsletter",
    "notifications",
    "notification",
    "bounce",
    "accounts",
    "hr",
];

/// Words that make a name a company's.
const COMPANY: [&str; 26] = [
    "inc",
    "llc",
    "ltd",
    "gmbh",
    "ag",
    "corp",
    "co",
    "company",
    "team",
    "support",
    "sales",
    "service",
    "bank",
    "group",
    "тов",
    "фоп",
    "пп",
    "ао",
    "ооо",
    "sa",
    "srl",
    "bv",
    "oy",
    "ab",
    "公司",
    "有限公司",
];

const TITLES: [&str; 12] = [
    "mr", "mrs", "ms", "dr", "prof", "pan", "pani", "herr", "frau", "пан", "пані", "sir",
];

/// The most common Chinese family names of two characters.
const TWO_CHARACTER_FAMILIES: [&str; 8] = [
    "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "司徒",
];

/// First and last name. A company, a desk or a single word is all first name; without a display name the local
/// part of the address speaks, unless it belongs to nobody, and then the whole address is the first name.
pub fn split(display_name: &str, address: &str) -> (String, String) {
    let flat = display_name
        .trim_matches(|c: char| c.is_whitespace() || "\"'“”«»".contains(c))
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if flat.is_empty() || flat.contains('@') {
        return from_address(address);
    }
    if is_company(&flat) {
        return (flat, String::new());
    }
    let person = without_brackets(&flat);
    if let Some((last, first)) = person.split_once(',') {
        let (last, first) = (last.trim(), without_title(first.trim()));
        return if first.is_empty() {
            split_words(last)
        } else {
            (first.to_owned(), last.to_owned())
        };
    }
    if let Some(names) = east_asian(&person) {
        return names;
    }
    split_words(without_title(&person))
}

fn split_words(words: &str) -> (String, String) {
    match words.rsplit_once(' ') {
        None => (words.to_owned(), String::new()),
        // In capitals is how French, Ukrainian and Japanese letters mark the family name: "KOVALENKO Olena".
        Some(_) if leading_capitals(words).is_some() => {
            let (last, first) = leading_capitals(words).unwrap_or((words, ""));
            (first.to_owned(), capitalised(last))
        }
        Some((first, last)) => (first.to_owned(), last.to_owned()),
    }
}

/// The family name in capitals before a first name that is not.
fn leading_capitals(words: &str) -> Option<(&str, &str)> {
    let (last, first) = words.split_once(' ')?;
    let capital = |word: &str| {
        word.chars().count() > 1
            && word.chars().any(char::is_uppercase)
            && !word.chars().any(char::is_lowercase)
    };
    (capital(last) && first.chars().any(char::is_lowercase)).then_some((last, first))
}

/// Chinese, Japanese and Korean names without a space: the family name comes first.
fn east_asian(name: &str) -> Option<(String, String)> {
    if !name.chars().all(|c| is_east_asian(c) || c == ' ') {
        return None;
    }
    if let Some((last, first)) = name.split_once(' ') {
        return Some((first.to_owned(), last.to_owned()));
    }
    let has_kana = name.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}'));
    let length = name.chars().count();
    // Kana do not show where the family name ends.
    if has_kana || !(2..=4).contains(&length) {
        return Some((name.to_owned(), String::new()));
    }
    let two = length > 2
        && TWO_CHARACTER_FAMILIES
            .iter()
            .any(|family| name.starts_with(family));
    let cut = name.char_indices().nth(if two { 2 } else { 1 })?.0;
    let (last, first) = name.split_at(cut);
    Some((first.to_owned(), last.to_owned()))
}

fn from_address(address: &str) -> (String, String) {
    let whole = Address::new("", address);
    let local = whole.local_part().split('+').next().unwrap_or_default();
    let lower = local.to_lowercase();
    let impersonal = NOBODY.iter().any(|nobody| {
        lower == *nobody
            || lower.starts_with(&format!("{nobody}-"))
            || lower.starts_with(&format!("{nobody}."))
    });
    if impersonal || !local.chars().any(char::is_alphabetic) {
        return (address.to_owned(), String::new());
    }
    let words: Vec<String> = local
        .split(['.', '_', '-'])
        .filter(|word| word.chars().any(char::is_alphabetic))
        .map(capitalised)
        .collect();
    match words.as_slice() {
        [] => (address.to_owned(), String::new()),
        [only] => (only.clone(), String::new()),
        [first @ .., last] => (first.join(" "), last.clone()),
    }
}

fn is_company(name: &str) -> bool {
    name.split(|c: char| c.is_whitespace() || ".,&|".contains(c))
        .any(|word| COMPANY.contains(&word.to_lowercase().as_str()))
        || name.ends_with("公司")
        || name.contains(['«', '“'])
        || NOBODY.contains(&name.to_lowercase().replace(' ', "-").as_str())
}

fn without_title(name: &str) -> &str {
    match name.split_once(' ') {
        Some((title, rest))
            if TITLES.contains(&title.trim_end_matches('.').to_lowercase().as_str()) =>
        {
            rest.trim()
        }
        _ => name,
    }
}

/// "Ann Lee (Acme)" and "Ann Lee [External]" are Ann Lee.
fn without_brackets(name: &str) -> String {
    let cut = name.find(['(', '[', '|']).unwrap_or(name.len());
    let before = name.get(..cut).unwrap_or(name).trim();
    if before.is_empty() { name } else { before }.to_owned()
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or(String::new(), |first| {
        first
            .to_uppercase()
            .chain(characters.as_str().to_lowercase().chars())
            .collect()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::split;

    #[test]
    fn names_are_parted_as_people_would() {
        let table = [
            ("Ann Lee", "a@b.test", "Ann", "Lee"),
            ("Lee, Ann", "a@b.test", "Ann", "Lee"),
            ("\"Lee, Dr. Ann\"", "a@b.test", "Ann", "Lee"),
            ("Anna Maria van Dijk", "a@b.test", "Anna Maria van", "Dijk"),
            ("Олена Коваленко", "o@b.test", "Олена", "Коваленко"),
            ("КОВАЛЕНКО Олена", "o@b.test", "Олена", "Коваленко"),
            ("王小明", "w@b.test", "小明", "王"),
            ("欧阳小明", "w@b.test", "小明", "欧阳"),
            ("김 민수", "k@b.test", "민수", "김"),
            ("Madonna", "m@b.test", "Madonna", ""),
            ("Acme GmbH", "info@acme.test", "Acme GmbH", ""),
            ("ТОВ Ромашка", "info@r.test", "ТОВ Ромашка", ""),
            ("Acme Support", "help@acme.test", "Acme Support", ""),
            ("Ann Lee (Acme)", "a@b.test", "Ann", "Lee"),
            ("", "noreply@bank.test", "noreply@bank.test", ""),
            ("", "no-reply-12@bank.test", "no-reply-12@bank.test", ""),
            ("", "ann.lee+shop@b.test", "Ann", "Lee"),
            ("", "olena@b.test", "Olena", ""),
            ("", "12345@b.test", "12345@b.test", ""),
            ("ann.lee@b.test", "ann.lee@b.test", "Ann", "Lee"),
            ("", "", "", ""),
        ];
        for (name, address, first, last) in table {
            assert_eq!(
                split(name, address),
                (first.to_owned(), last.to_owned()),
                "{name} <{address}>"
            );
        }
    }
}
