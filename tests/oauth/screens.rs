//! Signing in from the settings: keys in, text out.

use ticketty::app::event::Event;
use ticketty::bridge::*;
use ticketty::domain::clean::Clean;
use ticketty::domain::ids::MailboxId;
use ticketty::domain::mailbox::*;
use ticketty::domain::trouble::Trouble;

use crate::support::desk::{Desk, World};

const SECRET: &str = "canary-tokens";
const LANDED: &str = "http://127.0.0.1:40123/?code=canary-code&state=s";

fn world() -> World {
    let mut world = World::usual();
    let line = &mut world.mailboxes[0];
    line.mailbox.settings.secret = SecretSource::Oauth("google".into());
    line.mailbox.settings.incoming = Incoming::Imap(Endpoint {
        host: "imap.gmail.com".into(),
        port: 993,
        security: Security::Tls,
    });
    line.lasts = Some(Lasts {
        valid_until: "2026-11-17T12:30:00Z".parse().unwrap(),
        renews: true,
        is_revoked: false,
    });
    world
}

fn revoked() -> World {
    let mut world = world();
    let line = &mut world.mailboxes[0];
    line.health = Health::NeedsPassword {
        next_try: None,
        since: "2026-11-17T10:30:00Z".parse().unwrap(),
        trouble: Trouble::operator("somebody has to sign in again")
            .because("invalid_grant: Token has been expired or revoked."),
    };
    if let Some(lasts) = &mut line.lasts {
        lasts.is_revoked = true;
    }
    world
}

fn by_browser() -> Begun {
    Begun::Browser {
        flow: FlowId(7),
        url: "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=1234-abc.apps.googleusercontent.com&redirect_uri=http%3A%2F%2F127.0.0.1%3A40123%2F&state=Zm9vYmFy".into(),
        tunnel: "ssh -L 40123:127.0.0.1:40123 anna@desk".into(),
        until: "2026-11-17T12:10:00Z".parse().unwrap(),
    }
}

/// The sign-in request that was asked last, with its number.
fn asked(desk: &mut Desk) -> (AskId, SignInRequest) {
    let mut held = desk.held.iter().rev();
    held.find_map(|ask| match &ask.request {
        Request::Connect(ConnectRequest::SignIn(request)) => Some((ask.id, request.clone())),
        _ => None,
    })
    .expect("a sign-in was asked for")
}

fn tell(desk: &mut Desk, answers: Option<AskId>, report: SignInReport) {
    let report = Report::Connect(ConnectReport::SignIn(report));
    desk.event(Event::Told(Told { answers, report }));
}

fn signed_in() -> SignInReport {
    SignInReport::SignedIn {
        tokens: Secret::new(SECRET),
        valid_until: "2026-11-17T13:00:00Z".parse().unwrap(),
        renews: true,
    }
}

fn desk(width: u16, height: u16, world: World) -> Desk {
    let mut desk = Desk::with(width, height, world);
    desk.press(",");
    desk.slow = true;
    desk
}

#[test]
fn the_page_says_until_when_the_sign_in_is_valid() {
    let mut desk = desk(80, 24, world());
    desk.sees("OAuth2 by google").sees("Valid until");
    desk.sees("it is renewed by itself");
    insta::assert_snapshot!("valid_until_80", desk.screen());
}

