//! What a bounce (RFC 3464), a receipt (RFC 8098) or an old-style bounce says about a mail of ours.

use mail_parser::{Message, MessageParser, MessagePart};

use super::attachments::media_type;
use super::limits::Limits;
use super::text::{bounded, unix_lines};
use crate::domain::headers::parsed::{DeliveryReport, ParsedMail, RecipientReport};

/// The report of the mail, if it is one. Reads the signals that were read before.
pub(super) fn read(
    message: &Message<'_>,
    limits: &Limits,
    mail: &ParsedMail,
) -> Option<DeliveryReport> {
    let mut report = DeliveryReport::default();
    let mut found = false;
    for part in &message.parts {
        match media_type(part).as_str() {
            "message/delivery-status" | "message/global-delivery-status" => {
                found = true;
                delivery_status(&text_of(part), limits, &mut report);
            }
            "message/disposition-notification" => {
                found = true;
                report.disposition = true;
                disposition(&text_of(part), limits, &mut report);
            }
            "text/rfc822-headers" | "message/global-headers" => {
                report.original_message_id = report
                    .original_message_id
                    .or_else(|| message_id_of(part.contents()));
            }
            "message/rfc822" | "message/global" => {
                report.original_message_id = report.original_message_id.or_else(|| {
                    part.message()
                        .and_then(|nested| nested.message_id().map(|id| bounded(id, 998).0))
                        .or_else(|| message_id_of(part.contents()))
                });
            }
            _ => {}
        }
    }
    if found {
        return Some(report);
    }
    if mail.signals.failed_recipients.is_empty() {
        return None;
    }
    report.recipients = mail
        .signals
        .failed_recipients
        .iter()
        .map(|address| failed(address))
        .collect();
    if report.original_message_id.is_none() {
        report.original_message_id = mail.references.last().or(mail.in_reply_to.last()).cloned();
    }
    Some(report)
}

fn failed(address: &str) -> RecipientReport {
    RecipientReport {
        address: address.to_owned(),
        action: "failed".to_owned(),
        ..RecipientReport::default()
    }
}

fn text_of(part: &MessagePart<'_>) -> String {
    let bytes = part.contents();
    let most = bytes.len().min(256 << 10);
    unix_lines(&String::from_utf8_lossy(
        bytes.get(..most).unwrap_or_default(),
    ))
}

fn message_id_of(headers: &[u8]) -> Option<String> {
    let parsed = MessageParser::new().parse_headers(headers)?;
    parsed.message_id().map(|id| bounded(id, 998).0)
}

/// Groups of fields parted by blank lines; the first is about the mail, each other about one recipient.
fn delivery_status(text: &str, limits: &Limits, report: &mut DeliveryReport) {
    for group in text.split("\n\n") {
        let fields = fields(group, limits);
        if let Some(id) = field(&fields, "original-message-id") {
            report.original_message_id = Some(id.trim_matches(['<', '>']).to_owned());
        }
        let Some(address) =
            field(&fields, "final-recipient").or_else(|| field(&fields, "original-recipient"))
        else {
            continue;
        };
        if report.recipients.len() == limits.list_entries {
            return;
        }
        report.recipients.push(RecipientReport {
            address: typed_value(address),
            action: field(&fields, "action")
                .unwrap_or("failed")
                .to_ascii_lowercase(),
            status: field(&fields, "status").map(|status| {
                status
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            }),
            diagnostic: field(&fields, "diagnostic-code").map(typed_value),
        });
    }
}

fn disposition(text: &str, limits: &Limits, report: &mut DeliveryReport) {
    let fields = fields(text, limits);
    if let Some(id) = field(&fields, "original-message-id") {
        report.original_message_id = Some(id.trim_matches(['<', '>']).to_owned());
    }
    let action = field(&fields, "disposition")
        .and_then(|value| value.rsplit(';').next())
        .and_then(|kind| kind.split('/').next())
        .unwrap_or_default();
    report.recipients.push(RecipientReport {
        address: field(&fields, "final-recipient")
            .map(typed_value)
            .unwrap_or_default(),
        action: action.trim().to_ascii_lowercase(),
        status: None,
        diagnostic: field(&fields, "error").map(str::to_owned),
    });
}

/// Names in lower case and values on one line.
fn fields(group: &str, limits: &Limits) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in group.lines().take(1000) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut()
                && value.len() + line.len() < limits.header_bytes
            {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            let (value, _) = bounded(value.trim(), limits.header_bytes);
            fields.push((name.trim().to_ascii_lowercase(), value));
        }
    }
    fields
}

fn field<'a>(fields: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(name, value)| name == wanted && !value.is_empty())
        .map(|(_, value)| value.as_str())
}

/// `rfc822; ann@example.test` and `smtp; 550 no such user` without their type.
fn typed_value(value: &str) -> String {
    value
        .split_once(';')
        .map_or(value, |(_, plain)| plain)
        .trim()
        .trim_matches(['<', '>'])
        .to_owned()
}
