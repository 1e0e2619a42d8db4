//! The sources as text in which only code is left.

use std::fs;
use std::path::{Path, PathBuf};

pub struct Source {
    /// Relative to src, such as `app/list/mod.rs`.
    pub path: String,
    pub lines: usize,
    /// The text with comments, strings and character literals blanked out; line breaks are kept.
    pub code: String,
}

pub fn all() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let sources: Vec<Source> = files
        .iter()
        .map(|file| {
            let text = fs::read_to_string(file).unwrap();
            Source {
                path: file
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned(),
                lines: text.lines().count(),
                code: only_code(&text),
            }
        })
        .collect();
    assert!(sources.len() > 20, "the sources were not found");
    sources
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

impl Source {
    /// The part of the house: `app` for `app/list/mod.rs`, `wire` for `wire.rs`.
    pub fn part(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules deep the file is: 1 for `wire.rs` and `app/mod.rs`.
    pub fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") {
            parts - 1
        } else {
            parts
        }
    }

    pub fn line_of(&self, byte: usize) -> usize {
        self.code[..byte].matches('\n').count() + 1
    }
}

/// Blanks out everything that is not code.
pub fn only_code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if next(&chars, at + 1) == '/' => end_of_line(&chars, at),
            '/' if next(&chars, at + 1) == '*' => end_of_block(&chars, at),
            '"' => end_of_string(&chars, at),
            'r' if is_raw_string(&chars, at) => end_of_raw_string(&chars, at),
            '\'' => end_of_character(&chars, at),
            _ => at,
        };
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(
                chars[at..end]
                    .iter()
                    .map(|c| if *c == '\n' { '\n' } else { ' ' }),
            );
            at = end;
        }
    }
    out
}

fn next(chars: &[char], at: usize) -> char {
    chars.get(at).copied().unwrap_or('\0')
}

fn end_of_line(chars: &[char], at: usize) -> usize {
    chars[at..]
        .iter()
        .position(|c| *c == '\n')
        .map_or(chars.len(), |length| at + length)
}

fn end_of_block(chars: &[char], at: usize) -> usize {
    let mut depth = 0;
    let mut here = at;
    while here < chars.len() {
        match (chars[here], next(chars, here + 1)) {
            ('/', '*') => (depth, here) = (depth + 1, here + 2),
            ('*', '/') if depth == 1 => return here + 2,
            ('*', '/') => (depth, here) = (depth - 1, here + 2),
            _ => here += 1,
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], at: usize) -> usize {
    let mut here = at + 1;
    while here < chars.len() {
        match chars[here] {
            '\\' => here += 2,
            '"' => return here + 1,
            _ => here += 1,
        }
    }
    chars.len()
}

fn is_raw_string(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map_or(' ', |before| chars[before]);
    let in_word = before.is_alphanumeric() && before != 'b' || before == '_';
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    !in_word && next(chars, at + 1 + hashes) == '"'
}

fn end_of_raw_string(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let mut here = at + 2 + hashes;
    while here < chars.len() {
        if chars[here] == '"'
            && chars[here + 1..]
                .iter()
                .take(hashes)
                .filter(|c| **c == '#')
                .count()
                == hashes
        {
            return here + 1 + hashes;
        }
        here += 1;
    }
    chars.len()
}

/// A character literal, or nothing where it is a lifetime.
fn end_of_character(chars: &[char], at: usize) -> usize {
    if next(chars, at + 1) == '\\' {
        let close = chars[at + 3..].iter().position(|c| *c == '\'');
        return close.map_or(chars.len(), |length| at + 3 + length + 1);
    }
    if next(chars, at + 2) == '\'' {
        at + 3
    } else {
        at
    }
}

#[test]
fn only_code_is_left() {
    let text = "let a = \"fn {\"; // fn {\nlet b = '{'; /* { /* } */ */ let c: &'a str = r#\"\"{\"#; '\\''; b\"{\"";
    let code = only_code(text);
    assert!(!code.contains('{') && !code.contains("fn"), "{code}");
    assert!(code.contains("&'a str") && code.contains("let c"), "{code}");
    assert_eq!(code.lines().count(), text.lines().count());
}
