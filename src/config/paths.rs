//! Where things belong on this machine, by the XDG rules.
//!
//! Directories of ours are made with mode 0700: what is inside is other people's mail.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::domain::trouble::Trouble;

/// All places that one run uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// config.toml.
    pub config_file: PathBuf,
    /// Whether the person named the file; then it must exist.
    pub config_file_was_named: bool,
    /// Store and secrets.
    pub data_dir: PathBuf,
    /// The log.
    pub state_dir: PathBuf,
    /// Short-lived files such as a draft in an external editor. Private, gone after a restart where the machine
    /// offers such a place.
    pub runtime_dir: PathBuf,
}

impl Paths {
    /// The usual places, with what the command line says instead. A chosen data directory also takes the log, so
    /// that a trial leaves nothing elsewhere.
    ///
    /// # Errors
    /// When the person has no home directory and named no directories.
    pub fn find(config: Option<PathBuf>, data: Option<PathBuf>) -> Result<Self, Trouble> {
        let usual = directories::ProjectDirs::from("", "", "ticketty");
        let need = |what: &str, flag: &str| {
            Trouble::operator(format!("there is no home directory to keep the {what} in"))
                .hint(format!("set HOME, or name a place with {flag}"))
        };
        let config_file = match (&config, &usual) {
            (Some(file), _) => file.clone(),
            (None, Some(usual)) => usual.config_dir().join("config.toml"),
            (None, None) => return Err(need("configuration", "--config FILE")),
        };
        let (data_dir, state_dir) = match (data, &usual) {
            (Some(data), _) => (data.clone(), data.join("state")),
            (None, Some(usual)) => {
                let data = usual.data_dir().to_path_buf();
                let state = usual
                    .state_dir()
                    .map_or_else(|| data.join("state"), Path::to_path_buf);
                (data, state)
            }
            (None, None) => return Err(need("store", "--data-dir DIR")),
        };
        let runtime_dir = usual
            .as_ref()
            .and_then(|usual| usual.runtime_dir())
            .map_or_else(|| state_dir.join("run"), Path::to_path_buf);
        Ok(Self {
            config_file,
            config_file_was_named: config.is_some(),
            data_dir: absolute(&data_dir),
            state_dir: absolute(&state_dir),
            runtime_dir: absolute(&runtime_dir),
        })
    }

    pub fn database(&self) -> PathBuf {
        self.data_dir.join("ticketty.db")
    }

    pub fn secrets_file(&self) -> PathBuf {
        self.data_dir.join("secrets.toml")
    }

    pub fn log_file(&self) -> PathBuf {
        self.state_dir.join("ticketty.log")
    }

    /// Where a person's own themes are.
    pub fn themes_dir(&self) -> PathBuf {
        self.config_file
            .parent()
            .unwrap_or(Path::new("."))
            .join("themes")
    }
}

/// A path that stays right when something changes the working directory.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Makes a directory, and its parents, for its owner only.
///
/// # Errors
/// When it cannot be made, belongs to somebody else, or others may write to it.
pub fn make_private_directory(directory: &Path) -> Result<(), Trouble> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|cause| {
            Trouble::operator(format!(
                "the directory {} cannot be made",
                directory.display()
            ))
            .because(cause)
            .hint("name another place with --data-dir DIR")
        })?;
    check_private(directory)
}

/// Whether a directory is its owner's alone. Others who may write there could swap the store for another.
///
/// # Errors
/// Says whose directory it is, or which command makes it private.
pub fn check_private(directory: &Path) -> Result<(), Trouble> {
    let metadata = fs::metadata(directory).map_err(|cause| {
        Trouble::operator(format!(
            "the directory {} cannot be read",
            directory.display()
        ))
        .because(cause)
    })?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o022 != 0 {
        return Err(Trouble::operator(format!(
            "others may write to the directory {} (mode {mode:04o})",
            directory.display()
        ))
        .hint(format!(
            "run: chmod 700 {}",
            shell_words::quote(&directory.to_string_lossy())
        )));
    }
    let me = rustix::process::geteuid().as_raw();
    if metadata.uid() != me {
        return Err(Trouble::operator(format!(
            "the directory {} belongs to another user (uid {})",
            directory.display(),
            metadata.uid()
        ))
        .hint("run ticketty as that user, or name another place with --data-dir DIR"));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_named_data_directory_takes_everything_but_the_configuration() {
        let paths = Paths::find(Some("/a/c.toml".into()), Some("/b".into())).unwrap();
        assert_eq!(paths.config_file, Path::new("/a/c.toml"));
        assert_eq!(paths.database(), Path::new("/b/ticketty.db"));
        assert_eq!(paths.secrets_file(), Path::new("/b/secrets.toml"));
        assert_eq!(paths.log_file(), Path::new("/b/state/ticketty.log"));
        assert_eq!(paths.themes_dir(), Path::new("/a/themes"));
    }

    #[test]
    fn our_directories_are_private_and_open_ones_are_refused() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("a/b");
        make_private_directory(&directory).unwrap();
        let mode = fs::metadata(&directory).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o770)).unwrap();
        let trouble = make_private_directory(&directory).unwrap_err();
        assert!(trouble.hint.unwrap().starts_with("run: chmod 700 "));
    }
}
