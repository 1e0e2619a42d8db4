//! The mails of all measurements: made, not random, as mixed as a support mailbox is.
//!
//! Two to four thousand bytes of words in three scripts; a tenth with an attachment, a fifth with HTML beside or
//! instead of the text, four in ten an answer in a thread that is there already.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

const ENGLISH: [&str; 32] = [
    "the",
    "please",
    "invoice",
    "account",
    "login",
    "error",
    "after",
    "printer",
    "order",
    "number",
    "payment",
    "since",
    "morning",
    "session",
    "expired",
    "refund",
    "delivery",
    "address",
    "change",
    "question",
    "about",
    "contract",
    "renewal",
    "customer",
    "window",
    "update",
    "password",
    "browser",
    "yesterday",
    "colleague",
    "attached",
    "screenshot",
];
const UKRAINIAN: [&str; 14] = [
    "замовлення",
    "рахунок",
    "будь",
    "ласка",
    "не",
    "працює",
    "принтер",
    "оплата",
    "доставка",
    "об’єкт",
    "п'ятниця",
    "їжак",
    "договір",
    "помилка",
];
const CJK: [&str; 8] = [
    "サーバに接続できません",
    "請求書を送ってください",
    "東京タワー",
    "返金をお願いします",
    "注文番号",
    "更新後",
    "我无法登录我的账户",
    "请尽快退款",
];
const NAMES: [(&str, &str); 8] = [
    ("Olena", "Kovalenko"),
    ("Dmytro", "Bondar"),
    ("James", "Wu"),
    ("Zoë", "Müller"),
    ("健", "田中"),
    ("Анна", "Їжакевич"),
    ("Maria", "Rossi"),
    ("Ahmed", "Hassan"),
];

/// What a list of these mails shows of their senders, whoever shows it.
pub const SHOWN_NAMES: [&str; 6] = ["Kovalenko", "Bondar", "James", "Rossi", "Hassan", "ller"];

/// Numbers that repeat from run to run (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// The first of the list come more often.
    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let (one, other) = (self.below(list.len()), self.below(list.len()));
        list[one.min(other)]
    }
}

/// When the first mail was written, in seconds since 1970; each next one comes five minutes later.
const FIRST: u64 = 1_700_000_000;
const APART: u64 = 300;

/// Mail `n`, with LF line ends as files have them. The same number is the same mail.
pub fn mail(n: usize) -> String {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (n as u64 + 1).wrapping_mul(0xd134_2543_de82_ef95));
    dice.next();
    let parent = (n > 20 && dice.below(10) < 4).then(|| n - 1 - dice.below(20));
    let text = text(&mut dice, parent);
    let mut mail = header(&mut dice, n, parent);
    let body = body(&mut dice, &text);
    mail.push_str(&body);
    mail
}

fn header(dice: &mut Dice, n: usize, parent: Option<usize>) -> String {
    let person = parent.unwrap_or(n) % 4001;
    let (first, last) = NAMES[person % NAMES.len()];
    let subject = format!(
        "{} {} {}",
        ENGLISH[parent.unwrap_or(n) % 32],
        UKRAINIAN[n % 14],
        parent.unwrap_or(n)
    );
    let date = jiff::Timestamp::from_second((FIRST + APART * n as u64) as i64).unwrap();
    let date = jiff::fmt::rfc2822::to_string(&date.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
    let mut header = String::with_capacity(4096);
    let _ = write!(
        header,
        "Return-Path: <person{person}@customer{host}.test>\nReceived: from mx.customer{host}.test (mx.customer{host}.test [192.0.2.{octet}])\n\
         \tby mail.acme.test (Postfix) with ESMTPS id {id:012X}\n\tfor <support@acme.test>; {date}\n\
         DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=customer{host}.test; s=s1;\n\th=from:to:subject:date:message-id; bh={hash};\n\tb={hash}{hash}\n\
         From: {from} <person{person}@customer{host}.test>\nTo: Acme Support <support@acme.test>\nSubject: {subject}\nDate: {date}\n\
         Message-ID: <{n}.{id:x}@customer{host}.test>\nMIME-Version: 1.0\nX-Mailer: Thunderbird\n",
        host = person % 97,
        octet = n % 250,
        id = n as u64 * 0x1234_5677,
        hash = BASE64.encode((0..32).map(|_| dice.next() as u8).collect::<Vec<_>>()),
        from = word(&format!("{first} {last}")),
        subject = word(&if parent.is_some() {
            format!("Re: {subject}")
        } else {
            subject
        }),
    );
    if let Some(parent) = parent {
        let id = parent as u64 * 0x1234_5677;
        let host = person_host(parent);
        let _ = write!(
            header,
            "In-Reply-To: <{parent}.{id:x}@customer{host}.test>\nReferences: <{parent}.{id:x}@customer{host}.test>\n"
        );
    }
    header
}

/// Where the Message-ID of a mail was made: with its sender.
fn person_host(n: usize) -> usize {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (n as u64 + 1).wrapping_mul(0xd134_2543_de82_ef95));
    dice.next();
    let parent = (n > 20 && dice.below(10) < 4).then(|| n - 1 - dice.below(20));
    (parent.unwrap_or(n) % 4001) % 97
}

