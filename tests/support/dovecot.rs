//! A real Dovecot 2.3 in a directory of its own, on free loopback ports, with its own authority.
//!
//! Users, passwords and mail are files, so that a story can change them behind the server's back. The server ends
//! with the value.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use ticketty::domain::mailbox::{Endpoint, Security, Trust};

use super::authority::{Authority, Issued};

/// Who owns the mail when the tests run as root, which Dovecot does not read mail as.
const NOBODY: u32 = 65534;

/// The part of the configuration that is the same for all.
const ALWAYS: &str = r#"mail_plugins = quota
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=1G
  quota_rule2 = Full:messages=1
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    special_use = \Sent
    auto = create
  }
  mailbox Drafts {
    special_use = \Drafts
    auto = create
  }
  mailbox Junk {
    special_use = \Junk
    auto = create
  }
  mailbox Trash {
    special_use = \Trash
    auto = create
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener auth-client {
    mode = 0666
  }
}
"#;

/// The server.
#[derive(Debug)]
pub struct Dovecot {
    dir: tempfile::TempDir,
    pub plain_port: u16,
    pub tls_port: u16,
    master: Option<Child>,
    delivered: u32,
}

impl Dovecot {
    /// Starts a server with `users` (login, password), each with an empty INBOX, Sent, Drafts, Junk and Trash.
    pub fn start(users: &[(&str, &str)]) -> Self {
        Self::start_in(&std::env::temp_dir(), users)
    }

    /// The same with its directory in `parent`, which says on what medium it lies.
    pub fn start_in(parent: &Path, users: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir_in(parent).unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let authority = Authority::new(&dir.path().join("authority"));
        let issued = authority.issue(
            "server",
            "DNS:localhost,DNS:mail.test,IP:127.0.0.1",
            "20450101",
        );
        let mut server = Self {
            plain_port: free_port(),
            tls_port: free_port(),
            dir,
            master: None,
            delivered: 0,
        };
        std::fs::create_dir_all(server.path("mail")).unwrap();
        server.give(&server.path("mail"));
        std::fs::write(server.path("users"), "").unwrap();
        for (user, password) in users {
            server.set_password(user, password);
            server.folder(user, "INBOX");
        }
        std::fs::write(server.path("dovecot.conf"), server.config(&issued)).unwrap();
        server.run();
        server
    }

