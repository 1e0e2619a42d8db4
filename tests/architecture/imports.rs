//! Imports only run down, and the pure core knows no world.

use super::source::{self, Source};

/// Each part of the house, and the parts it may know.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("bridge", &["domain"]),
    ("wire", &["bridge"]),
    ("app", &["bridge", "domain"]),
    ("ui", &["app", "bridge", "domain"]),
    // Known wherever something becomes durable, and where a defect would be worst.
    ("crash_point", &[]),
    ("config", &["crash_point", "domain"]),
    ("store", &["crash_point", "domain"]),
    ("mail", &["crash_point", "domain"]),
    (
        "engine",
        &[
            "crash_point",
            "wire",
            "bridge",
            "mail",
            "store",
            "config",
            "domain",
        ],
    ),
    ("terminal", &["ui", "app", "bridge", "domain"]),
    (
        "run",
        &[
            "crash_point",
            "terminal",
            "ui",
            "app",
            "wire",
            "bridge",
            "config",
            "domain",
        ],
    ),
    ("cli", &["ui", "app", "wire", "bridge", "config", "domain"]),
    // The library's map, and the program that wires everything.
    ("lib", &[]),
    (
        "main",
        &[
            "wiring", "run", "cli", "engine", "store", "mail", "config", "domain",
        ],
    ),
    (
        "wiring",
        &[
            "run", "cli", "engine", "mail", "store", "config", "wire", "domain",
        ],
    ),
];

/// What `domain` and `app` must not name: everything that waits, draws, stores, or differs between two runs.
const WORLDLY: &[&str] = &[
    "tokio",
    "ratatui",
    "crossterm",
    "rusqlite",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "Timestamp::now",
    "Zoned::now",
    "SystemTime",
    "Instant",
    "TimeZone::system",
    "getrandom",
];

/// A use of the world in the core that is right, and why.
struct Exception {
    folder: &'static str,
    word: &'static str,
    #[allow(dead_code, reason = "read by people")]
    because: &'static str,
}

const EXCEPTIONS: &[Exception] = &[Exception {
    folder: "app/composer",
    word: "ratatui_textarea",
    because: "the editor's text, undo and word motion are its whole work; drawing it stays in ui",
}];

/// Showing a mail makes no connection: where it is read and drawn, nothing that could make one is named.
#[test]
fn what_shows_a_mail_knows_no_network() {
    let places = [
        "mail/mime/",
        "mail/mime.rs",
        "ui/",
        "app/",
        "domain/clean",
        "terminal/",
    ];
    let mut seen = 0;
    for source in source::all() {
        if !places.iter().any(|place| source.path.starts_with(place)) {
            continue;
        }
        seen += 1;
        for word in [
            "TcpStream",
            "UdpSocket",
            "ureq",
            "mail::http",
            "mail::dns",
            "tokio::net",
            "std::net",
            "to_socket_addrs",
        ] {
            assert!(!source.code.contains(word), "{} names {word}", source.path);
        }
    }
    assert!(seen > 50, "only {seen} files were looked at");
}

#[test]
fn imports_only_run_down() {
    let mut wrong = Vec::new();
    for source in source::all() {
        let part = source.part();
        let Some((_, known)) = MAY_KNOW.iter().find(|(name, _)| *name == part) else {
            wrong.push(format!(
                "{}: `{part}` is not a part of the house; give it a place in MAY_KNOW",
                source.path
            ));
            continue;
        };
        for (byte, target) in imports(&source) {
            let is_part = MAY_KNOW.iter().any(|(name, _)| *name == target);
            if is_part && target != part && !known.contains(&target.as_str()) {
                wrong.push(format!(
                    "{}:{}: {part} must not know {target}",
                    source.path,
                    source.line_of(byte)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_pure_core_knows_no_world() {
    let mut wrong = Vec::new();
    for source in source::all()
        .into_iter()
        .filter(|source| matches!(source.part(), "domain" | "app"))
    {
        for word in WORLDLY {
            for byte in words(&source.code, word) {
                let excepted = EXCEPTIONS.iter().any(|exception| {
                    source.path.starts_with(exception.folder)
                        && source.code[byte..].starts_with(exception.word)
                });
                if !excepted {
                    wrong.push(format!("{}:{}: {word}", source.path, source.line_of(byte)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Where a word stands as a word; a longer name that begins with it counts as well.
fn words(code: &str, word: &str) -> Vec<usize> {
    code.match_indices(word)
        .map(|(byte, _)| byte)
        .filter(|byte| !code[..*byte].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .filter(|byte| {
            let after = code[byte + word.len()..].chars().next().unwrap_or(' ');
            !after.is_alphanumeric()
        })
        .collect()
}

/// The parts of the house that a source names, and where.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for prefix in ["crate::", "ticketty::"] {
        for byte in source.code.match_indices(prefix).map(|(byte, _)| byte) {
            if source.code[..byte].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &source.code[byte + prefix.len()..];
            found.extend(first_names(rest).into_iter().map(|name| (byte, name)));
        }
    }
    let climb = "super::".repeat(source.depth());
    for byte in source.code.match_indices(&climb).map(|(byte, _)| byte) {
        let rest = &source.code[byte + climb.len()..];
        let longer = source.code[..byte].ends_with("super::") || rest.starts_with("super::");
        if !longer {
            found.extend(first_names(rest).into_iter().map(|name| (byte, name)));
        }
    }
    found
}

/// `a` of `a::b`, or `a` and `c` of `{a::b, c}`.
fn first_names(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![name(rest)];
    };
    let mut depth = 0;
    let mut names = vec![name(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names
}

#[test]
fn imports_are_read_in_every_form() {
    let read = |path: &str, code: &str| -> Vec<String> {
        let source = Source {
            path: path.into(),
            lines: 1,
            code: code.into(),
        };
        imports(&source)
            .into_iter()
            .map(|(_, name)| name)
            .filter(|name| !name.is_empty())
            .collect()
    };
    assert_eq!(read("app/a.rs", "use crate::engine::X;"), ["engine"]);
    assert_eq!(
        read("app/a.rs", "use crate::{bridge::{A, B}, store, mail::C};"),
        ["bridge", "store", "mail"]
    );
    assert_eq!(read("app/a.rs", "crate::store::read(x)"), ["store"]);
    assert_eq!(read("app/a.rs", "use super::super::engine::X;"), ["engine"]);
    assert_eq!(read("app/a.rs", "use super::b;"), Vec::<String>::new());
    assert_eq!(read("app/mod.rs", "use super::engine;"), ["engine"]);
}
