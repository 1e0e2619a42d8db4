use super::*;
use crate::domain::audit::Origin;
use crate::domain::contact::{Signature, View};
use crate::domain::event::Actor;
use crate::domain::ids::{OperatorId, SignatureId, ViewId};
use crate::domain::mailbox::{
    AlarmMail, ChosenFolder, ClosedReply, Endpoint, FolderChoice, Incoming, Outgoing, SecretSource,
    Security, SendingSignIn, Trust,
};

fn settings() -> MailboxSettings {
    let endpoint = |host: &str, port| Endpoint {
        host: host.into(),
        port,
        security: Security::Tls,
    };
    MailboxSettings::new(
        "support@acme.test",
        Incoming::Imap(endpoint("imap.acme.test", 993)),
        Outgoing::Smtp(endpoint("smtp.acme.test", 465)),
        SecretSource::File,
    )
}

fn author() -> Author {
    Author {
        at: "2026-11-20T12:00:00Z".parse().unwrap(),
        actor: Actor::Operator(OperatorId(1)),
        origin: Origin::default(),
    }
}

type Change = fn(&mut MailboxSettings);

const ONE_FIELD: [(Change, &str, Option<&str>, Option<&str>); 12] = [
    (
        |s| s.name = "help".into(),
        "name",
        Some("support"),
        Some("help"),
    ),
    (
        |s| s.policy.undo_window_seconds = 30,
        "policy.undo_window_seconds",
        Some("10"),
        Some("30"),
    ),
    (
        |s| s.policy.first_reply_minutes = None,
        "policy.first_reply_minutes",
        Some("240"),
        None,
    ),
    (
        |s| s.policy.automatic.auto_reply.is_on = true,
        "policy.automatic.auto_reply.is_on",
        Some("no"),
        Some("yes"),
    ),
    (
        |s| {
            if let Incoming::Imap(endpoint) = &mut s.incoming {
                endpoint.host = "mail.acme.test".into();
            }
        },
        "incoming.imap.host",
        Some("imap.acme.test"),
        Some("mail.acme.test"),
    ),
    (
        |s| s.incoming = Incoming::Maildir("/var/mail/support".into()),
        "incoming",
        Some("imap.host: imap.acme.test\nimap.port: 993\nimap.security: tls"),
        Some("maildir: /var/mail/support"),
    ),
    (
        |s| s.outgoing = Outgoing::Off,
        "outgoing",
        Some("smtp.host: smtp.acme.test\nsmtp.port: 465\nsmtp.security: tls"),
        Some("off"),
    ),
    (
        |s| s.secret = SecretSource::Command("pass show acme".into()),
        "secret",
        Some("file"),
        Some("command: pass show acme"),
    ),
    (
        |s| {
            s.folders = FolderChoice::Chosen(vec![
                ChosenFolder::alone("INBOX"),
                ChosenFolder::alone("Работа"),
            ])
        },
        "folders",
        Some("usual"),
        Some("chosen: INBOX, Работа"),
    ),
    (
        |s| s.policy.closed_reply = ClosedReply::ReopenWithinDays(14),
        "policy.closed_reply",
        Some("reopen"),
        Some("reopen-within-days: 14"),
    ),
    (
        |s| {
            s.sending_sign_in = Some(SendingSignIn {
                login: "relay".into(),
                secret: SecretSource::Ask,
            });
        },
        "sending_sign_in",
        None,
        Some("login: relay\nsecret: ask"),
    ),
    (
        |s| {
            s.watch.alarm_mail = Some(AlarmMail {
                from: MailboxId(7),
                to: "ops@acme.test".into(),
            });
        },
        "watch.alarm_mail",
        None,
        Some("from: 7\nto: ops@acme.test"),
    ),
];

#[test]
fn one_field_is_one_change_with_words_on_both_sides() {
    for (change, field, old, new) in ONE_FIELD {
        let before = settings();
        let mut after = before.clone();
        change(&mut after);
        let found = differences(&before, &after);
        let [only] = &found[..] else {
            panic!("{field}: {found:?}");
        };
        assert_eq!(only.field, field);
        assert_eq!(only.old.as_deref(), old, "{field}");
        assert_eq!(only.new.as_deref(), new, "{field}");
    }
}

#[test]
fn nothing_changed_is_nothing_to_tell() {
    assert_eq!(differences(&settings(), &settings()), []);
    assert_eq!(between::<MailboxSettings>(None, None), []);
}

