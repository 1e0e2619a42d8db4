//! The machine sleeps, and its lines die without a word.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::journeys::office::{Office, PASSWORD, SUPPORT, letter};
use crate::support::fault_proxy::FaultProxy;
use crate::support::program::until;

/// Longer than a busy machine may be late, and far shorter than the poll and the IDLE that were set before.
const NAP: Duration = Duration::from_secs(16);
/// What the design allows after the machine is awake.
const NOTICED_WITHIN: Duration = Duration::from_secs(60);

#[test]
fn after_a_sleep_a_dead_line_is_found_out_and_the_mail_comes_within_a_minute() {
    let mut office = Office::open();
    let proxy = FaultProxy::start(office.dovecot.plain_port, 1, 2);
    proxy.calm_down();
    let imap = format!("localhost:{}", proxy.port);
    let words = [
        &["mailbox", "add", SUPPORT, "--imap", &imap][..],
        &[
            "--imap-security",
            "none",
            "--since",
            "all",
            "--password-stdin",
        ],
        &["--no-check", "--no-outgoing", "--poll", "600"],
    ];
    office.home.run_with_input(&words.concat(), PASSWORD).done();
    office.arrives(&letter("token-0", "Before the sleep"));
    let program = office.home.start(&["sync"]);
    office.has_tickets(1);
    // What comes by itself now came by IDLE: the poll is minutes away.
    office.arrives(&letter("token-1", "Still before the sleep"));
    office.has_tickets(2);

    program.signal(Signal::STOP);
    proxy.fall_silent();
    office.arrives(&letter("token-2", "During the sleep"));
    let asleep = Instant::now();
    until("the end of the nap", NAP * 2, || {
        (asleep.elapsed() >= NAP).then_some(())
    });
    program.signal(Signal::CONT);
    let awake = Instant::now();
    until("the mail that came meanwhile", NOTICED_WITHIN, || {
        (office.tickets("").len() == 3).then_some(())
    });
    println!(
        "noticed {:.1} s after the sleep",
        awake.elapsed().as_secs_f32()
    );
    // And the new line listens as the old one did.
    office.arrives(&letter("token-3", "After the sleep"));
    office.has_tickets(4);
    drop(program);
}
