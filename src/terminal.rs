//! The operator's terminal: taken over gently, given back whatever happens.
//!
//! Raw mode, alternate screen, pasted text as one piece, focus, and the mouse where wanted. All of it is switched off
//! again on leaving, on a panic and on signals. The terminal is never asked anything: an answer that comes late would
//! be taken for keys. Bytes are written only for cells that changed, inside a synchronized update.

use std::io::{self, Write};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture,
};
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, SetTitle, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::clean::Clean;

mod emit;
pub mod input;
mod notify;

/// Draws buffers on anything that takes bytes. What is there already is not written again.
#[derive(Debug)]
pub struct Painter<W: Write> {
    to: W,
    shown: Buffer,
    cursor: Option<(u16, u16)>,
    anew: bool,
    pen: emit::Pen,
}

impl<W: Write> Painter<W> {
    pub fn new(to: W) -> Self {
        Self {
            to,
            shown: Buffer::empty(Rect::default()),
            cursor: None,
            anew: true,
            pen: emit::Pen::default(),
        }
    }

    /// The next drawing writes everything, whatever is thought to be there.
    pub fn forget(&mut self) {
        self.anew = true;
    }

    /// Brings the terminal from what it shows to `next`, in one write. Returns how many bytes that took: none where
    /// both are the same.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn draw(&mut self, next: Buffer, cursor: Option<(u16, u16)>) -> io::Result<usize> {
        let anew = self.anew || next.area != self.shown.area;
        if anew {
            self.shown = Buffer::empty(next.area);
            self.pen = emit::Pen::default();
        }
        let changes = self.shown.diff(&next);
        if changes.is_empty() && cursor == self.cursor && !anew {
            return Ok(0);
        }
        let mut bytes = Vec::new();
        queue!(bytes, BeginSynchronizedUpdate)?;
        if anew {
            queue!(
                bytes,
                SetAttribute(Attribute::Reset),
                Hide,
                Clear(ClearType::All)
            )?;
        } else if self.cursor.is_some() {
            queue!(bytes, Hide)?;
        }
        bytes.extend_from_slice(emit::emit(&mut self.pen, &changes).as_bytes());
        if let Some((x, y)) = cursor {
            queue!(bytes, MoveTo(x, y), Show)?;
        }
        queue!(bytes, EndSynchronizedUpdate)?;
        self.to.write_all(&bytes)?;
        self.to.flush()?;
        self.shown = next;
        self.cursor = cursor;
        self.anew = false;
        Ok(bytes.len())
    }
}

/// Columns and rows, asked of the system and not of the terminal. `None` where it does not know.
pub fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

/// The terminal as long as it is ours.
#[derive(Debug)]
pub struct Terminal {
    pub painter: Painter<io::Stdout>,
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// When standard output is no terminal.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        restore_on_panic();
        let mut terminal = Self {
            painter: Painter::new(io::stdout()),
            mouse,
        };
        terminal.resume()?;
        Ok(terminal)
    }

    /// Takes the terminal back, after an editor or the shell had it. Everything is drawn anew.
    ///
    /// # Errors
    /// When the terminal cannot be set up.
    pub fn resume(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        let mut out = io::stdout();
        execute!(
            out,
            EnterAlternateScreen,
            EnableBracketedPaste,
            EnableFocusChange,
            Hide
        )?;
        if self.mouse {
            execute!(out, EnableMouseCapture)?;
        }
        self.painter.forget();
        Ok(())
    }

    /// Gives the terminal to somebody else.
    pub fn leave(&mut self) {
        restore();
    }

    /// To the clipboard of the terminal in front of the operator (OSC 52), also over SSH.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn copy(&mut self, text: &Clean) -> io::Result<()> {
        execute!(
            io::stdout(),
            CopyToClipboard::to_clipboard_from(text.as_str())
        )
    }

    /// The window's title.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn title(&mut self, title: &Clean) -> io::Result<()> {
        execute!(io::stdout(), SetTitle(title.as_str()))
    }

    /// A word to the operator's desktop.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn notify(&mut self, title: &Clean, body: &Clean) -> io::Result<()> {
        let around = notify::Surroundings::of_this_process();
        let mut out = io::stdout();
        out.write_all(notify::notification(title, body, &around).as_bytes())?;
        out.flush()
    }

    /// # Errors
    /// When the terminal cannot be written to.
    pub fn bell(&mut self) -> io::Result<()> {
        let mut out = io::stdout();
        out.write_all(b"\x07")?;
        out.flush()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Switches everything off. Failures are passed over: there may be no terminal any more.
pub fn restore() {
    let mut out = io::stdout();
    let _ = execute!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableFocusChange,
        DisableBracketedPaste,
        SetAttribute(Attribute::Reset),
        Show,
        LeaveAlternateScreen
    );
    let _ = disable_raw_mode();
}

/// A panic must not leave the terminal in a state in which its message cannot be read.
fn restore_on_panic() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // A worker's panic is caught and told elsewhere; only the screen's own thread gives the terminal back.
            if std::thread::current().name() == Some("main") {
                restore();
            }
            before(info);
        }));
    });
}
