//! What a server can do, as data. Learnt anew after TLS and after sign-in, never from before.

use serde::{Deserialize, Serialize};

use super::quote;

/// The abilities that change what is asked. Anything a server does not name is off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Can {
    pub idle: bool,
    /// Changes are numbered (RFC 7162 §3.1).
    pub condstore: bool,
    /// One round trip brings a folder up to date (RFC 7162 §3.2).
    pub qresync: bool,
    pub uidplus: bool,
    pub move_: bool,
    pub special_use: bool,
    pub list_extended: bool,
    pub compress: bool,
    pub enable: bool,
    pub esearch: bool,
    /// The largest literal, in bytes, that may be sent without waiting for the go-ahead (RFC 7888); 0 for none.
    pub literal_plus: u64,
    pub id: bool,
    pub object_id: bool,
    pub gmail: bool,
}

/// The abilities that matter for signing in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SignInCan {
    pub starttls: bool,
    pub auth_plain: bool,
    pub auth_xoauth2: bool,
    pub auth_oauthbearer: bool,
    pub sasl_ir: bool,
    pub login_disabled: bool,
}

/// Hosts whose QRESYNC loses changes (iCloud sends VANISHED that cannot be read, and never ENABLED).
const BROKEN_QRESYNC: &[&str] = &["imap.mail.me.com", "mail.me.com", "icloud.com"];

impl Can {
    /// From the words of a CAPABILITY answer (RFC 9051 §7.2.2); case does not matter.
    pub fn from_words(words: &[String], host: &str) -> Self {
        let has = |wanted: &str| words.iter().any(|word| word.eq_ignore_ascii_case(wanted));
        let broken = BROKEN_QRESYNC
            .iter()
            .any(|name| host == *name || host.ends_with(&format!(".{name}")));
        Self {
            idle: has("IDLE"),
            condstore: has("CONDSTORE") || has("QRESYNC"),
            qresync: has("QRESYNC") && has("ENABLE") && !broken,
            uidplus: has("UIDPLUS"),
            move_: has("MOVE"),
            special_use: has("SPECIAL-USE"),
            list_extended: has("LIST-EXTENDED"),
            compress: has("COMPRESS=DEFLATE"),
            enable: has("ENABLE"),
            esearch: has("ESEARCH") || has("IMAP4rev2"),
            literal_plus: match () {
                () if has("LITERAL+") => 1024 * 1024,
                () if has("LITERAL-") => 4096,
                () => 0,
            },
            id: has("ID"),
            object_id: has("OBJECTID"),
            gmail: has("X-GM-EXT-1"),
        }
    }

    /// Announces a literal of `bytes` bytes, and says whether the go-ahead must be waited for.
    pub(super) fn literal(&self, bytes: usize) -> (String, bool) {
        if u64::try_from(bytes).is_ok_and(|size| size <= self.literal_plus) {
            (format!("{{{bytes}+}}"), false)
        } else {
            (format!("{{{bytes}}}"), true)
        }
    }

    /// `text` as a quoted string if it can be one, else as a literal that follows.
    pub(super) fn argument<'t>(&self, text: &'t str) -> Argument<'t> {
        match quote::quoted(text) {
            Some(quoted) => Argument::Quoted(quoted),
            None => Argument::Literal(text.as_bytes()),
        }
    }
}

/// How a string travels in a command.
pub(super) enum Argument<'t> {
    Quoted(String),
    Literal(&'t [u8]),
}

impl SignInCan {
    pub(super) fn from_words(words: &[String]) -> Self {
        let has = |wanted: &str| words.iter().any(|word| word.eq_ignore_ascii_case(wanted));
        Self {
            starttls: has("STARTTLS"),
            auth_plain: has("AUTH=PLAIN"),
            auth_xoauth2: has("AUTH=XOAUTH2"),
            auth_oauthbearer: has("AUTH=OAUTHBEARER"),
            sasl_ir: has("SASL-IR"),
            login_disabled: has("LOGINDISABLED"),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn can(words: &str, host: &str) -> Can {
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        Can::from_words(&words, host)
    }

    #[test]
    fn icloud_counts_as_condstore_only() {
        let words = "IMAP4rev1 enable qresync Idle";
        assert!(can(words, "imap.example.org").qresync);
        let icloud = can(words, "imap.mail.me.com");
        assert!(icloud.condstore && icloud.idle && !icloud.qresync);
        assert!(
            !can("QRESYNC", "x.test").qresync,
            "it cannot be switched on without ENABLE"
        );
    }

    #[test]
    fn literals_wait_unless_the_server_said_they_need_not() {
        for (words, bytes, expected) in [
            ("IMAP4rev1", 5, ("{5}", true)),
            ("LITERAL+", 5000, ("{5000+}", false)),
            ("LITERAL-", 5000, ("{5000}", true)),
            ("LITERAL-", 4096, ("{4096+}", false)),
        ] {
            let (announced, waits) = can(words, "x.test").literal(bytes);
            assert_eq!((announced.as_str(), waits), expected);
        }
    }
}
