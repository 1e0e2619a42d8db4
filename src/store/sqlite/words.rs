//! Words as the search sees them: one folding for what is stored and for what is asked.
//!
//! Case, Latin accents and ё/е do not matter, and an apostrophe inside a Cyrillic word is not there (п'ять is
//! п’ять). Writing without spaces between words (Chinese, Japanese, Korean, Thai) is cut into characters, so that
//! a word inside a sentence is found as a phrase of its characters. Ґ and г stay two letters.

/// The folded text, in which tokens stand between characters that are neither letters nor digits.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + text.len() / 4 + 16);
    let mut rest = text;
    while !rest.is_empty() {
        // Most mail is mostly ASCII, which needs no look at single characters.
        let plain = rest
            .bytes()
            .position(|byte| !byte.is_ascii() || matches!(byte, b'\'' | b'`' | 0))
            .unwrap_or(rest.len());
        let (ascii, other) = rest.split_at(plain);
        let from = folded.len();
        folded.push_str(ascii);
        if let Some(added) = folded.get_mut(from..) {
            added.make_ascii_lowercase();
        }
        // Up to the next word of ASCII letters: what comes before and after an apostrophe decides about it.
        let end = other
            .char_indices()
            .zip(other.chars().skip(1))
            .find(|((_, c), next)| *c == ' ' && next.is_ascii_alphabetic())
            .map_or(other.len(), |((at, _), _)| at + 1);
        let (mixed, after) = other.split_at(end);
        let before = ascii.chars().next_back().unwrap_or(' ');
        fold_after(before, mixed, &mut |_, c| folded.push(c));
        rest = after;
    }
    folded
}

/// Calls `put` with each folded character and the byte where its original begins in `text`.
pub(super) fn fold_into(text: &str, put: &mut dyn FnMut(usize, char)) {
    fold_after(' ', text, put);
}

/// The same for a text that stands behind the character `before`.
fn fold_after(mut before: char, text: &str, put: &mut dyn FnMut(usize, char)) {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_ascii() && c != '\'' {
            put(
                at,
                if c == '\0' {
                    ' '
                } else {
                    c.to_ascii_lowercase()
                },
            );
        } else if is_apostrophe(c) {
            let after = chars.peek().map_or(' ', |(_, c)| *c);
            if !(is_cyrillic(before) && is_cyrillic(after)) {
                put(at, ' ');
            }
        } else if stands_alone(c) {
            put(at, ' ');
            put(at, c);
            put(at + c.len_utf8(), ' ');
        } else if matches!(c, 'а'..='я') {
            put(at, c);
        } else {
            for lower in c.to_lowercase() {
                put(at, base_letter(lower));
            }
        }
        before = c;
    }
}

/// Whether there is anything in it that the index knows.
pub(super) fn has_token(folded: &str) -> bool {
    folded.chars().any(char::is_alphanumeric)
}

/// Whether the index has a folded text as one word, as it stands. Letters of other scripts may be folded once more on
/// their way into it.
pub(super) fn is_one_token(folded: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || (is_cyrillic(c) && c.is_alphanumeric());
    !folded.is_empty() && folded.chars().all(is_plain)
}

/// The words that completion of names and addresses goes by: all of them, and the text as it is.
pub(super) fn completion_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let whole = folded.trim();
    let mut words: Vec<String> = whole
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    if !whole.is_empty() && !whole.contains(' ') {
        words.push(whole.to_owned());
    }
    words
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2019}' | '\u{02bc}' | '\u{2018}' | '`' | '\u{00b4}'
    )
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{0400}'..='\u{052f}')
}

/// Characters of scripts that do not part words by spaces, or where parts of words are looked for.
pub(super) fn stands_alone(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0e7f     // Thai
        | 0x1100..=0x11ff   // Hangul letters
        | 0x3005..=0x3007   // Han repetition and zero
        | 0x3040..=0x30ff   // Hiragana, Katakana
        | 0x3130..=0x318f   // Hangul letters
        | 0x31f0..=0x31ff   // Katakana
        | 0x3400..=0x4dbf   // Han
        | 0x4e00..=0x9fff   // Han
        | 0xac00..=0xd7af   // Hangul
        | 0xf900..=0xfaff   // Han
        | 0xff66..=0xff9f   // half-width Katakana
        | 0x2_0000..=0x3_ffff) // Han
}

/// A lower-case letter without its accent: Latin letters, and ё.
fn base_letter(c: char) -> char {
    match c {
        'ё' => 'е',
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_differently_folds_to_the_same() {
        for (one, other) in [
            ("ПРИНТЕР", "принтер"),
            ("Ёлка", "елка"),
            ("п'ять", "п’ять"),
            ("обʼєкт", "обєкт"),
            ("Café", "cafe"),
            ("ŽLUŤOUČKÝ", "zlutoucky"),
            ("l'équipe", "l equipe"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
        assert_ne!(fold("ґрунт"), fold("грунт"));
    }

    #[test]
    fn characters_of_unspaced_scripts_are_words_of_their_own() {
        assert_eq!(fold("東京タワー").split_whitespace().count(), 5);
        assert_eq!(fold("안녕 API").split_whitespace().count(), 3);
    }

    #[test]
    fn completion_knows_each_word_and_the_whole_address() {
        assert_eq!(
            completion_words("Olena.K@Example.Test"),
            ["olena", "k", "example", "test", "olena.k@example.test"]
        );
        assert_eq!(completion_words("  "), Vec::<String>::new());
    }
}
