//! Stories on the demo's mail: the whole program without a server.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::program::{Home, Ran, ran};

/// A desk with the demo's tickets.
struct Desk {
    home: Home,
}

impl Desk {
    fn new() -> Self {
        let home = Home::new();
        ran(home
            .command(&["demo", "--keep", "stage", "--prepare"])
            .output()
            .unwrap())
        .done();
        Self { home }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.home.command(arguments);
        command.env("TICKETTY_DATA_DIR", self.home.path().join("stage/data"));
        ran(command.output().unwrap())
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        serde_json::from_str(&self.run(&all).done().stdout).unwrap()
    }

    fn number(&self, subject: &str) -> String {
        let found = self.json(&["ticket", "list", &format!("subject:\"{subject}\"")]);
        assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
        found[0]["number"].to_string()
    }

    fn outgoing(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.home.path().join("stage/outgoing")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

#[test]
fn tickets_are_listed_shown_and_found() {
    let desk = Desk::new();
    let all = desk.json(&["ticket", "list"]);
    assert!(all.as_array().unwrap().len() >= 20, "{all}");
    let keys: Vec<&String> = all[0].as_object().unwrap().keys().collect();
    for key in [
        "number",
        "subject",
        "status",
        "priority",
        "mailbox",
        "contact",
        "assignee",
        "tags",
        "created_at",
        "updated_at",
        "message_count",
        "unread",
    ] {
        assert!(keys.iter().any(|known| *known == key), "no {key}");
    }
    assert_eq!(
        desk.json(&["ticket", "list", "is:overdue"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let thread = desk.json(&["ticket", "show", &desk.number("API limits")]);
    assert_eq!(thread["messages"].as_array().unwrap().len(), 5);
    assert_eq!(thread["messages"][1]["kind"], "outgoing");
    assert_eq!(
        thread["messages"][2]["placement"]["rule"],
        "known-reference"
    );
    let hits = desk.json(&["search", "orientation=landscape"]);
    assert!(
        hits[0]["snippet"]
            .as_str()
            .unwrap()
            .contains("orientation=landscape"),
        "{hits}"
    );
}

#[test]
fn an_answer_is_in_the_outgoing_folder_when_the_command_ends() {
    let desk = Desk::new();
    let number = desk.number("Invoice 2231");
    fs::write(desk.home.path().join("invoice.txt"), "11 seats").unwrap();
    let arguments = [
        "ticket",
        "reply",
        &number,
        "--body",
        "Here it is.",
        "--attach",
        "invoice.txt",
        "--then",
        "close",
    ];
    let sent = desk.json(&arguments);
    assert_eq!(sent["delivery"]["state"], "sent");
    let files = desk.outgoing();
    assert_eq!(files.len(), 1);
    let mail = fs::read_to_string(&files[0]).unwrap();
    assert!(
        mail.contains("In-Reply-To: <inv-2231@bondar-logistics.example>"),
        "{mail}"
    );
    assert!(
        mail.contains("filename=\"invoice.txt\"") && mail.contains("Here it is."),
        "{mail}"
    );
    let thread = desk.json(&["ticket", "show", &number]);
    assert_eq!(thread["status"], "closed");
    assert_eq!(thread["messages"][1]["delivery"]["state"], "sent");
    assert_eq!(desk.json(&["outbox", "list"]).as_array().unwrap().len(), 0);
    assert_eq!(
        desk.json(&["outbox", "list", "--all"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_queued_answer_can_still_be_cancelled() {
    let desk = Desk::new();
    let number = desk.number("Invoice 2231");
    let queued = desk.json(&["ticket", "reply", &number, "--body", "Wait", "--queue"]);
    assert_eq!(queued["delivery"]["state"], "held");
    let id = queued["outbox"].to_string();
    desk.run(&["outbox", "mark-sent", &id])
        .failed(1, &["only an answer that is in doubt"]);
    assert_eq!(desk.json(&["outbox", "cancel", &id])["state"], "cancelled");
    desk.run(&["outbox", "retry", &id])
        .failed(1, &["taken back"]);
    assert!(desk.outgoing().is_empty());
}

#[test]
fn a_failed_answer_leaves_no_draft_behind() {
    let desk = Desk::new();
    let number = desk.number("Invoice 2231");
    desk.run(&[
        "ticket",
        "reply",
        &number,
        "--body",
        "x",
        "--attach",
        "nowhere.pdf",
    ])
    .failed(1, &["nowhere.pdf cannot be read"]);
    desk.run(&["ticket", "reply", &number, "--body", "  "])
        .failed(1, &["the text is empty"]);
    desk.run(&["ticket", "reply", "99999", "--body", "x"])
        .failed(1, &["no ticket #99999"]);
    assert_eq!(
        desk.json(&["ticket", "reply", &number, "--body", "Now"])["delivery"]["state"],
        "sent"
    );
}

#[test]
fn tickets_are_changed_together_and_what_cannot_be_is_said() {
    let desk = Desk::new();
    let (one, other) = (
        desk.number("Invoice 2231"),
        desk.number("Orders are missing"),
    );
    let changed = desk.json(&[
        "ticket",
        "set",
        &one,
        &other,
        "--status",
        "closed",
        "--tag",
        "done",
        "--assignee",
        "me",
        "--priority",
        "low",
    ]);
    let tickets = changed["tickets"].as_array().unwrap();
    assert_eq!(tickets.len(), 2);
    for ticket in tickets {
        assert_eq!(
            (&ticket["status"], &ticket["priority"]),
            (&"closed".into(), &"low".into()),
            "{ticket}"
        );
    }
    desk.run(&["ticket", "set", &one, "--status", "closed"])
        .failed(1, &["already closed"]);
    desk.run(&["ticket", "set", &one, "--assignee", "nobody-here"])
        .failed(1, &["there is no operator `nobody-here`"]);
    desk.run(&["ticket", "note", &other, "--body", "Seen by the warehouse"])
        .done();
    let merged = desk.json(&["ticket", "merge", &other, &one]);
    assert_eq!(merged["refused"].as_array().unwrap().len(), 0, "{merged}");
    let thread = desk.json(&["ticket", "show", &one]);
    let kinds: Vec<&Value> = thread["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| &message["kind"])
        .collect();
    assert!(
        kinds.contains(&&Value::from("note")) && kinds.len() == 4,
        "{kinds:?}"
    );
}

#[test]
fn nothing_that_is_printed_can_touch_the_terminal() {
    let desk = Desk::new();
    for arguments in [
        &["ticket", "list"][..],
        &["ticket", "list", "--json"],
        &["search", "terminal"],
        &["export", "--format", "csv"],
        &["export"],
    ] {
        let out = desk.run(arguments).done().stdout;
        assert!(
            out.contains("owned"),
            "{arguments:?} does not show the hostile mail"
        );
        let control = out
            .chars()
            .find(|c| c.is_control() && !matches!(c, '\n' | '\r'));
        assert_eq!(control, None, "{arguments:?}");
    }
}

#[test]
fn everything_is_exported_backed_up_and_restored() {
    let desk = Desk::new();
    let csv = desk
        .run(&["export", "is:open", "--format", "csv"])
        .done()
        .stdout;
    assert!(csv.starts_with("number,subject,status,"), "{csv}");
    desk.run(&["export", "--format", "mbox", "--output", "all.mbox"])
        .done();
    let mbox = fs::read_to_string(desk.home.path().join("all.mbox")).unwrap();
    assert_eq!(
        mbox.lines()
            .filter(|line| line.starts_with("From "))
            .count(),
        36
    );
    desk.run(&["export", "--output", "all.mbox"])
        .failed(1, &["exists already"]);
    desk.run(&["backup", "copy.db"]).done();
    desk.run(&["backup", "copy.db"]).failed(1, &["copy.db"]);
    let number = desk.number("Invoice 2231");
    desk.run(&["ticket", "note", &number, "--body", "after the backup"])
        .done();
    desk.run(&["restore", "copy.db"]).failed(1, &["--force"]);
    desk.run(&["restore", "copy.db", "--force"]).done();
    assert_eq!(desk.json(&["ticket", "show", &number])["message_count"], 1);
}

#[test]
fn a_query_that_cannot_be_read_names_the_right_word() {
    let desk = Desk::new();
    desk.run(&["ticket", "list", "staus:open"])
        .failed(1, &["did you mean status:?"]);
    desk.run(&["sync", "--once", "--mailbox", "suport"])
        .failed(1, &["did you mean `support`?"]);
}

#[test]
fn files_that_others_may_read_are_refused_with_the_command_that_mends_it() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let data = desk.home.path().join("stage/data");
    fs::set_permissions(data.join("ticketty.db"), fs::Permissions::from_mode(0o644)).unwrap();
    desk.run(&["ticket", "list"]).failed(1, &["chmod 600"]);
    fs::set_permissions(data.join("ticketty.db"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o777)).unwrap();
    desk.run(&["ticket", "list"]).failed(1, &["chmod 700"]);
}
