//! Signatures: filled in for their ticket, an operator's own before a mailbox's.

use super::desk::Desk;
use crate::bridge::*;
use crate::domain::contact::Signature;
use crate::domain::ids::SignatureId;
use crate::mail::mime;

const OLENA: &str = "From: \"Olena *K* {ticket.number}\" <olena@example.test>\r\n\
To: support@desk.example.test\r\nSubject: Printer <b>smokes</b>\r\nMessage-ID: <one@example.test>\r\n\r\nHelp!\r\n";

impl Desk {
    /// What is said before the one draft that is there is sent.
    async fn warnings(&mut self) -> Vec<String> {
        let Writing::Drafts(drafts) = self.write(Write::Drafts).await else {
            panic!("no drafts")
        };
        let all = drafts.into_iter().flat_map(|draft| draft.warnings);
        all.map(|warning| warning.as_str().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_filled_in_for_its_ticket_and_an_empty_variable_is_said_before_sending() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, OLENA);
    let mut signature = Signature {
        id: SignatureId(0),
        name: "Short".into(),
        markdown: "**{operator.name|\"Support\"}** about #{ticket.number} to {contact.name}".into(),
        mailbox: Some(desk.mailbox),
        operator: None,
        is_markdown: false,
    };
    let put = |signature: &Signature| {
        Request::People(PeopleRequest::PutSignature {
            id: None,
            signature: signature.clone(),
        })
    };
    desk.ask(put(&signature)).await;
    signature.name = "Wrong".into();
    signature.markdown = "{operator.nam}".into();
    let trouble = desk.failure(put(&signature)).await;
    let cause = trouble.cause.unwrap();
    assert!(cause.contains("did you mean {operator.name}?"), "{cause}");

    let draft = desk.reply(ticket).await;
    assert!(draft.content.signature.is_some(), "the mailbox's signature");
    let draft = desk.type_above(&draft, "Unplug it.").await;
    assert_eq!(desk.warnings().await, Vec::<String>::new());
    let send = Write::Send {
        draft: draft.content.id,
        after: AfterSend::Keep,
    };
    desk.write(send).await;
    let row = desk.outbox().remove(0);
    let sent = desk.sent_mail(&row);
    let signed = format!("about #{ticket} to Olena *K* {{ticket.number}}");
    assert!(sent.text.contains(&signed), "{}", sent.text);
    let html = mime::html_part(&desk.raw(&row.content)).unwrap().unwrap();
    assert!(html.contains("<p>**"), "plain text is not Markdown: {html}");

    signature.name = "Empty".into();
    signature.markdown = "{mailbox.display_name} {operator.login} {contact.first_name}".into();
    desk.ask(put(&signature)).await;
    let nameless = "From: x@example.test\r\nTo: support@desk.example.test\r\nSubject: Hi\r\nMessage-ID: <n@example.test>\r\n\r\nHi.\r\n";
    let ticket = desk.raw_mail(None, nameless);
    let mut draft = desk.reply(ticket).await;
    let Report::Words(WordsReport::Signatures(all)) =
        desk.ask(Request::People(PeopleRequest::Signatures)).await
    else {
        panic!("no signatures")
    };
    draft.content.signature = all.iter().find(|one| one.name == "Empty").map(|one| one.id);
    desk.type_above(&draft, "Yes.").await;
    let warnings = desk.warnings().await;
    assert!(
        warnings
            .iter()
            .any(|one| one.contains("{contact.first_name}")),
        "{warnings:?}"
    );
}
