//! The desk's loop: wait for keys, reports and ticks; update; carry out; draw.
//!
//! Whatever has arrived is taken in before anything is drawn, and drawing happens at most every 16 ms, so that keys
//! typed ahead are never lost behind a screen. Effects that take time run beside the loop and come back as events.
//! At rest nothing is written and nothing wakes but the minute.

mod files;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::Duration;

use crossterm::event::EventStream;
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::app::event::{Effect, Event};
use crate::app::{App, Size, Surroundings, composer, update};
use crate::config::defects;
use crate::crash_point;
use crate::domain::preferences::Preferences;
use crate::domain::trouble::Trouble;
use crate::terminal::{self, Terminal, input};
use crate::ui;
use crate::ui::skin::{Depth, Skin};
use crate::wire::FrontEnd;

/// What the desk knows about its surroundings besides the operator's preferences.
#[derive(Debug, Clone)]
pub struct Extras {
    pub depth: Depth,
    pub over_ssh: bool,
    /// Where attachments are saved unless one says otherwise.
    pub download_directory: String,
    /// A private directory for files that an editor or a viewer opens.
    pub scratch_directory: std::path::PathBuf,
    /// A program and its arguments that opens a file or an address.
    pub opener: Vec<String>,
}

impl Extras {
    /// What the environment says.
    pub fn from_environment(scratch_directory: std::path::PathBuf) -> Self {
        let var = |name: &str| std::env::var(name).ok();
        let home = var("HOME").unwrap_or_else(|| ".".to_owned());
        let downloads = std::path::Path::new(&home).join("Downloads");
        let directory = if downloads.is_dir() {
            format!("{}/", downloads.display())
        } else {
            format!("{home}/")
        };
        Self {
            depth: Depth::detect(var),
            over_ssh: var("SSH_CONNECTION").is_some() || var("SSH_TTY").is_some(),
            download_directory: directory,
            scratch_directory,
            opener: vec!["xdg-open".to_owned()],
        }
    }
}

/// The least time between two drawings.
const FRAME: Duration = Duration::from_millis(16);
/// The same where a key waits to be seen: mail that comes in by thousands must not make the desk feel slow.
const FRAME_AFTER_KEY: Duration = Duration::from_millis(2);

/// Shows the desk until the operator quits.
///
/// # Errors
/// When there is no terminal, or it cannot be written to.
pub async fn desk(
    front_end: FrontEnd,
    preferences: Preferences,
    extras: Extras,
) -> Result<(), Trouble> {
    needs_terminal()?;
    let (width, height) = crossterm::terminal::size().map_err(no_terminal)?;
    let zone = TimeZone::get(&preferences.zone).unwrap_or_else(|_| TimeZone::system());
    let surroundings = Surroundings {
        size: Size { width, height },
        zone,
        over_ssh: extras.over_ssh,
        download_directory: extras.download_directory.clone(),
    };
    let skin = Skin::new(&preferences.theme, extras.depth);
    let terminal = Terminal::enter(preferences.mouse).map_err(no_terminal)?;
    let app = App::new(preferences, surroundings, Timestamp::now());
    let (events, arriving) = mpsc::unbounded_channel();
    let mut desk = Desk {
        app,
        skin,
        terminal,
        keys: Some(EventStream::new()),
        front_end,
        extras,
        events,
        arriving,
        is_over: false,
        is_orphaned: false,
    };
    let first = desk.app.start();
    desk.carry_out(first).await?;
    let result = match AssertUnwindSafe(desk.run()).catch_unwind().await {
        Ok(result) => result,
        Err(_) => {
            desk.save_what_was_typed();
            Err(defects::told(
                "the desk broke off",
                "what was typed is saved as a draft, so start ticketty again",
            ))
        }
    };
    drop(desk.keys.take());
    drop(desk);
    result
}

/// Whether there is a terminal to read keys from and to draw on. Nothing is written where there is none: a file or
/// a pipe at the other end would keep it.
///
/// # Errors
/// Says which end is not a terminal, and what works without one.
pub fn needs_terminal() -> Result<(), Trouble> {
    use std::io::IsTerminal;
    let missing = match (
        std::io::stdin().is_terminal(),
        std::io::stdout().is_terminal(),
    ) {
        (true, true) if !names_no_terminal() => return Ok(()),
        (true, true) => "TERM does not name one that can move its cursor",
        (false, _) => "its input is not one",
        (true, false) => "its output is not one",
    };
    Err(no_terminal(std::io::Error::other(missing)))
}

