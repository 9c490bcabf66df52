//! Who is seen before others (Luật Khám bệnh, chữa bệnh 15/2023/QH15 Đ3 k2).
//!
//! Age follows from the date of birth. The other grounds are what people say themselves; nobody has to prove them to a
//! machine, and staff see who said so. A ground is health data: it is kept sealed with the patient.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::{Text, person::Birth, step::Choice};

/// Why a person is seen before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Zeroize)]
#[serde(rename_all = "snake_case")]
pub enum PriorityGround {
    /// Cấp cứu.
    Emergency,
    /// Trẻ em dưới 6 tuổi, người từ đủ 75 tuổi trở lên.
    Age,
    /// Phụ nữ có thai.
    Pregnant,
    /// Người khuyết tật đặc biệt nặng, khuyết tật nặng.
    SevereDisability,
    /// Người có công với cách mạng.
    PersonOfMerit,
}

impl PriorityGround {
    /// Every ground, the most urgent first.
    pub const ALL: [Self; 5] =
        [Self::Emergency, Self::Age, Self::Pregnant, Self::SevereDisability, Self::PersonOfMerit];

    /// The word in records and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Age => "age",
            Self::Pregnant => "pregnant",
            Self::SevereDisability => "severe_disability",
            Self::PersonOfMerit => "person_of_merit",
        }
    }

    /// The ground with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.as_str() == word)
    }

    /// What it is called, in the law's words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Emergency => "Cấp cứu",
            Self::Age => "Trẻ em dưới 6 tuổi, người từ đủ 75 tuổi trở lên",
            Self::Pregnant => "Phụ nữ có thai",
            Self::SevereDisability => "Người khuyết tật nặng, đặc biệt nặng",
            Self::PersonOfMerit => "Người có công với cách mạng",
        }
    }
}

/// What a person answers when asked for a ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Declared {
    /// None of them.
    None,
    /// A pregnancy.
    Pregnant,
    /// A severe or very severe disability.
    SevereDisability,
    /// Merit.
    PersonOfMerit,
}

impl Declared {
    /// Every answer, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::None, Self::Pregnant, Self::SevereDisability, Self::PersonOfMerit];

    /// The word in a choice.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pregnant => "pregnant",
            Self::SevereDisability => "severe_disability",
            Self::PersonOfMerit => "person_of_merit",
        }
    }

    /// The answer with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|declared| declared.as_str() == word)
    }

    /// The ground, where it is one.
    pub const fn ground(self) -> Option<PriorityGround> {
        match self {
            Self::None => None,
            Self::Pregnant => Some(PriorityGround::Pregnant),
            Self::SevereDisability => Some(PriorityGround::SevereDisability),
            Self::PersonOfMerit => Some(PriorityGround::PersonOfMerit),
        }
    }

    fn choice(self) -> Choice {
        let (vi, en) = match self {
            Self::None => ("Không thuộc diện nào", "None of these"),
            Self::Pregnant => ("Đang mang thai", "I am pregnant"),
            Self::SevereDisability => ("Khuyết tật nặng", "I have a severe disability"),
            Self::PersonOfMerit => ("Người có công", "I am a person of merit"),
        };
        Choice { id: self.as_str().into(), label: Text { vi: vi.into(), en: en.into() } }
    }

    /// Every answer as a choice.
    pub fn choices() -> Vec<Choice> {
        Self::ALL.into_iter().map(Self::choice).collect()
    }
}

/// Whether age alone gives priority: under 6, or 75 and over.
pub fn priority_by_age(birth: Birth, today: Date) -> bool {
    birth.younger_than(6, today) || birth.at_least(75, today)
}

/// Why the person is seen before others, if they are: age first, which nobody has to declare.
pub fn ground(birth: Birth, declared: Option<Declared>, today: Date) -> Option<PriorityGround> {
    if priority_by_age(birth, today) {
        return Some(PriorityGround::Age);
    }
    declared.and_then(Declared::ground)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_answer_is_found_again_by_its_word() {
        for declared in Declared::ALL {
            assert_eq!(Declared::parse(declared.as_str()), Some(declared));
        }
        assert_eq!(Declared::parse("rich"), None);
        assert_eq!(Declared::choices().len(), 4);
    }

    #[test]
    fn age_counts_without_a_word_and_the_rest_as_it_is_said() {
        let today = date(2026, 9, 15);
        let adult = Birth { year: 1990, month: None, day: None };
        let old = Birth { year: 1940, month: None, day: None };
        assert_eq!(ground(old, None, today), Some(PriorityGround::Age));
        assert_eq!(ground(adult, None, today), None);
        assert_eq!(ground(adult, Some(Declared::None), today), None);
        assert_eq!(ground(adult, Some(Declared::Pregnant), today), Some(PriorityGround::Pregnant));
    }
}