/// An encoded word (RFC 2047 §2) where it is needed.
fn word(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let words: Vec<String> = text
        .split_inclusive(' ')
        .map(|part| format!("=?utf-8?B?{}?=", BASE64.encode(part)))
        .collect();
    words.join("\n ")
}

fn text(dice: &mut Dice, parent: Option<usize>) -> String {
    let length = 1400 + dice.below(1600);
    let mut text = String::with_capacity(length + 600);
    text.push_str("Hello,\n\n");
    let script = dice.below(10);
    while text.len() < length {
        let word = match (script, dice.below(10)) {
            (0 | 1, 0..7) => dice.pick(&UKRAINIAN),
            (2, 0..5) => dice.pick(&CJK),
            (_, 0) => dice.pick(&UKRAINIAN),
            _ => dice.pick(&ENGLISH),
        };
        text.push_str(word);
        text.push(if dice.one_in(11) { '\n' } else { ' ' });
        if dice.one_in(9) {
            let _ = write!(text, "{:x} ", dice.next() % 1_000_000);
        }
    }
    text.push_str("\n\nKind regards\n-- \nA customer\n+49 30 1234567\n");
    if parent.is_some() {
        text.push_str("\nOn Monday, Acme Support wrote:\n> Dear customer,\n> please send us a screenshot.\n> Acme Support\n");
    }
    text
}

fn body(dice: &mut Dice, text: &str) -> String {
    match dice.below(100) {
        0..8 => format!(
            "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}",
            lines(&html(text))
        ),
        8..20 => {
            let plain = plain(text, "8bit");
            format!(
                "Content-Type: multipart/alternative; boundary=\"=_alt\"\n\n--=_alt\n{plain}\n--=_alt\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}\n--=_alt--\n",
                html(text)
            )
        }
        20..30 => {
            let bytes: Vec<u8> = (0..2000 + dice.below(6000))
                .map(|_| dice.next() as u8)
                .collect();
            format!(
                "Content-Type: multipart/mixed; boundary=\"=_mix\"\n\n--=_mix\n{}\n--=_mix\nContent-Type: image/png; name=\"screenshot.png\"\nContent-Disposition: attachment; filename=\"screenshot.png\"\nContent-Transfer-Encoding: base64\n\n{}\n--=_mix--\n",
                plain(text, "8bit"),
                lines_of(&bytes)
            )
        }
        30..50 => plain(text, "base64"),
        _ => plain(text, "8bit"),
    }
}

fn plain(text: &str, encoding: &str) -> String {
    let body = if encoding == "base64" {
        lines(text)
    } else {
        text.to_owned()
    };
    format!(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n{body}"
    )
}

fn html(text: &str) -> String {
    let paragraphs: Vec<String> = text
        .split("\n")
        .filter(|line| !line.is_empty())
        .map(|line| format!("<p style=\"margin:0\">{}</p>", line.replace('>', "&gt;")))
        .collect();
    format!(
        "<html><head><title>Mail</title></head><body><div>{}</div><table><tr><td>Order</td><td>2231</td></tr></table><p>See <a href=\"https://acme.test/help\">our page</a>.</p></body></html>\n",
        paragraphs.join("\n")
    )
}

fn lines(text: &str) -> String {
    lines_of(text.as_bytes())
}

/// Base64 in lines of 76 characters (RFC 2045 §6.8).
fn lines_of(bytes: &[u8]) -> String {
    let encoded = BASE64.encode(bytes);
    let mut out = String::with_capacity(encoded.len() + encoded.len() / 76 + 1);
    for line in encoded.as_bytes().chunks(76) {
        out.push_str(std::str::from_utf8(line).unwrap_or_default());
        out.push('\n');
    }
    out
}
