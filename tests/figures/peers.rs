//! The peers, each set up as its manual says: mbsync fetches, notmuch indexes, neomutt and aerc show.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Whether mbsync waits for the disk, as it does by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durable {
    Yes,
    No,
}

/// A mailbox that mbsync fetches into a Maildir, and what the others need to show it. Gone with the value.
pub struct Peer {
    dir: tempfile::TempDir,
}

impl Peer {
    pub fn new(medium: &Path) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("figures-peer")
            .tempdir_in(medium)
            .unwrap();
        std::fs::create_dir_all(dir.path().join("mail")).unwrap();
        Self { dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn maildir(&self) -> PathBuf {
        self.path("mail/INBOX")
    }

    /// mbsync, from start to exit.
    pub fn mbsync(&self, port: u16, durable: Durable) -> Duration {
        let mail = self.path("mail");
        let mail = mail.display();
        let fsync = if durable == Durable::Yes {
            ""
        } else {
            "FSync no\n"
        };
        let config = format!(
            "{fsync}SyncState *\n\nIMAPAccount a\nHost 127.0.0.1\nPort {port}\nUser anna\nPass secret\nSSLType None\nAuthMechs LOGIN\n\n\
             IMAPStore far\nAccount a\n\nMaildirStore near\nPath {mail}/\nInbox {mail}/INBOX\n\n\
             Channel all\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync Pull\n"
        );
        let file = self.path("mbsyncrc");
        std::fs::write(&file, config).unwrap();
        let mut command = Command::new("mbsync");
        command.arg("-q").arg("-c").arg(file).arg("all");
        timed(&mut command, self.dir.path()).0
    }

    fn notmuch(&self, arguments: &[&str]) -> (Duration, String) {
        let config = self.path("notmuch-config");
        if !config.exists() {
            let mail = self.path("mail");
            let words = format!(
                "[database]\npath={}\n[user]\nname=Anna\nprimary_email=support@acme.test\n[new]\ntags=unread;\nignore=.mbsyncstate;.uidvalidity\n",
                mail.display()
            );
            std::fs::write(&config, words).unwrap();
        }
        let mut command = Command::new("notmuch");
        command.arg("--config").arg(config).args(arguments);
        timed(&mut command, self.dir.path())
    }

    pub fn index(&self) -> Duration {
        self.notmuch(&["new", "--quiet"]).0
    }

    /// A search for a screenful, from start to exit; and how many lines it found.
    pub fn search(&self, query: &str) -> (Duration, usize) {
        let (spent, words) = self.notmuch(&["search", "--limit=50", query]);
        (spent, words.lines().count())
    }

    /// The command that shows the Maildir in neomutt, with its header cache.
    pub fn neomutt(&self) -> (String, Vec<String>) {
        let config = self.path("neomuttrc");
        let (mail, cache) = (self.maildir(), self.path("header-cache"));
        let words = format!(
            "set folder=\"{mail}\"\nset spoolfile=\"{mail}\"\nset header_cache=\"{cache}\"\nset sort=reverse-date\nset mail_check=3600\nset timeout=3600\nset quit=yes\nset sleep_time=0\n\
             bind index j next-entry\nbind index k previous-entry\n",
            mail = mail.display(),
            cache = cache.display()
        );
        std::fs::write(&config, words).unwrap();
        std::fs::create_dir_all(cache).unwrap();
        (
            "neomutt".into(),
            vec!["-n".into(), "-F".into(), config.display().to_string()],
        )
    }

    /// The command that shows the Maildir in aerc; its configuration must be private.
    pub fn aerc(&self) -> (String, Vec<String>) {
        let config = self.path("aerc");
        std::fs::create_dir_all(&config).unwrap();
        let accounts = config.join("accounts.conf");
        let words = format!(
            "[support]\nsource = maildir://{}\ndefault = INBOX\nfrom = Anna <support@acme.test>\n",
            self.path("mail").display()
        );
        std::fs::write(&accounts, words).unwrap();
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&accounts, std::fs::Permissions::from_mode(0o600)).unwrap();
        ("aerc".into(), Vec::new())
    }

    pub fn home(&self) -> &Path {
        self.dir.path()
    }
}

fn timed(command: &mut Command, home: &Path) -> (Duration, String) {
    let began = Instant::now();
    let output = command
        .env("HOME", home)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let spent = began.elapsed();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    (spent, String::from_utf8_lossy(&output.stdout).into_owned())
}
