//! A front end without a screen: asks one thing at a time and waits for its answer.

use std::time::Duration;

use tokio::time::timeout;

use crate::bridge::{
    Ask, AskId, Basics, Changed, Look, MailboxLine, MailboxReport, MailboxRequest, Report, Request,
    Seen, Told,
};
use crate::config::settings::nearest;
use crate::domain::trouble::Trouble;
use crate::wire::FrontEnd;

/// How long an ordinary request may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a request that moves mail may be silent. A server may take ten minutes to accept a mail
/// (RFC 5321 §4.5.3.2.6), and the engine reports progress of longer work.
const LONG_PATIENCE: Duration = Duration::from_secs(15 * 60);

/// One end of the bridge, used by one command.
#[derive(Debug)]
pub struct Client {
    line: FrontEnd,
    next: u64,
    patience: Duration,
}

impl Client {
    pub fn new(line: FrontEnd) -> Self {
        Self {
            line,
            next: 1,
            patience: PATIENCE,
        }
    }

    /// Gives the line back, for a desk that goes on with it.
    pub fn into_line(self) -> FrontEnd {
        self.line
    }

    /// Asks and waits. What comes unasked meanwhile is dropped.
    ///
    /// # Errors
    /// The engine's failure, or that it does not answer.
    pub async fn call(&mut self, request: Request) -> Result<Report, Trouble> {
        self.exchange(request, self.patience, &mut |_| Ok(())).await
    }

    /// Asks for something that may take long, and hands over every report that comes before the answer. When
    /// `heard` fails, the rest is dropped and its failure is the result.
    ///
    /// # Errors
    /// As [`Client::call`], and what `heard` returns.
    pub async fn call_long(
        &mut self,
        request: Request,
        heard: &mut dyn FnMut(Report) -> Result<(), Trouble>,
    ) -> Result<Report, Trouble> {
        self.exchange(request, LONG_PATIENCE, heard).await
    }

    async fn exchange(
        &mut self,
        request: Request,
        patience: Duration,
        heard: &mut dyn FnMut(Report) -> Result<(), Trouble>,
    ) -> Result<Report, Trouble> {
        let id = AskId(self.next);
        self.next += 1;
        let gone = || {
            Trouble::bug("the engine has stopped")
                .hint("the log says why: see `ticketty config path`")
        };
        self.line
            .asks
            .send(Ask { id, request })
            .map_err(|_| gone())?;
        let mut failed = None;
        loop {
            let told = timeout(patience, self.line.told.recv())
                .await
                .map_err(|_| {
                    Trouble::bug(format!(
                        "the engine has not answered for {} seconds",
                        patience.as_secs()
                    ))
                    .hint("the log says what it is doing: see `ticketty config path`")
                })?;
            let Told { answers, report } = told.ok_or_else(gone)?;
            match (answers, report) {
                (Some(answered), Report::Failed(trouble)) if answered == id => return Err(trouble),
                (Some(answered), report) if answered == id => {
                    return failed.map_or(Ok(report), Err);
                }
                (None, report) if failed.is_none() => failed = heard(report).err(),
                // An answer to an earlier request that was given up, or a report after a failure.
                _ => {}
            }
        }
    }

    /// Asks without waiting; the answer comes by [`Client::next_told`].
    ///
    /// # Errors
    /// The engine has stopped.
    pub fn post(&mut self, request: Request) -> Result<AskId, Trouble> {
        let id = AskId(self.next);
        self.next += 1;
        self.line
            .asks
            .send(Ask { id, request })
            .map_err(|_| Trouble::bug("the engine has stopped"))?;
        Ok(id)
    }

    /// Whatever the engine says next; `None` when it has ended.
    pub async fn next_told(&mut self) -> Option<Told> {
        self.line.told.recv().await
    }

    /// The next report that comes unasked; `None` when the engine has ended.
    pub async fn next_report(&mut self) -> Option<Report> {
        self.line.told.recv().await.map(|told| told.report)
    }

    /// # Errors
    /// As [`Client::call`].
    pub async fn look(&mut self, look: Look) -> Result<Seen, Trouble> {
        match self.call(Request::Look(look)).await? {
            Report::Look(seen) => Ok(seen),
            other => Err(unexpected(&other)),
        }
    }

    /// # Errors
    /// As [`Client::call`].
    pub async fn basics(&mut self) -> Result<Basics, Trouble> {
        match self.look(Look::Basics).await? {
            Seen::Basics(basics) => Ok(*basics),
            other => Err(unexpected(&Report::Look(other))),
        }
    }

