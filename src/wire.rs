//! The line between a front end and an engine in the same process. A socket will have the same two ends.

use tokio::sync::mpsc;

use crate::bridge::{Ask, Told};

/// The front end's end.
#[derive(Debug)]
pub struct FrontEnd {
    pub asks: mpsc::UnboundedSender<Ask>,
    pub told: mpsc::UnboundedReceiver<Told>,
}

/// The engine's end.
#[derive(Debug)]
pub struct EngineEnd {
    pub asks: mpsc::UnboundedReceiver<Ask>,
    pub told: mpsc::UnboundedSender<Told>,
}

/// Both ends of a new line.
pub fn line() -> (FrontEnd, EngineEnd) {
    let (asks_in, asks_out) = mpsc::unbounded_channel();
    let (told_in, told_out) = mpsc::unbounded_channel();
    (
        FrontEnd {
            asks: asks_in,
            told: told_out,
        },
        EngineEnd {
            asks: asks_out,
            told: told_in,
        },
    )
}
