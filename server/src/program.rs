//! From the command line to a server that answers.

use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use clap::{Parser, Subcommand};
use figment::value::magic::RelativePathBuf;
use flows::{
    health::{Station, StationError},
    law::WorkingDays,
};
use identity::trust::{Mode, TrustError, TrustStore};
use jiff::Timestamp;
use thiserror::Error;
use tokio::{net::TcpListener, signal::unix, sync::oneshot};
use tracing::{info, warn};

use crate::{
    api::{self, Api},
    audit::AuditReport,
    clock::Clock,
    config::{self, Config, ConfigError},
    console::{
        self, Console,
        live::{Live, News},
    },
    lodging::{Places, PlacesError, watch},
    look,
    national::{
        ChipCheck, ChipCheckClient, ConfigurationError, IdentityProvider, InsuranceClient, LodgingClient,
        LodgingPortal, NationalConfiguration, VneidClient,
        insurance::{CheckInChannel, FacilitySigner, SignatureFilesError, Unsigned, XmlSignature},
    },
    outbox::{NationalHandlers, Worker, first_cost::FirstCosts},
    phone,
    random::Random,
    sealed::{MasterKey, MasterKeyError},
    session::{Conversations, Registers},
    staff::password::Passwords,
    store::{
        Desk as _, Store, StoreError,
        sqlite::{self, SqliteOptions, SqliteStore},
    },
    waiting::{self, Waiting},
};

mod callers;
mod staff;
mod tidy;

pub use staff::{AddStaff, StaffCommand, staff};

/// What is logged. Fixed: at finer levels some libraries write addresses or content.
pub const LOG_FILTER: &str = "warn,server=info";

/// How often calls are looked through for those that nobody has answered.
const RING_EVERY: Duration = Duration::from_secs(2);

/// The server that kiosks speak to.
#[derive(Debug, Clone, Parser)]
#[command(name = "server", version)]
pub struct Arguments {
    /// The configuration (TOML). Variables SERVER__… override it.
    #[arg(long)]
    pub config: PathBuf,
    /// The folder of the database; made where it is not there.
    #[arg(long)]
    pub data: PathBuf,
    /// Starts the server's clock at this time (RFC 3339). In demonstration mode only.
    #[arg(long)]
    pub clock: Option<Timestamp>,
    /// What to do instead of answering.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the program does beside answering.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Compares the audit log with itself and with the records. The server must not run meanwhile.
    Audit,
    /// Accounts of staff: the first one, and lost devices. The server must not run meanwhile.
    #[command(subcommand)]
    Staff(StaffCommand),
}

