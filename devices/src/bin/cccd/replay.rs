//! `cccd replay`: a recorded run, repeated exactly.

use std::{fs, path::PathBuf, process::ExitCode};

use identity::chip::replay::{ReplayError, Trace, replay};
use serde_json::json;

use crate::Failure;

#[derive(clap::Args)]
pub struct Arguments {
    /// The recorded run.
    trace: PathBuf,
    /// What was compared, as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let path = arguments.trace.display();
    let bytes = fs::read(&arguments.trace).map_err(|error| format!("{path}: {error}"))?;
    let trace: Trace = serde_json::from_slice(&bytes).map_err(|error| format!("{path}: {error}"))?;
    match replay(&trace) {
        Ok(report) => {
            eprintln!(
                "{}: {} exchanges repeated exactly; equal at the end: {}",
                report.name,
                report.exchanges,
                report.compared.join(", ")
            );
            if arguments.json {
                crate::print(&json!({
                    "name": report.name,
                    "protocol": report.protocol,
                    "exchanges": report.exchanges,
                    "compared": report.compared,
                }));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ (ReplayError::Trace(_) | ReplayError::Protocol(_))) => {
            Err(format!("{path}: {error}").into())
        }
        Err(error) => {
            eprintln!("{path}: {error}");
            Ok(ExitCode::FAILURE)
        }
    }
}