#[test]
fn several_fields_are_several_changes() {
    let mut after = settings();
    after.login = "other".into();
    after.identity.aliases = vec!["info@acme.test".into(), "sales@acme.test".into()];
    after.identity.is_sending = false;
    let found = differences(&settings(), &after);
    let fields: Vec<&str> = found.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["identity.aliases", "identity.is_sending", "login"]);
    assert_eq!(
        found[0].new.as_deref(),
        Some("info@acme.test, sales@acme.test")
    );
}

#[test]
fn a_thing_that_comes_or_goes_is_one_change_of_the_whole() {
    let signature = Signature {
        id: SignatureId(3),
        name: "Short".into(),
        markdown: "-- \nAnna".into(),
        mailbox: None,
        operator: None,
        is_markdown: true,
    };
    let made = between(None, Some(&signature));
    assert_eq!(
        made,
        [Difference::new(
            WHOLE,
            None,
            "id: 3\nis_markdown: yes\nmarkdown:\n-- \nAnna\nname: Short".to_owned()
        )]
    );
    let view = View {
        id: ViewId(1),
        name: "Mine".into(),
        query: "assignee:me".into(),
        position: 1000,
    };
    let gone = between(Some(&view), None);
    assert_eq!(gone[0].field, WHOLE);
    assert!(
        gone[0]
            .old
            .as_deref()
            .unwrap()
            .contains("query: assignee:me")
    );
    assert_eq!(gone[0].new, None);
}

#[test]
fn trust_is_an_event_of_its_own() {
    let mut after = settings();
    after.login = "other".into();
    after.trust.fingerprint = Some("ab12".into());
    let about = |changes: &[SettingChange]| -> Vec<(SubjectKind, String)> {
        changes
            .iter()
            .map(|change| (change.about.kind, change.field.clone()))
            .collect()
    };
    let changes = mailbox_changes(&author(), MailboxId(4), Some(&settings()), &after);
    assert_eq!(
        about(&changes),
        [
            (SubjectKind::Mailbox, "login".into()),
            (SubjectKind::Certificate, "trust.fingerprint".into()),
        ]
    );
    assert_eq!(changes[1].new.as_deref(), Some("ab12"));
    let connected = mailbox_changes(&author(), MailboxId(4), None, &after);
    assert_eq!(
        about(&connected),
        [
            (SubjectKind::Mailbox, WHOLE.into()),
            (SubjectKind::Certificate, "trust.fingerprint".into()),
        ]
    );
    let trusting = Trust::default();
    assert_eq!(trusting, settings().trust, "the usual trust is no event");
}

#[test]
fn fields_have_names_for_people() {
    let table = [
        ("login", "login"),
        ("policy.automatic.auto_reply.body", "auto reply body"),
        ("policy.undo_window_seconds", "undo window seconds"),
        ("incoming.imap.host", "incoming host"),
        ("identity.is_sending", "is sending"),
        ("watch.reconnect_seconds", "reconnect seconds"),
        ("markdown", "markdown"),
        (WHOLE, "mailbox"),
    ];
    for (field, words) in table {
        assert_eq!(label(SubjectKind::Mailbox, field), words);
    }
    assert_eq!(
        label(SubjectKind::Certificate, "trust.fingerprint"),
        "accepted certificate"
    );
    assert_eq!(label(SubjectKind::Config, "log_level"), "log_level");
}

/// What a future setting may look like, made by somebody who did not read this module.
#[derive(Serialize)]
struct Careless {
    login: String,
    password: String,
    oauth: Option<Tokens>,
}

#[derive(Serialize)]
struct Tokens {
    client_id: String,
    refresh_token: String,
}

#[test]
fn a_secret_that_slips_into_a_setting_is_hidden() {
    const CANARY: &str = "canary-7d2f";
    let careless = |password: &str, token: Option<&str>| Careless {
        login: "anna".into(),
        password: password.into(),
        oauth: token.map(|token| Tokens {
            client_id: "app".into(),
            refresh_token: token.into(),
        }),
    };
    let states = [
        careless("", None),
        careless(CANARY, None),
        careless(CANARY, Some(CANARY)),
        careless("other", Some("canary-7d2f-2")),
    ];
    let mut told = String::new();
    for old in &states {
        for new in &states {
            told.push_str(&format!("{:?}", differences(old, new)));
        }
        told.push_str(&format!("{:?}", between(None, Some(old))));
    }
    assert!(!told.contains(CANARY), "{told}");
    assert!(told.contains("refresh_token: (hidden)"), "{told}");
    let changed = differences(&careless("a", None), &careless("b", None));
    assert_eq!(changed.len(), 1, "that it changed is told");
}
