//! What may be changed on the mail server: nothing, unless an admin asks for it here.

use serde::{Deserialize, Serialize};

/// Which marks of the mail server are kept up with what happens here. They are only ever added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marks {
    /// Colleagues who use the mailbox beside Ticketty go on seeing as unread what they have not read.
    #[default]
    Nothing,
    /// `\Answered`, once an answer was sent.
    Answered,
    /// `\Seen` besides, once an operator has read it.
    ReadAndAnswered,
}

/// What becomes of a mail on the server once it is stored here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AfterFetching {
    #[default]
    Leave,
    /// Into this folder, named as people write it.
    MoveTo(String),
    Delete,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OnServer {
    pub marks: Marks,
    pub after_fetching: AfterFetching,
}
