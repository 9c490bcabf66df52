use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// The specimen of ICAO Doc 9303-4 appendix A.
pub(crate) const SPECIMEN: &str =
    concat!("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10");
const TODAY: Date = date(2026, 9, 15);

/// A zone of these fields, its check digits computed here.
struct Fields<'a> {
    code: &'a str,
    state: &'a str,
    name: &'a str,
    number: &'a str,
    nationality: &'a str,
    birth: &'a str,
    sex: char,
    expiry: &'a str,
    optional: &'a str,
}

const ERIKSSON: Fields<'_> = Fields {
    code: "P",
    state: "UTO",
    name: "ERIKSSON<<ANNA<MARIA",
    number: "L898902C3",
    nationality: "UTO",
    birth: "740812",
    sex: 'F',
    expiry: "120415",
    optional: "ZE184226B",
};

impl Fields<'_> {
    fn text(&self) -> String {
        let with_digit = |text: String| format!("{text}{}", check_digit(&text).unwrap());
        let number = with_digit(format!("{:<<9}", self.number));
        let (birth, expiry) = (with_digit(self.birth.into()), with_digit(self.expiry.into()));
        let optional = with_digit(format!("{:<<14}", self.optional));
        let composite = check_digit(&format!("{number}{birth}{expiry}{optional}")).unwrap();
        format!(
            "{:<<2}{:<<3}{:<<39}{number}{:<<3}{birth}{}{expiry}{optional}{composite}",
            self.code, self.state, self.name, self.nationality, self.sex
        )
    }

    fn zone(&self) -> Td3 {
        Td3::parse(&self.text()).unwrap()
    }
}

#[test]
fn the_specimen_of_the_standard_is_read() {
    assert_eq!(ERIKSSON.text(), SPECIMEN);
    let zone = Td3::parse(SPECIMEN).unwrap();
    assert_eq!((zone.document_code(), zone.issuing_state().as_str()), ("P", "UTO"));
    assert_eq!(*zone.primary_identifier(), "ERIKSSON");
    assert_eq!(zone.secondary_identifier().as_deref().map(String::as_str), Some("ANNA MARIA"));
    assert_eq!(*zone.name(), "ERIKSSON ANNA MARIA");
    assert!(!zone.name_may_be_truncated());
    assert_eq!(*zone.document_number(), "L898902C3");
    assert_eq!((zone.nationality().as_str(), zone.sex()), ("UTO", Sex::Female));
    assert_eq!(zone.birth(TODAY), Some(BirthDate { year: 1974, month: Some(8), day: Some(12) }));
    assert_eq!(zone.expiry(TODAY), Some(date(2012, 4, 15)));
    assert_eq!(zone.optional_data().as_deref().map(String::as_str), Some("ZE184226B"));
    assert_eq!(*zone.key().unwrap().information(), "L898902C3674081221204159");
    assert_eq!(format!("{zone:?}"), "Td3(UTO)");
}

/// The worked example of ICAO Doc 9303-11 appendix D.2: zone, MRZ information, key seed.
#[test]
fn the_key_of_the_standards_basic_access_control_follows_from_its_passport() {
    use sha1::{Digest as _, Sha1};
    let zone = Td3::parse(concat!(
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n",
        "L898902C<3UTO6908061F9406236ZE184226B<<<<<14\n"
    ))
    .unwrap();
    let key = zone.key().unwrap();
    assert_eq!(*zone.document_number(), "L898902C");
    assert_eq!(*key.information(), "L898902C<369080619406236");
    let seed = Sha1::digest(key.information().as_bytes());
    assert_eq!(hex::encode(&seed[..16]), "239ab9cb282daf66231dc5a4df6bfbae");
}

#[test]
fn names_of_every_form_are_read() {
    for (field, primary, secondary, truncated) in [
        ("VAN<DER<MUELLEN<<PIET<JAN", "VAN DER MUELLEN", Some("PIET JAN"), false),
        ("ARKFREITH", "ARKFREITH", None, false),
        ("<<ARKFREITH", "ARKFREITH", None, false),
        ("DSILVA<<LINDA<<MARIE", "DSILVA", Some("LINDA MARIE"), false),
        // 9303-4 4.2.3: the last place holds a letter.
        ("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K", "NILAVADHANANANDA", Some("CHAYAPA DEJTHAMRONG K"), true),
        ("BENNELONG<WOOLOOMOOLOO<WARRANDYTE<WARNA", "BENNELONG WOOLOOMOOLOO WARRANDYTE WARNA", None, true),
    ] {
        let zone = Fields { name: field, ..ERIKSSON }.zone();
        assert_eq!(*zone.primary_identifier(), primary);
        assert_eq!(zone.secondary_identifier().as_deref().map(String::as_str), secondary, "{field}");
        assert_eq!(zone.name_may_be_truncated(), truncated, "{field}");
    }
}

