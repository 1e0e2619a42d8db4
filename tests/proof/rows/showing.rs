//! Signing in, secrets, the terminal and files.

use super::Row;

pub const ROWS: &[Row] = &[
    (
        86,
        "each reason to distrust a certificate is named, and one is trusted by its fingerprint alone",
        &[
            "each_reason_to_distrust_a_certificate_is_named",
            "a_certificate_is_refused_for_its_reason_and_taken_by_its_fingerprint",
            "one_accepted_certificate_is_believed_and_no_other",
            "trust_is_an_event_of_its_own",
        ],
    ),
    (
        87,
        "nobody signs in unprotected because a server says so",
        &[
            "starttls_fails_closed",
            "a_greeting_that_is_not_a_plain_ok_ends_the_connection",
            "servers_without_sasl_ir_or_plain_are_signed_in_to_as_well",
        ],
    ),
    (
        88,
        "a token is renewed once and kept before it is used; a revoked one waits for a person",
        &[
            "two_who_need_a_new_token_at_once_ask_for_one",
            "a_crash_between_the_renewal_and_its_use_loses_no_sign_in",
            "an_expired_token_is_renewed_once_and_a_revoked_sign_in_waits_for_a_person",
            "over_ssh_a_mailbox_is_connected_revoked_and_signed_in_to_again_and_all_mail_arrives",
        ],
    ),
    (
        89,
        "only the answer to this sign-in is taken",
        &[
            "only_the_answer_to_this_sign_in_is_taken",
            "the_challenge_is_the_one_of_the_standard",
            "the_browser_brings_the_code_to_the_door_once_and_only_to_this_sign_in",
        ],
    ),
    (
        90,
        "a device code is asked for by a person and shown with what it opens",
        &[
            "a_device_code_is_shown_with_what_it_opens_and_polled_politely",
            "a_device_code_is_not_even_asked_for_where_the_admin_did_not_allow_it",
        ],
    ),
    (
        91,
        "no password in anything that is written",
        &[
            "no_password_is_in_anything_that_is_written_whether_it_was_right_or_wrong",
            "the_password_is_written_nowhere_but_in_the_secrets_file",
            "no_level_lets_the_imap_crates_write_what_they_send",
            "the_protocol_log_has_no_secret_and_no_mail",
            "a_password_is_never_an_argument",
            "sending_signs_in_with_the_token_too_and_nothing_of_it_is_in_any_log",
        ],
    ),
    (
        92,
        "a password command has an end, and its first line is the password",
        &[
            "a_hanging_command_ends_with_everything_it_started",
            "a_chatty_command_does_not_block",
            "a_command_gives_its_first_line",
            "a_source_that_keeps_nothing_says_so",
        ],
    ),
    (
        93,
        "nothing that a stranger wrote moves the terminal",
        &[
            "nothing_a_stranger_writes_reaches_the_terminal",
            "nothing_a_stranger_writes_comes_out_of_a_command",
            "no_screen_obeys_a_title_or_a_clipboard",
            "no_screen_obeys_colours_and_modes",
            "no_screen_obeys_resets_and_questions",
            "no_screen_obeys_c1",
            "no_screen_obeys_a_link",
            "no_screen_ends_a_paste",
            "no_screen_turns_around",
            "no_screen_hides_anything",
            "no_screen_obeys_a_lone_control",
            "what_a_server_says_moves_no_terminal",
            "what_somebody_typed_moves_no_terminal",
            "no_control_is_left_but_the_newline_of_a_text",
            "one_sequence_is_written_and_nothing_in_it_ends_it",
        ],
    ),
    (
        94,
        "a pretended sender is marked, and the real address stands beside the name",
        &[
            "pretended_senders_are_marked",
            "both_forms_of_a_domain_are_told",
            "the_real_address_is_always_shown",
            "one_sender_named_twice_is_one_sender",
            "what_looks_wrong_is_said_once_before_it_goes",
        ],
    ),
    (
        95,
        "any text in any size is drawn",
        &[
            "every_size_can_be_drawn_in_every_place",
            "any_size_is_drawn_at_any_moment",
            "marks_on_one_base_stay_on_their_line",
            "a_long_text_is_cut_and_noted",
            "what_a_terminal_makes_of_it_is_what_was_painted",
        ],
    ),
    (
        96,
        "a mail is shown without a network",
        &[
            "what_shows_a_mail_knows_no_network",
            "links_are_numbered_and_only_safe_ones_listed",
        ],
    ),
    (
        97,
        "a stranger does not choose where a file goes",
        &[
            "a_stranger_never_chooses_where_a_file_goes",
            "nothing_is_written_over",
            "a_link_in_the_target_is_not_followed",
            "a_name_is_a_base_name_and_nothing_else",
        ],
    ),
    (
        98,
        "a link shows where it goes, and adds no file and no recipient",
        &[
            "a_link_that_pretends_is_told",
            "a_link_adds_no_file_and_no_hidden_recipient_to_a_mail",
            "nothing_but_the_web_is_a_link",
        ],
    ),
    (
        99,
        "the line drops or the desk breaks off: the text is saved and the terminal is given back",
        &[
            "a_line_that_drops_loses_no_text_and_leaves_the_terminal_as_it_was",
            "a_desk_that_breaks_off_saves_the_text_gives_the_terminal_back_and_names_its_report",
            "a_part_of_the_engine_that_breaks_off_is_told_and_begins_again",
            "what_is_typed_is_with_the_store_two_seconds_after_the_last_key",
            "text_that_was_typed_is_back_after_a_crash",
            "the_end_of_the_program_saves_first",
        ],
    ),
    (
        100,
        "an export runs nothing in a spreadsheet",
        &[
            "what_begins_like_a_formula_is_text",
            "cells_with_commas_and_quotes_stay_one_cell",
            "a_spreadsheet_runs_nothing_that_somebody_typed",
            "nothing_a_stranger_writes_comes_out_of_a_command",
        ],
    ),
];
