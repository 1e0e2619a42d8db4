//! When one sender sends so much that the others would be lost among it.
//!
//! Nothing is kept away and nothing is hidden: the tickets of a flood are marked, and lists fold those of them that
//! nobody has taken up into one row with their number.

use jiff::SignedDuration;

use super::ids::TicketNumber;

/// A flood has begun when one sender has begun so many tickets in one mailbox within [`WITHIN`]. A form on a web site
/// sends for all its visitors from one address; it is seldom used as often as this.
pub const AFTER_TICKETS: usize = 100;
/// Before or after: a first sync brings the newest mail first.
pub const WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// A ticket that the sender began within the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recent {
    pub number: TicketNumber,
    pub is_marked: bool,
    /// Nobody has taken it up.
    pub is_untouched: bool,
}

/// What a further ticket of a sender means who began these. `None`: no flood. Else it is part of one, and so are the
/// tickets named here. Where one is marked already, the flood was seen before: what lost its mark since has lost it by
/// hand, and what was marked then stays so.
pub fn flood(recent: &[Recent]) -> Option<Vec<TicketNumber>> {
    if recent.len() < AFTER_TICKETS {
        return None;
    }
    if recent.iter().any(|ticket| ticket.is_marked) {
        return Some(Vec::new());
    }
    let untouched = recent.iter().filter(|ticket| ticket.is_untouched);
    Some(untouched.map(|ticket| ticket.number).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn recent(count: usize, marked: &[i64], touched: &[i64]) -> Vec<Recent> {
        let number = |n: usize| i64::try_from(n).unwrap();
        (1..=count)
            .map(|n| Recent {
                number: TicketNumber(number(n)),
                is_marked: marked.contains(&number(n)),
                is_untouched: !touched.contains(&number(n)),
            })
            .collect()
    }

    #[test]
    fn a_flood_begins_with_the_ticket_after_a_hundred_and_takes_in_what_nobody_touched() {
        assert_eq!(flood(&recent(0, &[], &[])), None);
        assert_eq!(flood(&recent(AFTER_TICKETS - 1, &[], &[])), None);
        let begun = flood(&recent(AFTER_TICKETS, &[], &[3, 7])).unwrap();
        assert_eq!(begun.len(), AFTER_TICKETS - 2);
        assert!(!begun.contains(&TicketNumber(3)));
        assert_eq!(flood(&recent(AFTER_TICKETS, &[9], &[])), Some(Vec::new()));
    }
}
