//! Gets a password without it ever being an argument, and without showing it.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::args::PasswordArgs;
use super::needs_password;
use crate::bridge::{Secret, SignIns};
use crate::domain::mailbox::{MailboxSettings, SecretSource};
use crate::domain::trouble::Trouble;

/// No server takes a longer one.
const LONGEST_BYTES: u64 = 64 * 1024;

/// Sets where the password comes from, and gets it where it has to be kept. `ask` is whether a missing one is
/// asked for.
pub fn choose(
    given: &PasswordArgs,
    settings: &mut MailboxSettings,
    ask: bool,
) -> Result<Option<Secret>, Trouble> {
    match given.source() {
        Some(source) => {
            settings.secret = source;
            match settings.secret {
                SecretSource::File => first_line(io::stdin().lock()).map(Some),
                SecretSource::Ask => prompt(settings).map(Some),
                _ => Ok(None),
            }
        }
        None if !needs_password(settings) => {
            settings.secret = SecretSource::None;
            Ok(None)
        }
        None if ask => {
            settings.secret = SecretSource::File;
            prompt(settings).map(Some)
        }
        None => Ok(None),
    }
}

/// Nobody is asked for a password that the provider takes from nobody.
///
/// # Errors
/// The provider takes OAuth2 only, and no way to sign in was named.
pub fn is_taken(given: &PasswordArgs, sign_ins: &SignIns) -> Result<(), Trouble> {
    match (&sign_ins.oauth, given.source()) {
        (Some(oauth), None) if !sign_ins.password => Err(Trouble::operator(
            "this provider takes no password, only OAuth2",
        )
        .hint(format!(
            "sign in with --oauth {oauth}, or take tokens from a program with --token-command"
        ))),
        _ => Ok(()),
    }
}

/// A password that comes on stdin.
///
/// # Errors
/// There is none.
pub fn first_line_of_stdin() -> Result<Secret, Trouble> {
    first_line(io::stdin().lock())
}

fn first_line(input: impl Read) -> Result<Secret, Trouble> {
    let mut line = String::new();
    io::BufReader::new(input.take(LONGEST_BYTES))
        .read_line(&mut line)
        .map_err(|cause| Trouble::operator("the password cannot be read").because(cause))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(
            Trouble::operator("no password was given").hint("its first line is the password")
        );
    }
    Ok(Secret::new(password))
}

fn prompt(settings: &MailboxSettings) -> Result<Secret, Trouble> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(
            Trouble::operator("there is no terminal to ask for the password")
                .hint("use --password-stdin or --password-command CMD"),
        );
    }
    let failed =
        |cause: io::Error| Trouble::operator("the password cannot be asked for").because(cause);
    let mut stderr = io::stderr();
    write!(
        stderr,
        "Password of {}: ",
        crate::domain::clean::Clean::line(&settings.login)
    )
    .map_err(failed)?;
    stderr.flush().map_err(failed)?;
    let silence = Silence::begin().map_err(failed)?;
    let password = first_line(stdin.lock());
    drop(silence);
    // The line end that was typed was not shown.
    let _ = writeln!(stderr);
    password
}

/// The terminal does not show what is typed until this is dropped.
struct Silence(Termios);

impl Silence {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing put back.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_password() {
        assert_eq!(
            first_line("p w \r\nrest".as_bytes()).unwrap().expose(),
            "p w "
        );
        assert!(first_line("\nrest".as_bytes()).is_err());
        assert!(first_line("".as_bytes()).is_err());
    }
}
