//! The messages of a thread as lines of one width.
//!
//! Made once per thread and width, never per frame. What moves with time (ages, countdowns) is not in the lines: the
//! head of a message is only named here and said anew when it is painted.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{links, reflow};
use crate::app::text::{DIM, Line, TEXT, wrap};
use crate::app::when;
use crate::bridge::{AttachmentLine, MessageView, Thread};
use crate::domain::clean::Clean;
use crate::domain::emphasis::without_marks;
use crate::domain::ids::MessageId;
use crate::domain::message::MessageKind;
use crate::domain::parsed::AttachmentKind;
use crate::domain::quote::{Block, BlockKind, blocks};
use crate::domain::theme::{Ink, Role, Signal};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Who wrote when, and what became of it: painted from the message.
    Head,
    Text,
    /// "▸ 14 quoted lines"
    Fold,
    Attachment,
    Remark,
    /// Between messages.
    Gap,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FlowLine {
    pub kind: Kind,
    /// The message it belongs to.
    pub message: usize,
    pub is_note: bool,
    pub line: Line,
}

#[derive(Debug, Clone, Default)]
pub struct Flow {
    pub lines: Vec<FlowLine>,
    /// Where each message begins.
    starts: Vec<usize>,
    pub width: usize,
    /// Addresses of the web in the order of their numbers; the message they stand in.
    pub links: Vec<(usize, Clean)>,
}

impl Flow {
    pub fn new(thread: &Thread, unfolded: &BTreeSet<(MessageId, usize)>, width: usize) -> Self {
        let mut flow = Self {
            width,
            ..Self::default()
        };
        for (index, message) in thread.messages.iter().enumerate() {
            flow.starts.push(flow.lines.len());
            flow.message(index, message, unfolded);
        }
        flow
    }

    /// The message that a line belongs to; beyond the end the last.
    pub fn message_at(&self, line: usize) -> Option<usize> {
        self.lines
            .get(line)
            .or_else(|| self.lines.last())
            .map(|line| line.message)
    }

    /// First line of a message, and the first after it.
    pub fn extent(&self, message: usize) -> Option<(usize, usize)> {
        let start = *self.starts.get(message)?;
        let end = self
            .starts
            .get(message + 1)
            .copied()
            .unwrap_or(self.lines.len());
        Some((start, end))
    }

    fn push(&mut self, kind: Kind, message: usize, is_note: bool, line: Line) {
        self.lines.push(FlowLine {
            kind,
            message,
            is_note,
            line,
        });
    }

    fn message(
        &mut self,
        index: usize,
        message: &MessageView,
        unfolded: &BTreeSet<(MessageId, usize)>,
    ) {
        let is_note = message.kind == MessageKind::Note;
        self.push(Kind::Head, index, is_note, Line::new());
        for remark in &message.remarks {
            let role = Role::Signal(Signal::Warning);
            for part in wrap(remark, self.width.saturating_sub(4)) {
                let line = Line::words("! ", role).clean(part, role);
                self.push(Kind::Remark, index, is_note, line);
            }
        }
        self.body(index, message, unfolded, is_note);
        if message.is_header_only {
            let words = "▸ download the whole mail (L)";
            let line = Line::words(words, Role::Ink(Ink::Link));
            self.push(Kind::Remark, index, is_note, line);
        }
        for attachment in shown_attachments(message) {
            let line = attachment_line(attachment);
            self.push(Kind::Attachment, index, is_note, line);
        }
        self.push(Kind::Gap, index, false, Line::new());
    }

