//! The program in a home of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A temporary home; nothing of the machine's user is read or written.
pub struct Home {
    directory: tempfile::TempDir,
}

/// What a run of the program left.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn config(&self) -> PathBuf {
        self.path().join("config.toml")
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ticketty"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .stdin(Stdio::null())
            .current_dir(self.path());
        command
    }

    /// A command with the places of this home.
    pub fn here(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.env("TICKETTY_DATA_DIR", self.data());
        if self.config().exists() {
            command.env("TICKETTY_CONFIG", self.config());
        }
        command
    }

    /// Runs with the places of this home.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.here(arguments).output().unwrap())
    }

    /// Runs with this on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.piped(arguments);
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        ran(child.wait_with_output().unwrap())
    }

    fn piped(&self, arguments: &[&str]) -> Child {
        self.here(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs, succeeds, and gives the JSON value that was printed.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let mut words = vec!["--json"];
        words.extend(arguments);
        serde_json::from_str(&self.run(&words).done().stdout).unwrap()
    }

    /// Starts it and lets it run.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let child = self
            .here(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Running(child)
    }

    /// The program's own log, for the message of a story that failed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data().join("state/ticketty.log")).unwrap_or_default()
    }
}

/// A program under way; it is killed with the value.
pub struct Running(Child);

impl Running {
    /// Stands still as if its machine slept, or goes on.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// As a power cut would: no signal handler, no destructor.
    pub fn kill_9(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// Waits until there is what is looked for; fails with the label when the time is up.
#[track_caller]
pub fn until<T>(label: &str, within: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + within;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain for {label}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().expect("the program was killed"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(
            self.code, 0,
            "stdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
        self
    }

    /// It failed with this code and said these words on stderr.
    #[track_caller]
    pub fn failed(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(
            self.code, code,
            "stdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
        for word in words {
            assert!(
                self.stderr.contains(word),
                "no `{word}` in: {}",
                self.stderr
            );
        }
        self
    }
}
