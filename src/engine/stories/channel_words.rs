//! An address that is redirected to another mailbox signs and answers by its own words.

use super::desk::{Desk, settings};
use crate::bridge::*;
use crate::domain::contact::Signature;
use crate::domain::ids::{MailboxId, SignatureId};
use crate::domain::mailbox::{Incoming, Outgoing};

const SALES: &str = "sales@desk.example.test";
const WRITTEN_TO_SALES: &str = "Delivered-To: support@desk.example.test\r\nX-Forwarded-To: support@desk.example.test\r\nDelivered-To: sales@desk.example.test\r\nFrom: Olena <olena@example.test>\r\nTo: sales@desk.example.test\r\nSubject: Prices\r\nMessage-ID: <s@example.test>\r\n\r\nWhat does it cost?\r\n";

async fn channel(desk: &mut Desk) -> MailboxId {
    let mut own = settings();
    own.name = "sales".into();
    own.address = SALES.into();
    own.display_name = "Desk Sales".into();
    own.incoming = Incoming::Forwarded(desk.mailbox);
    own.outgoing = Outgoing::Through(desk.mailbox);
    own.policy.automatic.auto_reply.is_on = true;
    own.policy.automatic.auto_reply.subject = "Sales have it: {ticket.subject}".into();
    let put = MailboxRequest::Put {
        id: None,
        settings: Box::new(own),
        secret: None,
    };
    match desk.ask(Request::Mailbox(put)).await {
        Report::Mailbox(MailboxReport::Saved(id)) => id,
        other => panic!("not saved: {other:?}"),
    }
}

async fn sign(desk: &mut Desk, name: &str, mailbox: MailboxId) {
    let signature = Signature {
        id: SignatureId(0),
        name: name.into(),
        markdown: format!("{name} of {{mailbox.display_name}}"),
        mailbox: Some(mailbox),
        operator: None,
        is_markdown: true,
    };
    let put = PeopleRequest::PutSignature {
        id: None,
        signature,
    };
    desk.ask(Request::People(put)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirected_address_has_its_own_auto_reply_and_signature() {
    let mut desk = Desk::open();
    let collecting = desk.mailbox;
    let sales = channel(&mut desk).await;
    sign(&mut desk, "Support words", collecting).await;
    sign(&mut desk, "Sales words", sales).await;
    desk.fetches(&[WRITTEN_TO_SALES.as_bytes()]).await;
    let row = desk.outbox().remove(0);
    assert_eq!(row.mailbox, sales);
    let reply = desk.sent_mail(&row);
    assert_eq!(reply.subject, "Sales have it: Prices");
    assert_eq!(reply.people.from[0].address, SALES);

    let draft = desk.reply(row.ticket).await;
    let draft = desk.type_above(&draft, "Nothing.").await;
    let send = Write::Send {
        draft: draft.content.id,
        after: AfterSend::Keep,
    };
    desk.write(send).await;
    let answer = desk.sent_mail(&desk.outbox()[1]);
    assert_eq!(answer.people.from[0].address, SALES);
    assert!(
        answer.text.contains("Sales words of Desk Sales"),
        "{}",
        answer.text
    );
}