#[test]
fn a_revoked_sign_in_is_mended_by_i_the_browser_and_a_pasted_address() {
    let mut desk = desk(80, 24, revoked());
    desk.sees("Needs password since").sees("i signs in again");
    insta::assert_snapshot!("revoked_80", desk.screen());
    desk.press("i");
    let (begin, request) = asked(&mut desk);
    assert!(matches!(
        request,
        SignInRequest::Begin { provider, way: SignInWay::Browser, .. } if provider == "google"
    ));
    tell(&mut desk, None, SignInReport::Begun(by_browser()));
    desk.sees("Open this address in a browser")
        .sees("https://accounts.google.com/")
        .sees("ssh -L 40123:127.0.0.1:40123 anna@desk");
    insta::assert_snapshot!("browser_80", desk.screen());
    desk.press("esc");
    desk.press(&format!("'{LANDED}'"));
    desk.sees_no("canary");
    insta::assert_snapshot!("pasted_80", desk.screen());
    desk.press("enter");
    let (pasted, request) = asked(&mut desk);
    assert!(matches!(
        request,
        SignInRequest::Pasted { flow: FlowId(7), address } if address.expose() == LANDED
    ));
    desk.event(Event::Told(Told {
        answers: Some(pasted),
        report: Report::Done,
    }));
    tell(&mut desk, Some(begin), signed_in());
    desk.sees("signed in; c checks it, s saves it")
        .sees("valid until 17 Nov 2026 13:00 UTC");
    let told = format!("{:?} {:?} {:?}", desk.app, desk.asked, desk.held);
    assert!(!told.contains("canary"), "Debug tells the tokens");
    desk.press("s");
    let puts = desk.held.iter().rev();
    let mut put = puts.filter_map(|ask| match &ask.request {
        Request::Mailbox(MailboxRequest::Put { id, secret, .. }) => Some((*id, secret.clone())),
        _ => None,
    });
    let (id, secret) = put.next().unwrap();
    assert_eq!(id, Some(MailboxId(1)));
    assert_eq!(secret.unwrap().expose(), SECRET);
}

#[test]
fn a_device_code_is_shown_with_provider_tenant_and_scopes() {
    let mut desk = desk(80, 24, world());
    desk.press(": 'sign in by a code' enter");
    let (_, request) = asked(&mut desk);
    assert!(matches!(
        request,
        SignInRequest::Begin {
            way: SignInWay::Device,
            ..
        }
    ));
    let begun = Begun::Device {
        flow: FlowId(8),
        provider: "Microsoft".into(),
        tenant: Some("contoso.onmicrosoft.com".into()),
        scopes: vec!["IMAP.AccessAsUser.All".into(), "offline_access".into()],
        code: Clean::line("WXYZ-1234"),
        url: "https://microsoft.com/devicelogin".into(),
        until: "2026-11-17T12:10:00Z".parse().unwrap(),
    };
    tell(&mut desk, None, SignInReport::Begun(begun));
    desk.sees("WXYZ-1234")
        .sees("Microsoft, tenant contoso.onmicrosoft.com")
        .sees("IMAP.AccessAsUser.All");
    insta::assert_snapshot!("device_80", desk.screen());
}

#[test]
fn tokens_never_go_into_a_form_that_did_not_ask_for_them() {
    let mut desk = desk(80, 24, world());
    desk.press("i");
    let (begin, _) = asked(&mut desk);
    tell(&mut desk, None, SignInReport::Begun(by_browser()));
    desk.press("esc esc");
    let (_, request) = asked(&mut desk);
    assert_eq!(request, SignInRequest::Cancel(FlowId(7)));
    desk.press("M");
    tell(&mut desk, Some(begin), signed_in());
    desk.sees("nothing of it is kept");
    desk.sees_no("signed in; c checks it");
}

#[test]
fn sending_gets_a_login_and_password_of_its_own_in_the_form() {
    let mut world = world();
    world.mailboxes[0].mailbox.settings.outgoing = Outgoing::Smtp(Endpoint {
        host: "smtp.acme.example".into(),
        port: 465,
        security: Security::Tls,
    });
    world.mailboxes[0].mailbox.settings.sending_sign_in = Some(SendingSignIn {
        login: "relay".into(),
        secret: SecretSource::File,
    });
    let mut desk = desk(140, 40, world);
    desk.sees("SMTP login");
    desk.press("enter");
    desk.press("a");
    desk.sees("SMTP sign-in")
        .sees("its own, kept here")
        .sees("relay");
    insta::assert_snapshot!("form_140", desk.screen());
}
