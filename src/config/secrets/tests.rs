use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use super::{SecretKeeper, Secrets, command};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::SecretSource;
use crate::domain::trouble::Whose;

const CANARY: &str = "canary-7f3a";
const MAILBOX: MailboxId = MailboxId(3);

struct Home {
    keeper: Secrets,
    file: PathBuf,
    _directory: tempfile::TempDir,
}

fn home() -> Home {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("data/secrets.toml");
    Home {
        keeper: Secrets::new(file.clone()),
        file,
        _directory: directory,
    }
}

#[test]
fn a_kept_password_comes_back_until_it_is_forgotten() {
    let home = home();
    let canary = SecretString::from(CANARY);
    home.keeper
        .put(MAILBOX.into(), &SecretSource::File, &canary)
        .unwrap();
    home.keeper
        .put(
            MailboxId(4).into(),
            &SecretSource::File,
            &SecretString::from("other \"quoted\" \\ words"),
        )
        .unwrap();
    let again = Secrets::new(home.file.clone());
    assert_eq!(
        again
            .get(MAILBOX.into(), &SecretSource::File)
            .unwrap()
            .expose_secret(),
        CANARY
    );
    assert_eq!(
        again
            .get(MailboxId(4).into(), &SecretSource::File)
            .unwrap()
            .expose_secret(),
        "other \"quoted\" \\ words"
    );
    home.keeper.forget(MAILBOX).unwrap();
    let trouble = again.get(MAILBOX.into(), &SecretSource::File).unwrap_err();
    assert_eq!(trouble.whose, Whose::Operator);
    assert!(again.get(MailboxId(4).into(), &SecretSource::File).is_ok());
}

#[test]
fn the_file_is_for_its_owner_only_and_refused_otherwise() {
    let home = home();
    home.keeper
        .put(
            MAILBOX.into(),
            &SecretSource::File,
            &SecretString::from(CANARY),
        )
        .unwrap();
    let mode = fs::metadata(&home.file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::set_permissions(&home.file, fs::Permissions::from_mode(0o640)).unwrap();
    let trouble = home
        .keeper
        .get(MAILBOX.into(), &SecretSource::File)
        .unwrap_err();
    assert!(
        trouble
            .hint
            .as_deref()
            .unwrap()
            .starts_with("run: chmod 600 "),
        "{trouble:?}"
    );
}

#[test]
fn a_secrets_file_that_is_a_link_is_not_followed() {
    let home = home();
    fs::create_dir_all(home.file.parent().unwrap()).unwrap();
    let target = home.file.with_file_name("elsewhere");
    fs::write(&target, "3 = \"x\"\n").unwrap();
    std::os::unix::fs::symlink(&target, &home.file).unwrap();
    assert!(
        home.keeper
            .get(MAILBOX.into(), &SecretSource::File)
            .is_err()
    );
}

#[test]
fn a_broken_file_is_named_by_line_and_its_words_are_not_repeated() {
    let home = home();
    fs::create_dir_all(home.file.parent().unwrap()).unwrap();
    fs::write(&home.file, format!("3 = \"ok\"\n4 = {CANARY}\n")).unwrap();
    fs::set_permissions(&home.file, fs::Permissions::from_mode(0o600)).unwrap();
    let trouble = home
        .keeper
        .get(MAILBOX.into(), &SecretSource::File)
        .unwrap_err();
    let said = format!("{trouble} {trouble:?}");
    assert!(said.contains("line 2"), "{said}");
    assert!(!said.contains(CANARY), "{said}");
}

#[test]
fn a_typed_password_lives_in_memory_only() {
    let home = home();
    home.keeper
        .put(
            MAILBOX.into(),
            &SecretSource::Ask,
            &SecretString::from(CANARY),
        )
        .unwrap();
    assert_eq!(
        home.keeper
            .get(MAILBOX.into(), &SecretSource::Ask)
            .unwrap()
            .expose_secret(),
        CANARY
    );
    assert!(!home.file.exists());
    assert!(!format!("{:?}", home.keeper).contains(CANARY));
}

#[test]
fn a_command_gives_its_first_line() {
    let cases = [
        (format!("printf '{CANARY}\\nuser: x\\n'"), Ok(CANARY)),
        (format!("printf '{CANARY}\\r\\n'"), Ok(CANARY)),
        ("printf ''".to_owned(), Err("printed no password")),
        ("printf '\\nsecond'".to_owned(), Err("printed no password")),
        ("sh -c 'echo no key >&2; exit 3'".to_owned(), Err("no key")),
        (
            format!("sh -c 'echo {CANARY}; echo bad {CANARY} >&2; exit 1'"),
            Err("bad …"),
        ),
        ("printf '\\377\\376'".to_owned(), Err("not text")),
        ("/nowhere/at-all".to_owned(), Err("cannot be started")),
        ("pass 'show".to_owned(), Err("cannot be read")),
        (String::new(), Err("is empty")),
    ];
    for (command_line, expected) in cases {
        let got = command::run(&command_line, Duration::from_secs(10));
        match (got, expected) {
            (Ok(secret), Ok(expected)) => assert_eq!(secret.expose_secret(), expected),
            (Err(trouble), Err(words)) => {
                let said = trouble.to_string();
                assert!(said.contains(words), "{command_line}: {said}");
                assert!(!said.contains(CANARY), "{said}");
            }
            (got, _) => panic!("{command_line}: {got:?}"),
        }
    }
}

#[test]
fn a_hanging_command_ends_with_everything_it_started() {
    let started = Instant::now();
    let trouble =
        command::run("sh -c 'sleep 600 & sleep 600'", Duration::from_millis(200)).unwrap_err();
    assert!(trouble.to_string().contains("did not answer"), "{trouble}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_chatty_command_does_not_block() {
    let secret = command::run(
        "sh -c 'echo first; head -c 3000000 /dev/zero'",
        Duration::from_secs(10),
    )
    .unwrap();
    assert_eq!(secret.expose_secret(), "first");
}

#[test]
fn a_source_that_keeps_nothing_says_so() {
    let home = home();
    let secret = SecretString::from(CANARY);
    for source in [
        SecretSource::Command("pass show x".into()),
        SecretSource::None,
    ] {
        assert!(home.keeper.put(MAILBOX.into(), &source, &secret).is_err());
    }
    assert!(
        home.keeper
            .put(MAILBOX.into(), &SecretSource::File, &SecretString::from(""))
            .is_err()
    );
}
