use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::mrz::{BirthDate, Sex};

const CARD: &str = "001099012345|123456789|Nguyễn Văn A|01011999|Nam|Thôn 1, Xã X, Huyện Y, Tỉnh Z|01012022";

fn card(text: &str) -> CardQr {
    match parse(text.as_bytes()) {
        Payload::Card(card) => card,
        other => panic!("{text}: {other:?}"),
    }
}

fn insurance(text: &str) -> InsuranceQr {
    match parse(text.as_bytes()) {
        Payload::Insurance(insurance) => insurance,
        other => panic!("{text}: {other:?}"),
    }
}

fn error(text: &str) -> QrError {
    match parse(text.as_bytes()) {
        Payload::Malformed { error, .. } => error,
        other => panic!("{text}: {other:?}"),
    }
}

fn why(bytes: &[u8]) -> WhyUnknown {
    match parse(bytes) {
        Payload::Unknown(opaque) => opaque.why(),
        other => panic!("{other:?}"),
    }
}

fn born(year: i16, month: Option<i8>, day: Option<i8>) -> BirthDate {
    BirthDate { year, month, day }
}

/// `CARD` with field `index` replaced.
fn card_with(index: usize, field: &str) -> String {
    let mut fields: Vec<_> = CARD.split('|').collect();
    fields[index] = field;
    fields.join("|")
}

