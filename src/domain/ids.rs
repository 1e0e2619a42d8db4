//! Names for things. Each kind has its own type, so that a folder's id cannot be passed for a ticket's.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

id!(
    /// The number people use: `#1042`. Counts up, is never reused, and is the ticket's only identity.
    TicketNumber
);
id!(
    /// A message in a ticket: a mail in, a mail out, or a note.
    MessageId
);
id!(MailboxId);
id!(
    /// A folder of a mailbox in one generation (one UIDVALIDITY, RFC 3501 §2.3.1.1).
    FolderId
);
id!(ContactId);
id!(OperatorId);
id!(SignatureId);
id!(ViewId);
id!(DraftId);
id!(OutboxId);
id!(
    /// The position of a change in the log of settings. Later changes have greater ids.
    ChangeId
);
id!(
    /// The position of an event in the log. Later events have greater ids.
    EventId
);

/// SHA-256 of a mail's raw bytes: the proof that two copies are one mail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ContentHash(pub [u8; 32]);

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContentHash({self})")
    }
}
