//! Everything around one kiosk, started for one test or demonstration and ended with it.

use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
    sync::OnceLock,
    time::{Duration, Instant},
};

use devices::testing::PrivatePcscd;

use crate::{
    process::{Running, program, root},
    staff::{self, SignedIn},
    window::{Window, free_address},
};

/// When the demonstration and its tests take place.
pub const CLOCK: &str = "2026-09-15T08:00:00+07:00";

/// Simulated national systems, the server, a PC/SC daemon with a virtual reader, and whatever lies on it.
pub struct World {
    folder: PathBuf,
    mock: Running,
    server: Option<Running>,
    listen: Option<String>,
    /// When the world's clock stood at [`CLOCK`].
    began: Instant,
    /// By how much it was set forward since.
    ahead: Duration,
    pcscd: PrivatePcscd,
    card: Option<Running>,
    /// The member of staff at the desk, once one is needed.
    signed_in: OnceLock<SignedIn>,
}

impl World {
    /// Starts everything, with its data in `folder`.
    ///
    /// # Errors
    /// Where a program does not start.
    pub fn start(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let mut mock = program("national-mock")?;
        mock.args(["--listen", "127.0.0.1:0", "--seeds", "seeds", "--clock", CLOCK, "--record"]);
        mock.arg(folder.join("national")).stderr(log(&folder, "national-mock")?);
        #[expect(
            clippy::disallowed_methods,
            reason = "programs that are started later take up the world's time"
        )]
        let began = Instant::now();
        let mut world = Self {
            began,
            ahead: Duration::ZERO,
            mock: Running::start(&mut mock)?,
            server: None,
            listen: None,
            pcscd: PrivatePcscd::start()?,
            card: None,
            signed_in: OnceLock::new(),
            folder,
        };
        world.start_server()?;
        Ok(world)
    }

    /// Starts the server on the data that are there, as after a power cut.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start_server(&mut self) -> io::Result<()> {
        // The kiosk knows one address: after a restart the server comes back where it was.
        let listen = self.listen.clone().unwrap_or_else(|| "127.0.0.1:0".to_owned());
        let national = self.mock.address()?;
        let mut server = program("server")?;
        server
            .args(["--config", "server/server.toml", "--clock", &self.now()?.to_string(), "--data"])
            .arg(self.folder.join("server"))
            .env("SERVER__LISTEN", listen)
            .env("SERVER__NATIONAL__POPULATION__URL", format!("{national}/population"))
            .env("SERVER__NATIONAL__INSURANCE__BASE_URL", format!("{national}/bhxh"))
            .env("SERVER__NATIONAL__C06__URL", format!("{national}/c06/verify"))
            .env("SERVER__NATIONAL__VNEID__ISSUER", format!("{national}/vneid"))
            .env("SERVER__NATIONAL__LODGING__BASE_URL", format!("{national}/lodging"))
            .stderr(log(&self.folder, "server")?);
        self.stop_server();
        let running = Running::start(&mut server)?;
        self.listen = running.address()?.strip_prefix("http://").map(str::to_owned);
        self.server = Some(running);
        Ok(())
    }

    /// The world's time: signatures count for a minute only, so a server that comes back must know it.
    ///
    /// # Errors
    /// None, where [`CLOCK`] is a time.
    pub fn now(&self) -> io::Result<jiff::Timestamp> {
        let start: jiff::Timestamp = CLOCK.parse().map_err(io::Error::other)?;
        Ok(start + self.began.elapsed() + self.ahead)
    }

    /// Lets time pass: the server comes back with a later clock. What runs beside it stays behind.
    ///
    /// # Errors
    /// Where the server does not start.
    pub fn let_pass(&mut self, time: Duration) -> io::Result<()> {
        self.ahead += time;
        self.start_server()
    }

    /// The member of staff at the desk, who signs in when first needed and stays so through a restart.
    ///
    /// # Errors
    /// Where the server refuses them.
    pub fn signed_in(&self) -> io::Result<&SignedIn> {
        if self.signed_in.get().is_none() {
            let signed_in = staff::sign_in(self)?;
            return Ok(self.signed_in.get_or_init(|| signed_in));
        }
        self.signed_in.get().ok_or_else(|| io::Error::other("nobody is signed in"))
    }

    /// Holds the server up, as a network that swallows everything would, or lets it go on.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn hold_server(&self, hold: bool) -> io::Result<()> {
        let server = self.server.as_ref().ok_or_else(|| io::Error::other("the server does not run"))?;
        let signal = if hold { "-STOP" } else { "-CONT" };
        std::process::Command::new("kill").args([signal, &server.id().to_string()]).status().map(|_| ())
    }

    /// Ends the server at once, as a power cut would.
    pub fn stop_server(&mut self) {
        self.server = None;
    }

    /// `http://HOST:PORT` of the server.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn server_address(&self) -> io::Result<&str> {
        self.server.as_ref().ok_or_else(|| io::Error::other("the server does not run"))?.address()
    }

    /// `http://HOST:PORT` of the simulated national systems.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn national_address(&self) -> io::Result<&str> {
        self.mock.address()
    }

    /// The folder of everything that this world leaves.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lays a made-up citizen's card on the reader.
    ///
    /// # Errors
    /// Where the card cannot be made.
    pub fn lay_card(&mut self, slug: &str) -> io::Result<()> {
        self.lay_card_so(slug, &[])
    }

    /// The same, with further arguments to `cccd simulate` that say how it lies there.
    ///
    /// # Errors
    /// Where the card cannot be made.
    pub fn lay_card_so(&mut self, slug: &str, manner: &[&str]) -> io::Result<()> {
        self.card = None;
        let mut card = program("cccd")?;
        card.args(["simulate", "--headers", "--citizen", slug, "--vpcd", &self.pcscd.address().to_string()]);
        card.args(manner).stdout(log(&self.folder, "card-commands")?).stderr(log(&self.folder, "card")?);
        self.card = Some(Running::start_silent(&mut card)?);
        Ok(())
    }

    /// Lays a card down and waits until the reader has seen it, by reading it with `cccd`.
    ///
    /// # Errors
    /// Where it cannot be made or read.
    pub fn lay_card_seen(&mut self, slug: &str, can: &str) -> io::Result<()> {
        self.lay_card(slug)?;
        let mut read = self.with_reader("cccd")?;
        read.args(["read", "--can", can, "--json", "--out"]).arg(self.folder.join("seen"));
        let output = read.output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("cccd read: {}", String::from_utf8_lossy(&output.stderr))))
    }

    /// How many commands cards were given so far.
    ///
    /// # Errors
    /// Where that cannot be read.
    pub fn commands_given(&self) -> io::Result<usize> {
        let commands = std::fs::read_to_string(self.folder.join("logs/card-commands.log"))?;
        Ok(commands.lines().count())
    }

    /// Takes the card off the reader.
    pub fn take_card(&mut self) {
        self.card = None;
    }

    /// A command for a program that uses the reader.
    ///
    /// # Errors
    /// Where the program was not built.
    pub fn with_reader(&self, name: &str) -> io::Result<std::process::Command> {
        let mut command = program(name)?;
        command.envs(self.pcscd.environment());
        Ok(command)
    }

    /// Starts the kiosk's window on `display`.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn open_kiosk(&self, display: &str) -> io::Result<Kiosk> {
        let inspection = free_address()?;
        let mut command = self.with_reader("kiosk")?;
        command
            .args(["--config", "kiosk/kiosk.toml", "--clock", &self.now()?.to_string()])
            .env("KIOSK__SERVER", self.server_address()?)
            .env("KIOSK__TICKET_FOLDER", self.folder.join("tickets"))
            .env("DISPLAY", display)
            .env_remove("WAYLAND_DISPLAY")
            .env("EGUI_INSPECTION", inspection.to_string())
            .stdout(Stdio::null())
            .stderr(log(&self.folder, "kiosk")?);
        // The shortest time that people may be given, so that nobody waits longer than needed here.
        command.env("KIOSK__TIMES__IDLE", "20").env("KIOSK__TIMES__CARD_LEFT", "5");
        let mut running = Running::start_silent(&mut command)?;
        let window = Window::connect(inspection, display, || running.is_running())?;
        Ok(Kiosk { window, running })
    }
}

/// The kiosk: its window, and the program behind it.
pub struct Kiosk {
    /// The window.
    pub window: Window,
    /// The program.
    pub running: Running,
}

/// The file that a program's messages go to.
fn log(folder: &Path, name: &str) -> io::Result<std::fs::File> {
    let logs = folder.join("logs");
    std::fs::create_dir_all(&logs)?;
    std::fs::File::options().create(true).append(true).open(logs.join(format!("{name}.log")))
}

/// A folder of its own for a test, under `target/`, emptied first.
///
/// # Errors
/// Where it cannot be made.
pub fn test_folder(name: &str) -> io::Result<PathBuf> {
    let folder = root().join("target/end-to-end").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    folder.canonicalize()
}
