//! Stories of config.toml and its directories.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::program::{Home, ran};

#[test]
fn the_configuration_is_made_checked_and_shown() {
    let home = Home::new();
    let file = home.path().join(".config/ticketty/config.toml");
    ran(home.command(&["config", "init"]).output().unwrap()).done();
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        include_str!("../../config.example.toml")
    );
    ran(home.command(&["config", "init"]).output().unwrap())
        .failed(1, &["exists already", "--print"]);
    ran(home.command(&["config", "check"]).output().unwrap()).done();
    fs::write(&file, "clock = \"12h\"\n[keys]\nclose = \"E\"\n").unwrap();
    let shown = ran(home
        .command(&["config", "show", "--json"])
        .output()
        .unwrap())
    .done()
    .stdout;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["clock"], "12h");
    assert_eq!(shown["theme"], "dark");
    assert_eq!(shown["keys"]["close"][0], "E");
}

#[test]
fn places_follow_the_home_and_the_options() {
    let home = Home::new();
    let path = |arguments: &[&str]| -> serde_json::Value {
        let shown = ran(home.command(arguments).output().unwrap()).done().stdout;
        serde_json::from_str(&shown).unwrap()
    };
    let usual = path(&["config", "path", "--json"]);
    let under = |tail: &str| home.path().join(tail).display().to_string();
    assert_eq!(usual["config"], under(".config/ticketty/config.toml"));
    assert_eq!(
        usual["database"],
        under(".local/share/ticketty/ticketty.db")
    );
    assert_eq!(usual["log"], under(".local/state/ticketty/ticketty.log"));
    let chosen = path(&[
        "config",
        "path",
        "--json",
        "--data-dir",
        "there",
        "--config",
        "/x/c.toml",
    ]);
    assert_eq!(chosen["config"], "/x/c.toml");
    assert_eq!(chosen["database"], under("there/ticketty.db"));
    assert_eq!(chosen["secrets"], under("there/secrets.toml"));
}

#[test]
fn a_broken_configuration_names_line_and_column_and_the_nearest_right_word() {
    let home = Home::new();
    fs::write(home.config(), "mouse = true\nclok = \"24h\"\n").unwrap();
    let ran = home.run(&["config", "check"]).failed(
        1,
        &[":2:1: unknown setting `clok`", "^^^^ did you mean `clock`?"],
    );
    assert!(
        ran.stderr
            .starts_with("ticketty: the configuration has mistakes"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_configuration_that_was_named_must_be_there() {
    Home::new()
        .run(&["--config", "nowhere.toml", "config", "check"])
        .failed(1, &["nowhere.toml", "cannot be read", "config init"]);
}

#[test]
fn an_unknown_theme_names_the_nearest_and_all() {
    let home = Home::new();
    fs::write(home.config(), "theme = \"frojd\"\n").unwrap();
    home.run(&["config", "check"]).failed(
        1,
        &[
            "there is no theme `frojd`",
            "did you mean `fjord`?",
            "ember",
        ],
    );
}

#[test]
fn a_theme_of_ones_own_is_checked_with_line_and_column() {
    let home = Home::new();
    fs::create_dir(home.path().join("themes")).unwrap();
    let theme = home.path().join("themes/mine.toml");
    fs::write(home.config(), "theme = \"mine\"\n").unwrap();
    fs::write(
        &theme,
        "dark = true\n[surface]\nnote = { bg = \"yelow\" }\n",
    )
    .unwrap();
    home.run(&["config", "check"])
        .failed(1, &["mine.toml:3:15", "did you mean `yellow`?"]);
    fs::write(
        &theme,
        "dark = true\n[surface]\nnote = { bg = \"yellow\" }\n",
    )
    .unwrap();
    let ran = home.run(&["config", "check"]).done();
    assert!(ran.stdout.contains("the theme is mine"), "{}", ran.stdout);
}

#[test]
fn keys_for_commands_that_do_not_exist_are_named_with_the_nearest() {
    let home = Home::new();
    fs::write(home.config(), "[keys]\nclsoe = \"E\"\n").unwrap();
    home.run(&["config", "check"])
        .failed(1, &["there is no command “clsoe”", "did you mean “close”?"]);
}

#[test]
fn the_keys_of_the_example_can_be_used() {
    let home = Home::new();
    let example = include_str!("../../config.example.toml");
    let keys = example.split("# [keys]\n").nth(1).unwrap();
    let keys: String = keys
        .lines()
        .map(|line| line.trim_start_matches("# ").to_owned() + "\n")
        .collect();
    fs::write(home.config(), format!("[keys]\n{keys}")).unwrap();
    home.run(&["config", "check"]).done();
}
