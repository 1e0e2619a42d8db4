//! A scripted IMAP server, for the faults that real servers do not make.
//!
//! Every connection gets the same script. What the client says is kept, so that a story can prove what was *not*
//! said.

use std::sync::{Arc, Mutex};

use ticketty::domain::mailbox::{Endpoint, Security};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One step of a script.
#[derive(Debug, Clone)]
pub enum Step {
    /// Waits for a line of the client that contains this; its tag becomes `{tag}`.
    Hear(&'static str),
    /// Sends this; `{tag}` is the tag heard last.
    Say(Vec<u8>),
    /// Keeps the connection open and says nothing more.
    Silence,
}

pub fn hear(what: &'static str) -> Step {
    Step::Hear(what)
}

pub fn say(what: impl AsRef<[u8]>) -> Step {
    Step::Say(what.as_ref().to_vec())
}

/// Greeting and sign-in, as scripts for later commands begin.
pub fn signed_in() -> Vec<Step> {
    vec![
        say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n"),
        hear("AUTHENTICATE PLAIN"),
        say("{tag} OK [CAPABILITY IMAP4rev1 IDLE] in\r\n"),
    ]
}

/// An opened folder with three mails, without extensions.
pub fn opened() -> Vec<Step> {
    let mut steps = signed_in();
    steps.extend([
        hear("EXAMINE"),
        say(
            "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n{tag} OK [READ-ONLY] opened\r\n",
        ),
    ]);
    steps
}

/// The server; it ends with the value.
#[derive(Debug)]
pub struct FakeImap {
    pub port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl FakeImap {
    pub async fn start(steps: Vec<Step>) -> Self {
        Self::start_cut(steps, usize::MAX).await
    }

    /// Closes each connection after `bytes` bytes were said.
    pub async fn start_cut(steps: Vec<Step>, bytes: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let keep = heard.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(play(stream, steps.clone(), bytes, keep.clone()));
            }
        });
        Self {
            port,
            heard,
            accepting,
        }
    }

    pub fn endpoint(&self, security: Security) -> Endpoint {
        Endpoint {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security,
        }
    }

    /// Every line that clients said.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for FakeImap {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn play(stream: TcpStream, steps: Vec<Step>, bytes: usize, heard: Arc<Mutex<Vec<String>>>) {
    let mut left = bytes;
    let mut tag = String::new();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    for step in steps {
        match step {
            Step::Hear(what) => loop {
                let Ok(Some(line)) = lines.next_line().await else {
                    return;
                };
                heard.lock().unwrap().push(line.clone());
                if line.contains(what) {
                    tag = line.split(' ').next().unwrap_or_default().to_owned();
                    break;
                }
            },
            Step::Say(what) => {
                let bytes = with_tag(&what, &tag);
                let now = bytes.get(..left.min(bytes.len())).unwrap_or_default();
                if write.write_all(now).await.is_err() {
                    return;
                }
                left -= now.len();
                if left == 0 {
                    return;
                }
            }
            Step::Silence => while let Ok(Some(_)) = lines.next_line().await {},
        }
    }
}

fn with_tag(bytes: &[u8], tag: &str) -> Vec<u8> {
    let mut said = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(5).position(|window| window == b"{tag}") {
        let (before, after) = rest.split_at(at);
        said.extend_from_slice(before);
        said.extend_from_slice(tag.as_bytes());
        rest = after.split_at(5).1;
    }
    said.extend_from_slice(rest);
    said
}

/// How many bytes a script says in all, with tags of two characters.
pub fn length_of(steps: &[Step]) -> usize {
    steps
        .iter()
        .map(|step| match step {
            Step::Say(bytes) => with_tag(bytes, "T1").len(),
            _ => 0,
        })
        .sum()
}
