//! An engine with a fake provider, asked over its line like a front end does.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ticketty::bridge::{
    Ask, AskId, Begun, ConnectReport, ConnectRequest, FlowId, MailboxLine, MailboxReport,
    MailboxRequest, Report, Request, Secret, SignInReport, SignInRequest, SignInWay, Told,
};
use ticketty::config::secrets::Secrets;
use ticketty::domain::ids::MailboxId;
use ticketty::domain::mailbox::MailboxSettings;
use ticketty::domain::oauth::Providers;
use ticketty::domain::trouble::Trouble;
use ticketty::engine::core::SyncMode;
use ticketty::engine::outside::Outside;
use ticketty::engine::{EngineHandle, EngineSetup, ParserCommand, start};
use ticketty::mail::http::Web;
use ticketty::store::sqlite::{OpenOptions, SqliteStore};
use ticketty::wire::FrontEnd;

const PATIENCE: Duration = Duration::from_secs(40);

pub struct Bench {
    front: FrontEnd,
    _engine: EngineHandle,
    next: u64,
    /// Told while something else was waited for.
    kept: VecDeque<Told>,
}

impl Bench {
    pub fn start(dir: &Path, providers: Providers) -> Self {
        let store = SqliteStore::open(dir.join("ticketty.db"), OpenOptions::default()).unwrap();
        let setup = EngineSetup {
            store: Arc::new(store),
            secrets: Arc::new(Secrets::new(dir.join("secrets.toml"))),
            operator_login: "anna".into(),
            operator_name: "Anna".into(),
            parser: ParserCommand {
                program: env!("CARGO_BIN_EXE_ticketty").into(),
                args: vec!["parse-mail".into()],
            },
            holder: ticketty::engine::mailbox::lease::holder_name("desk", "1"),
            sync: SyncMode::Once,
            max_message_bytes: 50 * 1024 * 1024,
            outside: Outside::new(Web::new(None), providers),
            origin: Default::default(),
            configuration: None,
            dns: Arc::new(ticketty::mail::dns::Dns::at("127.0.0.1:1".parse().unwrap())),
        };
        let (front, end) = ticketty::wire::line();
        Self {
            front,
            _engine: start(setup, end),
            next: 1,
            kept: VecDeque::new(),
        }
    }

    pub fn post(&mut self, request: Request) -> AskId {
        let id = AskId(self.next);
        self.next += 1;
        self.front.asks.send(Ask { id, request }).unwrap();
        id
    }

    /// The first thing told that `wanted` takes; the rest is kept.
    async fn hear<T>(&mut self, label: &str, wanted: impl Fn(&Told) -> Option<T>) -> T {
        for at in 0..self.kept.len() {
            if let Some(found) = wanted(&self.kept[at]) {
                self.kept.remove(at);
                return found;
            }
        }
        let waiting = async {
            loop {
                let told = self.front.told.recv().await.expect("the engine lives");
                if let Some(found) = wanted(&told) {
                    return found;
                }
                self.kept.push_back(told);
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap_or_else(|_| panic!("{label} did not come"))
    }

    pub async fn answer(&mut self, id: AskId) -> Result<Report, Trouble> {
        self.hear("an answer", |told| {
            (told.answers == Some(id)).then(|| match told.report.clone() {
                Report::Failed(trouble) => Err(trouble),
                report => Ok(report),
            })
        })
        .await
    }

    pub async fn ask(&mut self, request: Request) -> Result<Report, Trouble> {
        let id = self.post(request);
        self.answer(id).await
    }

    pub async fn sign_in(&mut self, request: SignInRequest) -> Result<Report, Trouble> {
        self.ask(Request::Connect(ConnectRequest::SignIn(request)))
            .await
    }

    /// Begins a sign-in; its answer comes later under the number.
    pub async fn begin(&mut self, way: SignInWay) -> (AskId, Begun) {
        let request = SignInRequest::Begin {
            provider: "acme".into(),
            login: "anna".into(),
            way,
        };
        let id = self.post(Request::Connect(ConnectRequest::SignIn(request)));
        let begun = self
            .hear("the beginning", |told| match &told.report {
                Report::Connect(ConnectReport::SignIn(SignInReport::Begun(begun))) => {
                    Some(begun.clone())
                }
                _ => None,
            })
            .await;
        (id, begun)
    }

    pub async fn paste(&mut self, flow: FlowId, address: &str) -> Result<Report, Trouble> {
        let address = Secret::new(address);
        self.sign_in(SignInRequest::Pasted { flow, address }).await
    }

    /// The tokens at the end of a sign-in.
    pub async fn tokens(&mut self, id: AskId) -> Result<Secret, Trouble> {
        match self.answer(id).await? {
            Report::Connect(ConnectReport::SignIn(SignInReport::SignedIn { tokens, .. })) => {
                Ok(tokens)
            }
            other => panic!("{other:?}"),
        }
    }

    pub async fn put(
        &mut self,
        id: Option<MailboxId>,
        settings: &MailboxSettings,
        secret: Option<Secret>,
    ) -> MailboxId {
        let request = MailboxRequest::Put {
            id,
            settings: Box::new(settings.clone()),
            secret,
        };
        match self.ask(Request::Mailbox(request)).await.unwrap() {
            Report::Mailbox(MailboxReport::Saved(id)) => id,
            other => panic!("{other:?}"),
        }
    }

    /// The mailbox as the list shows it.
    pub async fn line(&mut self) -> MailboxLine {
        match self.ask(Request::Mailbox(MailboxRequest::List)).await {
            Ok(Report::Mailbox(MailboxReport::List(lines))) => lines.into_iter().next().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// Looks for mail: how many came, and what went wrong.
    pub async fn sync(&mut self) -> (u64, Vec<Trouble>) {
        let request = Request::Mailbox(MailboxRequest::SyncNow(None));
        match self.ask(request).await.unwrap() {
            Report::Mailbox(MailboxReport::Synced {
                new_messages,
                troubles,
                ..
            }) => {
                let troubles = troubles.into_iter().map(|(_, trouble)| trouble);
                (new_messages, troubles.collect())
            }
            other => panic!("{other:?}"),
        }
    }
}
