//! Which header of which mail leads to which channel.

use jiff::Timestamp;

use super::AddressHeader as H;
use super::*;
use crate::domain::mailbox::{MailboxSettings, Outgoing, SecretSource};

const COLLECTING: MailboxId = MailboxId(1);
const SALES: MailboxId = MailboxId(2);
const BILLING: MailboxId = MailboxId(3);
const STRANGE: MailboxId = MailboxId(4);
const ELSEWHERE: MailboxId = MailboxId(5);

fn mailbox(id: MailboxId, address: &str, incoming: Incoming) -> Mailbox {
    Mailbox {
        id,
        settings: MailboxSettings::new(address, incoming, Outgoing::Off, SecretSource::None),
        enabled: true,
        removed: false,
        connected_at: Timestamp::UNIX_EPOCH,
    }
}

const MARKS: [AddressHeader; 5] = [
    AddressHeader::DeliveredTo,
    AddressHeader::XForwardedTo,
    AddressHeader::XForwardedFor,
    AddressHeader::XOriginalTo,
    AddressHeader::EnvelopeTo,
];

/// One mailbox collects its own mail and that of two channels; two more are collected elsewhere.
fn office() -> Vec<Mailbox> {
    let mut collecting = mailbox(
        COLLECTING,
        "Inbox@acme.test",
        Incoming::Maildir("/1".into()),
    );
    collecting.settings.identity.aliases = vec!["hello@acme.test".into()];
    let mut billing = mailbox(
        BILLING,
        "billing@пошта.test",
        Incoming::Forwarded(COLLECTING),
    );
    billing.settings.identity.aliases = vec!["invoices+eu@acme.test".into()];
    vec![
        collecting,
        mailbox(SALES, "sales@acme.test", Incoming::Forwarded(COLLECTING)),
        billing,
        mailbox(STRANGE, "secret@acme.test", Incoming::Forwarded(ELSEWHERE)),
        mailbox(ELSEWHERE, "other@acme.test", Incoming::Maildir("/5".into())),
    ]
}

/// A mail out of lines such as `Delivered-To: a@b`.
fn mail(headers: &[&str]) -> ParsedMail {
    let mut mail = ParsedMail::default();
    for line in headers {
        let (name, value) = line.split_once(": ").unwrap();
        let people = match name {
            "To" => &mut mail.people.to,
            "Cc" => &mut mail.people.cc,
            "From" => &mut mail.people.from,
            _ => {
                let header = MARKS
                    .into_iter()
                    .find(|header| header.name() == name)
                    .unwrap();
                let address = value.to_owned();
                mail.signals
                    .delivered_to
                    .push(DeliveryMark { header, address });
                continue;
            }
        };
        people.push(Address::new("", value));
    }
    mail
}

fn found(headers: &[&str], from_sent_folder: bool) -> Option<(MailboxId, String, AddressHeader)> {
    let office = office();
    let doors = doors(&office[0], &office);
    written_to(&mail(headers), &doors, from_sent_folder).map(|to| (to.mailbox, to.address, to.by))
}

