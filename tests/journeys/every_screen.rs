//! Every screen of the desk in a terminal, with everything poisoned that a stranger can write: mail, names of files and
//! folders, what mail servers say, what name servers hold. Every byte that the desk writes is looked at.
//!
//! Which screens there are is asked of the registry of commands, so that a new one is walked through without a change
//! here.

use ticketty::app::commands::TABLES;
use ticketty::app::registry::Scope;

use super::office::SUPPORT;
use crate::support::desk_pty::Desk;
use crate::support::fake_dns::FakeDns;
use crate::support::fake_imap::{FakeImap, hear, say};
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};
use crate::support::model_imap::{Kind, ModelImap};
use crate::support::own_sequences::is_clean;
use crate::support::program::Home;

/// What is tried, and what it would do to a terminal that obeyed.
const POISONS: [(&str, &str); 9] = [
    (
        "a title and a clipboard",
        "\u{1b}]0;owned\u{7}\u{1b}]52;c;b3duZWQ=\u{7}",
    ),
    (
        "colours and modes",
        "\u{1b}[31m\u{1b}[?1049l\u{1b}[?1000h\u{1b}[2J\u{1b}[5n",
    ),
    (
        "a reset, a status, a key",
        "\u{1b}c\u{1b}[6n\u{1b}[>c\u{1b}P$qm\u{1b}\\\u{1b}_Ga=q\u{1b}\\",
    ),
    ("C1", "\u{9b}2J\u{9d}0;owned\u{9c}\u{90}q\u{9c}\u{85}"),
    (
        "a link that is none",
        "\u{1b}]8;;https://evil.test\u{7}here\u{1b}]8;;\u{7}",
    ),
    ("the end of a paste", "\u{1b}[201~rm -rf /\u{1b}[200~"),
    (
        "directions",
        "\u{202e}gpj\u{202c}\u{2066}x\u{2069}\u{200f}\u{61c}",
    ),
    (
        "what cannot be seen",
        "\u{e0041}\u{e007f}\u{feff}\u{200b}\u{2060}\u{fff9}\u{2028}\u{2029}",
    ),
    (
        "lone controls",
        "\u{1}\u{7}\u{8}\u{b}\u{c}\u{e}\u{1a}\u{1b}\u{7f}",
    ),
];

/// Commands that end the desk or hand the terminal to another program.
const NOT_WALKED: [&str; 5] = ["quit", "quit-now", "suspend", "editor", "settings-editor"];

/// As an encoded word (RFC 2047): what was not allowed in a header comes through.
fn encoded(poison: &str) -> String {
    let hex: String = poison.bytes().map(|byte| format!("={byte:02X}")).collect();
    format!("=?utf-8?Q?{hex}?=")
}

