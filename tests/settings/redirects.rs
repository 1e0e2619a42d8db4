//! A forwarded address by keys alone: made, set up, confirmed, proved; and who a mailbox is towards customers.

use jiff::Timestamp;
use ticketty::app::event::{Effect, Event};
use ticketty::bridge::*;
use ticketty::domain::channel::AddressHeader;
use ticketty::domain::ids::MailboxId;
use ticketty::domain::mailbox::*;
use ticketty::domain::redirect::{Confirmation, Redirector, Vouched};
use ticketty::domain::trouble::Trouble;

use super::engine::Bench;
use crate::support::desk::World;

const COLLECTING: MailboxId = MailboxId(1);
const CHANNEL: MailboxId = MailboxId(2);

/// The second mailbox is an address that is redirected to the first.
fn office() -> World {
    let mut world = World::usual();
    let settings = &mut world.mailboxes[1].mailbox.settings;
    settings.incoming = Incoming::Forwarded(COLLECTING);
    settings.outgoing = Outgoing::Through(COLLECTING);
    world
}

fn wizard(width: u16, height: u16) -> Bench {
    let mut bench = Bench::with(width, height, office());
    bench.keys(", down r");
    bench
}

fn confirmation() -> (Timestamp, Confirmation) {
    let confirmation = Confirmation {
        address: "sales@acme.example".into(),
        code: "402171833".into(),
        link: Some("https://mail-settings.google.com/mail/vf-abc".into()),
        vouched: Vouched::Signed,
    };
    ("2026-11-17T11:30:00Z".parse().unwrap(), confirmation)
}

#[test]
fn a_forwarded_address_asks_for_the_address_and_who_collects_it() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(",");
    bench.desk.sees("+ forward an address");
    bench.go_to_row("forward an address");
    bench.keys("enter 'shop@acme.example' enter");
    bench.desk.sees("Redirected to").sees_no("Password");
    insta::assert_snapshot!("forwarded_address_80", bench.desk.screen());
    bench.keys("s");
    bench.desk.sees("r tells how its mail is redirected here");
    let (settings, secret) = bench.last_put();
    assert_eq!(settings.address, "shop@acme.example");
    assert_eq!(settings.name, "shop");
    assert_eq!(settings.incoming, Incoming::Forwarded(COLLECTING));
    assert_eq!(settings.outgoing, Outgoing::Through(COLLECTING));
    assert_eq!(secret, None);
}

#[test]
fn the_wizard_tells_the_steps_shows_the_code_and_proves_the_path() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut bench = wizard(width, height);
        bench.desk.sees("step 1 of 4: who redirects");
        insta::assert_snapshot!(format!("redirect_who_{width}"), bench.desk.screen());
        bench.keys("enter 'google' enter");
        bench
            .desk
            .sees("step 2 of 4")
            .sees("Add a forwarding address");
        insta::assert_snapshot!(format!("redirect_steps_{width}"), bench.desk.screen());
        assert_eq!(
            bench.redirect.redirector,
            Some(Redirector::GoogleForwarding)
        );
        bench.keys("enter");
        bench
            .desk
            .sees("Waiting for the mail from forwarding-noreply@google.com");
        bench.redirect.confirmation = Some(confirmation());
        bench.desk.push(Pushed::Basics);
        bench.answer();
        bench
            .desk
            .sees("402171833")
            .sees("https://mail-settings.google.com/mail/vf-abc")
            .sees("Google signed it");
        insta::assert_snapshot!(format!("redirect_code_{width}"), bench.desk.screen());
        bench.keys("enter enter");
        bench.desk.sees("proved").sees("Delivered-To");
        insta::assert_snapshot!(format!("redirect_proved_{width}"), bench.desk.screen());
        bench.keys("esc");
        bench.desk.sees_no("step 4");
    }
}

