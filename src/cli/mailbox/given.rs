//! What `mailbox add` and `mailbox set` are both told about a mailbox, and how it gets into its settings.

use clap::Args;

use super::super::Client;
use super::args::{PasswordArgs, PersonalArgs, PolicyArgs, ServerArgs};
use super::identity::IdentityArgs;
use super::letters::LetterArgs;
use super::on_server::OnServerArgs;
use super::save::Asked;
use super::sending::SendingArgs;
use super::watching::WatchArgs;
use super::{password, sign_in};
use crate::domain::mailbox::MailboxSettings;
use crate::domain::trouble::Trouble;

#[derive(Debug, Args)]
pub struct GivenArgs {
    #[command(flatten)]
    personal: PersonalArgs,
    #[command(flatten)]
    pub servers: ServerArgs,
    #[command(flatten)]
    pub password: PasswordArgs,
    #[command(flatten)]
    sending: SendingArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    watch: WatchArgs,
    #[command(flatten)]
    on_server: OnServerArgs,
    #[command(flatten)]
    letters: LetterArgs,
    #[command(flatten)]
    identity: IdentityArgs,
    /// Save without checking that it works
    #[arg(long)]
    no_check: bool,
}

impl GivenArgs {
    /// Puts all of it into the settings, signs in where that is asked for, and gives what is saved beside them.
    ///
    /// # Errors
    /// What does not fit, or why nobody could be signed in.
    pub async fn apply(
        &self,
        settings: &mut MailboxSettings,
        is_new: bool,
        client: &mut Client,
    ) -> Result<Asked, Trouble> {
        self.servers.apply(settings);
        self.personal.apply(settings)?;
        self.policy.apply(settings);
        self.watch.apply(settings, client).await?;
        self.on_server.apply(settings);
        self.letters.apply(settings)?;
        self.identity.apply(settings)?;
        let mut secret = password::choose(&self.password, settings, is_new)?;
        let sending = self.sending.apply(settings)?;
        if let Some(provider) = &self.password.oauth {
            let way = self.sending.way();
            let signed_in = sign_in::run(provider, &settings.login, way, client).await?;
            secret = Some(signed_in.tokens);
        }
        Ok(Asked {
            secret,
            sending,
            with_check: !self.no_check,
        })
    }
}
