//! Where the store lies: modes of its files, the file system below, the space left.
//!
//! Mail is private, so the directory is 0700 and every file 0600 from the first moment: SQLite would make them
//! readable for others. Write-ahead logs need shared memory and locks that network file systems do not keep.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::domain::trouble::Trouble;
use crate::store::StoreResult;

/// Types of file systems that keep their files on another machine (linux/magic.h and the systems' own headers).
const NETWORK_FILE_SYSTEMS: [(u32, &str); 8] = [
    (0x6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x517b, "SMB"),
    (0x0102_1997, "9p"),
    (0x5346_414f, "AFS"),
    (0x0bd0_0bd0, "Lustre"),
    (0x00c3_6400, "Ceph"),
];
const FUSE: u32 = 0x6573_5546;

/// The files that SQLite keeps beside the store itself.
pub(super) fn companions(path: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|suffix| with_suffix(path, suffix))
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes directory and file with the right modes, or refuses what is there with wrong ones.
/// Returns whether the file is new.
pub(super) fn prepare(path: &Path) -> StoreResult<bool> {
    let directory = directory_of(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| {
            Trouble::operator(format!(
                "the directory {} cannot be made",
                directory.display()
            ))
            .because(error)
        })?;
    refuse_network(directory)?;
    refuse_mode(directory, DIRECTORY_REFUSED, "go-w")?;
    let fresh = create_private(path)?;
    refuse_mode(path, FILE_REFUSED, "600")?;
    for companion in companions(path) {
        if companion.exists() {
            refuse_mode(&companion, FILE_REFUSED, "600")?;
        }
    }
    Ok(fresh)
}

/// Bits that no file of the store may have.
const FILE_REFUSED: u32 = 0o077;
/// Bits that its directory may not have: who can write there can replace the files. A directory that was there
/// before and that others may list shows them names only, so it is taken as it is.
const DIRECTORY_REFUSED: u32 = 0o022;

pub(super) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Creates an empty file that only we may read. `false` where something is there already.
pub(super) fn create_private(path: &Path) -> StoreResult<bool> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(
            Trouble::operator(format!("the file {} cannot be made", path.display())).because(error),
        ),
    }
}

fn refuse_mode(path: &Path, refused: u32, right: &str) -> StoreResult<()> {
    let shown = path.display();
    let meta = fs::metadata(path).map_err(|error| {
        Trouble::operator(format!("{shown} cannot be looked at")).because(error)
    })?;
    let mode = meta.mode() & 0o777;
    if mode & refused == 0 {
        return Ok(());
    }
    Err(Trouble::operator(format!(
        "{shown} is open to other users (mode {mode:o}), and customers' mail is inside"
    ))
    .hint(format!("close it: chmod {right} '{shown}'")))
}

/// The mode of a part of the store.
pub(super) struct Mode {
    pub(super) path: PathBuf,
    pub(super) mode: u32,
    pub(super) ok: bool,
}

/// The modes of everything that belongs to the store.
pub(super) fn modes(path: &Path) -> Vec<Mode> {
    let [wal, shm] = companions(path);
    let directory = (directory_of(path).to_owned(), DIRECTORY_REFUSED);
    let files = [path.to_owned(), wal, shm].map(|file| (file, FILE_REFUSED));
    std::iter::once(directory)
        .chain(files)
        .filter_map(|(path, refused)| {
            let mode = fs::metadata(&path).ok()?.mode() & 0o777;
            let ok = mode & refused == 0;
            Some(Mode { path, mode, ok })
        })
        .collect()
}

/// The name of the network file system that holds `directory`, if it is one.
pub(super) fn network_file_system(directory: &Path) -> Option<&'static str> {
    let found = rustix::fs::statfs(directory).ok()?;
    // The kernel's word is 32 bits wide; some platforms hand it over sign-extended.
    let kind = u32::try_from(i128::from(found.f_type) & 0xffff_ffff).ok()?;
    if kind == FUSE {
        return fuse_kind(directory);
    }
    NETWORK_FILE_SYSTEMS
        .iter()
        .find(|(magic, _)| *magic == kind)
        .map(|(_, name)| *name)
}

/// FUSE carries local file systems too (NTFS, encrypted homes); only those of other machines are refused.
fn fuse_kind(directory: &Path) -> Option<&'static str> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let full = fs::canonicalize(directory).ok()?;
    let kind = mount_kind(&mounts, &full)?;
    remote_kind(&kind)
}

