//! DKIM (RFC 6376): a key that works under every selector in use, in the name of the From domain.

pub mod key;
pub mod signature;
#[cfg(test)]
mod tests;

use self::key::{Algorithm, BadKey, GOOD_BITS, Key, LEAST_BITS};
use super::answers::{Answer, Answers, Kind};
use super::names::{are_aligned, normal};
use super::subject::{Selector, SelectorOrigin, Signature, Subject};
use super::{Check, CheckKind, Gravity, Record, Remark};

/// The check, and the domains in whose name mail is signed with a key that works.
#[derive(Debug, Clone)]
pub struct Dkim {
    pub check: Check,
    pub signers: Vec<String>,
}

/// Where the key of a signature stands (RFC 6376 §3.6.2.1).
pub fn key_name(signature: &Signature) -> String {
    normal(&format!(
        "{}._domainkey.{}",
        signature.selector, signature.domain
    ))
}

/// Judges the keys of a domain.
pub fn check(subject: &Subject, answers: &mut Answers) -> Dkim {
    let mut judging = Judging {
        subject,
        found: Vec::new(),
        proposed: Vec::new(),
        remarks: Vec::new(),
        signers: Vec::new(),
    };
    let selectors = subject.selectors();
    for selector in &selectors {
        judging.look_at(selector, answers);
    }
    judging.alignment();
    judging.nothing_known(&selectors);
    Dkim {
        check: Check::new(
            CheckKind::Dkim,
            judging.found,
            judging.proposed,
            judging.remarks,
        ),
        signers: judging.signers,
    }
}

struct Judging<'a> {
    subject: &'a Subject,
    found: Vec<Record>,
    proposed: Vec<Record>,
    remarks: Vec<Remark>,
    signers: Vec<String>,
}

/// What the provider shows beside the selector; nobody else can know the key.
const KEY_OF_PROVIDER: &str = "v=DKIM1; k=rsa; p=(the key that your mail provider shows you)";

