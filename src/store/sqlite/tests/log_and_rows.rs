use super::*;
use crate::domain::ticket::Status;

#[test]
fn a_mail_becomes_a_ticket_that_reads_back_as_it_was_written() {
    let desk = Desk::new();
    let (number, id) = desk.mail(10, "Olena@Example.test", "Printer", "It does not print");
    read(&desk.store, |snapshot| {
        let ticket = snapshot.ticket(number)?.unwrap();
        assert_eq!(ticket.subject, "Printer");
        assert_eq!(ticket.tally.messages, 1);
        assert_eq!(ticket.updated_at, at(10));
        let messages = snapshot.messages(number)?;
        let wanted = incoming(
            id,
            number,
            10,
            "Olena@Example.test",
            "Printer",
            "It does not print",
        );
        assert_eq!(messages, std::slice::from_ref(&wanted));
        assert_eq!(snapshot.message(id)?, Some(wanted));
        assert_eq!(snapshot.participants(number)?, ["olena@example.test"]);
        let known = snapshot.known_message_ids(&format!("{id}@customer.test"))?;
        assert_eq!(known.len(), 1);
        assert_eq!(known[0].ticket, number);
        let events = snapshot.events(number)?;
        assert_eq!(events.len(), 2);
        assert_eq!(snapshot.step(events[0].id)?, events);
        Ok(())
    })
    .unwrap();
    assert_eq!(desk.store.rebuild_check().unwrap(), []);
}

#[test]
fn a_step_is_written_whole_or_not_at_all() {
    let desk = Desk::new();
    let (number, _) = desk.mail(10, "a@b.test", "One", "text");
    let failed = write(&desk.store, |tx| {
        let set = |ticket, to| NewEvent {
            ticket,
            what: Happening::StatusSet {
                from: Status::New,
                to,
            },
            takes_back: None,
        };
        tx.append(
            Actor::System,
            at(20),
            &[
                set(number, Status::Closed),
                set(TicketNumber(999), Status::Closed),
            ],
        )
    });
    assert!(failed.unwrap_err().what.contains("no ticket 999"));
    let ticket = read(&desk.store, |snapshot| snapshot.ticket(number)).unwrap();
    assert_eq!(ticket.unwrap().status, Status::New);
}

#[test]
fn numbers_and_ids_are_never_used_twice() {
    let desk = Desk::new();
    let (first, id) = desk.mail(1, "a@b.test", "s", "t");
    let lost = write(&desk.store, |tx| -> StoreResult<()> {
        tx.next_ticket_number()?;
        Err(Trouble::operator("on purpose"))
    });
    assert!(lost.is_err());
    let (second, other) = desk.mail(2, "a@b.test", "s", "t");
    assert_eq!((first.0, second.0), (1, 2));
    assert_ne!(id, other);
    read(&desk.store, |s| {
        assert_eq!(
            s.tickets_changed_since(crate::domain::ids::EventId(2))?,
            [second]
        );
        assert_eq!(s.last_event()?.0, 4);
        let contact = s.contact_by_address("a@b.test")?.unwrap().id;
        assert_eq!(s.last_ticket_of(contact, desk.mailbox)?, Some(second));
        Ok(())
    })
    .unwrap();
}

mod any_history {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ticket::{Mark, Priority};

    fn happening() -> impl Strategy<Value = Happening> {
        let status = prop_oneof![
            Just(Status::New),
            Just(Status::Open),
            Just(Status::Pending),
            Just(Status::Closed)
        ];
        let priority = prop_oneof![Just(Priority::Low), Just(Priority::Urgent)];
        let tags = proptest::collection::vec("[a-c]{1,2}", 0..3);
        let moment = proptest::option::of((0_i64..100_000_000).prop_map(|nanos| {
            Timestamp::from_nanosecond(1_790_000_000_000_000_000 + i128::from(nanos)).unwrap()
        }));
        let moves =
            (1_i64..50, any::<bool>(), 0..3).prop_map(|(message, files, kind)| MessageMove {
                message: MessageId(message),
                kind: match kind {
                    0 => MessageKind::Incoming,
                    1 => MessageKind::Outgoing,
                    _ => MessageKind::Note,
                },
                class: MailClass::Person,
                has_attachments: files,
                first_reply: false,
                other_ticket: None,
            });
        prop_oneof![
            (status.clone(), status).prop_map(|(from, to)| Happening::StatusSet { from, to }),
            (priority.clone(), priority).prop_map(|(from, to)| Happening::PrioritySet { from, to }),
            (tags.clone(), tags).prop_map(|(added, removed)| Happening::Tagged { added, removed }),
            moment.prop_map(|to| Happening::Snoozed { from: None, to }),
            any::<bool>().prop_map(|to| Happening::ReadSet {
                from_unread: !to,
                to_unread: to
            }),
            "[а-яa-z ]{0,8}".prop_map(|to| Happening::Renamed {
                from: String::new(),
                to
            }),
            any::<bool>().prop_map(|me| Happening::Assigned {
                from: None,
                to: me.then_some(OperatorId(1))
            }),
            (1_i64..4).prop_map(|other| Happening::Marked {
                added: vec![
                    Mark::PossiblyBelongsTo(TicketNumber(other)),
                    Mark::LoopSuspected
                ],
                removed: vec![Mark::Follows(TicketNumber(other))]
            }),
            moves.clone().prop_map(Happening::MessageJoined),
            moves.prop_map(Happening::MessageLeft),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn tickets_rebuilt_from_the_log_are_the_stored_ones(
            steps in proptest::collection::vec(
                proptest::collection::vec((1_i64..4, happening()), 1..6), 1..12)
        ) {
            let desk = Desk::new();
            for second in 1..4 {
                desk.mail(second, "a@b.test", "s", "t");
            }
            for (step, second) in steps.into_iter().zip(10..) {
                let events: Vec<NewEvent> = step
                    .into_iter()
                    .map(|(ticket, what)| NewEvent {
                        ticket: TicketNumber(ticket),
                        what,
                        takes_back: None,
                    })
                    .collect();
                let appended = write(&desk.store, |tx| tx.append(Actor::System, at(second), &events));
                let kept = read(&desk.store, |s| s.step(appended.clone().unwrap())).unwrap();
                let wanted: Vec<_> = events.iter().map(|event| &event.what).collect();
                prop_assert_eq!(kept.iter().map(|event| &event.what).collect::<Vec<_>>(), wanted);
            }
            prop_assert_eq!(desk.store.rebuild_check().unwrap(), vec![]);
        }
    }
}
