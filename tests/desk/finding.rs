//! Search: instant, forgiving, and one Esc away from where one was.

use crate::support::desk::Desk;

#[test]
fn the_list_follows_what_is_typed_and_esc_goes_back() {
    let mut desk = Desk::new(80, 24);
    desk.keys("j j / 'invoice'")
        .sees("Search 1")
        .sees("Invoice 2231");
    desk.sees_no("API limits");
    desk.keys("esc").sees("Unassigned 8").sees("API limits");
    assert_eq!(desk.app.list.place.cursor, 2);
}

#[test]
fn results_are_kept_by_enter_and_left_by_esc() {
    let mut desk = Desk::new(80, 24);
    desk.keys("/ 'parcel' enter")
        .sees("Search 1")
        .keys("enter")
        .sees("#1030  Where is my parcel");
    desk.keys("esc")
        .sees("Search 1")
        .keys("esc")
        .sees("Unassigned 8");
}

#[test]
fn a_mistake_is_named_with_its_place() {
    let mut desk = Desk::new(80, 24);
    desk.keys("/ 'vip statsu:open'")
        .sees("    ^^^^^^")
        .sees("Did you mean");
    desk.keys("enter").sees("/ vip statsu:open");
    desk.keys("esc").sees("Unassigned 8");
}

#[test]
fn nothing_found_says_the_query_back() {
    let mut desk = Desk::new(80, 24);
    desk.keys("/ 'zeppelin'").sees("Nothing matches zeppelin");
}

#[test]
fn nothing_found_names_the_nearest_query_that_finds_something() {
    let mut desk = Desk::new(80, 24);
    desk.keys("/ 'parcel zeppelin dirigible'")
        .sees("Nothing matches parcel zeppelin dirigible")
        .sees("The nearest with results:")
        .sees("parcel, 1 ticket")
        .sees("ctrl-w takes a word back.");
    desk.keys("enter")
        .sees("parcel, 1 ticket")
        .sees("\\ changes the search.");
    desk.keys("\\ ctrl-w ctrl-w").sees("#1030");
}

#[test]
fn typing_fast_asks_once() {
    let mut desk = Desk::new(80, 24);
    let before = desk.asked.len();
    desk.press("/ 'invoice'").wait(300);
    assert_eq!(desk.asked.len() - before, 1, "one list for seven letters");
}
