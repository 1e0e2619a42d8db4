//! Strings as arguments of a command, so that no text of a stranger can become a command (RFC 9051 §4.3).

/// Writes `text` as a quoted string, or `None` where only a literal can carry it (8-bit, CR, LF, NUL, very long).
pub fn quoted(text: &str) -> Option<String> {
    let fits = text.len() <= 1000 && text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    fits.then(|| in_quotes(text))
}

/// Writes a name that the server itself gave in quotes as it came. Controls and 8-bit are not what RFC 9051 wants in
/// quotes, but the folder has no other name. `None` where it would end the command.
pub fn quoted_as_given(name: &str) -> Option<String> {
    let fits = name.len() <= 1000 && !name.contains(['\0', '\r', '\n']);
    fits.then(|| in_quotes(name))
}

fn in_quotes(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_safe_in_quotes_is_quoted() {
        for (text, expected) in [
            ("", Some(r#""""#)),
            ("INBOX", Some(r#""INBOX""#)),
            (r#"a"b\c"#, Some(r#""a\"b\\c""#)),
            ("* {3}", Some(r#""* {3}""#)),
            ("a\r\nX LOGOUT", None),
            ("nul\0", None),
            ("пароль", None),
        ] {
            assert_eq!(quoted(text).as_deref(), expected, "{text:?}");
        }
        assert_eq!(quoted(&"x".repeat(1001)), None);
    }

    #[test]
    fn a_name_of_the_server_goes_back_as_it_came() {
        for (name, expected) in [
            ("Old \u{1b}[2J", Some("\"Old \u{1b}[2J\"")),
            ("Архів", Some("\"Архів\"")),
            (r#"a"b"#, Some(r#""a\"b""#)),
            ("a\r\nX LOGOUT", None),
            ("a\nb", None),
            ("nul\0", None),
        ] {
            assert_eq!(quoted_as_given(name).as_deref(), expected, "{name:?}");
        }
        assert_eq!(quoted_as_given(&"x".repeat(1001)), None);
    }
}
