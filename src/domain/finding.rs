//! What an examination of the store and its surroundings found.

use serde::{Deserialize, Serialize};

/// One line of an examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub ok: bool,
    pub subject: String,
    pub detail: String,
}
