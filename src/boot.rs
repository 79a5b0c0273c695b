//! The composition root: configuration → store → gate → routes → serve. The one file that sees everything.
//!
//! Only `main`, `demo` and the tests may use it; it must hold no rule of its own.

pub mod accounts;
pub mod audit;
pub mod rights_files;

use crate::server::clock::Clock;
use crate::server::config::{Config, Hidden};
use crate::server::gate::Gate;
use crate::server::gate::password::{Cost, Passwords};
use crate::server::http::connections::{self, Connections};
use crate::server::http::{Assets, Web, router};
use crate::server::seal::{self, KeyFiles};
use crate::server::services::sealing::{self, ConfiguredKeys};
use crate::server::store::{Store, Tables, Upgrade, file, transport};
use crate::server::telemetry;
use crate::server::workers::driver::Driver;
use crate::server::workers::intake::Intake;
use crate::server::workers::rollups::Rollups;
use crate::server::workers::{attachments, audit_retention, decisions, purge, retention, sweep, unsuccessful};
use axum::Router;
use hyper_util::rt::TokioTimer;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

/// A client that takes longer to say what it wants is cut off, so that slow ones cannot take all connections.
const HEADERS_WITHIN: Duration = Duration::from_secs(20);
/// No request of a browser has longer headers, and no connection holds more of an answer back.
const MAX_HEADER_BYTES: usize = 64 * 1024;
/// Requests under way when the process is told to stop have so long to end.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// A server put together but not yet listening.
pub struct Console {
    /// Its routes.
    pub router: Router,
    /// Its gate.
    pub gate: Gate,
    /// Its intake of callbacks.
    pub intake: Intake,
    connections: Connections,
    rollups: Rollups,
    store: Store,
    workers: Mutex<Vec<JoinHandle<()>>>,
    under_way: TaskTracker,
}

impl Console {
    /// Opens the database and puts the server together.
    ///
    /// # Errors
    /// A sentence that says what could not be done.
    pub async fn build(config: Config, clock: Clock, cost: Cost) -> Result<Self, String> {
        seal::private_directory(&config.data_dir).map_err(|error| format!("cannot create {}: {error}", config.data_dir.display()))?;
        if seal::is_open_to_others(&config.data_dir) {
            tracing::warn!("other users of this machine can access {0}; run chmod 700 {0}", config.data_dir.display());
        }
        let (assets, bundle) = Assets::open(&config.site_dir, config.site_dir_chosen)?;
        let upgrade = if config.migrate { Upgrade::Allowed } else { Upgrade::OnlyEmbedded };
        let store = Store::open_as(config.database_url.reveal(), upgrade).await;
        let store = store.map_err(|error| format!("cannot open the database: {error}"))?;
        let sealer = sealing::unlock(&store, &config.data_dir, keys_of(&config)).await?;
        let gate = Gate::new(store.clone(), clock.clone(), sealer, Passwords::new(cost), config.sessions);
        // Pages are rendered on this runtime; a second console in one process finds the executor set, which is all that is asked.
        drop(any_spawner::Executor::init_tokio());
        for warning in config.warnings().into_iter().chain(transport::warning(config.database_url.reveal())) {
            tracing::warn!("{warning}");
        }
        let connections = Connections::within(connections::descriptors(), config.trusted_proxies.clone(), clock.clone());
        let driver = Driver::new(clock.clone());
        let (intake, writer) = Intake::start(store.clone(), gate.bus(), clock.clone(), driver.clone());
        let rollups = Rollups::new(store.clone(), gate.bus(), clock.clone(), driver.clone());
        let mut workers = vec![writer, rollups.start(), purge::start(store.clone(), &driver), sweep::start(gate.clone(), &driver)];
        workers.push(unsuccessful::start(gate.clone(), &driver));
        workers.push(attachments::start(store.clone(), clock.clone(), &driver));
        workers.push(decisions::start(gate.clone(), &driver));
        workers.push(audit_retention::start(store.clone(), clock.clone(), &driver));
        workers.extend(config.event_retention_days.map(|days| retention::start(store.clone(), clock, &driver, days)));
        let workers = Mutex::new(workers);
        let under_way = TaskTracker::new();
        let web = Web {
            gate: gate.clone(),
            intake: intake.clone(),
            driver,
            config: Arc::new(config),
            bundle: Arc::new(bundle),
            assets: Arc::new(assets),
            under_way: under_way.clone(),
        };
        Ok(Self { router: router(web), gate, intake, connections, rollups, store, workers, under_way })
    }

