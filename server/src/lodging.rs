//! The places where people stay the night, as the operator describes them.

pub mod ward;
pub mod watch;

use std::{collections::BTreeMap, path::PathBuf};

use flows::lodging::{LodgingPlace, PlaceError};
use thiserror::Error;

/// Why the places cannot be used.
#[derive(Debug, Error)]
pub enum PlacesError {
    /// A place's file contradicts itself.
    #[error("the place in {} cannot be used", path.display())]
    Place {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: PlaceError,
    },
    /// Two places have one id.
    #[error("two places have the id {0}; give each one of its own")]
    SameId(String),
}

/// Every place, by its id.
#[derive(Debug, Clone, Default)]
pub struct Places(BTreeMap<String, LodgingPlace>);

impl Places {
    /// The places of these files.
    ///
    /// # Errors
    /// Where one contradicts itself, or two have one id.
    pub fn new(places: impl IntoIterator<Item = (PathBuf, LodgingPlace)>) -> Result<Self, PlacesError> {
        let mut known = BTreeMap::new();
        for (path, place) in places {
            place.check().map_err(|source| PlacesError::Place { path, source })?;
            let id = place.id.clone();
            if known.insert(id.clone(), place).is_some() {
                return Err(PlacesError::SameId(id));
            }
        }
        Ok(Self(known))
    }

    /// The place with `id`.
    pub fn get(&self, id: &str) -> Option<&LodgingPlace> {
        self.0.get(id)
    }

    /// Every place, by id.
    pub fn all(&self) -> impl Iterator<Item = &LodgingPlace> {
        self.0.values()
    }

    /// The places of a commune.
    pub fn of_commune<'a>(&'a self, commune: &'a str) -> impl Iterator<Item = &'a LodgingPlace> {
        self.all().filter(move |place| place.address.commune == commune)
    }

    /// The wards of a health station.
    pub fn of_station(&self, station: &str) -> Option<&LodgingPlace> {
        self.all().find(|place| place.station.as_deref() == Some(station))
    }
}

/// The places of the seeds.
#[cfg(test)]
pub(crate) fn seeded() -> Places {
    use figment::providers::{Format as _, Toml};
    let files = [
        ("inn", include_str!("../../seeds/lodging/nha-nghi-hoa-mau.toml")),
        ("vessel", include_str!("../../seeds/lodging/tau-song-mau.toml")),
        ("ward", include_str!("../../seeds/lodging/luu-benh-tram-mau.toml")),
    ];
    let places = files.map(|(name, text)| {
        (name.into(), figment::Figment::from(Toml::string(text)).extract::<LodgingPlace>().unwrap())
    });
    Places::new(places).unwrap()
}
