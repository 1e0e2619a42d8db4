//! Work on the operator's own files and programs, beside the loop.
//!
//! Names come from strangers: only a base name is used, nothing is written over, no shell is ever asked.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::mpsc;

use super::Extras;
use crate::app::event::{Event, FileWork, FilesReport};

/// A file larger than this is not attached.
const LARGEST: u64 = 50_000_000;
/// A command that takes longer is ended.
const PIPE_DEADLINE: Duration = Duration::from_secs(60);
/// Longer output is cut.
const PIPE_OUTPUT: usize = 1_000_000;

/// Starts the work; its report comes as an event.
pub fn start(work: FileWork, extras: &Extras, events: mpsc::UnboundedSender<Event>) {
    let extras = extras.clone();
    tokio::spawn(async move {
        let report = carry_out(work, &extras)
            .await
            .unwrap_or_else(|failed| failed);
        let _ = events.send(Event::Files(report));
    });
}

fn failed(what: impl Into<String>, hint: Option<&str>) -> FilesReport {
    FilesReport::Failed {
        what: what.into(),
        hint: hint.map(str::to_owned),
    }
}

async fn carry_out(work: FileWork, extras: &Extras) -> Result<FilesReport, FilesReport> {
    match work {
        FileWork::Read { path } => read(&home(&path)).await,
        FileWork::Write {
            directory,
            name,
            bytes,
        } => {
            let directory = home(&directory);
            blocking(move || write(&directory, &name, &bytes)).await
        }
        FileWork::Open { name, bytes } => open(extras, name, bytes).await,
        FileWork::OpenLink { address } => {
            spawn_opener(extras, &address)?;
            Ok(FilesReport::Opened { what: address })
        }
        FileWork::List { prefix } => blocking(move || Ok(list(&prefix))).await,
        FileWork::Pipe { command, bytes } => pipe(command, bytes).await,
    }
}

async fn blocking(
    work: impl FnOnce() -> Result<FilesReport, FilesReport> + Send + 'static,
) -> Result<FilesReport, FilesReport> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(failed("the file could not be worked on", None)))
}

/// `~/x` as the shell reads it.
fn home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ if path == "~" => PathBuf::from(std::env::var_os("HOME").unwrap_or_default()),
        _ => PathBuf::from(path),
    }
}

async fn read(path: &Path) -> Result<FilesReport, FilesReport> {
    let shown = path.display();
    let about = |error: std::io::Error| failed(format!("cannot read {shown}: {error}"), None);
    let known = tokio::fs::metadata(path).await.map_err(about)?;
    if !known.is_file() {
        return Err(failed(format!("{shown} is not a file"), None));
    }
    if known.len() > LARGEST {
        return Err(failed(
            format!("{shown} has {} MB", known.len() / 1_000_000),
            Some("most servers take 25 MB; put it where the customer can fetch it"),
        ));
    }
    let bytes = tokio::fs::read(path).await.map_err(about)?;
    let name = path
        .file_name()
        .map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into());
    Ok(FilesReport::Read { name, bytes })
}

/// The base name of what a stranger called a file; never empty, never hidden, never a path.
fn base_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = base.chars().filter(|c| !c.is_control()).take(120).collect();
    let kept = kept.trim().trim_start_matches('.').trim();
    if kept.is_empty() {
        "attachment".to_owned()
    } else {
        kept.to_owned()
    }
}

/// "name (2).png" for the second of a name.
fn numbered(name: &str, number: u32) -> String {
    if number == 1 {
        return name.to_owned();
    }
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => format!("{stem} ({number}).{extension}"),
        _ => format!("{name} ({number})"),
    }
}

fn write(directory: &Path, name: &str, bytes: &[u8]) -> Result<FilesReport, FilesReport> {
    if !directory.is_dir() {
        return Err(failed(
            format!("there is no directory {}", directory.display()),
            Some("Tab completes directories"),
        ));
    }
    let base = base_name(name);
    for number in 1..1_000 {
        let path = directory.join(numbered(&base, number));
        let opened = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path);
        match opened {
            Ok(mut file) => {
                if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
                    drop(file);
                    let _ = std::fs::remove_file(&path);
                    return Err(failed(
                        format!("cannot write {}: {error}", path.display()),
                        None,
                    ));
                }
                return Ok(FilesReport::Written {
                    path: path.display().to_string(),
                });
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(failed(
                    format!("cannot write {}: {error}", path.display()),
                    None,
                ));
            }
        }
    }
    Err(failed(
        format!("{} has a thousand files of this name", directory.display()),
        None,
    ))
}

async fn open(extras: &Extras, name: String, bytes: Vec<u8>) -> Result<FilesReport, FilesReport> {
    let directory = extras.scratch_directory.clone();
    let report = blocking(move || {
        make_private(&directory)?;
        write(&directory, &name, &bytes)
    })
    .await?;
    match report {
        FilesReport::Written { path } => {
            spawn_opener(extras, &path)?;
            Ok(FilesReport::Opened { what: path })
        }
        other => Ok(other),
    }
}

fn make_private(directory: &Path) -> Result<(), FilesReport> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| {
            failed(
                format!("cannot make {}: {error}", directory.display()),
                None,
            )
        })
}

fn spawn_opener(extras: &Extras, what: &str) -> Result<(), FilesReport> {
    let Some((program, arguments)) = extras.opener.split_first() else {
        return Err(failed("no program is set to open files with", None));
    };
    Command::new(program)
        .args(arguments)
        .arg(what)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(|_| ())
        .map_err(|error| {
            failed(
                format!("cannot start {program}: {error}"),
                Some("y copies the address, s saves the file"),
            )
        })
}

