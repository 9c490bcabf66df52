//! The document that a guest shows, and the nationality.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::DocumentKind;

/// Why a number is not that of such a document. Never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentFault {
    /// There is none.
    #[error("the document has no number: type it as it is printed")]
    Empty,
    /// Spaces in it.
    #[error("the number of a document holds no spaces: type it without them")]
    Spaces,
    /// CCCD, Căn cước, notice of the personal number.
    #[error("the number must have exactly 12 digits")]
    TwelveDigits,
    /// CMND.
    #[error("the number of a CMND has 9 or 12 digits")]
    NineOrTwelveDigits,
    /// Driving licence, insurance card.
    #[error("the number has at most 20 letters A to Z and digits")]
    TwentyLetters,
    /// Passport.
    #[error("the number of a passport has at most 10 letters A to Z and digits")]
    TenLetters,
    /// Longer than any document's number.
    #[error("the number is longer than 50 characters")]
    TooLong,
    /// Kind 9 without a name.
    #[error("say which document it is")]
    Unnamed,
}

/// A document with its number, as the portal takes it (interface v1.4).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct GuestDocument {
    kind: DocumentKind,
    number: String,
    name: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Raw {
    kind: DocumentKind,
    number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl TryFrom<Raw> for GuestDocument {
    type Error = DocumentFault;

    fn try_from(raw: Raw) -> Result<Self, DocumentFault> {
        Self::parse(raw.kind, &raw.number, raw.name.as_deref())
    }
}

impl From<GuestDocument> for Raw {
    fn from(document: GuestDocument) -> Self {
        Self { kind: document.kind, number: document.number.clone(), name: document.name.clone() }
    }
}

impl GuestDocument {
    /// A document of this kind with this number; letters count as capitals. A document of kind 9 is named, others are
    /// not.
    ///
    /// # Errors
    /// What the portal would refuse about it.
    pub fn parse(kind: DocumentKind, number: &str, name: Option<&str>) -> Result<Self, DocumentFault> {
        let number = number.trim().to_uppercase();
        let letters = number.chars().count();
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let plain = number.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if number.is_empty() {
            return Err(DocumentFault::Empty);
        }
        if number.contains(char::is_whitespace) {
            return Err(DocumentFault::Spaces);
        }
        let (fits, fault) = match kind {
            DocumentKind::CitizenCard | DocumentKind::CanCuoc | DocumentKind::NumberNotice => {
                (digits && letters == 12, DocumentFault::TwelveDigits)
            }
            DocumentKind::OldIdentityCard => {
                (digits && matches!(letters, 9 | 12), DocumentFault::NineOrTwelveDigits)
            }
            DocumentKind::DrivingLicence | DocumentKind::InsuranceCard => {
                (plain && letters <= 20, DocumentFault::TwentyLetters)
            }
            DocumentKind::Passport => (plain && letters <= 10, DocumentFault::TenLetters),
            DocumentKind::BirthCertificate | DocumentKind::Other => (letters <= 50, DocumentFault::TooLong),
        };
        if !fits {
            return Err(fault);
        }
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        let name = match (kind, name) {
            (DocumentKind::Other, None) => return Err(DocumentFault::Unnamed),
            (DocumentKind::Other, Some(name)) => Some(name.to_owned()),
            _ => None,
        };
        Ok(Self { kind, number, name })
    }

    /// Its kind.
    pub const fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// Its number.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// What it is called, where it is of kind 9.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The number as a page shows it: the first three and the last four, where there are more.
    pub fn masked(&self) -> String {
        let letters: Vec<char> = self.number.chars().collect();
        let hidden = letters.len().saturating_sub(7);
        let shown = |place: usize| hidden > 0 && (place < 3 || place >= 3 + hidden);
        let last = |place: usize| hidden == 0 && place + 2 >= letters.len();
        letters.iter().enumerate().map(|(p, c)| if shown(p) || last(p) { *c } else { '*' }).collect()
    }
}

impl std::fmt::Debug for GuestDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GuestDocument({:?}, masked)", self.kind)
    }
}

impl Zeroize for GuestDocument {
    fn zeroize(&mut self) {
        self.number.zeroize();
        self.name.zeroize();
    }
}

impl Drop for GuestDocument {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for GuestDocument {}

/// A nationality in the portal's list: ISO 3166-1 alpha-3 with exceptions, such as `D` for Germany and `RKS` for Kosovo,
/// which are those of passports (ICAO Doc 9303-3 5). Whether the portal has it is the portal's to say: its list has 205.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Zeroize)]
#[serde(try_from = "String", into = "String")]
pub struct NationalityCode(String);

/// What was given is no code of a nationality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a nationality is a code of one to three letters, as in a passport: VNM, FRA, D")]
pub struct NotANationality;

impl NationalityCode {
    /// Việt Nam.
    pub const VIETNAM: &'static str = "VNM";

    /// Reads a code; small letters count as capitals.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(code: &str) -> Result<Self, NotANationality> {
        let code = code.trim().to_ascii_uppercase();
        let fits = (1..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if fits { Ok(Self(code)) } else { Err(NotANationality) }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is Việt Nam's.
    pub fn is_vietnam(&self) -> bool {
        self.0 == Self::VIETNAM
    }
}

impl TryFrom<String> for NationalityCode {
    type Error = NotANationality;

    fn try_from(code: String) -> Result<Self, NotANationality> {
        Self::parse(&code)
    }
}

impl From<NationalityCode> for String {
    fn from(code: NationalityCode) -> Self {
        code.0
    }
}
