//! The one way out, whatever it is: SMTP, a `sendmail` program, or a folder.
//!
//! The delivery worker treats all alike: open, send what is queued, close. Each way runs the caller's barrier
//! before the point of no return and ends in the same words.

use std::future::Future;

use crate::domain::delivery::{Delivery, Envelope, Phase, Setback};
use crate::domain::mailbox::{MailboxSettings, Outgoing};
use crate::domain::trouble::Trouble;
use crate::mail::folder_transport::Folder;
use crate::mail::sendmail::Sendmail;
use crate::mail::smtp::{Session, SignIn, SmtpAccount};

/// How a mailbox sends.
#[derive(Debug, Clone)]
pub enum Transport {
    Smtp(Box<SmtpAccount>),
    Sendmail(Sendmail),
    Folder(Folder),
    Off,
}

/// An opened way out.
#[derive(Debug)]
pub enum Courier {
    Smtp(Box<Session>),
    Sendmail(Sendmail),
    Folder(Folder),
}

impl Transport {
    /// The way out that the settings name. `sign_in` is used by SMTP only.
    pub fn of(settings: &MailboxSettings, sign_in: Option<SignIn>) -> Self {
        match &settings.outgoing {
            Outgoing::Smtp(endpoint) => Self::Smtp(Box::new(SmtpAccount::new(
                endpoint.clone(),
                settings.trust.clone(),
                sign_in,
            ))),
            Outgoing::Sendmail(program) => Self::Sendmail(Sendmail::new(program.clone())),
            Outgoing::Folder(path) => Self::Folder(Folder::new(path.clone())),
            // The caller goes to the other mailbox's settings; there is no way out in these.
            Outgoing::Through(_) | Outgoing::Off => Self::Off,
        }
    }

    /// Connects and signs in where there is something to connect to.
    ///
    /// # Errors
    /// What failed and whose move it is; nothing was sent.
    pub async fn open(&self) -> Result<Courier, Setback> {
        match self {
            Self::Smtp(account) => Ok(Courier::Smtp(Box::new(Session::open(account).await?))),
            Self::Sendmail(program) => Ok(Courier::Sendmail(program.clone())),
            Self::Folder(folder) => Ok(Courier::Folder(folder.clone())),
            Self::Off => Err(Setback::new(
                Phase::Connect,
                Trouble::operator("this mailbox sends no answers")
                    .hint("set an outgoing server in its settings"),
            )),
        }
    }
}

impl Courier {
    /// Hands one mail over. `barrier` runs just before the point of no return; if it fails, nothing was sent.
    pub async fn send(
        &mut self,
        envelope: &Envelope,
        raw: &[u8],
        barrier: impl Future<Output = Result<(), Trouble>> + Send,
    ) -> Delivery {
        match self {
            Self::Smtp(session) => session.send(envelope, raw, barrier).await,
            Self::Sendmail(program) => program.send(envelope, raw, barrier).await,
            Self::Folder(folder) => folder.send(envelope, raw, barrier).await,
        }
    }

    /// Whether another mail can be sent without opening again.
    pub fn is_usable(&self) -> bool {
        match self {
            Self::Smtp(session) => session.is_usable(),
            Self::Sendmail(_) | Self::Folder(_) => true,
        }
    }

    /// Says goodbye; cannot fail.
    pub async fn close(self) {
        if let Self::Smtp(session) = self {
            session.quit().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compiles only if the delivery worker may run a whole delivery as a task of its own.
    async fn as_a_task(transport: Transport, envelope: Envelope) -> Option<Delivery> {
        let work = async move {
            let mut courier = transport.open().await.ok()?;
            let delivery = courier.send(&envelope, b"x", async { Ok(()) }).await;
            courier.close().await;
            Some(delivery)
        };
        tokio::spawn(work).await.ok().flatten()
    }

    #[tokio::test]
    async fn a_delivery_runs_as_a_task_and_a_closed_way_out_sends_nothing() {
        let envelope = Envelope {
            from: None,
            to: vec!["bob@example.test".into()],
            all_or_nothing: false,
        };
        assert!(as_a_task(Transport::Off, envelope).await.is_none());
    }
}
