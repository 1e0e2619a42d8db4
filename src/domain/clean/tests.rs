#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::Clean;

#[test]
fn what_a_stranger_writes_is_shown_and_never_obeyed() {
    let table = [
        ("plain words", "plain words"),
        ("\x1b[2J\x1b]0;pwned\x07", "␛[2J␛]0;pwned␇"),
        ("c1 \u{9b}31m", "c1 \u{fffd}31m"),
        ("del\x7f nul\0", "del␡ nul␀"),
        ("gpj.\u{202e}exe", "gpj.⟨RLO⟩exe"),
        ("a\u{2066}b\u{2069}", "a⟨LRI⟩b⟨PDI⟩"),
        ("zero\u{200b}width\u{feff}\u{2060}", "zerowidth"),
        ("tag\u{e0041}s", "tags"),
        ("soft\u{ad}hyphen", "softhyphen"),
        ("\u{fff9}x\u{fffb}", "\u{fffd}x\u{fffd}"),
        ("two\r\nlines\rthree", "two\nlines\nthree"),
        ("sep\u{2028}par\u{2029}end\u{85}", "sep\npar\nend\n"),
        ("tab\tstop", "tab    stop"),
        ("❤\u{fe0f} heart", "❤ heart"),
        (
            "👨\u{200d}👩\u{200d}👧 family",
            "👨\u{200d}👩\u{200d}👧 family",
        ),
        ("pay\u{200d}pal", "paypal"),
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ("\u{301}lonely mark", "\u{25cc}\u{301}lonely mark"),
        ("Привіт, їжаче", "Привіт, їжаче"),
    ];
    for (raw, expected) in table {
        assert_eq!(Clean::text(raw).as_str(), expected, "{raw:?}");
    }
}

#[test]
fn a_line_has_no_line_break_and_a_name_nothing_unseen() {
    assert_eq!(Clean::line("a\r\nb\tc\u{2028}d").as_str(), "a b c d");
    assert_eq!(Clean::name(" Ol\u{200b}ena\u{200d}\n ").as_str(), "Olena");
    assert_eq!(Clean::name("می\u{200c}خ").as_str(), "میخ");
}

#[test]
fn marks_on_one_base_stay_on_their_line() {
    let zalgo = format!("Z{}algo", "\u{301}".repeat(200));
    let clean = Clean::text(&zalgo);
    assert_eq!(
        clean.as_str().chars().filter(|c| *c == '\u{301}').count(),
        8
    );
    assert_eq!(clean.cells(), 5);
}

#[test]
fn truncation_counts_cells_and_never_splits_a_character() {
    let table = [
        ("short", 10, "short"),
        ("exactly", 7, "exactly"),
        ("too long", 4, "too…"),
        ("漢字漢字", 5, "漢字…"),
        ("漢字漢字", 4, "漢…"),
        ("x", 0, ""),
        ("ab", 1, "…"),
        ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ];
    for (text, width, expected) in table {
        let cut = Clean::line(text).truncate_cells(width);
        assert_eq!(cut.as_str(), expected, "{text} at {width}");
        assert!(cut.cells() <= width, "{text} at {width}");
    }
}

#[test]
fn clean_parts_joined_are_clean() {
    let parts = [Clean::line("a"), Clean::line("\x1bb"), Clean::line("c")];
    assert_eq!(
        Clean::join(&parts, &Clean::from_static(", ")).as_str(),
        "a, ␛b, c"
    );
    assert_eq!(Clean::concat(&[&parts[0], &parts[2]]).as_str(), "ac");
    assert_eq!(
        crate::clean_format!("{} of {}", 3, "\u{202e}").as_str(),
        "3 of ⟨RLO⟩"
    );
    assert_eq!(parts.into_iter().collect::<Clean>().as_str(), "a␛bc");
}

#[test]
fn what_arrives_from_outside_is_cleaned_again() {
    let clean: Clean = serde_json::from_str("\"\\u001b[2J\"").unwrap();
    assert_eq!(clean.as_str(), "␛[2J");
}

fn nasty() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        proptest::char::range('\0', '\u{2ff}'),
        proptest::char::range('\u{300}', '\u{36f}'),
        proptest::char::range('\u{2000}', '\u{206f}'),
        proptest::char::range('\u{600}', '\u{6ff}'),
        proptest::char::range('\u{900}', '\u{97f}'),
        Just('\u{200d}'),
        Just('\u{200c}'),
        Just('\u{fe0f}'),
        Just('👨'),
    ];
    proptest::collection::vec(character, 0..60).prop_map(|all| all.into_iter().collect())
}

proptest! {
    #[test]
    fn cleaning_twice_is_cleaning_once(raw in nasty()) {
        for clean in [Clean::text, Clean::line, Clean::name] {
            let once = clean(&raw);
            prop_assert_eq!(&clean(once.as_str()), &once);
        }
    }

    #[test]
    fn no_control_is_left_but_the_newline_of_a_text(raw in nasty()) {
        let text = Clean::text(&raw);
        prop_assert!(!text.as_str().chars().any(|c| c.is_control() && c != '\n'));
        prop_assert!(!Clean::line(&raw).as_str().chars().any(char::is_control));
        prop_assert!(!Clean::name(&raw).as_str().chars().any(char::is_control));
    }

    #[test]
    fn joining_keeps_the_promise(left in nasty(), right in nasty()) {
        let joined = Clean::concat(&[&Clean::text(&left), &Clean::text(&right)]);
        prop_assert_eq!(&Clean::text(joined.as_str()), &joined);
    }

    #[test]
    fn a_cut_text_fits(raw in nasty(), width in 0_usize..30) {
        let cut = Clean::line(&raw).truncate_cells(width);
        prop_assert!(cut.cells() <= width);
        prop_assert_eq!(&Clean::line(cut.as_str()), &cut);
    }
}
