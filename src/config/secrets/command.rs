//! A password that another program prints, such as `pass show mail/support`.
//!
//! The command is split like a shell would but run without one, in a process group of its own, so that a hanging
//! prompt can be ended with everything it started. Only the first line counts. What it prints on stderr is shown
//! when it fails; what it prints on stdout never is.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

/// Long enough for a person to touch a security key.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// More than any password; the rest is read and dropped, so that the command does not block.
const LARGEST_OUTPUT_BYTES: u64 = 64 * 1024;
/// How long a finished command's pipes may stay open in a process it left behind.
const PIPE_DEADLINE: Duration = Duration::from_secs(1);

/// Runs `command_line` and takes the first line of its output.
///
/// # Errors
/// When the command cannot be split or started, fails, prints nothing, or has not ended by `deadline`.
pub fn run(command_line: &str, deadline: Duration) -> Result<SecretString, Trouble> {
    let words = shell_words::split(command_line).map_err(|cause| {
        Trouble::operator("the password command cannot be read")
            .because(cause)
            .hint("check its quotes")
    })?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(Trouble::operator("the password command is empty")
            .hint("name a command such as `pass show mail/support`"));
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|cause| {
            Trouble::operator(format!(
                "the password command `{program}` cannot be started"
            ))
            .because(cause)
            .hint("give the full path of the program")
        })?;
    let output = read_aside(child.stdout.take());
    let complaints = read_aside(child.stderr.take());
    let ended = wait(&mut child, program, deadline);
    let output = output.recv_timeout(PIPE_DEADLINE);
    let complaints = complaints.recv_timeout(PIPE_DEADLINE).unwrap_or_default();
    // Whatever the command left running in its group has no further business.
    end_group(&child);
    judge(program, ended?, &output.unwrap_or_default(), &complaints)
}

fn judge(
    program: &str,
    status: ExitStatus,
    output: &[u8],
    complaints: &[u8],
) -> Result<SecretString, Trouble> {
    let text = std::str::from_utf8(output).map_err(|_| {
        Trouble::operator(format!(
            "the password command `{program}` printed something that is not text"
        ))
    })?;
    let secret = text.lines().next().unwrap_or_default();
    if !status.success() {
        let mut words = Clean::line(&String::from_utf8_lossy(complaints)).to_string();
        if !secret.is_empty() {
            words = words.replace(secret, "…");
        }
        let words: String = words.trim().chars().take(300).collect();
        let trouble = Trouble::operator(format!(
            "the password command `{program}` failed ({status})"
        ));
        return Err(if words.is_empty() {
            trouble
        } else {
            trouble.because(words)
        }
        .hint("run it in a terminal to see what it needs"));
    }
    if secret.is_empty() {
        return Err(Trouble::operator(format!(
            "the password command `{program}` printed no password"
        ))
        .hint("its first line of output must be the password"));
    }
    Ok(SecretString::from(secret))
}

fn wait(child: &mut Child, program: &str, deadline: Duration) -> Result<ExitStatus, Trouble> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if started.elapsed() < deadline => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Ok(None) => {
                end_group(child);
                let _ = child.wait();
                return Err(Trouble::operator(format!(
                    "the password command `{program}` did not answer within {} seconds",
                    deadline.as_secs()
                ))
                .hint("it may wait for something to be typed; it gets no terminal"));
            }
            Err(cause) => {
                return Err(
                    Trouble::bug("the password command could not be waited for").because(cause)
                );
            }
        }
    }
}

fn end_group(child: &Child) {
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        // An error means that nothing is left of the group.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// Reads a pipe on a thread of its own, so that a full pipe never stops the command.
fn read_aside(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A read error ends the output like its end does; the exit status decides what it is worth.
            let _ = pipe
                .by_ref()
                .take(LARGEST_OUTPUT_BYTES)
                .read_to_end(&mut bytes);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        let _ = sender.send(bytes);
    });
    receiver
}