#[test]
fn codes_of_states_and_of_people_without_one_are_read() {
    for (code, state, nationality) in
        [("P", "D", "D"), ("PM", "RKS", "XXA"), ("PD", "GBR", "GBN"), ("PP", "VNM", "VNM")]
    {
        let zone = Fields { code, state, nationality, ..ERIKSSON }.zone();
        assert_eq!((zone.document_code(), zone.issuing_state().as_str()), (code, state));
        assert_eq!(zone.nationality().as_str(), nationality);
    }
}

#[test]
fn an_empty_field_may_leave_its_check_digit_out_and_no_other() {
    let empty = Fields { optional: "", ..ERIKSSON }.text();
    assert_eq!(&empty[72..87], "<<<<<<<<<<<<<<0");
    assert_eq!(Td3::parse(&empty).unwrap().optional_data(), None);
    let left_out = format!("{}<{}", &empty[..86], &empty[87..]);
    assert!(Td3::parse(&left_out).is_ok());
    // `A` counts 10, so the digit of this full field is 0, too.
    let full = Fields { optional: "A", ..ERIKSSON }.text();
    assert_eq!(&full[86..87], "0");
    let left_out = format!("{}<{}", &full[..86], &full[87..]);
    assert_eq!(Td3::parse(&left_out), Err(MrzError::CheckDigit(Field::OptionalData)));
}

#[test]
fn each_wrong_field_is_named() {
    use Field as F;
    for (position, digit, field) in [
        (46, '7', MrzError::CheckDigit(F::DocumentNumber)),
        (53, '7', MrzError::CheckDigit(F::DocumentNumber)),
        (60, '9', MrzError::CheckDigit(F::DateOfBirth)),
        (66, '9', MrzError::CheckDigit(F::DateOfExpiry)),
        (75, '9', MrzError::CheckDigit(F::OptionalData)),
        (87, '9', MrzError::CheckDigit(F::Composite)),
        (0, 'I', MrzError::Form(F::DocumentCode)),
        (1, '1', MrzError::Form(F::DocumentCode)),
        (2, '1', MrzError::Form(F::IssuingState)),
        (3, '<', MrzError::Form(F::IssuingState)),
        (9, '5', MrzError::Form(F::Name)),
        (44, '<', MrzError::Form(F::DocumentNumber)),
        (55, '0', MrzError::Form(F::Nationality)),
        (58, '<', MrzError::Form(F::DateOfBirth)),
        (64, 'Q', MrzError::Form(F::Sex)),
        (65, 'B', MrzError::Form(F::DateOfExpiry)),
    ] {
        let mut text = SPECIMEN.to_owned();
        text.replace_range(position..=position, &digit.to_string());
        assert_eq!(Td3::parse(&text), Err(field), "position {position}");
    }
    let nameless = Fields { name: "", ..ERIKSSON }.text();
    assert_eq!(Td3::parse(&nameless), Err(MrzError::Form(F::Name)));
    assert_eq!(Td3::parse("P<UTO"), Err(MrzError::Length { expected: 88, found: 5 }));
    assert_eq!(Td3::parse(&SPECIMEN.to_lowercase()), Err(MrzError::Character(0)));
}

#[test]
fn centuries_are_those_that_can_be_meant() {
    let birth = |birth| Fields { birth, ..ERIKSSON }.zone().birth(TODAY).map(|b| (b.year, b.month, b.day));
    assert_eq!(birth("260915"), Some((2026, Some(9), Some(15))));
    assert_eq!(birth("260916"), Some((1926, Some(9), Some(16))), "never in the future");
    assert_eq!(birth("74<<<<"), Some((1974, None, None)));
    assert_eq!(birth("7408<<"), Some((1974, Some(8), None)));
    assert_eq!(birth("<<<<<<"), None);
    assert_eq!(birth("740230"), None);

    let expiry = |expiry| Fields { expiry, ..ERIKSSON }.zone().expiry(TODAY);
    assert_eq!(expiry("360914"), Some(date(2036, 9, 14)));
    assert_eq!(expiry("991231"), Some(date(1999, 12, 31)));
    assert_eq!(expiry("760101"), Some(date(2076, 1, 1)), "49 years ahead, 50 behind");
    assert_eq!(expiry("761231"), Some(date(1976, 12, 31)));
    assert_eq!(expiry("000229"), Some(date(2000, 2, 29)), "1900 and 2100 have no such day");
    assert_eq!(expiry("250229"), None);
}

