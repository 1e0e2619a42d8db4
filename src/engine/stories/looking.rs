//! Looking: what a stranger wrote arrives clean, and lists, search and parts say what is there.

use super::desk::Desk;
use crate::bridge::{ListWindow, Look, Request, Seen};
use crate::domain::clean::Clean;

/// A mail that tries everything on the terminal, and pretends to be somebody else.
const HOSTILE: &str = "From: \"ceo@bank.example\\u{1b}]0;owned\\u{7}\" <evil@example.test>\r\n\
Reply-To: collect@elsewhere.test\r\nTo: support@desk.example.test\r\nMessage-ID: <h\\u{1b}@x.test>\r\n\
Subject: \\u{1b}[2J\\u{1b}]52;c;aGk=\\u{7}free money \\u{202e}gpj.exe\r\n\
MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello \\u{1b}[31mred\\u{9b}1m\\u{8}\\u{0}\r\nbye\r\n\
--b\r\nContent-Type: application/x-sh\r\nContent-Disposition: attachment; filename=\"../../\\u{1b}[1mrun.sh\"\r\n\r\n\
echo hi\r\n--b--\r\n";

/// The mail with its escapes made real.
fn hostile() -> String {
    let mut mail = HOSTILE.to_owned();
    for (written, real) in [
        ("\\u{1b}", "\u{1b}"),
        ("\\u{7}", "\u{7}"),
        ("\\u{8}", "\u{8}"),
        ("\\u{0}", "\u{0}"),
        ("\\u{9b}", "\u{9b}"),
        ("\\u{202e}", "\u{202e}"),
    ] {
        mail = mail.replace(written, real);
    }
    mail
}

/// Whether nothing in it can be taken for a command by a terminal.
fn is_quiet(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c != '\n' && (c.is_control() || matches!(c, '\u{202a}'..='\u{202e}')))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_stranger_wrote_arrives_raw() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, &hostile());
    let thread = desk.thread(ticket).await;
    let message = thread.messages.first().unwrap();
    let mut shown: Vec<&Clean> = vec![
        &thread.line.subject,
        &thread.line.who,
        &thread.line.address,
        &message.text,
        &message.header.subject,
        &message.attachments.first().unwrap().name,
    ];
    shown.extend(&message.remarks);
    shown.extend(&message.header.message_id);
    shown.extend(thread.history.iter().map(|line| &line.sentence));
    for text in shown {
        assert!(is_quiet(text.as_str()), "{:?}", text.as_str());
    }
    assert!(message.text.as_str().contains("bye"));
    assert!(
        !message
            .attachments
            .first()
            .unwrap()
            .name
            .as_str()
            .contains('/')
    );
    let remarks: Vec<&str> = message.remarks.iter().map(Clean::as_str).collect();
    assert!(
        remarks
            .iter()
            .any(|words| words.contains("another address: ceo@bank.example")),
        "{remarks:?}"
    );
    assert!(
        remarks
            .iter()
            .any(|words| words.contains("answers go to collect@elsewhere.test")),
        "{remarks:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_mail_files_and_quotes_are_as_quiet_as_the_text() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, &hostile());
    let id = desk.thread(ticket).await.messages.first().unwrap().id;
    for header_only in [true, false] {
        let Seen::Raw { text, .. } = desk
            .look(Look::Raw {
                message: id,
                header_only,
            })
            .await
        else {
            panic!()
        };
        assert!(is_quiet(text.as_str()));
        assert_eq!(text.as_str().contains("echo hi"), !header_only);
    }
    let Seen::Attachment { bytes, name, .. } = desk
        .look(Look::Attachment {
            message: id,
            index: 0,
        })
        .await
    else {
        panic!()
    };
    assert_eq!(bytes, b"echo hi");
    assert!(is_quiet(name.as_str()));
    let draft = desk.reply(ticket).await;
    assert!(is_quiet(&draft.content.body), "{:?}", draft.content.body);
    assert!(is_quiet(&draft.content.subject));
    assert!(
        draft
            .warnings
            .iter()
            .any(|words| words.as_str().contains("collect@elsewhere.test"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_the_mail_and_marks_the_word() {
    let mut desk = Desk::open();
    let ticket = desk.arrives(
        "Olena <olena@example.test>",
        "Printer",
        "The drum is worn ⟦out⟧ and squeaks.",
    );
    desk.arrives("b@example.test", "Other", "Nothing here.");
    let search = Look::Search {
        query: "squeaks".into(),
        limit: 10,
    };
    let Seen::Hits(hits) = desk.look(search).await else {
        panic!()
    };
    assert_eq!(hits.len(), 1);
    let hit = hits.first().unwrap();
    assert_eq!(hit.ticket, ticket);
    assert!(
        hit.snippet.as_str().contains("⟦squeaks⟧"),
        "{}",
        hit.snippet
    );
    assert!(
        hit.snippet.as_str().contains("worn out and"),
        "{}",
        hit.snippet
    );

    let Seen::Contacts(found) = desk
        .look(Look::Contacts {
            prefix: "ole".into(),
        })
        .await
    else {
        panic!()
    };
    assert_eq!(
        found.first().unwrap().address.as_str(),
        "olena@example.test"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_a_query_names_its_place_and_the_right_word() {
    let mut desk = Desk::open();
    let tickets = Look::Tickets {
        query: "printer status:opne".into(),
        window: ListWindow::Offset {
            offset: 0,
            limit: 1,
        },
    };
    let trouble = desk.failure(Request::Look(tickets)).await;
    assert!(
        trouble.cause.as_deref().unwrap().contains("at character"),
        "{trouble:?}"
    );
    assert!(
        trouble.hint.as_deref().unwrap().contains("open"),
        "{trouble:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mailbox_has_a_view_and_counts_follow_the_store() {
    let mut desk = Desk::open();
    let counts = async |desk: &mut Desk| {
        let Seen::Views(views) = desk.look(Look::Views).await else {
            panic!()
        };
        let own = views
            .into_iter()
            .find(|view| view.mailbox.is_some())
            .unwrap();
        assert_eq!(own.query, "mailbox:support is:open");
        (own.count, own.unread)
    };
    assert_eq!(counts(&mut desk).await, (0, 0));
    desk.arrives("a@example.test", "One", "?");
    assert_eq!(counts(&mut desk).await, (1, 1));
}
