//! The domains of our senders: asked about once however many addresses share them, kept, and asked again daily.
//!
//! The rules are in [`crate::domain::sender_domain`]; here their questions are asked and the answers kept. Nothing
//! of it ever holds up mail, and a name server that does not answer leaves a domain pending.

mod kept;
pub mod signed;
mod subject;
mod verify;
mod watch;

use std::sync::Arc;

use super::audit;
use super::core::Engine;
use crate::bridge::{DomainLine, DomainRequest, Report};
use crate::domain::audit::{Difference, Subject, SubjectKind};
use crate::domain::clean::Clean;
use crate::domain::sender_domain::{Status, is_name, normal, status};
use crate::domain::trouble::Trouble;
use crate::store::{Read, StoreResult};

use kept::Kept;
use subject::Ours;

pub use verify::Underway;
pub(super) use watch::run;

/// More selectors than that nobody uses.
const MOST_SELECTORS: usize = 10;

pub(super) async fn answer(
    engine: &Arc<Engine>,
    request: DomainRequest,
) -> Result<Report, Trouble> {
    match request {
        DomainRequest::List => {
            let lines = engine.read(|store| lines(store)).await?;
            Ok(Report::Domains(lines))
        }
        DomainRequest::Verify { domain } => {
            let domain = known(engine, &domain).await?;
            verified(engine, &domain).await
        }
        DomainRequest::SetSelectors { domain, selectors } => {
            let domain = known(engine, &domain).await?;
            let selectors = checked(&domain, &selectors)?;
            keep_selectors(engine, &domain, selectors).await?;
            verified(engine, &domain).await
        }
    }
}

async fn keep_selectors(
    engine: &Arc<Engine>,
    domain: &str,
    selectors: Vec<String>,
) -> Result<(), Trouble> {
    let (domain, author) = (domain.to_owned(), engine.author());
    engine
        .write(move |store| {
            let mut kept = Kept::read(store, &domain)?;
            if kept.typed == selectors {
                return Ok(());
            }
            let said = |selectors: &[String]| {
                let words = selectors.join(" ");
                (!words.is_empty()).then_some(words)
            };
            let difference = Difference::new("selectors", said(&kept.typed), said(&selectors));
            let about = Subject::new(SubjectKind::Domain, None, domain.clone());
            audit::record(store, &[author.changed(about, difference)])?;
            kept.typed.clone_from(&selectors);
            kept.write(store, &domain)
        })
        .await
}

async fn verified(engine: &Arc<Engine>, domain: &str) -> Result<Report, Trouble> {
    verify::verify(engine, domain).await?;
    let lines = engine.read(|store| lines(store)).await?;
    let wanted = Clean::name(domain);
    let line = lines.into_iter().filter(|line| line.domain == wanted);
    Ok(Report::Domains(line.collect()))
}

/// The one form of a domain that has an address of ours.
async fn known(engine: &Engine, domain: &str) -> Result<String, Trouble> {
    let wanted = normal(domain);
    let all = engine.read(|store| subject::all(store)).await?;
    if all.iter().any(|ours| ours.domain == wanted) {
        return Ok(wanted);
    }
    let names: Vec<&str> = all.iter().map(|ours| ours.domain.as_str()).collect();
    let hint = match names.as_slice() {
        [] => "connect a mailbox that sends first".to_owned(),
        names => format!("there are {}", names.join(", ")),
    };
    let shown = Clean::name(domain);
    Err(Trouble::operator(format!("no mailbox sends from an address in {shown}")).hint(hint))
}

/// Selectors as they are kept: lower case, without the rest of the name that some type with it.
fn checked(domain: &str, typed: &[String]) -> Result<Vec<String>, Trouble> {
    let mut selectors = Vec::new();
    for one in typed {
        let whole = normal(one);
        let ending = format!("._domainkey.{domain}");
        let selector = whole.strip_suffix(&ending).unwrap_or(&whole);
        let selector = selector.strip_suffix("._domainkey").unwrap_or(selector);
        if selector.is_empty() {
            continue;
        }
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if !is_name(selector) || !selector.chars().all(letters) {
            let shown = Clean::name(one);
            return Err(Trouble::operator(format!("{shown} is not a selector"))
                .hint("it is the part before ._domainkey, such as google or selector1"));
        }
        if !selectors.iter().any(|known| known == selector) {
            selectors.push(selector.to_owned());
        }
    }
    if selectors.len() > MOST_SELECTORS {
        return Err(Trouble::operator(format!(
            "{} selectors are too many; {MOST_SELECTORS} at most",
            selectors.len()
        )));
    }
    Ok(selectors)
}

fn lines(store: &dyn Read) -> StoreResult<Vec<DomainLine>> {
    subject::all(store)?
        .into_iter()
        .map(|ours| {
            let kept = Kept::read(store, &ours.domain)?;
            Ok(line(ours, kept))
        })
        .collect()
}

fn line(ours: Ours, kept: Kept) -> DomainLine {
    DomainLine {
        domain: Clean::name(&ours.domain),
        addresses: ours.addresses.iter().map(|one| Clean::name(one)).collect(),
        status: match ours.kept_by {
            Some(_) => Status::Verified,
            None => status(&kept.checks),
        },
        kept_by: ours.kept_by.map(Clean::name),
        checks: kept.checks,
        checked_at: kept.checked_at,
        selectors: kept.typed.iter().map(|one| Clean::name(one)).collect(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_taken_however_they_are_typed() {
        type Row<'a> = (&'a [&'a str], Result<&'a [&'a str], ()>);
        let rows: &[Row<'_>] = &[
            (&["Google"], Ok(&["google"])),
            (&["s1._domainkey.acme.test", "s1", ""], Ok(&["s1"])),
            (&["s1._domainkey"], Ok(&["s1"])),
            (&["a.b"], Ok(&["a.b"])),
            (&["a b"], Err(())),
            (&["a..b"], Err(())),
            (&["\u{1b}[31m"], Err(())),
        ];
        for (typed, expected) in rows {
            let typed: Vec<String> = typed.iter().map(|one| (*one).to_owned()).collect();
            match (checked("acme.test", &typed), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, *expected),
                (Err(trouble), Err(())) => assert!(!trouble.what.contains('\u{1b}')),
                (found, _) => panic!("{typed:?}: {found:?}"),
            }
        }
        let many: Vec<String> = (0..11).map(|n| format!("s{n}")).collect();
        assert!(checked("acme.test", &many).is_err());
    }
}
