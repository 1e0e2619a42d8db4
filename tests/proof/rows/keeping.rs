//! What can happen to the store.

use super::Row;

pub const ROWS: &[Row] = &[
    (
        66,
        "a full disk is told, reading goes on, and everything comes when there is room",
        &[
            "a_full_disk_is_told_and_everything_comes_when_there_is_room",
            "the_reserve_keeps_what_cannot_wait_and_comes_back_with_the_room",
            "what_cannot_wait_takes_the_reserve_and_mail_does_not",
            "that_the_last_room_is_taken_is_told_with_the_room_that_is_needed",
            "the_reserve_takes_its_room_is_private_and_is_given_up_at_once",
            "a_full_disk_is_the_operators_move_and_reading_goes_on",
        ],
    ),
    (
        67,
        "a disk that does not write is told, and the connection is made anew",
        &[
            "a_disk_that_does_not_write_is_told_and_loses_nothing",
            "a_broken_value_is_made_anew_and_a_panic_gives_it_back",
        ],
    ),
    (
        68,
        "a power cut leaves whole steps and all that was acknowledged",
        &[
            "a_power_cut_at_any_byte_of_the_log_leaves_whole_steps",
            "every_commit_is_on_the_disk_before_it_is_acknowledged",
        ],
    ),
    (
        69,
        "no store on a network file system",
        &[
            "the_innermost_mount_names_the_file_system",
            "file_systems_of_other_machines_are_known",
        ],
    ),
    (
        70,
        "who writes is waited for, and the log does not grow without end",
        &[
            "another_program_that_writes_is_waited_for_and_then_told_of",
            "the_log_does_not_grow_without_end",
            "who_waits_too_long_is_told_so",
            "commits_of_another_process_are_noticed",
        ],
    ),
    (
        71,
        "a damaged store is found out, only read, and brought back by its backup",
        &[
            "a_damaged_store_is_shown_changed_by_nobody_and_brought_back_by_its_backup",
            "a_damaged_store_is_read_and_nothing_is_written_to_it",
            "a_damaged_page_that_is_met_ends_all_writing",
            "a_damaged_store_is_told_after_an_unclean_stop",
            "a_stop_is_unclean_whatever_of_its_files_was_taken_away",
            "a_power_cut_at_any_byte_of_the_log_leaves_whole_steps",
            "the_store_is_looked_through_every_week_and_doctor_says_when",
            "damage_that_a_look_finds_is_told_and_everything_is_only_read",
            "a_look_finds_what_no_stop_announced",
            "a_store_that_is_damaged_foreign_or_newer_is_refused_with_the_way_out",
        ],
    ),
    (
        72,
        "no old library and no file of another program",
        &[
            "the_library_is_new_enough_and_its_age_is_asked_for",
            "what_is_not_our_store_is_refused_and_left_alone",
        ],
    ),
    (
        73,
        "the reader of strangers' mail has nothing open but its pipes",
        &["the_reader_of_strangers_mail_has_nothing_open_but_its_pipes"],
    ),
    (
        74,
        "modes that let others in are refused with the command that closes them",
        &[
            "modes_that_let_others_in_are_refused_with_the_command_that_closes_them",
            "a_readable_file_is_refused_with_the_command_that_closes_it",
            "every_file_of_a_store_in_use_is_private",
            "the_file_is_for_its_owner_only_and_refused_otherwise",
        ],
    ),
    (
        75,
        "newer is refused, older is carried over whole or not at all, with a copy before",
        &[
            "a_store_of_a_newer_program_is_refused_with_its_version",
            "a_migration_ended_at_any_step_is_whole_or_begins_again",
            "a_store_of_the_first_schema_is_carried_over_with_all_it_holds",
            "a_backup_of_the_first_schema_is_restored_without_leavings",
        ],
    ),
    (
        76,
        "a backup is made while others write, is whole, and comes back",
        &[
            "a_backup_is_made_while_others_write",
            "a_backup_ended_at_any_step_is_whole_or_not_there",
            "a_damaged_backup_is_refused_and_the_store_stays",
            "a_backup_is_whole_private_and_never_replaces_a_file",
        ],
    ),
    (
        77,
        "two versions at once: nothing is upgraded under the older one, and the older one opens nothing newer",
        &[
            "nothing_is_upgraded_under_a_program_that_has_it_open",
            "a_store_of_a_newer_program_is_refused_with_its_version",
        ],
    ),
];