#[test]
fn what_was_left_is_taken_up_again() {
    let mut bench = wizard(80, 24);
    bench.keys("enter 'mail flow' enter");
    bench.desk.sees("step 2 of 3").sees("Mail flow, Rules");
    bench.keys("esc r");
    bench.desk.sees("step 2 of 3").sees("Mail flow, Rules");
    bench.keys("n");
    bench.desk.sees("the wizard is open").sees("step 2 of 3");
    bench.keys("enter");
    bench.desk.sees("step 3 of 3: the proof");
    bench.keys("shift-tab");
    bench.desk.sees("step 2 of 3");
}

#[test]
fn a_path_that_is_not_proved_says_why() {
    let mut bench = wizard(80, 24);
    bench.keys("enter 'other' enter enter");
    bench.unproved = Some(
        Trouble::server("the mail to sales@acme.example was sent and did not come within 180 s")
            .hint("look at the forwarding rules"),
    );
    bench.keys("enter");
    bench
        .desk
        .sees("the path is not proved")
        .sees("did not come within 180 s");
    bench.unproved = None;
    bench.keys("enter");
    bench.desk.sees("proved").sees_no("is not proved");
}

#[test]
fn only_a_forwarded_address_has_the_wizard() {
    let mut bench = Bench::with(80, 24, office());
    bench.keys(", r");
    bench.desk.sees("only a forwarded address has a redirect");
}

#[test]
fn who_a_mailbox_is_towards_customers_is_checked_while_typing() {
    let mut bench = Bench::with(140, 40, World::usual());
    bench.keys(", enter");
    bench.go_to_field("identity");
    bench.keys("space");
    bench.go_to_field("aliases");
    bench.keys("enter 'help@'");
    bench.desk.sees("has nothing after the @");
    bench.keys("'acme.example'");
    bench.desk.sees_no("has nothing after the @");
    bench.keys("enter");
    bench.go_to_field("language");
    bench.keys("enter 'en_US'");
    bench.desk.sees("write a language tag such as uk");
    insta::assert_snapshot!("identity_140", bench.desk.screen());
    bench.keys("backspace backspace backspace enter");
    bench.go_to_field("information");
    bench.keys("enter 'Open 9 to 5.' esc s");
    let (settings, _) = bench.last_put();
    assert_eq!(settings.identity.aliases, ["help@acme.example"]);
    assert_eq!(settings.identity.language.as_deref(), Some("en"));
    assert_eq!(settings.identity.information, "Open 9 to 5.");
}

#[test]
fn a_name_that_is_too_long_is_named_while_typing() {
    let mut bench = Bench::with(80, 24, office());
    bench.keys(", down enter");
    bench.go_to_field("name");
    bench.keys(&format!("enter '{}'", "x".repeat(36)));
    bench.desk.sees("41 characters are too many; 40 at most");
    bench.keys("backspace");
    bench.desk.sees_no("too many");
}

#[test]
fn what_operators_should_know_is_written_in_ones_own_editor_and_counted() {
    let mut bench = Bench::with(80, 24, office());
    bench.keys(", down enter");
    bench.go_to_field("identity");
    bench.keys("space");
    bench.go_to_field("information");
    bench.keys("ctrl-e");
    let asked = bench
        .desk
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::RunEditor { text } if text.is_empty()));
    assert!(asked, "{:?}", bench.desk.effects);
    let returns = |bench: &mut Bench, result| {
        bench.desk.event(Event::EditorReturned(result));
    };
    returns(&mut bench, Ok(format!("{}\n", "ї".repeat(10_001))));
    bench
        .desk
        .sees("10001 characters are too many; 10000 at most");
    let hours: Vec<String> = (1..=20).map(|day| format!("Day {day}: 9 to 5.")).collect();
    returns(&mut bench, Ok(format!("{}\n", hours.join("\n"))));
    bench
        .desk
        .sees("310 of 10000")
        .sees("Day 6: 9 to 5.")
        .sees_no("Day 7")
        .sees("14 more lines");
    insta::assert_snapshot!("information_80", bench.desk.screen());
    returns(&mut bench, Err("the editor ended with 1".into()));
    bench.desk.sees("the text is as it was");
    bench.keys("s");
    let (settings, _) = bench.last_put();
    assert_eq!(settings.identity.information, hours.join("\n"));
}

