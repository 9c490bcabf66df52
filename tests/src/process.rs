//! Programs as child processes, ended when dropped.

use std::{
    ffi::OsStr,
    io::{self, BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// The folder of the programs under test: `BINARIES`, or the one that this program stands in.
///
/// # Errors
/// Where neither is known.
pub fn binaries() -> io::Result<PathBuf> {
    if let Some(folder) = std::env::var_os("BINARIES") {
        return Ok(folder.into());
    }
    let own = std::env::current_exe()?;
    let folder = own.ancestors().find(|folder| folder.join("cccd").is_file());
    folder.map(PathBuf::from).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            "no built programs found: run `make bins`, or set BINARIES to their folder",
        )
    })
}

/// The project's root folder.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A command for one of the programs, started in the project's root.
///
/// # Errors
/// As [`binaries`].
pub fn program(name: &str) -> io::Result<Command> {
    let mut command = Command::new(binaries()?.join(name));
    command.current_dir(root());
    Ok(command)
}

/// A running program. Ended and waited for when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    first_line: String,
}

impl Running {
    /// Starts `command` and waits for its first line on standard output.
    ///
    /// # Errors
    /// Where it cannot be started, or ends without a line.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let name = command.get_program().to_owned();
        let mut running = Self::start_silent(command.stdout(Stdio::piped()))?;
        let stdout = running.child.stdout.take().ok_or_else(|| gone(&name))?;
        let mut reader = BufReader::new(stdout);
        if reader.read_line(&mut running.first_line)? == 0 {
            return Err(gone(&name));
        }
        running.first_line.truncate(running.first_line.trim_end().len());
        // Whatever else it prints must not fill the pipe.
        std::thread::spawn(move || io::copy(&mut reader, &mut io::sink()));
        Ok(running)
    }

    /// Starts `command` without waiting for a line.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start_silent(command: &mut Command) -> io::Result<Self> {
        Ok(Self { child: command.stdin(Stdio::null()).spawn()?, first_line: String::new() })
    }

    /// The first line that it printed.
    pub fn first_line(&self) -> &str {
        &self.first_line
    }

    /// The address in `listening on http://…`.
    ///
    /// # Errors
    /// Where its first line is another.
    pub fn address(&self) -> io::Result<&str> {
        self.first_line.strip_prefix("listening on ").ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("expected an address, got {:?}", self.first_line),
            )
        })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut would (SIGKILL), and waits.
    ///
    /// # Errors
    /// Where it cannot be waited for.
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }

    /// Whether it is still running.
    ///
    /// # Errors
    /// Where that cannot be found out.
    pub fn is_running(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn gone(program: &OsStr) -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        format!("{} ended before it said that it runs", program.display()),
    )
}