    /// Lets people sign in with the tokens that `tokeninfo` knows, besides their passwords.
    pub fn take_tokens(&mut self, tokeninfo: &str) {
        std::fs::write(
            self.path("oauth2.conf"),
            format!("tokeninfo_url = {tokeninfo}?access_token=\nusername_attribute = email\n"),
        )
        .unwrap();
        let config = self.path("dovecot.conf");
        let more = format!(
            "auth_mechanisms = plain login xoauth2 oauthbearer\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {}\n}}\n",
            self.path("oauth2.conf").display()
        );
        let all = std::fs::read_to_string(&config).unwrap() + &more;
        std::fs::write(config, all).unwrap();
        self.restart();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    /// Makes a file the mail owner's.
    fn give(&self, path: &Path) {
        if Self::is_root() {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    fn config(&self, issued: &Issued) -> String {
        let dir = self.dir.path().display();
        let (uid, gid, users) = if Self::is_root() {
            (NOBODY, NOBODY, String::new())
        } else {
            let uid = rustix::process::geteuid().as_raw();
            let gid = rustix::process::getegid().as_raw();
            let name = std::env::var("USER").unwrap_or_else(|_| uid.to_string());
            let users = format!("default_internal_user = {name}\ndefault_login_user = {name}\n");
            (
                uid,
                gid,
                users + "default_internal_group =\nservice anvil {\n chroot =\n}\n",
            )
        };
        format!(
            r#"base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols = imap
listen = 127.0.0.1
{users}first_valid_uid = 1
first_valid_gid = 1
disable_plaintext_auth = no
auth_failure_delay = 0
mail_max_userip_connections = 200
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {dir}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/mail/%u mail=maildir:~/Maildir
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
"#,
            certificate = issued.certificate.display(),
            key = issued.key.display(),
            plain = self.plain_port,
            tls = self.tls_port,
        ) + ALWAYS
    }

    /// Starts the server again after [`Self::stop`], on the same ports.
    pub fn run(&mut self) {
        let config = self.path("dovecot.conf");
        let child = Command::new("dovecot")
            .args(["-F", "-c"])
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dovecot is installed");
        self.master = Some(child);
        let until = Instant::now() + Duration::from_secs(20);
        for port in [self.plain_port, self.tls_port] {
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                let log = std::fs::read_to_string(self.path("log")).unwrap_or_default();
                assert!(Instant::now() < until, "dovecot did not start: {log}");
                std::thread::yield_now();
            }
        }
    }

    /// Ends the server and all its connections. Processes that serve a client outlive their master by themselves.
    pub fn stop(&mut self) {
        let Some(mut master) = self.master.take() else {
            return;
        };
        let serving = children_of(master.id());
        signal(master.id(), Signal::TERM);
        let _ = master.wait();
        for child in serving {
            signal(child, Signal::KILL);
        }
    }

    pub fn restart(&mut self) {
        self.stop();
        self.run();
    }

    /// Where to connect, with what protection. The host is a name of the certificate.
    pub fn endpoint(&self, security: Security) -> Endpoint {
        Endpoint {
            host: "localhost".to_owned(),
            port: match security {
                Security::Tls => self.tls_port,
                Security::Starttls | Security::None => self.plain_port,
            },
            security,
        }
    }

    /// Where another server, such as Postfix, asks whether a password is right.
    pub fn auth_socket(&self) -> PathBuf {
        self.path("run/auth-client")
    }

    /// Trust in the server's own authority.
    pub fn trust(&self) -> Trust {
        Trust {
            ca_file: Some(self.path("authority/ca.pem")),
            fingerprint: None,
        }
    }

    /// Sets or changes a password; the next sign-in needs the new one.
    pub fn set_password(&self, user: &str, password: &str) {
        let file = self.path("users");
        let mut lines: Vec<String> = std::fs::read_to_string(&file)
            .unwrap()
            .lines()
            .filter(|line| !line.starts_with(&format!("{user}:")))
            .map(str::to_owned)
            .collect();
        lines.push(format!("{user}:{{PLAIN}}{password}"));
        // The server reloads the file only when its date in whole seconds or its size changed.
        let before = std::fs::metadata(&file)
            .and_then(|data| data.modified())
            .unwrap();
        std::fs::write(&file, lines.join("\n") + "\n").unwrap();
        let written = std::fs::File::options().append(true).open(&file).unwrap();
        written
            .set_modified(before + Duration::from_secs(2))
            .unwrap();
        if self.master.is_some() {
            self.until_known(user, password);
        }
    }

    /// Dovecot looks at its password file once a second.
    fn until_known(&self, user: &str, password: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let tested = Command::new("doveadm")
                .arg("-c")
                .arg(self.path("dovecot.conf"))
                .args(["auth", "test", user, password])
                .output()
                .expect("doveadm is installed");
            if tested.status.success() {
                return;
            }
            assert!(
                Instant::now() < until,
                "dovecot does not take the new password"
            );
        }
    }

    /// The Maildir of a folder, made if it is missing.
    pub fn folder(&self, user: &str, folder: &str) -> PathBuf {
        let mut dir = self.path("mail").join(user);
        let mut parts = vec![dir.clone(), dir.join("Maildir")];
        dir.push("Maildir");
        if folder != "INBOX" {
            dir.push(format!(".{}", folder.replace('/', ".")));
            parts.push(dir.clone());
        }
        parts.extend(["cur", "new", "tmp"].map(|part| dir.join(part)));
        for part in parts {
            if !part.exists() {
                std::fs::create_dir(&part).unwrap();
                self.give(&part);
            }
        }
        dir
    }

    /// Delivers one mail, with LF line ends as files have them.
    pub fn deliver(&mut self, user: &str, folder: &str, raw: &str) {
        self.deliver_many(user, folder, [raw.to_owned()]);
    }

    /// Delivers mails by writing files into the Maildir; they get their UIDs in this order.
    pub fn deliver_many(
        &mut self,
        user: &str,
        folder: &str,
        mails: impl IntoIterator<Item = String>,
    ) {
        let dir = self.folder(user, folder);
        for raw in mails {
            self.delivered += 1;
            let number = self.delivered;
            let lines = raw.bytes().filter(|byte| *byte == b'\n').count();
            let name = format!(
                "{}.M{number}P1.test,S={},W={}",
                1_700_000_000 + number,
                raw.len(),
                raw.len() + lines
            );
            let tmp = dir.join("tmp").join(&name);
            std::fs::write(&tmp, raw).unwrap();
            self.give(&tmp);
            std::fs::rename(tmp, dir.join("new").join(&name)).unwrap();
        }
    }

    /// Takes the right to read from the mail with this place in the folder, counted from 0.
    pub fn make_unreadable(&self, user: &str, folder: &str, place: usize) {
        let dir = self.folder(user, folder);
        let mut files: Vec<PathBuf> = ["cur", "new"]
            .iter()
            .flat_map(|part| std::fs::read_dir(dir.join(part)).unwrap().flatten())
            .map(|entry| entry.path())
            .collect();
        files.sort_by_key(|path| path.file_name().map(std::ffi::OsStr::to_os_string));
        let file = files.get(place).expect("there are as many mails");
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o000)).unwrap();
    }

    /// From now on the server answers NO where it cannot read a mail, and does not hang up.
    pub fn refuses_the_unreadable(&mut self) {
        let config = self.path("dovecot.conf");
        let words = std::fs::read_to_string(&config).unwrap() + "\nimap_fetch_failure = no-after\n";
        std::fs::write(&config, words).unwrap();
        self.restart();
    }

    /// Takes all mails of a folder away and counts UIDs from 1 again, under the same UIDVALIDITY, as after a copy of
    /// files that went wrong.
    pub fn count_uids_anew(&mut self, user: &str, folder: &str) {
        let dir = self.folder(user, folder);
        self.stop();
        let list = dir.join("dovecot-uidlist");
        let words = std::fs::read_to_string(&list).unwrap();
        let validity = words
            .split_whitespace()
            .find(|word| word.starts_with('V'))
            .expect("the list says its UIDVALIDITY");
        std::fs::write(&list, format!("3 {validity} N1\n")).unwrap();
        let parts = ["cur", "new"].map(|part| dir.join(part));
        let old = parts.iter().chain([&dir]).flat_map(std::fs::read_dir);
        for entry in old.flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_mail = entry.path().parent() != Some(&dir);
            if is_mail || name.starts_with("dovecot.index") {
                std::fs::remove_file(entry.path()).unwrap();
            }
        }
        self.run();
    }

    /// Runs `doveadm`, which must succeed, and gives its output.
    pub fn doveadm(&self, arguments: &[&str]) -> String {
        let output = Command::new("doveadm")
            .arg("-c")
            .arg(self.path("dovecot.conf"))
            .args(arguments)
            .output()
            .expect("doveadm is installed");
        assert!(
            output.status.success(),
            "doveadm {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Expunges UIDs (a set such as `3:5`) as another mail program would.
    pub fn expunge(&self, user: &str, folder: &str, uids: &str) {
        self.doveadm(&["expunge", "-u", user, "mailbox", folder, "uid", uids]);
    }

    /// Moves UIDs to another folder as another mail program would.
    pub fn move_mails(&self, user: &str, from: &str, uids: &str, to: &str) {
        self.doveadm(&["move", "-u", user, to, "mailbox", from, "uid", uids]);
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
    }
}

fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// The processes that `parent` started, by the kernel's word.
fn children_of(parent: u32) -> Vec<u32> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let after_name = stat.rsplit(')').next().unwrap_or_default();
            after_name.split_whitespace().nth(1) == Some(parent.to_string().as_str())
        })
        .collect()
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