#[test]
fn in_a_field_of_one_line_ctrl_e_goes_to_its_end() {
    let mut bench = Bench::with(80, 24, office());
    bench.keys(", down enter");
    bench.go_to_field("name");
    bench.keys("enter home 'the ' ctrl-e ' desk' enter s");
    assert_eq!(bench.last_put().0.name, "the sales desk");
}

#[test]
fn new_mail_begins_in_the_mailbox_that_was_chosen() {
    let mut bench = Bench::usual(80, 24);
    bench.keys(", down *");
    assert!(
        bench
            .desk
            .asked
            .contains(&Request::Mailbox(MailboxRequest::SetDefault(CHANNEL)))
    );
    bench.line(CHANNEL).is_default = true;
    bench.desk.push(Pushed::Basics);
    bench.answer();
    bench.desk.sees("default");
}

#[test]
fn what_operators_should_know_is_shown_beside_the_ticket_and_answers_say_that_sending_is_off() {
    let mut world = World::usual();
    for line in &mut world.mailboxes {
        let name = line.mailbox.settings.name.clone();
        line.mailbox.settings.identity.information =
            format!("Procedures of {name}\nRefunds go to \u{1b}[2JAnna.\nOpen 9 to 5.");
        line.mailbox.settings.identity.is_sending = false;
    }
    let mut bench = Bench::with(80, 24, world);
    bench.keys("I");
    bench
        .desk
        .sees("Procedures of")
        .sees("␛[2JAnna")
        .sees("Open 9 to 5.");
    insta::assert_snapshot!("channel_information_80", bench.desk.screen());
    bench.keys("esc r");
    bench.desk.sees("sending is switched off for the mailbox");
    bench.desk.event(Event::Resize {
        width: 140,
        height: 40,
    });
    bench.keys("enter I");
    bench.desk.sees("Procedures of").sees("first reply");
    insta::assert_snapshot!("channel_information_140", bench.desk.screen());
}

impl Bench {
    /// Moves down the list until the row is under the cursor.
    fn go_to_row(&mut self, words: &str) {
        for _ in 0..40 {
            let screen = self.desk.screen();
            let is_there = |line: &str| line.starts_with('▌') && line.contains(words);
            if screen.lines().any(is_there) {
                return;
            }
            self.keys("down");
        }
        panic!("no row {words}:\n{}", self.desk.screen());
    }

    /// Moves down the form until the field is in focus.
    fn go_to_field(&mut self, name: &str) {
        for _ in 0..60 {
            let open = self
                .desk
                .app
                .settings_mut()
                .and_then(|settings| settings.open.as_ref());
            let face = open.map(ticketty::app::settings::Open::face);
            if face.is_some_and(|face| face.name(face.focus()) == name) {
                return;
            }
            self.keys("down");
        }
        panic!("no field {name}:\n{}", self.desk.screen());
    }

    /// What the engine says about a redirect.
    pub fn redirect(&mut self, request: &RedirectRequest) -> Report {
        let id = match request {
            RedirectRequest::Look(id) => *id,
            RedirectRequest::Choose { id, redirector } => {
                self.redirect.redirector = Some(*redirector);
                *id
            }
            RedirectRequest::Prove(id) => {
                if let Some(trouble) = &self.unproved {
                    return Report::Failed(trouble.clone());
                }
                self.redirect.proof = Some(Proof {
                    at: "2026-11-17T11:40:00Z".parse().unwrap(),
                    seconds: 7,
                    sent_by: "billing".into(),
                    by: AddressHeader::DeliveredTo,
                    in_junk: false,
                });
                *id
            }
        };
        Report::Connect(ConnectReport::Redirect(id, Box::new(self.redirect.clone())))
    }
}

#[test]
fn the_page_of_a_forwarded_address_says_nothing_about_a_sign_in_it_has_not() {
    let mut world = office();
    world.mailboxes[1].health = Health::Live;
    let mut bench = Bench::with(140, 40, world);
    bench.keys(", down");
    bench
        .desk
        .sees("its mail comes with support")
        .sees("through support");
    for label in ["Login", "Password", "Folders", "comes by itself"] {
        bench.desk.sees_no(label);
    }
}
