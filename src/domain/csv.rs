//! Lines for a spreadsheet (RFC 4180).
//!
//! A spreadsheet runs what begins like a formula, and strangers choose names and subjects. Such cells get an
//! apostrophe in front, which a spreadsheet takes as "this is text".

/// Text that is only text wherever it is opened, on one line.
pub fn text(value: &str) -> String {
    let flat: String = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    // Spreadsheets trim before they look, and some take the wide forms of these signs as well.
    let first = flat.trim_start().chars().next();
    if matches!(
        first,
        Some('=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠')
    ) {
        format!("'{flat}")
    } else {
        flat
    }
}

/// One line of cells, ended with CRLF (RFC 4180 §2).
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = cells.into_iter().map(quoted).collect();
    format!("{}\r\n", quoted.join(","))
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_text() {
        let cases = [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "' =1"),
            ("  =1", "'  =1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
            ("", ""),
            ("line\r\nbreak\u{1b}[2J", "line  break [2J"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(value), expected);
        }
    }

    #[test]
    fn cells_with_commas_and_quotes_stay_one_cell() {
        assert_eq!(line(["a,\"b\"", "c"]), "\"a,\"\"b\"\"\",c\r\n");
        assert_eq!(line(["", "two\nlines", ""]), ",\"two\nlines\",\r\n");
    }
}
