#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use super::*;

/// A Maildir with the given files, as paths below its root.
fn maildir(files: &[&str]) -> (tempfile::TempDir, Maildir) {
    let home = tempfile::tempdir().unwrap();
    for part in ["cur", "new", "tmp"] {
        fs::create_dir(home.path().join(part)).unwrap();
    }
    for file in files {
        let path = home.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("Subject: {file}\n\n")).unwrap();
    }
    let maildir = Maildir::open(home.path()).unwrap();
    (home, maildir)
}

fn inbox(maildir: &Maildir) -> MaildirFolder {
    maildir.folders().unwrap().remove(0)
}

/// Makes the times of a folder old, as if nothing had happened for an hour.
fn age(home: &Path) {
    for part in ["cur", "new"] {
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        File::open(home.join(part))
            .unwrap()
            .set_modified(hour_ago)
            .unwrap();
    }
}

#[test]
fn mails_are_listed_by_their_stable_names() {
    let (_home, maildir) = maildir(&[
        "new/1.a.host",
        "cur/2.b.host,S=9:2,RS",
        "cur/3.c.host:2,",
        "cur/4.d.host:1,S",
        "cur/.hidden",
        "tmp/5.e.host",
        "cur/directory/file",
    ]);
    let listed: Vec<(String, bool)> = maildir
        .list(&inbox(&maildir))
        .unwrap()
        .into_iter()
        .map(|entry| (entry.unique, entry.seen))
        .collect();
    let expected = [
        ("1.a.host", false),
        ("2.b.host,S=9", true),
        ("3.c.host", false),
        ("4.d.host", false),
    ];
    assert_eq!(listed, expected.map(|(name, seen)| (name.to_owned(), seen)));
}

#[test]
fn a_mail_that_moves_after_the_listing_is_still_read() {
    let (home, maildir) = maildir(&["new/1.a.host"]);
    let entry = maildir.list(&inbox(&maildir)).unwrap().remove(0);
    fs::rename(&entry.path, home.path().join("cur/1.a.host:2,S")).unwrap();
    assert_eq!(maildir.read(&entry).unwrap(), b"Subject: new/1.a.host\n\n");
    assert_eq!(maildir.read_start(&entry, 7).unwrap(), b"Subject");
    assert_eq!(entry.size, 23);
    fs::remove_file(home.path().join("cur/1.a.host:2,S")).unwrap();
    assert!(maildir.read(&entry).is_err());
}

#[test]
fn links_are_not_followed() {
    let (home, maildir) = maildir(&[]);
    std::os::unix::fs::symlink("/etc/hostname", home.path().join("cur/1.link:2,")).unwrap();
    assert!(maildir.list(&inbox(&maildir)).unwrap().is_empty());
}

#[test]
fn subfolders_have_readable_names() {
    let (_home, maildir) = maildir(&[
        ".Sent/cur/1:2,S",
        ".Clients.Acme &- Co/cur/1:2,",
        ".&BB8EQAQ4BDIENQRC-/cur/1:2,",
        ".broken&/cur/1:2,",
        ".no-maildir/other/1",
    ]);
    let names: Vec<String> = maildir
        .folders()
        .unwrap()
        .into_iter()
        .map(|folder| folder.name)
        .collect();
    assert_eq!(
        names,
        ["INBOX", "Clients/Acme & Co", "Sent", "broken&", "Привет"]
    );
}

#[test]
fn a_change_is_seen_and_quiet_is_seen_too() {
    let (home, maildir) = maildir(&["new/1.a.host"]);
    let folder = inbox(&maildir);
    age(home.path());
    let stamp = maildir.stamp(&folder).unwrap();
    assert!(!maildir.changed(&folder, &stamp).unwrap());
    fs::rename(
        home.path().join("new/1.a.host"),
        home.path().join("cur/1.a.host:2,S"),
    )
    .unwrap();
    assert!(maildir.changed(&folder, &stamp).unwrap());
}

#[test]
fn a_change_within_the_same_tick_of_the_clock_is_seen() {
    let (home, maildir) = maildir(&[]);
    let folder = inbox(&maildir);
    let stamp = maildir.stamp(&folder).unwrap();
    let times = folder.times().unwrap();
    fs::write(home.path().join("new/1.a.host"), "x").unwrap();
    File::open(home.path().join("new"))
        .unwrap()
        .set_modified(times[0])
        .unwrap();
    assert!(maildir.changed(&folder, &stamp).unwrap());
}

#[test]
fn what_is_no_maildir_is_refused_with_a_reason() {
    let home = tempfile::tempdir().unwrap();
    let trouble = Maildir::open(home.path()).unwrap_err();
    assert!(trouble.what.contains("is not a Maildir"), "{trouble}");
}
