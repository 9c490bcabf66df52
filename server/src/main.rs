//! The server's program: opens the machine's clock and random generator, and starts.
#![forbid(unsafe_code)]

use std::{io::IsTerminal as _, process::ExitCode};

use clap::Parser as _;
use ring::rand::{SecureRandom as _, SystemRandom};
use server::{
    audit::AuditReport,
    clock::Clock,
    program::{Arguments, Command, LOG_FILTER, audit, run, staff},
    random::{Random, RandomUnavailable},
};
use tracing::error;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::new(LOG_FILTER);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    // The default hook prints the panic's words, and those may quote data.
    std::panic::set_hook(Box::new(|panic| {
        error!(location = panic.location().map(tracing::field::display), "a panic");
    }));
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Command::Audit) => audit(&arguments, &system_clock(), system_random()).await.map(|report| {
            println!("{report}");
            matches!(report, AuditReport::Intact { .. })
        }),
        Some(Command::Staff(command)) => {
            staff(&arguments, command, &system_clock(), system_random()).await.map(|told| {
                println!("{told}");
                true
            })
        }
        None => run(arguments, &system_clock(), system_random()).await.map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("server: {error}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the program's one real clock")]
fn system_clock() -> Clock {
    Clock::new(jiff::Timestamp::now)
}

#[expect(clippy::disallowed_methods, reason = "the program's one real generator")]
fn system_random() -> Random {
    let system = SystemRandom::new();
    Random::new(move |bytes| system.fill(bytes).map_err(|_| RandomUnavailable))
}
