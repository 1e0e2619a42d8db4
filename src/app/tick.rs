//! What happens because time has passed, and when time matters next.

use jiff::Timestamp;

use super::App;
use super::composer;
use super::event::Effect;
use super::layers::Layer;
use super::list;
use super::search;
use super::settings;
use super::thread;
use super::told;

pub fn run(app: &mut App) -> Vec<Effect> {
    let now = app.now;
    let mut effects = Vec::new();
    app.status.tick(now);
    for (id, purpose) in app.asks.overdue(now) {
        effects.extend(told::given_up(app, id, &purpose));
        effects.extend(app.look_again(&purpose));
    }
    effects.extend(search::tick(app));
    if app.list.refresh_at.is_some_and(|due| due <= now) {
        effects.extend(list::refresh_after_answer(app));
    }
    if app.list.rests_at.is_some_and(|due| due <= now)
        && let Some(selected) = app.list.place.selected
    {
        app.list.rests_at = None;
        let is_seen = app.screen().thread.is_some();
        if is_seen && !writing(app) {
            effects.extend(thread::show(app, selected));
        }
    }
    effects.extend(composer::tick(app));
    effects.extend(settings::tick(app));
    effects
}

/// While something is written, the thread above it stays.
fn writing(app: &App) -> bool {
    app.layers
        .iter()
        .any(|layer| matches!(layer, Layer::Composer(_)))
}

pub fn next_wake(app: &App) -> Option<Timestamp> {
    let rests = app
        .list
        .rests_at
        .filter(|_| app.list.place.selected.is_some());
    [
        app.status.wake(app.now),
        app.asks.next_deadline(),
        search::wake(app),
        app.list.refresh_at,
        rests,
        app.thread.countdown(app.now),
        composer::wake(app),
        settings::wake(app),
        Timestamp::from_second((app.now.as_second().div_euclid(60) + 1) * 60).ok(),
    ]
    .into_iter()
    .flatten()
    .min()
}
