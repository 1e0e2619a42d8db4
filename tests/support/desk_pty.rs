//! The real desk in a pseudo terminal: keys go in, a screen comes out, and every byte of it is kept.

use std::io::{Read, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::program::Home;

/// How long a wait may take before it fails with its label and the screen.
const PATIENCE: Duration = Duration::from_secs(20);

struct Seen {
    terminal: vt100::Parser,
    raw: Vec<u8>,
    is_over: bool,
}

#[derive(Clone)]
struct Screen(Arc<(Mutex<Seen>, Condvar)>);

impl Screen {
    fn read(self, mut from: Box<dyn Read + Send>) {
        let mut bytes = [0; 8192];
        loop {
            let count = from.read(&mut bytes).unwrap_or(0);
            let mut seen = self.0.0.lock().unwrap();
            seen.terminal.process(&bytes[..count]);
            seen.raw.extend_from_slice(&bytes[..count]);
            seen.is_over = count == 0;
            self.0.1.notify_all();
            if count == 0 {
                return;
            }
        }
    }
}

/// Whether these bytes clear the screen, as only another size does, and then end a drawing.
fn is_drawn_anew(raw: &[u8]) -> bool {
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|part| part == what);
    find(raw, b"\x1b[2J").is_some_and(|at| find(&raw[at..], b"\x1b[?2026l").is_some())
}

/// A desk that runs. It is killed with the value.
pub struct Desk {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    screen: Screen,
    terminal: Box<dyn MasterPty + Send>,
    size: PtySize,
}

impl Desk {
    /// Opens the desk on the store of `home`, 140 columns and 40 rows.
    pub fn open(home: &Home) -> Self {
        Self::run(home, &[], &[])
    }

    /// Runs the program with these words and environment in a terminal.
    pub fn run(home: &Home, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 40,
            cols: 140,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_ticketty"));
        command.args(arguments);
        command.env_clear();
        command.env("HOME", home.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("LANG", "C.UTF-8");
        command.env("TERM", "xterm-256color");
        command.env("TICKETTY_DATA_DIR", home.data());
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let seen = Seen {
            terminal: vt100::Parser::new(size.rows, size.cols, 0),
            raw: Vec::new(),
            is_over: false,
        };
        let screen = Screen(Arc::new((Mutex::new(seen), Condvar::new())));
        let (reading, from) = (screen.clone(), pair.master.try_clone_reader().unwrap());
        std::thread::spawn(move || reading.read(from));
        Self {
            child,
            keys: pair.master.take_writer().unwrap(),
            screen,
            terminal: pair.master,
            size,
        }
    }

    /// Gives the terminal another size and waits until the whole screen was drawn anew in it: every key pressed before
    /// has then had its effect.
    #[track_caller]
    pub fn becomes(&mut self, columns: u16, rows: u16, place: &str) {
        let started = Instant::now();
        let (lock, changed) = &*self.screen.0;
        let mut seen = lock.lock().unwrap();
        let before = seen.raw.len();
        seen.terminal.screen_mut().set_size(rows, columns);
        (self.size.cols, self.size.rows) = (columns, rows);
        self.terminal.resize(self.size).unwrap();
        while !is_drawn_anew(&seen.raw[before..]) {
            let left = PATIENCE.saturating_sub(started.elapsed());
            assert!(
                !left.is_zero() && !seen.is_over,
                "{place} is not drawn anew; the screen is\n{}",
                seen.terminal.screen().contents()
            );
            seen = changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Presses keys, as the terminal sends them.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// What the screen shows, one line a row.
    pub fn text(&self) -> String {
        self.screen.0.0.lock().unwrap().terminal.screen().contents()
    }

    /// Every byte that the program wrote so far.
    pub fn raw(&self) -> Vec<u8> {
        self.screen.0.0.lock().unwrap().raw.clone()
    }

    /// Waits until the screen is as asked, and gives how long that took.
    #[track_caller]
    pub fn wait(&self, label: &str, is_so: impl Fn(&str) -> bool) -> Duration {
        let started = Instant::now();
        let (lock, changed) = &*self.screen.0;
        let mut seen = lock.lock().unwrap();
        loop {
            let text = seen.terminal.screen().contents();
            if is_so(&text) {
                return started.elapsed();
            }
            let left = PATIENCE.saturating_sub(started.elapsed());
            assert!(
                !left.is_zero() && !seen.is_over,
                "waited in vain for {label}; the screen is\n{text}"
            );
            seen = changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits until these words are on the screen.
    #[track_caller]
    pub fn sees(&self, words: &str) -> Duration {
        self.wait(words, |text| text.contains(words))
    }

    /// Waits until these words are not on the screen.
    #[track_caller]
    pub fn sees_no_more(&self, words: &str) -> Duration {
        self.wait(&format!("no more {words}"), |text| !text.contains(words))
    }

    /// As a power cut would.
    pub fn kill_9(mut self) {
        let pid = i32::try_from(self.child.process_id().unwrap()).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        // The library's own kill is a hangup, which the desk would handle.
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has ended by itself; gives its exit code and everything that was written.
    pub fn ends(mut self) -> (u32, Vec<u8>) {
        let status = self.child.wait().unwrap();
        let (lock, changed) = &*self.screen.0;
        let seen = lock.lock().unwrap();
        let timed = changed.wait_timeout_while(seen, PATIENCE, |seen| !seen.is_over);
        (status.exit_code(), timed.unwrap().0.raw.clone())
    }

    /// As a connection that drops; gives everything that was written until the end.
    pub fn hang_up(mut self) -> Vec<u8> {
        let pid = i32::try_from(self.child.process_id().unwrap()).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
        self.child.wait().unwrap();
        let seen = self.screen.0.0.lock().unwrap();
        let timed = self
            .screen
            .0
            .1
            .wait_timeout_while(seen, PATIENCE, |seen| !seen.is_over);
        timed.unwrap().0.raw.clone()
    }

    /// Quits by key, and gives whether that was a success.
    pub fn quit(mut self) -> bool {
        self.press("\u{11}");
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            assert!(
                Instant::now() < end,
                "the desk does not end:\n{}",
                self.text()
            );
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}
