//! How the engine has strangers' bytes read: by someone else.
//!
//! Nothing in the engine parses a mail. The reader behind this trait does it in a child process with limits, so that
//! a mail that kills its parser costs one mail.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::domain::parsed::ParsedMail;
use crate::domain::trouble::Trouble;
use crate::mail::mime::{self, Parser};

/// Reads raw mails at arm's length. Every call ends within a deadline of the reader's own.
pub trait MailReader: Send + Sync + 'static {
    /// Another one after every change of what the reader can read: mails that one version could not read are given to
    /// the next.
    fn version(&self) -> &'static str {
        mime::READER_VERSION
    }

    /// Reads mails; the results are in their order, one each. A mail that cannot be read is kept unparsed.
    ///
    /// # Errors
    /// The reader itself does not work: nothing is known about any of these mails.
    fn parse(
        &self,
        raws: Vec<Arc<Vec<u8>>>,
    ) -> BoxFuture<'static, Result<Vec<Result<ParsedMail, Trouble>>, Trouble>>;

    /// The decoded bytes of the attachment at `index`.
    ///
    /// # Errors
    /// No such attachment, or the mail cannot be read.
    fn attachment(
        &self,
        raw: Arc<Vec<u8>>,
        index: u32,
    ) -> BoxFuture<'static, Result<Vec<u8>, Trouble>>;

    /// The HTML part as plain lines of at most `width` cells.
    ///
    /// # Errors
    /// No HTML in it, or the mail cannot be read.
    fn html(&self, raw: Arc<Vec<u8>>, width: u16) -> BoxFuture<'static, Result<String, Trouble>>;
}

/// Reads mails in child processes of this program.
#[derive(Debug, Clone)]
pub struct ChildReader(Arc<Parser>);

impl ChildReader {
    pub fn new(parser: Parser) -> Self {
        Self(Arc::new(parser))
    }
}

impl MailReader for ChildReader {
    fn parse(
        &self,
        raws: Vec<Arc<Vec<u8>>>,
    ) -> BoxFuture<'static, Result<Vec<Result<ParsedMail, Trouble>>, Trouble>> {
        let parser = Arc::clone(&self.0);
        Box::pin(async move {
            let mails: Vec<&[u8]> = raws.iter().map(|raw| raw.as_slice()).collect();
            let results = parser.parse_batch(&mails).await;
            // A child that does not start says nothing about any mail: the mails wait on the server.
            let broken = results
                .iter()
                .flat_map(|result| result.as_ref().err())
                .find(|death| !death.blames_the_mail());
            if let Some(death) = broken {
                return Err(death.clone().into());
            }
            Ok(results
                .into_iter()
                .map(|result| result.map_err(Trouble::from))
                .collect())
        })
    }

    fn attachment(
        &self,
        raw: Arc<Vec<u8>>,
        index: u32,
    ) -> BoxFuture<'static, Result<Vec<u8>, Trouble>> {
        let parser = Arc::clone(&self.0);
        Box::pin(async move { Ok(parser.extract(&raw, index).await?) })
    }

    fn html(&self, raw: Arc<Vec<u8>>, width: u16) -> BoxFuture<'static, Result<String, Trouble>> {
        let parser = Arc::clone(&self.0);
        Box::pin(async move {
            parser
                .render_html(&raw, width.into())
                .await?
                .ok_or_else(|| Trouble::operator("this mail has no HTML"))
        })
    }
}
