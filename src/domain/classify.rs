//! What wrote a mail: a person, a program, a mail system, a list, or ourselves.
//!
//! One table, from the surest sign to the weakest. A wrong "program" costs more than a wrong "person": programs do
//! not reopen tickets and start no clock. So weak signs (a `noreply` sender, a list header) only forbid automatic
//! answers, where a wrong "person" would begin a loop.

use super::message::MailClass;
use super::parsed::{ParsedMail, Signals};

/// The class of a mail. `own_addresses` are the addresses of our mailboxes; `is_signed_own` says that the mail
/// carries a Message-ID that we signed as its own.
pub fn classify(mail: &ParsedMail, own_addresses: &[String], is_signed_own: bool) -> MailClass {
    let signals = &mail.signals;
    let declared = auto_submitted(signals);
    let from_us = is_from_us(mail, own_addresses);
    let through_our_list = is_our_own_list(signals, own_addresses);
    let precedence = word(signals.precedence.as_deref());
    let list = is_list(signals) && !through_our_list;
    let null_sender = has_null_sender(signals);

    let table: [(bool, MailClass); 14] = [
        (is_signed_own, MailClass::Own),
        (from_us, MailClass::Own),
        // RFC 3834 §5.1: the sender says that a person wrote it.
        (declared.as_deref() == Some("no"), MailClass::Person),
        (reports_failure(mail), MailClass::Bounce),
        (is_report(mail), MailClass::Report),
        (is_mail_system(mail), MailClass::Bounce),
        // RFC 3834 §5: any other value than "no" is a program.
        (declared.is_some(), MailClass::AutoReply),
        (signals.autoreply.is_some(), MailClass::AutoReply),
        (
            matches!(precedence.as_str(), "auto_reply" | "auto-reply"),
            MailClass::AutoReply,
        ),
        (suppresses(signals, &["all"]), MailClass::AutoReply),
        (list, MailClass::List),
        (null_sender, MailClass::AutoReply),
        (
            matches!(precedence.as_str(), "bulk" | "junk") && !through_our_list,
            MailClass::AutoReply,
        ),
        (true, MailClass::Person),
    ];
    table
        .into_iter()
        .find_map(|(applies, class)| applies.then_some(class))
        .unwrap_or(MailClass::Person)
}

/// Whether a program of ours may answer this mail at all (RFC 3834 §2). Caps on how often come on top of it.
pub fn may_answer_automatically(
    mail: &ParsedMail,
    class: MailClass,
    own_addresses: &[String],
) -> bool {
    let signals = &mail.signals;
    let addressed_to_us = mail
        .people
        .to
        .iter()
        .chain(&mail.people.cc)
        .any(|to| is_one_of(&to.address, own_addresses));
    let answer_to = mail.people.reply_to.first().or(mail.people.from.first());
    let Some(answer_to) = answer_to.map(|address| address.address.trim().to_lowercase()) else {
        return false;
    };
    let precedence = word(signals.precedence.as_deref());
    class == MailClass::Person
        && addressed_to_us
        && !is_one_of(&answer_to, own_addresses)
        && !is_list(signals)
        && !matches!(precedence.as_str(), "bulk" | "junk")
        && !has_null_sender(signals)
        && !suppresses(signals, &["all", "oof", "autoreply"])
        && !is_program_address(&answer_to)
}

/// The keyword of Auto-Submitted without parameters and comments.
fn auto_submitted(signals: &Signals) -> Option<String> {
    let value = signals.auto_submitted.as_deref()?;
    let keyword = value.split([';', '(']).next().unwrap_or_default();
    Some(word(Some(keyword))).filter(|keyword| !keyword.is_empty())
}

fn word(value: Option<&str>) -> String {
    value.unwrap_or_default().trim().to_lowercase()
}

/// The empty envelope sender, with which mail systems and responders answer (RFC 5321 §4.5.5).
fn has_null_sender(signals: &Signals) -> bool {
    signals
        .return_path
        .as_deref()
        .is_some_and(|path| matches!(path.trim(), "" | "<>"))
}

fn is_list(signals: &Signals) -> bool {
    signals.list_id.is_some()
        || signals.list_unsubscribe
        || word(signals.precedence.as_deref()) == "list"
}

