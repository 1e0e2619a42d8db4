//! The command line picks a front end and wires it to an engine.

mod wiring;

use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use ticketty::cli::demo::Stage;
use ticketty::cli::{
    self, Cli, Client, Command, DemoArgs, DeskCommand, Output, ProgramCommand, UpkeepCommand,
};
use ticketty::config::defects;
use ticketty::config::paths::Paths;
use ticketty::config::settings;
use ticketty::domain::audit::Way;
use ticketty::domain::trouble::Trouble;
use ticketty::engine::core::SyncMode;
use ticketty::store::sqlite::SqliteStore;

use wiring::{Ended, House, end_for_sure, until_asked};

/// How long threads that still wait for a disk or a pipe may hold up the end.
const LAST_PATIENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let (cli, way) = cli::read();
    if let Some(Command::Program(ProgramCommand::ParseMail)) = cli.command {
        // Before anything is read or opened: this process gives up what it could use.
        ticketty::mail::mime::child::serve();
    }
    if let Err(cause) = wiring::without_core_dumps() {
        let trouble = Trouble::bug("core dumps cannot be switched off").because(cause);
        cli::output::print_failure(&trouble, cli.json);
        return ExitCode::FAILURE;
    }
    let is_json = cli.json;
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(cli, way)));
    match ended.unwrap_or_else(|_| Err(defects::told("ticketty broke off", "start it again"))) {
        Ok(code) => code,
        Err(trouble) => {
            cli::output::print_failure(&trouble, is_json);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli, way: Way) -> Result<ExitCode, Trouble> {
    let mut out = Output::stdout(cli.json);
    let places = || Paths::find(cli.config.clone(), cli.data_dir.clone());
    let done = |()| ExitCode::SUCCESS;
    match cli.command {
        None => {
            let places = places()?;
            block_on(async move {
                let house = House::open(places, way)?;
                desk(&house, async {}, || ()).await
            })
        }
        Some(Command::Desk(command)) => block_on(desk_command(*command, places()?, way, &mut out)),
        Some(Command::Upkeep(UpkeepCommand::Restore(arguments))) => {
            restore(&arguments, &places()?, &mut out).map(done)
        }
        Some(Command::Upkeep(command)) => block_on(upkeep(command, places()?, way, &mut out)),
        Some(Command::Program(command)) => match command {
            ProgramCommand::Demo(arguments) => block_on(demo(arguments, places()?, way, &mut out)),
            ProgramCommand::Config(command) => {
                cli::config::run(command, &places()?, &mut out).map(done)
            }
            ProgramCommand::Completions(arguments) => {
                cli::shell::completions(&arguments, &mut out).map(done)
            }
            ProgramCommand::Man => cli::shell::man(&mut out).map(done),
            ProgramCommand::ParseMail => ticketty::mail::mime::child::serve(),
        },
    }
}

fn block_on(work: impl Future<Output = Result<ExitCode, Trouble>>) -> Result<ExitCode, Trouble> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| {
            Trouble::operator("the program cannot start its threads").because(cause)
        })?;
    let result = runtime.block_on(work);
    runtime.shutdown_timeout(LAST_PATIENCE);
    result
}

/// Runs one command against an engine, and ends the engine whatever comes.
async fn with_engine<F>(
    house: &House,
    sync: SyncMode,
    work: impl FnOnce(Client) -> F,
) -> Result<ExitCode, Trouble>
where
    F: Future<Output = Result<(), Trouble>>,
{
    let (client, engine) = house.engine(sync)?;
    let ended = until_asked(work(client)).await;
    engine.stop().await;
    match ended? {
        Ended::ByItself(result) => result.map(|()| ExitCode::SUCCESS),
        Ended::Asked(signal) => Ok(wiring::exit_code(signal)),
    }
}

async fn desk_command(
    command: DeskCommand,
    paths: Paths,
    way: Way,
    out: &mut Output,
) -> Result<ExitCode, Trouble> {
    let house = House::open(paths, way)?;
    let stays = matches!(&command, DeskCommand::Sync(arguments) if !arguments.once);
    let sync = if stays {
        SyncMode::Live
    } else {
        SyncMode::Once
    };
    let code = with_engine(&house, sync, |mut client| async move {
        cli::run_desk_command(command, &mut client, out).await
    })
    .await?;
    // `ticketty sync` stays until it is asked to end, so being asked is how it succeeds.
    Ok(if stays { ExitCode::SUCCESS } else { code })
}

