//! Which folders are read, of those that the server has now: a subfolder that is made later is read when it appears.

use crate::domain::folder::FolderRole;
use crate::domain::mailbox::{ChosenFolder, FolderChoice};
use crate::mail::imap::FolderInfo;

/// The folders that the settings choose: the inbox first, the Sent folder last, because its mails answer the others.
pub fn of(folders: &[FolderInfo], choice: &FolderChoice) -> Vec<FolderInfo> {
    let mut wanted: Vec<FolderInfo> = folders
        .iter()
        .filter(|info| info.selectable && is_wanted(info, choice))
        .cloned()
        .collect();
    wanted.sort_by_key(|info| match info.role {
        FolderRole::Inbox => 0,
        FolderRole::Sent => 2,
        _ => 1,
    });
    wanted
}

/// The names of the chosen folders that cannot be opened, because they are not there or only hold other folders.
pub fn missing(folders: &[FolderInfo], choice: &FolderChoice) -> Vec<String> {
    let FolderChoice::Chosen(chosen) = choice else {
        return Vec::new();
    };
    let is_there = |one: &ChosenFolder| {
        folders
            .iter()
            .any(|info| info.selectable && one.means(&info.name, info.delimiter))
    };
    chosen
        .iter()
        .filter(|one| !is_there(one))
        .map(|one| one.name.clone())
        .collect()
}

fn is_wanted(info: &FolderInfo, choice: &FolderChoice) -> bool {
    match (choice, info.role) {
        (_, FolderRole::Sent) => true,
        (FolderChoice::Usual, role) => role == FolderRole::Inbox,
        (FolderChoice::Chosen(chosen), _) => chosen
            .iter()
            .any(|one| one.means(&info.name, info.delimiter)),
        (FolderChoice::All, FolderRole::Junk | FolderRole::Drafts | FolderRole::Trash) => false,
        (FolderChoice::All, _) => true,
    }
}
