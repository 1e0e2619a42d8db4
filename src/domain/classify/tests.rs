//! The table of signs, one mail each.

use super::super::headers::address::Address;
use super::super::parsed::{DeliveryReport, RecipientReport};
use super::*;
use MailClass::{AutoReply, Bounce, List, Own, Person, Report};

fn own() -> Vec<String> {
    vec!["Support@acme.example".into(), "sales@acme.example".into()]
}

fn address(address: &str) -> Address {
    Address {
        name: String::new(),
        address: address.into(),
    }
}

fn mail() -> ParsedMail {
    let mut mail = ParsedMail::default();
    mail.people.from = vec![address("olena@example.test")];
    mail.people.to = vec![address("support@acme.example")];
    mail.signals.content_type = Some("text/plain".into());
    mail.signals.return_path = Some("olena@example.test".into());
    mail
}

fn with(change: impl FnOnce(&mut ParsedMail)) -> ParsedMail {
    let mut mail = mail();
    change(&mut mail);
    mail
}

fn reported(kind: &str, actions: &[&str]) -> ParsedMail {
    with(|mail| {
        mail.signals.content_type = Some("multipart/report".into());
        mail.signals.report_type = Some(kind.into());
        mail.signals.auto_submitted = Some("auto-replied".into());
        mail.report = Some(DeliveryReport {
            disposition: false,
            original_message_id: None,
            recipients: actions
                .iter()
                .map(|action| RecipientReport {
                    action: (*action).into(),
                    ..RecipientReport::default()
                })
                .collect(),
        });
    })
}

#[test]
fn each_sign_says_what_wrote_the_mail() {
    let table = [
        ("a person", mail(), Person),
        (
            "no",
            with(|m| m.signals.auto_submitted = Some("No".into())),
            Person,
        ),
        (
            "no, though it is bulk",
            with(|m| {
                m.signals.auto_submitted = Some("no (really)".into());
                m.signals.precedence = Some("bulk".into());
            }),
            Person,
        ),
        (
            "vacation",
            with(|m| m.signals.auto_submitted = Some("auto-replied; x=y".into())),
            AutoReply,
        ),
        (
            "cron",
            with(|m| m.signals.auto_submitted = Some("auto-generated".into())),
            AutoReply,
        ),
        (
            "empty value",
            with(|m| m.signals.auto_submitted = Some("  ".into())),
            Person,
        ),
        (
            "X-Autoreply",
            with(|m| m.signals.autoreply = Some("X-Autoreply: yes".into())),
            AutoReply,
        ),
        (
            "precedence auto_reply",
            with(|m| m.signals.precedence = Some("Auto_Reply".into())),
            AutoReply,
        ),
        (
            "bulk",
            with(|m| m.signals.precedence = Some("bulk".into())),
            AutoReply,
        ),
    ];
    for (label, mail, class) in table {
        assert_eq!(classify(&mail, &own(), false), class, "{label}");
    }
}

#[test]
fn lists_and_mail_systems_have_signs_of_their_own() {
    let table = [
        (
            "precedence list",
            with(|m| m.signals.precedence = Some("list".into())),
            List,
        ),
        (
            "suppress all",
            with(|m| m.signals.auto_response_suppress = Some("All".into())),
            AutoReply,
        ),
        (
            "suppress some",
            with(|m| m.signals.auto_response_suppress = Some("DR, OOF".into())),
            Person,
        ),
        (
            "list",
            with(|m| m.signals.list_id = Some("Rust <rust.lists.test>".into())),
            List,
        ),
        (
            "newsletter",
            with(|m| m.signals.list_unsubscribe = true),
            List,
        ),
        (
            "our own group",
            with(|m| {
                m.signals.list_id = Some("Support <support.acme.example>".into());
                m.signals.precedence = Some("list".into());
                m.signals.list_unsubscribe = true;
            }),
            Person,
        ),
        (
            "null sender",
            with(|m| m.signals.return_path = Some(String::new())),
            AutoReply,
        ),
        (
            "null sender, spelled",
            with(|m| m.signals.return_path = Some("<>".into())),
            AutoReply,
        ),
        (
            "X-Failed-Recipients",
            with(|m| m.signals.failed_recipients = vec!["bo@x.test".into()]),
            Bounce,
        ),
        (
            "mailer-daemon",
            with(|m| m.people.from = vec![address("MAILER-DAEMON@mx.test")]),
            Bounce,
        ),
        (
            "postmaster writes",
            with(|m| m.people.from = vec![address("postmaster@mx.test")]),
            Person,
        ),
    ];
    for (label, mail, class) in table {
        assert_eq!(classify(&mail, &own(), false), class, "{label}");
    }
}

#[test]
fn reports_and_our_own_mail_are_told_apart() {
    let table = [
        (
            "failed",
            reported("delivery-status", &["delivered", "Failed"]),
            Bounce,
        ),
        ("silent failure", reported("delivery-status", &[]), Bounce),
        ("delayed", reported("delivery-status", &["delayed"]), Report),
        (
            "read",
            reported("disposition-notification", &["displayed"]),
            Report,
        ),
        ("complaint", reported("feedback-report", &[]), Report),
        (
            "from us",
            with(|m| m.people.from = vec![address("SUPPORT@acme.example")]),
            Own,
        ),
        (
            "web form",
            with(|m| {
                m.people.from = vec![address("support@acme.example")];
                m.people.reply_to = vec![address("olena@example.test")];
            }),
            Person,
        ),
        ("nobody", ParsedMail::default(), Person),
    ];
    for (label, mail, class) in table {
        assert_eq!(classify(&mail, &own(), false), class, "{label}");
    }
    assert_eq!(classify(&mail(), &own(), true), Own, "signed by us");
}

#[test]
fn automatic_answers_go_to_people_who_wrote_to_us_and_to_nobody_else() {
    let table = [
        ("a person", mail(), true),
        (
            "to a tagged address",
            with(|m| m.people.to = vec![address("support+t7.abc@acme.example")]),
            true,
        ),
        (
            "not to us",
            with(|m| m.people.to = vec![address("all@acme.example")]),
            false,
        ),
        ("no sender", with(|m| m.people.from.clear()), false),
        (
            "noreply",
            with(|m| m.people.from = vec![address("no-reply@shop.test")]),
            false,
        ),
        (
            "list owner",
            with(|m| m.people.from = vec![address("rust-request@lists.test")]),
            false,
        ),
        (
            "answers go to us",
            with(|m| m.people.reply_to = vec![address("sales@acme.example")]),
            false,
        ),
        (
            "asked not to",
            with(|m| m.signals.auto_response_suppress = Some("OOF, AutoReply".into())),
            false,
        ),
        (
            "group",
            with(|m| m.signals.list_id = Some("<support.acme.example>".into())),
            false,
        ),
        (
            "null sender",
            with(|m| m.signals.return_path = Some("".into())),
            false,
        ),
    ];
    for (label, mail, may) in table {
        assert_eq!(
            may_answer_automatically(&mail, MailClass::Person, &own()),
            may,
            "{label}"
        );
    }
    for class in [
        MailClass::AutoReply,
        MailClass::Bounce,
        MailClass::Report,
        MailClass::List,
        MailClass::Own,
    ] {
        assert!(
            !may_answer_automatically(&mail(), class, &own()),
            "{class:?}"
        );
    }
}
