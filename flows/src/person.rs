//! The person whom a conversation is about, as far as a flow needs to know them.

use identity::{
    insurance::InsuranceNumber,
    number::{OldNumber, PersonalNumber},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    Text,
    step::{Choice, PersonOnScreen},
};

/// A person, from proved documents. Masked in `Debug`, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Person {
    /// Số định danh cá nhân, where it is known: an insurance card does not name it, and a small child may have none.
    pub number: Option<PersonalNumber>,
    /// The number on an insurance card that was shown.
    #[serde(default)]
    pub insurance_number: Option<InsuranceNumber>,
    /// The numbers that the document says they had before.
    #[serde(default)]
    pub old_numbers: Vec<OldNumber>,
    /// Full name in Vietnamese letters, NFC.
    pub full_name: String,
    /// Date of birth, as far as it is known.
    pub birth: Birth,
    /// Sex as the document says it.
    pub sex: Sex,
}

impl Person {
    /// Whether there is a number under which the insurance register can be asked.
    pub const fn is_insurable(&self) -> bool {
        self.number.is_some() || self.insurance_number.is_some()
    }

    /// What a screen may show of them.
    pub fn on_screen(&self) -> PersonOnScreen {
        PersonOnScreen {
            full_name: self.full_name.clone(),
            number_masked: match (&self.number, &self.insurance_number) {
                (Some(number), _) => number.masked(),
                (None, Some(number)) => number.masked(),
                (None, None) => String::new(),
            },
            birth_year: Some(self.birth.year),
        }
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.number {
            Some(number) => write!(f, "Person({number:?})"),
            None => f.write_str("Person(masked)"),
        }
    }
}

/// Somebody who acts for a person: came for them, or with them. Masked in `Debug`, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Representative {
    /// What they are to the person.
    pub relation: Relation,
    /// Their full name, where it was asked for.
    pub full_name: Option<String>,
}

impl std::fmt::Debug for Representative {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Representative({:?})", self.relation)
    }
}

/// A date of birth whose day, or month and day, may be unknown.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Birth {
    /// The year, four digits.
    pub year: i16,
    /// 1 to 12, if known.
    pub month: Option<i8>,
    /// 1 to 31, if known.
    pub day: Option<i8>,
}

impl Birth {
    /// A date of birth that can be one on `today`: on the calendar, neither in the future nor before 1900, and no day
    /// without its month.
    pub fn is_possible(self, today: Date) -> bool {
        let earliest = Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1));
        let whole = self.month.is_some() || self.day.is_none();
        whole && self.year >= 1900 && earliest.is_ok_and(|earliest| earliest <= today)
    }

    /// Completed years of life on `today`. Unknown parts count in the person's favour by `elder`: as early as
    /// they can be where `elder` is true, else as late.
    fn years(self, today: Date, elder: bool) -> i16 {
        let (month, day) = match (self.month, self.day, elder) {
            (Some(month), Some(day), _) => (month, day),
            (Some(month), None, true) => (month, 1),
            (Some(month), None, false) => (month, 31),
            (None, _, true) => (1, 1),
            (None, _, false) => (12, 31),
        };
        let had_birthday = (today.month(), today.day()) >= (month, day);
        today.year() - self.year - i16::from(!had_birthday)
    }

    /// Whether the person may be `years` old or older on `today`.
    pub fn at_least(self, years: i16, today: Date) -> bool {
        self.years(today, true) >= years
    }

    /// Whether the person may be younger than `years` on `today`.
    pub fn younger_than(self, years: i16, today: Date) -> bool {
        let age = self.years(today, false);
        age < years
    }
}

impl std::fmt::Debug for Birth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Birth(masked)")
    }
}

/// Sex as a document says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
    /// Not stated.
    Unknown,
}

macro_rules! relations {
    ($( $(#[doc = $doc:literal])+ $name:ident $word:literal $noun:literal $vi:literal $en:literal; )+) => {
        /// What somebody who acts for a person is to that person.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Zeroize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Relation {
            $( $(#[doc = $doc])+ $name, )+
        }

        impl Relation {
            /// Every relation, in the order of the screen.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in a choice and in records.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// What staff call it.
            pub const fn vietnamese(self) -> &'static str {
                match self { $(Self::$name => $noun,)+ }
            }

            /// What whoever stands there says of themselves.
            pub fn label(self) -> Text {
                let (vi, en) = match self { $(Self::$name => ($vi, $en),)+ };
                Text { vi: vi.into(), en: en.into() }
            }
        }
    };
}

relations! {
    /// Cha, mẹ.
    Parent "parent" "Cha, mẹ" "Tôi là cha, mẹ" "I am a parent";
    /// Ông, bà.
    Grandparent "grandparent" "Ông, bà" "Tôi là ông, bà" "I am a grandparent";
    /// Con.
    Child "child" "Con" "Tôi là con" "I am a son or daughter";
    /// Vợ, chồng.
    Spouse "spouse" "Vợ, chồng" "Tôi là vợ, chồng" "I am the wife or husband";
    /// Anh, chị, em.
    Sibling "sibling" "Anh, chị, em" "Tôi là anh, chị, em" "I am a brother or sister";
    /// Người giám hộ, người đại diện.
    Guardian "guardian" "Người giám hộ" "Tôi là người giám hộ" "I am the guardian";
    /// Người khác.
    Other "other" "Người khác" "Tôi là người khác" "Somebody else";
}

impl Relation {
    /// The relation with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|relation| relation.as_str() == word)
    }

    /// Whether whoever is this to a child consents for it: a parent, or a guardian named by law or by a court (người
    /// đại diện theo pháp luật). A grandparent or a sibling does only as a guardian.
    pub const fn represents(self) -> bool {
        matches!(self, Self::Parent | Self::Guardian)
    }

    /// Every relation as a choice.
    pub fn choices() -> Vec<Choice> {
        Self::ALL
            .iter()
            .map(|relation| Choice { id: relation.as_str().into(), label: relation.label() })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 9, 15);

    fn born(year: i16, month: Option<i8>, day: Option<i8>) -> Birth {
        Birth { year, month, day }
    }

    #[test]
    fn a_birthday_counts_from_its_own_day_on() {
        assert!(born(1951, Some(9), Some(15)).at_least(75, TODAY));
        assert!(!born(1951, Some(9), Some(16)).at_least(75, TODAY));
        assert!(born(2020, Some(9), Some(16)).younger_than(6, TODAY));
        assert!(!born(2020, Some(9), Some(15)).younger_than(6, TODAY));
    }

    #[test]
    fn an_unknown_day_counts_in_the_person_s_favour() {
        assert!(born(1951, None, None).at_least(75, TODAY));
        assert!(!born(1952, None, None).at_least(75, TODAY));
        assert!(born(2020, None, None).younger_than(6, TODAY));
        assert!(born(2020, Some(9), None).younger_than(6, TODAY));
    }

    #[test]
    fn someone_born_on_29_february_has_a_birthday_in_other_years_too() {
        assert!(born(1952, Some(2), Some(29)).at_least(75, date(2027, 3, 1)));
        assert!(!born(1952, Some(2), Some(29)).at_least(75, date(2027, 2, 28)));
    }

    #[test]
    fn debug_hides_the_person() {
        let person = Person {
            number: Some(PersonalNumber::parse("001148012345").unwrap()),
            insurance_number: None,
            old_numbers: Vec::new(),
            full_name: "Nguyễn Thị Hoà".into(),
            birth: born(1948, Some(3), Some(2)),
            sex: Sex::Female,
        };
        assert_eq!(format!("{person:?}"), "Person(001*****2345)");
    }
}
