//! Listings against ledgers.

use proptest::prelude::*;

use super::*;

fn all(uids: &[u32]) -> Listing {
    Listing {
        uid_validity: 1,
        seen: Seen::All(uids.to_vec()),
        uid_next: None,
        highest_mod_seq: Some(99),
    }
}

fn ledger(cursor: u32, known: &[u32], holes: &[u32]) -> LedgerView {
    LedgerView {
        uid_validity: Some(1),
        earlier: vec![5],
        cursor,
        known: known.to_vec(),
        holes: holes.to_vec(),
    }
}

#[test]
fn everything_without_an_outcome_is_fetched_newest_first() {
    type Row<'a> = (&'a str, &'a [u32], LedgerView, &'a [u32], &'a [u32]);
    let table: [Row<'_>; 6] = [
        ("first", &[3, 1, 2], LedgerView::default(), &[3, 2, 1], &[]),
        ("nothing new", &[1, 2, 3], ledger(3, &[], &[]), &[], &[]),
        (
            "new above",
            &[1, 2, 9, 7],
            ledger(3, &[], &[]),
            &[9, 7],
            &[],
        ),
        (
            "hole there",
            &[4, 5, 6],
            ledger(3, &[5], &[4, 6]),
            &[6, 4],
            &[],
        ),
        ("hole gone", &[5], ledger(3, &[5], &[4, 6]), &[], &[6, 4]),
        ("no UID is 0", &[0, 0, 4, 4], ledger(3, &[], &[]), &[4], &[]),
    ];
    for (label, uids, ledger, fetch, gone) in table {
        let plan = plan(&all(uids), &ledger);
        assert_eq!(plan.batches.concat(), fetch, "{label}");
        assert_eq!(plan.gone, gone, "{label}");
    }
}

#[test]
fn a_quick_resync_asks_for_what_is_new_and_for_what_was_missed() {
    let listing = Listing {
        seen: Seen::Changes {
            changed: vec![2, 8, 9],
            vanished: vec![RangeInclusive::new(7, 5), 9..=9],
        },
        ..all(&[])
    };
    let plan = plan(&listing, &ledger(3, &[8], &[4, 6]));
    assert_eq!(
        plan.batches.concat(),
        [4],
        "9 is gone, 8 is known, 2 is old"
    );
    assert_eq!(plan.gone, [6]);
}

#[test]
fn another_uidvalidity_makes_every_uid_new() {
    let table = [
        (1, Generation::Same, 1),
        (2, Generation::New, 3),
        (5, Generation::Returned, 3),
    ];
    for (uid_validity, generation, fetched) in table {
        let listing = Listing {
            uid_validity,
            ..all(&[1, 2, 3])
        };
        let plan = plan(&listing, &ledger(2, &[], &[]));
        assert_eq!(plan.generation, generation);
        assert_eq!(plan.batches.concat().len(), fetched, "{generation:?}");
    }
}

#[test]
fn a_uidnext_that_went_back_is_believed_only_where_the_folder_agrees() {
    let listing = Listing {
        uid_next: Some(3),
        ..all(&[1, 2, 8])
    };
    let plan = plan(&listing, &ledger(7, &[], &[]));
    assert_eq!(plan.batches.concat(), [8]);
    for (uid_next, cursor, highest, reused) in [
        (3, 7, Some(8), false),
        (8, 7, Some(7), false),
        (8, 7, None, false),
        (7, 7, Some(6), true),
        (3, 7, Some(2), true),
        (1, 7, None, true),
    ] {
        assert_eq!(
            hands_out_again(uid_next, cursor, highest),
            reused,
            "UIDNEXT {uid_next}, cursor {cursor}, highest {highest:?}"
        );
    }
}

#[test]
fn long_lists_come_in_batches() {
    let uids: Vec<u32> = (1..=1_201).collect();
    let plan = plan(&all(&uids), &LedgerView::default());
    let sizes: Vec<usize> = plan.batches.iter().map(Vec::len).collect();
    assert_eq!(sizes, [500, 500, 201]);
    assert_eq!(plan.batches[0][0], 1_201);
}

proptest! {
    #[test]
    fn the_cursor_never_passes_a_hole_and_never_goes_back(
        cursor in 0u32..50,
        settled in prop::collection::vec(1u32..100, 0..40),
        holes in prop::collection::btree_set(1u32..100, 0..10),
    ) {
        let moved = advance(cursor, settled.clone(), holes.clone());
        prop_assert!(moved >= cursor);
        prop_assert!(holes.iter().all(|hole| *hole <= cursor || moved < *hole));
        prop_assert!(moved == cursor || settled.contains(&moved));
    }

    #[test]
    fn every_listed_uid_is_settled_known_or_fetched_exactly_once(
        listed in prop::collection::btree_set(1u32..400, 0..200),
        done in prop::collection::btree_set(1u32..400, 0..200),
        cuts in prop::collection::vec(any::<bool>(), 1..6),
    ) {
        // A server with `listed` mails, of which any share was stored before the line broke, again and again.
        let mut settled: BTreeSet<u32> = done.intersection(&listed).copied().collect();
        let mut cursor = 0;
        for whole in cuts.into_iter().chain([true]) {
            let holes: Vec<u32> = listed.difference(&settled).copied().collect();
            cursor = advance(cursor, settled.iter().copied(), holes.iter().copied());
            let known: Vec<u32> = settled.iter().copied().filter(|uid| *uid > cursor).collect();
            let listing = all(&listed.iter().copied().collect::<Vec<_>>());
            let plan = plan(&listing, &ledger(cursor, &known, &holes));
            let fetch = plan.batches.concat();
            let missing: Vec<u32> = holes.iter().rev().copied().collect();
            prop_assert_eq!(&fetch, &missing);
            let share = if whole { fetch.len() } else { fetch.len() / 2 };
            settled.extend(&fetch[..share]);
        }
        prop_assert_eq!(settled, listed);
    }
}