fn typed(text: &str) -> Result<Td3, ReadError> {
    read(text, TODAY)
}

#[test]
fn every_way_to_hand_the_lines_over_gives_the_same_zone() {
    let good = Td3::parse(SPECIMEN).unwrap();
    let (one, two) = SPECIMEN.split_at(LINE);
    for text in [
        SPECIMEN.to_owned(),
        format!("{one}\r\n{two}\r\n"),
        format!("{one}\r{two}\r"),
        format!("{one}\t{two}"),
        format!("\u{2}{one} {two}\u{3}"),
        format!("  {one}\u{A0}\n\n {two}  "),
        format!("{one}\n{two}").to_lowercase(),
        format!("{one}\n{two}").replace('<', "‹"),
        format!("{one}\n{two}").replace('<', "〈"),
        format!("{one}\n{two}").replace('<', "＜"),
        format!("{one}\n{two}").replace("<<", "«"),
        format!("{one}\n{two}").replace("<<", "《"),
        format!("{one}\n{two}").replace("<<", "≪"),
        format!("{one}\n{two}").replace('<', "&lt;"),
        format!("{one}\n{two}").replace('<', "&LT;"),
        format!("\u{FEFF}{one}\u{200B}\n{two}"),
    ] {
        assert_eq!(typed(&text).as_ref(), Ok(&good), "{text:?}");
    }
}

#[test]
fn zero_and_one_are_repaired_only_where_no_letter_can_stand_and_the_digits_bear_it_out() {
    let good = Td3::parse(SPECIMEN).unwrap();
    let replaced = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    for (from, to) in [
        ("7408122F", "74O8I22F"),
        ("1204159Z", "I2O4I59Z"),
        ("<<<<<10", "<<<<<IO"),
        ("UTO7408122", "UT07408122"),
        ("P<UTOERIKSSON", "P<UT0ER1KSS0N"),
    ] {
        assert_eq!(typed(&replaced(SPECIMEN, from, to)).as_ref(), Ok(&good), "{to}");
    }
    // In the passport number both can stand.
    assert_eq!(
        typed(&replaced(SPECIMEN, "L898902C3", "L8989O2C3")),
        Err(MrzError::CheckDigit(Field::DocumentNumber).into())
    );
    // A repair that the check digit does not bear out.
    assert_eq!(
        typed(&replaced(SPECIMEN, "7408122F", "74I8122F")),
        Err(MrzError::CheckDigit(Field::DateOfBirth).into())
    );
    // A letter that is taken for no digit.
    assert_eq!(
        typed(&replaced(SPECIMEN, "7408122F", "7408I2ZF")),
        Err(MrzError::CheckDigit(Field::DateOfBirth).into())
    );
    assert_eq!(
        typed(&replaced(SPECIMEN, "7408122F", "7A08122F")),
        Err(MrzError::Form(Field::DateOfBirth).into())
    );
}

#[test]
fn what_a_vietnamese_input_method_made_is_refused_with_the_reason() {
    let (one, two) = SPECIMEN.split_at(LINE);
    let lines = |name: &str| format!("P<UTO{name}\n{two}");
    for text in [
        lines("ERIKSSƠN<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"),
        lines("ĐINH<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<<<"),
        lines("đinh<<anna<maria"),
        lines("NGƯYEN<<ÁNNA"),
        lines("NGUYE\u{302}\u{303}N<<ANNA"),
        format!("{one}\nL8ấ8902C36"),
        // The Vietnamese keyboard's row of digits.
        format!("{one}\nLă9ă902C36UTO"),
    ] {
        let error = typed(&text).unwrap_err();
        assert_eq!((error, error.code(), error.field()), (ReadError::InputMethod, "mrz_input_method", None));
        assert!(error.to_string().contains("Unikey"));
    }
    // Another alphabet is no input method's doing.
    let cyrillic = typed(&SPECIMEN.replace('E', "Е")).unwrap_err();
    assert_eq!((cyrillic, cyrillic.code()), (MrzError::Character(5).into(), "mrz_character"));
}

