//! Texts with variables in the settings: read while they are typed, and tried on a real ticket.

use ticketty::app::event::Event;
use ticketty::domain::ids::OperatorId;
use ticketty::domain::mailbox::ClosedReply;

use super::engine::Bench;

/// Goes down the form to the field of this label.
#[track_caller]
fn go(bench: &mut Bench, label: &str) {
    for _ in 0..60 {
        let screen = bench.desk.screen();
        let focused = screen.lines().find_map(|line| {
            let form = line.split_once('│').map_or(line, |(_, form)| form);
            form.split_once('▌')
        });
        if let Some((_, field)) = focused
            && field.trim_start_matches(['•', ' ']).starts_with(label)
        {
            return;
        }
        bench.keys("down");
    }
    panic!("no field {label} on\n{}", bench.desk.screen());
}

#[test]
fn an_auto_reply_is_ready_off_and_shown_as_the_customer_gets_it() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut bench = Bench::usual(width, height);
        bench.keys(", enter");
        go(&mut bench, "Automatic mail");
        bench.keys("space");
        bench
            .desk
            .sees("Auto-reply")
            .sees("Closing notice")
            .sees_no("The customer sees");
        go(&mut bench, "Auto-reply");
        bench.keys("space");
        go(&mut bench, "subject");
        bench.desk.sees("The customer sees, in #1042:");
        bench.keys("enter ctrl-u 'Got it: {ticket.numbr}'");
        bench.desk.sees("did you mean").sees("{ticket.number}?");
        bench.keys("ctrl-u 'Got #{ticket.number}, {contact.first_name|contact.name}' enter up");
        bench.desk.sees("Got #1042, Olena Kovalenko");
        insta::assert_snapshot!(format!("auto_reply_{width}"), bench.desk.screen());
        bench.keys("s");
        let automatic = &bench.last_put().0.policy.automatic;
        assert!(automatic.auto_reply.is_on && !automatic.closing_notice.is_on);
        assert_eq!(
            automatic.auto_reply.subject,
            "Got #{ticket.number}, {contact.first_name|contact.name}"
        );
        assert!(
            !automatic.auto_reply.body.trim().is_empty(),
            "it is ready to use"
        );
    }
}

#[test]
fn a_text_with_a_mistake_is_not_saved() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(", enter");
    go(&mut bench, "Automatic mail");
    bench.keys("space");
    go(&mut bench, "Closing notice");
    bench.keys("space");
    go(&mut bench, "subject");
    bench.keys("enter ctrl-u 'Closed {nothing.here}' enter s");
    bench.desk.sees("there is no variable nothing.here");
    let asked = &bench.desk.asked;
    assert!(
        !asked
            .iter()
            .any(|request| format!("{request:?}").contains("Put {"))
    );
}

#[test]
fn a_mailbox_says_what_a_reply_to_a_closed_ticket_does() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(", enter");
    go(&mut bench, "Rules");
    bench.keys("space");
    go(&mut bench, "Reply to closed");
    bench.keys("space");
    bench.desk.sees("reopens it for some days");
    bench.keys("space");
    bench.desk.sees("makes a new, linked ticket");
    bench.keys("space");
    bench.desk.sees("is refused with a notice");
    go(&mut bench, "Automatic mail");
    bench.keys("space");
    go(&mut bench, "Refusal subject");
    bench.desk.sees("Not accepted: Cannot log in");
    bench.keys("s");
    assert_eq!(bench.last_put().0.policy.closed_reply, ClosedReply::Refuse);
}

#[test]
fn a_signature_is_an_operators_in_a_mailbox_and_html_is_pasted_as_markdown() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(",");
    for _ in 0..20 {
        bench.keys("j");
        let screen = bench.desk.screen();
        let mut lines = screen.lines();
        if lines.any(|line| line.starts_with('▌') && line.contains("write a signature")) {
            break;
        }
    }
    bench.keys("enter 'Anna in support' enter space");
    go(&mut bench, "Signs");
    bench.keys("space");
    go(&mut bench, "Text");
    bench.keys("enter");
    let html =
        "<p><b>{operator.name|\"Support\"}</b><br><a href=\"https://acme.example\">Acme</a></p>";
    bench.desk.event(Event::Paste(html.into()));
    bench.answer();
    bench.desk.sees("HTML was pasted as Markdown");
    insta::assert_snapshot!("signature_pasted_80", bench.desk.screen());
    bench.keys("ctrl-s");
    let saved = &bench.signatures[0];
    assert!(
        saved.markdown.contains("**{operator.name|\"Support\"}**"),
        "{}",
        saved.markdown
    );
    assert!(
        saved.markdown.contains("[Acme](https://acme.example"),
        "{}",
        saved.markdown
    );
    assert_eq!(saved.mailbox.map(|id| id.0), Some(1));
    assert!(matches!(saved.operator, Some(OperatorId(_))));
}