/// As a parameter (RFC 2231).
fn in_percents(poison: &str) -> String {
    poison.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// As characters of HTML by their numbers.
fn in_html(poison: &str) -> String {
    let number = |c: char| format!("&#{};", u32::from(c));
    poison.chars().map(number).collect()
}

/// A mail whose every field has the poison, `inside` as it stands in a header.
fn mail(token: &str, inside: &str, poison: &str) -> String {
    let (percents, html) = (in_percents(poison), in_html(poison));
    format!(
        "From: Mallory {inside} <mallory@example.test>\nTo: {inside} <{SUPPORT}>\nCc: {inside} <cc@example.test>\n\
         Reply-To: {inside} <mallory@example.test>\nSubject: Poisoned {inside} cup\n\
         Message-ID: <{token}{inside}@example.test>\nX-Poison: {inside}\nX-Mailer: {inside}\nList-Id: {inside}\n\
         Date: Tue, 14 Oct 2025 10:00:00 +0200\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n\
         --c\nContent-Type: text/plain; charset=utf-8\n\n\
         The body says {poison} and see https://evil.test/{poison} ends here.\n> quoted {poison}\n\n-- \nsigned {poison}\n\
         --c\nContent-Type: text/html; charset=utf-8\n\n\
         <p title=\"{html}\">Page {html}{poison} <a href=\"https://evil.test/{html}{poison}\">https://bank.test/{html}</a>\n\
         <img alt=\"{html}\" src=\"{html}\"></p>\n\
         --c--\n\
         --b\nContent-Type: application/pdf; name=\"{poison}file.pdf\"\n\
         Content-Disposition: attachment; filename*=utf-8''{percents}other.pdf\n\n%PDF\n--b--\n"
    )
}

/// What surrounds the desk. The servers end with the value.
struct World {
    home: Home,
    imap: ModelImap,
    smtp: FakeSmtp,
    broken: FakeImap,
    _dns: FakeDns,
    _runtime: tokio::runtime::Runtime,
}

impl World {
    fn open(poison: &str) -> Self {
        let folder = format!("Old {poison}");
        let imap = ModelImap::start(Kind::Plain, &["INBOX", &folder]);
        imap.deliver("INBOX", &mail("one", poison, poison));
        imap.deliver("INBOX", &mail("two", &encoded(poison), poison));
        imap.deliver(&folder, &mail("three", "", poison));
        let smtp = FakeSmtp::start(Script::new());
        let txt = format!("v=spf1 include:{poison} ~all");
        let dns = FakeDns::start(&[
            ("acme.test", "TXT", &txt),
            ("_dmarc.acme.test", "TXT", &format!("v=DMARC1; p={poison}")),
        ]);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let broken = runtime.block_on(FakeImap::start(vec![
            say(format!(
                "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN X{poison}] ready {poison}\r\n"
            )),
            hear("AUTHENTICATE"),
            say(format!(
                "* OK [ALERT] {poison}\r\n{{tag}} NO [UNAVAILABLE] come again {poison}\r\n"
            )),
        ]));
        let home = Home::new();
        std::fs::write(
            home.config(),
            format!("dns-server = \"{}\"\n", dns.address()),
        )
        .unwrap();
        let world = Self {
            home,
            imap,
            smtp,
            broken,
            _dns: dns,
            _runtime: runtime,
        };
        world.connect(poison);
        world
    }

    fn connect(&self, poison: &str) {
        let (imap, smtp) = (self.imap.port, self.smtp.port());
        self.add(
            SUPPORT,
            imap,
            &[
                "--all-folders",
                "--smtp",
                &format!("127.0.0.1:{smtp}"),
                "--smtp-security",
                "none",
            ],
        );
        self.home.run(&["sync", "--once"]).done();
        for (number, act) in [
            ("1", Act::say(&format!("550 5.7.1 no {poison}"))),
            ("2", Act::say(&format!("451 4.7.1 later {poison}"))),
            ("3", Act::Cut),
            ("3", Act::say(&format!("250 2.0.0 queued as {poison}"))),
        ] {
            self.smtp.play(Script::new().at(Place::Dot, act));
            self.home
                .run(&["ticket", "reply", number, "--queue", "--body", "Try this."])
                .done();
            self.home.run(&["sync", "--once"]);
        }
        self.add("broken@acme.test", self.broken.port, &["--no-outgoing"]);
    }

    fn add(&self, address: &str, imap: u16, more: &[&str]) {
        let imap = format!("127.0.0.1:{imap}");
        let mut words = vec![
            "mailbox",
            "add",
            address,
            "--imap",
            &imap,
            "--imap-security",
            "none",
            "--since",
            "all",
            "--password-stdin",
            "--no-check",
            "--undo-window",
            "0",
        ];
        words.extend(more);
        self.home.run_with_input(&words, "correct horse").done();
    }
}

/// A walk through the screens of one desk.
struct Walk<'a> {
    world: &'a World,
    desk: Desk,
    poison: &'static str,
    is_wide: bool,
    seen: usize,
    /// The command bar of the list, wide and narrow.
    home_bars: Vec<String>,
}

impl<'a> Walk<'a> {
    fn begin(world: &'a World, poison: &'static str) -> Self {
        let desk = Self::desk(world);
        Self {
            world,
            desk,
            poison,
            is_wide: true,
            seen: 0,
            home_bars: Vec::new(),
        }
    }

