//! A desk without a terminal: keys in, text out, and an engine that answers from a small world.

pub mod world;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ticketty::app::event::{Effect, Event, FilesReport};
use ticketty::app::input::{Key, KeyCode, Mouse, MouseAction};
use ticketty::app::{App, Size, Surroundings, update};
use ticketty::bridge::{Ask, Pushed, Report, Request, Told};
use ticketty::domain::clean::Clean;
use ticketty::domain::preferences::{ClockFormat, Preferences};
use ticketty::domain::theme::Theme;
use ticketty::terminal::Painter;
use ticketty::ui;
use ticketty::ui::skin::{Depth, Skin};

pub use world::{World, incoming, row};

/// Tuesday, 2 in the afternoon in Kyiv.
pub const NOW: &str = "2026-11-17T12:00:00Z";

pub struct Desk {
    pub app: App,
    pub world: World,
    /// Everything that was asked, in order.
    pub asked: Vec<Request>,
    /// Effects other than questions.
    pub effects: Vec<Effect>,
    /// Questions that the engine does not answer yet.
    pub held: Vec<Ask>,
    /// Whether the engine is slow: it answers only when told to.
    pub slow: bool,
    now: Timestamp,
    painter: Painter<Vec<u8>>,
}

pub fn preferences() -> Preferences {
    Preferences {
        theme: theme(),
        zone: "Europe/Kyiv".into(),
        clock: ClockFormat::Hours24,
        mouse: true,
        bell: true,
        editor: Vec::new(),
        keys: Vec::new(),
        plain_emoji: false,
    }
}

/// A theme with colours of all kinds, so that what is measured is what people get.
pub fn theme() -> Theme {
    toml::from_str(include_str!("theme.toml")).expect("the theme of the tests")
}

impl Desk {
    pub fn new(width: u16, height: u16) -> Self {
        Self::with(width, height, World::usual())
    }

    pub fn with(width: u16, height: u16, world: World) -> Self {
        Self::configured(width, height, world, preferences())
    }

    pub fn configured(width: u16, height: u16, world: World, preferences: Preferences) -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        let surroundings = Surroundings {
            size: Size { width, height },
            zone: TimeZone::get("Europe/Kyiv").unwrap(),
            over_ssh: false,
            download_directory: "/home/anna/".into(),
        };
        let mut desk = Self {
            app: App::new(preferences, surroundings, now),
            world,
            asked: Vec::new(),
            effects: Vec::new(),
            held: Vec::new(),
            slow: false,
            now,
            painter: Painter::new(Vec::new()),
        };
        let effects = desk.app.start();
        desk.carry_out(effects);
        desk.wait(200);
        desk.draw();
        desk
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(ask) => {
                    self.asked.push(ask.request.clone());
                    self.held.push(ask);
                }
                other => self.effects.push(other),
            }
        }
        if !self.slow {
            self.answer_all();
        }
    }

    /// The engine answers everything that it was asked.
    pub fn answer_all(&mut self) {
        while !self.held.is_empty() {
            let ask = self.held.remove(0);
            if let Some(report) = self.world.answer(&ask.request, self.now) {
                self.tell(Some(ask.id), report);
            }
        }
    }

    fn tell(&mut self, answers: Option<ticketty::bridge::AskId>, report: Report) {
        self.event(Event::Told(Told { answers, report }));
    }

    pub fn push(&mut self, pushed: Pushed) {
        self.tell(None, Report::Pushed(pushed));
    }

    pub fn event(&mut self, event: Event) {
        let mut effects = update(&mut self.app, Event::Tick(self.now));
        effects.extend(update(&mut self.app, event));
        self.carry_out(effects);
    }

    /// Presses keys: `"j j e"`, `"g g"`; words in quotes are typed: `"/ 'login' enter"`. Then the cursor rests.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        self.press(keys);
        self.wait(250)
    }

    /// Presses keys without any pause after them.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        let mut rest = keys.trim();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('\'') {
                let end = after.find('\'').expect("a closing quote");
                for c in after[..end].chars() {
                    self.event(Event::Key(Key::new(KeyCode::Char(c))));
                }
                rest = after[end + 1..].trim_start();
            } else {
                let end = rest.find(' ').unwrap_or(rest.len());
                let key = Key::parse(&rest[..end]).expect("a key");
                self.event(Event::Key(key));
                rest = rest[end..].trim_start();
            }
        }
        self
    }

    /// Lets time pass in the steps that the desk asks for.
    pub fn wait(&mut self, milliseconds: i64) -> &mut Self {
        let end = self.now + SignedDuration::from_millis(milliseconds);
        for _ in 0..1_000 {
            let next = self.app.next_wake().unwrap_or(end).max(self.now);
            if next > end {
                break;
            }
            self.now = next;
            let effects = update(&mut self.app, Event::Tick(self.now));
            self.carry_out(effects);
            if next == end {
                break;
            }
        }
        self.now = end;
        let effects = update(&mut self.app, Event::Tick(self.now));
        self.carry_out(effects);
        self
    }

    pub fn click(&mut self, x: u16, y: u16) -> &mut Self {
        self.mouse(x, y, MouseAction::Click)
    }

    pub fn mouse(&mut self, x: u16, y: u16, what: MouseAction) -> &mut Self {
        self.event(Event::Mouse(Mouse { x, y, what }));
        self.wait(250)
    }

    pub fn files(&mut self, report: FilesReport) -> &mut Self {
        self.event(Event::Files(report));
        self
    }

    pub fn buffer(&self) -> Buffer {
        let size = self.app.surroundings.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        let skin = Skin::new(&self.app.preferences.theme, Depth::True);
        ui::paint(&self.app, &mut buffer, &skin);
        buffer
    }

    /// Draws as the program does; the bytes it takes.
    pub fn draw(&mut self) -> usize {
        let size = self.app.surroundings.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        let skin = Skin::new(&self.app.preferences.theme, Depth::True);
        let cursor = ui::paint(&self.app, &mut buffer, &skin);
        self.painter.draw(buffer, cursor).unwrap()
    }

    /// The screen as text, without spaces at the ends of lines.
    pub fn screen(&self) -> String {
        let buffer = self.buffer();
        let area = buffer.area;
        let mut text = String::new();
        for y in 0..area.height {
            let mut line = String::new();
            let mut x = 0;
            while x < area.width {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                let wide = ticketty::domain::clean::cells(symbol).max(1);
                x += u16::try_from(wide).unwrap();
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// The rule above the bar, which carries messages.
    pub fn status(&self) -> String {
        self.app
            .status
            .said
            .as_ref()
            .map_or_else(String::new, |said| match &said.hint {
                Some(hint) => format!("{} — {hint}", said.text),
                None => said.text.as_str().to_owned(),
            })
    }

    pub fn copied(&self) -> Vec<Clean> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Copy(text) => Some(text.clone()),
                _ => None,
            })
            .collect()
    }

    #[track_caller]
    pub fn sees(&mut self, words: &str) -> &mut Self {
        let screen = self.screen();
        assert!(screen.contains(words), "no “{words}” on\n{screen}");
        self
    }

    #[track_caller]
    pub fn sees_no(&mut self, words: &str) -> &mut Self {
        let screen = self.screen();
        assert!(!screen.contains(words), "“{words}” is on\n{screen}");
        self
    }
}
