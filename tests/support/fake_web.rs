//! A small web server whose answers are a closure, on loopback, with or without TLS.
//!
//! It lives on a thread of its own, so that plain and async tests use it alike, and ends with its value.
//!
//! ```ignore
//! let web = FakeWeb::start(|asked| match asked.path.as_str() {
//!     "/mail/config-v1.1.xml" => Page::ok("<clientConfig/>"),
//!     _ => Page::status(404),
//! });
//! let url = web.url("/mail/config-v1.1.xml");
//! ```

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use url::Url;

use super::authority::Issued;

/// A request as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    pub path: String,
    /// Without the question mark; empty where there is none.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A field of the posted form.
    pub fn field(&self, name: &str) -> Option<String> {
        pair(&self.body, name)
    }
}

fn pair(encoded: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(encoded.as_bytes())
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Says nothing and keeps the connection open.
    pub is_silent: bool,
}

impl Page {
    pub fn ok(body: impl AsRef<[u8]>) -> Self {
        Self {
            body: body.as_ref().to_vec(),
            ..Self::status(200)
        }
    }

    pub fn json(status: u16, body: &str) -> Self {
        let page = Self {
            body: body.as_bytes().to_vec(),
            ..Self::status(status)
        };
        page.with("Content-Type", "application/json")
    }

    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            is_silent: false,
        }
    }

    pub fn redirect(to: &str) -> Self {
        Self::status(302).with("Location", to)
    }

    pub fn silence() -> Self {
        Self {
            is_silent: true,
            ..Self::status(200)
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Answers = Arc<dyn Fn(&Asked) -> Page + Send + Sync>;

/// The server; it ends with the value.
#[derive(Debug)]
pub struct FakeWeb {
    pub port: u16,
    scheme: &'static str,
    asked: Arc<Mutex<Vec<Asked>>>,
    stop: Option<oneshot::Sender<()>>,
}

impl FakeWeb {
    /// Plain HTTP.
    pub fn start(answers: impl Fn(&Asked) -> Page + Send + Sync + 'static) -> Self {
        Self::begin(None, Arc::new(answers))
    }

    /// HTTPS with this certificate.
    pub fn start_tls(
        issued: &Issued,
        answers: impl Fn(&Asked) -> Page + Send + Sync + 'static,
    ) -> Self {
        Self::begin(Some(issued.acceptor()), Arc::new(answers))
    }

    fn begin(tls: Option<TlsAcceptor>, answers: Answers) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = oneshot::channel();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let kept = Arc::clone(&asked);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = serve(listener, tls, answers, kept) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            port,
            scheme,
            asked,
            stop: Some(stop),
        }
    }

    /// The address of a path on this server, by number.
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}://127.0.0.1:{}{path}", self.scheme, self.port)).unwrap()
    }

    /// Every request so far, in the order in which they came.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for FakeWeb {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    answers: Answers,
    asked: Arc<Mutex<Vec<Asked>>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, answers, asked) = (tls.clone(), Arc::clone(&answers), Arc::clone(&asked));
        tokio::spawn(async move {
            match tls {
                None => talk(stream, &answers, &asked).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        talk(stream, &answers, &asked).await;
                    }
                }
            }
        });
    }
}

/// One request, one answer, and the connection ends.
async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    answers: &Answers,
    asked: &Mutex<Vec<Asked>>,
) {
    let mut stream = BufReader::new(stream);
    let Some(request) = read(&mut stream).await else {
        return;
    };
    asked.lock().unwrap().push(request.clone());
    let page = answers(&request);
    if page.is_silent {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        return;
    }
    let mut head = format!(
        "HTTP/1.1 {} Fake\r\nContent-Length: {}\r\nConnection: close\r\n",
        page.status,
        page.body.len()
    );
    for (name, value) in &page.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&page.body).await;
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut words = line.split_whitespace();
    let method = words.next()?.to_owned();
    let target = words.next()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut asked = Asked {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        ..Asked::default()
    };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let line = line.trim_end();
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let header = (name.to_ascii_lowercase(), value.trim().to_owned());
        asked.headers.push(header);
    }
    let length = asked
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    asked.body = String::from_utf8_lossy(&body).into_owned();
    Some(asked)
}
