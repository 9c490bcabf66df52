//! What a document says of its holder, from DG1 and DG13 together.

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{data_groups::Contents, validity};
use crate::number::{OldNumber, PersonalNumber};
pub use crate::{
    lds::dg13::Expiry,
    mrz::{BirthDate, Sex},
};

/// The fields that a flow may need. What none needs (ethnicity, religion, marks, relatives, the photo) is not here.
///
/// `Debug` shows only the masked number.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Document {
    /// The personal number, 12 digits.
    pub personal_number: Option<PersonalNumber>,
    /// The document number: on a Vietnamese card the last nine digits of the personal number.
    pub document_number: String,
    /// The full name: in Vietnamese letters (NFC) from DG13, else as in the MRZ.
    pub full_name: String,
    /// The date of birth; `None` where it cannot be read.
    #[zeroize(skip)]
    pub date_of_birth: Option<BirthDate>,
    /// The sex.
    #[zeroize(skip)]
    pub sex: Sex,
    /// The nationality, three letters (ICAO 9303-3 section 5).
    pub nationality: String,
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
        Self {
            personal_number: stated_number.or_else(|| mrz.personal_number()),
            document_number: mrz.document_number().to_string(),
            full_name: text(2).unwrap_or_else(|| mrz.name().to_string()),
            date_of_birth: stated_birth.or_else(|| mrz.birth(today)),
            sex: mrz.sex(),
            nationality: mrz.nationality().to_owned(),
            residence: text(9),
            old_numbers: [15, 16]
                .into_iter()
                .filter_map(|entry| OldNumber::parse(&text(entry)?).ok())
                .collect(),
            date_of_issue: validity::issue(contents).ok().flatten(),
            expiry: validity::expiry(contents).ok().flatten(),
        }
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("personal_number", &self.personal_number).finish_non_exhaustive()
    }
}
