//! What is played: the mail of a normal morning, the mail that comes while one watches, and who did what before.

use crate::domain::decide::Action;
use crate::domain::ids::OperatorId;
use crate::domain::ticket::{Priority, Status};

/// The words under every answer.
pub const SIGNATURE: &str =
    "Best regards\n\n**Acme Support**  \n[acme.example](https://acme.example)";

macro_rules! mails {
    ($($name:literal),* $(,)?) => { &[$(include_str!(concat!("mails/", $name, ".eml"))),*] };
}

/// The mail that is there when the desk opens.
pub const MORNING: &[&str] = mails![
    "01-login",
    "02-login-screenshot",
    "03-invoice",
    "04-api-limits",
    "05-api-limits-answer",
    "06-api-limits-again",
    "07-api-limits-done",
    "08-api-limits-still",
    "09-bounce",
    "10-chinese",
    "11-arabic",
    "12-ukrainian",
    "13-emoji",
    "14-html",
    "15-autoreply",
    "16-newsletter",
    "17-newsletter",
    "18-hostile",
    "19-overdue",
    "20-overdue-again",
    "21-password",
    "22-password-answer",
    "23-password-thanks",
    "24-german",
    "25-feature",
    "26-long-1",
    "27-long-2",
    "28-long-3",
    "29-long-4",
    "30-long-5",
    "31-long-6",
    "32-reply-to",
    "33-cancel",
    "34-thai",
    "35-calendar",
    "36-partner",
];

/// The mail that comes while one watches, in this order.
pub const LATER: &[&str] = mails!["live-6", "live-3", "live-1", "live-4", "live-2", "live-5"];

/// What customers answer, in turn.
pub const ANSWERS: &[&str] = &[
    "That was quick, thank you! I will try it right away and tell you how it goes.",
    "It works now. You can close this one. Thanks a lot!",
    "Hm, that is not quite what I meant. Could you explain the second step once more?",
    "Perfect, thank you. Have a nice day!",
];

/// What has been done with tickets, by a part of their subject.
pub fn arrangements(me: OperatorId) -> Vec<(&'static str, Vec<Action>)> {
    let mine = || Action::Assign(Some(me));
    let tag = |word: &str| Action::Tag {
        add: vec![word.into()],
        remove: Vec::new(),
    };
    vec![
        (
            "How do I change my password",
            vec![tag("howto"), Action::SetStatus(Status::Closed)],
        ),
        (
            "ten tools that live in your shell",
            vec![Action::SetStatus(Status::Closed)],
        ),
        (
            "Planned maintenance",
            vec![Action::SetStatus(Status::Closed)],
        ),
        (
            "Printer labels",
            vec![
                mine(),
                tag("bug"),
                Action::SetPriority(Priority::High),
                Action::SetStatus(Status::Open),
            ],
        ),
        (
            "API limits",
            vec![mine(), tag("api"), Action::SetStatus(Status::Open)],
        ),
        (
            "Orders are missing",
            vec![tag("bug"), Action::SetPriority(Priority::Urgent)],
        ),
        ("Invoice 2231", vec![tag("billing")]),
        (
            "Please cancel my subscription",
            vec![mine(), tag("billing"), Action::SetStatus(Status::Pending)],
        ),
        (
            "Idea: keyboard shortcuts",
            vec![
                tag("idea"),
                Action::SetPriority(Priority::Low),
                Action::SetStatus(Status::Pending),
            ],
        ),
        (
            "Comparison of the plans",
            vec![tag("sales"), Action::SetStatus(Status::Open)],
        ),
    ]
}
