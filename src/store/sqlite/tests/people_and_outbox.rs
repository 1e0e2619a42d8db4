use super::*;
use crate::domain::contact::{Signature, View};
use crate::domain::draft::{Draft, DraftKind};
use crate::domain::ids::{DraftId, OutboxId, SignatureId, ViewId};
use crate::domain::outbox::{DeliveryState, Listed};
use crate::store::outbox::{OutboxRow, SentCopy};

pub(super) fn outbox_row(desk: &Desk, id: i64, state: DeliveryState) -> OutboxRow {
    OutboxRow {
        id: OutboxId(id),
        message: MessageId(id + 100),
        ticket: TicketNumber(1),
        mailbox: desk.mailbox,
        message_id: format!("answer-{id}@acme.test"),
        envelope_from: Some("support@acme.test".into()),
        envelope_to: vec!["olena@example.test".into()],
        content: hash(b"answer"),
        state,
        attempts: 0,
        queued_at: at(id),
        changed_at: at(id),
        sent_copy: SentCopy::Due,
    }
}

#[test]
fn a_contact_is_met_once_and_keeps_its_edited_name() {
    let desk = Desk::new();
    let meet = |address: &'static str, first: &'static str| {
        write(&desk.store, |tx| tx.meet_contact(address, first, "K")).unwrap()
    };
    let id = meet("Olena@Example.test", "Olena");
    write(&desk.store, |tx| tx.rename_contact(id, "Лена", "Коваленко")).unwrap();
    assert_eq!(meet("olena@example.TEST", "Other"), id);
    read(&desk.store, |s| {
        let contact = s.contact_by_address("OLENA@example.test")?.unwrap();
        assert_eq!(contact.display_name(), "Лена Коваленко");
        assert_eq!(contact.address, "Olena@Example.test");
        assert_eq!(s.contact(id)?, Some(contact));
        assert_eq!(s.contact_by_address("nobody@example.test")?, None);
        Ok(())
    })
    .unwrap();
}

#[test]
fn contacts_are_completed_by_any_word_the_latest_first() {
    let desk = Desk::new();
    let meet = |address: &'static str, first: &'static str, last: &'static str| {
        write(&desk.store, |tx| tx.meet_contact(address, first, last)).unwrap();
    };
    meet("olena@example.test", "Олена", "Коваленко");
    meet("dmytro@example.test", "Dmytro", "O'Neil");
    meet("zoe@other.test", "Zoë", "Müller");
    meet("olena@example.test", "", "");
    let complete = |prefix: &'static str| -> Vec<String> {
        read(&desk.store, |s| s.complete_contacts(prefix, 10))
            .unwrap()
            .into_iter()
            .map(|contact| contact.address)
            .collect()
    };
    assert_eq!(
        complete("exam"),
        ["olena@example.test", "dmytro@example.test"]
    );
    assert_eq!(complete("ковал"), ["olena@example.test"]);
    assert_eq!(complete("олена КОВ"), ["olena@example.test"]);
    assert_eq!(complete("muller zo"), ["zoe@other.test"]);
    assert_eq!(complete("dmytro@ex"), ["dmytro@example.test"]);
    assert_eq!(complete("nobody"), Vec::<String>::new());
    assert_eq!(complete("").len(), 3);
    assert_eq!(complete("%' OR 1=1 --"), Vec::<String>::new());
}

