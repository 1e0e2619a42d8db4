//! DMARC (RFC 7489): a policy, and at least one of SPF and DKIM in the name of the From domain.

use super::answers::{Answer, Answers, Kind};
use super::dkim::Dkim;
use super::names::{are_aligned, organisation};
use super::subject::Subject;
use super::tags::Tags;
use super::{Check, CheckKind, Gravity, Record, Remark, Status};

/// Whether a TXT record is meant as a policy: its first tag is `v=DMARC1` (RFC 7489 §6.6.3).
pub fn is_dmarc(text: &str) -> bool {
    let first = text.split(';').next().unwrap_or("");
    first
        .split_once('=')
        .is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
}

/// What a receiver shall do with mail that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    None,
    Quarantine,
    Reject,
}

impl Action {
    fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "none" => Some(Self::None),
            "quarantine" => Some(Self::Quarantine),
            "reject" => Some(Self::Reject),
            _ => None,
        }
    }
}

/// A policy as receivers read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `None` where `p=` is missing or none of the three words.
    pub action: Option<Action>,
    /// `sp=`, for subdomains.
    pub for_subdomains: Option<Action>,
    pub strict_dkim: bool,
    pub strict_spf: bool,
    /// Part of the mail it is applied to, in percent.
    pub percent: u8,
    /// Where reports go, as written.
    pub reports: Vec<String>,
    /// Tags that receivers cannot read.
    pub unreadable: Vec<String>,
}

impl Policy {
    pub fn parse(text: &str) -> Self {
        let parts: Vec<&str> = text.split(';').map(str::trim).collect();
        let mut unreadable: Vec<String> = parts
            .iter()
            .filter(|part| !part.is_empty() && !part.contains('='))
            .map(|part| (*part).to_owned())
            .collect();
        let readable: Vec<&str> = parts
            .into_iter()
            .filter(|part| part.contains('='))
            .collect();
        let joined = readable.join(";");
        let tags = Tags::parse(&joined).ok();
        let get = |name: &str| tags.as_ref().and_then(|tags| tags.get(name));
        let mut strict = |name: &str| match get(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("r") => false,
            Some("s") => true,
            Some(other) => {
                unreadable.push(format!("{name}={other}"));
                false
            }
        };
        let (strict_dkim, strict_spf) = (strict("adkim"), strict("aspf"));
        let percent = match get("pct").map(str::parse::<u8>) {
            None => 100,
            Some(Ok(percent)) if percent <= 100 => percent,
            Some(_) => {
                unreadable.push(format!("pct={}", get("pct").unwrap_or("")));
                100
            }
        };
        let for_subdomains = get("sp").and_then(Action::parse);
        if let (Some(word), None) = (get("sp"), for_subdomains) {
            unreadable.push(format!("sp={word}"));
        }
        let reports = get("rua").map_or_else(Vec::new, |list| {
            list.split(',').map(|one| one.trim().to_owned()).collect()
        });
        for address in reports.iter().filter(|one| !is_report_address(one)) {
            unreadable.push(format!("rua={address}"));
        }
        Self {
            action: get("p").and_then(Action::parse),
            for_subdomains,
            strict_dkim,
            strict_spf,
            percent,
            reports,
            unreadable,
        }
    }
}

fn is_report_address(text: &str) -> bool {
    text.get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
        && text[7..].contains('@')
}

/// The domain of a report address; a size may stand behind it (`!10m`).
fn report_domain(text: &str) -> Option<&str> {
    let address = text.get(7..)?.split('!').next()?;
    address.rsplit_once('@').map(|(_, domain)| domain)
}