impl Judging<'_> {
    fn look_at(&mut self, selector: &Selector, answers: &mut Answers) {
        let name = key_name(&selector.signature);
        let texts = match answers.ask(Kind::Txt, &name) {
            Answer::Records(texts) => texts,
            Answer::Nothing => Vec::new(),
            Answer::Unavailable(cause) => {
                if selector.origin != SelectorOrigin::Usual {
                    self.remarks.push(Remark::unknown(&name, &cause));
                }
                return;
            }
        };
        let keys: Vec<String> = texts
            .into_iter()
            .filter(|text| key::is_meant_as_key(text))
            .collect();
        self.found
            .extend(keys.iter().map(|text| Record::txt(&name, text)));
        match keys.as_slice() {
            [] if selector.origin == SelectorOrigin::Usual => {}
            [] => {
                let words = format!("there is no key at {name}, and mail is signed with it");
                self.wrong(selector, "no-key", &words);
                self.propose(selector, &name, KEY_OF_PROVIDER);
            }
            [text] => self.key(selector, &name, text),
            many => {
                let words = format!("there are {} keys at {name}; one may be there", many.len());
                self.wrong(selector, "two-keys", &words);
            }
        }
    }

    fn key(&mut self, selector: &Selector, name: &str, text: &str) {
        let key = match key::parse(text) {
            Ok(key) => key,
            Err(bad) => {
                let (code, words) = bad_words(&bad, name);
                self.wrong(selector, code, &words);
                self.propose(selector, name, KEY_OF_PROVIDER);
                return;
            }
        };
        if let Algorithm::Rsa { bits } = key.algorithm {
            if bits < LEAST_BITS {
                let words = format!(
                    "the key at {name} has {bits} bits; receivers take less than {LEAST_BITS} for no signature"
                );
                self.wrong(selector, "weak-key", &words);
                self.propose(selector, name, KEY_OF_PROVIDER);
                return;
            }
            if bits < GOOD_BITS {
                let words = format!("the key at {name} has {bits} bits; {GOOD_BITS} are usual");
                self.advise("short-key", &words);
            }
        }
        if key.is_testing {
            let words = format!(
                "the key at {name} says t=y, that it is only being tried; receivers may then ignore it"
            );
            self.advise("testing", &words);
            self.propose(selector, name, &without_testing(text, &key));
        }
        self.signers.push(selector.signature.domain.clone());
    }

    /// A key of old mail may be gone: keys change. One in use may not.
    fn wrong(&mut self, selector: &Selector, code: &str, words: &str) {
        let gravity = match selector.origin {
            SelectorOrigin::Typed | SelectorOrigin::Newest => Gravity::Wrong,
            SelectorOrigin::Older | SelectorOrigin::Usual => Gravity::Advice,
        };
        self.remarks.push(Remark::new(gravity, code, words));
    }

    fn advise(&mut self, code: &str, words: &str) {
        self.remarks.push(Remark::new(Gravity::Advice, code, words));
    }

    /// Only what stands in this domain's own zone can be changed by whoever reads this.
    fn propose(&mut self, selector: &Selector, name: &str, value: &str) {
        let is_current = matches!(
            selector.origin,
            SelectorOrigin::Typed | SelectorOrigin::Newest
        );
        if is_current && are_aligned(&selector.signature.domain, &self.subject.domain, false) {
            self.proposed.push(Record::txt(name, value));
        }
    }

    /// The newest mail has to be signed in the name of its From domain, besides whoever else signs it.
    fn alignment(&mut self) {
        let Some(newest) = self.subject.signed.first() else {
            return;
        };
        let domain = &self.subject.domain;
        let is_ours = |signature: &&Signature| are_aligned(&signature.domain, domain, false);
        if newest.iter().any(|signature| is_ours(&signature)) {
            return;
        }
        if let Some(other) = newest.first() {
            let words = format!(
                "mail is signed as {}, which is not aligned with {domain}; switch signing for {domain} on at the provider",
                other.domain
            );
            self.remarks
                .push(Remark::new(Gravity::Wrong, "not-aligned", &words));
            let usual = self
                .subject
                .senders
                .iter()
                .flat_map(|sender| &sender.selectors);
            for selector in usual {
                let name = format!("{selector}._domainkey.{domain}");
                if self.found.iter().all(|record| record.name.as_str() != name) {
                    self.proposed.push(Record::txt(&name, KEY_OF_PROVIDER));
                }
            }
        }
    }

    fn nothing_known(&mut self, selectors: &[Selector]) {
        let is_known = |selector: &Selector| selector.origin != SelectorOrigin::Usual;
        if !self.found.is_empty() || selectors.iter().any(is_known) {
            return;
        }
        let words = "no selector is known: type it as your provider shows it, or let a mail of yours come back here";
        self.remarks
            .push(Remark::new(Gravity::Unknown, "no-selector", words));
        if let Some(usual) = selectors.first() {
            self.proposed
                .push(Record::txt(&key_name(&usual.signature), KEY_OF_PROVIDER));
        }
    }
}

/// The same record without the flag `y`.
fn without_testing(text: &str, key: &Key) -> String {
    text.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .filter_map(|part| match part.split_once('=') {
            Some((name, _)) if name.trim() == "t" => key.is_strict.then(|| "t=s".to_owned()),
            _ => Some(part.to_owned()),
        })
        .collect::<Vec<_>>()
        .join("; ")
}

fn bad_words(bad: &BadKey, name: &str) -> (&'static str, String) {
    match bad {
        BadKey::Version => (
            "bad-version",
            format!("the record at {name} does not begin with v=DKIM1"),
        ),
        BadKey::Revoked => (
            "revoked",
            format!("the key at {name} was taken back: p= is empty"),
        ),
        BadKey::Missing => ("unreadable", format!("the record at {name} holds no key")),
        BadKey::Algorithm(algorithm) => (
            "unknown-algorithm",
            format!("the key at {name} is of the unknown kind {algorithm}"),
        ),
        BadKey::Garbled => (
            "unreadable",
            format!(
                "the key at {name} cannot be read; it was probably cut off when it was entered"
            ),
        ),
        BadKey::NotForMail => (
            "not-for-mail",
            format!("the key at {name} is not for mail: its s= says so"),
        ),
        BadKey::OnlyOldHashes => (
            "old-hash",
            format!("the key at {name} does not allow sha256, and receivers accept nothing older"),
        ),
    }
}
