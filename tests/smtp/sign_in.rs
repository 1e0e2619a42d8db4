//! Signing in at a real Postfix whose passwords a real Dovecot checks.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ticketty::domain::delivery::{Delivery, Phase};
use ticketty::domain::mailbox::{
    Endpoint, Incoming, MailboxSettings, Outgoing, SecretSource, Security,
};
use ticketty::mail::smtp::{Session, SignIn, check};
use ticketty::mail::transport::{Courier, Transport};

use super::{MAIL, account, anna, send, to};
use crate::support::certificate::TestCertificate;
use crate::support::postfix::Postfix;

/// The part of Dovecot that knows passwords, and nothing else of it.
struct PasswordServer {
    home: tempfile::TempDir,
    process: Child,
}

impl PasswordServer {
    /// Knows Anna.
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let path = home.path().display();
        let config = format!(
            "base_dir = {path}/run\nstate_dir = {path}/state\nlog_path = {path}/dovecot.log\n\
             protocols =\nssl = no\nauth_mechanisms = plain login\n\
             passdb {{\n driver = passwd-file\n args = {path}/users\n}}\n\
             userdb {{\n driver = static\n args = uid=65534 gid=65534 home=/nonexistent\n}}\n\
             service auth {{\n unix_listener {path}/auth-client {{\n  mode = 0666\n }}\n}}\n"
        );
        fs::write(home.path().join("dovecot.conf"), config).unwrap();
        fs::write(
            home.path().join("users"),
            "anna@acme.test:{PLAIN}correct horse\n",
        )
        .unwrap();
        let process = Command::new("dovecot")
            .arg("-F")
            .arg("-c")
            .arg(home.path().join("dovecot.conf"))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dovecot is installed");
        let mut server = Self { home, process };
        server.wait_until_it_listens();
        server
    }

    fn socket(&self) -> PathBuf {
        self.home.path().join("auth-client")
    }

    fn wait_until_it_listens(&mut self) {
        let end = Instant::now() + Duration::from_secs(20);
        while UnixStream::connect(self.socket()).is_err() {
            let log = fs::read_to_string(self.home.path().join("dovecot.log"));
            let ended = self.process.try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < end,
                "Dovecot does not start: {log:?}"
            );
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

impl Drop for PasswordServer {
    fn drop(&mut self) {
        // TERM lets the master end its children; KILL would leave them behind.
        let stopped = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _killed = self.process.kill();
        }
        let _ended = self.process.wait();
    }
}

#[tokio::test]
async fn the_right_password_sends_and_the_wrong_one_is_told_apart() {
    let passwords = PasswordServer::start();
    let home = tempfile::tempdir().unwrap();
    let certificate = TestCertificate::make(home.path());
    let postfix = Postfix::new()
        .own_mailbox("bob@example.test")
        .tls(&certificate)
        .sign_in_by(&passwords.socket())
        .start();
    let trusting = |port, security, sign_in| {
        let mut account = account(port, security, sign_in);
        account.trust.ca_file = Some(certificate.authority.clone());
        account
    };
    for (port, security) in [
        (postfix.port(), Security::Starttls),
        (postfix.tls_port(), Security::Tls),
    ] {
        let right = trusting(port, security, Some(anna()));
        let (delivery, _) = send(&right, &to(&["bob@example.test"]), MAIL.as_bytes()).await;
        assert!(
            matches!(delivery, Delivery::Accepted { .. }),
            "{delivery:?}\n{}",
            postfix.log()
        );

        let mut wrong = right.clone();
        wrong.sign_in = Some(SignIn {
            password: "battery staple".into(),
            means: ticketty::mail::Means::Password,
            ..anna()
        });
        let setback = Session::open(&wrong).await.unwrap_err();
        assert!(setback.wants_password(), "{setback:?}");
        assert!(setback.trouble.cause.unwrap().starts_with("535 5.7.8"));
    }
    // Postfix hides AUTH from an unprotected line, so no password goes there.
    let plain = trusting(postfix.port(), Security::None, Some(anna()));
    let setback = Session::open(&plain).await.unwrap_err();
    assert_eq!(setback.phase, Phase::SignIn);
    assert!(!setback.wants_password());
    // Without signing in the server takes no mail, and the check says so.
    let stranger = trusting(postfix.tls_port(), Security::Tls, None);
    let mut last = None;
    let passed = check(&stranger, "support@acme.test", |step| last = Some(step)).await;
    assert!(!passed);
    let setback = last.unwrap().outcome.unwrap_err();
    assert!(
        setback.trouble.what.contains("does not take mail from"),
        "{setback:?}"
    );
}

fn settings(outgoing: Outgoing) -> MailboxSettings {
    let nowhere = Incoming::Maildir("/nonexistent".into());
    MailboxSettings::new("support@acme.test", nowhere, outgoing, SecretSource::None)
}

/// A `sendmail` that hands over to our own Postfix would need its configuration; a small script stands in.
fn sendmail_script(home: &Path) -> PathBuf {
    let path = home.join("sendmail");
    fs::write(
        &path,
        format!("#!/bin/sh\ncat > {}/taken\n", home.display()),
    )
    .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn every_way_out_is_used_alike() {
    let home = tempfile::tempdir().unwrap();
    let postfix = Postfix::new().own_mailbox("bob@example.test").start();
    let ways = [
        Outgoing::Smtp(Endpoint {
            host: "localhost".into(),
            port: postfix.port(),
            security: Security::None,
        }),
        Outgoing::Sendmail(sendmail_script(home.path())),
        Outgoing::Folder(home.path().join("outbox")),
    ];
    for outgoing in ways {
        let mut courier: Courier = Transport::of(&settings(outgoing.clone()), None)
            .open()
            .await
            .unwrap();
        let mut committed = false;
        let barrier = async {
            committed = true;
            Ok(())
        };
        let delivery = courier
            .send(&to(&["bob@example.test"]), MAIL.as_bytes(), barrier)
            .await;
        assert!(
            matches!(delivery, Delivery::Accepted { .. }),
            "{outgoing:?}: {delivery:?}"
        );
        assert!(committed && courier.is_usable(), "{outgoing:?}");
        courier.close().await;
    }
    postfix.wait_for_mail("bob@example.test", "the mail by SMTP", |raw| {
        raw.contains("token-7")
    });
    assert!(
        fs::read_to_string(home.path().join("taken"))
            .unwrap()
            .contains("token-7")
    );
    assert_eq!(fs::read_dir(home.path().join("outbox")).unwrap().count(), 1);
    let off = Transport::of(&settings(Outgoing::Off), None)
        .open()
        .await
        .unwrap_err();
    assert!(off.trouble.what.contains("sends no answers"));
}
