//! Ticketty as people run it: the released program, a data directory, its commands.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_ticketty");

/// An installation of its own, gone with the value.
pub struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    pub fn new(medium: &Path) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("figures-ours")
            .tempdir_in(medium)
            .unwrap();
        Self { dir }
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The words that follow the program's name before any command.
    pub fn arguments(&self) -> Vec<String> {
        vec!["--data-dir".into(), self.data().display().to_string()]
    }

    pub fn run(&self, arguments: &[&str]) -> (Duration, String) {
        let began = Instant::now();
        let output = Command::new(PROGRAM)
            .args(self.arguments())
            .args(arguments)
            .env("HOME", self.dir.path())
            .env("XDG_CONFIG_HOME", self.dir.path())
            .env("USER", "anna")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let spent = began.elapsed();
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "ticketty {arguments:?}: {words}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        (spent, words)
    }

    /// Connects the mailbox of these measurements at a port of this machine.
    pub fn add_mailbox(&self, port: u16) {
        let server = format!("localhost:{port}");
        self.run(&[
            "mailbox",
            "add",
            "support@acme.test",
            "--name",
            "support",
            "--imap",
            &server,
            "--imap-security",
            "none",
            "--no-outgoing",
            "--login",
            "anna",
            "--password-command",
            "echo secret",
            "--since",
            "all",
            "--no-check",
        ]);
    }

    /// The same mailbox at another port.
    pub fn move_mailbox(&self, port: u16) {
        let server = format!("localhost:{port}");
        self.run(&[
            "mailbox",
            "set",
            "support",
            "--imap",
            &server,
            "--imap-security",
            "none",
            "--no-check",
        ]);
    }

    /// `sync --once`, from start to exit, which must find so many mails.
    pub fn sync(&self, wanted: usize) -> Duration {
        let (spent, words) = self.run(&["--json", "sync", "--once"]);
        let expected = format!("\"new_messages\":{wanted}");
        let tight: String = words.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(tight.contains(&expected), "{words}");
        spent
    }

    /// The store's file.
    pub fn store(&self) -> PathBuf {
        self.data().join("ticketty.db")
    }

    pub fn mebibytes(&self) -> u64 {
        std::fs::metadata(self.store()).map_or(0, |data| data.len() >> 20)
    }
}
