//! A program in a terminal of 120 × 40, every byte of its output with the moment it came.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const ROWS: u16 = 40;
const COLUMNS: u16 = 120;
/// Output that comes within this time after a key belongs to it.
const QUIET: Duration = Duration::from_millis(400);

pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    began: Instant,
    _master: Box<dyn MasterPty + Send>,
}

/// What a key did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answer {
    /// Until its first byte came back.
    pub first: Duration,
    /// All it wrote until it was quiet.
    pub bytes: usize,
    /// What it wrote in the first frame: until the first pause of 20 ms.
    pub frame_bytes: usize,
}

impl Terminal {
    pub fn start(program: &str, arguments: &[String], home: &Path) -> Self {
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("USER", "anna"),
        ] {
            command.env(name, value);
        }
        command.env("HOME", home);
        command.env("XDG_CONFIG_HOME", home);
        command.cwd(home);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (told, output) = channel();
        std::thread::spawn(move || {
            let mut chunk = vec![0; 64 * 1024];
            while let Ok(length) = reader.read(&mut chunk) {
                if length == 0
                    || told
                        .send((Instant::now(), chunk[..length].to_vec()))
                        .is_err()
                {
                    return;
                }
            }
        });
        let began = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        Self {
            child,
            keys,
            output,
            screen: vt100::Parser::new(ROWS, COLUMNS, 0),
            began,
            _master: pair.master,
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits until the screen shows what is looked for; gives the time since the start.
    pub fn until(&mut self, what: &str, shows: impl Fn(&str) -> bool) -> Duration {
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok((at, bytes)) => {
                    self.screen.process(&bytes);
                    if shows(&self.screen.screen().contents()) {
                        return at - self.began;
                    }
                }
                Err(_) => panic!("{what} was not shown:\n{}", self.screen.screen().contents()),
            }
        }
    }

    pub fn contents(&self) -> String {
        self.screen.screen().contents()
    }

    pub fn top_line(&self) -> String {
        self.contents()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// Everything that comes within `span`, in bytes.
    pub fn listen(&mut self, span: Duration) -> usize {
        let until = Instant::now() + span;
        let mut bytes = 0;
        while let Ok((_, chunk)) = self
            .output
            .recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            bytes += chunk.len();
            self.screen.process(&chunk);
        }
        bytes
    }

    /// Presses a key and waits for the first byte that comes back, at most `patience`.
    pub fn press(&mut self, key: &str, patience: Duration) -> Duration {
        while let Ok((_, chunk)) = self.output.try_recv() {
            self.screen.process(&chunk);
        }
        let began = Instant::now();
        self.keys.write_all(key.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        match self.output.recv_timeout(patience) {
            Ok((at, chunk)) => {
                self.screen.process(&chunk);
                at - began
            }
            Err(RecvTimeoutError::Timeout) => patience,
            Err(RecvTimeoutError::Disconnected) => {
                panic!("the program ended:\n{}", self.contents())
            }
        }
    }

    /// Presses a key and counts what it writes, until nothing comes for a while.
    pub fn written(&mut self, key: &str) -> Answer {
        self.listen(QUIET);
        let began = Instant::now();
        self.keys.write_all(key.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        let mut answer = Answer::default();
        let mut last = None;
        while let Ok((at, chunk)) = self.output.recv_timeout(QUIET) {
            self.screen.process(&chunk);
            if last.is_none() {
                answer.first = at - began;
            }
            if last
                .is_none_or(|last| at.saturating_duration_since(last) < Duration::from_millis(20))
                && answer.frame_bytes == answer.bytes
            {
                answer.frame_bytes += chunk.len();
            }
            answer.bytes += chunk.len();
            last = Some(at);
        }
        answer
    }

    /// Resident memory in bytes (proc(5), status).
    pub fn resident_mebibytes(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap_or_default();
        let kibibytes: f64 = line
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap_or_default();
        kibibytes / 1024.0
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
