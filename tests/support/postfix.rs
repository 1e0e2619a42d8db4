//! A real Postfix in a directory of its own, on free loopback ports. It needs root and touches nothing of the system's
//! Postfix but its programs.
//!
//! Mail for the addresses that are given goes into Maildirs; mail for other users of their domains is refused at
//! RCPT; mail for other domains is taken and bounces, so nothing leaves the machine. Plus-addresses reach their
//! address.
//!
//! ```ignore
//! let postfix = Postfix::new()
//!     .mailbox("support@acme.test", &dovecot_maildir)    // exists: delivered as its owner
//!     .own_mailbox("customer@example.test")              // made here
//!     .tls(&TestCertificate::make(home.path()))
//!     .start();
//! // … send to 127.0.0.1:postfix.port() (plain, STARTTLS) or localhost:postfix.tls_port() …
//! let mail = postfix.wait_for_mail("customer@example.test", "the answer", |raw| raw.contains("Re: login"));
//! ```
//!
//! [`Postfix::sign_in_by`] takes the path of a Dovecot `auth-client` socket and then wants AUTH before MAIL.
//! It stops when it is dropped.

mod config;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::certificate::TestCertificate;

const PATIENCE: Duration = Duration::from_secs(30);
/// `nobody`: Postfix delivers to no mailbox as root.
const NOBODY: u32 = 65534;

/// What is to be started.
#[derive(Debug)]
pub struct PostfixPlan {
    home: TempDir,
    mailboxes: BTreeMap<String, PathBuf>,
    settings: Vec<(String, String)>,
    tls: bool,
}

/// A running Postfix.
#[derive(Debug)]
pub struct Postfix {
    home: TempDir,
    mailboxes: BTreeMap<String, PathBuf>,
    port: u16,
    tls_port: u16,
    master: Child,
}

impl Postfix {
    #[allow(clippy::new_ret_no_self)]
    pub fn new() -> PostfixPlan {
        let home = tempfile::Builder::new()
            .prefix("postfix-")
            .tempdir()
            .unwrap();
        // Postfix' own users walk through this directory.
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        PostfixPlan {
            home,
            mailboxes: BTreeMap::new(),
            settings: Vec::new(),
            tls: false,
        }
    }

    /// Plain and STARTTLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Implicit TLS; only after [`PostfixPlan::tls`].
    pub fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// The Maildir of an address.
    pub fn maildir(&self, address: &str) -> &Path {
        &self.mailboxes[address]
    }

    /// All mails of an address, raw, oldest name first.
    pub fn mails(&self, address: &str) -> Vec<String> {
        let mut files = Vec::new();
        for part in ["new", "cur"] {
            let entries = fs::read_dir(self.maildir(address).join(part));
            files.extend(
                entries
                    .into_iter()
                    .flatten()
                    .flatten()
                    .map(|entry| entry.path()),
            );
        }
        files.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
        let raw = files.iter().filter_map(|path| fs::read(path).ok());
        raw.map(|raw| String::from_utf8_lossy(&raw).into_owned())
            .collect()
    }

    /// Waits for a mail of which `is_it` is true; fails with the label and the server's log.
    pub fn wait_for_mail(
        &self,
        address: &str,
        label: &str,
        is_it: impl Fn(&str) -> bool,
    ) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(mail) = self.mails(address).into_iter().find(|raw| is_it(raw)) {
                return mail;
            }
            assert!(
                Instant::now() < end,
                "waited in vain for {label} at {address}; Postfix says:\n{}",
                self.log()
            );
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// Waits until nothing is left in the queue, so that what was to be delivered has been.
    pub fn wait_until_idle(&self) {
        let end = Instant::now() + PATIENCE;
        let queue = self.home.path().join("queue");
        let busy = || {
            ["incoming", "active", "maildrop"]
                .iter()
                .any(|part| holds_a_file(&queue.join(part)))
        };
        while busy() {
            assert!(
                Instant::now() < end,
                "the queue does not empty:\n{}",
                self.log()
            );
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log/mail.log")).unwrap_or_default()
    }
}

fn holds_a_file(directory: &Path) -> bool {
    fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| {
            let path = entry.path();
            path.is_file() || (path.is_dir() && holds_a_file(&path))
        })
}

