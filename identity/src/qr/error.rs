//! Why a payload is refused, and what in it looks odd.

use serde::{Deserialize, Serialize};
use thiserror::Error;

macro_rules! codes {
    ($(#[$meta:meta])* $type:ident { $( $name:ident $code:literal $message:literal; )+ }) => {
        $(#[$meta])*
        pub enum $type {
            $(
                #[doc = $message]
                #[error($message)]
                #[serde(rename = $code)]
                $name,
            )+
        }

        impl $type {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable word for it.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }
        }
    };
}

codes! {
    /// Why a payload of a known kind is refused. Names the field, never what is in it.
    ///
    /// In every case the person scans again, or goes on in another way: chip, typing, staff.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error, Serialize, Deserialize)]
    QrError {
        NotUtf8 "qr_not_utf8" "the text is not UTF-8: the scanner changed it; set it to raw bytes or read with the camera";
        CardFields "card_fields_missing" "a card's code has at least 7 fields";
        CardNumber "card_number_malformed" "the personal number is not 12 digits";
        CardOldNumber "card_old_number_malformed" "the old card number is neither empty nor 9 digits";
        CardName "card_name_malformed" "the name is empty, over 100 characters, or has characters that no name has";
        CardBirth "card_date_of_birth_malformed" "the date of birth is not ddMMyyyy, MMyyyy or yyyy";
        CardSex "card_sex_malformed" "the sex is neither Nam nor Nữ";
        CardResidence "card_residence_malformed" "the residence is over 400 characters";
        CardIssue "card_date_of_issue_malformed" "the date of issue is not ddMMyyyy";
        InsuranceFields "insurance_fields_missing" "an insurance card's code has at least 10 fields";
        InsuranceSeparator "insurance_separator_ambiguous" "the scanner wrote / for |, which dates have too: set it to raw bytes or read with the camera";
        InsuranceNumber "insurance_number_malformed" "the number is neither a card's 15 characters nor 10 digits";
        InsuranceName "insurance_name_malformed" "the name is not the hexadecimal of a name in UTF-8";
        InsuranceBirth "insurance_date_of_birth_malformed" "the date of birth is neither dd/MM/yyyy nor yyyy";
        InsuranceSex "insurance_sex_malformed" "the sex is neither 1 nor 2";
        InsuranceAddress "insurance_address_malformed" "the address is neither - nor the hexadecimal of UTF-8 text of at most 400 characters";
        InsuranceFacility "insurance_facility_malformed" "the place of first registration is not NN - NNN";
        InsuranceValidFrom "insurance_valid_from_malformed" "the first day of validity is not dd/MM/yyyy";
        InsuranceValidTo "insurance_valid_to_malformed" "the last day of validity is neither - nor dd/MM/yyyy";
        InsuranceIssue "insurance_date_of_issue_malformed" "the date of issue is not dd/MM/yyyy";
        InsuranceOffice "insurance_office_malformed" "the managing office's code is not digits";
        InsuranceParent "insurance_parent_malformed" "the parent's name is neither - nor the hexadecimal of a name in UTF-8";
        InsuranceArea "insurance_area_malformed" "the area's code is over 100 characters";
        InsuranceFiveYears "insurance_five_years_malformed" "the day of five years' insurance is neither - nor dd/MM/yyyy";
        InsuranceCheck "insurance_check_malformed" "the check text is over 100 characters";
        InsuranceBenefit "insurance_benefit_malformed" "the benefit code is over 100 characters";
        InsuranceIssuer "insurance_issuer_malformed" "the issuer is neither - nor the hexadecimal of UTF-8 text of at most 400 characters";
    }
}

codes! {
    /// What looks odd in a payload that is read all the same. A warning is for staff to see, and refuses nobody.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error, Serialize, Deserialize)]
    QrWarning {
        BirthYearDiffers "birth_year_differs" "the number was given for another year of birth";
        SexDiffers "sex_differs" "the number was given for the other sex";
        BirthPlaceUnlisted "birth_place_unlisted" "the number begins with the code of no province and no country";
        IssuedBeforeBirth "issued_before_birth" "the card was issued before the year of birth";
        ValidityReversed "validity_reversed" "the last day of validity lies before the first";
        EndMarkMissing "end_mark_missing" "the end mark is missing: the code may have been read in part";
    }
}
