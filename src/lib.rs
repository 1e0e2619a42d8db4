//! Ticketty: mailboxes become a helpdesk that lives in a terminal.
//!
//! # The promise
//!
//! No customer mail is ever lost, no answer is ever sent twice, and nothing that a stranger writes can touch the
//! operator's terminal. Every rule below serves one of the three.
//!
//! # A bird's-eye view
//!
//! A front end (the desk on a terminal, or one command of the command line) and an engine talk over a line in plain
//! data: [`bridge::Ask`] one way, [`bridge::Told`] the other. The engine owns the store, talks to the mail servers,
//! and decides; the front end shows and asks. Both stand on [`domain`], where the words and rules of a helpdesk are
//! pure functions.
//!
//! ```text
//!  main, run, cli ─→ ui ─→ app ─→ bridge, domain        what people see and press
//!  main ─→ engine ─→ bridge, mail, store, config ─→ domain    what happens to mail
//! ```
//!
//! Arrows never run up, and `app` and `engine` never meet. A test reads the imports and says so.
//!
//! # The map
//!
//! * [`domain`]: tickets, events, placement, classification, the outbox's states, the query language, clean text.
//!   [`domain::mailbox`] is what an admin says about a mailbox, [`domain::channel`] whose mail it is where one mailbox
//!   collects for several addresses, [`domain::redirect`] how a provider is told to redirect, [`domain::sender_domain`]
//!   what MX, SPF, DKIM and DMARC say, [`domain::template`] texts with variables, [`domain::audit`] the log of settings.
//! * [`bridge`]: requests and reports. [`wire`]: the line they cross.
//! * [`app`]: state, commands, keymap, layers of the desk; [`ui`] paints it, `run` is its loop, `terminal` its edge.
//!   [`app::settings`] is the settings: a list, and forms that are tables of fields.
//! * [`cli`]: one file per command group, over the same bridge.
//! * [`engine`]: answers requests. [`engine::mailbox`] syncs, sends and proves a mailbox by a mail to itself;
//!   [`engine::filing`] turns mail into tickets. Before a mailbox is saved, `engine::connecting` finds and checks its
//!   servers; `engine::channels` says how mailboxes hang together, `engine::redirect` sets up and proves a forwarded
//!   address, `engine::sender_domains` verifies domains daily, `engine::audit` keeps and reads the log of settings.
//! * [`mail`]: IMAP, SMTP, MIME (in a child process), compose, Maildir; the table of [`mail::providers`],
//!   [`mail::dns`] for MX, SRV and TXT, [`mail::http`] for what servers say over HTTPS.
//! * [`store`]: one trait to read, one door to write; SQLite behind it.
//! * [`crash_point`]: where a test may end the process or make it panic, to prove what is found afterwards.
//! * [`config`]: config.toml, themes, directories, secrets, the log.
//!
//! # Four walks
//!
//! 1. *A mail arrives.* IDLE wakes the mailbox's worker ([`engine::mailbox`]) → it lists by UID and fetches → the parser
//!    child reads → [`domain::classify`] and [`domain::place`] decide → one transaction stores raw mail, message,
//!    events, ticket and ledger row ([`engine::filing`]) → a push tells the desk where to look again.
//! 2. *An answer leaves.* The composer saves a draft within two seconds of a key → send is one commit: event, bytes with
//!    their final Message-ID, outbox row, draft gone → undo window → the worker claims the row, commits the state
//!    `dot`, writes the last dot, and commits what the server said ([`domain::outbox`]).
//! 3. *A key is pressed.* `terminal` → `app::update` changes the state and returns effects → `ui` paints the lines that
//!    changed → effects become asks; their answers come back as events. No key waits for any of it.
//! 4. *A setting is changed.* A form of [`app::settings`] or a command of [`cli`] makes the same request → the engine
//!    checks it beside everything else that is set → one transaction stores it with what was before and after
//!    ([`store::Write::record_setting`]) → a doorbell wakes the workers, which read it anew. Passwords go to the keeper
//!    of secrets ([`config`]) and are in none of these.
//!
//! # Where a new … goes
//!
//! * *ticket action*: a variant of [`domain::decide::Action`] and its rule in `decide`; a command row in `app/commands`.
//! * *command, pane, layer*: see the header of [`app`].
//! * *setting of a mailbox*: a field of [`domain::mailbox::MailboxSettings`] (with a default, because older stores lack
//!   it), a row of a table in `app/settings/mailbox`, a flag in `cli/mailbox`. The log of settings sees it by itself.
//! * *another saved setting*: a call of [`store::Write::record_setting`] in the transaction that saves it.
//! * *check of a domain*: a rule in [`domain::sender_domain`], its question in `engine::sender_domains`.
//! * *way to redirect an address*: a variant of [`domain::redirect::Redirector`] with its steps.
//! * *change of what the parser can read*: raise the number of [`mail::mime::READER_VERSION`], so that mail that could
//!   not be read is read again.
//! * *IMAP extension*: a flag in `mail::imap`'s `Can`, its answer in the guard's reader, its use in `engine::mailbox`.
//! * *store*: a second implementation of [`store::Store`]; the SQL dialect is shared, what differs sits in one file.
//! * *classification or placement rule*: a row in the table of [`domain::classify`] or [`domain::place`].

pub mod app;
pub mod bridge;
pub mod cli;
pub mod config;
pub mod crash_point;
pub mod domain;
pub mod engine;
pub mod mail;
pub mod run;
pub mod store;
pub mod terminal;
pub mod ui;
pub mod wire;