/// Why the server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The station's file contradicts itself.
    #[error("the station in {} cannot be used", path.display())]
    Station {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: StationError,
    },
    /// The places where people stay the night.
    #[error(transparent)]
    Places(#[from] PlacesError),
    /// A kiosk's key is not one.
    #[error("the kiosk in {} needs public_key: 64 hexadecimal digits", path.display())]
    KioskKey {
        /// The file.
        path: PathBuf,
    },
    /// The software's key is not one.
    #[error("the software {id} under [[software]] needs public_key: 64 hexadecimal digits")]
    SoftwareKey {
        /// Its id.
        id: String,
    },
    /// Made-up software may call in a demonstration only: everybody can make its private key.
    #[error(
        "the software {id} under [[software]] is made up: enter the real one's key, or set mode = \"demonstration\""
    )]
    DemonstrationSoftware {
        /// Its id.
        id: String,
    },
    /// Two callers have one id.
    #[error("two callers have the id {id}; give each kiosk and each software one of its own")]
    SameId {
        /// The id.
        id: String,
    },
    /// The facility's certificate and key.
    #[error(transparent)]
    Signature(#[from] SignatureFilesError),
    /// A made-up kiosk may call in a demonstration only: everybody can make its private key.
    #[error("the kiosk in {} is made up: enrol real ones, or set mode = \"demonstration\"", path.display())]
    DemonstrationKiosk {
        /// The file.
        path: PathBuf,
    },
    /// A made-up member of staff cannot be one.
    #[error(
        "the member of staff in {} needs a password of 10 characters that is not easily guessed, one_time of 32 base-32 characters, and a user name and number of their own",
        path.display()
    )]
    StaffFile {
        /// The file.
        path: PathBuf,
    },
    /// Nobody can do that there.
    #[error(
        "nobody is {role} at {place}: the station's roles are at the station, a lodging's at the id of a place under [lodging], an officer's at the code of its commune"
    )]
    Post {
        /// The role.
        role: &'static str,
        /// The place.
        place: String,
    },
    /// Another account has this user name.
    #[error("there is an account with this user name; choose another, or reset that one")]
    UserNameTaken,
    /// No account has this user name.
    #[error("there is no account with this user name; add it")]
    UnknownUserName,
    /// A file or folder cannot be read or made.
    #[error("{} cannot be used; check the path and its permissions", path.display())]
    File {
        /// Where it is.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A certificate may not stand in the trust store.
    #[error("{} may not stand in the trust store", path.display())]
    Trust {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: TrustError,
    },
    /// The master key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// A national system's settings.
    #[error(transparent)]
    National(#[from] ConfigurationError),
    /// The store.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// The address is taken, or the server broke down.
    #[error("the server cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
}

/// Starts the server and answers until it is told to end (SIGTERM, SIGINT).
///
/// # Errors
/// Where it cannot start.
pub async fn run(arguments: Arguments, real: &Clock, random: Random) -> Result<(), StartError> {
    let config = Config::load(&arguments.config)?;
    let clock = match (arguments.clock, config.mode) {
        (None, _) => real.clone(),
        (Some(start), Mode::Demonstration) => real.started_at(start),
        (Some(_), Mode::Production) => return Err(ConfigError::ClockInProduction.into()),
    };
    let Assembled { router, store, worker, live, places, lodging } =
        assemble(&config, &arguments.data, clock.clone(), random).await?;

    let failed = |source| StartError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
    println!("listening on http://{}", listener.local_addr().map_err(failed)?);
    let _ = std::io::stdout().flush();
    info!(mode = ?config.mode, "ready");

    let tidying = tokio::spawn(tidy::run(Arc::clone(&store), clock.clone()));
    let ringing = tokio::spawn(ring(Arc::clone(&store), clock.clone(), live.clone()));
    let watching = tokio::spawn(watch::run(Arc::clone(&store), places, live.clone(), clock));
    let (end, ended) = oneshot::channel::<()>();
    let delivering = tokio::spawn(worker.run(async {
        let _ = ended.await;
    }));
    let ending = async move {
        told_to_end().await;
        // Pages that listen would keep the server from ending.
        live.tell(News::Ending);
    };
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, router).with_graceful_shutdown(ending).await;
    for task in [tidying, ringing, watching] {
        task.abort();
        let _ = task.await;
    }
    drop(end);
    let _ = delivering.await;
    if let Some(portal) = lodging {
        portal.end().await;
    }
    if let Some(store) = Arc::into_inner(store) {
        store.close().await;
    }
    served.map_err(failed)
}

/// Compares the audit log of the data folder with itself and with the records.
///
/// # Errors
/// Where there is no database, or it is in use or cannot be read.
pub async fn audit(arguments: &Arguments, real: &Clock, random: Random) -> Result<AuditReport, StartError> {
    let config = Config::load(&arguments.config)?;
    let database = arguments.data.join(sqlite::DATABASE);
    std::fs::metadata(&database).map_err(|source| StartError::File { path: database, source })?;
    let store = open(&config, &arguments.data, real, random).await?;
    let report = store.verify_audit().await;
    store.close().await;
    Ok(report?)
}

async fn open(
    config: &Config,
    data: &Path,
    clock: &Clock,
    random: Random,
) -> Result<SqliteStore, StartError> {
    let options = SqliteOptions {
        folder: data.to_owned(),
        mode: config.mode,
        master: master_key(config, data, &random)?,
        random,
        at: clock.now(),
    };
    Ok(SqliteStore::open(options).await?)
}

