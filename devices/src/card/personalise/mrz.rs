//! The machine-readable zone of a card in format TD1 (ICAO 9303-5), written.

use jiff::civil::Date;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::PersonaliseError;
use crate::seeds::{BirthDate, Citizen, Expiry, Passport, Sex};

/// Characters of the name in a passport's first line.
const PASSPORT_NAME: usize = 39;

/// A machine-readable zone, and the three pieces of it that open the chip.
pub struct Mrz {
    /// The 90 characters of a card, the 88 of a passport.
    pub text: String,
    /// The document number in nine characters, birth and expiry as YYMMDD; an unknown month and day are `<<`.
    pub key: [String; 3],
}

/// The MRZ of a citizen's card: line 1 carries the personal number and a check digit of its own as optional data.
pub fn of_card(citizen: &Citizen) -> Result<Mrz, PersonaliseError> {
    let number = citizen.person.personal_number.as_str();
    let last_nine = number.get(3..).unwrap_or_default();
    let document_number = citizen.card.document_number.clone().unwrap_or_else(|| last_nine.to_string());
    if document_number.len() != 9 || !document_number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PersonaliseError::DocumentNumber(citizen.slug.clone()));
    }
    let date_of_birth = birth(citizen.person.date_of_birth);
    let date_of_expiry = match citizen.card.date_of_expiry {
        Expiry::On(date) => yymmdd(date),
        Expiry::Never => "991231".into(),
    };
    let sex = letter(citizen.person.sex);
    let first =
        format!("IDVNM{document_number}{}{number}<<{}", check_digit(&document_number), check_digit(number));
    let (birth, expiry) = (with_digit(&date_of_birth), with_digit(&date_of_expiry));
    let optional = "<".repeat(11);
    let composite = format!("{}{birth}{expiry}{optional}", first.get(5..).unwrap_or_default());
    let second = format!("{birth}{sex}{expiry}VNM{optional}{}", check_digit(&composite));
    let third = name_line(&citizen.person.full_name);
    Ok(Mrz { text: first + &second + &third, key: [document_number, date_of_birth, date_of_expiry] })
}

/// The MRZ of a passport (ICAO 9303-4 4.2).
pub fn of_passport(passport: &Passport) -> Result<Mrz, PersonaliseError> {
    let (person, facts) = (&passport.person, &passport.passport);
    let fits = |text: &str, most: usize| {
        text.len() <= most && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    if facts.number.is_empty() || !fits(&facts.number, 9) || !fits(&facts.personal_number, 14) {
        return Err(PersonaliseError::PassportNumber(passport.slug.clone()));
    }
    let number = format!("{:<<9}", facts.number);
    let (date_of_birth, date_of_expiry) = (birth(person.date_of_birth), yymmdd(facts.date_of_expiry));
    let name: String =
        passport_name(&person.surname, &person.given_names).chars().take(PASSPORT_NAME).collect();
    let first = format!("P<{:<<3}{name:<<PASSPORT_NAME$}", facts.issuing_state.as_str());
    let [number_field, birth_field, expiry_field, optional] =
        [&number, &date_of_birth, &date_of_expiry, &format!("{:<<14}", facts.personal_number)]
            .map(|field| with_digit(field));
    let second = format!(
        "{number_field}{:<<3}{birth_field}{}{expiry_field}{optional}{}",
        person.nationality.as_str(),
        letter(person.sex),
        check_digit(&format!("{number_field}{birth_field}{expiry_field}{optional}"))
    );
    Ok(Mrz { text: first + &second, key: [number, date_of_birth, date_of_expiry] })
}

fn with_digit(field: &str) -> String {
    format!("{field}{}", check_digit(field))
}

fn birth(birth: BirthDate) -> String {
    match birth {
        BirthDate::Full(date) => yymmdd(date),
        BirthDate::Year(year) => format!("{:02}<<<<", year.rem_euclid(100)),
    }
}

const fn letter(sex: Sex) -> char {
    match sex {
        Sex::Male => 'M',
        Sex::Female => 'F',
    }
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

/// Letters that ICAO 9303-3 section 6 spells out, and the hyphen, which parts words. Upper case makes `SS` of `ß`.
const SPELLINGS: [(char, &str); 8] =
    [('Ä', "AE"), ('Ö', "OE"), ('Ü', "UE"), ('Å', "AA"), ('Æ', "AE"), ('Ø', "OE"), ('Þ', "TH"), ('-', " ")];

/// Surname, `<<`, given names, each word parted by `<` (ICAO 9303-3 4.6), letters as section 6 recommends.
fn passport_name(surname: &str, given_names: &str) -> String {
    let [surname, given] = [surname, given_names].map(|name| {
        let spelt = SPELLINGS
            .iter()
            .fold(name.to_uppercase(), |name, (letter, spelling)| name.replace(*letter, spelling));
        plain_letters(&spelt).replace(' ', "<")
    });
    if given.is_empty() { surname } else { format!("{surname}<<{given}") }
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
    fn letters_of_other_states_are_spelt_as_icao_recommends() {
        assert_eq!(passport_name("Müßig-Ærø", "Åsa Jörg"), "MUESSIG<AEROE<<AASA<JOERG");
        assert_eq!(passport_name("D'Silva", "Línda"), "DSILVA<<LINDA");
        assert_eq!(passport_name("Arkfreith", ""), "ARKFREITH");
    }

    #[test]
    fn vietnamese_letters_lose_their_marks() {
        assert_eq!(name_line("Nguyễn Thị Hoà"), "NGUYEN<<THI<HOA<<<<<<<<<<<<<<<");
        assert_eq!(name_line("Đặng Thuỵ Như Quỳnh"), "DANG<<THUY<NHU<QUYNH<<<<<<<<<<");
        assert_eq!(name_line("Hồ Thị Nhẽ Mỡ Hẵng Hẳn Mẫn Hẹ Hè Lợi Sẻ"), "HO<<THI<NHE<MO<HANG<HAN<MAN<HE");
    }
}
