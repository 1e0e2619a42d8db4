//! How large a thing may be, so that a person can hold it in mind.

use super::source::{self, Source};

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 70;
const MOST_VARIANTS: usize = 12;
const MOST_FIELDS: usize = 15;

/// Something larger than the rule, as large as it may be, and why. This list may only shrink.
struct Exception {
    path: &'static str,
    /// The name of the function or type; empty for the file.
    name: &'static str,
    size: usize,
    #[allow(dead_code, reason = "read by people")]
    because: &'static str,
}

const EXCEPTIONS: &[Exception] = &[];

struct Large {
    path: String,
    name: String,
    size: usize,
    what: &'static str,
}

#[test]
fn nothing_is_larger_than_a_person_can_hold_in_mind() {
    let large: Vec<Large> = source::all().iter().flat_map(measure).collect();
    let mut wrong = Vec::new();
    for thing in &large {
        let exception = EXCEPTIONS
            .iter()
            .find(|known| known.path == thing.path && known.name == thing.name);
        if exception.is_none_or(|known| thing.size > known.size) {
            wrong.push(format!(
                "src/{}: {} {} has {}",
                thing.path, thing.what, thing.name, thing.size
            ));
        }
    }
    for known in EXCEPTIONS {
        let now = large
            .iter()
            .find(|thing| thing.path == known.path && thing.name == known.name);
        if now.is_none_or(|thing| thing.size < known.size) {
            wrong.push(format!(
                "src/{}: {} has shrunk; let its exception shrink too",
                known.path, known.name
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn measure(source: &Source) -> Vec<Large> {
    let mut found = Vec::new();
    let mut add = |name: &str, size: usize, most: usize, what: &'static str| {
        if size > most {
            found.push(Large {
                path: source.path.clone(),
                name: name.into(),
                size,
                what,
            });
        }
    };
    add("", source.lines, LONGEST_FILE, "file (lines)");
    for (keyword, most, what) in [
        ("fn ", LONGEST_FUNCTION, "function (lines)"),
        ("enum ", MOST_VARIANTS, "enum (variants)"),
        ("struct ", MOST_FIELDS, "struct (fields)"),
    ] {
        for (name, body) in items(&source.code, keyword) {
            let size = if keyword == "fn " {
                body.matches('\n').count() + 1
            } else {
                parts(body)
            };
            add(name, size, most, what);
        }
    }
    found
}

/// Name and text, from the keyword to the closing brace, of everything that `keyword` begins.
fn items<'a>(code: &'a str, keyword: &str) -> Vec<(&'a str, &'a str)> {
    let starts = code.match_indices(keyword).map(|(byte, _)| byte);
    starts
        .filter(|byte| !code[..*byte].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .filter_map(|byte| {
            let rest = &code[byte..];
            let after = &rest[keyword.len()..];
            let name = after
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()?;
            let open = rest.find(['{', ';'])?;
            if name.is_empty() || rest[open..].starts_with(';') {
                return None;
            }
            Some((name, &rest[..open + closing(&rest[open..])? + 1]))
        })
        .collect()
}

/// Where the brace that `text` begins with is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (byte, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(byte),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// How many fields or variants stand between the outer braces.
fn parts(item: &str) -> usize {
    let open = item.find('{').unwrap();
    let body = &item[open + 1..item.len() - 1];
    let mut depth = 0;
    let mut count = 0;
    let mut some = false;
    let mut before = ' ';
    for c in body.chars() {
        match c {
            '{' | '(' | '[' | '<' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            '>' if before != '-' => depth -= 1,
            ',' if depth == 0 => {
                count += usize::from(some);
                some = false;
            }
            c if depth == 0 && c.is_alphanumeric() => some = true,
            _ => {}
        }
        before = c;
    }
    count + usize::from(some)
}

#[test]
fn sizes_are_counted_right() {
    let code = "pub struct A<T> { #[x(a, b)] pub a: Map<K, V>, b: fn(T, T) -> T }\nenum E { A, B { x: u8, y: u8 }, C(u8, u8), }\nfn f(\n) {\n if x { }\n}\nfn g();";
    assert_eq!(
        items(code, "struct ")
            .iter()
            .map(|(name, body)| (*name, parts(body)))
            .collect::<Vec<_>>(),
        [("A", 2)]
    );
    assert_eq!(
        items(code, "enum ")
            .iter()
            .map(|(name, body)| (*name, parts(body)))
            .collect::<Vec<_>>(),
        [("E", 3)]
    );
    let functions = items(code, "fn ");
    assert_eq!(functions.len(), 1);
    assert_eq!(functions[0].1.matches('\n').count() + 1, 4);
}