fn insurance_fields() -> Vec<String> {
    [
        "HT2010148012345",
        &hex::encode("Nguyễn Thị Hoà"),
        "02/03/1948",
        "2",
        &hex::encode("Thôn 1, Xã Mẫu, Hà Nội"),
        "01 - 999",
        "01/01/2026",
        "31/12/2026",
        "15/12/2025",
        "0101",
        "-",
        "K1",
        "01/01/2015",
        "0a1b2c3d-7126",
        "4",
        &hex::encode("Bảo hiểm xã hội Mẫu"),
        "$",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn insurance_with(index: usize, field: &str) -> String {
    let mut fields = insurance_fields();
    field.clone_into(&mut fields[index]);
    fields.join("|")
}

#[test]
fn every_field_of_a_card_is_read() {
    let card = card(CARD);
    assert_eq!(card.number.as_str(), "001099012345");
    assert_eq!(card.old_number.as_ref().unwrap().as_str(), "123456789");
    assert_eq!(card.full_name, "Nguyễn Văn A");
    assert_eq!(card.birth, born(1999, Some(1), Some(1)));
    assert_eq!(card.sex, Sex::Male);
    assert_eq!(card.residence.as_deref(), Some("Thôn 1, Xã X, Huyện Y, Tỉnh Z"));
    assert_eq!(card.issued, date(2022, 1, 1));
    assert!(card.extra.is_empty() && card.warnings().is_empty() && !card.likely_can_cuoc());
}

#[test]
fn a_card_without_old_number_and_residence_is_read() {
    let card = card("001099012345||Nguyễn Văn A|01011999|Nam||01072024");
    assert_eq!((card.old_number.clone(), card.residence.clone()), (None, None));
    assert!(card.likely_can_cuoc());
}

#[test]
fn further_fields_are_kept_and_mean_nothing() {
    let card = card(&format!("{CARD}||001099054321|Trần Thị B|"));
    assert_eq!(card.extra, ["", "001099054321", "Trần Thị B", ""]);
    assert_eq!(card.number.as_str(), "001099012345");
}

#[test]
fn births_are_read_as_far_as_they_are_known() {
    for (text, expected) in [
        ("1948", born(1948, None, None)),
        ("031948", born(1948, Some(3), None)),
        ("00031948", born(1948, Some(3), None)),
        ("00001948", born(1948, None, None)),
        ("29022000", born(2000, Some(2), Some(29))),
    ] {
        assert_eq!(card(&card_with(3, text)).birth, expected, "{text}");
    }
}

#[test]
fn names_are_read_as_they_were_issued() {
    let sixty = format!("{} Bình", "Nguyễn".repeat(9) + "x");
    assert_eq!(sixty.chars().count(), 60);
    for name in [sixty.as_str(), "Phong", "NGUYỄN THỊ BÌNH", "Y Ê-ban H’Mông", "Đinh K'Srốk"] {
        assert_eq!(card(&card_with(2, name)).full_name, name);
    }
    let apart: String = unicode_normalization::UnicodeNormalization::nfd("Nguyễn Thị Hoà").collect();
    assert_ne!(apart, "Nguyễn Thị Hoà");
    assert_eq!(card(&card_with(2, &apart)).full_name, "Nguyễn Thị Hoà");
}

#[test]
fn signs_that_nobody_sees_are_taken_out_of_a_card_s_texts() {
    let card = card(&card_with(2, "\u{202E}Nguyễn\u{200B} \u{7}Văn\u{2069}  A"));
    assert_eq!(card.full_name, "Nguyễn Văn A");
}

#[test]
fn what_does_not_fit_the_number_is_a_warning_and_no_refusal() {
    use QrWarning::{BirthPlaceUnlisted, BirthYearDiffers, IssuedBeforeBirth, SexDiffers};
    for (text, expected) in [
        (card_with(4, "Nữ"), SexDiffers),
        (card_with(3, "01011998"), BirthYearDiffers),
        (card_with(0, "003099012345"), BirthPlaceUnlisted),
        (card_with(6, "01011998"), IssuedBeforeBirth),
    ] {
        assert_eq!(card(&text).warnings(), [expected], "{text}");
    }
    // Registered abroad, a woman born in 2018.
    assert!(card("201318012345||Lê Thị Bé|05062018|Nữ|Xã Mẫu|01012025").warnings().is_empty());
}

#[test]
fn each_field_of_a_card_is_refused_under_its_own_code() {
    let long = "Nguyễn ".repeat(20);
    for (index, field, expected) in [
        (0, "00109901234", QrError::CardNumber),
        (0, "00109901234đ", QrError::CardNumber),
        (1, "12345678", QrError::CardOldNumber),
        (2, "", QrError::CardName),
        (2, "-", QrError::CardName),
        (2, "Nguye64n Va8n A", QrError::CardName),
        (2, "<script>", QrError::CardName),
        (2, &long, QrError::CardName),
        (3, "32011999", QrError::CardBirth),
        (3, "29022001", QrError::CardBirth),
        (3, "01/01/1999", QrError::CardBirth),
        (3, "", QrError::CardBirth),
        (4, "Khác", QrError::CardSex),
        (5, &"x".repeat(401), QrError::CardResidence),
        (6, "2022", QrError::CardIssue),
        (6, "00012022", QrError::CardIssue),
        (6, "", QrError::CardIssue),
    ] {
        assert_eq!(error(&card_with(index, field)), expected, "{index} {field}");
    }
    assert_eq!(error("001099012345|123456789|Nguyễn Văn A"), QrError::CardFields);
}

#[test]
fn a_keyboard_scanner_s_separators_are_understood() {
    let expected = card(CARD);
    for separator in ["¦", "\\", "/"] {
        assert_eq!(card(&CARD.replace('|', separator)), expected, "{separator}");
    }
    for text in [
        format!("${CARD}$"),
        format!("{CARD}|$"),
        format!("]Q1{CARD}\r\n"),
        format!("\u{2}{CARD}\u{3}"),
        format!("\u{FEFF}{CARD}"),
        CARD.replacen('|', "¦", 3),
        CARD.replacen('|', "\\", 2),
    ] {
        assert_eq!(card(&text), expected, "{text:?}");
    }
}

#[test]
fn an_address_with_a_slash_survives_a_slash_for_the_separator() {
    let plain = card_with(5, "Số 12/3/4, Phố Mẫu");
    let damaged = card(&plain.replace('|', "/"));
    assert_eq!(damaged, card(&plain));
    assert_eq!(damaged.residence.as_deref(), Some("Số 12/3/4, Phố Mẫu"));
    let more = card(&format!("{plain}|x|y").replace('|', "/"));
    assert_eq!(
        (more.residence.as_deref(), more.extra.clone()),
        (Some("Số 12/3/4, Phố Mẫu"), vec!["x".into(), "y".into()])
    );
}

#[test]
fn every_field_of_an_insurance_card_is_read() {
    let card = insurance(&insurance_fields().join("|"));
    assert_eq!(card.number.as_str(), "HT2010148012345");
    assert_eq!(card.full_name, "Nguyễn Thị Hoà");
    assert_eq!((card.birth, card.sex), (born(1948, Some(3), Some(2)), Sex::Female));
    assert_eq!(card.address.as_deref(), Some("Thôn 1, Xã Mẫu, Hà Nội"));
    assert_eq!(card.facility.unwrap().as_str(), "01999");
    assert_eq!((card.valid_from, card.valid_to), (Some(date(2026, 1, 1)), Some(date(2026, 12, 31))));
    assert_eq!((card.issued, card.five_years), (Some(date(2025, 12, 15)), Some(date(2015, 1, 1))));
    assert_eq!((card.office.as_deref(), card.parent.as_deref()), (Some("0101"), None));
    assert_eq!((card.area.as_deref(), card.benefit.as_deref()), (Some("K1"), Some("4")));
    assert_eq!(card.check.as_deref(), Some("0a1b2c3d-7126"));
    assert_eq!(card.issuer.as_deref(), Some("Bảo hiểm xã hội Mẫu"));
    assert!(card.complete && card.extra.is_empty() && card.warnings().is_empty());
}

#[test]
fn a_card_of_the_newer_form_with_its_dashes_is_read() {
    let name = hex::encode_upper("Lê Thị Bé Em");
    let parent = hex::encode_upper("Lê Văn Cường");
    let card = insurance(&format!(
        "0148012345|{name}|2022|2|-|01 – 999|01/01/2026|-|15/12/2025|0101|{parent}|4|-|-|-|-|$"
    ));
    assert_eq!(card.number.as_str(), "0148012345");
    assert_eq!((card.birth, card.valid_to), (born(2022, None, None), None));
    assert_eq!((card.address.as_deref(), card.parent.as_deref()), (None, Some("Lê Văn Cường")));
    assert_eq!((card.area.as_deref(), card.five_years), (Some("4"), None));
}

#[test]
fn an_older_insurance_card_ends_after_ten_or_eleven_fields() {
    for fields in [10, 11] {
        let text = insurance_fields()[..fields].join("|");
        assert_eq!(insurance(&text).warnings(), [QrWarning::EndMarkMissing]);
        assert!(insurance(&format!("{text}|$")).complete);
    }
    assert_eq!(error(&insurance_fields()[..9].join("|")), QrError::InsuranceFields);
    assert_eq!(error(&format!("{}|$", insurance_fields()[..9].join("|"))), QrError::InsuranceFields);
}

#[test]
fn each_field_of_an_insurance_card_is_refused_under_its_own_code() {
    let long = hex::encode("x".repeat(401));
    let short = "x".repeat(101);
    for (index, field, expected) in [
        (0, "HT9010148012345", QrError::InsuranceNumber),
        (0, "014801234", QrError::InsuranceNumber),
        (1, "Nguyễn Thị Hoà", QrError::InsuranceName),
        (1, "4e67757", QrError::InsuranceName),
        (1, "ff", QrError::InsuranceName),
        (1, "-", QrError::InsuranceName),
        (2, "02031948", QrError::InsuranceBirth),
        (2, "31/02/1948", QrError::InsuranceBirth),
        (3, "3", QrError::InsuranceSex),
        (4, &long, QrError::InsuranceAddress),
        (5, "01-99", QrError::InsuranceFacility),
        (6, "2026", QrError::InsuranceValidFrom),
        (7, "00/12/2026", QrError::InsuranceValidTo),
        (8, "15.12.2025", QrError::InsuranceIssue),
        (9, "01a1", QrError::InsuranceOffice),
        (10, "Lê", QrError::InsuranceParent),
        (11, &short, QrError::InsuranceArea),
        (12, "2015", QrError::InsuranceFiveYears),
        (13, &short, QrError::InsuranceCheck),
        (14, &short, QrError::InsuranceBenefit),
        (15, "x", QrError::InsuranceIssuer),
    ] {
        assert_eq!(error(&insurance_with(index, field)), expected, "{index} {field}");
    }
}

#[test]
fn a_reversed_validity_is_a_warning() {
    assert_eq!(insurance(&insurance_with(7, "31/12/2025")).warnings(), [QrWarning::ValidityReversed]);
}

#[test]
fn an_insurance_card_survives_other_separators_but_not_the_one_in_its_dates() {
    let text = insurance_fields().join("|");
    for separator in ["¦", "\\"] {
        assert_eq!(insurance(&text.replace('|', separator)), insurance(&text));
    }
    assert_eq!(error(&text.replace('|', "/")), QrError::InsuranceSeparator);
}

#[test]
fn text_in_another_character_set_is_refused_as_what_it_is() {
    let mut bytes = CARD.as_bytes().to_vec();
    let position = bytes.windows(3).position(|three| three == "ễ".as_bytes()).unwrap();
    bytes.splice(position..position + 3, [0xD4]);
    assert_eq!(parse(&bytes), Payload::Malformed { kind: PayloadKind::Card, error: QrError::NotUtf8 });
    assert_eq!(why(&[0xFF, 0xFE, 0x00]), WhyUnknown::NotText);
}

#[test]
fn nothing_is_guessed() {
    for text in [
        "001099012345",
        "0148012345",
        "HT2010148012345",
        "001099012345/2026",
        "HT2010148012345/7",
        "https://mau.example/l/01999?t=001099012345|x",
        "0148012345|hoá đơn|2026",
        "a|b|c|d|e|f|g",
        "Nguyễn Văn A",
        "|||||||",
    ] {
        assert_eq!(why(text.as_bytes()), WhyUnknown::NoKnownForm, "{text}");
    }
    for text in ["", " \r\n", "$", "\u{200B}"] {
        assert_eq!(why(text.as_bytes()), WhyUnknown::Empty, "{text:?}");
    }
    assert_eq!(why(&[b'1'; MAX_PAYLOAD + 1]), WhyUnknown::TooLong);
}

#[test]
fn a_token_is_answered_with_unsupported_and_kept_nowhere() {
    let token = format!("eyJhbGciOiJFZERTQSJ9.{}.{}", "eyJzdWIiOiJ4In0".repeat(4), "c2ln".repeat(8));
    for payload in [token.as_bytes(), "6BF+70790T9WJWG.FKY*4GO0".repeat(4).as_bytes()] {
        assert_eq!(parse(payload), Payload::Token { scheme: "vneid", token: Err(Unsupported) });
    }
    let address = format!("https://mau.example/{}", "a1".repeat(60));
    assert_eq!(why(address.as_bytes()), WhyUnknown::NoKnownForm);
    assert_eq!(why("7".repeat(80).as_bytes()), WhyUnknown::NoKnownForm);
}

#[test]
fn a_scheme_that_is_put_in_takes_its_own_tokens() {
    struct Ours;
    impl QrScheme for Ours {
        fn name(&self) -> &'static str {
            "ours"
        }
        fn token(&self, payload: &[u8]) -> Option<Result<SecretBytes, Unsupported>> {
            payload.strip_prefix(b"OURS:").map(|token| Ok(SecretBytes::new(token.to_vec())))
        }
    }
    let token = Ok(SecretBytes::new(b"abc".to_vec()));
    assert_eq!(parse_with(b"OURS:abc", &[&Ours]), Payload::Token { scheme: "ours", token });
    assert!(matches!(parse_with(CARD.as_bytes(), &[&Ours]), Payload::Card(_)));
    assert_eq!(parse(b"OURS:abc").kind(), PayloadKind::Unknown);
}

#[test]
fn debug_shows_a_masked_number_at_most() {
    let shown = |text: &str| format!("{:?}", parse(text.as_bytes()));
    assert_eq!(shown(CARD), "Card(CardQr(001*****2345))");
    assert_eq!(shown(&insurance_fields().join("|")), "Insurance(InsuranceQr(***********2345))");
    assert_eq!(shown("Nguyễn Văn A"), "Unknown(Opaque(15 bytes, qr_unknown))");
    assert_eq!(shown(&card_with(2, "Nguyễn 4")), "Malformed { kind: Card, error: CardName }");
}

#[test]
fn codes_are_unique_words() {
    let codes = QrError::ALL.iter().map(|error| error.code());
    let codes: Vec<_> = codes.chain(QrWarning::ALL.iter().map(|warning| warning.code())).collect();
    let unique: std::collections::BTreeSet<_> = codes.iter().collect();
    assert_eq!(unique.len(), codes.len());
    assert!(
        codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || b"_8".contains(&byte)))
    );
}

