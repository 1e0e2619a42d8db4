//! The HTML alternative of an answer.
//!
//! The words may quote a stranger: raw HTML is escaped, images become their words, and only web, mail and telephone
//! links stay links.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// Markdown as HTML. Line breaks stay where they were typed, as people expect of mail.
pub fn to_html(markdown: &str) -> String {
    let source = without_dividing_headings(markdown);
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
    let events = Parser::new_ext(&source, options).filter_map(safe);
    let mut out = String::with_capacity(source.len() * 3 / 2);
    html::push_html(&mut out, events);
    out
}

/// Plain text as HTML: its lines, and nothing in it means anything.
pub(super) fn plain_to_html(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(escape).collect();
    format!("<p>{}</p>\n", lines.join("<br />\n"))
}

/// Text that can stand in HTML, also within quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 10);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn safe(event: Event<'_>) -> Option<Event<'_>> {
    Some(match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::SoftBreak => Event::HardBreak,
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: safe_target(dest_url),
            title,
            id,
        }),
        other => other,
    })
}

fn safe_target(target: CowStr<'_>) -> CowStr<'_> {
    let lower = target.trim().to_ascii_lowercase();
    let allowed = ["http://", "https://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
        || (lower.contains('@') && !lower.contains(':'));
    if allowed {
        target
    } else {
        CowStr::Borrowed("#")
    }
}

/// The `-- ` above a quoted signature would make a heading of the line before it.
fn without_dividing_headings(markdown: &str) -> String {
    markdown
        .split_inclusive('\n')
        .map(|line| {
            let content = line.trim_start_matches(['>', ' ']);
            if content.trim_end() == "--" {
                let (prefix, rest) = line.split_at(line.len() - content.len());
                format!("{prefix}\\{rest}")
            } else {
                line.to_owned()
            }
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::to_html;

    #[test]
    fn words_become_html_and_nothing_else_does() {
        let table = [
            ("Hello\nthere", "<p>Hello<br />\nthere</p>\n"),
            (
                "**bold** & <b>raw</b>",
                "<p><strong>bold</strong> &amp; &lt;b&gt;raw&lt;/b&gt;</p>\n",
            ),
            (
                "[x](https://a.test)",
                "<p><a href=\"https://a.test\">x</a></p>\n",
            ),
            ("[x](javascript:alert(1))", "<p><a href=\"#\">x</a></p>\n"),
            ("![alt](https://tracker.test/x.png)", "<p>alt</p>\n"),
            (
                "> old\n> -- \n> Ann",
                "<blockquote>\n<p>old<br />\n--<br />\nAnn</p>\n</blockquote>\n",
            ),
        ];
        for (markdown, expected) in table {
            assert_eq!(to_html(markdown), expected, "{markdown}");
        }
        assert!(!to_html("<script>evil()</script>\n").contains("<script"));
    }
}