/// Paths that begin with the prefix, directories first, at most fifty.
fn list(prefix: &str) -> FilesReport {
    let (directory, begin) = prefix
        .rsplit_once('/')
        .map_or(("", prefix), |(directory, begin)| (directory, begin));
    let shown = if prefix.contains('/') {
        format!("{directory}/")
    } else {
        String::new()
    };
    let real = if shown.is_empty() {
        PathBuf::from(".")
    } else {
        home(&shown)
    };
    let mut paths: Vec<(bool, String)> = std::fs::read_dir(real)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !begin.starts_with('.');
            let matches = name.to_lowercase().starts_with(&begin.to_lowercase());
            (matches && !hidden).then(|| {
                let is_directory = entry.path().is_dir();
                let slash = if is_directory { "/" } else { "" };
                (!is_directory, format!("{shown}{name}{slash}"))
            })
        })
        .collect();
    paths.sort();
    FilesReport::Listed {
        prefix: prefix.to_owned(),
        paths: paths.into_iter().take(50).map(|(_, path)| path).collect(),
    }
}

async fn pipe(command: String, bytes: Vec<u8>) -> Result<FilesReport, FilesReport> {
    let words = shell_words::split(&command)
        .map_err(|error| failed(format!("“{command}” cannot be read: {error}"), None))?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(failed("no command was written", None));
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(format!("cannot start {program}: {error}"), None))?;
    if let Some(mut stdin) = child.stdin.take() {
        tokio::spawn(async move {
            // A command may end before it has read everything; that is its own business.
            let _ = stdin.write_all(&bytes).await;
        });
    }
    let output = tokio::time::timeout(PIPE_DEADLINE, child.wait_with_output())
        .await
        .map_err(|_| {
            failed(
                format!("{program} took more than a minute and was ended"),
                None,
            )
        })?
        .map_err(|error| failed(format!("{program} cannot be waited for: {error}"), None))?;
    let mut said = output.stdout;
    said.extend_from_slice(&output.stderr);
    said.truncate(PIPE_OUTPUT);
    if !output.status.success() {
        said.extend_from_slice(format!("\n({program} ended with {})", output.status).as_bytes());
    }
    Ok(FilesReport::Piped {
        command: program.clone(),
        output: String::from_utf8_lossy(&said).into_owned(),
    })
}

/// Lets the operator's editor change a text in a private file.
///
/// # Errors
/// A sentence that says what went wrong; the text is as it was then.
pub async fn edit(editor: Vec<String>, scratch: &Path, text: String) -> Result<String, String> {
    let words = editor_words(editor)?;
    let (program, arguments) = words.split_first().ok_or("no editor is set")?;
    make_private(scratch).map_err(|_| format!("cannot make {}", scratch.display()))?;
    let about = |error: std::io::Error| format!("cannot write the editor's file: {error}");
    let mut file = tempfile::Builder::new()
        .prefix("answer-")
        .suffix(".md")
        .tempfile_in(scratch)
        .map_err(about)?;
    file.write_all(text.as_bytes()).map_err(about)?;
    file.flush().map_err(about)?;
    let status = Command::new(program)
        .args(arguments)
        .arg(file.path())
        .status()
        .await
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if !status.success() {
        return Err(format!(
            "{program} ended with {status}; the text is as it was"
        ));
    }
    let edited = tokio::fs::read(file.path()).await.map_err(about)?;
    Ok(String::from_utf8_lossy(&edited).into_owned())
}

/// The configured editor, else `$VISUAL`, `$EDITOR`, else what every system has.
fn editor_words(configured: Vec<String>) -> Result<Vec<String>, String> {
    if !configured.is_empty() {
        return Ok(configured);
    }
    let set = ["VISUAL", "EDITOR"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.trim().is_empty())
        .unwrap_or_else(|| "vi".to_owned());
    shell_words::split(&set).map_err(|error| format!("“{set}” cannot be read: {error}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_never_chooses_where_a_file_goes() {
        for (name, expected) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\run.exe", "run.exe"),
            (".bashrc", "bashrc"),
            ("a\u{1b}[31m.png", "a[31m.png"),
            ("..", "attachment"),
            ("", "attachment"),
        ] {
            assert_eq!(base_name(name), expected);
        }
    }

    #[test]
    fn nothing_is_written_over() {
        let directory = tempfile::tempdir().unwrap();
        for (content, expected) in [("1", "a.png"), ("2", "a (2).png"), ("3", "a (3).png")] {
            let report = write(directory.path(), "a.png", content.as_bytes()).unwrap();
            let path = directory.path().join(expected);
            assert_eq!(
                report,
                FilesReport::Written {
                    path: path.display().to_string()
                }
            );
            assert_eq!(std::fs::read_to_string(path).unwrap(), content);
        }
    }

    #[test]
    fn a_link_in_the_target_is_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let outside = directory.path().join("outside");
        std::os::unix::fs::symlink(&outside, directory.path().join("a.png")).unwrap();
        write(directory.path(), "a.png", b"x").unwrap();
        assert!(!outside.exists());
    }

    #[tokio::test]
    async fn a_command_gets_the_bytes_and_says_something() {
        let report = pipe("wc -c".into(), vec![b'x'; 300_000]).await.unwrap();
        assert_eq!(
            report,
            FilesReport::Piped {
                command: "wc".into(),
                output: "300000\n".into()
            }
        );
    }
}
