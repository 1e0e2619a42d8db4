//! Whether two subjects speak about the same, and what a new ticket is called.

use super::super::decide::LONGEST_SUBJECT;
use super::super::headers::subject::normalise;
use super::super::message::MailClass;
use super::TicketSight;

/// Below this likeness of letter pairs, two subjects without a common word have nothing to do with each other.
const UNLIKE: f64 = 0.3;

fn known_subjects(sight: &TicketSight) -> impl Iterator<Item = String> {
    std::iter::once(&sight.ticket.subject)
        .chain(&sight.subjects)
        .map(|subject| normalise(subject))
        .filter(|subject| !subject.is_empty())
}

/// The mail's subject is, without prefixes, one that the ticket had. An empty one proves nothing.
pub(super) fn same_subject(subject: &str, sight: &TicketSight) -> bool {
    let subject = normalise(subject);
    !subject.is_empty() && known_subjects(sight).any(|known| known == subject)
}

/// The mail's subject has nothing in common with any that the ticket had.
pub(super) fn is_complete_change(subject: &str, sight: &TicketSight) -> bool {
    let subject = normalise(subject);
    let mut known = known_subjects(sight).peekable();
    !subject.is_empty() && known.peek().is_some() && known.all(|known| is_unlike(&subject, &known))
}

fn is_unlike(one: &str, other: &str) -> bool {
    let telling = |word: &&str| word.chars().count() >= 4 || word.chars().any(|c| c.is_numeric());
    let shares_word = words(one)
        .filter(telling)
        .any(|word| words(other).any(|also| also == word));
    !shares_word && strsim::sorensen_dice(one, other) < UNLIKE
}

fn words(subject: &str) -> impl Iterator<Item = &str> {
    subject
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// The subject as a ticket's name: one line of bounded length, never empty.
pub fn title(subject: &str, class: MailClass) -> String {
    let line = subject
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    match (line.is_empty(), class) {
        (false, _) => line.chars().take(LONGEST_SUBJECT).collect(),
        (true, MailClass::Unreadable) => "(a mail that could not be read)".to_owned(),
        (true, _) => "(no subject)".to_owned(),
    }
}
