//! Sets of UIDs as IMAP writes them: `1:3,7,9:12` (RFC 9051 §9, sequence-set).

use std::fmt::Write;
use std::ops::RangeInclusive;

/// Writes UIDs, which must be in rising order, as a set; runs become ranges.
pub fn write(uids: &[u32]) -> String {
    let mut set = String::new();
    let mut rest = uids.iter().copied().peekable();
    while let Some(first) = rest.next() {
        let mut last = first;
        while let Some(next) = rest.next_if(|next| last.checked_add(1) == Some(*next)) {
            last = next;
        }
        if !set.is_empty() {
            set.push(',');
        }
        let _ = match last {
            last if last == first => write!(set, "{first}"),
            last => write!(set, "{first}:{last}"),
        };
    }
    set
}

/// Reads a set. Ends may come in either order; zero and what does not fit 32 bits is refused.
pub fn read(set: &str) -> Option<Vec<RangeInclusive<u32>>> {
    let uid = |text: &str| text.parse::<u32>().ok().filter(|uid| *uid > 0);
    set.split(',')
        .map(|part| match part.split_once(':') {
            Some((a, b)) => {
                let (a, b) = (uid(a)?, uid(b)?);
                Some(a.min(b)..=a.max(b))
            }
            None => uid(part).map(|one| one..=one),
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn runs_become_ranges_and_come_back() {
        for (uids, set) in [
            (vec![], ""),
            (vec![7], "7"),
            (vec![1, 2, 3, 7, 9, 10], "1:3,7,9:10"),
            (vec![u32::MAX - 1, u32::MAX], "4294967294:4294967295"),
        ] {
            assert_eq!(write(&uids), set);
            let back = read(set).map(|ranges| ranges.into_iter().flatten().collect::<Vec<_>>());
            assert_eq!(back.unwrap_or_default(), uids);
        }
    }

    #[test]
    fn sets_from_strangers_are_checked() {
        assert_eq!(read("9:3"), Some(vec![3..=9]));
        for bad in ["", "0", "1:*", "4294967296", "1,,2", "-1", "x"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
