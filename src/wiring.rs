//! Wires a front end to an engine in this process.

use std::future::Future;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use ticketty::cli::{Client, Patience};
use ticketty::config::origin::origin;
use ticketty::config::paths::Paths;
use ticketty::config::person::{Person, host};
use ticketty::config::secrets::Secrets;
use ticketty::config::settings::{self, SETTINGS, Settings};
use ticketty::config::{defects, logging, paths};
use ticketty::domain::audit::Way;
use ticketty::domain::preferences::Preferences;
use ticketty::domain::trouble::Trouble;
use ticketty::engine::core::SyncMode;
use ticketty::engine::mailbox::lease::holder_name;
use ticketty::engine::outside::Outside;
use ticketty::engine::{self, Configuration, EngineHandle, EngineSetup, ParserCommand};
use ticketty::mail::dns::Dns;
use ticketty::mail::http::Web;
use ticketty::run::Extras;
use ticketty::store::sqlite::{LookThrough, OpenOptions, SqliteStore};
use ticketty::wire;

/// Larger mails are kept as a stub with their header; the rest can be asked for.
const LARGEST_MESSAGE_BYTES: u64 = 50 * 1024 * 1024;

/// Longer than the engine may take to let go of its leases.
const GRACE: Duration = Duration::from_secs(20);

/// What every run with an engine stands on.
pub struct House {
    pub paths: Paths,
    pub settings: Settings,
    /// Through what settings are changed in this run.
    pub way: Way,
}

impl House {
    /// Reads the configuration, makes the directories and starts the log.
    pub fn open(paths: Paths, way: Way) -> Result<Self, Trouble> {
        let settings = settings::load(&paths)?;
        paths::make_private_directory(&paths.data_dir)?;
        logging::start(&paths.log_file(), &settings.log_level)?;
        defects::report_to(&paths.log_file());
        Ok(Self {
            paths,
            settings,
            way,
        })
    }

    /// What the desk is given of the configuration.
    pub fn preferences(&self) -> Result<Preferences, Trouble> {
        self.settings.preferences(&self.paths, settings::no_color())
    }

    /// What the desk is given of the machine.
    pub fn extras(&self) -> Result<Extras, Trouble> {
        paths::make_private_directory(&self.paths.runtime_dir)?;
        Ok(Extras::from_environment(self.paths.runtime_dir.clone()))
    }

    /// Starts an engine on the store; the client is the other end of its line.
    pub fn engine(&self, sync: SyncMode) -> Result<(Client, EngineHandle), Trouble> {
        let (front, end) = wire::line();
        let handle = engine::start(self.setup(sync)?, end);
        Ok((Client::new(front), handle))
    }

    fn setup(&self, sync: SyncMode) -> Result<EngineSetup, Trouble> {
        let database = self.settings.database(&self.paths);
        let mut patience = Patience::default();
        let mut tell = |look| match look {
            LookThrough::Begins { bytes } => patience.begin(bytes),
            LookThrough::Ends => patience.end(),
        };
        let store = SqliteStore::open_telling(&database, OpenOptions::default(), &mut tell)?;
        let person = Person::at_the_keyboard();
        let name = if self.settings.name.is_empty() {
            person.name
        } else {
            self.settings.name.clone()
        };
        Ok(EngineSetup {
            store: Arc::new(store),
            secrets: Arc::new(Secrets::new(self.paths.secrets_file())),
            operator_login: person.login,
            operator_name: name,
            parser: parser()?,
            holder: holder_name(&host(), &run_name()?),
            sync,
            max_message_bytes: LARGEST_MESSAGE_BYTES,
            outside: Outside::new(
                Web::new(self.settings.web_ca_file.clone()),
                self.settings.oauth.clone(),
            ),
            dns: Arc::new(self.settings.dns_server.map_or_else(Dns::system, Dns::at)),
            origin: origin(self.way.clone()),
            configuration: Some(self.configuration()),
        })
    }

    /// What config.toml says, for the log of settings.
    fn configuration(&self) -> Configuration {
        let shown = SETTINGS
            .iter()
            .map(|setting| (setting.key.to_owned(), (setting.show)(&self.settings)));
        Configuration {
            path: self.paths.config_file.display().to_string(),
            values: shown.collect(),
        }
    }
}

/// A word that no other run has.
fn run_name() -> Result<String, Trouble> {
    getrandom::u64()
        .map(|number| format!("{number:016x}"))
        .map_err(|cause| Trouble::bug("the system gave no random numbers").because(cause))
}

/// This very program, even when its file is replaced while it runs.
fn parser() -> Result<ParserCommand, Trouble> {
    let own = Path::new("/proc/self/exe");
    let program = if own.exists() {
        own.to_path_buf()
    } else {
        std::env::current_exe().map_err(|cause| {
            Trouble::bug("the program does not know where it is, and cannot start its mail parser")
                .because(cause)
        })?
    };
    Ok(ParserCommand {
        program,
        args: vec!["parse-mail".into()],
    })
}

/// Passwords and mail are in our memory; whatever ends us leaves none of it in a file.
///
/// # Errors
/// The system refuses the limit.
pub fn without_core_dumps() -> std::io::Result<()> {
    let limit = getrlimit(Resource::Core);
    setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            ..limit
        },
    )?;
    Ok(())
}

/// What a shell says of a program that a signal ended.
pub fn exit_code(signal: i32) -> ExitCode {
    ExitCode::from(u8::try_from(128 + signal).unwrap_or(1))
}

/// How a run ended.
pub enum Ended<T> {
    ByItself(T),
    /// By a signal of this number.
    Asked(i32),
}

/// Ends the process some time after it was asked to end, if it has not ended by then: a terminal that is gone can
/// keep a library busy for ever, and a desk that nobody sees must not go on. `last` is done before.
pub fn end_for_sure(last: impl FnOnce() + Send + 'static) {
    tokio::spawn(async move {
        if let Ok(Ended::Asked(signal)) = until_asked(std::future::pending::<()>()).await {
            tokio::time::sleep(GRACE).await;
            tracing::error!(signal, "the desk did not end in time and is cut off");
            last();
            std::process::exit(128 + signal);
        }
    });
}

/// Runs `work` until it ends or somebody asks the program to end.
pub async fn until_asked<T>(work: impl Future<Output = T>) -> Result<Ended<T>, Trouble> {
    let listen = |kind: SignalKind| {
        signal(kind)
            .map_err(|cause| Trouble::bug("the program cannot listen for signals").because(cause))
    };
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hangup = listen(SignalKind::hangup())?;
    Ok(tokio::select! {
        done = work => Ended::ByItself(done),
        _ = interrupt.recv() => Ended::Asked(SignalKind::interrupt().as_raw_value()),
        _ = terminate.recv() => Ended::Asked(SignalKind::terminate().as_raw_value()),
        _ = hangup.recv() => Ended::Asked(SignalKind::hangup().as_raw_value()),
    })
}