/// Judges the policy of a domain, and whether its mail can pass it.
pub fn check(subject: &Subject, spf: &Check, dkim: &Dkim, answers: &mut Answers) -> Check {
    let domain = &subject.domain;
    let organisation = organisation(domain);
    let own = format!("_dmarc.{domain}");
    let (mut at, mut texts) = match policies(&own, answers) {
        Ok(texts) => (own.clone(), texts),
        Err(remark) => return Check::new(CheckKind::Dmarc, Vec::new(), Vec::new(), vec![remark]),
    };
    let is_fallback = texts.is_empty() && organisation != *domain;
    if is_fallback {
        at = format!("_dmarc.{organisation}");
        texts = match policies(&at, answers) {
            Ok(texts) => texts,
            Err(remark) => {
                return Check::new(CheckKind::Dmarc, Vec::new(), Vec::new(), vec![remark]);
            }
        };
    }
    let found: Vec<Record> = texts.iter().map(|text| Record::txt(&at, text)).collect();
    let works = spf.status == Status::Verified && dkim.check.status == Status::Verified;
    let (mut remarks, proposed, policy) = match texts.as_slice() {
        [] => {
            let words = "there is no DMARC record, and large receivers ask for one";
            let remark = Remark::new(Gravity::Wrong, "no-record", words);
            (
                vec![remark],
                vec![Record::txt(&own, &fresh(domain, works))],
                None,
            )
        }
        [text] => {
            let policy = Policy::parse(text);
            let remarks = policy_remarks(&policy, is_fallback, &organisation, domain);
            let proposed = proposal(text, &policy, domain, works)
                .map(|text| Record::txt(&at, &text))
                .into_iter()
                .collect();
            (remarks, proposed, Some(policy))
        }
        [first, rest @ ..] => {
            let words = format!(
                "there are {} DMARC records, and receivers then apply none; keep one",
                rest.len() + 1
            );
            let remark = Remark::new(Gravity::Wrong, "two-records", &words);
            (vec![remark], vec![Record::txt(&at, first)], None)
        }
    };
    if let Some(policy) = &policy {
        remarks.extend(alignment(subject, policy, spf, dkim));
        remarks.extend(report_remarks(policy, &at, answers));
    }
    Check::new(CheckKind::Dmarc, found, proposed, remarks)
}

fn policies(name: &str, answers: &mut Answers) -> Result<Vec<String>, Remark> {
    match answers.ask(Kind::Txt, name) {
        Answer::Records(texts) => Ok(texts.into_iter().filter(|text| is_dmarc(text)).collect()),
        Answer::Nothing => Ok(Vec::new()),
        Answer::Unavailable(cause) => Err(Remark::unknown(name, &cause)),
    }
}

fn policy_remarks(
    policy: &Policy,
    is_fallback: bool,
    organisation: &str,
    domain: &str,
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut add = |gravity, code, words: &str| remarks.push(Remark::new(gravity, code, words));
    if is_fallback {
        let words = format!("{domain} has no record of its own; that of {organisation} counts");
        add(Gravity::Advice, "from-organisation", &words);
    }
    let effective = if is_fallback {
        policy.for_subdomains.or(policy.action)
    } else {
        policy.action
    };
    match effective {
        None => {
            let words =
                "p= has to be none, quarantine or reject; without it the record says nothing";
            add(Gravity::Wrong, "no-policy", words);
        }
        Some(Action::None) => {
            let tag = if is_fallback && policy.for_subdomains.is_some() {
                "sp=none"
            } else {
                "p=none"
            };
            let words = format!("{tag} only watches: forged mail is still delivered");
            add(Gravity::Advice, "only-watches", &words);
        }
        Some(_) => {}
    }
    if !is_fallback
        && policy.for_subdomains == Some(Action::None)
        && matches!(policy.action, Some(Action::Quarantine | Action::Reject))
    {
        let words = "sp=none leaves every subdomain open to forgery";
        add(Gravity::Advice, "open-subdomains", words);
    }
    if policy.percent < 100 {
        let words = format!(
            "pct={}: the policy holds for a part of the mail only",
            policy.percent
        );
        add(Gravity::Advice, "partial", &words);
    }
    for tag in &policy.unreadable {
        let words = format!("{tag} cannot be read and is ignored");
        add(Gravity::Advice, "unreadable", &words);
    }
    remarks
}

