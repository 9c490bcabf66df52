//! Who is found under `seeds/`, and by which name.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::{Citizen, Passport, SeedError};

/// Somebody with a document that has a chip.
#[derive(Debug, Clone)]
pub enum Bearer {
    /// With a Vietnamese card.
    Citizen(Box<Citizen>),
    /// With a passport of another state.
    Traveller(Box<Passport>),
}

impl Bearer {
    /// The name of the seed's file, without `.toml`.
    pub fn slug(&self) -> &str {
        match self {
            Self::Citizen(citizen) => &citizen.slug,
            Self::Traveller(passport) => &passport.slug,
        }
    }

    /// What this person is here to show.
    pub fn about(&self) -> &str {
        match self {
            Self::Citizen(citizen) => &citizen.about,
            Self::Traveller(passport) => &passport.about,
        }
    }
}

/// Everybody under `seeds`, citizens first, each ordered by slug.
///
/// # Errors
/// Where a folder or a file cannot be read or does not follow the schema.
pub fn bearers(seeds: &Path) -> Result<Vec<Bearer>, SeedError> {
    let citizens = citizens(seeds)?.into_iter().map(|citizen| Bearer::Citizen(Box::new(citizen)));
    let travellers = passports(seeds)?.into_iter().map(|passport| Bearer::Traveller(Box::new(passport)));
    Ok(citizens.chain(travellers).collect())
}

/// Whoever has `slug` under `seeds`.
///
/// # Errors
/// As [`bearers`]; [`SeedError::Unknown`] where there is nobody.
pub fn bearer(seeds: &Path, slug: &str) -> Result<Bearer, SeedError> {
    match citizen(seeds, slug) {
        Err(SeedError::Unknown(_)) => {
            passport(seeds, slug).map(|passport| Bearer::Traveller(Box::new(passport)))
        }
        found => found.map(|citizen| Bearer::Citizen(Box::new(citizen))),
    }
}

/// Every citizen under `seeds`, ordered by slug.
///
/// # Errors
/// Where the folder or a file cannot be read or does not follow the schema.
pub fn citizens(seeds: &Path) -> Result<Vec<Citizen>, SeedError> {
    slugs(&seeds.join("citizens"))?.iter().map(|slug| citizen(seeds, slug)).collect()
}

/// The citizen with `slug` under `seeds`.
///
/// # Errors
/// As [`citizens`]; [`SeedError::Unknown`] where there is none.
pub fn citizen(seeds: &Path, slug: &str) -> Result<Citizen, SeedError> {
    Ok(Citizen { slug: slug.into(), ..load(&seeds.join("citizens"), slug)? })
}

/// Every traveller's passport under `seeds`, ordered by slug.
///
/// # Errors
/// Where the folder or a file cannot be read or does not follow the schema.
pub fn passports(seeds: &Path) -> Result<Vec<Passport>, SeedError> {
    slugs(&seeds.join("passports"))?.iter().map(|slug| passport(seeds, slug)).collect()
}

/// The passport with `slug` under `seeds`.
///
/// # Errors
/// As [`passports`]; [`SeedError::Unknown`] where there is none.
pub fn passport(seeds: &Path, slug: &str) -> Result<Passport, SeedError> {
    Ok(Passport { slug: slug.into(), ..load(&seeds.join("passports"), slug)? })
}

/// The names of the seeds in `folder`, in order.
fn slugs(folder: &Path) -> Result<Vec<String>, SeedError> {
    let unreadable = |source| SeedError::Unreadable { path: folder.into(), source };
    let mut slugs = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        slugs.extend(name.to_str().and_then(|name| name.strip_suffix(".toml")).map(String::from));
    }
    slugs.sort();
    Ok(slugs)
}

fn load<T: DeserializeOwned>(folder: &Path, slug: &str) -> Result<T, SeedError> {
    if !is_slug(slug) {
        return Err(SeedError::Unknown(slug.into()));
    }
    let path = folder.join(format!("{slug}.toml"));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(SeedError::Unknown(slug.into()));
        }
        Err(source) => return Err(SeedError::Unreadable { path, source }),
    };
    toml::from_str(&text).map_err(|error| SeedError::Malformed { path, reason: error.message().into() })
}

fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}