#[test]
fn lengths_name_the_line_and_nothing_is_filled_up() {
    let (one, two) = SPECIMEN.split_at(LINE);
    for (text, error) in [
        (format!("{}\n{two}", &one[..43]), ReadError::Line { line: 1, found: 43 }),
        (format!("{one}\r\n{two}<"), ReadError::Line { line: 2, found: 45 }),
        (one.to_owned(), MrzError::Length { expected: 88, found: 44 }.into()),
        (String::new(), MrzError::Length { expected: 88, found: 0 }.into()),
        ("<".repeat(100_000), MrzError::Length { expected: 88, found: 100_000 }.into()),
    ] {
        assert_eq!((typed(&text), error.code()), (Err(error), "mrz_length"));
    }
    // The same length in all, but a character of the one line stands in the other: no field would be in its place.
    assert!(typed(&format!("{}\n{}{two}", &one[..43], &one[43..])).is_ok(), "only the place of the break");
}

#[test]
fn what_no_digit_protects_must_be_a_listed_state_and_dates_must_be_dates() {
    for (fields, field) in [
        (Fields { nationality: "UTQ", ..ERIKSSON }, Field::Nationality),
        (Fields { state: "DEU", ..ERIKSSON }, Field::IssuingState),
        (Fields { birth: "741312", ..ERIKSSON }, Field::DateOfBirth),
        (Fields { expiry: "250229", ..ERIKSSON }, Field::DateOfExpiry),
        (Fields { expiry: "25<<<<", ..ERIKSSON }, Field::DateOfExpiry),
    ] {
        let error = typed(&fields.text()).unwrap_err();
        assert_eq!((error.field(), error.code()), (Some(field), "mrz_form"));
    }
    for birth in ["<<<<<<", "74<<<<", "7408<<"] {
        assert!(typed(&Fields { birth, ..ERIKSSON }.text()).is_ok(), "{birth}");
    }
}

fn digits(length: usize) -> impl Strategy<Value = String> {
    proptest::string::string_regex(&format!("[0-9]{{{length}}}")).unwrap()
}

proptest! {
    /// Every change of one digit for another is noticed, and one where no check digit reaches shows in that field.
    #[test]
    fn one_changed_digit_is_noticed_or_shows(
        number in "[A-Z0-9]{1,9}",
        optional in "[A-Z0-9]{0,14}",
        birth in digits(6),
        expiry in digits(6),
        position in 0..ZONE,
        by in 1_u8..10,
    ) {
        let text = Fields { number: &number, optional: &optional, birth: &birth, expiry: &expiry, ..ERIKSSON }.text();
        let good = Td3::parse(&text).unwrap();
        let mut changed = text.into_bytes();
        match changed[position] {
            digit @ b'0'..=b'9' => changed[position] = b'0' + (digit - b'0' + by) % 10,
            // No digit stands outside the fields with a check digit.
            letter if position < LINE => changed[position] = if letter == b'<' { b'A' } else { b'<' },
            letter => changed[position] = if letter == b'A' { b'B' } else { b'A' },
        }
        let digit = good.text.as_bytes()[position].is_ascii_digit();
        match Td3::parse(std::str::from_utf8(&changed).unwrap()) {
            Err(_) => {}
            Ok(other) => {
                // Weights and values repeat modulo 10, so letters may escape a check digit; digits never do.
                prop_assert!(!digit);
                prop_assert!(other != good);
                if position < LINE {
                    prop_assert!(
                        other.name_field() != good.name_field()
                            || other.issuing_state() != good.issuing_state()
                            || other.document_code() != good.document_code()
                    );
                }
            }
        }
    }

    #[test]
    fn reading_what_parses_gives_the_same_and_never_a_birth_in_the_future(
        number in "[A-Z0-9]{1,9}", birth in digits(6), expiry in digits(6),
    ) {
        let text = Fields { number: &number, birth: &birth, expiry: &expiry, ..ERIKSSON }.text();
        let parsed = Td3::parse(&text).unwrap();
        if let Ok(zone) = typed(&text.to_lowercase()) {
            prop_assert!(zone.birth(TODAY).is_some_and(|birth| birth.year <= 2026));
            prop_assert!(zone.expiry(TODAY).is_some());
            prop_assert_eq!(zone, parsed);
        }
    }

    #[test]
    fn nothing_that_is_typed_ends_the_program(text in "\\PC{0,100}|[A-Z0-9<«‹đ \t\n]{80,96}|.{0,20}") {
        let _ = typed(&text);
    }
}
