//! What can happen to the desk, and what the desk wants to have done.
//!
//! Both are plain data. The desk never waits: whatever takes time goes out as an [`Effect`] and comes back as an
//! [`Event`].

use jiff::Timestamp;

use super::input::{Key, Mouse};
use crate::bridge::{Ask, Told};
use crate::domain::clean::Clean;

#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Key(Key),
    Mouse(Mouse),
    /// Pasted text, as it came.
    Paste(String),
    Resize {
        width: u16,
        height: u16,
    },
    /// The terminal's window got or lost the keys.
    Focus(bool),
    Told(Told),
    /// The time. Comes before whatever happens at that time.
    Tick(Timestamp),
    /// The text as the editor left it, or why there is none.
    EditorReturned(Result<String, String>),
    /// What became of work on files.
    Files(FilesReport),
    /// A signal asks to end: save what is being written, then quit.
    Terminate,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Ask(Ask),
    /// To the clipboard of the operator's terminal.
    Copy(Clean),
    Bell,
    /// To the operator's desktop, through the terminal.
    Notify {
        title: Clean,
        body: Clean,
    },
    /// The terminal window's title.
    Title(Clean),
    /// Gives the terminal to the operator's editor.
    RunEditor {
        text: String,
    },
    Files(FileWork),
    /// To the shell, until it brings us back.
    Suspend,
    /// Everything is drawn anew.
    Redraw,
    Quit,
}

/// Work on the operator's own files and programs. Each ends in one [`FilesReport`].
#[derive(Debug, Clone, PartialEq)]
pub enum FileWork {
    /// A file to be attached.
    Read { path: String },
    /// Into a directory, under this name or the next free one; never over a file that exists.
    Write {
        directory: String,
        name: String,
        bytes: Vec<u8>,
    },
    /// Shows bytes with the desktop's program for them.
    Open { name: String, bytes: Vec<u8> },
    /// Shows an address of the web. Only `http`, `https` and `mailto` ever come here.
    OpenLink { address: String },
    /// What a path could go on with.
    List { prefix: String },
    /// Gives bytes to a command, split into words and run without a shell.
    Pipe { command: String, bytes: Vec<u8> },
}

#[derive(Debug, Clone, PartialEq)]
pub enum FilesReport {
    /// Name without directory, and the bytes.
    Read {
        name: String,
        bytes: Vec<u8>,
    },
    Written {
        path: String,
    },
    Opened {
        what: String,
    },
    /// Paths that begin with the prefix; directories end in `/`.
    Listed {
        prefix: String,
        paths: Vec<String>,
    },
    Piped {
        command: String,
        output: String,
    },
    Failed {
        what: String,
        hint: Option<String>,
    },
}
