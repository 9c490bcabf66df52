//! The command line of the card tools: seeds, virtual cards, reading, verifying.
//!
//! Standard output carries data only; people read standard error. Exit codes: 0 done, 1 a proof failed or the
//! card could not be read, 2 unusable input, 3 nothing failed but passive authentication is not complete.

mod read;
mod replay;
mod seeds;
mod session;
mod simulate;
mod trust;
mod verify;

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use clap::{Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};

/// What went wrong, for people.
type Failure = Box<dyn std::error::Error>;

/// Unusable input.
const UNUSABLE: u8 = 2;

/// Card tools. What they make is MADE UP (DỮ LIỆU MÔ PHỎNG): nobody in seeds/ exists.
#[derive(Parser)]
#[command(name = "cccd", version)]
struct Arguments {
    /// Whether made-up issuers may be trusted.
    #[arg(long, global = true, value_enum, default_value = "demonstration")]
    mode: Mode,
    /// The time to stand at (RFC 3339) instead of now; in demonstration mode only.
    #[arg(long, global = true)]
    clock: Option<Timestamp>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Made-up issuers are trusted.
    Demonstration,
    /// Made-up issuers are refused.
    Production,
}

impl From<Mode> for identity::trust::Mode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Demonstration => Self::Demonstration,
            Mode::Production => Self::Production,
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Makes the cards and keys of the made-up citizens, the same every time.
    Seeds(seeds::Arguments),
    /// Lays a made-up citizen's card on a virtual reader, until it is interrupted.
    Simulate(simulate::Arguments),
    /// Reads a card.
    Read(read::Arguments),
    /// Says what a card's files prove, and what not.
    Verify(verify::Arguments),
    /// Issuers' certificates.
    #[command(subcommand)]
    Trust(trust::Command),
    /// Repeats a recorded run of a protocol.
    Replay(replay::Arguments),
}

#[expect(clippy::disallowed_methods, reason = "the program's own clock, read once")]
fn main() -> ExitCode {
    let Arguments { mode, clock, command } = Arguments::parse();
    if clock.is_some() && mode != Mode::Demonstration {
        eprintln!("cccd: --clock is for demonstrations: leave it away in production mode");
        return ExitCode::from(UNUSABLE);
    }
    let now = clock.unwrap_or_else(Timestamp::now);
    let result = match command {
        Command::Seeds(arguments) => seeds::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments, random),
        Command::Read(arguments) => read::run(&arguments, random),
        Command::Verify(arguments) => verify::run(&arguments, mode.into(), now),
        Command::Trust(command) => trust::run(&command, mode.into()),
        Command::Replay(arguments) => replay::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        eprintln!("cccd: {error}");
        ExitCode::from(UNUSABLE)
    })
}

/// Fills `bytes` from the system's random generator. Without one there is nothing safe left to do.
#[expect(clippy::disallowed_methods, reason = "the program's own generator")]
fn random(bytes: &mut [u8]) {
    if SystemRandom::new().fill(bytes).is_err() {
        eprintln!("cccd: the system gives no random numbers");
        std::process::exit(UNUSABLE.into());
    }
}

/// Writes a file that only its owner may read, whatever lay there.
fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A file that is there would keep its mode.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

/// Writes `value` to standard output as one line of JSON.
fn print(value: &serde_json::Value) {
    println!("{value}");
}
