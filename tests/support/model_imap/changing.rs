//! What changes a folder of the server: our program's commands, and other programs at the same time.

use std::collections::BTreeSet;

use super::Kind;
use super::folder::Folder;

/// A mail as it lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lying {
    pub uid: u32,
    pub raw: Vec<u8>,
    pub flags: BTreeSet<String>,
}

impl Folder {
    /// Everything that is here.
    pub fn lying(&self) -> Vec<Lying> {
        let copied = self.mails.iter().map(|mail| Lying {
            uid: mail.uid,
            raw: mail.raw.clone(),
            flags: mail.flags.clone(),
        });
        copied.collect()
    }

    /// Another client sets or takes away a flag.
    pub fn flag(&mut self, place: usize, flag: &str, is_set: bool) {
        self.modseq += 1;
        let modseq = self.modseq;
        if let Some(mail) = self.mails.get_mut(place) {
            mail.modseq = modseq;
            if is_set {
                mail.flags.insert(flag.to_owned());
            } else {
                mail.flags.remove(flag);
            }
        }
    }

    /// `set [(UNCHANGEDSINCE n) ]+FLAGS.SILENT (…)`: the untagged answers, and what the completion says.
    pub(super) fn store(&mut self, rest: &str, kind: Kind) -> Result<(String, String), String> {
        let (set, items) = rest.split_once(' ').ok_or("no items")?;
        let (before, flags) = items
            .split_once("+FLAGS.SILENT (")
            .ok_or_else(|| format!("marks were not only added: {rest}"))?;
        let flags: Vec<&str> = flags.trim_end_matches(')').split(' ').collect();
        let unchanged_since = before
            .strip_prefix("(UNCHANGEDSINCE ")
            .and_then(|rest| rest.split(')').next()?.parse::<u64>().ok());
        if kind == Kind::Plain && unchanged_since.is_some() {
            return Err("CONDSTORE is not there".to_owned());
        }
        let uids: Vec<(usize, u32)> = self
            .within(set)
            .map(|(place, mail)| (place, mail.uid))
            .collect();
        self.modseq += 1;
        let (mut told, mut modified) = (String::new(), Vec::new());
        for (place, uid) in uids {
            let modseq = self.modseq;
            let mail = &mut self.mails[place];
            if unchanged_since.is_some_and(|since| mail.modseq > since) {
                modified.push(uid.to_string());
                continue;
            }
            mail.modseq = modseq;
            mail.flags.extend(flags.iter().map(ToString::to_string));
            if kind != Kind::Plain {
                told.push_str(&format!(
                    "* {} FETCH (UID {uid} MODSEQ ({modseq}))\r\n",
                    place + 1
                ));
            }
        }
        let code = match modified.is_empty() {
            true => String::new(),
            false => format!("[MODIFIED {}] ", modified.join(",")),
        };
        Ok((told, code))
    }

    /// Takes these mails out; with `only_deleted` those of them that are marked as deleted.
    pub(super) fn take_out(
        &mut self,
        set: &str,
        only_deleted: bool,
        kind: Kind,
    ) -> (String, Vec<Lying>) {
        let uids: BTreeSet<u32> = self.within(set).map(|(_, mail)| mail.uid).collect();
        let (mut told, mut out) = (String::new(), Vec::new());
        let mut place = 0;
        while let Some(mail) = self.mails.get(place) {
            let is_meant =
                uids.contains(&mail.uid) && (!only_deleted || mail.flags.contains("\\Deleted"));
            if !is_meant {
                place += 1;
                continue;
            }
            out.push(self.lying().swap_remove(place));
            let uid = mail.uid;
            self.remove(place);
            told.push_str(&match kind {
                Kind::Qresync | Kind::Able => format!("* VANISHED {uid}\r\n"),
                Kind::Plain | Kind::Condstore => format!("* {} EXPUNGE\r\n", place + 1),
            });
        }
        (told, out)
    }

    /// What was taken out elsewhere, with its flags.
    pub(super) fn take_in(&mut self, mail: Lying) {
        self.add(mail.raw);
        if let Some(added) = self.mails.last_mut() {
            added.flags = mail.flags;
        }
    }
}
