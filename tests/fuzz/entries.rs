//! What a stranger writes, straight into each reader, and what must hold whatever it is.
//!
//! The fuzz targets call these with bytes that nobody thought of; the stories call them with the seeds, so that what
//! a fuzzer once found is tried by every test run. A broken rule is a panic.

use ticketty::config::settings;
use ticketty::domain::clean::Clean;
use ticketty::domain::query;
use ticketty::mail::{imap, mime, smtp};

/// A reader of bytes that panics where a rule is broken.
pub type Reader = fn(&[u8]);

/// Readers by name; the name is also that of the target and of the folder of its seeds.
pub const ALL: [(&str, Reader); 7] = [
    ("imap", imap_responses),
    ("smtp", smtp_replies),
    ("mime", mime_message),
    ("html", html_text),
    ("clean", sanitiser),
    ("query", query_language),
    ("config", configuration),
];

/// What is understood does not depend on where the network cuts.
pub fn imap_responses(wire: &[u8]) {
    let whole = imap::fuzz::responses(wire, wire.len());
    for step in [1, 7] {
        assert_eq!(
            imap::fuzz::responses(wire, step),
            whole,
            "cut every {step} bytes"
        );
    }
}

/// A conversation ends with a reason, and what the server said is clean.
pub fn smtp_replies(wire: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let told = runtime.block_on(smtp::fuzz::replies(wire));
    assert!(!told.is_empty());
    for line in told {
        is_clean(&line);
    }
}

/// Any bytes are a mail; every text of it is within its limit, and drawn without a control character.
pub fn mime_message(raw: &[u8]) {
    let limits = mime::Limits {
        text_bytes: 4096,
        html_bytes: 16 * 1024,
        ..mime::Limits::default()
    };
    let Ok(mail) = mime::parse(raw, &limits) else {
        return;
    };
    assert!(
        mail.text.len() <= limits.text_bytes,
        "{} bytes of text",
        mail.text.len()
    );
    assert!(mail.attachments.len() <= limits.attachments);
    for attachment in &mail.attachments {
        let name = &attachment.name;
        assert!(!name.contains(['/', '\\', '\0']), "{name:?}");
        assert!(name != "." && name != "..");
    }
    is_clean(Clean::text(&mail.text).as_str());
    let _block = mime::header_block(raw);
    for index in 0..3 {
        let _bytes = mime::attachment(raw, index);
    }
}

/// HTML becomes text, whatever it says.
pub fn html_text(html: &[u8]) {
    let mut raw = b"Content-Type: text/html; charset=utf-8\r\n\r\n".to_vec();
    raw.extend_from_slice(html);
    let limits = mime::Limits {
        html_bytes: 16 * 1024,
        ..mime::Limits::default()
    };
    for width in [20, 78] {
        if let Ok(Some(text)) = mime::render_html(&raw, width, &limits) {
            is_clean(Clean::text(&text).as_str());
        }
    }
}

/// Cleaning leaves nothing that a terminal obeys, and cleaning again changes nothing.
pub fn sanitiser(bytes: &[u8]) {
    let raw = String::from_utf8_lossy(bytes);
    for clean in [Clean::text, Clean::line, Clean::name] {
        let once = clean(&raw);
        is_clean(once.as_str());
        assert_eq!(clean(once.as_str()), once);
        for width in [0, 1, 7] {
            assert!(once.truncate_cells(width).cells() <= width);
        }
    }
    assert!(!Clean::line(&raw).as_str().contains('\n'));
}

/// A query is read, or its mistake lies within it.
pub fn query_language(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Err(mistake) = query::parse(text) {
        assert!(mistake.at.start <= mistake.at.end, "{mistake:?}");
        assert!(
            text.is_char_boundary(mistake.at.start.min(text.len())),
            "{mistake:?}"
        );
        assert!(!mistake.message.is_empty());
    }
    for at in (0..=text.len())
        .filter(|at| text.is_char_boundary(*at))
        .take(16)
    {
        let token = query::token_at(text, at);
        assert!(text.get(token.clone()).is_some(), "{token:?}");
        let _offers = query::complete(text, at);
    }
}

/// A configuration is read, or its mistakes have a place that can be shown.
pub fn configuration(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (_settings, mistakes) = settings::check(text);
    for mistake in &mistakes {
        let shown = mistake.render(text, std::path::Path::new("config.toml"));
        assert!(shown.contains("config.toml"), "{shown}");
        is_clean(&shown);
    }
    let parsed = settings::parse(text, std::path::Path::new("config.toml"));
    assert_eq!(parsed.is_ok(), mistakes.is_empty());
}

#[track_caller]
fn is_clean(text: &str) {
    let control = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(control, None, "{text:?}");
}
