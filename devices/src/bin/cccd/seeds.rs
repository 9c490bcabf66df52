//! `cccd seeds`: cards and keys in a folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use devices::{
    card::personalise::{PersonalisedCard, kiosk_key, personalise},
    seeds,
};
use rsa::pkcs8::EncodePrivateKey as _;

use crate::Failure;

#[derive(clap::Args)]
pub struct Arguments {
    /// The folder with the made-up people.
    #[arg(long, default_value = "seeds")]
    seeds: PathBuf,
    /// Where to put `cards/` and `kiosks/`.
    #[arg(long, default_value = "target/seeds")]
    out: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let bearers = seeds::bearers(&arguments.seeds)?;
    let cards = arguments.out.join("cards");
    for bearer in &bearers {
        write_card(&cards.join(bearer.slug()), &personalise(bearer)?)?;
    }
    let kiosks = arguments.out.join("kiosks");
    fs::create_dir_all(&kiosks)?;
    // The demonstration's kiosk, and the software of its station.
    for id in ["demo", "clinic"] {
        crate::write_secret(&kiosks.join(format!("{id}.key")), hex::encode(kiosk_key(id)).as_bytes())?;
    }
    eprintln!("DỮ LIỆU MÔ PHỎNG: {} cards and passports in {}", bearers.len(), cards.display());
    Ok(ExitCode::SUCCESS)
}

fn write_card(folder: &Path, card: &PersonalisedCard) -> Result<(), Failure> {
    // What an earlier seed had and this one has not must not stay.
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(folder)?,
    }
    for (file, content) in &card.files {
        fs::write(folder.join(file.to_string()), content)?;
    }
    if let Some(key) = &card.active_authentication {
        crate::write_secret(&folder.join("chip.key"), key.to_pkcs8_der()?.as_bytes())?;
    }
    Ok(())
}
