//! What a document says of its holder: a Vietnamese card's DG1 and DG13 together, a passport's DG1.

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{data_groups::Contents, validity};
pub use crate::{
    lds::dg13::Expiry,
    mrz::{BirthDate, Sex, StateCode},
};
use crate::{
    mrz::Zone,
    number::{OldNumber, PersonalNumber},
};

/// Which document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A card with three lines of 30.
    IdentityCard,
    /// A passport, with two lines of 44.
    Passport,
}

/// The fields that a flow may need. What none needs (ethnicity, religion, marks, relatives, the photo) is not here.
///
/// `Debug` shows only the masked number.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Document {
    /// Which document it is.
    #[zeroize(skip)]
    pub kind: DocumentKind,
    /// The issuing state or organisation.
    pub issuing_state: StateCode,
    /// The personal number, 12 digits.
    pub personal_number: Option<PersonalNumber>,
    /// The document number: a passport's number; on a Vietnamese card the last nine digits of the personal number.
    pub document_number: String,
    /// The full name: in Vietnamese letters (NFC) from DG13, else as in the MRZ, surname first.
    pub full_name: String,
    /// Whether the full name is a passport's MRZ's and may go on where that ends.
    pub name_may_be_truncated: bool,
    /// The date of birth; `None` where it cannot be read.
    #[zeroize(skip)]
    pub date_of_birth: Option<BirthDate>,
    /// The sex.
    #[zeroize(skip)]
    pub sex: Sex,
    /// The nationality (ICAO 9303-3 section 5).
    pub nationality: StateCode,
    /// The residence, as on the card when it was issued.
    pub residence: Option<String>,
    /// The numbers of older documents, and personal numbers that this one replaced: entries 15 and 16 of DG13, as far
    /// as they are such numbers.
    pub old_numbers: Vec<OldNumber>,
    /// The date of issue.
    #[zeroize(skip)]
    pub date_of_issue: Option<Date>,
    /// The expiry; `None` where it cannot be read.
    #[zeroize(skip)]
    pub expiry: Option<Expiry>,
}

impl Document {
    pub(super) fn new(contents: &Contents, today: Date) -> Self {
        let mrz = &contents.mrz;
        let text =
            |number| contents.details.as_ref().and_then(|details| details.text(number)).map(str::to_owned);
        let stated_number =
            contents.details.as_ref().and_then(|details| details.personal_number().ok().flatten());
        let stated_birth =
            contents.details.as_ref().and_then(|details| details.date_of_birth().ok().flatten());
        let (kind, name_may_be_truncated) = match mrz {
            Zone::Td1(_) => (DocumentKind::IdentityCard, false),
            Zone::Td3(passport) => (DocumentKind::Passport, passport.name_may_be_truncated()),
        };
        Self {
            kind,
            issuing_state: mrz.issuing_state(),
            personal_number: stated_number.or_else(|| mrz.personal_number()),
            document_number: mrz.document_number().to_string(),
            full_name: text(2).unwrap_or_else(|| mrz.name().to_string()),
            name_may_be_truncated,
            date_of_birth: stated_birth.or_else(|| mrz.birth(today)),
            sex: mrz.sex(),
            nationality: mrz.nationality(),
            residence: text(9),
            old_numbers: [15, 16]
                .into_iter()
                .filter_map(|entry| OldNumber::parse(&text(entry)?).ok())
                .collect(),
            date_of_issue: validity::issue(contents).ok().flatten(),
            expiry: validity::expiry(contents, today).ok().flatten(),
        }
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("personal_number", &self.personal_number).finish_non_exhaustive()
    }
}