type Row<'a> = (&'a str, &'a [&'a str], Option<(MailboxId, &'a str, H)>);

fn sales(by: H) -> Option<(MailboxId, &'static str, H)> {
    Some((SALES, "sales@acme.test", by))
}

fn each(table: &[Row<'_>]) {
    for (what, headers, expected) in table {
        let expected = expected.map(|(mailbox, address, by)| (mailbox, address.to_owned(), by));
        assert_eq!(found(headers, false), expected, "{what}");
    }
}

#[test]
fn the_marks_of_the_way_say_which_address_a_customer_wrote_to() {
    each(&[
        (
            "redirected by Postfix",
            &[
                "Delivered-To: inbox@acme.test",
                "X-Original-To: sales@acme.test",
                "To: sales@acme.test",
            ],
            sales(H::XOriginalTo),
        ),
        (
            "a blind copy is known by its marks alone",
            &[
                "Delivered-To: inbox@acme.test",
                "Delivered-To: sales@acme.test",
                "To: someone@else.test",
            ],
            sales(H::DeliveredTo),
        ),
        (
            "forwarded by Gmail to the collecting mailbox",
            &[
                "X-Forwarded-To: inbox@acme.test",
                "X-Forwarded-For: sales@acme.test",
                "To: list@else.test",
            ],
            sales(H::XForwardedFor),
        ),
        (
            "marks count before what the sender wrote",
            &["X-Forwarded-To: sales@acme.test", "To: billing@пошта.test"],
            sales(H::XForwardedTo),
        ),
        (
            "an alias that leads to another channel: the address before the alias, which the sender named",
            &[
                "Delivered-To: billing@пошта.test",
                "X-Original-To: sales@acme.test",
                "To: sales@acme.test",
            ],
            sales(H::XOriginalTo),
        ),
        (
            "redirected twice: the address that the sender named",
            &[
                "Delivered-To: billing@пошта.test",
                "Delivered-To: sales@acme.test",
                "To: sales@acme.test",
            ],
            sales(H::DeliveredTo),
        ),
        (
            "redirected twice, named nowhere: the nearest hop",
            &[
                "Delivered-To: sales@acme.test",
                "Delivered-To: billing@пошта.test",
            ],
            sales(H::DeliveredTo),
        ),
    ]);
}

#[test]
fn without_marks_it_is_the_first_of_our_addresses_that_the_sender_named() {
    each(&[
        (
            "no marks: To",
            &[
                "To: x@else.test",
                "To: sales@acme.test",
                "Cc: inbox@acme.test",
            ],
            sales(H::To),
        ),
        (
            "no marks: Cc",
            &["To: x@else.test", "Cc: sales@acme.test"],
            sales(H::Cc),
        ),
        (
            "letters' case does not matter",
            &["To: SALES@Acme.TEST"],
            sales(H::To),
        ),
        (
            "a plus-address",
            &["Delivered-To: sales+t12.abc@acme.test"],
            sales(H::DeliveredTo),
        ),
        (
            "a domain in its ASCII form",
            &["To: billing@xn--80a1acn3a.test"],
            Some((BILLING, "billing@пошта.test", H::To)),
        ),
        (
            "an alias with a plus of its own",
            &["To: invoices+eu@acme.test"],
            Some((BILLING, "invoices+eu@acme.test", H::To)),
        ),
        (
            "the collecting mailbox's own mail",
            &[
                "Delivered-To: inbox@acme.test",
                "To: inbox@acme.test",
                "Cc: sales@acme.test",
            ],
            Some((COLLECTING, "Inbox@acme.test", H::To)),
        ),
        (
            "the alias of the collecting mailbox",
            &["Delivered-To: inbox@acme.test", "To: hello@acme.test"],
            Some((COLLECTING, "hello@acme.test", H::To)),
        ),
    ]);
}

#[test]
fn a_stranger_chooses_no_channel_by_forged_headers_and_what_names_none_stays() {
    each(&[
        (
            "what a sender forged stands below what the server wrote",
            &[
                "X-Original-To: sales@acme.test",
                "Delivered-To: inbox@acme.test",
                "Delivered-To: billing@пошта.test",
                "X-Forwarded-To: billing@пошта.test",
                "To: friends@else.test",
            ],
            sales(H::XOriginalTo),
        ),
        (
            "a forged To does not win over a mark",
            &[
                "Delivered-To: sales@acme.test",
                "To: billing@пошта.test",
                "Cc: inbox@acme.test",
            ],
            sales(H::DeliveredTo),
        ),
        (
            "another plus is not that alias",
            &["To: invoices+us@acme.test"],
            None,
        ),
        (
            "a list whose member is the collecting mailbox",
            &["Delivered-To: inbox@acme.test", "To: list@else.test"],
            None,
        ),
        (
            "a stranger cannot choose what is collected elsewhere",
            &[
                "Delivered-To: secret@acme.test",
                "To: secret@acme.test",
                "Cc: other@acme.test",
            ],
            None,
        ),
        ("no header at all", &[], None),
        (
            "an address that is none",
            &["To: sales", "Delivered-To: @"],
            None,
        ),
    ]);
}

#[test]
fn what_we_sent_ourselves_belongs_to_its_sender() {
    let headers = ["From: sales@acme.test", "To: billing@пошта.test"];
    let sender = (SALES, "sales@acme.test".to_owned(), AddressHeader::From);
    assert_eq!(found(&headers, true), Some(sender));
    assert_eq!(
        found(&["From: ann@else.test", "To: sales@acme.test"], true),
        None
    );
}

#[test]
fn a_removed_channel_is_collected_no_more() {
    let mut office = office();
    office[1].removed = true;
    let doors = doors(&office[0], &office);
    assert_eq!(
        written_to(&mail(&["To: sales@acme.test"]), &doors, false),
        None
    );
}
