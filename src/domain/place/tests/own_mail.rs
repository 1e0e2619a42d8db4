//! Mail of ours that comes back, and answers that were written in another program.

use super::*;

#[test]
fn our_own_mail_returns_without_a_message_and_mail_written_elsewhere_is_outgoing() {
    let policy = MailboxPolicy::default();
    let mut back = from("support@acme.example", SUBJECT);
    back.message_id = Some("signed-7@us".into());
    assert_eq!(
        short(&put_from(&back, MailClass::Own, &policy, true)),
        "returned 71"
    );
    assert_eq!(short(&put(&back, MailClass::Own, &policy)), "returned 71");
    back.message_id = Some("rewritten@provider".into());
    back.signals.original_message_ids = vec!["signed-7@us".into()];
    assert_eq!(
        short(&put_from(&back, MailClass::Own, &policy, true)),
        "returned 71"
    );
    back.signals.original_message_ids.clear();
    back.signals.own_reference = Some("signed-7@us".into());
    assert_eq!(
        short(&put_from(&back, MailClass::Own, &policy, true)),
        "returned 71"
    );

    let elsewhere = reply("support@acme.example", OTHER, "customer-7@x");
    let placed = put_from(&elsewhere, MailClass::Own, &policy, true);
    assert_eq!(short(&placed), "#7 KnownReference []");
    let fresh = ticket(7, Status::New).ticket;
    let happenings = events(&placed, MailClass::Own, MessageKind::Outgoing, Some(&fresh));
    assert_eq!(happenings, ["joined", "new to open"]);
}

#[test]
fn an_answer_that_a_restored_store_does_not_know_is_placed_in_its_ticket() {
    let mut mail = reply("support@acme.example", SUBJECT, "customer-7@x");
    mail.message_id = Some("signed-8@us".into());
    let placed = put_from(&mail, MailClass::Own, &MailboxPolicy::default(), true);
    assert_eq!(short(&placed), "#7 KnownReference []");
}