    /// Serves until the process is told to stop; requests under way are finished.
    ///
    /// # Errors
    /// When the socket fails.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), String> {
        let handle = axum_server::Handle::new();
        let stopper = tokio::spawn({
            let handle = handle.clone();
            async move {
                stop.await;
                handle.graceful_shutdown(Some(STOP_WITHIN));
            }
        });
        let served = self.listen(listener, handle).await;
        stopper.abort();
        self.close().await;
        served.map_err(|error| format!("the server stopped: {error}"))
    }

    async fn listen(&self, listener: TcpListener, handle: axum_server::Handle<SocketAddr>) -> std::io::Result<()> {
        let mut server = axum_server::from_tcp(listener.into_std()?)?
            .acceptor(self.connections.clone())
            .first_request_timeout(HEADERS_WITHIN)
            .http1_only()
            .handle(handle);
        // It also ends a connection that stays silent between two requests.
        server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN).max_buf_size(MAX_HEADER_BYTES);
        server.serve(self.router.clone().into_make_service_with_connect_info::<SocketAddr>()).await
    }

    /// Works out the figures of every event that is in, now instead of in a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn work_out_figures(&self) -> Result<(), String> {
        self.rollups.catch_up().await.map_err(|error| format!("usage figures could not be calculated: {error}"))
    }

    /// Deletes what is left of deleted applications, now instead of in a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn purge_deleted(&self) -> Result<(), String> {
        purge::purge(&self.store).await.map_err(|error| format!("deleted applications could not be purged: {error}"))
    }

    /// Deletes the events received more than so many days ago, now instead of in an hour. Gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn purge_events(&self, days: i64) -> Result<u64, String> {
        retention::purge(&self.store, self.gate.now_ms(), days).await.map_err(|error| format!("old events could not be deleted: {error}"))
    }

    /// Forgets sessions and failed logins that have expired, now instead of in some minutes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<(), String> {
        self.gate.sweep().await.map_err(|error| error.to_string())
    }

    /// Records the attempts that came to nothing so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_attempts(&self) -> Result<(), String> {
        self.gate.record_unsuccessful(false).await.map_err(|error| error.to_string())
    }

    /// Writes the decisions that were counted so far, and forgets those that are too old.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_decisions(&self) -> Result<(), String> {
        self.gate.record_decisions().await.map_err(|error| error.to_string())
    }

    /// Cuts off operation records past their retention. Gives how many they were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cut_records(&self) -> Result<u64, String> {
        audit_retention::cut(&self.store, self.gate.now_ms()).await.map_err(|error| error.to_string())
    }

    /// Removes attachments that have ended. Gives how many they were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_ended_attachments(&self) -> Result<u64, String> {
        attachments::remove(&self.store, self.gate.now_ms()).await.map_err(|error| error.to_string())
    }

    /// Stops the workers and closes the database. Whoever was answered has no event waiting to be written, what was counted is written now,
    /// and figures under way are worked out at the next start.
    pub async fn close(&self) {
        // Whoever hung up is no connection any more that the server waits for, but the request is under way.
        self.under_way.close();
        if tokio::time::timeout(STOP_WITHIN, self.under_way.wait()).await.is_err() {
            tracing::warn!(requests = self.under_way.len(), "requests were still in progress");
        }
        let workers = std::mem::take(&mut *self.workers.lock().unwrap_or_else(PoisonError::into_inner));
        for worker in &workers {
            worker.abort();
        }
        for worker in workers {
            // Ends with the word that it was stopped, which is no news.
            drop(worker.await);
        }
        self.intake.flush().await;
        unsuccessful::flush(&self.gate).await;
        decisions::flush(&self.gate).await;
        self.store.close().await;
    }
}

