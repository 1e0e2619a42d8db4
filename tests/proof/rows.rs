//! The index of the promise: each fault and attack, what must hold, and the tests that prove it.
//!
//! A name here is the name of a test in the sources, so the index cannot name what is not there.

mod ingest;
mod keeping;
mod outages;
mod sending;
mod showing;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A number, what must hold, and the tests that prove it.
pub type Row = (u32, &'static str, &'static [&'static str]);

const CHAPTERS: [&[Row]; 5] = [
    outages::ROWS,
    ingest::ROWS,
    sending::ROWS,
    keeping::ROWS,
    showing::ROWS,
];

fn rows() -> impl Iterator<Item = &'static Row> {
    CHAPTERS.into_iter().flatten()
}

/// The names of all functions that stand under a test attribute, or in a block of properties.
fn tests_of(directory: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_of(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(tests_in(&fs::read_to_string(&path).unwrap()));
        }
    }
}

fn tests_in(text: &str) -> Vec<String> {
    let mut is_test = false;
    let mut names = Vec::new();
    for line in text.lines().map(str::trim) {
        let declared = ["fn ", "async fn "]
            .iter()
            .find_map(|word| line.strip_prefix(word));
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some(declared) = declared {
            let name = declared.split('(').next().unwrap_or_default();
            if is_test {
                names.push(name.to_owned());
            }
            is_test = false;
        }
    }
    names
}

#[test]
fn every_row_is_there_once_and_names_tests_that_exist() {
    let numbers: Vec<u32> = rows().map(|(number, ..)| *number).collect();
    let expected: Vec<u32> = (1..=77).chain(86..=100).collect();
    assert_eq!(numbers, expected);
    let mut tests = BTreeSet::new();
    for part in ["src", "tests"] {
        tests_of(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(part),
            &mut tests,
        );
    }
    assert!(tests.len() > 500, "{} tests were found", tests.len());
    for (number, what, named) in rows() {
        assert!(!named.is_empty(), "row {number} is empty");
        for name in *named {
            assert!(
                tests.contains(*name),
                "row {number}: there is no test {name}"
            );
        }
        println!("{number:3}  {what}");
    }
}

#[test]
fn only_what_stands_under_a_test_attribute_is_a_test() {
    let text =
        "#[test]\nfn one() {}\nfn two() {}\n#[tokio::test(flavor = \"x\")]\nasync fn three() {}\n";
    assert_eq!(tests_in(text), ["one", "three"]);
}