    /// # Errors
    /// As [`Client::call`].
    pub async fn change(&mut self, change: crate::bridge::Change) -> Result<Changed, Trouble> {
        match self.call(Request::Change(change)).await? {
            Report::Change(changed) => Ok(changed),
            other => Err(unexpected(&other)),
        }
    }

    /// All mailboxes that are connected.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn mailboxes(&mut self) -> Result<Vec<MailboxLine>, Trouble> {
        match self.call(Request::Mailbox(MailboxRequest::List)).await? {
            Report::Mailbox(MailboxReport::List(lines)) => Ok(lines
                .into_iter()
                .filter(|line| !line.mailbox.removed)
                .collect()),
            other => Err(unexpected(&other)),
        }
    }

    /// The mailbox of this name or address, without regard to case.
    ///
    /// # Errors
    /// When there is none; names the nearest.
    pub async fn mailbox(&mut self, name: &str) -> Result<MailboxLine, Trouble> {
        let lines = self.mailboxes().await?;
        let wanted = name.to_lowercase();
        let is_wanted = |line: &&MailboxLine| {
            let settings = &line.mailbox.settings;
            settings.name.to_lowercase() == wanted || settings.address.to_lowercase() == wanted
        };
        if let Some(line) = lines.iter().find(is_wanted) {
            return Ok(line.clone());
        }
        let names: Vec<&str> = lines
            .iter()
            .map(|line| line.mailbox.settings.name.as_str())
            .collect();
        let hint = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => "connect one with `ticketty mailbox add ADDRESS`".into(),
            None => format!("mailboxes are: {}", names.join(", ")),
        };
        Err(Trouble::operator(format!("there is no mailbox `{}`", name.escape_debug())).hint(hint))
    }
}

/// An answer that does not belong to the request.
pub fn unexpected(report: &Report) -> Trouble {
    let debug = format!("{report:?}");
    let kind: String = debug
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '(')
        .collect();
    Trouble::bug("the engine answered something else than was asked").because(kind)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::bridge::{Care, Pushed};
    use crate::wire::{EngineEnd, line};

    fn tell(engine: &EngineEnd, answers: Option<AskId>, report: Report) {
        engine.told.send(Told { answers, report }).unwrap();
    }

    #[tokio::test]
    async fn reports_before_the_answer_are_handed_over_in_order() {
        let (front, mut engine) = line();
        let mut client = Client::new(front);
        let served = tokio::spawn(async move {
            let ask = engine.asks.recv().await.unwrap();
            tell(
                &engine,
                Some(AskId(99)),
                Report::Failed(Trouble::bug("not yours")),
            );
            tell(&engine, None, Report::Pushed(Pushed::Basics));
            tell(&engine, None, Report::Pushed(Pushed::Outbox));
            tell(&engine, Some(ask.id), Report::Done);
            engine
        });
        let mut heard = Vec::new();
        let answer = client
            .call_long(Request::Care(Care::Doctor), &mut |report| {
                heard.push(report);
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(answer, Report::Done);
        assert_eq!(
            heard,
            [
                Report::Pushed(Pushed::Basics),
                Report::Pushed(Pushed::Outbox)
            ]
        );
        drop(served.await.unwrap());
        let trouble = client.call(Request::Care(Care::Doctor)).await.unwrap_err();
        assert_eq!(trouble.what, "the engine has stopped");
    }

    #[tokio::test]
    async fn a_listener_that_fails_fails_the_call_after_the_answer() {
        let (front, mut engine) = line();
        let mut client = Client::new(front);
        let served = tokio::spawn(async move {
            let ask = engine.asks.recv().await.unwrap();
            tell(&engine, None, Report::Done);
            tell(&engine, Some(ask.id), Report::Done);
            engine
        });
        let result = client
            .call_long(Request::Care(Care::Doctor), &mut |_| {
                Err(Trouble::operator("the disk is full"))
            })
            .await;
        assert_eq!(result.unwrap_err().what, "the disk is full");
        drop(served.await.unwrap());
    }

    #[tokio::test]
    async fn an_engine_that_is_silent_is_not_waited_for_for_ever() {
        let (front, engine) = line();
        let mut client = Client {
            line: front,
            next: 1,
            patience: Duration::from_millis(10),
        };
        let trouble = client.call(Request::Care(Care::Doctor)).await.unwrap_err();
        assert!(trouble.what.contains("has not answered"), "{trouble}");
        drop(engine);
    }
}
