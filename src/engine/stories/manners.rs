//! Mail that nobody writes, in small: what its words promise, and whom the caps take for one person.

use std::time::Duration;

use super::automatic::{desk, mail, replies, tells};
use super::desk::SUPPORT;
use crate::domain::decide::Action;
use crate::domain::ids::TicketNumber;
use crate::domain::mailbox::ClosedReply;
use crate::domain::ticket::Status;

#[tokio::test(flavor = "multi_thread")]
async fn a_closing_notice_promises_no_answer_where_none_is_read() {
    let mut desk = desk(|settings| {
        tells(settings);
        settings.policy.closed_reply = ClosedReply::Refuse;
    })
    .await;
    desk.fetches(&[&mail("Printer", "one", "")]).await;
    let number = TicketNumber(desk.list("").await[0]);
    desk.act(&[number], Action::SetStatus(Status::Closed)).await;
    let notice = desk.sent_mail(&desk.outbox()[0]);
    assert!(!notice.text.contains("just answer"), "{}", notice.text);
    assert!(
        notice.text.contains("write a new mail to support@"),
        "{}",
        notice.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_with_a_new_plus_address_each_time_is_one_person_and_tomorrow_is_another_day() {
    let mut desk = desk(replies).await;
    let from = |index: usize| {
        format!(
            "From: Robot <robot+{index}@example.test>\r\nTo: {SUPPORT}\r\nSubject: Report {index}\r\nMessage-ID: <r{index}@example.test>\r\n\r\nHello.\r\n"
        )
        .into_bytes()
    };
    for index in 0..6 {
        desk.fetches(&[&from(index)]).await;
    }
    assert_eq!(desk.outbox().len(), 3);
    // Somebody whose name begins alike is somebody else.
    desk.fetches(&[&mail("Hello", "other", "")]).await;
    assert_eq!(desk.outbox().len(), 4);
    desk.clock.advance(Duration::from_secs(24 * 3600 + 60));
    desk.fetches(&[&from(7)]).await;
    assert_eq!(desk.outbox().len(), 5, "the cap is for a day");
}
