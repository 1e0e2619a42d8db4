//! How a provider is made to redirect an address, step by step, and the mail by which it asks for consent.
//!
//! The steps are words for a person: nothing here signs in anywhere, and a link out of a mail is shown and never
//! opened.

mod confirmation;

use serde::{Deserialize, Serialize};

pub use confirmation::{Confirmation, Vouched, confirmation};

/// Who redirects, and by which of its ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Redirector {
    /// Forwarding in the settings of a Gmail mailbox; Google asks the other side for consent.
    GoogleForwarding,
    /// A routing rule, an alias or a group in the Google Admin console.
    GoogleRouting,
    /// Forwarding of one mailbox in the Microsoft 365 admin center.
    MicrosoftForwarding,
    /// A mail flow rule in the Exchange admin center.
    MicrosoftRule,
    Other,
}

impl Redirector {
    pub const ALL: [Self; 5] = [
        Self::GoogleForwarding,
        Self::GoogleRouting,
        Self::MicrosoftForwarding,
        Self::MicrosoftRule,
        Self::Other,
    ];

    /// The word by which it is chosen.
    pub fn word(self) -> &'static str {
        match self {
            Self::GoogleForwarding => "google-forwarding",
            Self::GoogleRouting => "google-routing",
            Self::MicrosoftForwarding => "microsoft-forwarding",
            Self::MicrosoftRule => "microsoft-rule",
            Self::Other => "other",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::GoogleForwarding => "Google Workspace or Gmail: forwarding of a mailbox",
            Self::GoogleRouting => "Google Workspace: routing, alias or group",
            Self::MicrosoftForwarding => "Microsoft 365: forwarding of a mailbox",
            Self::MicrosoftRule => "Microsoft 365: a mail flow rule",
            Self::Other => "another provider",
        }
    }

    /// Whether the provider sends a mail with a code before it forwards.
    pub fn confirms(self) -> bool {
        self == Self::GoogleForwarding
    }

    /// What to do there, one step a line.
    pub fn steps(self, address: &str, collecting: &str) -> Vec<String> {
        let steps: &[&str] = match self {
            Self::GoogleForwarding => &[
                "Sign in to Gmail as {address}.",
                "Open Settings (the gear), “See all settings”, “Forwarding and POP/IMAP”.",
                "Press “Add a forwarding address” and enter {collecting}; press “Next”, “Proceed”, “OK”.",
                "Google now sends a mail with a code to {collecting}. Go on here: the next step shows it.",
                "Enter the code in Gmail and press “Verify”.",
                "Choose “Forward a copy of incoming mail to {collecting}” and “keep Gmail's copy in the Inbox”, then \
                 “Save Changes”. Before you save, nothing is forwarded.",
                "Not possible? An administrator may have switched forwarding off: Google Admin console, Apps, Google \
                 Workspace, Gmail, End User Access, “Automatic forwarding”.",
            ],
            Self::GoogleRouting => &[
                "Sign in to admin.google.com as an administrator. No confirmation is needed for any of these ways.",
                "If {address} is only another name of {collecting}: Directory, Users, the user of {collecting}, “Add \
                 alternate emails”, and enter {address}.",
                "If several people read {address}: Directory, Groups, “Create group” {address}; add {collecting} as a \
                 member with “Each email”; under Access settings let “External” publish posts, or customers' mail is \
                 refused.",
                "If {address} is a user: Apps, Google Workspace, Gmail, Routing, “Configure” under Routing; messages \
                 to affect: “Inbound” and “Internal - receiving”; “Also deliver to”, “Add more recipients”: \
                 {collecting}; “Show options”: envelope filter, “Only affect specific envelope recipients”, {address}.",
                "A change takes minutes, at times a day. Then prove the path.",
            ],
            Self::MicrosoftForwarding => &[
                "Sign in to admin.microsoft.com as an administrator. Microsoft sends no confirmation mail.",
                "Users, Active users (or Teams & groups, Shared mailboxes), {address}, “Mail”, “Manage email \
                 forwarding”.",
                "Switch on “Forward all emails sent to this mailbox”, enter {collecting}, and tick “Keep a copy of \
                 forwarded email in this mailbox”. Save.",
                "If {collecting} is outside your organisation, Microsoft refuses to forward (5.7.520) until it is \
                 allowed: security.microsoft.com, Email & collaboration, Policies & rules, Threat policies, \
                 Anti-spam, “Anti-spam outbound policy (Default)”, Edit protection settings, Automatic forwarding \
                 rules: “On - Forwarding is enabled”. A policy of its own for {address} is narrower.",
                "A change takes up to an hour. Then prove the path.",
            ],
            Self::MicrosoftRule => &[
                "Sign in to admin.exchange.microsoft.com as an administrator. Microsoft sends no confirmation mail.",
                "Mail flow, Rules, “Add a rule”, “Create a new rule”; name it “{address} to Ticketty”.",
                "Apply this rule if: “The recipient”, “is this person”, {address}.",
                "Do the following: “Redirect the message to”, “these recipients”, {collecting} (a mail contact, if it \
                 is outside your organisation). Save, and enable the rule.",
                "If mail to the outside is refused (5.7.520): security.microsoft.com, Email & collaboration, Policies \
                 & rules, Threat policies, Anti-spam, “Anti-spam outbound policy (Default)”, Automatic forwarding \
                 rules: “On - Forwarding is enabled”.",
                "A redirect by rule leaves no mark in the mail: it is known by To and Cc, and a blind copy to \
                 {address} stays with {collecting}.",
                "A change takes up to an hour. Then prove the path.",
            ],
            Self::Other => &[
                "Redirect {address} to {collecting}: an alias, a forwarding rule or a redirect (Sieve: redirect).",
                "Redirect, do not forward “as attachment”: the mail must keep its From, To and Message-ID.",
                "Best is a way that writes Delivered-To, X-Forwarded-To or X-Original-To: then blind copies are \
                 recognised as well.",
                "If the provider sends a confirmation mail to {collecting}, it comes in as a ticket: follow it there.",
            ],
        };
        let fill = |step: &&str| {
            step.replace("{address}", address)
                .replace("{collecting}", collecting)
        };
        steps.iter().map(fill).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_names_both_addresses_and_leaves_no_gap() {
        for redirector in Redirector::ALL {
            let text = redirector
                .steps("sales@acme.test", "in@acme.test")
                .join("\n");
            assert!(text.contains("sales@acme.test"), "{text}");
            assert!(text.contains("in@acme.test"), "{text}");
            assert!(!text.contains(['{', '}']), "{text}");
            assert_eq!(Redirector::of_word(redirector.word()), Some(redirector));
        }
    }
}
