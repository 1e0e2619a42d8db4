//! One mail over an open session, with the barrier before its final dot.
//!
//! The order is the promise: all content is written but its last CRLF; the caller's barrier commits the state
//! `dot`; only then the dot goes out. Whatever fails before is certainly not sent. Whatever fails after is
//! uncertain, unless the server itself says no.

use std::future::Future;
use std::time::Duration;

use super::content::FINAL_DOT;
use super::prepare::{Prepared, decide};
use super::reply::{Reply, ReplyKind};
use super::session::Session;
use super::wire::Broken;
use crate::domain::delivery::{Delivery, Envelope, Phase, RecipientResult, Setback, Verdict};
use crate::domain::trouble::Trouble;

/// The most commands sent before their answers are read, so that neither side waits for the other's full buffer.
const PIPELINE_COMMANDS: usize = 50;
/// How long to wait for the reason when the server stops reading a mail.
const LAST_WORDS: Duration = Duration::from_secs(5);

impl Session {
    /// Sends one mail. `barrier` runs when all but the final dot is written; if it fails, the connection is
    /// dropped without the dot and nothing was sent. Afterwards look at [`Session::is_usable`].
    pub async fn send(
        &mut self,
        envelope: &Envelope,
        raw: &[u8],
        barrier: impl Future<Output = Result<(), Trouble>> + Send,
    ) -> Delivery {
        let (Ok(delivery) | Err(delivery)) = self.attempt(envelope, raw, barrier).await;
        delivery
    }

    async fn attempt(
        &mut self,
        envelope: &Envelope,
        raw: &[u8],
        barrier: impl Future<Output = Result<(), Trouble>> + Send,
    ) -> Result<Delivery, Delivery> {
        let mut mail = Prepared::for_server(&self.capabilities, envelope, raw)?;
        let hopeless = mail.recipient_commands.is_empty()
            || (envelope.all_or_nothing && any(&mail.results, Verdict::Refused));
        if !hopeless {
            self.name_everybody(&mut mail).await?;
        }
        let results = self.settle_recipients(envelope, mail.results).await?;
        self.announce(&results).await?;
        self.write_content(&mail.content, &results).await?;
        self.pass_barrier(barrier, &results).await?;
        Ok(self.finish(results).await)
    }

    /// MAIL and all RCPT; leaves each recipient's verdict in `mail.results`.
    async fn name_everybody(&mut self, mail: &mut Prepared) -> Result<(), Delivery> {
        let mut commands = vec![(None, mail.mail_command.clone())];
        let recipients = mail.recipient_commands.drain(..);
        commands.extend(recipients.map(|(index, line)| (Some(index), line)));
        let batch_size = if self.capabilities.pipelining {
            PIPELINE_COMMANDS
        } else {
            1
        };
        for batch in commands.chunks(batch_size) {
            let lines: Vec<&str> = batch.iter().map(|(_, line)| line.as_str()).collect();
            let replies = self.group(&lines).await.map_err(Delivery::NotSent)?;
            for ((index, _), reply) in batch.iter().zip(&replies) {
                self.named(*index, reply, &mut mail.results).await?;
            }
        }
        Ok(())
    }

    /// Takes in the answer to one MAIL (`index` is `None`) or RCPT.
    async fn named(
        &mut self,
        index: Option<usize>,
        reply: &Reply,
        results: &mut [RecipientResult],
    ) -> Result<(), Delivery> {
        let Some(index) = index else {
            return match reply.code {
                250 => Ok(()),
                _ => Err(self.turned_down(reply, Phase::Sender, results).await),
            };
        };
        let verdict = match (reply.code, reply.kind()) {
            // 251: not local, the server forwards it.
            (250 | 251, _) => Verdict::Accepted,
            (421, _) | (_, ReplyKind::Other) => {
                return Err(self.turned_down(reply, Phase::Recipients, results).await);
            }
            (_, ReplyKind::Later) => Verdict::Deferred,
            (_, ReplyKind::Never) => Verdict::Refused,
        };
        if let Some(result) = results.get_mut(index) {
            decide(result, verdict, &reply.words());
        }
        Ok(())
    }

    /// Commands and their answers; pipelined where there is more than one (RFC 2920). Stops after a 421.
    async fn group(&mut self, lines: &[&str]) -> Result<Vec<Reply>, Setback> {
        self.say(lines.join("\r\n").as_bytes(), Phase::Recipients)
            .await?;
        let mut replies = Vec::with_capacity(lines.len());
        for _ in lines {
            let reply = self.hear(Phase::Recipients, self.timings.command).await?;
            replies.push(reply);
            if !self.usable {
                break;
            }
        }
        Ok(replies)
    }

    /// Goes on if somebody is left to send to.
    async fn settle_recipients(
        &mut self,
        envelope: &Envelope,
        mut results: Vec<RecipientResult>,
    ) -> Result<Vec<RecipientResult>, Delivery> {
        let accepted = results
            .iter()
            .filter(|result| result.verdict == Verdict::Accepted)
            .count();
        if accepted == results.len() || (accepted > 0 && !envelope.all_or_nothing) {
            return Ok(results);
        }
        if self.usable {
            self.reset().await;
        }
        for result in &mut results {
            if matches!(result.verdict, Verdict::Accepted | Verdict::Withheld) {
                decide(
                    result,
                    Verdict::Withheld,
                    "held back, because another recipient was turned down",
                );
            }
        }
        let finally = if envelope.all_or_nothing && any(&results, Verdict::Refused) {
            Verdict::Refused
        } else if any(&results, Verdict::Deferred) {
            Verdict::Deferred
        } else {
            Verdict::Refused
        };
        let first = results.iter().find(|result| result.verdict == finally);
        let words = first.map(|result| result.words.clone()).unwrap_or_default();
        Err(ended(finally, Phase::Recipients, words, results))
    }