fn names_no_terminal() -> bool {
    matches!(std::env::var("TERM").as_deref(), Err(_) | Ok("" | "dumb"))
}

fn no_terminal(error: std::io::Error) -> Trouble {
    Trouble::operator("the desk needs a terminal and cannot use this one")
        .because(error)
        .hint("run ticketty in a terminal; ticketty --help lists what works without one")
}

struct Desk {
    app: App,
    skin: Skin,
    terminal: Terminal,
    /// `None` while another program has the terminal: nobody else may read its keys then.
    keys: Option<EventStream>,
    front_end: FrontEnd,
    extras: Extras,
    events: mpsc::UnboundedSender<Event>,
    arriving: mpsc::UnboundedReceiver<Event>,
    is_over: bool,
    /// The engine is gone, and nobody told it to go.
    is_orphaned: bool,
}

impl Desk {
    async fn run(&mut self) -> Result<(), Trouble> {
        let mut signals = [
            on(SignalKind::terminate())?,
            on(SignalKind::hangup())?,
            on(SignalKind::interrupt())?,
        ];
        let mut drawn = Instant::now() - FRAME;
        let mut stale = true;
        let mut frame = FRAME;
        while !self.is_over {
            if stale && drawn.elapsed() >= frame {
                self.draw()?;
                drawn = Instant::now();
                stale = false;
                frame = FRAME;
            }
            let wake = self.wake(stale.then(|| frame.saturating_sub(drawn.elapsed())));
            let Some(first) = self.next(wake, &mut signals).await else {
                if !stale {
                    stale = self.take_in(Vec::new()).await?;
                }
                continue;
            };
            let mut batch = vec![first];
            batch.extend(self.waiting().await);
            if batch.iter().any(|event| matches!(event, Event::Key(_))) {
                frame = FRAME_AFTER_KEY;
            }
            stale |= self.take_in(batch).await?;
        }
        match self.is_orphaned {
            true => Err(defects::told(
                "the engine broke off",
                "what was typed is saved up to two seconds before, so start ticketty again",
            )),
            false => Ok(()),
        }
    }

    /// After a defect: the engine is another part, and saves a draft as long as it lives.
    fn save_what_was_typed(&mut self) {
        let app = &mut self.app;
        let saving = catch_unwind(AssertUnwindSafe(|| composer::save_now(app)));
        for effect in saving.unwrap_or_default() {
            if let Effect::Ask(ask) = effect {
                // Without an engine, the draft is as it was two seconds ago.
                let _asked = self.front_end.asks.send(ask);
            }
        }
    }

