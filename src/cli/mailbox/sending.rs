//! A sign-in of its own for sending, and how OAuth2 signs in.

use clap::Args;

use super::password::first_line_of_stdin;
use crate::bridge::{Secret, SignInWay};
use crate::domain::mailbox::{MailboxSettings, SecretSource, SendingSignIn};
use crate::domain::trouble::Trouble;

/// Who signs in for sending, where that is somebody else.
#[derive(Debug, Args)]
#[command(next_help_heading = "Another sign-in for sending")]
pub struct SendingArgs {
    /// The name that the SMTP server knows you by
    #[arg(long, value_name = "LOGIN")]
    smtp_login: Option<String>,
    /// Take its password from the first line that this command prints
    #[arg(long, value_name = "CMD", requires = "smtp_login")]
    smtp_password_command: Option<String>,
    /// Take an OAuth2 access token from the first line that this command prints
    #[arg(long, value_name = "CMD", requires = "smtp_login", conflicts_with_all = ["smtp_password_command", "smtp_password_stdin"])]
    smtp_token_command: Option<String>,
    /// Read its password from one line of stdin and keep it in the secrets file
    #[arg(long, requires = "smtp_login", conflicts_with_all = ["smtp_password_command", "password_stdin"])]
    smtp_password_stdin: bool,
    /// Sign in for sending as for fetching again
    #[arg(long, conflicts_with = "smtp_login")]
    same_sign_in: bool,
    /// With --oauth: sign in by a code on another device, where config.toml allows it
    #[arg(long, requires = "oauth")]
    device: bool,
}

impl SendingArgs {
    pub fn way(&self) -> SignInWay {
        match self.device {
            true => SignInWay::Device,
            false => SignInWay::Browser,
        }
    }

    /// Takes over what was said; the password that has to be kept, if there is one.
    pub fn apply(&self, settings: &mut MailboxSettings) -> Result<Option<Secret>, Trouble> {
        if self.same_sign_in {
            settings.sending_sign_in = None;
        }
        let Some(login) = &self.smtp_login else {
            return Ok(None);
        };
        let before = settings.sending_sign_in.take().map(|own| own.secret);
        let secret = match (
            &self.smtp_password_command,
            &self.smtp_token_command,
            self.smtp_password_stdin,
        ) {
            (Some(command), ..) => SecretSource::Command(command.clone()),
            (_, Some(command), _) => SecretSource::TokenCommand(command.clone()),
            (.., true) => SecretSource::File,
            _ => before.ok_or_else(|| {
                Trouble::operator("the sign-in for sending has no password")
                    .hint("add --smtp-password-command CMD or --smtp-password-stdin")
            })?,
        };
        settings.sending_sign_in = Some(SendingSignIn {
            login: login.clone(),
            secret,
        });
        match self.smtp_password_stdin {
            true => first_line_of_stdin().map(Some),
            false => Ok(None),
        }
    }
}
