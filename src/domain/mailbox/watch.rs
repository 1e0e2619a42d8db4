//! How a mailbox is kept under watch: when it fetches, how it tries again, and whom it alarms.

use serde::{Deserialize, Serialize};

use super::OnServer;
use crate::domain::ids::MailboxId;

/// Whether mail comes by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Download {
    #[default]
    Automatic,
    /// Only when somebody asks for it.
    ByHand,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Watch {
    pub download: Download,
    /// Between a broken line and the next attempt, at most; the first attempts come sooner.
    pub reconnect_seconds: u32,
    /// So many attempts fail before an interruption becomes an error. Attempts go on after that, slowly.
    pub attempts_before_error: u32,
    /// After so many hours without a mail, a mail to oneself proves the way in; `None` never does.
    pub self_test_hours: Option<u32>,
    /// An error also shows outside of the terminal's window.
    pub notifies_desktop: bool,
    /// An error is also told by mail, from another mailbox.
    pub alarm_mail: Option<AlarmMail>,
    /// What may be changed on the mail server.
    pub on_server: OnServer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmMail {
    /// The mailbox that sends the alarm; never the one that fails.
    pub from: MailboxId,
    pub to: String,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            download: Download::Automatic,
            reconnect_seconds: 80,
            attempts_before_error: 5,
            self_test_hours: Some(24),
            notifies_desktop: true,
            alarm_mail: None,
            on_server: OnServer::default(),
        }
    }
}
