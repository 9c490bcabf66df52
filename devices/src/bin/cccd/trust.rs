//! `cccd trust`, and the trust store of the other commands.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use identity::{
    ReasonCode,
    trust::{Mode, TrustStore, certificate::Certificate},
};

use crate::Failure;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Counts certificates and tells which are refused, and why.
    List {
        /// Certificates and revocation lists (DER), or folders of them.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The counts as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub fn run(command: &Command, mode: Mode) -> Result<ExitCode, Failure> {
    let Command::List { files, json } = command;
    let mut store = TrustStore::new(mode);
    for refusal in fill(&mut store, files)? {
        eprintln!("{refusal}");
    }
    say_if_made_up(&store);
    let summary = store.summary();
    if *json {
        crate::print(&serde_json::to_value(&summary)?);
    }
    eprintln!(
        "{} certificates of {} countries, {} of them verified as their own issuer; {} files refused",
        summary.certificates,
        summary.countries,
        summary.self_signed_verified,
        summary.refused.len()
    );
    Ok(ExitCode::SUCCESS)
}

/// The trust store from `paths`: files, or folders of `*.cer`, `*.crt`, `*.der` and `*.crl`.
///
/// A made-up issuer in production mode is an error: the store is not what it claims to be. So is a store in which
/// nothing is left. Any other file that is refused is told and left out.
pub fn load(paths: &[PathBuf], mode: Mode) -> Result<TrustStore, Failure> {
    let mut store = TrustStore::new(mode);
    for refusal in fill(&mut store, paths)? {
        if refusal.code == ReasonCode::DemonstrationIssuerRefused {
            return Err(refusal.into());
        }
        eprintln!("cccd: {refusal}");
    }
    if store.certificates().next().is_none() {
        return Err("--trust holds no certificate that can be trusted".into());
    }
    say_if_made_up(&store);
    Ok(store)
}

/// Nobody shall take a demonstration's verdict for a real one.
fn say_if_made_up(store: &TrustStore) {
    if store.certificates().any(Certificate::is_demonstration) {
        eprintln!("DỮ LIỆU MÔ PHỎNG: a made-up issuer is trusted here; nothing that it signed is real");
    }
}

fn fill(store: &mut TrustStore, paths: &[PathBuf]) -> Result<Vec<identity::trust::TrustError>, Failure> {
    let mut certificates = Vec::new();
    for path in paths {
        for file in files(path).map_err(|error| format!("{}: {error}", path.display()))? {
            let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            certificates.push((file.display().to_string(), bytes));
        }
    }
    Ok(store.add_all(certificates))
}

/// A file itself, or the certificates and lists in a folder, by name.
fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.into()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let file = entry?.path();
        let kind = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if ["cer", "crt", "der", "crl"].contains(&kind.to_ascii_lowercase().as_str()) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
