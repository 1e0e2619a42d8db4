//! Mailboxes under watch: the status and since when, what came meanwhile, alarms once, self-tests when it is silent.

use std::sync::Arc;
use std::time::Duration;

use super::desk::{Desk, settings};
use crate::bridge::{
    Look, MailboxReport, MailboxRequest, MailboxStatus, Pushed, Report, Request, WatchReport,
    WatchRequest,
};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{
    AlarmMail, CaughtUp, Condition, Endpoint, Health, Incoming, MailboxSettings, Outgoing,
    SecretSource, Security, Standing, Why,
};
use crate::domain::trouble::Trouble;
use crate::engine::clock::Clock;
use crate::engine::core::Engine;
use crate::engine::standing;
use crate::store;

const HOUR: Duration = Duration::from_secs(3_600);

impl Desk {
    /// The engine itself, as the workers have it.
    async fn engine(&mut self) -> Arc<Engine> {
        until("the workers to run", || {
            self.workers.engine.lock().unwrap().is_some()
        })
        .await;
        self.workers.engine.lock().unwrap().clone().unwrap()
    }

    async fn watch(&mut self, request: WatchRequest) -> WatchReport {
        let request = Request::Mailbox(MailboxRequest::Watch(request));
        match self.ask(request).await {
            Report::Mailbox(MailboxReport::Watch(report)) => report,
            other => panic!("expected how it does, got {other:?}"),
        }
    }

    async fn status(&mut self) -> MailboxStatus {
        match self.watch(WatchRequest::Status(self.mailbox)).await {
            WatchReport::Status(status) => *status,
            other @ WatchReport::SelfTested(_) => panic!("expected a status, got {other:?}"),
        }
    }

    fn standing(&self) -> Standing {
        let id = self.mailbox;
        store::read(self.store.as_ref(), |read| standing::of(read, id)).unwrap()
    }

    fn save(&self, id: Option<MailboxId>, settings: &MailboxSettings) -> MailboxId {
        let now = self.clock.now();
        store::write(self.store.as_ref(), |write| {
            write.put_mailbox(id, settings, now)
        })
        .unwrap()
    }

    /// Another mailbox, which sends.
    fn other(&self) -> MailboxId {
        let settings = MailboxSettings::new(
            "sales@desk.example.test",
            Incoming::Maildir("/nonexistent/sales".into()),
            Outgoing::Folder("/nonexistent/sales".into()),
            SecretSource::None,
        );
        self.save(None, &settings)
    }
}

/// Waits for a condition that other tasks bring about.
async fn until(label: &str, mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    if tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .is_err()
    {
        panic!("waited in vain for {label}");
    }
}

fn imap() -> MailboxSettings {
    MailboxSettings {
        incoming: Incoming::Imap(Endpoint {
            host: "localhost".into(),
            port: 1,
            security: Security::Tls,
        }),
        ..settings()
    }
}