/// The name of a FUSE file system that is another machine's.
fn remote_kind(kind: &str) -> Option<&'static str> {
    const REMOTE: [(&str, &str); 7] = [
        ("sshfs", "sshfs"),
        ("glusterfs", "GlusterFS"),
        ("s3fs", "s3fs"),
        ("rclone", "rclone"),
        ("davfs", "WebDAV"),
        ("gcsfuse", "gcsfuse"),
        ("gvfsd", "GVfs"),
    ];
    REMOTE
        .iter()
        .find(|(word, _)| kind.contains(word))
        .map(|(_, name)| *name)
}

/// The type of the mount that holds `path`: the longest mount point that is a parent of it (proc(5), mountinfo).
fn mount_kind(mounts: &str, path: &Path) -> Option<String> {
    mounts
        .lines()
        .filter_map(|line| {
            let (left, right) = line.split_once(" - ")?;
            let point = left.split(' ').nth(4)?.replace("\\040", " ");
            let kind = right.split(' ').next()?.to_owned();
            path.starts_with(&point).then_some((point.len(), kind))
        })
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind)
}

fn refuse_network(directory: &Path) -> StoreResult<()> {
    match network_file_system(directory) {
        None => Ok(()),
        Some(name) => Err(Trouble::operator(format!(
            "{} is on a network file system ({name}), where a store gets damaged",
            directory.display()
        ))
        .hint("choose a directory on a local disk with --data-dir")),
    }
}

/// What the file system of a store holds, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Space {
    pub(super) total: u64,
    /// What we may still write.
    pub(super) free: u64,
}

pub(super) fn space(path: &Path) -> Option<Space> {
    let found = rustix::fs::statvfs(directory_of(path)).ok()?;
    Some(Space {
        total: found.f_blocks.saturating_mul(found.f_frsize),
        free: found.f_bavail.saturating_mul(found.f_frsize),
    })
}

/// Bytes that we may still write on the file system of `path`.
pub(super) fn free_bytes(path: &Path) -> Option<u64> {
    space(path).map(|space| space.free)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_place_is_closed_to_others_from_the_start() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("data/ticketty.db");
        assert!(prepare(&path).unwrap());
        assert!(!prepare(&path).unwrap());
        for mode in modes(&path) {
            assert_eq!(mode.mode & 0o077, 0, "{}", mode.path.display());
        }
    }

    #[test]
    fn a_readable_file_is_refused_with_the_command_that_closes_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ticketty.db");
        prepare(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let trouble = prepare(&path).unwrap_err();
        assert!(trouble.what.contains("mode 640"), "{trouble:?}");
        assert!(trouble.hint.unwrap().contains("chmod 600"));
    }

    #[test]
    fn a_directory_where_others_write_is_refused() {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o775)).unwrap();
        let trouble = prepare(&home.path().join("ticketty.db")).unwrap_err();
        assert!(trouble.hint.unwrap().contains("chmod go-w"));
    }

    #[test]
    fn file_systems_of_other_machines_are_known() {
        // NFS, CIFS, SMB2, 9p: the numbers of statfs(2).
        for magic in [0x6969, 0xff53_4d42, 0xfe53_4d42, 0x0102_1997] {
            assert!(
                NETWORK_FILE_SYSTEMS
                    .iter()
                    .any(|(known, _)| *known == magic),
                "{magic:x}"
            );
        }
        for (kind, remote) in [
            ("fuse.sshfs", true),
            ("fuse.rclone", true),
            ("fuseblk", false),
            ("fuse.gocryptfs", false),
        ] {
            assert_eq!(remote_kind(kind).is_some(), remote, "{kind}");
        }
    }

    #[test]
    fn the_innermost_mount_names_the_file_system() {
        let mounts = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
                      40 22 0:51 / /home/anna/far rw - fuse.sshfs host: rw\n\
                      41 22 0:52 / /home/anna/my\\040disk rw - fuseblk /dev/sdb rw\n";
        let kind = |path: &str| mount_kind(mounts, Path::new(path)).unwrap();
        assert_eq!(kind("/home/anna/far/data"), "fuse.sshfs");
        assert_eq!(kind("/home/anna/my disk/data"), "fuseblk");
        assert_eq!(kind("/home/anna/farther"), "ext4");
    }
}
