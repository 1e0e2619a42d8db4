#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const MAIL: &[u8] = b"Subject: hi\r\n\r\n.\r\nHello\r\n";

fn envelope() -> Envelope {
    Envelope {
        from: Some("support@acme.test".into()),
        to: vec!["-bob@example.test".into(), "eve@example.test".into()],
        all_or_nothing: false,
    }
}

fn program(home: &Path, script: &str) -> Sendmail {
    let path = home.join("sendmail");
    std::fs::write(
        &path,
        format!("#!/bin/sh\ncd {}\n{script}\n", home.display()),
    )
    .unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    Sendmail::new(path)
}

async fn run(script: &str) -> (Delivery, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let sendmail = program(home.path(), script).within(Duration::from_secs(20));
    let delivery = sendmail.send(&envelope(), MAIL, async { Ok(()) }).await;
    (delivery, home)
}

#[tokio::test]
async fn the_program_gets_sender_recipients_and_the_mail() {
    let (delivery, home) = run("printf '%s|' \"$@\" > argv; cat > mail").await;
    assert!(
        matches!(delivery, Delivery::Accepted { .. }),
        "{delivery:?}"
    );
    assert_eq!(
        std::fs::read_to_string(home.path().join("argv")).unwrap(),
        "-i|-f|support@acme.test|--|-bob@example.test|eve@example.test|"
    );
    assert_eq!(
        std::fs::read(home.path().join("mail")).unwrap(),
        b"Subject: hi\n\n.\nHello\n"
    );
}

#[tokio::test]
async fn the_exit_code_is_the_answer() {
    let table = [
        (75, "deferred"),
        (71, "deferred"),
        (67, "refused"),
        (78, "refused"),
        (1, "uncertain"),
        (127, "uncertain"),
    ];
    for (code, expected) in table {
        let (delivery, _home) =
            run(&format!("cat > mail; echo no such user >&2; exit {code}")).await;
        let (got, words) = match &delivery {
            Delivery::Deferred { words, .. } => ("deferred", words),
            Delivery::Refused { words, .. } => ("refused", words),
            Delivery::Uncertain { known, .. } => ("uncertain", known),
            other => panic!("{other:?}"),
        };
        assert_eq!(got, expected, "exit code {code}");
        assert!(
            words.contains("no such user") && words.contains(&code.to_string()),
            "{words}"
        );
    }
}

#[tokio::test]
async fn a_program_that_never_ends_is_stopped_and_leaves_doubt() {
    let home = tempfile::tempdir().unwrap();
    let sendmail =
        program(home.path(), "cat > mail; exec sleep 600").within(Duration::from_millis(300));
    let delivery = sendmail.send(&envelope(), MAIL, async { Ok(()) }).await;
    assert!(
        matches!(delivery, Delivery::Uncertain { .. }),
        "{delivery:?}"
    );
}

#[tokio::test]
async fn a_program_killed_by_a_signal_leaves_doubt() {
    let (delivery, _home) = run("cat > mail; kill -9 $$").await;
    let Delivery::Uncertain { known, .. } = delivery else {
        panic!("{delivery:?}");
    };
    assert!(known.contains("signal 9"), "{known}");
}

#[tokio::test]
async fn a_refused_barrier_never_starts_the_program() {
    let home = tempfile::tempdir().unwrap();
    let sendmail = program(home.path(), "touch started");
    let delivery = sendmail
        .send(&envelope(), MAIL, async {
            Err(Trouble::operator("the disk is full"))
        })
        .await;
    assert!(delivery.certainly_not_sent(), "{delivery:?}");
    assert!(!home.path().join("started").exists());
}

#[tokio::test]
async fn a_missing_program_is_the_operators_move_and_the_barrier_is_not_asked() {
    let sendmail = Sendmail::new("/nowhere/sendmail".into());
    let mut asked = false;
    let delivery = sendmail
        .send(&envelope(), MAIL, async {
            asked = true;
            Ok(())
        })
        .await;
    let Delivery::NotSent(setback) = delivery else {
        panic!("{delivery:?}");
    };
    assert_eq!(setback.phase, Phase::Connect);
    assert!(!asked);
}
