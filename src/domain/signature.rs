//! Which signatures an operator may put under a mail, and which one stands there by itself.

use super::contact::Signature;
use super::ids::{MailboxId, OperatorId};

/// How closely a signature fits: for this operator in this mailbox, for the operator, for the mailbox, for all.
/// `None` where it is somebody else's or another mailbox's.
fn fit(signature: &Signature, operator: OperatorId, mailbox: MailboxId) -> Option<u8> {
    match (signature.operator, signature.mailbox) {
        (Some(who), Some(place)) if who == operator && place == mailbox => Some(0),
        (Some(who), None) if who == operator => Some(1),
        (None, Some(place)) if place == mailbox => Some(2),
        (None, None) => Some(3),
        _ => None,
    }
}

/// The signatures to choose from, the closest first, and within that in the order given.
pub fn usable(
    signatures: &[Signature],
    operator: OperatorId,
    mailbox: MailboxId,
) -> Vec<&Signature> {
    let mut usable: Vec<(u8, &Signature)> = signatures
        .iter()
        .filter_map(|signature| Some((fit(signature, operator, mailbox)?, signature)))
        .collect();
    usable.sort_by_key(|(fit, _)| *fit);
    usable.into_iter().map(|(_, signature)| signature).collect()
}

/// The signature that stands under a new mail.
pub fn default_of(
    signatures: &[Signature],
    operator: OperatorId,
    mailbox: MailboxId,
) -> Option<&Signature> {
    usable(signatures, operator, mailbox).first().copied()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::ids::SignatureId;

    const ANNA: OperatorId = OperatorId(1);
    const BOHDAN: OperatorId = OperatorId(2);
    const SUPPORT: MailboxId = MailboxId(1);
    const SALES: MailboxId = MailboxId(2);

    fn signature(
        name: &str,
        operator: Option<OperatorId>,
        mailbox: Option<MailboxId>,
    ) -> Signature {
        Signature {
            id: SignatureId(0),
            name: name.into(),
            markdown: String::new(),
            mailbox,
            operator,
            is_markdown: true,
        }
    }

    #[test]
    fn the_closest_signature_stands_there_by_itself() {
        let all = [
            signature("all", None, None),
            signature("support", None, Some(SUPPORT)),
            signature("anna", Some(ANNA), None),
            signature("anna in support", Some(ANNA), Some(SUPPORT)),
        ];
        let table: [(&[usize], OperatorId, MailboxId, Option<&str>); 8] = [
            (&[0, 1, 2, 3], ANNA, SUPPORT, Some("anna in support")),
            (&[0, 1, 2], ANNA, SUPPORT, Some("anna")),
            (&[0, 1], ANNA, SUPPORT, Some("support")),
            (&[0], ANNA, SUPPORT, Some("all")),
            (&[], ANNA, SUPPORT, None),
            (&[0, 1, 2, 3], ANNA, SALES, Some("anna")),
            (&[0, 1, 2, 3], BOHDAN, SUPPORT, Some("support")),
            (&[3], BOHDAN, SALES, None),
        ];
        for (which, operator, mailbox, expected) in table {
            let some: Vec<Signature> = which
                .iter()
                .filter_map(|index| all.get(*index).cloned())
                .collect();
            let found = default_of(&some, operator, mailbox).map(|one| one.name.as_str());
            assert_eq!(found, expected, "{which:?} {operator} {mailbox}");
        }
    }

    #[test]
    fn nobody_signs_with_the_signature_of_somebody_else() {
        let all = [
            signature("b", None, None),
            signature("a", None, None),
            signature("bohdan", Some(BOHDAN), None),
            signature("sales", None, Some(SALES)),
            signature("anna in sales", Some(ANNA), Some(SALES)),
            signature("anna", Some(ANNA), None),
        ];
        let names: Vec<&str> = usable(&all, ANNA, SUPPORT)
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names, ["anna", "b", "a"]);
    }
}
