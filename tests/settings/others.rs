//! Signatures and views.

use super::engine::Bench;

fn to(bench: &mut Bench, words: &str) {
    bench.keys(&"k ".repeat(20));
    for _ in 0..20 {
        let screen = bench.desk.screen();
        let row = screen
            .lines()
            .find(|line| line.starts_with('▌'))
            .unwrap_or_default();
        if row.contains(words) {
            return;
        }
        bench.keys("j");
    }
    panic!("{words} is not in the list:\n{}", bench.desk.screen());
}

#[test]
fn a_signature_is_written_in_lines_and_shown_as_it_will_stand() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut bench = Bench::usual(width, height);
        bench.keys(",");
        to(&mut bench, "write a signature");
        bench
            .keys("enter 'General' enter down down down enter 'Best regards,' enter 'Anna, Acme' up end '!'");
        insta::assert_snapshot!(format!("signature_{width}"), bench.desk.screen());
        bench.keys("ctrl-s");
        assert_eq!(bench.signatures[0].markdown, "Best regards,!\nAnna, Acme");
        assert_eq!(bench.signatures[0].mailbox, None);
        bench.desk.sees("General").sees("  --\n").sees("Anna, Acme");
        to(&mut bench, "General");
        bench.desk.sees("  --\n").sees("Anna, Acme");
        bench.keys("x");
        bench.desk.sees("Delete the signature General?");
        bench.keys("y");
        assert!(bench.signatures.is_empty());
    }
}

#[test]
fn a_signature_is_for_one_mailbox_or_for_all() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(",");
    to(&mut bench, "write a signature");
    bench.keys("enter 'Sales' enter space space down down down enter 'S.' ctrl-s");
    assert_eq!(bench.signatures[0].mailbox.unwrap().0, 2);
}

#[test]
fn a_view_is_made_and_a_mistake_in_its_query_has_a_place_and_a_better_word() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(",");
    to(&mut bench, "make a view");
    bench.keys("enter 'Hot' enter enter 'stauts:open'");
    bench.desk.sees("at character 1").sees("did you mean");
    bench.keys("ctrl-u 'is:open priority:high' enter s");
    assert_eq!(bench.views[0].1, "Hot");
    bench.desk.sees("is:open priority:high");
    to(&mut bench, "Hot");
    bench.desk.sees("is:open priority:high");
    bench.keys("enter enter ctrl-u 'Warm' enter s");
    assert_eq!(bench.views.len(), 1);
    assert_eq!(bench.views[0].1, "Warm");
    to(&mut bench, "Warm");
    bench.keys("x y");
    assert!(bench.views.is_empty());
}
