//! Doorbells: "look at the store again". They carry nothing, may ring for nothing, and several rings may be one.

use tokio::sync::watch;

/// Many may ring, many may listen; a listener that was busy finds that it rang.
#[derive(Debug)]
pub struct Doorbell(watch::Sender<u64>);

/// Hears every ring after it was made.
#[derive(Debug, Clone)]
pub struct Listener(watch::Receiver<u64>);

impl Doorbell {
    pub fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    pub fn ring(&self) {
        self.0.send_modify(|rings| *rings = rings.wrapping_add(1));
    }

    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

impl Default for Doorbell {
    fn default() -> Self {
        Self::new()
    }
}

impl Listener {
    /// Ends at the first ring since the last call. Never ends once the bell is gone.
    pub async fn rung(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The engine's bells.
#[derive(Debug, Default)]
pub struct Doorbells {
    /// The outbox has something new, or something became due by hand.
    pub outbox: Doorbell,
    /// Mailboxes were connected, changed, enabled, disabled, removed or unlocked.
    pub mailboxes: Doorbell,
    /// A mailbox does better or worse than before.
    pub health: Doorbell,
    /// Ticket wakes changed.
    pub timers: Doorbell,
    /// The machine slept: lines may be dead without saying so, and timers stood still.
    pub woke: Doorbell,
    /// A commit was made by this process.
    pub committed: Doorbell,
}
