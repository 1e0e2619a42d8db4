use proptest::prelude::*;

use super::*;

fn values() -> Values {
    Values::default()
        .with(Variable::TicketNumber, "1042")
        .with(Variable::TicketSubject, "Cannot log in")
        .with(Variable::ContactName, "Olena Kovalenko")
        .with(Variable::MailboxName, "support")
}

#[test]
fn the_first_link_that_is_not_empty_is_written() {
    let table = [
        ("", ""),
        ("Hello", "Hello"),
        ("Hello {contact.name},", "Hello Olena Kovalenko,"),
        ("#{ticket.number}: {ticket.subject}", "#1042: Cannot log in"),
        (
            "{operator.name|\"Support\"} of {mailbox.display_name|mailbox.name}",
            "Support of support",
        ),
        ("{ operator.name | contact.name }", "Olena Kovalenko"),
        ("{operator.name}", ""),
        ("{\"always\"}", "always"),
        ("{operator.name|\"a \\\"b\\\" \\\\ c\"}", "a \"b\" \\ c"),
        ("{{{ticket.number}}} {{}}", "{1042} {}"),
        ("日本 {contact.name} 李", "日本 Olena Kovalenko 李"),
    ];
    for (text, expected) in table {
        let template = Template::parse(text).unwrap();
        assert_eq!(template.render(&values()), expected, "{text}");
    }
}

#[test]
fn a_mistake_is_named_with_its_place_and_the_nearest_word() {
    let table = [
        (
            "Hi {contcat.name}",
            "contcat.name",
            "no variable",
            Some("{contact.name}"),
        ),
        (
            "{operator.nam|\"x\"}",
            "operator.nam",
            "no variable",
            Some("{operator.name}"),
        ),
        ("{name}", "name", "no variable", Some("{contact.name}")),
        (
            "{ticket.id|\"\"}",
            "ticket.id",
            "no variable",
            Some("{ticket.number}"),
        ),
        (
            "{contact.first-name}",
            "contact.first-name",
            "no variable",
            Some("{contact.first_name}"),
        ),
        (
            "{xyzzy_quux.plugh}",
            "xyzzy_quux.plugh",
            "no variable",
            None,
        ),
        ("{Дата}", "Дата", "no variable", None),
        ("a { ", "{", "without a }", None),
        ("a {date", "{", "without a }", None),
        ("a } b", "}", "without a {", None),
        ("{}", "{}", "no variable between", None),
        ("{date|}", "}", "is missing", None),
        ("{|date}", "|", "is missing", None),
        ("{date \"x\"}", "\"", "cannot stand", None),
        ("{date|\"x}", "\"", "does not end", None),
        ("{date|\"x\ny\"}", "\"", "does not end", None),
        ("{\"x\"|date}", "date", "put it last", None),
        ("{\"x\"|\"y\"}", "\"", "is enough", None),
    ];
    for (text, wrong, words, suggestion) in table {
        let mistake = Template::parse(text).unwrap_err();
        assert_eq!(
            text.get(mistake.at.clone()),
            Some(wrong),
            "{text}: {mistake:?}"
        );
        assert!(mistake.message.contains(words), "{text}: {mistake:?}");
        assert_eq!(mistake.suggestion.as_deref(), suggestion, "{text}");
    }
    let text = "one\ntwo {operater.name}";
    let sentence = Template::parse(text).unwrap_err().sentence(text);
    assert_eq!(
        sentence,
        "line 2: there is no variable operater.name; did you mean {operator.name}?"
    );
}

#[test]
fn a_text_that_is_too_long_is_refused() {
    let long = "ж".repeat(LONGEST_TEMPLATE);
    let mistake = Template::parse(&long).unwrap_err();
    assert!(mistake.message.contains("too long"), "{mistake:?}");
    let many = "{ticket.subject}".repeat(1_000);
    let values = Values::default().with(Variable::TicketSubject, &"李".repeat(300));
    let text = Template::parse(&many).unwrap().render(&values);
    assert!(text.len() <= LONGEST_OUTPUT);
}

#[test]
fn what_a_customer_is_called_is_never_read_again() {
    let table = [
        "{ticket.number}",
        "{{",
        "**bold** _it_ `code`",
        "<script>alert(1)</script>",
        "[win](https://evil.test)",
        "# heading",
        "- item",
        "1. item",
        "    code",
        "a & b &lt;",
        "~~x~~ | y",
        "![x](https://evil.test/x.png)",
        "\\",
    ];
    for name in table {
        let values = Values::default().with(Variable::ContactName, name);
        let shown = values.of(Variable::ContactName).to_owned();
        let template = Template::parse("{contact.name}\n\n{contact.name} x").unwrap();
        assert_eq!(template.render(&values), format!("{shown}\n\n{shown} x"));
        let markdown = template.render_markdown(&values);
        for c in shown.chars().filter(char::is_ascii_punctuation) {
            assert!(markdown.contains(&format!("\\{c}")), "{markdown}");
        }
    }
}

#[test]
fn no_value_can_begin_a_line() {
    for name in [
        "Eve\r\nBcc: all@example.test",
        "Eve\u{2028}x",
        "Eve\0x",
        "\u{202e}Eve",
        "  Eve \t x  ",
    ] {
        let values = Values::default().with(Variable::ContactName, name);
        let subject = Template::parse("Re: {contact.name}")
            .unwrap()
            .render(&values);
        assert!(
            !subject
                .chars()
                .any(|c| c.is_control() || c == '\u{2028}' || c == '\u{202e}'),
            "{subject:?}"
        );
        assert_eq!(subject.trim(), subject);
    }
}

#[test]
fn empty_variables_without_words_instead_are_named() {
    let template =
        Template::parse("{operator.name|operator.login} {contact.name} {date|\"\"} {date}")
            .unwrap();
    assert_eq!(
        template.empty(&values()),
        ["{operator.name|operator.login}", "{date}"]
    );
}

fn variable() -> impl Strategy<Value = Variable> {
    prop::sample::select(Variable::ALL.to_vec())
}

fn chain() -> impl Strategy<Value = Piece> {
    (
        prop::collection::vec(variable(), 0..4),
        prop::option::of("[^\\r\\n]{0,12}"),
    )
        .prop_filter("a chain has a link", |(variables, fallback)| {
            !variables.is_empty() || fallback.is_some()
        })
        .prop_map(|(variables, fallback)| {
            Piece::Chain(Chain {
                variables,
                fallback,
            })
        })
}

fn template() -> impl Strategy<Value = Template> {
    let words = "(?s).{1,20}".prop_map(Piece::Words);
    prop::collection::vec((prop::option::of(words), chain()), 0..5).prop_map(|pairs| Template {
        pieces: pairs
            .into_iter()
            .flat_map(|(words, chain)| words.into_iter().chain([chain]))
            .collect(),
    })
}

proptest! {
    #[test]
    fn what_is_printed_is_read_as_the_same(template in template()) {
        let printed = template.to_string();
        prop_assert_eq!(Template::parse(&printed), Ok(template), "{}", printed);
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_in_it(text in "(?s)[{}|\"a-z.\\\\ \\n李]{0,40}") {
        match Template::parse(&text) {
            Ok(template) => {
                let again = Template::parse(&template.to_string());
                prop_assert_eq!(again, Ok(template));
            }
            Err(mistake) => prop_assert!(text.get(mistake.at).is_some()),
        }
    }
}
