//! The portal's code lists, and what is looked up in them.
//!
//! The portal's codes of provinces and communes are a third system beside those of personal numbers (63) and of addresses
//! since 2025-07-01 (34). The facts state five of its provinces ([`PROVINCES`]); all others, and all communes, come from
//! its own lists.

use std::{collections::BTreeMap, fmt};

use flows::lodging::{DocumentKind, LodgingPlace, NationalityCode, ResidenceKind, StayReason};
use identity::province;
use thiserror::Error;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Provinces of today (QĐ 19/2025/QĐ-TTg) and their portal codes, as far as the facts state them.
pub const PROVINCES: [(u8, &str); 5] = [(1, "101"), (48, "501"), (56, "511"), (79, "701"), (91, "805")];

/// The portal's code of the province with this code of today, where the facts state it; else it is looked up by name.
pub fn stated_code(today: u8) -> Option<&'static str> {
    PROVINCES.iter().find(|(code, _)| *code == today).map(|(_, portal)| *portal)
}

/// The portal's code lists.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    nationalities: BTreeMap<String, Nationality>,
    provinces: BTreeMap<String, String>,
    communes: BTreeMap<String, Commune>,
    reasons: BTreeMap<String, String>,
    documents: BTreeMap<String, String>,
    residences: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Eq)]
struct Nationality {
    name: String,
    english: String,
}

#[derive(Clone, PartialEq, Eq)]
struct Commune {
    province: String,
    name: String,
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { nationalities, provinces, communes, .. } = self;
        let counts = (nationalities.len(), provinces.len(), communes.len());
        write!(f, "Catalogue({} nationalities, {} provinces, {} communes)", counts.0, counts.1, counts.2)
    }
}

/// One of the lists that is read as codes and names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// `ly-do-cu-tru`.
    Reasons,
    /// `loai-giay-to`.
    Documents,
    /// `noi-cu-tru`.
    Residences,
}

impl List {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Reasons, Self::Documents, Self::Residences];

    /// Its name in the address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Reasons => "ly-do-cu-tru",
            Self::Documents => "loai-giay-to",
            Self::Residences => "noi-cu-tru",
        }
    }

    /// The codes and words that this software knows.
    fn known(self) -> Vec<(u8, &'static str)> {
        match self {
            Self::Reasons => StayReason::ALL.iter().map(|of| (of.code(), of.vietnamese())).collect(),
            Self::Documents => DocumentKind::ALL.iter().map(|of| (of.code(), of.vietnamese())).collect(),
            Self::Residences => ResidenceKind::ALL.iter().map(|of| (of.code(), of.vietnamese())).collect(),
        }
    }
}

/// Where the portal's list and this software's are not the same: the interface may have a newer version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which list.
    pub list: List,
    /// The code.
    pub code: String,
    /// What the portal calls it; none: it does not have it.
    pub there: Option<String>,
    /// What this software calls it; none: it does not have it.
    pub here: Option<&'static str>,
}

/// What of a place's address the portal's lists do not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingCode {
    /// The place has no `portal_province`.
    Province,
    /// The place has no `portal_commune`.
    Commune,
    /// The portal has no such province.
    UnknownProvince(String),
    /// The portal has no such commune.
    UnknownCommune(String),
    /// That commune lies in another province.
    OtherProvince {
        /// The commune.
        commune: String,
        /// Its province by the portal's list.
        province: String,
    },
}

impl fmt::Display for MissingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Province => f.write_str("portal_province is not set"),
            Self::Commune => f.write_str("portal_commune is not set"),
            Self::UnknownProvince(code) => write!(f, "the portal has no province {code}"),
            Self::UnknownCommune(code) => write!(f, "the portal has no commune {code}"),
            Self::OtherProvince { commune, province } => {
                write!(f, "the commune {commune} lies in province {province}")
            }
        }
    }
}

/// A place whose address is not in the portal's codes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the place {place} has no whole address in the portal's codes: {}; correct [address] of the place, or declare by file",
    .missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
)]
pub struct PortalCodesMissing {
    /// The place's id.
    pub place: String,
    /// Everything that is missing.
    pub missing: Vec<MissingCode>,
}

impl Catalogue {
    /// With nationalities: code, Vietnamese name, English name.
    #[must_use]
    pub fn with_nationalities(mut self, list: impl IntoIterator<Item = (String, String, String)>) -> Self {
        let named = |(code, name, english)| (code, Nationality { name, english });
        self.nationalities.extend(list.into_iter().map(named));
        self
    }

    /// With provinces: code, name.
    #[must_use]
    pub fn with_provinces(mut self, list: impl IntoIterator<Item = (String, String)>) -> Self {
        self.provinces.extend(list);
        self
    }

    /// With the communes of a province: code, name.
    #[must_use]
    pub fn with_communes(mut self, province: &str, list: impl IntoIterator<Item = (String, String)>) -> Self {
        let of = |(code, name)| (code, Commune { province: province.to_owned(), name });
        self.communes.extend(list.into_iter().map(of));
        self
    }

    /// With one of the lists of codes.
    #[must_use]
    pub fn with_list(mut self, list: List, items: impl IntoIterator<Item = (String, String)>) -> Self {
        match list {
            List::Reasons => self.reasons.extend(items),
            List::Documents => self.documents.extend(items),
            List::Residences => self.residences.extend(items),
        }
        self
    }

    /// What the portal calls this nationality, in Vietnamese; none: it does not have it.
    pub fn nationality(&self, code: &NationalityCode) -> Option<&str> {
        self.nationalities.get(code.as_str()).map(|known| known.name.as_str())
    }