    fn body(
        &mut self,
        index: usize,
        message: &MessageView,
        unfolded: &BTreeSet<(MessageId, usize)>,
        is_note: bool,
    ) {
        let text = message.text.as_str();
        if text.trim().is_empty() {
            let words = if message.attachments.is_empty() {
                "(no text)"
            } else {
                "(no text, see the attachments)"
            };
            self.push(Kind::Text, index, is_note, Line::words(words, DIM));
            return;
        }
        for (place, block) in blocks(text).iter().enumerate() {
            let is_open = unfolded.contains(&(message.id, place));
            if block.is_folded() {
                self.push(Kind::Fold, index, is_note, fold_line(block, is_open));
                if !is_open {
                    continue;
                }
            }
            let role = if block.is_folded() {
                Role::Ink(Ink::Quote)
            } else {
                TEXT
            };
            let own = if block.is_folded() {
                block.text(text).trim_end()
            } else {
                block.text(text).trim_matches('\n')
            };
            let unmarked = is_ours(message.kind)
                && !matches!(block.kind, BlockKind::Quote | BlockKind::Original);
            let own = if unmarked {
                Cow::Owned(without_marks(own))
            } else {
                Cow::Borrowed(own)
            };
            let shown: Vec<Cow<'_, str>> = if block.is_folded() {
                own.split('\n').map(Cow::Borrowed).collect()
            } else {
                reflow::lines(&own, self.width.saturating_sub(2))
            };
            for line in shown {
                self.text_line(index, is_note, &Clean::line(line.trim_end()), role);
            }
        }
        self.trim_blank(index);
    }

    /// Blank lines at the end of a message say nothing.
    fn trim_blank(&mut self, message: usize) {
        while self.lines.last().is_some_and(|line| {
            line.message == message
                && line.kind == Kind::Text
                && line.line.plain().trim().is_empty()
        }) {
            self.lines.pop();
        }
    }

    fn text_line(&mut self, index: usize, is_note: bool, text: &Clean, role: Role) {
        let numbered = links::number(text, |address| {
            let known = self
                .links
                .iter()
                .position(|(message, known)| *message == index && known.as_str() == address);
            known.unwrap_or_else(|| {
                self.links.push((index, Clean::line(address)));
                self.links.len() - 1
            }) + 1
        });
        for part in wrap(&numbered, self.width.saturating_sub(2)) {
            let line = links::marked(&part, role);
            self.push(Kind::Text, index, is_note, line);
        }
    }
}

/// Whether it was written here, in Markdown.
fn is_ours(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::Outgoing | MessageKind::Note)
}

/// The places of blocks that are folded by themselves.
pub fn folded_blocks(text: &Clean) -> Vec<usize> {
    blocks(text.as_str())
        .iter()
        .enumerate()
        .filter(|(_, block)| block.is_folded())
        .map(|(place, _)| place)
        .collect()
}

fn fold_line(block: &Block, is_open: bool) -> Line {
    let what = match block.kind {
        BlockKind::Signature => when::count(block.lines, "line of signature", "lines of signature"),
        BlockKind::Original => when::count(
            block.lines,
            "line of an older mail",
            "lines of an older mail",
        ),
        _ => when::count(block.lines, "quoted line", "quoted lines"),
    };
    let arrow = if is_open { "▾" } else { "▸" };
    Line::words(&format!("{arrow} {what} (o)"), Role::Ink(Ink::Quote))
}

/// Files, not the pictures that a mail's layout is made of.
pub fn shown_attachments(message: &MessageView) -> impl Iterator<Item = &AttachmentLine> {
    message.attachments.iter().filter(|attachment| {
        attachment.kind != AttachmentKind::InlineImage || message.attachments.len() == 1
    })
}

fn attachment_line(attachment: &AttachmentLine) -> Line {
    let what = match attachment.kind {
        AttachmentKind::File | AttachmentKind::InlineImage => "",
        AttachmentKind::NestedMail => "  a mail",
        AttachmentKind::Calendar => "  an invitation",
        AttachmentKind::SmimeSigned | AttachmentKind::PgpSigned => "  a signature",
        AttachmentKind::SmimeEncrypted | AttachmentKind::PgpEncrypted => "  encrypted",
        AttachmentKind::Report => "  a report",
        AttachmentKind::Tnef => "  winmail.dat, Outlook's own wrapping",
    };
    Line::words("📎 ", DIM)
        .clean(attachment.name.clone(), Role::Ink(Ink::Link))
        .say(
            &format!("  {}{what}", when::size(attachment.size_bytes)),
            DIM,
        )
}
