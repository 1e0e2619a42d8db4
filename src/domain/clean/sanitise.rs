//! The sanitiser behind `Clean`: one pass that decides about each character by what has been written before it.
//!
//! It must be idempotent, and must never write a control character (but the newline of a text), a character that
//! turns the direction of writing, or one that takes no room and says nothing.

use unicode_width::UnicodeWidthChar;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// One line.
    Line,
    /// Many lines, parted by `\n`.
    Text,
    /// One line without joiners, so that what looks alike is alike.
    Name,
}

/// More than this many marks on one base are drawn over the neighbouring lines.
const MARKS_ON_A_BASE: u8 = 8;

/// Bears a mark that has no base of its own.
const DOTTED_CIRCLE: char = '\u{25cc}';

const REPLACEMENT: char = '\u{fffd}';

/// What becomes of one character.
enum Fate {
    Keep,
    Drop,
    /// ZWJ or ZWNJ: kept only where writing needs it.
    Joiner,
    Break,
    Tab,
    Show(&'static str),
    Symbol(char),
}

/// Whether the text can be taken as it is: printable ASCII, and line feeds where they are allowed.
pub(super) fn is_plain(raw: &str, mode: Mode) -> bool {
    raw.bytes()
        .all(|byte| matches!(byte, 0x20..=0x7e) || (byte == b'\n' && mode == Mode::Text))
}

pub(super) fn run(raw: &str, mode: Mode) -> String {
    if is_plain(raw, mode) {
        return raw.to_owned();
    }
    let mut writer = Writer::new(raw.len());
    let mut characters = raw.chars().peekable();
    while let Some(character) = characters.next() {
        match fate(character) {
            Fate::Keep => writer.write(character),
            Fate::Drop => {}
            Fate::Joiner if mode == Mode::Name => {}
            Fate::Joiner => writer.pending = Some(character),
            Fate::Break => {
                if character == '\r' && characters.peek() == Some(&'\n') {
                    continue;
                }
                if mode == Mode::Text {
                    writer.newline();
                } else {
                    writer.write(' ');
                }
            }
            Fate::Tab => {
                for _ in 0..if mode == Mode::Text { 4 } else { 1 } {
                    writer.write(' ');
                }
            }
            Fate::Show(words) => words.chars().for_each(|shown| writer.write(shown)),
            Fate::Symbol(symbol) => writer.write(symbol),
        }
    }
    writer.out
}

/// Writes characters and knows what the last ones were; each decision rests only on what was really written.
struct Writer {
    out: String,
    last: Option<char>,
    marks: u8,
    pending: Option<char>,
}

impl Writer {
    fn new(capacity: usize) -> Self {
        Self {
            out: String::with_capacity(capacity),
            last: None,
            marks: 0,
            pending: None,
        }
    }

    fn write(&mut self, character: char) {
        if is_mark(character) {
            if self.last.is_none_or(char::is_whitespace) {
                self.put(DOTTED_CIRCLE);
            }
            if self.marks == MARKS_ON_A_BASE {
                return;
            }
            self.join(character);
            self.marks += 1;
        } else {
            self.join(character);
            self.marks = 0;
        }
        self.put(character);
    }

    fn join(&mut self, next: char) {
        if let Some(joiner) = self.pending.take()
            && let Some(last) = self.last
            && needs_joiner(last, joiner, next)
        {
            self.out.push(joiner);
        }
    }

    fn put(&mut self, character: char) {
        self.out.push(character);
        self.last = Some(character);
    }

    fn newline(&mut self) {
        self.out.push('\n');
        self.last = None;
        self.marks = 0;
        self.pending = None;
    }
}

fn is_mark(character: char) -> bool {
    !character.is_ascii() && character.width() == Some(0)
}

fn fate(character: char) -> Fate {
    match character {
        ' '..='~' => Fate::Keep,
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Fate::Break,
        '\t' => Fate::Tab,
        '\0'..='\u{1f}' => {
            Fate::Symbol(char::from_u32(0x2400 + u32::from(character)).unwrap_or(REPLACEMENT))
        }
        '\u{7f}' => Fate::Symbol('\u{2421}'),
        '\u{80}'..='\u{9f}' => Fate::Symbol(REPLACEMENT),
        '\u{200c}' | '\u{200d}' => Fate::Joiner,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Fate::Show(direction(character)),
        _ if is_unseen(character) => Fate::Drop,
        _ if is_unfit(character) => Fate::Symbol(REPLACEMENT),
        _ => Fate::Keep,
    }
}

/// Names of the characters that turn the direction of writing (Unicode UAX #9 §2).
fn direction(character: char) -> &'static str {
    match character {
        '\u{202a}' => "⟨LRE⟩",
        '\u{202b}' => "⟨RLE⟩",
        '\u{202c}' => "⟨PDF⟩",
        '\u{202d}' => "⟨LRO⟩",
        '\u{202e}' => "⟨RLO⟩",
        '\u{2066}' => "⟨LRI⟩",
        '\u{2067}' => "⟨RLI⟩",
        '\u{2068}' => "⟨FSI⟩",
        _ => "⟨PDI⟩",
    }
}

/// Takes no room and changes nothing that a person should read: zero-width spaces, the byte order mark, soft
/// hyphens, fillers, tags and all variation selectors (terminals disagree about the width of what they select).
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Never part of a text that people exchange: interlinear marks, private use, noncharacters.
fn is_unfit(character: char) -> bool {
    let code = u32::from(character);
    matches!(code, 0xfff0..=0xfffb | 0xe000..=0xf8ff | 0xfdd0..=0xfdef | 0xf_0000..)
        || code & 0xfffe == 0xfffe
}

/// Joiners are part of emoji sequences, and of the writing of Arabic, Indic, Khmer, Burmese and Mongolian words.
fn needs_joiner(last: char, joiner: char, next: char) -> bool {
    (joiner == '\u{200d}' && is_pictograph(last) && is_pictograph(next))
        || (joins_letters(last) && joins_letters(next))
}

fn is_pictograph(character: char) -> bool {
    matches!(u32::from(character),
        0x2190..=0x21ff | 0x2300..=0x23ff | 0x2600..=0x27bf | 0x2b00..=0x2bff | 0x1f000..=0x1faff)
}

fn joins_letters(character: char) -> bool {
    matches!(u32::from(character),
        0x600..=0x7ff | 0x860..=0x8ff | 0x900..=0xdff | 0x1000..=0x109f | 0x1780..=0x17ff
        | 0x1800..=0x18af | 0xa840..=0xa87f | 0xfb50..=0xfdff | 0xfe70..=0xfeff)
}
