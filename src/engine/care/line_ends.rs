//! The line ends of a mail that comes out of a file.
//!
//! Mail travels with CR LF (RFC 5322 §2.3), files of mail are mostly kept with LF, and an mbox gives every mail a
//! last line end. The content is what a mail is known by, so that the same mail in another form would be stored twice.

use std::borrow::Cow;

use crate::domain::trouble::Trouble;

/// The form of a mail that `is_known` says yes to; with none known, the form in which it travels.
///
/// # Errors
/// What `is_known` fails with.
pub(super) fn as_known(
    raw: &[u8],
    is_known: impl Fn(&[u8]) -> Result<bool, Trouble>,
) -> Result<Vec<u8>, Trouble> {
    let travelling = with_crlf(raw);
    let forms = [raw, travelling.as_ref(), unended(raw), unended(&travelling)];
    for (index, form) in forms.iter().enumerate() {
        let is_new = forms.iter().take(index).all(|before| before != form);
        if is_new && is_known(form)? {
            return Ok(form.to_vec());
        }
    }
    Ok(travelling.into_owned())
}

/// Every bare LF becomes CR LF.
fn with_crlf(raw: &[u8]) -> Cow<'_, [u8]> {
    let is_bare = |at: usize| {
        raw.get(at) == Some(&b'\n') && at.checked_sub(1).and_then(|at| raw.get(at)) != Some(&b'\r')
    };
    if !(0..raw.len()).any(is_bare) {
        return Cow::Borrowed(raw);
    }
    let mut ended = Vec::with_capacity(raw.len() + raw.len() / 32);
    for (at, byte) in raw.iter().enumerate() {
        if is_bare(at) {
            ended.push(b'\r');
        }
        ended.push(*byte);
    }
    Cow::Owned(ended)
}

/// Without its last line end.
fn unended(raw: &[u8]) -> &[u8] {
    raw.strip_suffix(b"\r\n")
        .or_else(|| raw.strip_suffix(b"\n"))
        .unwrap_or(raw)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::as_known;

    #[test]
    fn a_mail_comes_in_as_it_is_known_or_as_it_travels() {
        let table: [(&str, &str, &str); 7] = [
            ("a\n\nb\n", "", "a\r\n\r\nb\r\n"),
            ("a\r\n\r\nb\r\n", "", "a\r\n\r\nb\r\n"),
            ("a\r\n\nb\n", "", "a\r\n\r\nb\r\n"),
            ("a\n\nb\n", "a\n\nb\n", "a\n\nb\n"),
            ("a\n\nb\n", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"),
            ("a\n\nb\n", "a\r\n\r\nb", "a\r\n\r\nb"),
            ("a\n\nb\n", "a\n\nb", "a\n\nb"),
        ];
        for (raw, known, expected) in table {
            let form = as_known(raw.as_bytes(), |form| Ok(form == known.as_bytes())).unwrap();
            assert_eq!(form, expected.as_bytes(), "{raw:?}, known as {known:?}");
        }
    }
}
