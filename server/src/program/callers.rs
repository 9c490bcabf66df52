//! Who may call: the kiosks, each in a file of its own, and the station's software.

use std::{collections::BTreeSet, path::Path};

use identity::trust::Mode;
use serde::Deserialize;

use super::StartError;
use crate::{
    config::{self, Config, Software},
    store::{ClientKind, Kiosk},
};

/// The public keys of the made-up kiosk and of the made-up software, whose private keys anybody can make.
const DEMONSTRATION_KEYS: [[u8; 32]; 2] = [
    [
        0x35, 0x3b, 0xcb, 0xd7, 0x92, 0x94, 0x70, 0xfb, 0x02, 0x96, 0x61, 0xc6, 0x1c, 0xd5, 0x8d, 0x1f, 0x6b,
        0x90, 0xb6, 0x5a, 0xd6, 0x77, 0x4a, 0x7f, 0x6f, 0x2e, 0x63, 0x92, 0x4b, 0x3d, 0x92, 0x31,
    ],
    [
        0x5a, 0x01, 0x6d, 0xc6, 0x0f, 0xf2, 0x75, 0x52, 0xcc, 0x53, 0x7e, 0x29, 0xf6, 0xae, 0x2a, 0x3c, 0x21,
        0x0f, 0xe1, 0x3f, 0xd8, 0xb0, 0x00, 0x48, 0x7f, 0xfb, 0xff, 0xe6, 0x3d, 0xef, 0x70, 0x83,
    ],
];

/// Every caller: kiosks and the station's software.
pub(super) fn listed(config: &Config) -> Result<Vec<Kiosk>, StartError> {
    let kiosks = config.kiosks.iter().map(|file| kiosk(&file.relative(), config.mode));
    let software = config.software.iter().map(|entry| software(entry, config.mode));
    let callers = kiosks.chain(software).collect::<Result<Vec<_>, _>>()?;
    let mut ids = BTreeSet::new();
    match callers.iter().find(|caller| !ids.insert(caller.id.as_str())) {
        Some(twice) => Err(StartError::SameId { id: twice.id.clone() }),
        None => Ok(callers),
    }
}

fn software(entry: &Software, mode: Mode) -> Result<Kiosk, StartError> {
    let Software { id, public_key: digits, name } = entry.clone();
    let mut public_key = [0; 32];
    if hex::decode_to_slice(digits, &mut public_key).is_err() {
        return Err(StartError::SoftwareKey { id });
    }
    if mode == Mode::Production && DEMONSTRATION_KEYS.contains(&public_key) {
        return Err(StartError::DemonstrationSoftware { id });
    }
    Ok(Kiosk { id, public_key, place: name, kind: ClientKind::Software })
}

/// A kiosk's file. Other entries say where it stands and are not the server's business.
#[derive(Debug, Deserialize)]
struct KioskFile {
    id: String,
    public_key: String,
    place: String,
}

fn kiosk(path: &Path, mode: Mode) -> Result<Kiosk, StartError> {
    let file: KioskFile = config::read(path)?;
    let mut public_key = [0; 32];
    hex::decode_to_slice(&file.public_key, &mut public_key)
        .map_err(|_| StartError::KioskKey { path: path.to_owned() })?;
    if mode == Mode::Production && DEMONSTRATION_KEYS.contains(&public_key) {
        return Err(StartError::DemonstrationKiosk { path: path.to_owned() });
    }
    Ok(Kiosk { id: file.id, public_key, place: file.place, kind: ClientKind::Kiosk })
}
