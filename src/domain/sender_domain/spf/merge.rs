//! The one record that a domain should have: everything that is allowed now, and the sender that is missing.

use super::record::{Mechanism, Qualifier, Spf, What};

/// One record from all that there are and the terms that have to be in it. Broken terms are put right where it is
/// clear what was meant, and left out where it is not.
pub fn merged(records: &[Spf], missing: &[String]) -> String {
    let mut parts = Parts::default();
    for record in records {
        parts.take(record);
    }
    for term in missing {
        parts.add(term);
    }
    parts.write()
}

#[derive(Default)]
struct Parts {
    terms: Vec<String>,
    redirect: Option<String>,
    modifiers: Vec<String>,
    /// The strictest word of any record about everybody else.
    rest: Option<Qualifier>,
}

impl Parts {
    fn take(&mut self, record: &Spf) {
        let mended = record
            .mistakes
            .iter()
            .filter_map(|mistake| mistake.meant.clone())
            .collect::<Vec<_>>()
            .join(" ");
        let mended = Spf::parse(&format!("v=spf1 {mended}"));
        // What stands behind `all` was never asked by anybody.
        let mut is_heard = true;
        for term in mended.terms.iter().chain(&record.terms) {
            match &term.what {
                What::Mechanism(qualifier, Mechanism::All) => {
                    is_heard = false;
                    let stricter = self
                        .rest
                        .is_none_or(|known| weight(*qualifier) > weight(known));
                    if stricter {
                        self.rest = Some(*qualifier);
                    }
                }
                What::Mechanism(_, Mechanism::Ptr) => {}
                What::Mechanism(..) if is_heard => self.add(&term.text),
                What::Mechanism(..) => {}
                What::Redirect(target) if record.all().is_some() => {
                    // `all` makes it void.
                    let _ = target;
                }
                What::Redirect(target) if self.redirect.is_none() => {
                    self.redirect = Some(target.clone());
                }
                What::Redirect(target) => self.add(&format!("include:{target}")),
                What::OtherModifier => {
                    if !self.modifiers.contains(&term.text) {
                        self.modifiers.push(term.text.clone());
                    }
                }
            }
        }
    }

    fn add(&mut self, term: &str) {
        let same = |known: &String| plain(known) == plain(term);
        if !self.terms.iter().any(same) {
            self.terms.push(term.to_owned());
        }
    }

    fn write(mut self) -> String {
        // One record says `all`, another one redirects: together they only work with the second one included.
        if let (Some(_), Some(target)) = (self.rest, self.redirect.take_if(|_| self.rest.is_some()))
        {
            self.add(&format!("include:{target}"));
        }
        let mut words = vec!["v=spf1".to_owned()];
        words.append(&mut self.terms);
        words.append(&mut self.modifiers);
        match self.redirect {
            Some(target) => words.push(format!("redirect={target}")),
            None => words.push(
                match self.rest {
                    Some(Qualifier::Fail) => "-all",
                    _ => "~all",
                }
                .to_owned(),
            ),
        }
        words.join(" ")
    }
}

/// `+` is what a term has without a qualifier.
fn plain(term: &str) -> String {
    term.strip_prefix('+').unwrap_or(term).to_ascii_lowercase()
}

fn weight(qualifier: Qualifier) -> u8 {
    match qualifier {
        Qualifier::Pass => 0,
        Qualifier::Neutral => 1,
        Qualifier::SoftFail => 2,
        Qualifier::Fail => 3,
    }
}
