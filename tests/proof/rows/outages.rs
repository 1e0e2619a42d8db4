//! Outages, and what an IMAP server can do.

use super::Row;

pub const ROWS: &[Row] = &[
    (
        1,
        "a server or a network that was away: everything comes, and the desk says since when",
        &[
            "a_server_that_is_away_is_shown_and_its_mail_comes_when_it_is_back",
            "an_outage_is_an_interruption_then_an_error_and_then_it_works_again",
            "a_restart_of_the_server_is_a_lost_connection",
            "attempts_come_quickly_and_then_at_the_interval_of_the_settings",
        ],
    ),
    (
        2,
        "a mailbox that was switched off or removed: what came meanwhile is fetched and counted",
        &[
            "what_came_while_it_was_off_or_removed_is_fetched_and_counted",
            "what_arrives_while_a_mailbox_is_disabled_or_removed_is_fetched_afterwards_and_once",
            "a_desk_says_what_came_after_the_mailbox_was_off",
        ],
    ),
    (
        3,
        "a password that became wrong: said at once, tried hourly, everything comes with the right one",
        &[
            "a_wrong_password_is_shown_and_the_right_one_brings_everything",
            "a_wrong_password_is_the_operators_move_and_all_mail_comes_with_the_right_one",
            "each_failure_has_its_status_and_its_pause",
        ],
    ),
    (
        4,
        "our own end in the middle: the ledger knows where to go on",
        &[
            "a_first_sync_killed_in_the_middle_ends_with_every_mail_once",
            "a_first_sync_ended_at_any_step_brings_every_mail_once",
            "live_mail_ended_at_any_step_comes_once",
            "a_killed_program_keeps_no_mailbox_from_the_next_one",
        ],
    ),
    (
        5,
        "a password changed on both sides at once: the settings touch no ledger",
        &[
            "a_password_that_is_changed_on_both_sides_at_once_loses_nothing",
            "settings_ended_at_any_step_are_the_old_or_the_new_ones",
        ],
    ),
    (
        6,
        "a mailbox that is removed and added again goes on where it stopped",
        &[
            "a_removed_account_continues_when_it_is_added_again",
            "what_arrives_while_a_mailbox_is_disabled_or_removed_is_fetched_afterwards_and_once",
        ],
    ),
    (
        7,
        "folders that come, go and are renamed: nothing is lost or doubled, what is missing is told",
        &[
            "a_folder_with_another_name_brings_nothing_twice",
            "a_renamed_folder_keeps_its_ledger_where_the_server_has_ids_for_folders",
            "a_chosen_folder_is_followed_to_its_new_name_and_the_admin_is_told",
            "a_new_folder_under_an_old_name_is_another_whatever_its_numbers_say",
            "a_chosen_folder_that_is_not_there_is_told_and_keeps_no_other_away",
            "folders_that_are_not_there_are_named",
        ],
    ),
    (
        8,
        "no window of days and no flag decides what is fetched",
        &[
            "everything_without_an_outcome_is_fetched_newest_first",
            "every_listed_uid_is_settled_known_or_fetched_exactly_once",
            "whatever_the_server_does_every_mail_comes_once",
        ],
    ),
    (
        9,
        "what another client has read comes all the same",
        &[
            "whatever_the_server_does_every_mail_comes_once",
            "commands_are_written_as_the_rfc_wants_them",
        ],
    ),
    (
        10,
        "a line that is dead without saying so: every wait has an end",
        &[
            "silence_has_an_end",
            "idle_that_is_refused_or_falls_silent_is_told_apart",
            "a_sleep_is_seen_by_either_clock",
            "after_a_sleep_a_dead_line_is_found_out_and_the_mail_comes_within_a_minute",
        ],
    ),
    (
        11,
        "one dead mailbox keeps no other away",
        &["one_dead_mailbox_keeps_no_other_away"],
    ),
    (
        12,
        "no name, no route, another certificate: the cause is said and no password is sent",
        &[
            "every_wrong_server_is_named_with_what_to_do",
            "a_name_that_does_not_exist_is_the_operators_move",
            "a_closed_port_is_named",
            "addresses_of_both_families_are_tried_in_turn",
            "a_server_without_a_name_or_behind_a_closed_port_is_named",
        ],
    ),
    (
        13,
        "NO and BAD to any command: nothing advances",
        &[
            "no_and_bad_are_failures_and_hand_over_what_came",
            "whatever_the_server_does_every_mail_comes_once",
        ],
    ),
    (
        14,
        "the line ends at any byte: nothing advances",
        &[
            "a_connection_cut_at_any_byte_is_never_a_success",
            "a_session_cut_at_any_byte_loses_and_doubles_nothing",
        ],
    ),
    (
        15,
        "a folder without its numbers is not opened",
        &[
            "a_folder_without_its_numbers_is_not_opened",
            "a_list_that_is_missing_or_unreadable_is_not_an_empty_one",
        ],
    ),
    (
        16,
        "a mail without its content is a hole and never an empty mail",
        &[
            "an_answer_without_content_is_a_hole_and_never_a_mail",
            "a_body_counts_only_if_it_is_whole_and_there",
            "a_mail_that_the_server_cannot_read_is_named_and_stops_no_other",
        ],
    ),
    (
        17,
        "a new UIDVALIDITY: all is listed and matched, nothing is skipped or doubled",
        &[
            "a_folder_that_was_rebuilt_with_new_uids_loses_and_doubles_nothing",
            "another_uidvalidity_makes_every_uid_new",
            "whatever_the_server_does_every_mail_comes_once",
        ],
    ),
    (
        18,
        "a UIDVALIDITY that comes back finds its ledger",
        &["an_earlier_generation_of_a_folder_is_recognised"],
    ),
    (
        19,
        "UIDNEXT is never believed alone, and no UID is larger than the protocol has",
        &[
            "a_uidnext_that_went_back_is_believed_only_where_the_folder_agrees",
            "sets_from_strangers_are_checked",
            "a_huge_folder_is_listed_in_windows_that_fit_a_line",
        ],
    ),
    (
        20,
        "UIDs that are handed out again are found out",
        &[
            "numbers_that_mean_other_mails_are_found_out_within_a_day",
            "a_server_that_counts_anew_hides_no_mail",
        ],
    ),
    (
        21,
        "a mail that is gone before it is fetched",
        &[
            "whatever_the_server_does_every_mail_comes_once",
            "an_answer_without_content_is_a_hole_and_never_a_mail",
            "a_listed_uid_is_a_hole_until_it_has_an_outcome",
        ],
    ),
    (
        22,
        "a mail that is moved is one mail in two places",
        &[
            "whatever_the_server_does_every_mail_comes_once",
            "folders_that_changed_meanwhile_lose_nothing_where_the_server_can_nothing",
            "folders_that_changed_meanwhile_lose_nothing_where_the_server_tells_of_them",
        ],
    ),
    (
        23,
        "a mail that is in several folders is one mail",
        &[
            "the_same_bytes_are_only_another_location",
            "mail_of_many_folders_comes_once_from_a_server_that_can_nothing",
        ],
    ),
];