#[test]
fn operators_signatures_views_and_facts_are_kept() {
    let desk = Desk::new();
    write(&desk.store, |tx| {
        let anna = tx.meet_operator("anna", "Somebody else")?;
        assert_eq!(tx.operators()?[0].display_name, "Anna");
        assert_eq!(tx.meet_operator("ANNA", "x")?, anna);
        let mut signature = Signature {
            id: SignatureId(0),
            name: "Short".into(),
            markdown: "Anna".into(),
            mailbox: Some(desk.mailbox),
            operator: None,
            is_markdown: true,
        };
        signature.id = tx.put_signature(None, &signature)?;
        signature.markdown = "*Anna*".into();
        tx.put_signature(Some(signature.id), &signature)?;
        assert_eq!(tx.signatures()?, [signature.clone()]);
        tx.delete_signature(signature.id)?;
        assert_eq!(tx.signatures()?, []);
        let mut view = View {
            id: ViewId(0),
            name: "VIP".into(),
            query: "tag:vip".into(),
            position: 1500,
        };
        view.id = tx.put_view(None, &view)?;
        assert_eq!(tx.views()?[1], view);
        tx.delete_view(view.id)?;
        assert_eq!(tx.views()?.len(), 7);
        tx.set_fact("zone", b"Europe/Kyiv")?;
        tx.set_fact("zone", b"UTC")?;
        assert_eq!(tx.fact("zone")?, Some(b"UTC".to_vec()));
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_draft_is_saved_over_and_deleted() {
    let desk = Desk::new();
    let mut draft = Draft {
        from: None,
        id: DraftId(1),
        operator: OperatorId(1),
        mailbox: desk.mailbox,
        ticket: Some(TicketNumber(1)),
        kind: DraftKind::Reply,
        answers: None,
        to: Vec::new(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: "Re: Printer".into(),
        body: "Dear".into(),
        signature: None,
        attachments: Vec::new(),
        saved_at: at(1),
    };
    write(&desk.store, |tx| tx.put_draft(&draft)).unwrap();
    draft.body = "Dear Olena".into();
    write(&desk.store, |tx| tx.put_draft(&draft)).unwrap();
    read(&desk.store, |s| {
        assert_eq!(s.draft(draft.id)?, Some(draft.clone()));
        assert_eq!(s.drafts(OperatorId(1))?, std::slice::from_ref(&draft));
        assert_eq!(s.drafts(OperatorId(2))?, []);
        Ok(())
    })
    .unwrap();
    write(&desk.store, |tx| tx.delete_draft(draft.id)).unwrap();
    assert_eq!(read(&desk.store, |s| s.draft(draft.id)).unwrap(), None);
}

#[test]
fn only_one_mover_wins_and_finished_answers_are_not_due() {
    let desk = Desk::new();
    let row = outbox_row(&desk, 1, DeliveryState::Queued);
    write(&desk.store, |tx| tx.put_outbox(&row)).unwrap();
    let step = |from: DeliveryState, to: DeliveryState| {
        write(&desk.store, |tx| {
            tx.move_outbox(row.id, &from, &to, 1, at(9))
        })
        .unwrap()
    };
    let due = || read(&desk.store, |s| Ok(s.outbox_due(desk.mailbox)?.len())).unwrap();
    assert!(step(DeliveryState::Queued, DeliveryState::Sending));
    assert!(!step(DeliveryState::Queued, DeliveryState::Sending));
    assert!(step(DeliveryState::Sending, DeliveryState::Dot));
    assert_eq!(due(), 1);
    let sent = DeliveryState::Sent {
        at: at(9),
        line: "250 ok".into(),
    };
    assert!(step(DeliveryState::Dot, sent.clone()));
    assert_eq!(due(), 1, "the copy in the Sent folder is still due");
    write(&desk.store, |tx| tx.set_sent_copy(row.id, &SentCopy::Done)).unwrap();
    assert_eq!(due(), 0);
    let wanted = OutboxRow {
        state: sent,
        attempts: 1,
        changed_at: at(9),
        sent_copy: SentCopy::Done,
        ..row.clone()
    };
    read(&desk.store, |s| {
        assert_eq!(s.outbox(Listed::All)?, std::slice::from_ref(&wanted));
        assert_eq!(s.outbox_row(row.id)?, Some(wanted.clone()));
        assert_eq!(s.outbox_of_message(row.message)?, Some(wanted.clone()));
        let found = s.outbox_by_message_id("answer-1@acme.test")?;
        assert_eq!(found, Some(wanted.clone()));
        Ok(())
    })
    .unwrap();
}

#[test]
fn what_is_on_its_way_is_listed_however_much_was_sent() {
    let desk = Desk::new();
    let sent = |at: Timestamp| DeliveryState::Sent {
        at,
        line: "250 ok".into(),
    };
    let refused = DeliveryState::Refused {
        recipients: Vec::new(),
    };
    write(&desk.store, |tx| {
        tx.put_outbox(&outbox_row(&desk, 1, refused.clone()))?;
        tx.put_outbox(&outbox_row(&desk, 2, DeliveryState::Queued))?;
        for id in 3..300 {
            tx.put_outbox(&outbox_row(&desk, id, sent(at(id))))?;
        }
        tx.put_outbox(&outbox_row(&desk, 300, DeliveryState::Cancelled))
    })
    .unwrap();
    let listed = |listed: Listed| {
        let rows = read(&desk.store, |s| s.outbox(listed)).unwrap();
        rows.iter().map(|row| row.id.0).collect::<Vec<_>>()
    };
    assert_eq!(listed(Listed::OPEN), [1, 2]);
    let with_latest = Listed::Open {
        latest: 2,
        with: Some(OutboxId(7)),
    };
    assert_eq!(listed(with_latest), [1, 2, 7, 299, 300]);
    assert_eq!(listed(Listed::OfSameMessage(OutboxId(7))), [7]);
    assert_eq!(listed(Listed::All).len(), 300);
    let sql = format!("SELECT id FROM outbox WHERE {}", outbox::OPEN);
    let plan = plan(&desk, &sql);
    assert!(plan.contains("INDEX outbox_open"), "{plan}");
}
