//! What can happen to an answer on its way out.

use super::Row;

pub const ROWS: &[Row] = &[
    (
        48,
        "lost before the dot: sent again, never twice",
        &[
            "whatever_breaks_before_the_dot_is_certainly_not_sent",
            "an_answer_killed_before_the_dot_is_sent_once_afterwards",
        ],
    ),
    (
        49,
        "lost after the dot: in doubt, visible, settled by evidence",
        &[
            "whatever_is_lost_after_the_dot_is_uncertain",
            "an_answer_killed_after_the_dot_is_uncertain_and_not_sent_again_until_the_customer_answers",
            "an_uncertain_answer_is_settled_by_its_copy_in_the_sent_folder",
        ],
    ),
    (
        50,
        "a server that is silent after the dot is waited for, and then it is in doubt",
        &[
            "a_slow_server_is_waited_for_and_an_endlessly_slow_one_is_not",
            "whatever_is_lost_after_the_dot_is_uncertain",
        ],
    ),
    (
        51,
        "a no after the dot is definite",
        &[
            "the_servers_no_is_definite_in_every_phase",
            "an_answer_that_is_put_off_leaves_at_most_once",
        ],
    ),
    (
        52,
        "ended at any step of sending: one copy at most, and never called sent without a word",
        &[
            "an_answer_ended_at_any_step_leaves_at_most_once",
            "an_answer_that_the_server_takes_piece_by_piece_leaves_at_most_once",
            "the_answers_of_a_morning_ended_at_any_step_leave_at_most_once_each",
            "nothing_is_sent_twice_by_itself",
        ],
    ),
    (
        53,
        "each recipient has an outcome of their own",
        &[
            "each_recipient_has_an_answer_of_its_own",
            "a_row_splits_so_that_nobody_gets_the_mail_twice",
            "an_unknown_user_is_refused_by_name_and_the_others_get_the_mail",
            "no_recipient_is_lost_or_doubled",
        ],
    ),
    (
        54,
        "greylisting and limits: pauses grow, five days, never dropped",
        &[
            "pauses_grow_to_four_hours",
            "after_five_days_it_is_refused_visibly_and_can_be_retried",
            "a_server_that_is_busy_or_unwilling_before_the_mail_is_asked_again_later",
        ],
    ),
    (
        55,
        "what was refused can be sent again by a key",
        &[
            "after_five_days_it_is_refused_visibly_and_can_be_retried",
            "each_step_leads_where_the_table_says_and_nowhere_else",
        ],
    ),
    (
        56,
        "no TLS, stripped, or words before it: it fails before anybody signs in",
        &[
            "starttls_fails_closed",
            "no_password_is_sent_where_none_is_asked_for",
            "a_certificate_from_nowhere_ends_the_attempt_before_anything_is_said",
        ],
    ),
    (
        57,
        "answers out of step, garbage and endless answers end the session",
        &[
            "an_answer_before_the_dot_is_not_taken_for_the_answer",
            "words_behind_an_answer_end_the_session",
            "answers_without_end_are_cut_off",
            "a_reply_line_is_three_digits_and_a_space_or_dash",
        ],
    ),
    (
        58,
        "a Message-ID that a provider rewrote is still known",
        &[
            "our_own_mail_returns_without_a_message_and_mail_written_elsewhere_is_outgoing",
            "every_mail_is_read_as_a_person_would",
        ],
    ),
    (
        59,
        "one copy in the Sent folder at most, whatever becomes of it",
        &[
            "a_copy_whose_answer_was_lost_is_looked_for_and_not_made_again",
            "a_copy_that_the_server_does_not_take_says_why_and_the_answer_is_sent",
            "a_copy_is_put_into_sent_and_found_by_its_id",
            "an_answer_written_by_keys_reaches_the_customer_whose_answer_reopens_the_ticket",
        ],
    ),
    (
        60,
        "a restored store sends nothing by itself",
        &[
            "what_was_on_its_way_is_parked_when_a_store_comes_back",
            "a_backup_made_at_work_comes_back_whole_and_sends_nothing_by_itself",
        ],
    ),
    (
        61,
        "two senders: one wins",
        &[
            "only_one_mover_wins_and_finished_answers_are_not_due",
            "a_refused_barrier_leaves_the_server_without_a_whole_mail",
            "an_answer_from_another_process_is_delivered_once_and_the_desk_shows_it_within_a_second",
        ],
    ),
    (
        62,
        "pressed twice, or written by two: one mail each, and the other's answer is seen first",
        &[
            "a_draft_that_somebody_writes_is_not_sent_with_other_words",
            "a_message_that_comes_in_meanwhile_is_said",
            "an_answer_is_written_and_sent_in_one_step_and_a_refused_one_leaves_no_draft",
        ],
    ),
    (
        63,
        "taken back until it is claimed, and then it is too late",
        &[
            "an_answer_can_be_taken_back_until_it_is_claimed",
            "an_answer_is_taken_back_as_it_was_until_it_is_being_sent",
            "an_answer_taken_back_within_its_window_is_never_sent",
        ],
    ),
    (
        64,
        "no value adds a header",
        &[
            "no_value_adds_a_header",
            "addresses_are_made_safe_or_refused",
            "what_cannot_be_sent_is_the_operators_move",
            "no_value_can_begin_a_line",
        ],
    ),
    (
        65,
        "a clock that is wrong by years holds nothing back, and is told before an answer is dated by it",
        &[
            "a_clock_that_was_years_ahead_holds_no_answer_back_for_years",
            "an_answer_put_off_by_a_wrong_clock_leaves_once_with_the_right_one",
            "a_lease_that_a_wrong_clock_gave_for_years_gives_way",
            "a_mail_says_no_more_about_the_clock_than_it_can_know",
            "two_looks_must_say_the_same_and_one_that_agrees_ends_it",
            "a_clock_that_differs_from_the_servers_is_told_until_it_is_right",
            "old_mail_that_another_program_moves_says_nothing_about_the_clock",
            "an_answer_is_not_dated_by_a_wrong_clock_without_a_word",
        ],
    ),
];
