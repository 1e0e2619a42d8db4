//! The parser's child as a real process: this test program itself, asked to run the one test that serves.

use std::time::Duration;

use super::super::child;
use super::super::{Death, Parser};

/// Not a test but the child of the tests below.
#[test]
#[ignore = "serves the other tests of this module as their child process"]
fn serve() {
    child::serve();
}

fn parser() -> Parser {
    let program = std::env::current_exe().unwrap();
    Parser::new(
        program,
        [
            "mail::mime::tests::children::serve",
            "--exact",
            "--ignored",
            "--nocapture",
            "--quiet",
        ],
    )
}

fn mail(number: usize) -> Vec<u8> {
    format!("From: a@b.test\r\nSubject: number {number}\r\n\r\nHello {number}\r\n").into_bytes()
}

/// Nested so deep that the parser's recursion overflows any stack.
fn killer() -> Vec<u8> {
    let mut mail = b"From: a@b.test\r\n".to_vec();
    for _ in 0..3_000_000 {
        mail.extend_from_slice(b"Content-Type: message/rfc822\n\n");
    }
    mail
}

#[tokio::test]
async fn a_batch_comes_back_in_its_order() {
    let parser = parser();
    let mails: Vec<Vec<u8>> = (0..200).map(mail).collect();
    for _ in 0..2 {
        let parsed = parser.parse_batch(&mails).await;
        let subjects: Vec<String> = parsed
            .into_iter()
            .map(|mail| mail.unwrap().subject)
            .collect();
        let expected: Vec<String> = (0..200).map(|number| format!("number {number}")).collect();
        assert_eq!(subjects, expected);
    }
}

#[tokio::test]
async fn a_mail_that_kills_the_parser_costs_only_itself() {
    let parser = parser();
    let parsed = parser
        .parse_batch(&[mail(1), killer(), mail(3), mail(4)])
        .await;
    let outcome: Vec<bool> = parsed.iter().map(Result::is_ok).collect();
    assert_eq!(outcome, [true, false, true, true], "{:?}", parsed[1]);
    let death = parsed[1].as_ref().unwrap_err();
    assert!(
        matches!(death.how, Death::Died(_) | Death::TimedOut),
        "{death:?}"
    );
    assert!(death.blames_the_mail());
}

/// A program that says what the parser says at its start, and then does something else.
fn impostor(then: &str) -> Parser {
    Parser::new(
        "/bin/sh",
        ["-c", &format!("printf ticketty-parser1; exec {then}")],
    )
    .with_deadline(Duration::from_millis(200))
}

#[tokio::test]
async fn a_parser_that_is_too_slow_is_killed() {
    let death = impostor("sleep 600").parse(&mail(1)).await.unwrap_err();
    assert_eq!(death.how, Death::TimedOut);
}

#[tokio::test]
async fn a_parser_that_talks_nonsense_is_killed() {
    let results = impostor("yes").parse_batch(&[mail(1), mail(2)]).await;
    for result in results {
        assert_eq!(result.unwrap_err().how, Death::BrokenAnswer);
    }
}

#[tokio::test]
async fn attachments_and_html_come_out_of_the_child() {
    let raw = b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n\
                <p>Hello <a href='https://a.test'>there</a></p>\r\n--x\r\nContent-Type: application/pdf\r\n\
                Content-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n\
                aGVsbG8=\r\n--x--\r\n";
    let parser = parser();
    assert_eq!(parser.extract(raw, 0).await.unwrap(), b"hello");
    let refused = parser.extract(raw, 1).await.unwrap_err();
    assert!(matches!(refused.how, Death::Refused(_)), "{refused:?}");
    let text = parser.render_html(raw, 40).await.unwrap().unwrap();
    assert!(text.contains("there[1]"), "{text}");
    assert!(
        parser
            .html_source(raw)
            .await
            .unwrap()
            .unwrap()
            .contains("<p>Hello")
    );
    assert_eq!(parser.html_source(&mail(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_program_that_is_no_parser_is_told_apart_from_a_bad_mail() {
    for program in ["/nonexistent/ticketty", "/bin/true", "/bin/yes"] {
        let parser = Parser::new(program, Vec::<String>::new());
        let results = parser.parse_batch(&[mail(1), mail(2)]).await;
        assert_eq!(results.len(), 2);
        for result in results {
            let death = result.unwrap_err();
            assert!(!death.blames_the_mail(), "{program}: {death:?}");
        }
    }
}

#[tokio::test]
async fn many_callers_share_two_children() {
    let parser = std::sync::Arc::new(parser());
    let callers: Vec<_> = (0..8)
        .map(|caller| {
            let parser = parser.clone();
            tokio::spawn(async move {
                let mails: Vec<Vec<u8>> =
                    (0..20).map(|number| mail(caller * 100 + number)).collect();
                parser.parse_batch(&mails).await
            })
        })
        .collect();
    for (caller, results) in callers.into_iter().enumerate() {
        let subjects: Vec<String> = results
            .await
            .unwrap()
            .into_iter()
            .map(|mail| mail.unwrap().subject)
            .collect();
        let expected: Vec<String> = (0..20)
            .map(|number| format!("number {}", caller * 100 + number))
            .collect();
        assert_eq!(subjects, expected);
    }
}
