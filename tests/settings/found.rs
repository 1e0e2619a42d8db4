//! What the stand-in engine finds for an address, and the way to a field of the form.

use ticketty::bridge::*;
use ticketty::domain::clean::Clean;
use ticketty::domain::detection::Source;
use ticketty::domain::mailbox::*;
use ticketty::mail::providers;

use super::engine::Bench;

pub fn detect(address: &str) -> Report {
    let domain = address.rsplit_once('@').unwrap().1;
    let known = providers::by_domain(address);
    let guess = providers::other(address);
    let (imap, smtp) = known.map_or((guess.imap, guess.smtp), |provider| {
        (provider.imap.endpoint(), provider.smtp.endpoint())
    });
    Report::Connect(ConnectReport::Detected(Detected {
        provider: known.map(|provider| provider.name.to_owned()),
        because: match known {
            Some(_) => format!("by the domain {domain}"),
            None => format!("nobody knows {domain}; most servers are named like this"),
        },
        settings: Box::new(MailboxSettings::new(
            address,
            Incoming::Imap(imap),
            Outgoing::Smtp(smtp),
            SecretSource::File,
        )),
        password_hint: known.and_then(|provider| provider.password.hint()),
        sign_ins: known.map_or_else(SignIns::default, sign_ins),
        quirks: Vec::new(),
        is_certain: known.is_some(),
        tried: tried(address),
    }))
}

fn sign_ins(provider: &providers::Provider) -> SignIns {
    SignIns {
        password: provider.password != providers::Password::OauthOnly,
        oauth: provider.oauth.map(str::to_owned),
    }
}

fn tried_line(source: Source, target: &str, outcome: TriedOutcome) -> TriedLine {
    TriedLine {
        source,
        target: Clean::line(target),
        outcome,
        milliseconds: 12,
    }
}

/// What the engine says on the way, as it does for a domain that it knows and for one that nobody knows.
pub fn tried(address: &str) -> Vec<TriedLine> {
    use TriedOutcome::{Failed, Found, Nothing};
    let domain = address.rsplit_once('@').unwrap().1;
    let words = |text: &str| Clean::line(text);
    if let Some(provider) = providers::by_domain(address) {
        let found = Found(words(provider.name));
        return vec![tried_line(Source::Provider, domain, found)];
    }
    let file = format!("autoconfig.{domain}/mail/config-v1.1.xml");
    let (srv, mx) = (format!("SRV {domain}"), format!("MX {domain}"));
    vec![
        tried_line(Source::Provider, domain, Nothing(words("not in the table"))),
        tried_line(
            Source::Learnt,
            domain,
            Nothing(words("no mailbox of this domain yet")),
        ),
        tried_line(
            Source::Autoconfig,
            &file,
            Failed(words("no answer within 8 s")),
        ),
        tried_line(Source::Services, &srv, Nothing(words("there are none"))),
        tried_line(
            Source::Exchanger,
            &mx,
            Nothing(words("mx.elsewhere.example, nobody we know")),
        ),
        tried_line(
            Source::Guess,
            &format!("imap.{domain} IMAP"),
            TriedOutcome::Running,
        ),
    ]
}

/// The table of providers, as the engine gives it.
pub fn provider_lines() -> Vec<ProviderLine> {
    providers::PROVIDERS
        .iter()
        .map(|provider| ProviderLine {
            name: provider.name.into(),
            domains: Vec::new(),
            imap: provider.imap.endpoint(),
            smtp: provider.smtp.endpoint(),
            sign_ins: sign_ins(provider),
            password_hint: provider.password.hint(),
            quirks: Vec::new(),
        })
        .collect()
}

/// Moves to a field as a person would: up to the first, then down until it is there.
pub fn go_to(bench: &mut Bench, name: &str) {
    bench.keys(&"up ".repeat(40));
    for _ in 0..40 {
        let settings = bench.desk.app.settings_mut().unwrap();
        let face = settings.open.as_ref().unwrap().face();
        if face.name(face.focus()) == name {
            return;
        }
        bench.keys("down");
    }
    panic!("there is no field {name}");
}