    /// Nationalities as `(code, label)`; the label is the portal's English name, as in `VNM - Viet Nam`.
    pub fn nationalities(&self) -> impl Iterator<Item = (&str, &str)> {
        self.nationalities.iter().map(|(code, known)| (code.as_str(), known.english.as_str()))
    }

    /// Provinces as `(code, name)`, in the order of their codes.
    pub fn provinces(&self) -> impl Iterator<Item = (&str, &str)> {
        self.provinces.iter().map(|(code, name)| (code.as_str(), name.as_str()))
    }

    /// Communes as `(code, name, province)`, in the order of their codes.
    pub fn communes(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.communes
            .iter()
            .map(|(code, Commune { province, name })| (code.as_str(), name.as_str(), province.as_str()))
    }

    /// A province's name.
    pub fn province_name(&self, code: &str) -> Option<&str> {
        self.provinces.get(code).map(String::as_str)
    }

    /// A commune's name.
    pub fn commune_name(&self, code: &str) -> Option<&str> {
        self.communes.get(code).map(|commune| commune.name.as_str())
    }

    /// The portal's code of a province by its name, whatever its marks and capitals, with or without `tỉnh`, `thành phố`.
    pub fn province_named(&self, name: &str) -> Option<&str> {
        let wanted = bare(name);
        let fits = |(_, known): &(&String, &String)| bare(known) == wanted;
        self.provinces.iter().find(fits).map(|(code, _)| code.as_str())
    }

    /// The portal's code of a province of today (QĐ 19/2025/QĐ-TTg): the stated one, else by its name.
    pub fn province_of_today(&self, code: u8) -> Option<&str> {
        let stated = stated_code(code).and_then(|stated| self.provinces.get_key_value(stated));
        let named = || province::today(code).and_then(|name| self.province_named(name));
        stated.map(|(code, _)| code.as_str()).or_else(named)
    }

    /// The portal's code of the province in an address as a card has it: its last part. None where that is not a province
    /// of today: cards printed before 2025-07-01 name provinces that are no more, and those are not guessed.
    pub fn province_of_address(&self, address: &str) -> Option<&str> {
        let last = bare(address.rsplit(',').next()?);
        let (today, _) = province::TODAY.iter().find(|(_, name)| bare(name) == last)?;
        self.province_of_today(*today)
    }

    /// The portal's code of the commune in an address of that province: the part before the province, where one commune
    /// alone has that name.
    pub fn commune_of_address(&self, address: &str) -> Option<&str> {
        let province = self.province_of_address(address)?;
        let part = folded(address.rsplit(',').nth(1)?);
        let mut there = self.communes.iter().filter(|(_, commune)| {
            commune.province == province && (folded(&commune.name) == part || unit(&commune.name) == part)
        });
        let (code, _) = there.next()?;
        there.next().is_none().then_some(code.as_str())
    }

    /// Checks that the portal knows the address of a place.
    ///
    /// # Errors
    /// With everything that is missing.
    pub fn check_place(&self, place: &LodgingPlace) -> Result<(), PortalCodesMissing> {
        let mut missing = Vec::new();
        let province = place.address.portal_province.as_deref();
        match province {
            None => missing.push(MissingCode::Province),
            Some(code) if !self.provinces.contains_key(code) => {
                missing.push(MissingCode::UnknownProvince(code.to_owned()));
            }
            Some(_) => {}
        }
        match place.address.portal_commune.as_deref() {
            None => missing.push(MissingCode::Commune),
            Some(code) => match self.communes.get(code) {
                None => missing.push(MissingCode::UnknownCommune(code.to_owned())),
                Some(commune) if province.is_some_and(|province| province != commune.province) => {
                    let (commune, province) = (code.to_owned(), commune.province.clone());
                    missing.push(MissingCode::OtherProvince { commune, province });
                }
                Some(_) => {}
            },
        }
        if missing.is_empty() { Ok(()) } else { Err(PortalCodesMissing { place: place.id.clone(), missing }) }
    }

    /// Where the portal's lists are not those that this software was written by.
    pub fn differences(&self) -> Vec<Difference> {
        let mut differences = Vec::new();
        for list in List::ALL {
            let there = match list {
                List::Reasons => &self.reasons,
                List::Documents => &self.documents,
                List::Residences => &self.residences,
            };
            let here: BTreeMap<String, &'static str> =
                list.known().into_iter().map(|(code, words)| (code.to_string(), words)).collect();
            for code in there.keys().chain(here.keys().filter(|code| !there.contains_key(*code))) {
                let (name, words) = (there.get(code), here.get(code).copied());
                if name.map(|name| folded(name)) != words.map(folded) {
                    let (code, there) = (code.clone(), name.cloned());
                    differences.push(Difference { list, code, there, here: words });
                }
            }
        }
        differences
    }
}

/// Letters without marks, small, `đ` as `d`, one space between words.
pub(super) fn folded(text: &str) -> String {
    let letters: String = text
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == 'đ' { 'd' } else { letter })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A province's name without what it is.
fn bare(name: &str) -> String {
    let folded = folded(name);
    let kinds = ["tinh ", "thanh pho ", "tp. ", "tp.", "tp "];
    kinds.iter().find_map(|kind| folded.strip_prefix(kind)).unwrap_or(&folded).to_owned()
}

/// A commune's name without what it is.
fn unit(name: &str) -> String {
    let folded = folded(name);
    let kinds = ["phuong ", "xa ", "dac khu "];
    kinds.iter().find_map(|kind| folded.strip_prefix(kind)).unwrap_or(&folded).to_owned()
}