/// A name of one to five words in Vietnamese letters, composed or not.
fn any_name() -> impl Strategy<Value = String> {
    let word = prop::collection::vec(
        prop::sample::select("aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂĐÊÔƠƯẾỄỘặựỹ".chars().collect::<Vec<_>>()),
        1..8,
    );
    prop::collection::vec(word.prop_map(String::from_iter), 1..6).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn a_card_written_is_the_card_read(
        number in "[0-9]{12}",
        old in "|[0-9]{9}",
        name in any_name(),
        (year, month, day) in (1900_i16..2030, 1_i8..13, 1_i8..29),
        known in 0..3,
        female: bool,
        residence in "[A-ZĐa-zạ0-9,/ ]{0,60}",
        extra in prop::collection::vec("[A-Za-z0-9 ]{0,12}", 0..4),
        separator in prop::sample::select(vec!["|", "¦", "\\"]),
        decompose: bool,
    ) {
        let birth = match known { 0 => format!("{year}"), 1 => format!("{month:02}{year}"), _ => format!("{day:02}{month:02}{year}") };
        let issued = format!("{day:02}{month:02}{}", year + 20);
        let sex = if female { "Nữ" } else { "Nam" };
        let fields = [number.as_str(), &old, &name, &birth, sex, &residence, &issued];
        let mut text = fields.iter().copied().chain(extra.iter().map(String::as_str)).collect::<Vec<_>>().join(separator);
        if decompose {
            text = unicode_normalization::UnicodeNormalization::nfd(text.as_str()).collect();
        }
        let card = card(&text);
        prop_assert_eq!(card.number.as_str(), &number);
        prop_assert_eq!(card.old_number.as_ref().map_or("", |number| number.as_str()), &old);
        prop_assert_eq!(&card.full_name, &name);
        prop_assert_eq!(card.birth, born(year, (known > 0).then_some(month), (known > 1).then_some(day)));
        prop_assert_eq!(card.sex == Sex::Female, female);
        prop_assert_eq!(card.residence.as_deref().unwrap_or_default(), crate::text::clean_line(&residence));
        prop_assert_eq!(card.issued, date(year + 20, month, day));
        prop_assert_eq!(card.extra.len(), extra.len());
    }

    #[test]
    fn an_insurance_card_written_is_the_card_read(
        number in "[A-Z]{2}[1-5][0-9]{12}|[0-9]{10}",
        name in any_name(),
        (year, month, day) in (1900_i16..2030, 1_i8..13, 1_i8..29),
        whole: bool,
        place in "[0-9]{5}",
        dash in prop::sample::select(vec![" - ", "-", " – "]),
        fields in 10_usize..17,
    ) {
        let birth = if whole { format!("{day:02}/{month:02}/{year}") } else { format!("{year}") };
        let mut all = insurance_fields();
        all[0].clone_from(&number);
        all[1] = hex::encode(&name);
        all[2] = birth;
        all[5] = format!("{}{dash}{}", &place[..2], &place[2..]);
        all.truncate(fields);
        all.push("$".to_owned());
        let card = insurance(&all.join("|"));
        prop_assert_eq!(card.number.as_str(), &number);
        prop_assert_eq!(&card.full_name, &name);
        prop_assert_eq!(card.birth, born(year, whole.then_some(month), whole.then_some(day)));
        let facility = card.facility.unwrap();
        prop_assert_eq!(facility.as_str(), &place);
        prop_assert!(card.complete);
    }

    #[test]
    fn any_bytes_are_something(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        (crate::fuzzing::target("qr").unwrap().run)(&bytes);
    }
}
