//! Who sits at the keyboard, as the machine knows them.

use std::fs;

/// The login name and the full name of the user this process runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub login: String,
    pub name: String,
}

impl Person {
    /// The machine's own record of the user; `USER` and `LOGNAME` where it has none, because they are only what
    /// somebody set.
    pub fn at_the_keyboard() -> Self {
        let uid = rustix::process::geteuid().as_raw();
        let record = fs::read_to_string("/etc/passwd")
            .ok()
            .and_then(|text| from_passwd(&text, uid));
        record.unwrap_or_else(|| {
            let login = ["USER", "LOGNAME"]
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
            let login = login.unwrap_or_else(|| "operator".into());
            Self {
                name: login.clone(),
                login,
            }
        })
    }
}

/// The line of a user in `passwd(5)`; the full name is the first part of the comment, where `&` stands for the login.
fn from_passwd(text: &str, uid: u32) -> Option<Person> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let login = fields.next()?;
        let number: u32 = fields.nth(1)?.parse().ok()?;
        if number != uid || login.is_empty() {
            return None;
        }
        let comment = fields.nth(1).unwrap_or_default();
        let name = comment
            .split(',')
            .next()
            .unwrap_or_default()
            .trim()
            .replace('&', login);
        Some(Person {
            login: login.to_owned(),
            name: if name.is_empty() {
                login.to_owned()
            } else {
                name
            },
        })
    })
}

/// The name of this machine, for leases and logs.
pub fn host() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_machines_own_record() {
        let text = "root:x:0:0:root:/root:/bin/sh\nanna:x:1000:1000:Anna Koval,,,:/home/anna:/bin/sh\nbo:x:1001:1001:& Lee:/:\nnn:x:1002:1002::/:\n";
        let name = |uid| from_passwd(text, uid).map(|person| (person.login, person.name));
        assert_eq!(name(1000), Some(("anna".into(), "Anna Koval".into())));
        assert_eq!(name(1001), Some(("bo".into(), "bo Lee".into())));
        assert_eq!(name(1002), Some(("nn".into(), "nn".into())));
        assert_eq!(name(7), None);
    }
}
