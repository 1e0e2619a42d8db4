//! A mail as the parser child hands it over: typed, bounded, and still a stranger's words.
//!
//! Nothing here may be drawn without going through `Clean`; the raw bytes in the store stay the only truth.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::address::Address;
use crate::domain::channel::DeliveryMark;

/// One mail. All strings are bounded by the parser's limits and hold no NUL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParsedMail {
    /// Without angle brackets. The first one, if there are several.
    pub message_id: Option<String>,
    /// Ids without angle brackets, in the order of the header.
    pub in_reply_to: Vec<String>,
    /// Ids without angle brackets, oldest first.
    pub references: Vec<String>,
    pub people: People,
    pub subject: String,
    /// The sender's clock, if it named a time between 1980 and 2100. Shown, never used for order.
    pub date: Option<Timestamp>,
    pub signals: Signals,
    /// The readable text with `\n` line ends: text/plain where there is one, else HTML turned to text.
    pub text: String,
    /// The text was made from HTML; `RenderHtml` makes it again for another width.
    pub text_from_html: bool,
    /// The first words without quotes, on one line.
    pub preview: String,
    pub attachments: Vec<AttachmentInfo>,
    /// What a bounce or a receipt reports.
    pub report: Option<DeliveryReport>,
    /// What was odd about the mail, for a person to see.
    pub notes: Vec<ParseNote>,
}

/// Everyone that the headers name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    pub from: Vec<Address>,
    pub sender: Vec<Address>,
    pub reply_to: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
}

/// Raw header values that classification asks (RFC 3834, RFC 2919, and what is used in the wild).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// Auto-Submitted (RFC 3834 §5), lower case, without parameters.
    pub auto_submitted: Option<String>,
    /// Precedence, lower case.
    pub precedence: Option<String>,
    /// List-Id (RFC 2919), or another header that only list programs write.
    pub list_id: Option<String>,
    pub list_unsubscribe: bool,
    /// X-Auto-Response-Suppress (Exchange), lower case.
    pub auto_response_suppress: Option<String>,
    /// The name and value of the first header such as X-Autoreply or X-Autorespond.
    pub autoreply: Option<String>,
    /// Return-Path; `Some("")` is the empty one of bounces (RFC 5321 §4.5.5).
    pub return_path: Option<String>,
    /// The top level's media type, lower case: `multipart/report`.
    pub content_type: Option<String>,
    /// The report-type parameter of that type, lower case: `delivery-status`.
    pub report_type: Option<String>,
    /// Delivered-To, X-Original-To, Envelope-To and the like, from the top: where the mail really went.
    pub delivered_to: Vec<DeliveryMark>,
    /// Ids that a provider put aside when it wrote its own: X-Microsoft-Original-Message-ID and others.
    pub original_message_ids: Vec<String>,
    /// X-Ticketty-Ref: what we wrote into an answer of ours.
    pub own_reference: Option<String>,
    /// X-Loop and X-Failed-Recipients, each value.
    pub loops: Vec<String>,
    pub failed_recipients: Vec<String>,
    /// Authentication-Results (RFC 8601), each value, from the top: the first is of the server nearest to us.
    pub authentication: Vec<String>,
}

/// A part that is not the text. Its bytes are taken out of the raw mail by its index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentInfo {
    /// Counts from 0 in the order of the mail; stays the same for the same raw bytes.
    pub index: u32,
    /// The base name, cleaned, never empty, never `.` or `..`, at most 120 characters.
    pub name: String,
    /// Lower case: `image/png`.
    pub media_type: String,
    /// Bytes after decoding.
    pub size: u64,
    /// Of the decoded bytes, in lower-case hex.
    pub sha256: String,
    /// The sender wants it shown within the text.
    pub inline: bool,
    pub content_id: Option<String>,
    pub kind: AttachmentKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttachmentKind {
    File,
    InlineImage,
    /// A whole mail (message/rfc822).
    NestedMail,
    /// An invitation; its lines are in the text.
    Calendar,
    SmimeSigned,
    SmimeEncrypted,
    PgpSigned,
    PgpEncrypted,
    /// The machine's half of a delivery report or receipt, and the returned headers.
    Report,
    /// winmail.dat (TNEF): not unpacked.
    Tnef,
}

/// A delivery status notification (RFC 3464) or a disposition notification (RFC 8098), as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryReport {
    /// The receipt of a reader, not the word of a server.
    pub disposition: bool,
    /// Without angle brackets, from the report or from the returned headers.
    pub original_message_id: Option<String>,
    pub recipients: Vec<RecipientReport>,
}

/// What became of one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientReport {
    pub address: String,
    /// `failed`, `delayed`, `delivered`, `relayed`, `expanded` (RFC 3464 §2.3.3), or the disposition type of a
    /// receipt: `displayed`, `deleted`. Lower case.
    pub action: String,
    /// RFC 3463: `5.1.1`.
    pub status: Option<String>,
    /// The server's words.
    pub diagnostic: Option<String>,
}

/// Something about a mail that a person should know.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParseNote {
    /// More than one From header, or From names more than one person.
    SeveralFrom,
    SeveralMessageIds,
    /// Some characters could not be read and are shown as replacement marks.
    CharsetReplaced,
    /// Parts nested deeper than the limit were left out of the text.
    TooDeep,
    /// More than the limit was left out here; the raw mail is whole.
    Cut(CutPart),
    /// The HTML was too large or too deep for the renderer, and was turned to text without layout.
    HtmlSimplified,
    /// The text was made from HTML, which has more to show.
    TextFromHtml,
    Encrypted(Protection),
    Signed(Protection),
    /// A part's transfer encoding was broken.
    BrokenEncoding,
    NoHeaders,
    BadDate,
}

/// What was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutPart {
    Text,
    /// Attachments, addresses or references.
    List,
    /// The mail is too large, and was left on the server.
    AllButHeader,
}

/// The kinds of protected mail that Ticketty recognises and cannot read or check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    Smime,
    Pgp,
}

impl Protection {
    /// The name people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smime => "S/MIME",
            Self::Pgp => "PGP",
        }
    }
}

impl ParseNote {
    /// One sentence for a person, starting in lower case, without a full stop.
    pub fn words(&self) -> String {
        match self {
            Self::SeveralFrom => "the mail names more than one sender".to_owned(),
            Self::SeveralMessageIds => "the mail has more than one Message-ID".to_owned(),
            Self::CharsetReplaced => "some characters could not be read".to_owned(),
            Self::TooDeep => "parts nested too deep are left out of the text".to_owned(),
            Self::Cut(CutPart::Text) => "the text is cut here; the raw mail is whole".to_owned(),
            Self::Cut(CutPart::List) => {
                "a list in this mail is cut here; the raw mail is whole".to_owned()
            }
            Self::Cut(CutPart::AllButHeader) => {
                "only the header of this mail is here; it is larger than the limit".to_owned()
            }
            Self::TextFromHtml => "the text was made from HTML".to_owned(),
            Self::HtmlSimplified => "the HTML is shown without its layout".to_owned(),
            Self::Encrypted(with) => {
                format!("encrypted with {}; Ticketty cannot read it", with.name())
            }
            Self::Signed(with) => {
                format!("signed with {}; Ticketty does not check it", with.name())
            }
            Self::BrokenEncoding => "a part of the mail is encoded wrongly".to_owned(),
            Self::NoHeaders => "the mail has no headers".to_owned(),
            Self::BadDate => "the mail names no possible date".to_owned(),
        }
    }
}