    async fn announce(&mut self, results: &[RecipientResult]) -> Result<(), Delivery> {
        let reply = self.command("DATA", Phase::Data).await;
        let reply = reply.map_err(Delivery::NotSent)?;
        match reply.code {
            354 => Ok(()),
            _ => Err(self.turned_down(&reply, Phase::Data, results).await),
        }
    }

    async fn write_content(
        &mut self,
        content: &[u8],
        results: &[RecipientResult],
    ) -> Result<(), Delivery> {
        if let Err(broken) = self.wire.write(content, self.timings.block).await {
            if matches!(broken, Broken::Lost(_))
                && let Ok(reply) = self.wire.reply(LAST_WORDS).await
                && reply.kind() != ReplyKind::Other
            {
                self.drop_line();
                return Err(self.turned_down(&reply, Phase::Content, results).await);
            }
            self.drop_line();
            return Err(Delivery::not_sent(
                Phase::Content,
                broken.trouble(Phase::Content.doing()),
            ));
        }
        self.still_in_step(Phase::Content, results).await
    }

    async fn pass_barrier(
        &mut self,
        barrier: impl Future<Output = Result<(), Trouble>> + Send,
        results: &[RecipientResult],
    ) -> Result<(), Delivery> {
        let limit = self.timings.barrier;
        let passed = tokio::time::timeout(limit, barrier).await.unwrap_or_else(|_| {
            Err(Trouble::operator(format!(
                "the store took more than {} s to record that the mail is leaving, so it was not sent",
                limit.as_secs()
            )))
        });
        if let Err(trouble) = passed {
            self.drop_line();
            return Err(Delivery::not_sent(Phase::Barrier, trouble));
        }
        self.still_in_step(Phase::Barrier, results).await
    }

    /// The dot has not been written: words that came early are an answer only if they say no.
    async fn still_in_step(
        &mut self,
        phase: Phase,
        results: &[RecipientResult],
    ) -> Result<(), Delivery> {
        let early = match self.wire.something_waits().await {
            Ok(false) => return Ok(()),
            Ok(true) => self.wire.reply(LAST_WORDS).await,
            Err(broken) => Err(broken),
        };
        self.drop_line();
        match early {
            Ok(reply) => Err(self.turned_down(&reply, phase, results).await),
            Err(broken) => Err(Delivery::not_sent(phase, broken.trouble(phase.doing()))),
        }
    }

    /// The dot and its answer.
    async fn finish(&mut self, mut results: Vec<RecipientResult>) -> Delivery {
        self.log_note("(the mail) .");
        let answer = match self.wire.write(FINAL_DOT, self.timings.block).await {
            Ok(()) => self.wire.reply(self.timings.dot).await,
            Err(broken) => Err(broken),
        };
        if let Ok(reply) = &answer {
            self.log_answer(reply);
        }
        let known = match answer {
            Ok(reply) if reply.code == 250 => {
                return Delivery::Accepted {
                    line: reply.words(),
                    recipients: results,
                };
            }
            Ok(reply) if reply.kind() != ReplyKind::Other => {
                self.usable &= reply.code != 421;
                return no_thanks(&reply, Phase::AfterDot, &results);
            }
            Ok(reply) => format!("the server's answer made no sense ({})", reply.words()),
            Err(broken) => broken.words(),
        };
        self.drop_line();
        let known = format!("after the last dot, {known}");
        for result in results
            .iter_mut()
            .filter(|r| r.verdict == Verdict::Accepted)
        {
            decide(result, Verdict::Uncertain, &known);
        }
        Delivery::Uncertain {
            known,
            recipients: results,
        }
    }

    /// A reply that ends the attempt before the dot.
    async fn turned_down(
        &mut self,
        reply: &Reply,
        phase: Phase,
        results: &[RecipientResult],
    ) -> Delivery {
        if reply.kind() == ReplyKind::Other {
            self.drop_line();
            return Delivery::NotSent(self.unexpected(reply, phase));
        }
        self.usable &= reply.code != 421;
        if self.usable {
            self.reset().await;
        }
        no_thanks(reply, phase, results)
    }

    /// RSET, so that the session can carry another mail; a session that does not reset is not used again.
    pub(super) async fn reset(&mut self) {
        let answer = self.command("RSET", Phase::Sender).await;
        if !matches!(answer, Ok(reply) if reply.code == 250) {
            self.usable = false;
        }
    }

    /// Closes the connection at once: what the server has of the mail is without its dot.
    fn drop_line(&mut self) {
        self.usable = false;
        self.wire.cut();
    }
}

/// The server's own no. Recipients that were refused by name keep their words.
fn no_thanks(reply: &Reply, phase: Phase, results: &[RecipientResult]) -> Delivery {
    let verdict = match reply.kind() {
        ReplyKind::Never => Verdict::Refused,
        ReplyKind::Later | ReplyKind::Other => Verdict::Deferred,
    };
    let mut recipients = results.to_vec();
    for result in &mut recipients {
        if matches!(result.verdict, Verdict::Accepted | Verdict::Withheld) {
            decide(result, verdict, &reply.words());
        }
    }
    ended(verdict, phase, reply.words(), recipients)
}

fn ended(
    verdict: Verdict,
    phase: Phase,
    words: String,
    recipients: Vec<RecipientResult>,
) -> Delivery {
    if verdict == Verdict::Refused {
        Delivery::Refused {
            phase,
            words,
            recipients,
        }
    } else {
        Delivery::Deferred {
            phase,
            words,
            recipients,
        }
    }
}

fn any(results: &[RecipientResult], verdict: Verdict) -> bool {
    results.iter().any(|result| result.verdict == verdict)
}
