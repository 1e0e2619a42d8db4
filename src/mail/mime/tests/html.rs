//! HTML from strangers, read without being obeyed.

use super::super::Limits;
use super::super::html::to_text;

fn text(html: &str) -> String {
    to_text(html, 40, &Limits::default(), false).text
}

#[test]
fn links_are_numbered_and_only_safe_ones_listed() {
    let html = "<p>See <a href='https://a.test/x'>the page</a> or <a href='https://a.test/x'>again</a>, \
                <a href='javascript:alert(1)'>this</a>, <a href='https://b.test'>https://b.test/</a></p>";
    let shown = text(html);
    assert!(shown.contains("the page[1]"), "{shown}");
    assert!(shown.contains("again[1]"), "{shown}");
    assert!(shown.contains("[1] https://a.test/x"), "{shown}");
    assert!(!shown.contains("javascript"), "{shown}");
    assert!(!shown.contains("[2]"), "{shown}");
}

#[test]
fn a_link_that_pretends_is_told() {
    let shown = text("<a href='https://evil.test/login'>www.bank.example</a>");
    assert!(
        shown.contains("[1] https://evil.test/login  ⚠ the text says www.bank.example"),
        "{shown}"
    );
    let honest = text("<a href='https://www.bank.example/login'>bank.example</a>");
    assert!(!honest.contains('⚠'), "{honest}");
}

#[test]
fn what_is_hidden_is_not_shown() {
    let html = "<style>.pre{display:none}</style><div class=pre>preheader</div>\
                <div style='display:none'>tracker</div><p>Hello</p><script>evil()</script>";
    assert_eq!(text(html), "Hello\n");
}

#[test]
fn a_table_fits_the_width() {
    let shown = text(
        "<table><tr><td>Item</td><td>Price</td></tr><tr><td>A very long name of a thing</td><td>12.00</td></tr></table>",
    );
    assert!(
        shown
            .lines()
            .all(|line| crate::domain::clean::cells(line) <= 40),
        "{shown}"
    );
    assert!(shown.contains("12.00"), "{shown}");
}

#[test]
fn hostile_html_is_simplified_within_a_second() {
    let deep = format!("{}end", "<div>".repeat(100_000));
    let styles = format!(
        "<style>{}</style>{}end",
        ".a{color:red}".repeat(3000),
        "<p class=a>x</p>".repeat(3000)
    );
    let large = format!("{}end", "<p>words</p>".repeat(60_000));
    for html in [deep, styles, large] {
        let started = std::time::Instant::now();
        let rendered = to_text(&html, 78, &Limits::default(), false);
        assert!(rendered.text.contains("end"));
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}

#[test]
fn a_control_in_a_target_is_not_written() {
    let shown = text("<a href='https://a.test/\u{1b}[2J\u{202e}x'>here</a>");
    assert!(
        !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
        "{shown:?}"
    );
}

#[test]
fn tables_that_only_place_things_have_no_lines() {
    let shown = text("<table><tr><td><table><tr><td>Hello</td></tr></table></td></tr></table>");
    assert_eq!(shown, "Hello\n");
}

#[test]
fn a_newsletter_stays_readable() {
    let cell = |words: &str| {
        format!(
            "<tr><td style='padding:10px'><table width=600><tr><td><p>{words}</p></td></tr></table></td></tr>"
        )
    };
    let html = format!(
        "<table width='100%'>{}{}{}</table>",
        cell("Big news about a long thing that fills the line"),
        cell("<a href='https://shop.test/buy'>Buy now</a>"),
        cell("Unsubscribe at any time")
    );
    let shown = text(&html);
    assert!(shown.contains("Buy now[1]"), "{shown}");
    assert!(!shown.contains('│') && !shown.contains('─'), "{shown}");
    assert!(
        shown
            .lines()
            .all(|line| crate::domain::clean::cells(line) <= 40),
        "{shown}"
    );
}