/// DMARC passes by SPF or by DKIM, each only in the name of the From domain.
fn alignment(subject: &Subject, policy: &Policy, spf: &Check, dkim: &Dkim) -> Vec<Remark> {
    let domain = &subject.domain;
    let mut remarks = Vec::new();
    let stray: Vec<&String> = subject
        .envelopes
        .iter()
        .filter(|envelope| !are_aligned(envelope, domain, policy.strict_spf))
        .collect();
    let spf_aligned = stray.is_empty();
    let dkim_aligned = dkim
        .signers
        .iter()
        .any(|signer| are_aligned(signer, domain, policy.strict_dkim));
    let by_spf = spf_aligned && spf.status == Status::Verified;
    let by_dkim = dkim_aligned && dkim.check.status != Status::Failed;
    let is_pending = [spf.status, dkim.check.status].contains(&Status::Pending);
    if by_spf || by_dkim {
        if let (false, Some(envelope)) = (by_spf, stray.first()) {
            let words = format!(
                "answers leave as {envelope}, which SPF does not align with {domain}; only DKIM lets them pass"
            );
            remarks.push(Remark::new(Gravity::Advice, "spf-not-aligned", &words));
        }
        if let (false, false, Some(signer)) = (by_dkim, dkim_aligned, dkim.signers.first()) {
            let words = format!(
                "mail is signed as {signer}, which is not aligned with {domain}; forwarded mail will fail"
            );
            remarks.push(Remark::new(Gravity::Advice, "dkim-not-aligned", &words));
        }
        return remarks;
    }
    let (gravity, code, words) = if is_pending {
        (
            Gravity::Unknown,
            "alignment-unknown",
            format!("whether mail passes for {domain} is known when SPF and DKIM are"),
        )
    } else {
        (
            Gravity::Wrong,
            "not-aligned",
            format!("neither SPF nor DKIM passes in the name of {domain}, so its mail fails DMARC"),
        )
    };
    remarks.push(Remark::new(gravity, code, &words));
    remarks
}

/// Reports to another organisation arrive only if that one agrees in its zone (RFC 7489 §7.1).
fn report_remarks(policy: &Policy, at: &str, answers: &mut Answers) -> Vec<Remark> {
    let of = at.strip_prefix("_dmarc.").unwrap_or(at);
    let mut remarks = Vec::new();
    for address in policy.reports.iter().filter(|one| is_report_address(one)) {
        let Some(domain) = report_domain(address).filter(|to| !are_aligned(to, of, false)) else {
            continue;
        };
        let name = format!("{of}._report._dmarc.{domain}");
        let agrees = match answers.ask(Kind::Txt, &name) {
            Answer::Records(texts) => texts.iter().any(|text| is_dmarc(text)),
            Answer::Nothing => false,
            // Reports are a courtesy; a doubt about them is none about the domain.
            Answer::Unavailable(_) => true,
        };
        if !agrees {
            let words =
                format!("{domain} does not agree to take reports about {of}; they are not sent");
            remarks.push(Remark::new(Gravity::Advice, "reports-refused", &words));
        }
    }
    remarks
}

/// A first record: it only watches until SPF and DKIM are known to work.
fn fresh(domain: &str, works: bool) -> String {
    let action = if works { "quarantine" } else { "none" };
    format!("v=DMARC1; p={action}; rua=mailto:postmaster@{domain}")
}

/// The same record with a policy that does something, where SPF and DKIM work.
fn proposal(text: &str, policy: &Policy, domain: &str, works: bool) -> Option<String> {
    let action = match policy.action {
        None => return Some(fresh(domain, works)),
        Some(Action::None) if works => "quarantine",
        Some(_) => return None,
    };
    let parts: Vec<String> = text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| match part.split_once('=') {
            Some((name, _)) if name.trim() == "p" => format!("p={action}"),
            _ => part.to_owned(),
        })
        .collect();
    Some(parts.join("; "))
}