impl PostfixPlan {
    /// Mail for the address goes into this Maildir, as its owner. A missing one is made, for `nobody`.
    pub fn mailbox(mut self, address: &str, maildir: &Path) -> Self {
        if !maildir.exists() {
            for part in ["", "cur", "new", "tmp"] {
                let path = maildir.join(part);
                fs::create_dir_all(&path).unwrap();
                chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        self.mailboxes
            .insert(address.to_owned(), maildir.to_owned());
        self
    }

    /// Mail for the address goes into a Maildir in Postfix' own directory.
    pub fn own_mailbox(self, address: &str) -> Self {
        let maildir = self.home.path().join("mail").join(address);
        self.mailbox(address, &maildir)
    }

    /// A line of `main.cf`.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Offers STARTTLS on the one port and implicit TLS on the other.
    pub fn tls(mut self, certificate: &TestCertificate) -> Self {
        self.tls = true;
        self.set("smtpd_tls_security_level", "may")
            .set(
                "smtpd_tls_cert_file",
                &certificate.certificate.to_string_lossy(),
            )
            .set("smtpd_tls_key_file", &certificate.key.to_string_lossy())
            .set("smtpd_tls_auth_only", "yes")
    }

    /// Wants AUTH, checked by the Dovecot behind this `auth-client` socket.
    pub fn sign_in_by(self, auth_socket: &Path) -> Self {
        self.set("smtpd_sasl_auth_enable", "yes")
            .set("smtpd_sasl_type", "dovecot")
            .set("smtpd_sasl_path", &auth_socket.to_string_lossy())
            .set(
                "smtpd_sender_restrictions",
                "permit_sasl_authenticated, reject",
            )
            .set("smtpd_delay_reject", "no")
    }

    /// Starts it, and comes back when it greets.
    pub fn start(self) -> Postfix {
        let (port, tls_port) = two_free_ports();
        let home = self.home.path();
        for (name, owner) in [
            ("config", None),
            ("queue", None),
            ("data", Some("postfix")),
            ("log", None),
        ] {
            let path = home.join(name);
            fs::create_dir_all(&path).unwrap();
            if let Some(owner) = owner {
                let done = Command::new("chown")
                    .arg(owner)
                    .arg(&path)
                    .status()
                    .unwrap();
                assert!(done.success(), "chown {owner}");
            }
        }
        self.write_tables();
        fs::write(home.join("config/main.cf"), config::main_cf(&self)).unwrap();
        let services = config::master_cf(port, self.tls.then_some(tls_port));
        fs::write(home.join("config/master.cf"), services).unwrap();
        let master = Command::new("postfix")
            .arg("-c")
            .arg(home.join("config"))
            .arg("start-fg")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(home.join("log/start.log")).unwrap())
            .spawn()
            .expect("postfix is installed");
        let mut postfix = Postfix {
            mailboxes: self.mailboxes,
            home: self.home,
            port,
            tls_port,
            master,
        };
        postfix.wait_for_greeting();
        postfix
    }

    /// Which Maildir, user and group an address has; `texthash` needs no compiled tables.
    fn write_tables(&self) {
        let (mut boxes, mut users, mut groups) = (String::new(), String::new(), String::new());
        for (address, maildir) in &self.mailboxes {
            let about = fs::metadata(maildir).unwrap();
            assert_ne!(
                about.uid(),
                0,
                "{} belongs to root, and Postfix delivers nothing as root",
                maildir.display()
            );
            let below_root = maildir.strip_prefix("/").expect("an absolute path");
            writeln!(boxes, "{address} {}/", below_root.display()).unwrap();
            writeln!(users, "{address} {}", about.uid()).unwrap();
            writeln!(groups, "{address} {}", about.gid()).unwrap();
        }
        for (name, table) in [("boxes", boxes), ("users", users), ("groups", groups)] {
            fs::write(self.home.path().join("config").join(name), table).unwrap();
        }
    }
}

fn two_free_ports() -> (u16, u16) {
    let bind = || TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let (one, two) = (bind(), bind());
    (
        one.local_addr().unwrap().port(),
        two.local_addr().unwrap().port(),
    )
}

impl Postfix {
    fn wait_for_greeting(&mut self) {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Ok(stream) = TcpStream::connect(("127.0.0.1", self.port)) {
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                let mut line = String::new();
                let _read = BufReader::new(stream).read_line(&mut line);
                if line.starts_with("220") {
                    return;
                }
            }
            let ended = self.master.try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < end,
                "Postfix does not start: {}\n{}",
                fs::read_to_string(self.home.path().join("log/start.log")).unwrap_or_default(),
                self.log()
            );
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _stopped = Command::new("postfix")
            .arg("-c")
            .arg(self.home.path().join("config"))
            .arg("stop")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let _killed = self.master.kill();
        let _ended = self.master.wait();
    }
}