/// Everything that answers and delivers, without the socket.
pub struct Assembled {
    /// What answers.
    pub router: Router,
    /// What is kept.
    pub store: Arc<SqliteStore>,
    /// What delivers. Nothing goes out until it runs.
    pub worker: Worker,
    /// What pages that listen are told.
    pub live: Live,
    /// The places where people stay.
    pub places: Arc<Places>,
    /// The police portal for stays: what it gave is given back at the end.
    pub lodging: Option<Arc<dyn LodgingPortal>>,
}

impl std::fmt::Debug for Assembled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Assembled")
    }
}

/// Assembles the server.
///
/// # Errors
/// Where the configuration, the data or the trusted issuers may not be used.
pub async fn assemble(
    config: &Config,
    data: &Path,
    clock: Clock,
    random: Random,
) -> Result<Assembled, StartError> {
    let station = Arc::new(station(&config.station.relative())?);
    let trust = Arc::new(trusted(config)?);
    let (registers, check_in) = registers(config, &clock, &random)?;
    let signer = signer(config)?;
    let callers = callers::listed(config)?;
    let places = Arc::new(places(config)?);

    std::fs::create_dir_all(data).map_err(|source| StartError::File { path: data.to_owned(), source })?;
    let store = Arc::new(open(config, data, &clock, random.clone()).await?);
    store.set_kiosks(callers, clock.now()).await?;
    let passwords = Passwords::new(random.clone());
    staff::add_made_up(&store, config, &station.code, &places, clock.now(), &passwords).await?;
    let shared: Arc<dyn Store> = Arc::clone(&store) as _;
    let live = Live::default();
    let insurance = Arc::clone(&registers.insurance);
    let lodging = lodging(config, &clock, &random)?;
    let handlers = NationalHandlers {
        store: Arc::clone(&shared),
        population: Arc::clone(&registers.population),
        insurance: Arc::clone(&registers.insurance),
        check_in,
        signer,
        lodging: lodging.clone(),
        places: Arc::clone(&places),
        clock: clock.clone(),
    };
    let worker = Worker {
        store: Arc::clone(&shared),
        clock: clock.clone(),
        random: random.clone(),
        handler: Arc::new(handlers),
    };
    let vneid = vneid(config, &clock, &random)?;
    let conversations = Arc::new(Conversations {
        store: Arc::clone(&shared),
        clock: clock.clone(),
        random: random.clone(),
        trust,
        station,
        simulated: config.mode == Mode::Demonstration,
        public_address: config.public_address.clone(),
        registers,
        vneid: vneid.clone(),
        live: live.clone(),
    });
    let console = Console {
        store: Arc::clone(&shared),
        clock: clock.clone(),
        station: Arc::clone(&conversations.station),
        places: Arc::clone(&places),
        simulated: conversations.simulated,
        live: live.clone(),
        random: random.clone(),
        passwords,
        insurance,
        vneid,
        working_days: Arc::new(WorkingDays::new(config.privacy.holidays.iter().copied())),
        secure: config.staff.tls,
        public_address: config.public_address.clone(),
    };
    let first_costs = FirstCosts {
        store: Arc::clone(&shared),
        clock: clock.clone(),
        station: Arc::clone(&conversations.station),
        places: Arc::clone(&places),
    };
    let waiting = Waiting {
        store: Arc::clone(&shared),
        clock: clock.clone(),
        station: Arc::clone(&conversations.station),
        simulated: conversations.simulated,
        live: live.clone(),
    };
    let pages = console::router(console)
        .merge(waiting::router(waiting))
        .merge(phone::router(Arc::clone(&conversations)))
        .merge(look::router());
    let api = Api { store: shared, clock, conversations, first_costs };
    Ok(Assembled { router: api::router(Arc::new(api), pages), store, worker, live, places, lodging })
}

/// The key that seals personal data: the operator's, or in a demonstration one of the data folder's own.
fn master_key(config: &Config, data: &Path, random: &Random) -> Result<MasterKey, MasterKeyError> {
    if let Some(path) = &config.master_key {
        return MasterKey::load(&path.relative());
    }
    let path = data.join("master.key");
    if path.exists() { MasterKey::load(&path) } else { MasterKey::create(&path, random) }
}

