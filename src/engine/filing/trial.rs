//! Mails that only try a mailbox out, such as the round trip of the checks: they are no customer's matter.
//!
//! Whoever fetches them first, the checks or the sync, they end as our own copies: no ticket, no message, no contact.
//! They are known by an id that only this store can sign, so nobody else can have a mail passed over.

use crate::domain::headers::signed_id;
use crate::domain::parsed::ParsedMail;

/// Whether this is such a mail, or what a mail system says about one: a bounce or an automatic answer.
pub fn is_about_one(key: &[u8], mail: &ParsedMail) -> bool {
    let signals = &mail.signals;
    let is_one = |id: &String| signed_id::is_trial(key, id);
    let names_itself = mail
        .message_id
        .iter()
        .chain(&signals.original_message_ids)
        .chain(&signals.own_reference)
        .any(is_one);
    let bounced = mail
        .report
        .as_ref()
        .and_then(|report| report.original_message_id.as_ref())
        .is_some_and(is_one);
    let is_automatic = signals
        .auto_submitted
        .as_deref()
        .is_some_and(|word| word != "no");
    let answers_one = || mail.in_reply_to.iter().chain(&mail.references).any(is_one);
    names_itself || bounced || (is_automatic && answers_one())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::parsed::DeliveryReport;

    const KEY: &[u8] = b"a key";

    #[test]
    fn a_trial_its_bounce_and_an_automatic_answer_are_passed_over_and_a_persons_answer_is_not() {
        let id = signed_id::sign_trial(KEY, "abc", "acme.test");
        let empty = ParsedMail::default;
        let itself = ParsedMail {
            message_id: Some(id.clone()),
            ..empty()
        };
        let mut renamed = empty();
        renamed.signals.own_reference = Some(id.clone());
        let bounce = ParsedMail {
            report: Some(DeliveryReport {
                original_message_id: Some(id.clone()),
                ..DeliveryReport::default()
            }),
            ..empty()
        };
        let answer = ParsedMail {
            in_reply_to: vec![id.clone()],
            ..empty()
        };
        let mut automatic = answer.clone();
        automatic.signals.auto_submitted = Some("auto-replied".into());
        for (mail, passed_over) in [
            (&itself, true),
            (&renamed, true),
            (&bounce, true),
            (&automatic, true),
            (&answer, false),
            (&empty(), false),
        ] {
            assert_eq!(is_about_one(KEY, mail), passed_over, "{mail:?}");
            assert!(!is_about_one(b"another key", mail), "{mail:?}");
        }
    }
}
