//! `cccd verify`: what files prove, axis by axis.

use std::{collections::BTreeMap, fs, io::ErrorKind, path::PathBuf, process::ExitCode};

use identity::{
    SecretBytes,
    lds::FileId,
    proof::{
        Challenge, Presented,
        verdict::{Access, AxisResult, Verdict},
        verify,
    },
    trust::Mode,
};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    Failure,
    session::{self, Session},
    trust,
};

/// Nothing failed, but passive authentication is not complete.
const INCOMPLETE: u8 = 3;

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct Arguments {
    /// A folder as `cccd read` leaves it.
    #[arg(long, group = "what")]
    dir: Option<PathBuf>,
    /// An EF.SOD.
    #[arg(long, group = "what")]
    sod: Option<PathBuf>,
    /// A data group beside --sod: its number, `=`, its file.
    #[arg(long, value_name = "N=FILE", requires = "sod")]
    dg: Vec<String>,
    /// Issuers' certificates and revocation lists, or folders of them.
    #[arg(long, required = true, num_args = 1..)]
    trust: Vec<PathBuf>,
    /// The challenge that the verifier itself made, 16 hex digits: only then does the chip's answer count.
    #[arg(long)]
    nonce: Option<String>,
    /// The time to judge at (RFC 3339), instead of now.
    #[arg(long)]
    at: Option<Timestamp>,
    /// The verdict as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, mode: Mode, now: Timestamp) -> Result<ExitCode, Failure> {
    let store = trust::load(&arguments.trust, mode)?;
    let (files, session) = match (&arguments.dir, &arguments.sod) {
        (Some(folder), _) => (read_folder(folder)?, read_session(folder)?),
        (None, Some(sod)) => (read_files(sod, &arguments.dg)?, None),
        (None, None) => return Err("--dir or --sod is needed".into()),
    };
    let challenge = match (&arguments.nonce, &session) {
        (Some(digits), _) => {
            let mut nonce = [0; 8];
            hex::decode_to_slice(digits, &mut nonce).map_err(|_| "--nonce wants 16 hex digits")?;
            Challenge::Server(nonce)
        }
        (None, Some(session)) => Challenge::Kiosk(session.nonce),
        (None, None) => Challenge::None,
    };
    let presented = Presented {
        files: &files,
        // Without a session nobody claims anything; the verdict does not depend on it.
        access: session.as_ref().map_or(Access::Bac, |session| session.access),
        active_authentication: session
            .as_ref()
            .and_then(|session| session.active_authentication.as_ref())
            .map(SecretBytes::as_slice),
        challenge,
    };
    let proof = verify(&presented, &store, arguments.at.unwrap_or(now));
    if arguments.json {
        crate::print(&json!({
            "verdict": proof.verdict,
            "access": session.as_ref().map(|session| session.access),
            "challenge": proof.challenge,
        }));
    }
    explain(&proof.verdict);
    Ok(exit_code(&proof.verdict))
}

fn exit_code(verdict: &Verdict) -> ExitCode {
    if verdict.first_failure().is_some() {
        ExitCode::FAILURE
    } else if verdict.passive_authentication() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(INCOMPLETE)
    }
}

fn explain(verdict: &Verdict) {
    for (name, axis) in verdict.axes() {
        let result = match axis.result {
            AxisResult::Passed => "passed",
            AxisResult::Failed => "FAILED",
            AxisResult::NotDone => "not done",
        };
        eprintln!("{name:<16} {result:<9} {}: {}", axis.code, axis.code.meaning());
    }
}

fn read_folder(folder: &PathBuf) -> Result<BTreeMap<FileId, SecretBytes>, Failure> {
    let mut files = BTreeMap::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if let Some(file) = name.to_str().and_then(|name| name.parse::<FileId>().ok()) {
            files.insert(file, SecretBytes::new(fs::read(entry.path())?));
        }
    }
    if files.is_empty() {
        return Err(format!("{}: no file of a card, such as EF.SOD", folder.display()).into());
    }
    Ok(files)
}

fn read_session(folder: &std::path::Path) -> Result<Option<Session>, Failure> {
    let path = folder.join(session::FILE);
    match fs::read(&path) {
        Ok(bytes) => {
            let session =
                serde_json::from_slice(&bytes).map_err(|_| format!("{} is not one", path.display()))?;
            Ok(Some(session))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn read_files(sod: &PathBuf, groups: &[String]) -> Result<BTreeMap<FileId, SecretBytes>, Failure> {
    let read = |path: &PathBuf| {
        fs::read(path).map(SecretBytes::new).map_err(|error| format!("{}: {error}", path.display()))
    };
    let mut files = BTreeMap::from([(FileId::Sod, read(sod)?)]);
    for group in groups {
        let (number, path) = group.split_once('=').ok_or("--dg wants N=FILE")?;
        let file = number.parse().ok().and_then(FileId::data_group).ok_or("--dg wants N from 1 to 16")?;
        files.insert(file, read(&PathBuf::from(path))?);
    }
    Ok(files)
}
