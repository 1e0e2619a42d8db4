//! HTML that was pasted, as clean Markdown.
//!
//! Signatures live in mail programs as HTML, and a terminal pastes what the clipboard has. Only what looks like HTML
//! from its first character on is taken for it; nothing remote, hidden or running survives; links keep web and mail
//! addresses only. Size and depth are bounded before anything walks the tree.

use std::rc::Rc;

use htmd::element_handler::{HandlerResult, Handlers};
use htmd::options::{BulletListMarker, Options};
use htmd::{Element, HtmlToMarkdown, Node};

/// Longer HTML is no signature and no answer.
const LARGEST_BYTES: usize = 200_000;
/// Tags of such a text. Parsing may look at all that are open for each.
const MOST_TAGS: usize = 6_000;
/// Elements within each other. Deeper trees are walked by nobody.
const DEEPEST: usize = 200;

/// Tags that pasted HTML begins with.
const BEGINNINGS: [&str; 30] = [
    "html",
    "head",
    "body",
    "meta",
    "style",
    "div",
    "p",
    "span",
    "table",
    "tbody",
    "tr",
    "td",
    "a",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "font",
    "br",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "blockquote",
    "center",
    "section",
    "img",
    "hr",
];

/// Markdown of a text that is HTML; `None` where it is not, or is too much of it.
pub fn markdown(text: &str) -> Option<String> {
    let html = from_clipboard(text);
    if !is_html(html) || html.len() > LARGEST_BYTES || html.matches('<').count() > MOST_TAGS {
        return None;
    }
    let converter = converter();
    let tree = converter.html_to_tree(html).ok()?;
    if !is_shallow(&tree) {
        return None;
    }
    let markdown = tidy(&converter.tree_to_markdown(&tree));
    (!markdown.is_empty()).then_some(markdown)
}

/// What stands before the HTML on the clipboard of Windows ("Version:0.9", "StartHTML:…") is left out.
fn from_clipboard(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with("Version:") && text.contains("StartHTML:") {
        return text.find('<').and_then(|at| text.get(at..)).unwrap_or(text);
    }
    text
}

fn is_html(text: &str) -> bool {
    let lower: String = text
        .chars()
        .take(200)
        .collect::<String>()
        .to_ascii_lowercase();
    if lower.starts_with("<!doctype html") {
        return true;
    }
    let Some(rest) = lower.strip_prefix('<') else {
        return false;
    };
    if rest.starts_with("!--") {
        return text.contains("</");
    }
    let name: String = rest
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let after = rest.get(name.len()..).and_then(|rest| rest.chars().next());
    let ends = after.is_some_and(|c| c == '>' || c == '/' || c.is_whitespace());
    ends && BEGINNINGS.contains(&name.as_str()) && (text.contains("</") || name == "img")
}

/// Walks with a list of its own: the tree may be as deep as its sender likes.
fn is_shallow(tree: &Rc<Node>) -> bool {
    let mut waiting = vec![(Rc::clone(tree), 0)];
    while let Some((node, depth)) = waiting.pop() {
        if depth > DEEPEST {
            return false;
        }
        let children = node.children.borrow();
        waiting.extend(children.iter().map(|child| (Rc::clone(child), depth + 1)));
    }
    true
}

fn converter() -> HtmlToMarkdown {
    let options = Options {
        bullet_list_marker: BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        ..Options::default()
    };
    HtmlToMarkdown::builder()
        .options(options)
        .skip_tags(vec![
            "head", "script", "style", "noscript", "template", "img", "picture", "svg", "math",
            "object", "embed", "iframe", "video", "audio", "form", "input", "button", "select",
            "textarea", "title", "o:p",
        ])
        .add_handler(vec!["a"], link)
        .add_handler(vec!["table", "tbody", "thead", "tfoot"], block)
        .add_handler(vec!["tr"], row)
        .add_handler(vec!["td", "th"], cell)
        .add_handler(vec!["div", "span", "p"], unless_hidden)
        .build()
}

fn attribute(element: &Element<'_>, name: &str) -> Option<String> {
    let mut all = element.attrs.iter();
    all.find(|attribute| &*attribute.name.local == name)
        .map(|attribute| attribute.value.to_string())
}

/// Web and mail addresses stay links; of all others only the words stay.
fn link(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let words = handlers.walk_children(element.node).content;
    let words = words.trim();
    let target = attribute(&element, "href").unwrap_or_default();
    let target = target.trim();
    let lower = target.to_ascii_lowercase();
    let is_kept = ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
        && !target.contains(|c: char| c.is_whitespace() || c.is_control() || "<>".contains(c));
    if words.is_empty() {
        return None;
    }
    let one_line = !words.contains('\n') && !words.contains("](");
    let unescaped = words.replace('\\', "");
    let written = if !is_kept || !one_line || unescaped == target {
        words.to_owned()
    } else if lower.strip_prefix("mailto:") == Some(unescaped.to_ascii_lowercase().as_str()) {
        unescaped
    } else {
        let target = target.replace('(', "%28").replace(')', "%29");
        format!("[{words}]({target})")
    };
    Some(written.into())
}

/// Tables of signatures are only layout: their rows become lines.
fn block(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let inside = handlers.walk_children(element.node).content;
    Some(format!("\n\n{}\n\n", inside.trim_matches('\n')).into())
}

fn row(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let inside = handlers.walk_children(element.node).content;
    let line = inside.trim();
    (!line.is_empty()).then(|| format!("{line}\n").into())
}

fn cell(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    if is_hidden(&element) {
        return None;
    }
    let inside = handlers.walk_children(element.node).content;
    let words = inside.trim();
    // A space that the walker does not take for the end of a line.
    (!words.is_empty()).then(|| format!("{words}\u{a0}").into())
}

fn unless_hidden(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    if is_hidden(&element) {
        return None;
    }
    handlers.fallback(element)
}

/// What a reader of the mail would not see either: texts for lists of mails, and for counting readers.
fn is_hidden(element: &Element<'_>) -> bool {
    let style = attribute(element, "style").unwrap_or_default();
    let style: String = style
        .to_ascii_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    ["display:none", "visibility:hidden", "mso-hide:all"]
        .iter()
        .any(|sign| style.contains(sign))
        || attribute(element, "hidden").is_some()
}

/// No spaces at the ends of lines, no more than one empty line, no spaces that only look like some.
fn tidy(markdown: &str) -> String {
    let plain = markdown.replace('\u{a0}', " ");
    let mut lines: Vec<&str> = Vec::new();
    for line in plain.lines() {
        let line = line.trim_end();
        // The divider is written by us.
        let is_divider = lines.iter().all(|line| line.is_empty()) && matches!(line, "--" | "\\--");
        if is_divider || (line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            continue;
        }
        lines.push(line);
    }
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
