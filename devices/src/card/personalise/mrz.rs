//! The machine-readable zone of a card in format TD1 (ICAO 9303-5), written.

use jiff::civil::Date;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::PersonaliseError;
use crate::seeds::{BirthDate, Citizen, Expiry, Sex};

/// The MRZ of a citizen's card, and the three pieces of it that open the chip.
pub struct Mrz {
    /// The 90 characters.
    pub text: String,
    /// Nine characters.
    pub document_number: String,
    /// YYMMDD as printed; an unknown month and day are `<<`.
    pub date_of_birth: String,
    /// YYMMDD as printed.
    pub date_of_expiry: String,
}

/// Writes the MRZ: line 1 carries the personal number and a check digit of its own as optional data.
pub fn write(citizen: &Citizen) -> Result<Mrz, PersonaliseError> {
    let number = citizen.person.personal_number.as_str();
    let last_nine = number.get(3..).unwrap_or_default();
    let document_number = citizen.card.document_number.clone().unwrap_or_else(|| last_nine.to_string());
    if document_number.len() != 9 || !document_number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PersonaliseError::DocumentNumber(citizen.slug.clone()));
    }
    let date_of_birth = match citizen.person.date_of_birth {
        BirthDate::Full(date) => yymmdd(date),
        BirthDate::Year(year) => format!("{:02}<<<<", year.rem_euclid(100)),
    };
    let date_of_expiry = match citizen.card.date_of_expiry {
        Expiry::On(date) => yymmdd(date),
        Expiry::Never => "991231".into(),
    };
    let sex = match citizen.person.sex {
        Sex::Male => 'M',
        Sex::Female => 'F',
    };
    let first =
        format!("IDVNM{document_number}{}{number}<<{}", check_digit(&document_number), check_digit(number));
    let birth = format!("{date_of_birth}{}", check_digit(&date_of_birth));
    let expiry = format!("{date_of_expiry}{}", check_digit(&date_of_expiry));
    let optional = "<".repeat(11);
    let composite = format!("{}{birth}{expiry}{optional}", first.get(5..).unwrap_or_default());
    let second = format!("{birth}{sex}{expiry}VNM{optional}{}", check_digit(&composite));
    let third = name_line(&citizen.person.full_name);
    Ok(Mrz { text: first + &second + &third, document_number, date_of_birth, date_of_expiry })
}

fn yymmdd(date: Date) -> String {
    format!("{:02}{:02}{:02}", date.year().rem_euclid(100), date.month(), date.day())
}

/// The family name, `<<`, the other names, cut and filled to 30 characters.
fn name_line(name: &str) -> String {
    let plain = plain_letters(name);
    let (family, given) = plain.split_once(' ').unwrap_or((plain.as_str(), ""));
    let line = format!("{family}<<{}", given.replace(' ', "<"));
    format!("{:<<30}", line.chars().take(30).collect::<String>())
}

/// Upper-case letters without tone or vowel marks, one space between words.
fn plain_letters(text: &str) -> String {
    let letters: String = text
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .map(|letter| match letter {
            'đ' | 'Đ' => 'D',
            other => other.to_ascii_uppercase(),
        })
        .filter(|letter| letter.is_ascii_uppercase() || *letter == ' ')
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// ICAO 9303-3 4.9: weights 7, 3, 1.
pub(super) fn check_digit(text: &str) -> u32 {
    text.chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(character, weight)| character.to_digit(36).unwrap_or(0) * weight)
        .sum::<u32>()
        % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_the_standards_own_examples() {
        // ICAO 9303-3 4.9 and 9303-11 appendix D.
        for (text, digit) in
            [("520727", 3), ("AB2134<<<", 5), ("L898902C<", 3), ("690806", 1), ("D23145890734", 9)]
        {
            assert_eq!(check_digit(text), digit, "{text}");
        }
    }

    #[test]
    fn vietnamese_letters_lose_their_marks() {
        assert_eq!(name_line("Nguyễn Thị Hoà"), "NGUYEN<<THI<HOA<<<<<<<<<<<<<<<");
        assert_eq!(name_line("Đặng Thuỵ Như Quỳnh"), "DANG<<THUY<NHU<QUYNH<<<<<<<<<<");
        assert_eq!(name_line("Hồ Thị Nhẽ Mỡ Hẵng Hẳn Mẫn Hẹ Hè Lợi Sẻ"), "HO<<THI<NHE<MO<HANG<HAN<MAN<HE");
    }
}