async fn upkeep(
    command: UpkeepCommand,
    paths: Paths,
    way: Way,
    out: &mut Output,
) -> Result<ExitCode, Trouble> {
    let house = House::open(paths, way)?;
    let (paths, settings) = (house.paths.clone(), house.settings.clone());
    with_engine(&house, SyncMode::Once, |mut client| async move {
        let client = &mut client;
        match command {
            UpkeepCommand::Import(arguments) => cli::import::run(arguments, client, out).await,
            UpkeepCommand::Export(arguments) => cli::export::run(arguments, client, out).await,
            UpkeepCommand::Backup(arguments) => cli::upkeep::backup(arguments, client, out).await,
            UpkeepCommand::Doctor => cli::upkeep::doctor(&paths, &settings, client, out).await,
            UpkeepCommand::Audit(arguments) => cli::audit::run(arguments, client, out).await,
            UpkeepCommand::Restore(arguments) => restore(&arguments, &paths, out),
        }
    })
    .await
}

/// Without an engine: the store must not be open.
fn restore(
    arguments: &cli::upkeep::RestoreArgs,
    paths: &Paths,
    out: &mut Output,
) -> Result<(), Trouble> {
    let settings = settings::load(paths)?;
    let target = settings.database(paths);
    let restored =
        SqliteStore::restore(&arguments.file, &target, arguments.force, Timestamp::now())?;
    let value =
        json!({"database": target, "parked": restored.parked, "replaced": restored.replaced});
    out.answer(&value, || {
        let mut text = format!("Restored {}.\n", target.display());
        if let Some(replaced) = &restored.replaced {
            text.push_str(&format!("What was there is kept as {}.\n", replaced.display()));
        }
        if restored.parked > 0 {
            text.push_str(&format!(
                "{} answers were on their way when the backup was made; decide about them with `ticketty outbox list`.\n",
                restored.parked
            ));
        }
        text
    })
}

async fn demo(
    arguments: DemoArgs,
    paths: Paths,
    way: Way,
    out: &mut Output,
) -> Result<ExitCode, Trouble> {
    if !arguments.prepare {
        ticketty::run::needs_terminal()?;
    }
    let stage = Stage::set(arguments.keep.as_deref())?;
    let house = House::open(stage.paths(paths), way)?;
    let furnished = stage.clone();
    let furnish =
        |mut client: Client| async move { furnished.furnish(Timestamp::now(), &mut client).await };
    let code = with_engine(&house, SyncMode::Once, furnish).await?;
    if code != ExitCode::SUCCESS {
        return Ok(code);
    }
    if arguments.prepare {
        let home = stage.home();
        out.answer(
            &json!({"home": home, "data_dir": house.paths.data_dir}),
            || format!("The demo is in {}.\n", home.display()),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let struck = stage.clone();
    let played = stage.clone();
    let beside = async move { played.live().await };
    desk(&house, beside, move || struck.strike()).await
}

/// Shows the desk, with something going on beside it. `last` is done even if the desk has to be cut off.
async fn desk(
    house: &House,
    beside: impl Future<Output = ()> + Send + 'static,
    last: impl FnOnce() + Send + 'static,
) -> Result<ExitCode, Trouble> {
    ticketty::run::needs_terminal()?;
    let preferences = house.preferences()?;
    let extras = house.extras()?;
    let (client, engine) = house.engine(SyncMode::Live)?;
    // Not before: while the store is looked through, whoever waits can end the program at once.
    end_for_sure(last);
    let beside = tokio::spawn(beside);
    // The desk takes its keys and signals itself, and gives the terminal back whatever happens.
    let result = ticketty::run::desk(client.into_line(), preferences, extras).await;
    beside.abort();
    engine.stop().await;
    result.map(|()| ExitCode::SUCCESS)
}
