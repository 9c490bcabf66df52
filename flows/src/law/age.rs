//! Who consents for a child (Luật 91/2025/QH15, rules for children; NĐ 69/2024/NĐ-CP for accounts).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::person::{Birth, Relation};

/// Completed years below which only the representative consents.
pub const REPRESENTATIVE_ALONE: i16 = 7;
/// Completed years from which a person consents alone.
pub const OF_AGE: i16 = 18;
/// Completed years below which an electronic account is used through the representative (NĐ 69/2024).
pub const ACCOUNT_THROUGH_REPRESENTATIVE: i16 = 14;

/// Whose consent counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consenter {
    /// The representative alone (người đại diện): the child is under 7.
    Representative,
    /// The child and the representative: 7 to under 18.
    ChildAndRepresentative,
    /// The person alone.
    Person,
    /// Nobody is asked: an emergency (Luật 91/2025/QH15 Đ19 k1).
    Nobody,
}

impl Consenter {
    /// Whose consent counts for someone with this date of birth, on `today`. Where the day is not known, they count
    /// as young as they can be: a child is then protected, and an adult of unknown birthday is asked once more.
    pub fn of(birth: Birth, today: Date, emergency: bool) -> Self {
        if emergency {
            Self::Nobody
        } else if birth.younger_than(REPRESENTATIVE_ALONE, today) {
            Self::Representative
        } else if birth.younger_than(OF_AGE, today) {
            Self::ChildAndRepresentative
        } else {
            Self::Person
        }
    }

    /// Whether a representative has to be named.
    pub const fn needs_representative(self) -> bool {
        matches!(self, Self::Representative | Self::ChildAndRepresentative)
    }

    /// In which role the person answers for themselves.
    pub const fn role_of_person(self) -> ConsentRole {
        match self {
            Self::Representative | Self::ChildAndRepresentative => ConsentRole::Child,
            Self::Person | Self::Nobody => ConsentRole::Person,
        }
    }
}

/// In which role somebody answers a question for consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentRole {
    /// For themselves. Also whoever is asked before it is known who they are.
    #[default]
    Person,
    /// For themselves, from 7 to under 18: their representative is asked besides.
    Child,
    /// For another, whom they represent or have come for (người đại diện).
    Representative,
}

impl ConsentRole {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Person, Self::Child, Self::Representative];

    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Child => "child",
            Self::Representative => "representative",
        }
    }

    /// The words on pages.
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::Person => "Người bệnh",
            Self::Child => "Trẻ từ 7 đến dưới 18 tuổi",
            Self::Representative => "Người đại diện",
        }
    }
}

/// Who spoke: in which role, and what they are to the person where they spoke for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Spoken {
    /// In which role.
    pub role: ConsentRole,
    /// What they are to the person.
    pub relation: Option<Relation>,
}

/// Whether someone uses an electronic identity account through a representative (NĐ 69/2024: under 14).
pub fn account_through_representative(birth: Birth, today: Date) -> bool {
    birth.younger_than(ACCOUNT_THROUGH_REPRESENTATIVE, today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 9, 15);

    fn born(year: i16, month: i8, day: i8) -> Birth {
        Birth { year, month: Some(month), day: Some(day) }
    }

    #[test]
    fn a_child_is_asked_from_the_seventh_birthday_on_and_not_a_day_before() {
        let of = |birth| Consenter::of(birth, TODAY, false);
        assert_eq!(of(born(2019, 9, 16)), Consenter::Representative);
        assert_eq!(of(born(2019, 9, 15)), Consenter::ChildAndRepresentative);
        assert_eq!(of(born(2026, 9, 15)), Consenter::Representative);
    }

    #[test]
    fn a_person_consents_alone_from_the_eighteenth_birthday_on_and_not_a_day_before() {
        let of = |birth| Consenter::of(birth, TODAY, false);
        assert_eq!(of(born(2008, 9, 16)), Consenter::ChildAndRepresentative);
        assert_eq!(of(born(2008, 9, 15)), Consenter::Person);
    }

    #[test]
    fn born_on_29_february_is_of_age_on_1_march_of_other_years() {
        let leap = born(2008, 2, 29);
        assert_eq!(Consenter::of(leap, date(2026, 2, 28), false), Consenter::ChildAndRepresentative);
        assert_eq!(Consenter::of(leap, date(2026, 3, 1), false), Consenter::Person);
    }

    #[test]
    fn a_child_whose_birthday_is_not_known_is_protected_until_the_last_day_it_can_be() {
        let year_only = |year| Birth { year, month: None, day: None };
        assert_eq!(Consenter::of(year_only(2019), TODAY, false), Consenter::Representative);
        assert_eq!(Consenter::of(year_only(2008), TODAY, false), Consenter::ChildAndRepresentative);
        assert_eq!(Consenter::of(year_only(2007), TODAY, false), Consenter::Person);
        let month = Birth { year: 2008, month: Some(9), day: None };
        assert_eq!(Consenter::of(month, date(2026, 9, 29), false), Consenter::ChildAndRepresentative);
        assert_eq!(Consenter::of(month, date(2026, 10, 1), false), Consenter::Person);
    }

    #[test]
    fn nobody_is_asked_in_an_emergency() {
        for birth in [born(2024, 1, 1), born(2012, 1, 1), born(1950, 1, 1)] {
            let consenter = Consenter::of(birth, TODAY, true);
            assert_eq!(consenter, Consenter::Nobody);
            assert!(!consenter.needs_representative());
        }
    }

    #[test]
    fn an_account_is_used_through_the_representative_until_fourteen() {
        assert!(account_through_representative(born(2012, 9, 16), TODAY));
        assert!(!account_through_representative(born(2012, 9, 15), TODAY));
    }
}