    fn desk(world: &World) -> Desk {
        let desk = Desk::run(
            &world.home,
            &[],
            &[(
                "TICKETTY_CONFIG",
                &world.home.config().display().to_string(),
            )],
        );
        desk.wait("the list", |text| text.contains("Poisoned"));
        desk
    }

    /// Everything is drawn, in one size and in the other, and nothing of it is a stranger's.
    #[track_caller]
    fn look(&mut self, place: &str) {
        self.is_wide = !self.is_wide;
        let (columns, rows) = if self.is_wide { (140, 40) } else { (80, 24) };
        self.desk.becomes(columns, rows, place);
        self.seen += 1;
        is_clean(&self.desk, &format!("{place}, with {},", self.poison));
    }

    /// Looks, leaves whatever is open, and goes on with a new desk where that was not enough.
    #[track_caller]
    fn go_back(&mut self, place: &str) {
        self.look(place);
        for _ in 0..4 {
            if self.home_bars.contains(&self.bar()) {
                break;
            }
            self.desk.press("\u{1b}");
            self.look(place);
        }
        if !self.home_bars.contains(&self.bar()) {
            let desk = Self::desk(self.world);
            std::mem::replace(&mut self.desk, desk).kill_9();
            self.is_wide = true;
        }
    }

    /// The command bar, which tells one place from another.
    fn bar(&self) -> String {
        let text = self.desk.text();
        text.lines().last().unwrap_or_default().to_owned()
    }

    /// Runs every command of a place by its name.
    fn commands_of(&mut self, scope: Scope, enter: &str) {
        for command in TABLES.iter().copied().flatten() {
            if !command.scopes.contains(&scope) || NOT_WALKED.contains(&command.name) {
                continue;
            }
            self.desk.press(enter);
            self.desk.press(":");
            self.look("the palette");
            self.desk.press(command.name);
            self.look(command.name);
            self.desk.press("\r");
            self.go_back(command.name);
        }
    }

    /// Every row of the settings: its page, what Enter opens, the checks and their protocol, who said what.
    fn settings(&mut self) {
        for row in 0..ROWS_OF_SETTINGS {
            for keys in ["", "\r", "c", "cl", "\rv", "/", "T"] {
                self.desk.press(",");
                self.look("the settings");
                self.desk.press(&"j".repeat(row));
                self.look("a row of the settings");
                for key in keys.chars() {
                    self.desk.press(&key.to_string());
                    self.look("a page of the settings");
                }
                self.go_back(&format!("row {row} of the settings and {keys:?}"));
            }
        }
    }
}

/// Three mailboxes' rows, what can be added, domains, signatures, views, the audit.
const ROWS_OF_SETTINGS: usize = 10;

fn walk((name, poison): (&'static str, &str)) {
    let world = World::open(poison);
    let mut walk = Walk::begin(&world, name);
    for _ in 0..2 {
        walk.look("the list");
        let bar = walk.bar();
        walk.home_bars.push(bar);
    }
    walk.commands_of(Scope::List, "");
    walk.commands_of(Scope::Desk, "");
    walk.commands_of(Scope::Thread, "\r");
    walk.settings();
    assert!(walk.seen > 400, "only {} looks", walk.seen);
}

#[test]
fn no_screen_obeys_a_title_or_a_clipboard() {
    walk(POISONS[0]);
}

#[test]
fn no_screen_obeys_colours_and_modes() {
    walk(POISONS[1]);
}

#[test]
fn no_screen_obeys_resets_and_questions() {
    walk(POISONS[2]);
}

#[test]
fn no_screen_obeys_c1() {
    walk(POISONS[3]);
}

#[test]
fn no_screen_obeys_a_link() {
    walk(POISONS[4]);
}

#[test]
fn no_screen_ends_a_paste() {
    walk(POISONS[5]);
}

#[test]
fn no_screen_turns_around() {
    walk(POISONS[6]);
}

#[test]
fn no_screen_hides_anything() {
    walk(POISONS[7]);
}

#[test]
fn no_screen_obeys_a_lone_control() {
    walk(POISONS[8]);
}
