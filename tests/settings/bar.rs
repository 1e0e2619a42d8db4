//! The command bar of the settings: in each place only what can be done there, by its right word.

use ticketty::domain::mailbox::*;

use super::engine::Bench;
use crate::support::desk::World;

/// The last row of the screen.
fn bar(bench: &mut Bench) -> String {
    let screen = bench.desk.screen();
    screen.lines().last().unwrap_or_default().trim().to_owned()
}

/// The cursor of the list goes to the row with these words; the bar of that place.
fn bar_on(bench: &mut Bench, words: &str) -> String {
    bench.keys(&"k ".repeat(20));
    for _ in 0..20 {
        let screen = bench.desk.screen();
        let mut rows = screen.lines();
        if rows.any(|row| row.starts_with('▌') && row.contains(words)) {
            return bar(bench);
        }
        bench.keys("j");
    }
    panic!("{words} is not in the list:\n{}", bench.desk.screen());
}

#[track_caller]
fn offers(bar: &str, there: &[&str], not_there: &[&str]) {
    for words in there {
        assert!(bar.contains(words), "no “{words}” in “{bar}”");
    }
    for words in not_there {
        assert!(!bar.contains(words), "“{words}” is in “{bar}”");
    }
}

#[test]
fn each_row_of_the_list_offers_what_it_can() {
    let mut bench = Bench::usual(140, 40);
    bench.keys(",");
    let mailbox = bar(&mut bench);
    offers(
        &mailbox,
        &["enter edit", "c check", "f fetch", "n new", "x remove"],
        &[
            "s save",
            "enter open",
            "copy",
            "selectors",
            "who said what",
            "advanced",
            "filter",
        ],
    );
    let connecting = bar_on(&mut bench, "connect a mailbox");
    offers(
        &connecting,
        &["enter connect", "esc back"],
        &["c check", "f fetch", "n new", "x remove", "s save"],
    );
    let view = bar_on(&mut bench, "make a view");
    offers(
        &view,
        &["enter make", "esc back"],
        &["test mail", "n new", "password"],
    );
    let log = bar_on(&mut bench, "who changed what");
    offers(&log, &["enter open"], &["c check", "remove"]);
}

#[test]
fn a_form_says_what_enter_does_in_each_field() {
    let mut bench = Bench::empty(140, 40);
    bench.keys("M");
    offers(
        &bar(&mut bench),
        &["enter find servers"],
        &["ctrl-s save", "check"],
    );
    bench.keys("'anna@gmail.com' enter");
    offers(
        &bar(&mut bench),
        &["enter check", "ctrl-s save"],
        &["fetch", "remove"],
    );
    bench.keys("'x' esc");
    let password = bar(&mut bench);
    offers(
        &password,
        &["enter edit", "s save", "c check", "a advanced"],
        &["open"],
    );
    bench.keys("a");
    offers(
        &bar(&mut bench),
        &["enter less", "a standard"],
        &["a advanced"],
    );
    bench.keys("v");
    offers(
        &bar(&mut bench),
        &["esc back"],
        &["enter open", "enter edit"],
    );
}

#[test]
fn a_mailbox_that_signs_in_offers_that() {
    let mut world = World::usual();
    world.mailboxes[0].mailbox.settings.secret = SecretSource::Oauth("google".into());
    let mut bench = Bench::with(140, 40, world);
    bench.keys(",");
    offers(&bar(&mut bench), &["i sign in"], &["p password"]);
}
