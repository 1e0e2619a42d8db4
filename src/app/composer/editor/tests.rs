#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const FAMILY: &str = "👨‍👩‍👧‍👦";

fn press(editor: &mut Editor, keys: &str) {
    for key in keys.split(' ') {
        editor.key(Key::parse(key).unwrap());
        editor.settle(20, 5, false);
    }
}

fn write(editor: &mut Editor, text: &str) {
    for c in text.chars() {
        editor.key(Key::char(c));
    }
    editor.settle(20, 5, false);
}

fn editor(body: &str) -> Editor {
    let mut editor = Editor::new(body);
    editor.settle(20, 5, false);
    editor
}

#[test]
fn one_key_deletes_one_character_as_a_person_sees_it() {
    for character in [FAMILY, "é", "🇺🇦", "👍🏽", "а\u{301}", "x"] {
        let mut one = editor(&format!("a{character}b"));
        press(&mut one, "end left backspace");
        assert_eq!(one.body(), "ab", "{character}");
        assert!(one.undo(), "{character}");
        assert_eq!(one.body(), format!("a{character}b"), "{character}");
        let mut other = editor(&format!("a{character}b"));
        press(&mut other, "right delete");
        assert_eq!(other.body(), "ab", "{character}");
        let mut moving = editor(&format!("a{character}b"));
        press(&mut moving, "right right backspace");
        assert_eq!(moving.body(), "ab", "{character}");
    }
}

#[test]
fn the_end_of_a_line_is_deleted_as_one_character_too() {
    let mut editor = editor("ab\ncd");
    press(&mut editor, "down home backspace");
    assert_eq!(editor.body(), "abcd");
    press(&mut editor, "enter");
    assert_eq!(editor.body(), "ab\ncd");
    press(&mut editor, "up end delete");
    assert_eq!(editor.body(), "abcd");
}

#[test]
fn undo_takes_words_and_redo_brings_them_back() {
    let mut editor = editor("");
    write(&mut editor, "one two three");
    assert!(editor.undo());
    assert_eq!(editor.body(), "one two");
    assert!(editor.undo());
    assert_eq!(editor.body(), "one");
    assert!(editor.redo());
    assert_eq!(editor.body(), "one two");
    editor.insert("\nfour\nfive");
    write(&mut editor, "x");
    assert!(editor.undo());
    assert_eq!(editor.body(), "one two\nfour\nfive");
    assert!(editor.undo());
    assert_eq!(editor.body(), "one two");
    assert!(editor.undo() && editor.undo());
    assert!(!editor.undo(), "there is nothing before the first word");
}

#[test]
fn another_text_is_a_step_that_can_be_undone() {
    let mut editor = editor("mine\nand mine");
    editor.replace("theirs");
    assert_eq!(editor.body(), "theirs");
    while editor.undo() {}
    assert_eq!(editor.body(), "mine\nand mine");
}

#[test]
fn up_and_down_go_by_rows_of_the_screen_and_keep_the_column() {
    let mut editor = editor("the quick brown fox jumps over\nthe\nlazy dog sleeps");
    press(&mut editor, "right right right right right right");
    assert_eq!(editor.cursor_on_screen(), Some((0, 6)));
    press(&mut editor, "down");
    assert_eq!(editor.cursor_on_screen(), Some((1, 6)));
    press(&mut editor, "down");
    assert_eq!(editor.cursor_on_screen(), Some((2, 3)));
    press(&mut editor, "down");
    assert_eq!(editor.cursor_on_screen(), Some((3, 6)));
    press(&mut editor, "up up up");
    assert_eq!(editor.cursor_on_screen(), Some((0, 6)));
    assert_eq!(editor.key(Key::new(KeyCode::Move(Motion::Up))), Did::AtTop);
}

#[test]
fn the_cursor_is_always_seen_and_never_beyond_the_width() {
    let mut editor = editor("");
    write(
        &mut editor,
        &format!("{} {}", "發票問題".repeat(20), "word ".repeat(30)),
    );
    let (row, column) = editor.cursor_on_screen().unwrap();
    assert!(row < 5 && column < 20, "{row} {column}");
    press(&mut editor, "ctrl-home");
    assert_eq!(editor.cursor_on_screen(), Some((0, 0)));
    press(&mut editor, "ctrl-end page-up page-up");
    assert!(editor.cursor_on_screen().is_some());
}

#[test]
fn the_cursor_begins_before_the_quote_and_behind_what_was_written() {
    let body = "Hello Olena\n\nOlena wrote:\n> hi";
    let mut editor = editor(body);
    editor.go_before(body.find("Olena wrote").unwrap());
    write(&mut editor, "!");
    assert!(editor.body().starts_with("Hello Olena!\n\nOlena wrote:"));
    let mut fresh = Editor::new("\n\nOlena wrote:\n> hi");
    fresh.go_before(2);
    write(&mut fresh, "x");
    assert_eq!(fresh.body(), "x\n\nOlena wrote:\n> hi");
}

#[test]
fn what_is_pasted_keeps_its_lines_and_loses_its_controls() {
    let mut editor = editor("");
    editor.insert("one\r\ntwo \u{1b}[31mred\u{1b}[0m\u{7}\r\n");
    assert_eq!(editor.body(), "one\ntwo red\n");
}

#[test]
fn words_are_jumped_and_deleted() {
    let mut editor = editor("один два три");
    press(&mut editor, "end ctrl-w");
    assert_eq!(editor.body(), "один два ");
    press(&mut editor, "ctrl-left ctrl-k");
    assert_eq!(editor.body(), "один ");
    press(&mut editor, "ctrl-u");
    assert_eq!(editor.body(), "");
}
