//! Reading a text with variables, with every mistake at its place.

use std::ops::Range;

use super::{Chain, LONGEST_TEMPLATE, Mistake, Piece, Template, Variable};

pub(super) fn parse(text: &str) -> Result<Template, Mistake> {
    if text.len() > LONGEST_TEMPLATE {
        let start = (0..=LONGEST_TEMPLATE)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        return mistake(
            start..text.len(),
            format!("it is too long; at most {LONGEST_TEMPLATE} bytes"),
        );
    }
    let mut pieces = Vec::new();
    let mut words = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = rest.find(['{', '}']).unwrap_or(rest.len());
        words.push_str(rest.get(..plain).unwrap_or_default());
        at += plain;
        let rest = rest.get(plain..).unwrap_or_default();
        if rest.starts_with("{{") || rest.starts_with("}}") {
            words.push_str(rest.get(..1).unwrap_or_default());
            at += 2;
        } else if rest.starts_with('}') {
            return mistake(at..at + 1, "a } without a {; write }} for a brace".into());
        } else if rest.starts_with('{') {
            let (chain, taken) = Reader { text, at: at + 1 }.chain(at)?;
            if !words.is_empty() {
                pieces.push(Piece::Words(std::mem::take(&mut words)));
            }
            pieces.push(Piece::Chain(chain));
            at = taken;
        }
    }
    if !words.is_empty() {
        pieces.push(Piece::Words(words));
    }
    Ok(Template { pieces })
}

fn mistake<T>(at: Range<usize>, message: String) -> Result<T, Mistake> {
    Err(Mistake {
        at,
        message,
        suggestion: None,
    })
}

/// Inside of braces.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(' ').len();
    }

    /// One chain up to its `}`, and the byte behind it. `open` is the place of its `{`.
    fn chain(mut self, open: usize) -> Result<(Chain, usize), Mistake> {
        let mut chain = Chain::default();
        loop {
            self.skip_spaces();
            if self.rest().starts_with('"') {
                if chain.fallback.is_some() {
                    return mistake(self.at..self.at + 1, "one text in quotes is enough".into());
                }
                chain.fallback = Some(self.quoted()?);
            } else {
                let at = self.at;
                let word = self.word();
                if word.is_empty() {
                    return self.nothing(open);
                }
                if chain.fallback.is_some() {
                    return mistake(
                        at..self.at,
                        "nothing behind a text in quotes is ever used; put it last".into(),
                    );
                }
                chain.variables.push(known(&word, at)?);
            }
            self.skip_spaces();
            match self.rest().chars().next() {
                Some('}') => return Ok((chain, self.at + 1)),
                Some('|') => self.at += 1,
                _ => return self.nothing(open),
            }
        }
    }

    /// A word of letters, digits, dots and underscores, whatever it means.
    fn word(&mut self) -> String {
        let word: String = self
            .rest()
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
            .collect();
        self.at += word.len();
        word
    }

    fn quoted(&mut self) -> Result<String, Mistake> {
        let start = self.at;
        let mut text = String::new();
        let mut escaped = false;
        for (offset, c) in self.rest().char_indices().skip(1) {
            match c {
                '\n' | '\r' => break,
                _ if escaped => {
                    text.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.at += offset + 1;
                    return Ok(text);
                }
                _ => text.push(c),
            }
        }
        mistake(
            start..start + 1,
            "the text in quotes does not end on its line".into(),
        )
    }

    /// What is expected at a place where nothing fits.
    fn nothing<T>(&self, open: usize) -> Result<T, Mistake> {
        match self.rest().chars().next() {
            None | Some('\n' | '\r') => mistake(
                open..open + 1,
                "a { without a }; write {{ for a brace".into(),
            ),
            Some('}') if self.at == open + 1 => mistake(
                open..self.at + 1,
                "no variable between the braces; write {{ and }} for braces".into(),
            ),
            Some('}' | '|') => mistake(
                self.at..self.at + 1,
                "a variable or a text in quotes is missing here".into(),
            ),
            Some(c) => mistake(
                self.at..self.at + c.len_utf8(),
                format!("“{c}” cannot stand in a variable; write {{{{ for a brace"),
            ),
        }
    }
}

fn known(word: &str, at: usize) -> Result<Variable, Mistake> {
    Variable::called(word).ok_or_else(|| Mistake {
        at: at..at + word.len(),
        message: format!("there is no variable {word}"),
        suggestion: Variable::nearest(word).map(|variable| format!("{{{}}}", variable.word())),
    })
}