/// `trtc-console serve`.
///
/// # Errors
/// A sentence that says what could not be done.
pub async fn serve(config: Config) -> Result<(), String> {
    telemetry::start(config.log_json);
    let listen = config.listen;
    let address = config.public_url.clone().unwrap_or_else(|| {
        let host = if listen.ip().is_unspecified() { "localhost".to_owned() } else { listen.ip().to_string() };
        format!("http://{host}:{}", listen.port())
    });
    // Not before the address is known to be this server's: another one may be answering there, and gets to see the code.
    let listening = async move |console: &Console| {
        if let Some(code) = console.gate.offer_setup().await.map_err(|fault| fault.to_string())? {
            // The one secret that belongs into the log: it opens the setup page once and is void after that.
            tracing::warn!("no root account yet: open {address}/setup and enter the code {code}");
        }
        Ok(())
    };
    run(listen, Console::build(config, Clock::System, Cost::STANDARD), listening).await
}

/// `trtc-console migrate`.
///
/// # Errors
/// When the database cannot be reached or a migration fails.
pub async fn migrate(config: Config) -> Result<(), String> {
    seal::private_directory(&config.data_dir).map_err(|error| format!("cannot create {}: {error}", config.data_dir.display()))?;
    let store = Store::open_as(config.database_url.reveal(), Upgrade::Allowed).await;
    let store = store.map_err(|error| format!("cannot migrate the database: {error}"))?;
    let Tables { found, now } = store.tables();
    store.close().await;
    println!(
        "{}",
        match found {
            0 => format!("the tables of the database were created, version {now}"),
            _ if found == now => format!("the tables of the database are up to date, version {now}"),
            _ => format!("the tables of the database were brought from version {found} to version {now}"),
        }
    );
    Ok(())
}

/// `trtc-console backup FILE`.
///
/// # Errors
/// A sentence that says what could not be done.
pub async fn back_up(config: Config, to: PathBuf) -> Result<(), String> {
    let url = config.database_url.reveal();
    let key = match &config.seal_key {
        Some(_) => "the sealing key that you pass as --seal-key".to_owned(),
        None => format!("the sealing key {}", KeyFiles::of(&config.data_dir).present.display()),
    };
    if !url.starts_with("sqlite:") {
        return Err(format!(
            "this console keeps its data in PostgreSQL, so use its own tool: \
             pg_dump --format=custom --file={} \"$TRTC_CONSOLE_DATABASE_URL\"\nKeep {key} as well, in another place.",
            to.display()
        ));
    }
    file::back_up(url, &to).await?;
    println!("The database was copied to {}.", to.display());
    println!("Keep {key} as well, in another place: without it the callback keys in the backup cannot be read.");
    println!("To restore: stop the console and put both files into an empty data directory, as console.db and seal.key.");
    Ok(())
}

/// `trtc-console seal forget`.
///
/// # Errors
/// When the database cannot be reached, or the present key opens everything.
pub async fn forget_sealed(config: Config, clock: &Clock) -> Result<(), String> {
    let store = Store::open_beside(config.database_url.reveal()).await?;
    let forgotten = sealing::forget(&store, &config.data_dir, keys_of(&config), clock.now_ms()).await;
    store.close().await;
    println!("{} sealed secrets were removed; enter the callback keys again on the pages of the applications", forgotten?);
    Ok(())
}

fn keys_of(config: &Config) -> ConfiguredKeys<'_> {
    ConfiguredKeys { present: config.seal_key.as_ref().map(Hidden::reveal), earlier: config.seal_key_old.as_ref().map(Hidden::reveal) }
}

/// Starts a console and serves it until the process is told to stop. That may be before it listens, and is heeded from the beginning: the
/// first process of a container that does not wait for SIGTERM itself is deaf to it. What is to be said or done once it listens is `listening`.
pub(crate) async fn run(
    listen: SocketAddr,
    starting: impl Future<Output = Result<Console, String>>,
    listening: impl AsyncFnOnce(&Console) -> Result<(), String>,
) -> Result<(), String> {
    let mut stop = Box::pin(stopped());
    let console = tokio::select! {
        biased;
        () = &mut stop => {
            tracing::info!("told to stop before the start was complete");
            return Ok(());
        }
        console = starting => console?,
    };
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!("TRTC Console on http://{address}");
    listening(&console).await?;
    console.serve(listener, stop).await
}

/// Ends with Ctrl-C or SIGTERM.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _ = interrupt.await;
}
