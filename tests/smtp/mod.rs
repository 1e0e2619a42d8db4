//! Stories of sending: on a real Postfix, and on a scripted server that breaks at every place.

mod attacks;
mod faults;
mod postfix;
mod recipients;
mod sign_in;

use std::time::Duration;

use ticketty::domain::delivery::{Delivery, Envelope, RecipientResult};
use ticketty::domain::mailbox::{Endpoint, Security, Trust};
use ticketty::domain::trouble::Trouble;
use ticketty::mail::smtp::{Session, SignIn, SmtpAccount, Timings};

const MAIL: &str = "From: support@acme.test\r\nTo: bob@example.test\r\nMessage-ID: <token-7@acme.test>\r\nSubject: hi\r\n\r\nHello\r\n.hidden dot\r\nbye\r\n";

/// An account on a loopback port whose waits end soon.
fn account(port: u16, security: Security, sign_in: Option<SignIn>) -> SmtpAccount {
    let endpoint = Endpoint {
        host: "localhost".into(),
        port,
        security,
    };
    let mut account = SmtpAccount::new(endpoint, Trust::default(), sign_in);
    account.timings = Timings::at_most(Duration::from_secs(20));
    account
}

fn anna() -> SignIn {
    SignIn {
        login: "anna@acme.test".into(),
        password: "correct horse".into(),
        means: ticketty::mail::Means::Password,
    }
}

fn to(recipients: &[&str]) -> Envelope {
    Envelope {
        from: Some("support@acme.test".into()),
        to: recipients.iter().map(|r| (*r).to_owned()).collect(),
        all_or_nothing: false,
    }
}

/// Opens, sends one mail, and says goodbye; tells whether the barrier was passed.
async fn send(account: &SmtpAccount, envelope: &Envelope, raw: &[u8]) -> (Delivery, bool) {
    send_with(account, envelope, raw, || {}).await
}

/// As [`send`], with something to be done in the barrier.
async fn send_with(
    account: &SmtpAccount,
    envelope: &Envelope,
    raw: &[u8],
    in_barrier: impl FnOnce() + Send,
) -> (Delivery, bool) {
    let mut passed = false;
    let barrier = async {
        in_barrier();
        passed = true;
        Ok::<(), Trouble>(())
    };
    let delivery = match Session::open(account).await {
        Ok(mut session) => {
            let delivery = session.send(envelope, raw, barrier).await;
            session.quit().await;
            delivery
        }
        Err(setback) => Delivery::NotSent(setback),
    };
    (delivery, passed)
}

/// "a@x accepted, b@x refused".
fn verdicts(recipients: &[RecipientResult]) -> String {
    let shown: Vec<String> = recipients
        .iter()
        .map(|r| format!("{} {:?}", r.address, r.verdict).to_lowercase())
        .collect();
    shown.join(", ")
}
