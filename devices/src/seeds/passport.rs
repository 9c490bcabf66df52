//! The made-up foreigners of `seeds/passports/`.

use identity::{mrz::StateCode, number::Can};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error as _};

use super::{AccessProtocols, BirthDate, Defect, PaceKind, Sex};

/// A made-up foreigner and their passport.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passport {
    /// The file's name without `.toml`: kebab-case ASCII.
    #[serde(skip)]
    pub slug: String,
    /// What this person is here to show.
    pub about: String,
    /// The person.
    pub person: Traveller,
    /// Their passport.
    pub passport: PassportFacts,
}

impl std::fmt::Debug for Passport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Passport({})", self.slug)
    }
}

/// The person.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traveller {
    /// The primary identifier, with every mark.
    pub surname: String,
    /// The secondary identifier, with every mark; empty of a person with one name only.
    pub given_names: String,
    /// Full, or the year alone.
    pub date_of_birth: BirthDate,
    /// As in the passport.
    pub sex: Sex,
    /// One to three letters (ICAO 9303-3 section 5).
    pub nationality: StateCode,
}

/// The passport of a traveller.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassportFacts {
    /// Up to nine capital letters and digits.
    pub number: String,
    /// The card access number on the data page, six digits.
    #[serde(deserialize_with = "can")]
    pub can: Can,
    /// One to three letters; the made-up issuer signs for `D` alone.
    pub issuing_state: StateCode,
    /// The last day on which it is valid.
    pub date_of_expiry: Date,
    /// The issuing state's own number of the person, up to fourteen capital letters and digits, or empty.
    #[serde(default)]
    pub personal_number: String,
    /// What is wrong with the passport.
    pub defect: Defect,
    /// Which access protocols the chip speaks.
    pub access: AccessProtocols,
    /// Which kind its PACE is of; absent: as Vietnamese cards'.
    #[serde(default)]
    pub pace: PaceKind,
}

fn can<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Can, D::Error> {
    Can::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}
