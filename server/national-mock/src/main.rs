//! `national-mock`: the simulated national systems as a program.

use std::{io::IsTerminal as _, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

use axum::serve::ListenerExt as _;
use clap::Parser;
use jiff::Timestamp;
use national_mock::{Clock, Mock, people::People, router};

/// The national systems, simulated. DỮ LIỆU MÔ PHỎNG.
#[derive(Parser)]
struct Arguments {
    /// Where to listen. Port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The folder of the seeds.
    #[arg(long, default_value = "seeds")]
    seeds: PathBuf,
    /// The time to start at (RFC 3339); it runs on from there. Without it, the machine's time.
    #[arg(long)]
    clock: Option<Timestamp>,
    /// Also write every request and answer in full, without passwords and tokens, into this folder.
    #[arg(long)]
    record: Option<PathBuf>,
    /// What random waits are drawn by: the same seed, the same waits.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()).init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    if !arguments.listen.ip().is_loopback() {
        return Err(
            "made-up systems are served on this machine only; give --listen a loopback address".into()
        );
    }
    let people = People::load(&arguments.seeds)?;
    tracing::info!(people = people.len(), "seeds read");
    let mock = Mock::new(people, clock(arguments.clock), arguments.record);
    mock.set_seed(arguments.seed);
    mock.take_time();
    let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // Else the operating system would hold back each drop of a slow drip.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let interrupted = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    tokio::select! {
        served = async { axum::serve(listener, router(&mock)).await } => Ok(served?),
        () = interrupted => Ok(()),
    }
}

#[expect(clippy::disallowed_methods, reason = "the program's main is where the machine's clock is read")]
fn clock(start: Option<Timestamp>) -> Clock {
    let began = Timestamp::now();
    let start = start.unwrap_or(began);
    Arc::new(move || start + Timestamp::now().duration_since(began))
}