fn failing(engine: &Engine) -> Health {
    Health::Failing {
        since: engine.clock.now(),
        next_try: None,
        trouble: Trouble::network("the server is away"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_status_has_its_beginning_and_keeps_it() {
    let mut desk = Desk::open();
    let engine = desk.engine().await;
    let id = desk.mailbox;
    assert_eq!(desk.status().await.status, Condition::Connecting);
    engine.set_health(id, Health::Live);
    let begun = desk.clock.now();
    until("the beginning to be noted", || {
        desk.standing().status == Some((Condition::Active, begun))
    })
    .await;
    desk.clock.advance(HOUR);
    let status = desk.status().await;
    assert_eq!(
        (status.status, status.since),
        (Condition::Active, Some(begun))
    );
    let broke = desk.clock.now();
    engine.set_health(
        id,
        Health::Interrupted {
            since: broke,
            next_try: broke,
            trouble: Trouble::network("away"),
        },
    );
    desk.clock.advance(HOUR);
    engine.set_health(id, failing(&engine));
    let status = desk.status().await;
    assert_eq!(status.status, Condition::Error);
    assert_eq!(status.health.reason().unwrap().what, "the server is away");
    let off = desk.clock.now();
    desk.ask(Request::Mailbox(MailboxRequest::Disable(id)))
        .await;
    until("the end to be noted", || {
        desk.standing().status == Some((Condition::Disabled, off))
    })
    .await;
    // What a worker still had to say when it was switched off changes nothing.
    standing::broke_off(&engine, id, &failing(&engine)).await;
    desk.clock.advance(HOUR);
    let status = desk.status().await;
    assert_eq!(
        (status.status, status.since),
        (Condition::Disabled, Some(off))
    );
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_while_it_was_off_is_counted_and_told() {
    let mut desk = Desk::open();
    let engine = desk.engine().await;
    let id = desk.mailbox;
    desk.ask(Request::Look(Look::Follow)).await;
    desk.ask(Request::Mailbox(MailboxRequest::Disable(id)))
        .await;
    desk.clock.advance(HOUR);
    desk.ask(Request::Mailbox(MailboxRequest::Enable(id))).await;
    assert_eq!(desk.standing().gap.unwrap().why, Why::SwitchedOn);
    // What a worker does: a round breaks off half way, the next one ends well.
    standing::load(&engine, id).await.unwrap();
    engine.health.came(id, 10, 9);
    standing::broke_off(&engine, id, &failing(&engine)).await;
    assert_eq!(desk.standing().gap.unwrap().mails, 10);
    engine.health.came(id, 4, 3);
    standing::looked(&engine, id).await;
    let told: CaughtUp = loop {
        if let Report::Pushed(Pushed::CaughtUp { caught_up, .. }) =
            desk.told("what came meanwhile").await.report
        {
            break caught_up;
        }
    };
    assert_eq!(told.sentence(), "14 mails came meanwhile, 12 new tickets");
    assert_eq!(desk.status().await.caught_up, Some(told));
    assert_eq!(desk.standing().gap, None);
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_told_by_mail_once_and_its_end_too() {
    let mut desk = Desk::open();
    let from = desk.other();
    let mut alarmed = settings();
    alarmed.watch.alarm_mail = Some(AlarmMail {
        from,
        to: "boss@elsewhere.test".into(),
    });
    desk.save(Some(desk.mailbox), &alarmed);
    let engine = desk.engine().await;
    let id = desk.mailbox;
    let letters = |desk: &Desk| desk.workers.letters.lock().unwrap().clone();
    *desk.workers.letter_answer.lock().unwrap() = Err(Trouble::server("come again"));
    let error = failing(&engine);
    engine.set_health(id, error.clone());
    until("the first attempt", || letters(&desk).len() == 1).await;
    until("its failure to be noted", || {
        let waiting = desk.standing().alarm.waiting;
        waiting.is_some_and(|waiting| waiting.attempts == 1)
    })
    .await;
    *desk.workers.letter_answer.lock().unwrap() = Ok(());
    let now = desk.clock.now();
    assert!(desk.standing().alarm.waiting.unwrap().next_try > now);
    desk.clock.advance(Duration::from_secs(61));
    until("the second attempt", || letters(&desk).len() == 2).await;
    until("nothing to wait", || {
        desk.standing().alarm.waiting.is_none()
    })
    .await;
    let sent = letters(&desk);
    assert_eq!(sent[0].0, from);
    assert_eq!(sent[1].1.to, "boss@elsewhere.test");
    assert!(sent[1].1.subject.starts_with("Error: support"), "{sent:?}");
    assert!(sent[1].1.body.contains("the server is away"));
    assert_eq!(sent[0].1.message_id, sent[1].1.message_id);
    assert!(sent[0].1.has_empty_sender && !sent[1].1.has_empty_sender);
    // The same error goes on: another attempt of the worker is no news.
    engine.set_health(id, Health::Starting);
    engine.set_health(id, error);
    desk.clock.advance(HOUR);
    engine.set_health(id, Health::Live);
    until("the letter that it works", || letters(&desk).len() == 3).await;
    let third = letters(&desk).pop().unwrap().1;
    assert!(
        third.subject.starts_with("Works again: support"),
        "{third:?}"
    );
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_never_comes_back_to_us() {
    let mut desk = Desk::open();
    let from = desk.other();
    for (to, sender, words) in [
        (
            "sales@desk.example.test",
            from,
            "come back to the mailbox sales",
        ),
        (
            "SUPPORT@desk.example.test",
            from,
            "come back to the mailbox",
        ),
        ("boss@elsewhere.test", desk.mailbox, "its own alarm"),
        ("boss@elsewhere.test", MailboxId(99), "not connected"),
    ] {
        let mut changed = settings();
        changed.name = "support".into();
        changed.watch.alarm_mail = Some(AlarmMail {
            from: sender,
            to: to.into(),
        });
        let trouble = desk
            .failure(Request::Mailbox(MailboxRequest::Put {
                id: Some(desk.mailbox),
                settings: Box::new(changed),
                secret: None,
            }))
            .await;
        assert!(trouble.what.contains(words), "{to}: {trouble}");
        assert!(trouble.hint.is_some());
    }
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silence_is_put_to_the_test_and_a_lost_mail_is_an_error() {
    let mut desk = Desk::open();
    desk.save(Some(desk.mailbox), &imap());
    let engine = desk.engine().await;
    let id = desk.mailbox;
    let trips = |desk: &Desk| desk.workers.trips.lock().unwrap().len();
    engine.set_health(id, Health::Live);
    until("the status", || desk.standing().status.is_some()).await;
    desk.clock.advance(HOUR * 23);
    let due = desk.status().await.self_test.due.unwrap();
    assert_eq!(due.duration_since(desk.clock.now()).as_hours(), 1);
    assert_eq!(trips(&desk), 0);
    desk.clock.advance(HOUR * 2);
    until("the first test", || trips(&desk) == 1).await;
    until("its end", || desk.standing().self_test.is_some()).await;
    assert_eq!(desk.standing().unheard, None);
    *desk.workers.trip_answer.lock().unwrap() =
        Some(Trouble::server("the mail was sent and did not come"));
    desk.clock.advance(HOUR * 25);
    until("the second test", || trips(&desk) == 2).await;
    until("the error", || {
        engine.health.get(id).0.status() == Condition::Error
    })
    .await;
    let status = desk.status().await;
    let trouble = status.health.reason().unwrap();
    assert!(trouble.what.contains("does not arrive"), "{trouble}");
    assert!(trouble.hint.as_ref().unwrap().contains("forwarding"));
    // It stays an error over a good round, and is tested again until it passes.
    engine.set_health(id, Health::Live);
    assert_eq!(engine.health.get(id).0.status(), Condition::Error);
    *desk.workers.trip_answer.lock().unwrap() = None;
    desk.clock.advance(HOUR * 5);
    until("the third test", || trips(&desk) == 3).await;
    until("its end", || engine.health.get(id).0 == Health::Live).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_tested_while_the_line_is_broken() {
    let mut desk = Desk::open();
    desk.save(Some(desk.mailbox), &imap());
    let engine = desk.engine().await;
    let id = desk.mailbox;
    engine.set_health(id, failing(&engine));
    until("the error", || desk.standing().alarm.error_since.is_some()).await;
    desk.clock.advance(HOUR * 100);
    assert_eq!(desk.status().await.self_test.due, None);
    // Asked for by hand it is made all the same, and what it could not do is said.
    *desk.workers.trip_answer.lock().unwrap() = Some(Trouble::network("no way"));
    let request = Request::Mailbox(MailboxRequest::Watch(WatchRequest::SelfTest(id)));
    assert_eq!(desk.failure(request).await.what, "no way");
    assert_eq!(desk.standing().self_test, None);
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_traffic_of_a_day_is_told_by_the_hour() {
    let mut desk = Desk::open();
    desk.arrives("a@example.test", "One", "?");
    desk.arrives("b@example.test", "Two", "?");
    desk.clock.advance(HOUR * 2);
    let status = desk.status().await;
    assert_eq!(status.by_hour.len(), 24);
    assert_eq!(status.by_hour[21..], [2, 0, 0]);
    assert_eq!((status.tickets.all, status.tickets.open), (2, 2));
    desk.stop().await;
}
