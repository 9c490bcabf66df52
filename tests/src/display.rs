//! A display that nobody looks at.

use std::{io, process::Command};

use crate::process::Running;

/// A private X server in memory, portrait 1080x1920.
#[derive(Debug)]
pub struct VirtualDisplay {
    running: Running,
}

impl VirtualDisplay {
    /// Starts it and waits until it takes connections.
    ///
    /// # Errors
    /// Where Xvfb is missing or does not start.
    pub fn start() -> io::Result<Self> {
        // With -displayfd the server chooses a free number and prints it once it is ready.
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1080x1920x24", "-nolisten", "tcp", "-noreset"]);
        command.stderr(std::process::Stdio::null());
        Ok(Self { running: Running::start(&mut command)? })
    }

    /// The value of `DISPLAY`.
    pub fn name(&self) -> String {
        format!(":{}", self.running.first_line())
    }
}
