//! Documents that the program could have written itself are compared with what it would write.
//!
//! `UPDATE_DOCUMENTS=1 cargo test documents` writes them again.

use std::fs;
use std::path::{Path, PathBuf};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// What stands between the markers of a section is what the program says.
fn compare_section(section: &str, right: &str) {
    let path = file("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (begin, end) = (
        format!("<!-- {section}: begin -->\n"),
        format!("<!-- {section}: end -->"),
    );
    let (before, rest) = readme.split_once(&begin).unwrap();
    let (now, after) = rest.split_once(&end).unwrap();
    if now == right {
        return;
    }
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        fs::write(&path, format!("{before}{begin}{right}{end}{after}")).unwrap();
        return;
    }
    panic!(
        "the {section} in README.md are not the program's; run UPDATE_DOCUMENTS=1 cargo test documents\n{right}"
    );
}

/// One test, because both write the same file.
#[test]
fn the_tables_of_the_readme_are_the_programs() {
    compare_section("keys", &ticketty::app::keymap::markdown_table());
    compare_section("commands", &ticketty::cli::shell::markdown_table());
}

#[test]
fn the_readme_names_every_theme() {
    let readme = fs::read_to_string(file("README.md")).unwrap();
    for theme in ticketty::config::themes::built_in_names() {
        assert!(readme.contains(&format!("`{theme}`")), "{theme}");
    }
}