    /// How long nothing needs to be done.
    fn wake(&self, frame: Option<Duration>) -> Duration {
        let now = Timestamp::now();
        let due = self.app.next_wake().map_or(Duration::from_secs(60), |at| {
            Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO)
        });
        frame.map_or(due, |frame| frame.min(due))
    }

    /// The next thing that happens; `None` when the time is up.
    async fn next(&mut self, wake: Duration, signals: &mut [Signal; 3]) -> Option<Event> {
        let [terminate, hangup, interrupt] = signals;
        tokio::select! {
            biased;
            _ = terminate.recv() => Some(Event::Terminate),
            _ = hangup.recv() => Some(Event::Terminate),
            _ = interrupt.recv() => Some(Event::Terminate),
            raw = next_key(&mut self.keys) => match raw {
                Some(Ok(raw)) => input::translate(raw),
                Some(Err(_)) | None => Some(Event::Terminate),
            },
            Some(event) = self.arriving.recv() => Some(event),
            told = self.front_end.told.recv() => match told {
                Some(told) => Some(Event::Told(told)),
                None => {
                    (self.is_over, self.is_orphaned) = (true, true);
                    None
                }
            },
            () = tokio::time::sleep(wake) => None,
        }
    }

    /// Everything else that has arrived already.
    async fn waiting(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        if let Some(keys) = &mut self.keys {
            // Polled with our own waker: the stream keeps the first waker it is given until the next key.
            while let Poll::Ready(Some(Ok(raw))) =
                std::future::poll_fn(|cx| Poll::Ready(keys.poll_next_unpin(cx))).await
            {
                events.extend(input::translate(raw));
            }
        }
        while let Ok(event) = self.arriving.try_recv() {
            events.push(event);
        }
        while let Ok(told) = self.front_end.told.try_recv() {
            events.push(Event::Told(told));
        }
        events
    }

    /// Lets everything happen, the time first. Whether anything may look different now.
    async fn take_in(&mut self, batch: Vec<Event>) -> Result<bool, Trouble> {
        self.notice_size();
        let mut effects = update(&mut self.app, Event::Tick(Timestamp::now()));
        for event in batch {
            if matches!(event, Event::Key(_)) {
                crash_point::stumble("desk");
            }
            effects.extend(update(&mut self.app, event));
            if effects.iter().any(hands_over) {
                self.carry_out(std::mem::take(&mut effects)).await?;
            }
        }
        self.carry_out(effects).await?;
        Ok(true)
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), Trouble> {
        for effect in effects {
            match effect {
                Effect::Ask(ask) => {
                    if self.front_end.asks.send(ask).is_err() {
                        (self.is_over, self.is_orphaned) = (true, true);
                    }
                }
                Effect::Copy(text) => self.terminal.copy(&text).map_err(gone)?,
                Effect::Bell => self.terminal.bell().map_err(gone)?,
                Effect::Notify { title, body } => {
                    self.terminal.notify(&title, &body).map_err(gone)?;
                }
                Effect::Title(title) => self.terminal.title(&title).map_err(gone)?,
                Effect::Files(work) => {
                    files::start(work, &self.extras, self.events.clone());
                }
                Effect::RunEditor { text } => self.edit(text).await?,
                Effect::Suspend => self.suspend()?,
                Effect::Redraw => self.terminal.painter.forget(),
                Effect::Quit => self.is_over = true,
            }
        }
        Ok(())
    }

    fn draw(&mut self) -> Result<(), Trouble> {
        let size = self.app.surroundings.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        let cursor = ui::paint(&self.app, &mut buffer, &self.skin);
        self.terminal
            .painter
            .draw(buffer, cursor)
            .map(|_| ())
            .map_err(gone)
    }

    /// Gives the terminal to the operator's editor, and takes it back.
    async fn edit(&mut self, text: String) -> Result<(), Trouble> {
        drop(self.keys.take());
        self.terminal.leave();
        let editor = self.app.preferences.editor.clone();
        let result = files::edit(editor, &self.extras.scratch_directory, text).await;
        self.terminal.resume().map_err(gone)?;
        self.keys = Some(EventStream::new());
        self.notice_size();
        let _ = self.events.send(Event::EditorReturned(result));
        Ok(())
    }

    /// To the shell until it sends us on.
    fn suspend(&mut self) -> Result<(), Trouble> {
        drop(self.keys.take());
        self.terminal.leave();
        let stopped = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
        self.terminal.resume().map_err(gone)?;
        self.keys = Some(EventStream::new());
        self.notice_size();
        stopped.map_err(|error| Trouble::operator("cannot go to the shell").because(error))
    }

    /// The window may have changed while somebody else had it, or in the moment of a key: the terminal library, which
    /// is told of both at once, then speaks of the key alone.
    fn notice_size(&mut self) {
        let known = self.app.surroundings.size;
        let size = terminal::size().filter(|size| *size != (known.width, known.height));
        if let Some((width, height)) = size {
            update(&mut self.app, Event::Resize { width, height });
        }
    }
}

/// Effects after which the terminal is somebody else's: keys behind them wait.
fn hands_over(effect: &Effect) -> bool {
    matches!(effect, Effect::RunEditor { .. } | Effect::Suspend)
}

async fn next_key(
    keys: &mut Option<EventStream>,
) -> Option<std::io::Result<crossterm::event::Event>> {
    match keys {
        Some(keys) => keys.next().await,
        None => std::future::pending().await,
    }
}

fn on(kind: SignalKind) -> Result<Signal, Trouble> {
    signal(kind).map_err(|error| Trouble::bug("signals cannot be heard").because(error))
}

/// The terminal went away.
fn gone(error: std::io::Error) -> Trouble {
    terminal::restore();
    Trouble::operator("the terminal went away").because(error)
}
