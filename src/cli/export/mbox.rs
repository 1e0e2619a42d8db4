//! Mails in the mbox form with `>` quoting (mboxrd), which gives every mail back byte by byte.

use jiff::Timestamp;

use crate::bridge::MessageView;
use crate::domain::ids::MessageId;

/// A mail to be written.
pub struct Entry {
    pub message: MessageId,
    from: String,
    at: Timestamp,
}

impl Entry {
    pub fn of(message: &MessageView) -> Self {
        let from = message
            .header
            .from
            .as_ref()
            .map(|from| from.address.as_str())
            .unwrap_or_default();
        // The separator line is cut at spaces by everything that reads it.
        let from: String = from
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .collect();
        Self {
            message: message.id,
            from: if from.is_empty() {
                "MAILER-DAEMON".into()
            } else {
                from
            },
            at: message.at,
        }
    }

    /// The mail with its separator line (RFC 4155 Appendix A) and an empty line behind it.
    pub fn written(&self, mail: &[u8]) -> Vec<u8> {
        let date = self.at.strftime("%a %b %e %H:%M:%S %Y");
        let mut out = format!("From {} {date}\n", self.from).into_bytes();
        for line in mail.split_inclusive(|byte| *byte == b'\n') {
            let (text, end) = match line {
                [text @ .., b'\r', b'\n'] | [text @ .., b'\n'] => (text, true),
                text => (text, false),
            };
            let bare = text
                .iter()
                .position(|byte| *byte != b'>')
                .and_then(|at| text.get(at..))
                .unwrap_or_default();
            if bare.starts_with(b"From ") {
                out.push(b'>');
            }
            out.extend_from_slice(text);
            if end {
                out.push(b'\n');
            }
        }
        if !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        out.push(b'\n');
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_look_like_a_separator_are_quoted() {
        let entry = Entry {
            message: MessageId(1),
            from: "a@b.test".into(),
            at: Timestamp::UNIX_EPOCH,
        };
        let written = entry.written(
            b"Subject: x\r\n\r\nFrom here\r\n>From there\r\n>>From all\r\n> From not\r\nend",
        );
        assert_eq!(
            String::from_utf8_lossy(&written),
            "From a@b.test Thu Jan  1 00:00:00 1970\nSubject: x\n\n>From here\n>>From there\n>>>From all\n> From not\nend\n\n"
        );
    }
}
