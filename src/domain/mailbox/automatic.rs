//! What a mailbox writes to customers by itself. Where it may is decided by the rules of classification and caps;
//! here is only what an admin says. Everything is off until it is switched on.

use serde::{Deserialize, Serialize};

use super::ClosedReply;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Automatic {
    /// Answers the first mail of a new ticket.
    pub auto_reply: Letter,
    /// Tells the customer that the ticket was closed.
    pub closing_notice: Letter,
    /// Tells the customer that the ticket is closed for good, where the policy refuses replies to closed tickets.
    /// It is sent whether `is_on` or not: no mail ends without a word.
    pub refusal: Letter,
}

/// A text with variables such as `{contact.name|"there"}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letter {
    pub is_on: bool,
    pub subject: String,
    /// What mail programs show beside the subject, before the mail is opened.
    pub preview: String,
    /// In Markdown.
    pub body: String,
}

impl Automatic {
    /// The closing notice says what a reply will do, as long as nobody has written another text.
    pub fn suit(&mut self, closed_reply: ClosedReply) {
        let ours = [ClosedReply::Reopen, ClosedReply::Refuse].map(closing_words);
        let body = &mut self.closing_notice.body;
        if ours.contains(body) {
            *body = closing_words(closed_reply);
        }
    }
}

/// The text of the closing notice that is there before anybody writes one.
fn closing_words(closed_reply: ClosedReply) -> String {
    let way_back = match closed_reply {
        ClosedReply::Refuse => {
            "please write a new mail to {mailbox.address}: answers to this one are not read."
        }
        ClosedReply::Reopen | ClosedReply::ReopenWithinDays(_) | ClosedReply::NewLinkedTicket => {
            "just answer this mail."
        }
    };
    format!(
        "Hello {{contact.name|\"there\"}},\n\nwe have closed your request **{{ticket.number}}**. \
         If something is still open, {way_back}"
    )
}

impl Default for Automatic {
    fn default() -> Self {
        let letter = |subject: &str, preview: &str, body: &str| Letter {
            is_on: false,
            subject: subject.into(),
            preview: preview.into(),
            body: body.into(),
        };
        Self {
            auto_reply: letter(
                "We have received your request: {ticket.subject}",
                "Your request has the number {ticket.number}.",
                "Hello {contact.name|\"there\"},\n\nthank you for writing to {mailbox.display_name|mailbox.name}. \
                 Your request has the number **{ticket.number}**; we will answer as soon as we can.\n\n\
                 You can add to it by answering this mail.",
            ),
            closing_notice: letter(
                "Closed: {ticket.subject}",
                "Your request {ticket.number} is closed.",
                &closing_words(ClosedReply::Reopen),
            ),
            refusal: letter(
                "Not accepted: {ticket.subject}",
                "The request {ticket.number} is closed.",
                "Hello {contact.name|\"there\"},\n\nyour request **{ticket.number}** is closed, and answers to it are \
                 not read any more. Please write a new mail to {mailbox.address}.",
            ),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_notice_asks_for_an_answer_only_where_one_is_read() {
        let mut automatic = Automatic::default();
        let usual = automatic.closing_notice.body.clone();
        assert!(usual.contains("just answer this mail"), "{usual}");
        automatic.suit(ClosedReply::Refuse);
        let refusing = automatic.closing_notice.body.clone();
        assert!(!refusing.contains("just answer"), "{refusing}");
        assert!(refusing.contains("{mailbox.address}"), "{refusing}");
        automatic.suit(ClosedReply::ReopenWithinDays(3));
        assert_eq!(automatic.closing_notice.body, usual);
        automatic.closing_notice.body = "Bye. Just answer this mail.".into();
        automatic.suit(ClosedReply::Refuse);
        assert_eq!(
            automatic.closing_notice.body, "Bye. Just answer this mail.",
            "an own text stays"
        );
    }
}
