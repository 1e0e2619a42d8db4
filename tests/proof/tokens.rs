//! Every mail of a proof has a token of its own, in its Message-ID; the export is counted by them.

use std::collections::BTreeMap;

use crate::journeys::office::field;
use crate::support::program::Home;

/// How often each token came into a ticket.
pub fn tokens(home: &Home) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for ticket in home.json(&["export"]).as_array().unwrap() {
        for message in ticket["messages"].as_array().unwrap() {
            if message["kind"] == "incoming" {
                let id = message["message_id"].as_str().unwrap();
                *times.entry(of_id(id)).or_default() += 1;
            }
        }
    }
    times
}

/// The token of a raw mail.
pub fn told(raw: &str) -> String {
    of_id(&field(raw, "Message-ID").unwrap())
}

fn of_id(id: &str) -> String {
    let id = id.trim_matches(['<', '>']);
    id.split('@').next().unwrap_or_default().to_owned()
}

#[track_caller]
pub fn every_token_once(home: &Home, count: usize) {
    let expected: BTreeMap<String, usize> = (0..count).map(|n| (format!("token-{n}"), 1)).collect();
    assert_eq!(tokens(home), expected);
    home.run(&["doctor"]).done();
}
