//! Every change of a setting leaves one line for each field that became another one, and nothing else does.

use std::collections::BTreeMap;

use super::desk::{Desk, SUPPORT, origin, settings};
use crate::bridge::*;
use crate::domain::audit::{ChangeLine, Origin, SettingChange, SubjectKind, Way};
use crate::domain::contact::Signature;
use crate::domain::event::Actor;
use crate::domain::ids::{MailboxId, OperatorId, SignatureId, ViewId};
use crate::domain::mailbox::{MailboxSettings, SecretSource};
use crate::engine::audit::{Configuration, note_configuration};
use crate::engine::clock::Clock;
use crate::store::{self, AuditWindow};

const CANARY: &str = "canary-4711";

pub(super) async fn lines(desk: &mut Desk, filter: &str) -> Vec<ChangeLine> {
    let query = AuditQuery {
        filter: filter.into(),
        before: None,
        limit: 100,
    };
    match desk.ask(Request::Care(Care::Audit(query))).await {
        Report::Care(CareReport::Audit(page)) => page.lines,
        other => panic!("{other:?}"),
    }
}

/// The lines of the log, the oldest first, as `kind field old new`.
async fn told(desk: &mut Desk) -> Vec<String> {
    let mut lines = lines(desk, "").await;
    lines.reverse();
    lines
        .iter()
        .map(|line| {
            let value = |value: &Option<crate::domain::clean::Clean>| {
                let first = value.as_ref().and_then(|text| text.lines().next());
                first.map_or_else(|| "-".into(), |line| line.to_string())
            };
            let (old, new) = (value(&line.old), value(&line.new));
            format!("{} {} {old} {new}", line.kind.word(), line.field)
        })
        .collect()
}

pub(super) fn put(
    id: Option<MailboxId>,
    settings: MailboxSettings,
    secret: Option<&str>,
) -> Request {
    Request::Mailbox(MailboxRequest::Put {
        id,
        settings: Box::new(settings),
        secret: secret.map(Secret::new),
    })
}

