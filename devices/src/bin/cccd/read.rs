//! `cccd read`: the files of a card, in a folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use devices::reader::{CardReadError, CardReader, ReaderError, ReaderEvent, pcsc::PcscReader, read_card};
use identity::{
    chip::{
        Password,
        read::{CardRead, Progress, ReadOptions, ReadRequest, ReadingPlan},
    },
    lds::FileId,
    mrz::MrzKey,
    number::Can,
};
use serde_json::json;

use crate::{
    Failure,
    session::{self, Session},
};

/// How long a card, or one that was taken away, is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("password").required(true))]
pub struct Arguments {
    /// Part of the reader's name; without it, whichever reader has a card.
    #[arg(long)]
    reader: Option<String>,
    /// The last six digits of the number on the card.
    #[arg(long, group = "password")]
    can: Option<String>,
    /// From the card's machine-readable zone: document number, birth and expiry as printed (DOC,YYMMDD,YYMMDD).
    #[arg(long, group = "password")]
    mrz: Option<String>,
    /// The challenge that the chip shall sign, 16 hex digits; without it the system's random numbers.
    #[arg(long)]
    nonce: Option<String>,
    /// Tells on standard output what was read, or why not.
    #[arg(long)]
    json: bool,
    /// The folder for the files and session.json.
    #[arg(long)]
    out: PathBuf,
}

pub fn run(arguments: &Arguments, random: fn(&mut [u8])) -> Result<ExitCode, Failure> {
    let password = password(arguments)?;
    let mut nonce = [0; 8];
    match &arguments.nonce {
        Some(digits) => {
            hex::decode_to_slice(digits, &mut nonce).map_err(|_| "--nonce wants 16 hex digits")?;
        }
        None => random(&mut nonce),
    }
    make_room(&arguments.out)?;
    let options = ReadOptions { com: true, ..ReadOptions::default() };
    let mut plan = ReadingPlan::new(ReadRequest { password, challenge: Some(nonce), options }, random);
    let mut reader = PcscReader::new(arguments.reader.as_deref());
    match read(&mut reader, &mut plan) {
        Ok(card) => {
            save(arguments, nonce, &card)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("cccd: {error}");
            if arguments.json {
                crate::print(&json!({"code": error.code()}));
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Never repeats what was typed: it opens somebody's card.
fn password(arguments: &Arguments) -> Result<Password, Failure> {
    if let Some(digits) = &arguments.can {
        return Ok(Password::Can(Can::parse(digits).map_err(|error| format!("--can: {error}"))?));
    }
    let mrz = arguments.mrz.as_deref().unwrap_or_default();
    let [number, birth, expiry] =
        mrz.split(',').collect::<Vec<_>>().try_into().map_err(|_| "--mrz wants DOC,YYMMDD,YYMMDD")?;
    let key = MrzKey::new(number, birth, expiry).map_err(|error| format!("--mrz: {error}"))?;
    Ok(Password::Mrz(key))
}

/// Waits for a card and reads it; one that is taken away and laid down again is read on.
fn read(reader: &mut dyn CardReader, plan: &mut ReadingPlan<'_>) -> Result<CardRead, CardReadError> {
    wait(reader)?;
    loop {
        let result = match reader.connect() {
            Ok(mut channel) => read_card(channel.as_mut(), plan, tell),
            Err(error) => Err(error.into()),
        };
        match result {
            Err(CardReadError::Reader(ReaderError::CardRemoved)) => {
                eprintln!("the card was taken away: lay it down again");
                wait(reader)?;
                plan.resume();
            }
            other => return other,
        }
    }
}

fn wait(reader: &mut dyn CardReader) -> Result<(), CardReadError> {
    let mut gone = false;
    loop {
        match reader.next_event(PATIENCE) {
            Some(ReaderEvent::Inserted) => return Ok(()),
            Some(event) => gone = event == ReaderEvent::ReaderGone,
            None if gone => return Err(ReaderError::ReaderGone.into()),
            None => return Err(ReaderError::CardRemoved.into()),
        }
    }
}

fn tell(progress: Progress) {
    if progress.total == Some(progress.done) {
        eprintln!("{}: {} bytes", progress.file, progress.done);
    }
}

/// The folder without what an earlier read left: it would pass for this card's where the read fails, and for a
/// forgery where it does not.
fn make_room(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == session::FILE || name.to_str().is_some_and(|name| name.parse::<FileId>().is_ok()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn save(arguments: &Arguments, nonce: [u8; 8], card: &CardRead) -> Result<(), Failure> {
    for (file, content) in &card.files {
        crate::write_secret(&arguments.out.join(file.to_string()), content.as_slice())?;
    }
    let session =
        Session { access: card.access, nonce, active_authentication: card.active_authentication.clone() };
    crate::write_secret(&arguments.out.join(session::FILE), &serde_json::to_vec_pretty(&session)?)?;
    if arguments.json {
        let files: serde_json::Map<String, serde_json::Value> = card
            .files
            .iter()
            .map(|(file, content)| (file.to_string(), content.as_slice().len().into()))
            .collect();
        crate::print(&json!({
            "access": card.access,
            "active_authentication": card.active_authentication.is_some(),
            "files": files,
        }));
    }
    Ok(())
}