/// The national systems, and where CHECK-IN messages go: one client of the insurance register for both.
fn registers(
    config: &Config,
    clock: &Clock,
    random: &Random,
) -> Result<(Registers, Arc<dyn CheckInChannel>), ConfigurationError> {
    let NationalConfiguration { insurance, .. } = config.national.clone();
    let insurance = InsuranceClient::new(insurance, config.mode, clock.clone(), random.clone())?;
    let insurance = Arc::new(insurance);
    let registers = Registers {
        population: config.national.population_database(config.mode, clock.clone(), random.clone())?,
        insurance: Arc::clone(&insurance) as _,
        cards: chip_check(config, clock, random)?,
    };
    Ok((registers, insurance))
}

fn chip_check(
    config: &Config,
    clock: &Clock,
    random: &Random,
) -> Result<Option<Arc<dyn ChipCheck>>, ConfigurationError> {
    let Some(settings) = config.national.c06.clone() else { return Ok(None) };
    let client = ChipCheckClient::new(settings, config.mode, clock.clone(), random.clone())?;
    Ok(Some(Arc::new(client)))
}

/// The places where people stay the night.
fn places(config: &Config) -> Result<Places, StartError> {
    let files = config.lodging.places.iter().map(RelativePathBuf::relative);
    let places = files.map(|file| Ok((file.clone(), config::read(&file)?)));
    Ok(Places::new(places.collect::<Result<Vec<_>, ConfigError>>()?)?)
}

/// The police portal for stays, where it is configured.
fn lodging(
    config: &Config,
    clock: &Clock,
    random: &Random,
) -> Result<Option<Arc<dyn LodgingPortal>>, ConfigurationError> {
    let Some(settings) = config.national.lodging.clone() else { return Ok(None) };
    let client = LodgingClient::new(settings, config.mode, clock.clone(), random.clone())?;
    Ok(Some(Arc::new(client)))
}

/// What signs CHECK-IN documents.
fn signer(config: &Config) -> Result<Arc<dyn FacilitySigner>, SignatureFilesError> {
    Ok(match &config.national.insurance.signature {
        Some(files) => Arc::new(XmlSignature::load(files)?),
        None => Arc::new(Unsigned),
    })
}

fn vneid(
    config: &Config,
    clock: &Clock,
    random: &Random,
) -> Result<Option<Arc<dyn IdentityProvider>>, ConfigurationError> {
    let Some(settings) = config.national.vneid.clone() else { return Ok(None) };
    let client = VneidClient::new(settings, config.mode, clock.clone(), random.clone())?;
    Ok(Some(Arc::new(client)))
}

fn station(path: &Path) -> Result<Station, StartError> {
    let station: Station = config::read(path)?;
    station.check().map_err(|source| StartError::Station { path: path.to_owned(), source })?;
    Ok(station)
}

/// The trusted issuers; one that is refused keeps the server from starting.
fn trusted(config: &Config) -> Result<TrustStore, StartError> {
    let mut store = TrustStore::new(config.mode);
    let mut certificates = Vec::new();
    for entry in &config.trust {
        let path = entry.relative();
        let files = if path.is_dir() { certificates_in(&path)? } else { vec![path] };
        for path in files {
            let bytes =
                std::fs::read(&path).map_err(|source| StartError::File { path: path.clone(), source })?;
            certificates.push((path.display().to_string(), bytes));
        }
    }
    match store.add_all(certificates).into_iter().next() {
        None => Ok(store),
        Some(source) => Err(StartError::Trust { path: source.name.clone().into(), source }),
    }
}

fn certificates_in(folder: &Path) -> Result<Vec<PathBuf>, StartError> {
    let failed = |source| StartError::File { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if matches!(extension, Some("cer" | "crt" | "der" | "crl")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Calls staff again where nobody answered, whether or not the kiosk still asks.
async fn ring(store: Arc<SqliteStore>, clock: Clock, live: Live) {
    let mut ticks = tokio::time::interval(RING_EVERY);
    loop {
        ticks.tick().await;
        match store.repeat_unanswered(clock.now()).await {
            Ok(0) => {}
            Ok(_) => live.tell(News::Rang),
            Err(error) => warn!(%error, "a call that nobody answered was not made again"),
        }
    }
}

async fn told_to_end() {
    let terminated = async {
        match unix::signal(unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
