//! Texts with variables: signatures, and a real ticket to try them on.

use serde::{Deserialize, Serialize};

use crate::domain::contact::Signature;
use crate::domain::ids::{MailboxId, TicketNumber};
use crate::domain::template::Values;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum WordsReport {
    Signatures(Vec<Signature>),
    Sample(Box<Sample>),
}

/// What the variables of a text stand for in a ticket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The mailbox that was asked about; `None` is any.
    pub mailbox: Option<MailboxId>,
    /// Its latest ticket; `None` where there is none yet, and the values are made up.
    pub ticket: Option<TicketNumber>,
    pub values: Values,
}
