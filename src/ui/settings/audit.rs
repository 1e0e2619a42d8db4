//! Paints the log of settings.

use crate::app::App;
use crate::app::layout::Area;
use crate::app::settings::audit::{self, AuditScreen};
use crate::domain::theme::{Ink, Role, Surface};
use crate::ui::canvas::Canvas;

pub fn paint(canvas: &mut Canvas<'_>, app: &App, screen: &AuditScreen, area: Area) {
    let rows = audit::rows(app, screen, area);
    for (row, (line, is_selected)) in rows.iter().enumerate() {
        let at = area.row(u16::try_from(row).unwrap_or(u16::MAX));
        canvas.line(at.inset(1), line);
        if *is_selected {
            canvas.words(at, "▌", Role::Ink(Ink::Key));
            canvas.ground(at, Surface::Selection);
        }
    }
}
