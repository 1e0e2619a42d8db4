//! The door on 127.0.0.1 that the provider's page sends the browser to (RFC 8252 §7.3).
//!
//! It answers one kind of question, with pages of a few words; whatever is not the answer to this sign-in gets a
//! refusal and changes nothing.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

use crate::domain::oauth::IdentityProvider;
use crate::domain::oauth::redirect::{self, Expected, NotTaken};
use crate::domain::trouble::Trouble;

const LARGEST_REQUEST_BYTES: usize = 16 * 1024;
/// A browser asks at once; whoever only connects does not keep the door busy.
const ASK_WITHIN: Duration = Duration::from_secs(10);
/// More at once is no browser.
const MOST_AT_ONCE: usize = 16;

#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    pub port: u16,
    /// The address that is registered with the provider, with our port.
    pub redirect: Url,
}

impl Door {
    /// # Errors
    /// This machine gives no port.
    pub async fn open(provider: &IdentityProvider) -> Result<Self, Trouble> {
        let failed = |cause: std::io::Error| {
            Trouble::operator("this machine gives no port for the sign-in").because(cause)
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        // Microsoft takes any port only for this name; it is this machine all the same.
        let host = match &*provider.name {
            "microsoft" => "localhost",
            _ => "127.0.0.1",
        };
        let redirect = Url::parse(&format!("http://{host}:{port}/"))
            .map_err(|cause| Trouble::bug("our own address cannot be read").because(cause))?;
        Ok(Self {
            listener,
            port,
            redirect,
        })
    }

    /// Waits for the browser that brings the code.
    ///
    /// # Errors
    /// The provider refused.
    pub async fn code(&self, expected: &Expected<'_>) -> Result<String, Trouble> {
        let mut visitors = JoinSet::new();
        loop {
            tokio::select! {
                Ok((stream, _)) = self.listener.accept(), if visitors.len() < MOST_AT_ONCE => {
                    visitors.spawn(listen(stream, self.port));
                }
                Some(visitor) = visitors.join_next() => {
                    let Ok(Some((stream, target))) = visitor else {
                        continue;
                    };
                    if let Some(end) = receive(stream, &target, expected).await {
                        return end;
                    }
                }
            }
        }
    }
}

/// Decides about one request; `None` lets the sign-in go on waiting.
async fn receive(
    stream: TcpStream,
    target: &str,
    expected: &Expected<'_>,
) -> Option<Result<String, Trouble>> {
    let is_the_page = target == "/" || target.starts_with("/?");
    if !is_the_page {
        say(stream, 404, "There is nothing here.").await;
        return None;
    }
    let mut address = expected.redirect.as_str().trim_end_matches('/').to_owned();
    address.push_str(target);
    match redirect::code_in(&address, expected) {
        Ok(code) => {
            say(stream, 200, "You are signed in. You can close this page.").await;
            Some(Ok(code))
        }
        Err(NotTaken::NotOurs(_)) => {
            let words = "This page does not belong to the sign-in that Ticketty waits for.";
            say(stream, 400, words).await;
            None
        }
        Err(NotTaken::Refused(trouble)) => {
            let words = "The sign-in was refused. Ticketty says why; you can close this page.";
            say(stream, 200, words).await;
            Some(Err(trouble))
        }
    }
}

/// The target of one GET, where it is a whole request for this very door.
async fn listen(mut stream: TcpStream, port: u16) -> Option<(TcpStream, String)> {
    let reading = async {
        let mut head = Vec::new();
        let mut chunk = [0; 2048];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let count = stream.read(&mut chunk).await.ok()?;
            if count == 0 || head.len() > LARGEST_REQUEST_BYTES {
                return None;
            }
            head.extend_from_slice(chunk.get(..count)?);
        }
        String::from_utf8(head).ok()
    };
    let head = tokio::time::timeout(ASK_WITHIN, reading).await.ok()??;
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?.to_owned());
    // A page of a stranger that found this port would ask under another name.
    let is_for_us = lines
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
        .all(|(_, host)| {
            let host = host.trim();
            host == format!("127.0.0.1:{port}") || host == format!("localhost:{port}")
        });
    if method == "GET" && is_for_us {
        return Some((stream, target));
    }
    say(stream, 400, "This door takes only the answer of a sign-in.").await;
    None
}

/// A small plain page; whether it arrives makes no difference.
async fn say(mut stream: TcpStream, status: u16, words: &str) {
    let page = format!(
        "<!doctype html><meta charset=utf-8><title>Ticketty</title><p style=\"font:18px sans-serif;margin:3em\">{words}"
    );
    let answer = format!(
        "HTTP/1.1 {status} Ticketty\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\
         Connection: close\r\n\r\n{page}",
        page.len()
    );
    let saying = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    };
    let _ = tokio::time::timeout(ASK_WITHIN, saying).await;
}