/// Mailboxes are often fed by a group such as `support@`, which puts its own List-Id on every customer's mail.
/// That says nothing about who wrote it.
fn is_our_own_list(signals: &Signals, own_addresses: &[String]) -> bool {
    let list_id = word(signals.list_id.as_deref());
    let id = list_id
        .rsplit_once('<')
        .map_or(list_id.as_str(), |(_, id)| id)
        .trim_end_matches('>')
        .trim();
    !id.is_empty()
        && own_addresses
            .iter()
            .any(|own| own.trim().to_lowercase().replacen('@', ".", 1) == id)
}

/// From one of our addresses, and answers would come back to us. A web form that writes as `support@` with the
/// customer in Reply-To is the customer's mail.
fn is_from_us(mail: &ParsedMail, own_addresses: &[String]) -> bool {
    let ours = |address: &str| is_one_of(address, own_addresses);
    mail.people
        .from
        .first()
        .is_some_and(|from| ours(&from.address))
        && mail.people.reply_to.iter().all(|to| ours(&to.address))
}

/// Compares without case, and with any `+detail` taken off (RFC 5233).
pub(super) fn is_one_of(address: &str, own_addresses: &[String]) -> bool {
    let plain = without_detail(address);
    own_addresses.iter().any(|own| without_detail(own) == plain)
}

fn without_detail(address: &str) -> String {
    let lower = address.trim().to_lowercase();
    match lower.rsplit_once('@') {
        Some((local, domain)) => {
            let base = local.split('+').next().unwrap_or(local);
            format!("{base}@{domain}")
        }
        None => lower,
    }
}

/// A delivery status notification (RFC 3464) about a mail that did not arrive. One that names no recipient that it
/// understood is taken for a failure: silence about a lost answer is worse than a false alarm.
fn reports_failure(mail: &ParsedMail) -> bool {
    let says_delivery = mail.signals.report_type.as_deref() == Some("delivery-status");
    let recipients = mail.report.as_ref().map(|report| &report.recipients);
    let failed =
        recipients.is_some_and(|all| all.iter().any(|one| word(Some(&one.action)) == "failed"));
    let silent = recipients.is_none_or(|all| all.iter().all(|one| one.action.trim().is_empty()));
    failed || (says_delivery && silent)
}

/// Any other report: delays, deliveries, read receipts (RFC 8098), complaints (RFC 5965).
fn is_report(mail: &ParsedMail) -> bool {
    mail.report.is_some() || mail.signals.content_type.as_deref() == Some("multipart/report")
}

/// Old mail systems bounce without any of the headers above, but under these names or with X-Failed-Recipients.
fn is_mail_system(mail: &ParsedMail) -> bool {
    if !mail.signals.failed_recipients.is_empty() {
        return true;
    }
    let Some(from) = mail.people.from.first() else {
        return false;
    };
    let address = from.address.trim().to_lowercase();
    match address.split('@').next().unwrap_or_default() {
        "mailer-daemon" | "maildaemon" => true,
        "postmaster" => has_null_sender(&mail.signals),
        _ => false,
    }
}

/// X-Auto-Response-Suppress (MS-OXCMAIL §2.2.3.2.14) holds one of these words.
fn suppresses(signals: &Signals, words: &[&str]) -> bool {
    word(signals.auto_response_suppress.as_deref())
        .split([',', ';', ' '])
        .any(|value| words.contains(&value.trim()))
}

/// Addresses that nobody reads, or where an answer would reach a list or a mail system.
pub(super) fn is_program_address(address: &str) -> bool {
    const WHOLE: [&str; 12] = [
        "mailer-daemon",
        "postmaster",
        "listserv",
        "majordomo",
        "noreply",
        "no-reply",
        "no_reply",
        "donotreply",
        "do-not-reply",
        "bounce",
        "bounces",
        "root",
    ];
    let local = address.split(['@', '+']).next().unwrap_or_default();
    WHOLE.contains(&local)
        || local.starts_with("owner-")
        || local.ends_with("-request")
        || local.ends_with("-noreply")
        || local.ends_with("-owner")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
