//! A private PC/SC daemon for a test: no hardware, no root, nothing shared with other tests.

use std::{
    fs::{self, File},
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::{fd::OwnedFd, unix::net::UnixListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// Where clients of PC/SC look for the daemon's socket; read once in a process.
pub const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";
/// Tells a test's own child process about its daemon: the port of its virtual reader, and its process.
const DAEMON_VARIABLE: &str = "TEST_PCSCD";
/// Drivers of virtual readers, in Debian's package vsmartcard-vpcd.
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// A running `pcscd` with two virtual readers. Ends when dropped.
pub struct PrivatePcscd {
    daemon: Child,
    folder: PathBuf,
    port: u16,
    /// Keeps the ports from other tests as long as the daemon runs.
    _lock: File,
}

impl PrivatePcscd {
    /// Starts a daemon.
    ///
    /// # Errors
    /// Where `pcscd` or `vsmartcard-vpcd` is not installed or no ports are free.
    pub fn start() -> io::Result<Self> {
        let (port, lock) = ports()?;
        let folder = std::env::temp_dir().join(format!("pcscd-{}-{port}", std::process::id()));
        fs::create_dir_all(folder.join("readers"))?;
        let entry = format!(
            "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x{port:04X}\nLIBPATH {DRIVER}\nCHANNELID 0x{port:04X}\n"
        );
        fs::write(folder.join("readers/vpcd"), entry)?;
        let socket = UnixListener::bind(folder.join("socket"))?;
        // The daemon expects its listening socket as descriptor 3, as systemd gives it.
        let daemon = Command::new("sh")
            .args([
                "-c",
                "exec 3<&0 0</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec pcscd -f -i -c \"$1\"",
                "sh",
            ])
            .arg(folder.join("readers"))
            .stdin(Stdio::from(OwnedFd::from(socket)))
            .stdout(File::create(folder.join("log"))?)
            .stderr(File::create(folder.join("errors"))?)
            .env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()))
            .spawn()?;
        Ok(Self { daemon, folder, port, _lock: lock })
    }

    /// What a process needs in its environment to speak to this daemon.
    pub fn environment(&self) -> [(&'static str, String); 1] {
        [(SOCKET_VARIABLE, self.folder.join("socket").to_string_lossy().into_owned())]
    }

    /// Where virtual cards join: the first of the two readers. The second is on the next port.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }
}

impl Drop for PrivatePcscd {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.daemon.kill().ok();
        self.daemon.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// A pair of ports that nobody else uses, and the lock that keeps them so.
pub(crate) fn ports() -> io::Result<(u16, File)> {
    let folder = std::env::temp_dir().join("vpcd-ports");
    fs::create_dir_all(&folder)?;
    for port in (36_000..36_400).step_by(2) {
        let lock = File::create(folder.join(port.to_string()))?;
        let free = |port: u16| TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok();
        if lock.try_lock().is_ok() && free(port) && free(port + 1) {
            return Ok((port, lock));
        }
    }
    Err(io::Error::other("no two neighbouring ports from 36000 on are free"))
}

/// The daemon of a test, seen from the process in which the test's body runs.
pub struct TestDaemon {
    port: u16,
    process: String,
}

impl TestDaemon {
    fn from_environment() -> Option<Self> {
        let text = std::env::var(DAEMON_VARIABLE).ok()?;
        let (port, process) = text.split_once(' ')?;
        Some(Self { port: port.parse().ok()?, process: process.into() })
    }

    /// Where virtual cards join.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Ends the daemon, as when the service crashes.
    ///
    /// # Errors
    /// Where `kill` cannot be run.
    pub fn stop(&self) -> io::Result<()> {
        Command::new("kill").arg(&self.process).status().map(|_| ())
    }
}

/// Runs `body` in a process whose PC/SC is a daemon of its own. `test` is the name of the test that calls
/// this, with its module path inside the crate: the test binary is started again for it alone.
///
/// # Panics
/// Where the daemon does not start or the body failed.
#[expect(clippy::panic, reason = "a helper of tests: it fails the test that calls it")]
pub fn with_private_pcscd(test: &str, body: impl FnOnce(TestDaemon)) {
    if let Some(daemon) = TestDaemon::from_environment() {
        return body(daemon);
    }
    let run = || -> io::Result<std::process::Output> {
        let daemon = PrivatePcscd::start()?;
        Command::new(std::env::current_exe()?)
            .args([test, "--exact", "--nocapture"])
            .envs(daemon.environment())
            .env(DAEMON_VARIABLE, format!("{} {}", daemon.port, daemon.daemon.id()))
            .output()
    };
    match run() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(
                output.status.success() && said.contains("1 passed"),
                "{test}: {said}{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Err(error) => panic!("a private pcscd (apt-get install pcscd vsmartcard-vpcd): {error}"),
    }
}
