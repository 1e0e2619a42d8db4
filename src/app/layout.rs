//! Where things are on the screen.
//!
//! Three panes that fold to two and to one. The rectangles are computed here, once a question, so that painting,
//! scrolling and clicking agree about them.

use super::App;
use super::layers::Layer;

/// The smallest terminal that the desk works in.
pub const LEAST_WIDTH: u16 = 40;
pub const LEAST_HEIGHT: u16 = 12;
/// From this width on there are three panes.
const THREE_PANES: u16 = 120;
/// What a thread pane takes to show a mail as it was written.
const MAIL_WIDTH: u16 = 82;
/// From this width on there are two.
const TWO_PANES: u16 = 81;

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Area {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
}

impl Area {
    pub fn new(x: u16, y: u16, width: u16, height: u16) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    pub fn contains(self, x: u16, y: u16) -> bool {
        x >= self.x && y >= self.y && x - self.x < self.width && y - self.y < self.height
    }

    pub fn right(self) -> u16 {
        self.x.saturating_add(self.width)
    }

    pub fn bottom(self) -> u16 {
        self.y.saturating_add(self.height)
    }

    /// The first `height` rows, and the rest.
    pub fn split_top(self, height: u16) -> (Self, Self) {
        let height = height.min(self.height);
        (
            Self { height, ..self },
            Self {
                y: self.y + height,
                height: self.height - height,
                ..self
            },
        )
    }

    /// The first `width` columns, and the rest.
    pub fn split_left(self, width: u16) -> (Self, Self) {
        let width = width.min(self.width);
        (
            Self { width, ..self },
            Self {
                x: self.x + width,
                width: self.width - width,
                ..self
            },
        )
    }

    /// One row of it; empty beyond its end.
    pub fn row(self, row: u16) -> Self {
        Self {
            y: self.y.saturating_add(row),
            height: u16::from(row < self.height),
            ..self
        }
    }

    /// Without this many columns on both sides.
    pub fn inset(self, columns: u16) -> Self {
        let columns = columns.min(self.width / 2);
        Self {
            x: self.x + columns,
            width: self.width - 2 * columns,
            ..self
        }
    }
}

/// Which pane has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    Views,
    List,
    Thread,
}

/// The screen, divided. A pane that is folded away has no area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    pub top: Area,
    pub body: Area,
    pub views: Option<Area>,
    pub list: Option<Area>,
    pub thread: Option<Area>,
    /// Under the thread, while something is written.
    pub composer: Option<Area>,
    /// The rule above the bar, which carries messages.
    pub status: Area,
    pub bar: Area,
}

impl Screen {
    /// How many panes are side by side.
    pub fn panes(&self) -> usize {
        [self.views, self.list, self.thread]
            .iter()
            .filter(|area| area.is_some())
            .count()
    }
}

pub fn too_small(width: u16, height: u16) -> bool {
    width < LEAST_WIDTH || height < LEAST_HEIGHT
}

/// The screen as it is divided now.
pub fn screen(app: &App) -> Screen {
    let size = app.surroundings.size;
    let whole = Area::new(0, 0, size.width, size.height);
    let (top, rest) = whole.split_top(1);
    let (body, foot) = rest.split_top(rest.height.saturating_sub(2));
    let (status, bar) = foot.split_top(1);
    let mut screen = Screen {
        top,
        body,
        views: None,
        list: None,
        thread: None,
        composer: None,
        status,
        bar,
    };
    divide(&mut screen, app.focus);
    place_composer(&mut screen, app);
    screen
}

/// Panes are separated by one column, the rule.
fn divide(screen: &mut Screen, focus: Pane) {
    let body = screen.body;
    let views_width = if body.width >= 160 { 24 } else { 22 };
    if body.width >= THREE_PANES {
        let (views, rest) = body.split_left(views_width);
        let rest = rest.split_left(1).1;
        // Plain mail is wrapped at 72 to 78 columns by whoever sent it; the thread gets that much where it can.
        let beside_a_mail = rest.width.saturating_sub(MAIL_WIDTH);
        let list_width = (rest.width * 2 / 5).min(beside_a_mail).clamp(38, 64);
        let (list, thread) = rest.split_left(list_width);
        screen.views = Some(views);
        screen.list = Some(list);
        screen.thread = Some(thread.split_left(1).1);
    } else if body.width >= TWO_PANES {
        let left_width = if focus == Pane::Views {
            views_width
        } else {
            (body.width * 2 / 5).max(34)
        };
        let (left, right) = body.split_left(left_width);
        let right = right.split_left(1).1;
        if focus == Pane::Views {
            screen.views = Some(left);
            screen.list = Some(right);
        } else {
            screen.list = Some(left);
            screen.thread = Some(right);
        }
    } else {
        match focus {
            Pane::Views => screen.views = Some(body),
            Pane::List => screen.list = Some(body),
            Pane::Thread => screen.thread = Some(body),
        }
    }
}

/// The composer lies under the thread, or over everything when it is grown or there is no room for both.
fn place_composer(screen: &mut Screen, app: &App) {
    let Some(composer) = app.layers.iter().find_map(|layer| match layer {
        Layer::Composer(composer) => Some(composer),
        _ => None,
    }) else {
        return;
    };
    let Some(thread) = screen.thread.filter(|_| !composer.wants_all()) else {
        screen.views = None;
        screen.list = None;
        screen.thread = None;
        screen.composer = Some(screen.body);
        return;
    };
    let reading = if thread.height >= 18 {
        thread.height * 2 / 5
    } else {
        0
    };
    let (above, below) = thread.split_top(reading);
    screen.thread = (reading > 0).then_some(above);
    screen.composer = Some(below);
}
