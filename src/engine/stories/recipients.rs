//! To whom an answer goes, where a stranger's mail names what cannot get one.

use super::desk::Desk;
use crate::bridge::Begin;
use crate::domain::headers::address::Address;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_in_a_mail_is_not_answered() {
    let mut desk = Desk::open();
    for (reply_to, to) in [
        ("\u{1b}]0;owned\u{7} <>, undisclosed", "olena@example.test"),
        ("nobody, office@example.test", "office@example.test"),
    ] {
        let mail = format!(
            "From: Olena <olena@example.test>\r\nReply-To: {reply_to}\r\nCc: none, c@example.test\r\n\
             Subject: {to}\r\n\r\nHelp.\r\n"
        );
        let ticket = desk.raw_mail(None, &mail);
        let draft = desk
            .begin(Begin::Reply {
                ticket,
                message: None,
                all: true,
            })
            .await
            .content;
        let keys = |list: &[Address]| list.iter().map(Address::key).collect::<Vec<_>>();
        assert_eq!(keys(&draft.to), [to]);
        assert_eq!(keys(&draft.cc), ["c@example.test"]);
    }
}
