//! A clock that differs from the mail server's is said before an answer is dated by it.

use super::desk::Desk;
use crate::domain::clock::Doubt;
use crate::engine::standing;
use crate::store;

impl Desk {
    /// So many looks found the clock off.
    fn clock_found_off(&self, looks: u8) {
        let doubt = Doubt {
            seconds: -10_800,
            looks,
            host: "mail.desk.example.test".into(),
        };
        store::write(self.store.as_ref(), |write| {
            standing::change(write, self.mailbox, |standing| {
                standing.clock = Some(doubt.clone());
            })
        })
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_not_dated_by_a_wrong_clock_without_a_word() {
    let mut desk = Desk::open();
    let ticket = desk.mail(None, "olena@example.test", "Printer", "It smokes.");
    desk.clock_found_off(1);
    let draft = desk.reply(ticket).await;
    desk.type_above(&draft, "Unplug it.").await;
    let again = desk.reply(ticket).await;
    assert!(
        again.warnings.is_empty(),
        "one look proves nothing: {:?}",
        again.warnings
    );
    desk.clock_found_off(2);
    let again = desk.reply(ticket).await;
    let said: Vec<&str> = again.warnings.iter().map(|words| words.as_str()).collect();
    assert_eq!(
        said,
        [
            "it will be dated by this machine's clock, which is 3 h behind compared with mail.desk.example.test"
        ]
    );
}
