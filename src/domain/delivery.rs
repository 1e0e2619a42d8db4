//! What became of one attempt to hand a mail over, whichever way it left: SMTP, a `sendmail` program or a folder.
//!
//! The one question these words must answer without doubt is "may it be sent again?". An attempt that ended before
//! the final dot was certainly not sent; one that ended with the server's own answer is certain too; everything
//! else after the dot is [`Delivery::Uncertain`] and must never be taken for a failure.

use serde::{Deserialize, Serialize};

use super::trouble::{Trouble, Whose};

/// Who a mail is from and for, as the servers are told; Bcc lives only here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Where bounces go; `None` is the empty sender that automatic mail carries (RFC 5321 §4.5.5).
    pub from: Option<String>,
    pub to: Vec<String>,
    /// If one recipient is turned down, nobody gets the mail.
    #[serde(default)]
    pub all_or_nothing: bool,
}

/// How far an attempt came. The order is the order of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    Connect,
    Tls,
    Greeting,
    Hello,
    SignIn,
    Sender,
    Recipients,
    Data,
    Content,
    /// Between the content and the final dot: our own commit of the state `dot`.
    Barrier,
    /// After the final dot: the server may have taken the mail.
    AfterDot,
}

impl Phase {
    /// What was being done, to follow "while".
    pub fn doing(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::Tls => "starting TLS",
            Self::Greeting => "waiting for the greeting",
            Self::Hello => "introducing ourselves",
            Self::SignIn => "signing in",
            Self::Sender => "naming the sender",
            Self::Recipients => "naming the recipients",
            Self::Data => "announcing the mail",
            Self::Content => "sending the mail",
            Self::Barrier => "recording that the mail is about to leave",
            Self::AfterDot => "waiting for the server to take the mail",
        }
    }
}

/// A session or attempt that ended before the final dot: nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setback {
    pub phase: Phase,
    pub trouble: Trouble,
}

impl Setback {
    pub fn new(phase: Phase, trouble: Trouble) -> Self {
        Self { phase, trouble }
    }

    /// Whether a person has to give another password before anything can work.
    pub fn wants_password(&self) -> bool {
        self.phase == Phase::SignIn && self.trouble.whose == Whose::Operator
    }
}

/// What happened to the mail for one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The server took responsibility for the mail to this recipient.
    Accepted,
    /// Not now; a later attempt may succeed.
    Deferred,
    /// No, and the same attempt will not succeed later.
    Refused,
    /// The server would have taken it; it was held back because another recipient was turned down.
    Withheld,
    /// The mail may or may not have been taken.
    Uncertain,
}

/// One recipient with the verdict and the words it came with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientResult {
    pub address: String,
    pub verdict: Verdict,
    /// The server's line for this recipient, or our reason; sanitised, one line.
    pub words: String,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Nothing was sent to anybody, and it is not about this mail: network, sign-in, server out of order.
    NotSent(Setback),
    /// The server's own 4xx: nothing was taken, try later. Before or after the dot, as `phase` says.
    Deferred {
        phase: Phase,
        words: String,
        recipients: Vec<RecipientResult>,
    },
    /// The server's own 5xx, or a mail that cannot be sent as it is: nothing was taken.
    Refused {
        phase: Phase,
        words: String,
        recipients: Vec<RecipientResult>,
    },
    /// Taken for at least one recipient; the others are named with their verdicts.
    Accepted {
        /// The server's 250 line, or what stands for it.
        line: String,
        recipients: Vec<RecipientResult>,
    },
    /// Lost after the dot: it may have been taken. Never retried without evidence or a person.
    Uncertain {
        known: String,
        recipients: Vec<RecipientResult>,
    },
}

impl Delivery {
    /// The attempt ended before the final dot.
    pub fn not_sent(phase: Phase, trouble: Trouble) -> Self {
        Self::NotSent(Setback::new(phase, trouble))
    }

    /// The mail itself cannot go out like this; nobody was asked.
    pub fn unsendable(envelope: &Envelope, why: &str) -> Self {
        Self::Refused {
            phase: Phase::Sender,
            words: why.to_owned(),
            recipients: all_with(envelope, Verdict::Refused, why),
        }
    }

    /// Whether it is certain that no recipient will get a copy from this attempt.
    pub fn certainly_not_sent(&self) -> bool {
        matches!(
            self,
            Self::NotSent(_) | Self::Deferred { .. } | Self::Refused { .. }
        )
    }
}

/// The same verdict for every recipient of an envelope.
pub fn all_with(envelope: &Envelope, verdict: Verdict, words: &str) -> Vec<RecipientResult> {
    envelope
        .to
        .iter()
        .map(|address| RecipientResult {
            address: address.clone(),
            verdict,
            words: words.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_accepted_or_uncertain_attempt_may_have_reached_somebody() {
        let envelope = Envelope {
            from: None,
            to: vec!["a@example.test".into()],
            all_or_nothing: false,
        };
        let lost = Delivery::not_sent(Phase::Content, Trouble::network("the line broke"));
        let refused = Delivery::unsendable(&envelope, "a line is too long");
        let uncertain = Delivery::Uncertain {
            known: "the line broke after the last dot".into(),
            recipients: all_with(&envelope, Verdict::Uncertain, "no answer"),
        };
        assert!(lost.certainly_not_sent());
        assert!(refused.certainly_not_sent());
        assert!(!uncertain.certainly_not_sent());
    }

    #[test]
    fn only_a_refused_sign_in_asks_for_a_password() {
        let refused = Setback::new(Phase::SignIn, Trouble::operator("the password was refused"));
        let busy = Setback::new(Phase::SignIn, Trouble::network("sign-in is down"));
        let wrong_name = Setback::new(Phase::Connect, Trouble::operator("no such host"));
        assert!(refused.wants_password());
        assert!(!busy.wants_password());
        assert!(!wrong_name.wants_password());
    }
}
