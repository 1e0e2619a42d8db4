//! A disk that is full or does not write: it is told, what is there can be read, and afterwards everything comes.

use std::fs;
use std::process::Command;

use super::places::connect_maildir;
use super::tokens::every_token_once;
use crate::journeys::office::letter;
use crate::support::model_imap::Seeded;
use crate::support::program::{Home, ran};

const MAILS: usize = 40;

/// A home with a Maildir of mails that no compression makes small.
fn with_large_mails() -> Home {
    let home = Home::new();
    let folder = home.path().join("mail");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    let mut dice = Seeded::new(7);
    for n in 0..MAILS {
        let mut mail = letter(&format!("token-{n}"), &format!("Matter {n}"));
        for _ in 0..900 {
            let word = |dice: &mut Seeded| format!("{:016x}", dice.below(u64::MAX));
            mail.push_str(&format!("{}{}\n", word(&mut dice), word(&mut dice)));
        }
        fs::write(folder.join("new").join(format!("{n}.office")), mail).unwrap();
    }
    connect_maildir(&home, &["--no-outgoing"]);
    home
}

/// The program by a shell that sets the scene before it.
fn by_shell(home: &Home, shell: &[&str], script: &str) -> Command {
    let mut command = home.here(&[]);
    let environment: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    command = Command::new(shell[0]);
    command
        .args(&shell[1..])
        .args(["sh", "-c", script])
        .env_clear()
        .envs(environment)
        .env("TICKETTY", env!("CARGO_BIN_EXE_ticketty"))
        .env("DATA", home.data())
        .env("KEPT", home.path().join("kept"))
        .current_dir(home.path());
    command
}

/// A namespace in which a shell may mount a disk of its own.
const NAMESPACE: [&str; 3] = ["unshare", "--map-root-user", "--mount"];

fn can_mount(home: &Home) -> bool {
    let allowed = by_shell(home, &NAMESPACE, "true").output();
    let allowed = allowed.is_ok_and(|allowed| allowed.status.success());
    if !allowed {
        eprintln!("this machine lets nobody mount a disk of their own; nothing is proved here");
    }
    allowed
}

#[test]
fn a_full_disk_is_told_and_everything_comes_when_there_is_room() {
    let home = with_large_mails();
    let script = r#"
        set -e
        cp -a "$DATA" "$KEPT"
        mount -t tmpfs -o size=1536k,mode=700 none "$DATA"
        cp -a "$KEPT"/. "$DATA"
        if "$TICKETTY" sync --once > full.out 2> full.err; then echo "it was not told"; exit 9; fi
        "$TICKETTY" ticket list > /dev/null
        "$TICKETTY" mailbox status support > status.out
        mount -o remount,size=64m "$DATA"
        "$TICKETTY" sync --once
        cp -a "$DATA"/. "$KEPT"
    "#;
    if !can_mount(&home) {
        return;
    }
    let told = ran(by_shell(&home, &NAMESPACE, script).output().unwrap());
    let full = fs::read_to_string(home.path().join("full.err")).unwrap_or_default();
    assert_eq!(told.code, 0, "{}{}\n{full}", told.stdout, told.stderr);
    assert!(
        full.contains("is full") && full.contains("KiB are free"),
        "{full}"
    );
    fs::remove_dir_all(home.data()).unwrap();
    fs::rename(home.path().join("kept"), home.data()).unwrap();
    every_token_once(&home, MAILS);
}

#[test]
fn the_reserve_keeps_what_cannot_wait_and_comes_back_with_the_room() {
    let home = with_large_mails();
    home.run(&["sync", "--once"]).done();
    let script = r#"
        set -e
        cp -a "$DATA" "$KEPT"
        mount -t tmpfs -o size=24m,mode=700 none "$DATA"
        cp -a "$KEPT"/. "$DATA"
        # A program that stays makes the reserve by itself, and again when there is room.
        reserve_is_made() {
            "$TICKETTY" sync & STAYS=$!
            until [ -e "$DATA/ticketty.db-reserve" ]; do kill -0 $STAYS; sleep 0.05; done
            kill -TERM $STAYS
            wait $STAYS
        }
        reserve_is_made
        stat -c 'mode %a of %s bytes in %b blocks' "$DATA/ticketty.db-reserve" > made.out
        for size in 65536 1024; do
            dd if=/dev/zero of="$DATA/filler-$size" bs=$size 2> /dev/null || :
        done
        "$TICKETTY" ticket note 1 --body 'said on a full disk'
        if [ -e "$DATA/ticketty.db-reserve" ]; then echo "it was not given up"; exit 9; fi
        mv later/* mail/new/
        if "$TICKETTY" sync --once 2> full.err; then echo "mail took the reserve"; exit 9; fi
        "$TICKETTY" ticket note 1 --body 'said once more'
        "$TICKETTY" --json ticket show 1 > shown.out
        rm "$DATA"/filler-*
        reserve_is_made
        "$TICKETTY" sync --once
        rm "$DATA/ticketty.db-reserve"
        cp -a "$DATA"/. "$KEPT"
    "#;
    if !can_mount(&home) {
        return;
    }
    let later = home.path().join("later");
    fs::create_dir(&later).unwrap();
    let mail = letter(&format!("token-{MAILS}"), "On a full disk");
    fs::write(later.join("later.office"), mail).unwrap();
    let told = ran(by_shell(&home, &NAMESPACE, script).output().unwrap());
    let read = |name: &str| fs::read_to_string(home.path().join(name)).unwrap_or_default();
    assert_eq!(told.code, 0, "{}{}{}", told.stdout, told.stderr, home.log());
    assert_eq!(
        read("made.out"),
        "mode 600 of 1572864 bytes in 3072 blocks\n"
    );
    assert!(read("full.err").contains("is full"), "{}", read("full.err"));
    assert!(
        read("full.err").contains("KiB are wanted"),
        "{}",
        read("full.err")
    );
    let shown = read("shown.out");
    assert!(shown.contains("said on a full disk") && shown.contains("said once more"));
    fs::remove_dir_all(home.data()).unwrap();
    fs::rename(home.path().join("kept"), home.data()).unwrap();
    every_token_once(&home, MAILS + 1);
}

#[test]
fn a_disk_that_does_not_write_is_told_and_loses_nothing() {
    let home = with_large_mails();
    // The system refuses every write behind so many blocks, and ends nobody for it.
    let script = r#"trap '' XFSZ; ulimit -f 300; exec "$TICKETTY" sync --once"#;
    let told = ran(by_shell(&home, &["env"], script).output().unwrap());
    told.failed(1, &["does not read or write"]);
    home.run(&["ticket", "list"]).done();
    home.run(&["sync", "--once"]).done();
    every_token_once(&home, MAILS);
}
