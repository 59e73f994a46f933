//! The actix application, which `serve` and every test use, and the daemon around it: start, signals, stop.

mod access_log;
mod cors;
mod head_check;
mod health;
mod systemd;

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{App as ActixApp, Error, HttpServer, middleware, web};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

pub(crate) use self::systemd::reachable;
use crate::auth::Authenticator;
use crate::auth::oidc::{ProviderError, Providers};
use crate::auth::share_links::{self, Links, LinksError};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::rate_limit::Rates;
use crate::http::wait::Waits;
use crate::jobs::Jobs;
use crate::mail::delivery::worker::Outbox;
use crate::mail::message::BadSender;
use crate::mail::{Mailbox, Sender, Transport, TransportError};
use crate::random::{Rng, RngError};
use crate::store::{Newer, Store, StoreError, names};
use crate::{api, pages};
use systemd::Signals;

/// The interval of sorting raw measurements into their histogram's buckets.
const UPKEEP: std::time::Duration = std::time::Duration::from_secs(5);
/// How long an idle connection of a client is kept: longer than proxies keep theirs (nginx: a minute). Otherwise a proxy could
/// send a request at the moment of closing, and a POST is not sent again.
const KEPT_IDLE: std::time::Duration = std::time::Duration::from_secs(75);
/// Upper bounds of the buckets: seconds of a request, and writes that shared a commit.
const SECONDS: [f64; 12] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
const SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Why a daemon does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// `mail.from`.
    #[error(transparent)]
    Sender(#[from] BadSender),
    /// The random generator.
    #[error(transparent)]
    Rng(#[from] RngError),
    /// The key that encrypts share links.
    #[error(transparent)]
    Links(#[from] LinksError),
    /// An OpenID Connect provider.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {reason}; choose another with server.listen")]
    Listen {
        /// `server.listen`.
        address: SocketAddr,
        /// The system's error.
        reason: String,
    },
    #[error("the server stopped: {0}")]
    Server(String),
}

/// The parts of the application. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub store: Store,
    pub auth: Arc<Authenticator>,
    /// The OpenID Connect providers.
    pub providers: Providers,
    /// The worker that sends emails.
    pub outbox: Outbox,
    /// The captured emails, if the transport captures them.
    pub mailbox: Option<Mailbox>,
    /// The rate limits of peers.
    pub rates: Arc<Rates>,
    /// The calls that wait for a change.
    pub waits: Arc<Waits>,
    /// The links of shares, once the database has confirmed the key.
    pub links: Option<Links>,
    /// The metrics, unless the process records them already.
    pub metrics: Option<PrometheusHandle>,
}

impl App {
    /// Opens the database and the transport of emails. The schema must exist: see [`Store::migrate`].
    pub fn new(config: Config, clock: Clock, rng: Rng) -> Result<Self, StartError> {
        let store = Store::open(&config.database, config.limits.write_queue, clock.clone())?.with_rng(rng.clone());
        let transport = Transport::from_config(&config.mail, config.limits.captured_letters, clock)?;
        let sender = Sender::parse(&config.mail.from)?;
        let mailbox = transport.mailbox().cloned();
        let config = Arc::new(config);
        let auth = Arc::new(Authenticator::new(store.clone(), rng.clone(), &config.limits)?);
        let providers = Providers::new(&config.sign_in.oidc)?;
        let rates = Arc::new(Rates::new(&config));
        let outbox = Outbox::new(store.clone(), transport, rng, Arc::clone(&config), sender);
        Ok(Self { config, store, auth, providers, outbox, mailbox, rates, waits: Arc::default(), links: None, metrics: None })
    }
}

/// The application with every route.
pub fn build(
    app: &App,
) -> ActixApp<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let limit = app.config.limits.body_bytes;
    let shared = app.clone();
    ActixApp::new()
        .app_data(web::Data::from(Arc::clone(&app.config)))
        .app_data(web::Data::from(Arc::clone(&app.auth)))
        .app_data(web::Data::from(Arc::clone(&app.rates)))
        .app_data(web::Data::from(Arc::clone(&app.waits)))
        .app_data(web::Data::new(app.providers.clone()))
        .app_data(web::Data::new(app.store.clone()))
        .app_data(web::Data::new(app.outbox.clone()))
        .app_data(web::Data::new(app.mailbox.clone()))
        .app_data(web::Data::new(app.links.clone()))
        .app_data(web::PayloadConfig::new(limit))
        .app_data(web::Data::new(head_check::Gate::new(&app.config.server)))
        .wrap(cors::cors(&app.config))
        .wrap(middleware::from_fn(access_log::watch))
        .configure(api::routes)
        .configure(|routes| pages::routes(routes, &app.config.instance))
        .configure(move |routes| health::routes(routes, shared))
}

