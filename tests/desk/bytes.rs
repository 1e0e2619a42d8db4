//! What reaches the terminal: little, and nothing at rest.

use crate::support::desk::{Desk, World};

#[test]
fn moving_the_cursor_takes_few_bytes() {
    let mut desk = Desk::with(120, 40, World::endless(200_000));
    for keys in ["j", "j", "j", "k", "j", "j", "j", "j", "j", "j"] {
        desk.press(keys);
        let moved = desk.draw();
        desk.wait(250);
        let followed = desk.draw();
        assert!(moved <= 300, "{keys}: {moved} bytes for the cursor");
        assert!(followed <= 4_000, "{keys}: {followed} bytes for the thread");
    }
}

#[test]
fn a_page_and_an_opened_thread_take_at_most_four_thousand_bytes() {
    let mut desk = Desk::with(120, 40, World::endless(200_000));
    for keys in ["ctrl-d", "page-down", "G", "g g", "enter"] {
        desk.keys(keys);
        let bytes = desk.draw();
        assert!(bytes <= 4_000, "{keys}: {bytes}");
    }
}

#[test]
fn at_rest_nothing_is_written() {
    let mut desk = Desk::new(120, 40);
    desk.wait(20_000);
    desk.draw();
    for _ in 0..20 {
        desk.wait(1_000);
        assert_eq!(desk.draw(), 0, "{}", desk.screen());
    }
}
