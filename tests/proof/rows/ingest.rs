//! More of what an IMAP server and its mails can do.

use super::Row;

pub const ROWS: &[Row] = &[
    (
        24,
        "nobody keeps a mail away by using its Message-ID before",
        &[
            "nobody_keeps_a_mail_away_by_using_its_id_before",
            "closed_tickets_and_borrowed_ids_are_treated_with_care",
        ],
    ),
    (
        25,
        "no Message-ID, two of them, an endless one",
        &[
            "no_date_and_no_id_keeps_a_mail_away",
            "an_id_of_ten_kilobytes_is_none",
            "two_of_what_there_should_be_one_of_is_noted",
        ],
    ),
    (
        26,
        "flags of other clients are left alone; ours are added once, where that is asked for",
        &[
            "what_changed_while_away_costs_one_round_trip",
            "what_is_read_and_answered_here_is_marked_there_and_nothing_else",
            "marks_are_added_once_and_never_fought_over_whatever_the_server_does",
            "marks_ended_at_any_step_are_all_there_in_the_end",
            "a_mailbox_that_asks_for_no_marks_opens_nothing_for_changing",
            "a_folder_that_may_only_be_read_is_told_and_keeps_no_mail_away",
            "what_another_program_changed_meanwhile_is_told_apart",
            "dovecot_keeps_the_marks_of_what_was_read_here",
        ],
    ),
    (
        27,
        "what a server says unasked does no harm",
        &[
            "strange_lines_between_the_mails_do_no_harm",
            "answers_are_read_or_passed_over",
        ],
    ),
    (
        28,
        "a notification that is lost: polls and a daily comparison find it",
        &[
            "a_number_without_an_outcome_is_fetched_within_a_day",
            "idle_that_is_refused_or_falls_silent_is_told_apart",
            "idle_wakes_on_delivery_on_a_nudge_and_when_the_server_goes",
        ],
    ),
    (
        29,
        "endless lines, literals and depths end the session",
        &[
            "bounds_are_kept_and_named",
            "sizes_are_bounded_before_memory_is_given",
            "unknown_values_are_passed_over_and_broken_ones_are_not_believed",
        ],
    ),
    (
        30,
        "what real servers do is tolerated",
        &[
            "answers_are_read_or_passed_over",
            "strange_items_are_passed_over_and_broken_answers_are_not_believed",
            "frames_are_the_same_however_the_bytes_arrive",
            "no_bytes_whatever_do_harm",
        ],
    ),
    (
        31,
        "names of folders touch no file and hide no mail",
        &[
            "strange_names_of_folders_touch_no_file_and_hide_no_mail",
            "names_are_unescaped_and_junk_is_kept_as_text",
            "junk_stays_as_it_came",
        ],
    ),
    (
        32,
        "a server that says too much at once is left alone for a while",
        &[
            "throttling_is_told_from_a_wrong_password",
            "each_failure_has_its_status_and_its_pause",
        ],
    ),
    (
        33,
        "nonsense dates neither keep a mail away nor order it",
        &[
            "no_date_and_no_id_keeps_a_mail_away",
            "a_date_that_no_calendar_has_is_noted",
        ],
    ),
    (
        34,
        "nothing is taken away on the server that is not stored here, and nothing unless it is asked for",
        &[
            "a_mail_goes_round_on_real_servers_is_removed_and_makes_no_ticket",
            "what_is_stored_is_moved_or_deleted_and_what_was_there_before_stays",
            "what_is_taken_away_is_never_lost_whatever_the_server_does",
            "mail_that_is_taken_away_while_the_program_ends_is_there_or_here",
            "a_server_that_cannot_name_single_mails_is_told_and_left_alone",
            "what_the_server_cannot_do_for_single_mails_is_refused_with_the_reason",
            "only_what_still_is_the_stored_mail_is_taken_away",
            "dovecot_moves_and_deletes_what_is_stored_and_makes_no_second_ticket",
        ],
    ),
    (
        35,
        "a command that was cut off spoils its session and nothing else",
        &["a_command_that_was_cut_off_spoils_the_session_and_nothing_else"],
    ),
    (
        36,
        "two processes never sync one mailbox",
        &[
            "one_process_holds_a_mailbox_until_its_lease_ends",
            "of_two_desks_one_syncs_and_the_other_takes_over_when_it_is_killed",
            "a_second_outcome_is_ignored_and_known_uids_make_no_holes",
            "only_a_dead_process_of_this_host_gives_way",
        ],
    ),
    (
        37,
        "ended between any two writes: batches are whole or absent",
        &[
            "a_first_sync_ended_at_any_step_brings_every_mail_once",
            "live_mail_ended_at_any_step_comes_once",
            "a_step_is_written_whole_or_not_at_all",
            "the_cursor_never_passes_a_hole_and_never_goes_back",
        ],
    ),
    (
        38,
        "a mail that kills its reader costs only itself",
        &[
            "a_mail_that_kills_the_parser_costs_only_itself",
            "a_parser_that_is_too_slow_is_killed",
            "whatever_comes_becomes_a_ticket_and_keeps_nothing_else_away",
        ],
    ),
    (
        39,
        "a mail that always fails is recorded after three times, and others flow",
        &[
            "a_mail_that_is_refused_in_run_after_run_is_recorded",
            "a_mail_that_kills_the_parser_costs_only_itself",
            "a_mail_that_the_server_cannot_read_is_named_and_stops_no_other",
        ],
    ),
    (
        40,
        "a mail that could not be read is read again by a better program",
        &[
            "a_later_version_reads_what_could_not_be_read_and_answers_nothing",
            "an_answer_that_is_read_late_says_where_it_may_belong_and_damaged_bytes_are_left_alone",
        ],
    ),
    (
        41,
        "a mail over the limit becomes a ticket with its size, and is whole by a key",
        &[
            "whatever_comes_becomes_a_ticket_and_keeps_nothing_else_away",
            "large_mails_are_found_and_only_their_header_is_fetched",
            "the_headers_of_a_mail_that_was_too_large_are_enough",
            "the_whole_of_a_large_mail_takes_the_place_of_its_header",
            "what_keeps_the_whole_away_is_told_and_leaves_the_header",
            "a_download_ended_at_any_step_leaves_the_header_or_the_whole",
            "only_the_process_that_holds_the_mailbox_downloads_from_it",
        ],
    ),
    (
        42,
        "a flood is stored, stands in one row and is not answered",
        &[
            "a_flood_of_one_sender_is_kept_whole_stands_in_one_row_and_is_hardly_answered",
            "a_flood_is_the_latest_of_its_tickets_that_the_query_finds_and_says_how_many_there_are",
            "a_folded_list_is_read_from_indices_alone",
            "caps_end_every_exchange",
            "two_thousand_mails_come_whole_and_once",
            "ten_thousand_mails_and_a_folder_of_fifty_thousand",
        ],
    ),
    (
        43,
        "archives stay packed",
        &[
            "archives_and_bombs_stay_packed",
            "every_attachment_can_be_taken_out",
        ],
    ),
    (
        44,
        "wrong charsets become text with marks, and the raw mail is a key away",
        &[
            "every_mail_is_read_as_a_person_would",
            "any_bytes_give_a_mail",
            "what_stands_behind_a_message_is_one_key_away",
        ],
    ),
    (
        45,
        "a quote is folded and never cut",
        &[
            "no_byte_of_a_mail_is_left_out",
            "quotes_unfold_on_the_message_under_the_cursor",
        ],
    ),
    (
        46,
        "bounces, reports, automatic mail, lists and our own mail are known and not answered",
        &[
            "reports_and_our_own_mail_are_told_apart",
            "lists_and_mail_systems_have_signs_of_their_own",
            "a_bounce_goes_to_the_answer_it_is_about_and_changes_nothing_else",
            "nobody_else_is_answered_by_a_program",
            "our_own_mail_returns_without_a_message_and_mail_written_elsewhere_is_outgoing",
        ],
    ),
    (
        47,
        "two desks that answer each other come to an end",
        &[
            "helpdesks_that_answer_each_other_without_manners_end_at_the_cap_and_are_marked",
            "two_desks_that_answer_each_other_come_to_an_end_and_say_so",
        ],
    ),
];
