//! From the terminal library's events to the desk's.

use crossterm::event::{
    Event as Raw, KeyCode as RawCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton,
    MouseEvent, MouseEventKind,
};

use crate::app::event::Event;
use crate::app::input::{Key, KeyCode, Motion, Mouse, MouseAction};

/// What an event means to the desk; `None` for releases of keys and what nobody needs.
pub fn translate(raw: Raw) -> Option<Event> {
    match raw {
        Raw::Key(key) => translate_key(key).map(Event::Key),
        Raw::Mouse(mouse) => translate_mouse(mouse).map(Event::Mouse),
        Raw::Paste(text) => Some(Event::Paste(text)),
        Raw::Resize(width, height) => Some(Event::Resize { width, height }),
        Raw::FocusGained => Some(Event::Focus(true)),
        Raw::FocusLost => Some(Event::Focus(false)),
    }
}

fn translate_key(raw: KeyEvent) -> Option<Key> {
    if raw.kind == KeyEventKind::Release {
        return None;
    }
    let ctrl = raw.modifiers.contains(KeyModifiers::CONTROL);
    let alt = raw.modifiers.contains(KeyModifiers::ALT);
    let mut shift = raw.modifiers.contains(KeyModifiers::SHIFT);
    let code = match raw.code {
        RawCode::Char(c) => {
            shift = false;
            KeyCode::Char(if ctrl { c.to_ascii_lowercase() } else { c })
        }
        RawCode::Enter => KeyCode::Enter,
        RawCode::Esc => KeyCode::Esc,
        RawCode::Tab => KeyCode::Tab,
        RawCode::BackTab => {
            shift = true;
            KeyCode::Tab
        }
        RawCode::Backspace => KeyCode::Backspace,
        RawCode::Delete => KeyCode::Delete,
        RawCode::F(number) => KeyCode::F(number),
        other => KeyCode::Move(motion(other)?),
    };
    Some(Key {
        code,
        ctrl,
        alt,
        shift,
    })
}

fn motion(raw: RawCode) -> Option<Motion> {
    Some(match raw {
        RawCode::Up => Motion::Up,
        RawCode::Down => Motion::Down,
        RawCode::Left => Motion::Left,
        RawCode::Right => Motion::Right,
        RawCode::Home => Motion::Home,
        RawCode::End => Motion::End,
        RawCode::PageUp => Motion::PageUp,
        RawCode::PageDown => Motion::PageDown,
        _ => return None,
    })
}

fn translate_mouse(raw: MouseEvent) -> Option<Mouse> {
    let what = match raw.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseAction::Click,
        MouseEventKind::ScrollUp => MouseAction::WheelUp,
        MouseEventKind::ScrollDown => MouseAction::WheelDown,
        _ => return None,
    };
    Some(Mouse {
        x: raw.column,
        y: raw.row,
        what,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn keys_arrive_as_they_are_spelled() {
        let none = KeyModifiers::NONE;
        for (code, modifiers, spelled) in [
            (RawCode::Char('j'), none, "j"),
            (RawCode::Char('G'), KeyModifiers::SHIFT, "G"),
            (RawCode::Char('d'), KeyModifiers::CONTROL, "ctrl-d"),
            (RawCode::BackTab, KeyModifiers::SHIFT, "shift-tab"),
            (RawCode::PageDown, none, "page-down"),
            (RawCode::Char('x'), KeyModifiers::ALT, "alt-x"),
        ] {
            let event = translate(Raw::Key(KeyEvent::new(code, modifiers)));
            assert_eq!(event, Some(Event::Key(Key::parse(spelled).unwrap())));
        }
    }

    #[test]
    fn releasing_a_key_is_nothing() {
        let released = KeyEvent::new_with_kind(
            RawCode::Char('j'),
            KeyModifiers::NONE,
            KeyEventKind::Release,
        );
        assert_eq!(translate(Raw::Key(released)), None);
    }
}
