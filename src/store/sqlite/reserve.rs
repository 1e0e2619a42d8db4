//! Room that is kept for the day on which the disk is full.
//!
//! A full disk takes away the room to say that an answer was sent, to save what somebody types, and even to delete.
//! So a file without content lies beside the store. When a write that cannot wait finds the disk full, the file is
//! deleted and the write is done again; mail, which waits on its server, is not taken in until there is room for the
//! file once more.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate};

use super::place::{self, Space};

const MIB: u64 = 1024 * 1024;
/// Thousands of outcomes and drafts, and the log that grows with them.
const LARGEST: u64 = 64 * MIB;
/// Less would not hold one transaction.
const SMALLEST: u64 = MIB / 4;
/// The share of a small disk that may lie idle.
const SHARE: u64 = 16;

fn file_path(path: &Path) -> PathBuf {
    place::with_suffix(path, "-reserve")
}

/// How large the reserve on a disk of this size is; none where that is too small to help.
fn size_on(disk_bytes: u64) -> Option<u64> {
    let size = (disk_bytes / SHARE).min(LARGEST);
    (size >= SMALLEST).then_some(size)
}

/// How much must be free before the reserve is made: a disk that has just been filled is not filled again by us.
fn room_for(size: u64) -> u64 {
    4 * size
}

/// How much an operator should free on the disk of `path`.
pub(super) fn room_wanted(path: &Path) -> u64 {
    let size = place::space(path).and_then(|space| size_on(space.total));
    size.map_or(4 * MIB, room_for)
}

fn is_there(path: &Path, size: u64) -> bool {
    fs::metadata(file_path(path)).is_ok_and(|file| file.blocks() * 512 >= size)
}

/// Makes the reserve where it is missing and there is ample room. Whether it is there.
///
/// # Errors
/// When the disk refuses it all the same; then none is left half made.
pub(super) fn keep(path: &Path) -> std::io::Result<bool> {
    let Some(Space { total, free }) = place::space(path) else {
        return Ok(false);
    };
    match size_on(total) {
        Some(size) if is_there(path, size) => Ok(true),
        Some(size) if free >= room_for(size) => make(&file_path(path), size).map(|()| true),
        _ => Ok(false),
    }
}

fn make(file: &Path, size: u64) -> std::io::Result<()> {
    let made = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file)
        .and_then(|open| allocate(open, size));
    if made.is_err() {
        // What is half there would take room and give none back when it is needed.
        let _gone = fs::remove_file(file);
    }
    made
}

/// Blocks that are really taken, not a hole in a file.
fn allocate(mut file: File, size: u64) -> std::io::Result<()> {
    if fallocate(&file, FallocateFlags::empty(), 0, size).is_err() {
        let zeros = vec![0; 64 * 1024];
        let mut left = size;
        while left > 0 {
            let part = left.min(zeros.len() as u64);
            file.write_all(&zeros[..usize::try_from(part).unwrap_or(zeros.len())])?;
            left -= part;
        }
    }
    file.sync_all()
}

/// Gives the reserve up. Whether there was one.
pub(super) fn give_up(path: &Path) -> bool {
    fs::remove_file(file_path(path)).is_ok()
}

/// Whether there is room for what can wait: the reserve is there, or as much as it would hold is free.
pub(super) fn has_room(path: &Path) -> bool {
    let Some(Space { total, free }) = place::space(path) else {
        return true;
    };
    size_on(total).is_none_or(|size| is_there(path, size) || free >= size)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_is_a_small_part_of_a_disk() {
        for (disk, size) in [
            (MIB, None),
            (4 * MIB, Some(MIB / 4)),
            (160 * MIB, Some(10 * MIB)),
            (1024 * MIB, Some(64 * MIB)),
            (4_000_000 * MIB, Some(64 * MIB)),
        ] {
            assert_eq!(size_on(disk), size, "{disk}");
        }
    }

    #[test]
    fn the_reserve_takes_its_room_is_private_and_is_given_up_at_once() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ticketty.db");
        let file = file_path(&path);
        make(&file, MIB).unwrap();
        let made = fs::metadata(&file).unwrap();
        assert_eq!((made.len(), made.mode() & 0o777), (MIB, 0o600));
        assert!(is_there(&path, MIB) && !is_there(&path, 2 * MIB));
        assert!(give_up(&path) && !file.exists());
        assert!(!give_up(&path));
        // Where no file can be, none is left half made.
        assert!(make(&home.path().join("none").join("file"), MIB).is_err());
    }
}