/// Runs the daemon until SIGTERM or SIGINT: migrates, locks the database, listens, and calls `ready` with the address.
pub async fn run(config: Config, clock: Clock, rng: Rng, ready: impl FnOnce(&App, SocketAddr)) -> Result<(), StartError> {
    // Signals are handled from here on, so that one during the start stops the daemon in order.
    let signals = Signals::listen()?;
    let mut app = App::new(config, clock, rng.clone())?;
    let _lock = app.store.lock()?;
    app.store.check_pages()?;
    app.store.check_schema(Newer::Warns)?;
    let migrated = app.store.migrate()?;
    if !migrated.is_empty() {
        tracing::info!(migrations = ?migrated, "the schema is up to date");
    }
    if let Some(warning) = names::warning(&app.store.read(names::conflicts).await?) {
        tracing::warn!("{warning}");
    }
    app.links = Some(Links::open(&app.store, &share_links::key_file(&app.config), &rng)?);
    app.metrics = counted()?;

    let address = app.config.server.listen;
    let cannot = |e: std::io::Error| StartError::Listen { address, reason: e.to_string() };
    let shared = app.clone();
    let mut server = HttpServer::new(move || build(&shared))
        .disable_signals()
        .client_request_timeout(std::time::Duration::from_secs(5))
        .keep_alive(KEPT_IDLE)
        .shutdown_timeout(app.config.server.stop_within.duration().as_secs())
        .bind(address)
        .map_err(cannot)?;
    if app.config.server.workers > 0 {
        server = server.workers(app.config.server.workers);
    }
    let bound = server.addrs().first().copied().unwrap_or(address);
    if let Some(metrics) = app.metrics.clone() {
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                metrics.run_upkeep();
            }
        });
    }
    let (auth, rates) = (Arc::clone(&app.auth), Arc::clone(&app.rates));
    let memory = move || {
        auth.evict();
        rates.evict();
    };
    let jobs = Jobs::start(&app.config, &app.store, app.outbox.clone(), memory);
    tracing::info!(address = %bound, public_url = %app.config.server.public_url, "listening");
    ready(&app, bound);
    let server = server.run();
    let listener = tokio::spawn(signals.stop(server.handle(), Arc::clone(&app.waits)));
    systemd::ready(bound);
    let watchdog = tokio::spawn(systemd::watchdog(bound));
    let outcome = server.await.map_err(|e| StartError::Server(e.to_string()));
    listener.abort();
    watchdog.abort();
    let stopped = tokio::time::timeout(app.config.server.stop_within.duration(), jobs.stop()).await;
    tracing::info!(clean = stopped.is_ok(), "stopped");
    outcome
}

/// Starts recording metrics. None if this process does so already, as with a second daemon in one test.
fn counted() -> Result<Option<PrometheusHandle>, StartError> {
    let wrong = |e: metrics_exporter_prometheus::BuildError| StartError::Server(e.to_string());
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_batch_size".into()), &SIZES));
    Ok(builder.map_err(wrong)?.install_recorder().ok())
}
