//! The made-up people of `seeds/citizens`, as far as these systems know them.

use std::path::Path;

use serde::Deserialize;
use thiserror::Error;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Why the seeds cannot be used.
#[derive(Debug, Error)]
pub enum SeedsError {
    /// The folder or a file cannot be read.
    #[error("cannot read {path}: {cause}; give the folder of the seeds with --seeds")]
    Unreadable {
        /// The folder or file.
        path: String,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// A file is not as `seeds/README.md` says.
    #[error("{path} is not as seeds/README.md says: {cause}")]
    Malformed {
        /// The file.
        path: String,
        /// What the TOML reader says.
        cause: Box<toml::de::Error>,
    },
}

/// Everybody whom the systems may know.
#[derive(Default)]
pub struct People(Vec<Citizen>);

/// One person's file; what these systems do not need is not read.
#[derive(Deserialize)]
pub struct Citizen {
    pub(crate) person: Person,
    pub(crate) insurance: Option<Insurance>,
    pub(crate) population: Option<Population>,
}

#[derive(Deserialize)]
pub(crate) struct Person {
    pub(crate) personal_number: String,
    pub(crate) full_name: String,
    pub(crate) date_of_birth: BirthDate,
    pub(crate) sex: String,
    pub(crate) residence: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Insurance {
    pub(crate) card: String,
    pub(crate) result: String,
    #[serde(default)]
    pub(crate) valid_from: String,
    #[serde(default)]
    pub(crate) valid_to: String,
    #[serde(default)]
    pub(crate) place_code: String,
    #[serde(default)]
    pub(crate) place_name: String,
    #[serde(default)]
    pub(crate) new_card: String,
    #[serde(default)]
    pub(crate) portal_down: bool,
    #[serde(default)]
    pub(crate) history: Vec<PastVisit>,
}

/// A visit elsewhere (`dsLichSuKCB2018`).
#[derive(Deserialize)]
pub(crate) struct PastVisit {
    pub(crate) record: String,
    pub(crate) place: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) illness: String,
}

#[derive(Deserialize)]
pub(crate) struct Population {
    pub(crate) matches: bool,
}

/// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, kept as its parts.
#[derive(Deserialize, Clone, PartialEq, Eq)]
#[serde(from = "String")]
pub(crate) struct BirthDate(Vec<String>);

impl From<String> for BirthDate {
    fn from(text: String) -> Self {
        Self(text.split('-').map(str::to_owned).collect())
    }
}

impl BirthDate {
    /// `dd/MM/yyyy`, `MM/yyyy` or `yyyy`, as the health-insurance register writes it.
    pub(crate) fn slashed(&self) -> String {
        self.0.iter().rev().map(String::as_str).collect::<Vec<_>>().join("/")
    }

    /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, as the seeds write it.
    pub(crate) fn dashed(&self) -> String {
        self.0.join("-")
    }

    /// Whether `other` says the same as far as both know.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(mine, theirs)| mine == theirs)
    }
}

impl People {
    /// Reads `folder/citizens/*.toml` in the order of their names.
    ///
    /// # Errors
    /// Where the folder or a file cannot be read or is not as `seeds/README.md` says.
    pub fn load(folder: &Path) -> Result<Self, SeedsError> {
        let folder = folder.join("citizens");
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(|cause| unreadable(&folder, cause))? {
            let path = entry.map_err(|cause| unreadable(&folder, cause))?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
        paths.sort();
        let citizen = |path: &std::path::PathBuf| {
            let text = std::fs::read_to_string(path).map_err(|cause| unreadable(path, cause))?;
            Self::parse(&text).map_err(|cause| SeedsError::Malformed {
                path: path.display().to_string(),
                cause: Box::new(cause),
            })
        };
        paths.iter().map(citizen).collect::<Result<_, _>>().map(Self)
    }

    fn parse(text: &str) -> Result<Citizen, toml::de::Error> {
        toml::from_str(text)
    }

    /// People from the text of their files.
    ///
    /// # Errors
    /// Where a text is not as `seeds/README.md` says.
    pub fn from_texts(texts: &[&str]) -> Result<Self, toml::de::Error> {
        texts.iter().map(|text| Self::parse(text)).collect::<Result<_, _>>().map(Self)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn all(&self) -> &[Citizen] {
        &self.0
    }

    pub(crate) fn by_number(&self, number: &str) -> Option<&Citizen> {
        self.0.iter().find(|citizen| citizen.person.personal_number == number)
    }

    /// By insurance card (old or new, 15 characters), by its last ten digits, or by personal number.
    pub(crate) fn by_insurance(&self, number: &str) -> Option<&Citizen> {
        self.0.iter().find(|citizen| {
            citizen.person.personal_number == number
                || citizen.insurance.as_ref().is_some_and(|insurance| {
                    [&insurance.card, &insurance.new_card]
                        .into_iter()
                        .any(|card| !card.is_empty() && (card == number || card.get(5..) == Some(number)))
                })
        })
    }
}

fn unreadable(path: &Path, cause: std::io::Error) -> SeedsError {
    SeedsError::Unreadable { path: path.display().to_string(), cause }
}

/// A name for comparing: composed, upper case, single spaces.
pub(crate) fn canonical(name: &str) -> String {
    name.nfc().collect::<String>().to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name for comparing where marks may be left out.
pub(crate) fn without_marks(name: &str) -> String {
    canonical(name).nfd().filter(|letter| !is_combining_mark(*letter)).collect::<String>().replace('Đ', "D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_capitals_decomposed_and_without_marks() {
        assert_eq!(canonical("Đặng  Thị Mỡ"), "ĐẶNG THỊ MỠ");
        assert_eq!(canonical(&"Nguyễn Thị Hoà".nfd().collect::<String>()), "NGUYỄN THỊ HOÀ");
        assert_eq!(without_marks("Đặng Thị Mỡ"), "DANG THI MO");
    }

    #[test]
    fn the_projects_own_seeds_can_be_read() {
        let people = People::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../seeds"))).unwrap();
        assert!(people.by_number("001148012345").is_some());
    }

    #[test]
    fn a_year_agrees_with_a_full_date_of_that_year() {
        let date = |text: &str| BirthDate::from(text.to_owned());
        assert!(date("1948-03-02").agrees(&date("1948")));
        assert!(!date("1948-03-02").agrees(&date("1948-03-03")));
        assert_eq!(date("1948-03-02").slashed(), "02/03/1948");
        assert_eq!(date("1948").slashed(), "1948");
    }
}
