use std::path::Path;

use super::*;

fn mistakes(text: &str) -> String {
    parse(text, Path::new("config.toml"))
        .unwrap_err()
        .cause
        .unwrap()
}

#[test]
fn an_empty_file_and_the_example_are_the_defaults() {
    assert_eq!(parse("", Path::new("c")).unwrap(), Settings::default());
    assert_eq!(
        parse(&example(), Path::new("c")).unwrap(),
        Settings::default()
    );
    let uncommented: String = example()
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| {
            line.starts_with('[')
                || line
                    .split_once(" = ")
                    .is_some_and(|(key, _)| !key.contains(' '))
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let settings = parse(&uncommented, Path::new("c")).unwrap();
    assert_eq!(settings.keys.len(), 2, "{uncommented}");
    assert_eq!(settings.oauth.names(), ["acme", "google", "microsoft"]);
    assert_eq!(
        Settings {
            keys: Vec::new(),
            oauth: crate::domain::oauth::Providers::default(),
            ..settings
        },
        Settings::default()
    );
}

#[test]
fn the_example_in_the_repository_is_the_rendered_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    assert_eq!(
        std::fs::read_to_string(file).unwrap(),
        example(),
        "write it again with: cargo run -- config init --print > config.example.toml"
    );
}

#[test]
fn what_is_shown_reads_back_the_same() {
    let settings = Settings {
        theme: "high-contrast".into(),
        name: "Олена \"O\" Kovalenko".into(),
        clock: ClockFormat::Hours12,
        zone: "Europe/Kyiv".into(),
        mouse: false,
        bell: true,
        editor: vec!["code".into(), "--wait".into()],
        plain_emoji: true,
        database: Some("/srv/t.db".into()),
        web_ca_file: Some("/etc/own.pem".into()),
        oauth: crate::domain::oauth::Providers::default(),
        log_level: "debug".into(),
        dns_server: Some("192.0.2.53:5353".parse().unwrap()),
        keys: vec![
            ("odd name".into(), vec!["ctrl-k".into(), "g \"".into()]),
            ("ticket-close".into(), vec!["E".into()]),
        ],
    };
    let text = shown(&settings);
    assert_eq!(parse(&text, Path::new("c")).unwrap(), settings, "{text}");
}

#[test]
fn a_mistake_is_named_with_its_place_and_what_is_right() {
    let cases = [
        (
            "them = \"dark\"",
            "config.toml:1:1: unknown setting `them`",
            "did you mean `theme`?",
        ),
        (
            "xyzzy = 1",
            "config.toml:1:1: unknown setting `xyzzy`",
            "settings are: theme, name",
        ),
        (
            "\nmouse = \"yes\"",
            "config.toml:2:9: `mouse`: a value of type string",
            "must be true or false",
        ),
        (
            "clock = \"24\"",
            "config.toml:1:9: `clock`: \"24\" is not known",
            "did you mean \"24h\"?",
        ),
        (
            "log_level = \"loud\"",
            ":1:13:",
            "\"off\", \"error\", \"warn\"",
        ),
        (
            "zone = \"Europe/Kyjiv\"",
            ":1:8: `zone`: there is no time zone `Europe/Kyjiv`",
            "Europe/Kyiv",
        ),
        ("database = \"t.db\"", ":1:12:", "absolute"),
        (
            "editor = \"vim 'x\"",
            ":1:10: `editor`:",
            "a list of its words",
        ),
        (
            "[keys]\nreply = 3",
            ": `keys`: the keys of `reply`",
            "a table such as [keys]",
        ),
        ("theme = ", ":1:9: this is not TOML", "^"),
        (
            "theme = \"dark\"\ntheme = \"light\"",
            ":2:1: this is not TOML: duplicate key",
            "^^^^^",
        ),
    ];
    for (text, place, hint) in cases {
        let said = mistakes(text);
        assert!(said.contains(place), "{text:?}\n{said}");
        assert!(said.contains(hint), "{text:?}\n{said}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_with_carets_under_them() {
    let said = mistakes("mouse = 1\nbel = true\n");
    let expected = "config.toml:1:9: `mouse`: a value of type integer does not fit\n   |\n 1 | mouse = 1\n   |         ^ must be true or false\nconfig.toml:2:1: unknown setting `bel`\n   |\n 2 | bel = true\n   | ^^^ did you mean `bell`?";
    assert_eq!(said, expected);
}

#[test]
fn the_caret_stands_under_its_place_behind_a_tab() {
    let said = mistakes("\t\"件\" = 1\n");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[2], " 1 |  \"件\" = 1");
    assert_eq!(lines[2].find('"'), lines[3].find('^'), "{said}");
}

#[test]
fn a_control_character_in_the_file_is_not_repeated() {
    let said = mistakes("# \u{9b}2J\nthemee = \"\u{9b}31m\"\n");
    assert!(
        !said.chars().any(|c| c.is_control() && c != '\n'),
        "{said:?}"
    );
}