pub(super) async fn done(desk: &mut Desk, request: Request) {
    let report = desk.ask(request).await;
    assert!(!matches!(report, Report::Failed(_)), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_tells_each_field_that_became_another_one() {
    let mut desk = Desk::open();
    let id = desk.mailbox;
    done(&mut desk, put(Some(id), settings(), None)).await;
    assert_eq!(
        told(&mut desk).await,
        Vec::<String>::new(),
        "the same again"
    );

    let mut other = settings();
    other.login = "desk".into();
    other.policy.undo_window_seconds = 30;
    other.trust.fingerprint = Some("ab".into());
    done(&mut desk, put(Some(id), other.clone(), Some(CANARY))).await;
    done(&mut desk, Request::Mailbox(MailboxRequest::Disable(id))).await;
    done(&mut desk, Request::Mailbox(MailboxRequest::Disable(id))).await;
    done(&mut desk, Request::Mailbox(MailboxRequest::Enable(id))).await;
    let unlock = MailboxRequest::Unlock {
        id,
        secret: Secret::new(CANARY),
    };
    done(&mut desk, Request::Mailbox(unlock)).await;
    done(&mut desk, Request::Mailbox(MailboxRequest::Remove(id))).await;
    done(&mut desk, put(None, other, None)).await;
    assert_eq!(
        told(&mut desk).await,
        [
            &format!("mailbox login {SUPPORT} desk"),
            "mailbox policy.undo_window_seconds 10 30",
            "certificate trust.fingerprint - ab",
            "password password - -",
            "mailbox enabled yes no",
            "mailbox enabled no yes",
            "password password.this_run - -",
            &format!("mailbox * address: {SUPPORT} -"),
            &format!("mailbox * - address: {SUPPORT}"),
            "certificate trust.fingerprint - ab",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_when_and_from_where_are_told() {
    let mut desk = Desk::open();
    let id = desk.mailbox;
    done(&mut desk, Request::Mailbox(MailboxRequest::Disable(id))).await;
    let lines = lines(&mut desk, "").await;
    let [line] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(line.at, desk.clock.now());
    assert_eq!(line.who.as_str(), "Anna");
    assert_eq!(line.login.as_ref().unwrap().as_str(), "anna");
    assert_eq!(
        line.from.words.as_str(),
        "desk · anna@story · ssh 192.0.2.7"
    );
    assert_eq!(line.subject_id, Some(id.0));
    assert_eq!(line.what().as_str(), "mailbox support: enabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_views_and_names_of_customers_are_told() {
    let mut desk = Desk::open();
    let mailbox = desk.mailbox;
    let signature = |markdown: &str, mailbox| Signature {
        id: SignatureId(0),
        name: "Short".into(),
        markdown: markdown.into(),
        mailbox,
        operator: None,
        is_markdown: true,
    };
    let people = |request| Request::People(request);
    let put = |id, signature| people(PeopleRequest::PutSignature { id, signature });
    done(&mut desk, put(None, signature("Anna", None))).await;
    let id = Some(SignatureId(1));
    done(&mut desk, put(id, signature("Anna", None))).await;
    done(&mut desk, put(id, signature("Best, Anna", Some(mailbox)))).await;
    done(
        &mut desk,
        people(PeopleRequest::DeleteSignature(SignatureId(1))),
    )
    .await;
    done(
        &mut desk,
        people(PeopleRequest::DeleteSignature(SignatureId(1))),
    )
    .await;
    let view = |id, query: &str| {
        people(PeopleRequest::PutView {
            id,
            name: "Hot".into(),
            query: query.into(),
        })
    };
    done(&mut desk, view(None, "is:open")).await;
    let made = ViewId(8);
    done(&mut desk, view(Some(made), "is:overdue")).await;
    done(&mut desk, view(Some(made), "is:overdue")).await;
    done(&mut desk, people(PeopleRequest::DeleteView(made))).await;
    store::write(desk.store.as_ref(), |tx| {
        tx.meet_contact("olena@example.test", "Olena", "K")
    })
    .unwrap();
    for _ in 0..2 {
        let rename = PeopleRequest::RenameContact {
            address: "olena@example.test".into(),
            first_name: "Olena".into(),
            last_name: " Kovalenko ".into(),
        };
        done(&mut desk, people(rename)).await;
    }
    assert_eq!(
        told(&mut desk).await,
        [
            "signature * - id: 1",
            "signature mailbox - support",
            "signature markdown Anna Best, Anna",
            "signature * id: 1 -",
            "view * - id: 8",
            "view query is:open is:overdue",
            "view * id: 8 -",
            "contact last_name K Kovalenko",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_not_told() {
    let mut desk = Desk::open();
    let id = desk.mailbox;
    let wrong: [fn(&mut MailboxSettings); 3] = [
        |settings| settings.address = "nobody".into(),
        |settings| settings.poll_seconds = 1,
        |settings| settings.name = String::new(),
    ];
    for change in wrong {
        let mut settings = settings();
        change(&mut settings);
        let report = desk.ask(put(Some(id), settings, Some(CANARY))).await;
        assert!(matches!(report, Report::Failed(_)), "{report:?}");
    }
    let twice = desk.ask(put(None, settings(), None)).await;
    assert!(matches!(twice, Report::Failed(_)), "{twice:?}");
    let nobody = PeopleRequest::RenameContact {
        address: "nobody@example.test".into(),
        first_name: "A".into(),
        last_name: "B".into(),
    };
    let report = desk.ask(Request::People(nobody)).await;
    assert!(matches!(report, Report::Failed(_)), "{report:?}");
    assert_eq!(told(&mut desk).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_log_and_a_command_is() {
    let mut desk = Desk::open();
    let id = desk.mailbox;
    for source in [
        SecretSource::File,
        SecretSource::Ask,
        SecretSource::Command("pass show acme".into()),
        SecretSource::Oauth("google".into()),
        SecretSource::None,
    ] {
        let other = MailboxSettings {
            secret: source,
            ..settings()
        };
        done(&mut desk, put(Some(id), other, Some(CANARY))).await;
    }
    let all = store::read(desk.store.as_ref(), |snapshot| {
        let window = AuditWindow {
            limit: 100,
            ..AuditWindow::default()
        };
        snapshot.setting_changes(window, &mut |_| true)
    })
    .unwrap();
    let words = format!("{all:?}");
    assert!(all.len() >= 8, "{words}");
    assert!(!words.contains(CANARY), "{words}");
    assert!(words.contains("pass show acme"), "{words}");
    let signed_in = lines(&mut desk, "field:oauth").await;
    let [line] = &signed_in[..] else {
        panic!("{signed_in:?}");
    };
    assert_eq!(
        line.what().as_str(),
        "password support: signed in with OAuth2"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_comes_in_pages_and_through_a_filter() {
    let mut desk = Desk::open();
    let id = desk.mailbox;
    for seconds in 11..=30 {
        let mut other = settings();
        other.policy.undo_window_seconds = seconds;
        done(&mut desk, put(Some(id), other, None)).await;
    }
    let mut before = None;
    let mut seen = Vec::new();
    loop {
        let query = AuditQuery {
            filter: "field:undo -\"→ 15\" about:support who:anna since:1d".into(),
            before,
            limit: 7,
        };
        let page = match desk.ask(Request::Care(Care::Audit(query))).await {
            Report::Care(CareReport::Audit(page)) => page,
            other => panic!("{other:?}"),
        };
        seen.extend(
            page.lines
                .iter()
                .map(|line| line.new.clone().unwrap().to_string()),
        );
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let expected: Vec<String> = (11..=30)
        .rev()
        .map(|seconds: i32| seconds.to_string())
        .collect();
    assert_eq!(seen, expected);
    assert_eq!(
        lines(&mut desk, "field:undo 17").await.len(),
        2,
        "as old and as new"
    );

    let wrong = AuditQuery {
        filter: "abuot:mailbox".into(),
        before: None,
        limit: 7,
    };
    match desk.ask(Request::Care(Care::Audit(wrong))).await {
        Report::Failed(trouble) => {
            assert!(trouble.what.contains("did you mean about"), "{trouble}")
        }
        other => panic!("{other:?}"),
    }
}

/// Starts with a configuration that says this, and gives the log.
fn noted(store: &store::sqlite::SqliteStore, said: &[(&str, &str)]) -> Vec<SettingChange> {
    let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let configuration = Configuration {
        path: "/home/anna/config.toml".into(),
        values: said.iter().map(pair).collect::<BTreeMap<_, _>>(),
    };
    let now = "2026-11-20T12:00:00Z".parse().unwrap();
    store::write(store, |tx| {
        note_configuration(tx, &configuration, &origin(), now)
    })
    .unwrap();
    let window = AuditWindow {
        limit: 100,
        ..AuditWindow::default()
    };
    let all = store::read(store, |snapshot| {
        snapshot.setting_changes(window, &mut |_| true)
    });
    all.unwrap().into_iter().map(|(_, change)| change).collect()
}

#[test]
fn a_configuration_that_became_another_one_is_told_once() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("private").join("desk.db");
    let store = store::sqlite::SqliteStore::open(path, Default::default()).unwrap();
    let note = |said: &[(&str, &str)]| noted(&store, said);
    let first = [
        ("log_level", "\"info\""),
        ("mouse", "true"),
        ("password", CANARY),
    ];
    assert_eq!(note(&first), [], "the first sight is no change");
    assert_eq!(note(&first), []);
    let second = [
        ("log_level", "\"debug\""),
        ("mouse", "true"),
        ("password", "other"),
        ("new", "1"),
    ];
    let changes = note(&second);
    let [change] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!(change.actor, Actor::System);
    assert_eq!(
        change.origin,
        Origin {
            way: Way::ConfigFile,
            ..origin()
        }
    );
    assert_eq!(change.about.kind, SubjectKind::Config);
    assert_eq!(change.about.name, "/home/anna/config.toml");
    assert_eq!(change.field, "log_level");
    assert_eq!(change.old.as_deref(), Some("\"info\""));
    assert_eq!(change.new.as_deref(), Some("\"debug\""));
    assert_eq!(note(&second).len(), 1);
    let fact = store::read(&store, |snapshot| {
        snapshot.fact("configuration-seen:/home/anna/config.toml")
    });
    let fact = String::from_utf8(fact.unwrap().unwrap()).unwrap();
    assert!(!fact.contains(CANARY) && !fact.contains("other"), "{fact}");
    assert_ne!(change.actor, Actor::Operator(OperatorId(1)));
}
