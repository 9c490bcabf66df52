//! The document against files written by hand from the facts, and values that have no place in it.

use jiff::civil::date;

use super::{
    super::{Unsigned, tests::signed},
    *,
};

macro_rules! wire {
    ($name:literal) => {
        include_str!(concat!("../../../../../../tests/wire/insurance/", $name))
    };
}

fn card(number: &str, year: i16) -> InsuranceCard {
    InsuranceCard {
        number: number.into(),
        valid_from: Some(date(year, 1, 1)),
        valid_to: Some(date(year, 12, 31)),
        place_code: Some("01999".into()),
        place_name: Some("Trạm y tế xã Mẫu".into()),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the fields take it")]
fn item(code: &str, name: &str) -> Option<Item> {
    Some(Item { code: code.into(), name: name.into() })
}

/// Mrs Hoà's, as in `check-in.xml`.
pub(in crate::national::insurance::check_in) fn hoa() -> CheckInDocument {
    CheckInDocument {
        visit: "01999-2026-09-15-0001".into(),
        patient: "BN0000000001".into(),
        full_name: "Nguyễn Thị Hoà".into(),
        identity_number: Some("001148012345".into()),
        birth: Some(Birth { year: 1948, month: Some(3), day: Some(2) }),
        birth_time: None,
        sex: Sex::Female,
        cards: vec![card("HT2010148012345", 2025), card("HT3010148012345", 2026)],
        group: PatientGroup::parse("1.2").unwrap(),
        arrived: date(2026, 9, 15).at(8, 0, 0, 0),
        ward: None,
        care: CareKind::parse("01").unwrap(),
        facility: "01999".into(),
        service: item("02.1896", "Khám Nội"),
        drug: None,
        supply: None,
        ordered: date(2026, 9, 15).at(8, 12, 59, 0),
    }
}

fn written(document: &CheckInDocument) -> String {
    let bytes = document.write(&Unsigned).unwrap();
    String::from_utf8(bytes.as_slice().to_vec()).unwrap()
}

#[test]
fn the_documents_are_the_golden_ones_byte_for_byte() {
    assert_eq!(written(&hoa()), wire!("check-in.xml"));

    let year_only = CheckInDocument {
        visit: "01999-2026-09-15-0002".into(),
        patient: "BN0000000002".into(),
        full_name: "Y Blơm Niê Kdăm".into(),
        identity_number: None,
        birth: Some(Birth { year: 1931, month: None, day: None }),
        sex: Sex::Male,
        cards: Vec::new(),
        group: PatientGroup::parse("9").unwrap(),
        arrived: date(2026, 9, 15).at(9, 5, 0, 0),
        service: None,
        drug: item("40.48", "Paracetamol 500 mg <viên> & nước"),
        ordered: date(2026, 9, 15).at(9, 31, 0, 0),
        ..hoa()
    };
    assert_eq!(written(&year_only), wire!("check-in-year-only.xml"));

    let newborn = CheckInDocument {
        visit: "01999-2026-09-15-0003".into(),
        patient: "BN0000000003".into(),
        full_name: "Nguyễn An".into(),
        identity_number: Some("001226000017".into()),
        birth: Some(Birth { year: 2026, month: Some(8), day: Some(18) }),
        birth_time: Some(Time::constant(4, 7, 30, 0)),
        sex: Sex::Unknown,
        cards: vec![InsuranceCard {
            number: "TE1010100000017".into(),
            valid_from: Some(date(2026, 8, 18)),
            valid_to: Some(date(2032, 9, 30)),
            place_code: Some("01999".into()),
            place_name: None,
        }],
        group: PatientGroup::parse("1.7").unwrap(),
        ward: Some(Ward {
            admitted: date(2026, 9, 15).at(8, 40, 0, 0),
            reason: "Theo dõi vàng da sơ sinh".into(),
            reason_code: Some("P59".into()),
        }),
        care: CareKind::parse("03").unwrap(),
        service: None,
        supply: item("N04.01.010", "Băng che mắt"),
        ordered: date(2026, 9, 15).at(8, 55, 0, 0),
        ..hoa()
    };
    assert_eq!(written(&newborn), wire!("check-in-ward-newborn.xml"));
}

#[test]
fn the_time_of_birth_is_written_for_28_days() {
    let born = |month, day| CheckInDocument {
        birth: Some(Birth { year: 2026, month: Some(month), day: Some(day) }),
        birth_time: Some(Time::constant(23, 59, 0, 0)),
        ..hoa()
    };
    assert!(written(&born(8, 18)).contains("<NGAY_SINH>202608182359<"), "the 28th day");
    assert!(written(&born(8, 17)).contains("<NGAY_SINH>202608170000<"), "the 29th");
    assert!(written(&born(9, 15)).contains("<NGAY_SINH>202609152359<"), "today");
    let month = CheckInDocument {
        birth: Some(Birth { year: 1960, month: Some(5), day: None }),
        birth_time: Some(Time::constant(1, 1, 0, 0)),
        ..hoa()
    };
    assert!(written(&month).contains("<NGAY_SINH>196005000000<"), "unknown day 00");
}

#[test]
fn a_name_is_text_and_nothing_else() {
    let name = |full_name: &str| CheckInDocument { full_name: full_name.into(), ..hoa() };
    let text = written(&name("\u{202e}A</HO_TEN>\u{0}<MA_BN>&amp;\u{7}\r\n \u{2067}Ơ\u{feff}"));
    assert!(text.contains("<HO_TEN>A&lt;/HO_TEN&gt;&lt;MA_BN&gt;&amp;amp; Ơ</HO_TEN>"), "{text}");
    for whole in ["Ơ", "NGUYỄN THỊ HOÀ", "Nguye\u{302}\u{303}n", &"Ơ".repeat(60)] {
        assert!(written(&name(whole)).contains(&format!("<HO_TEN>{whole}</HO_TEN>")));
    }
    assert_eq!(name("\u{202e} \u{7}").check(), Err(FieldFault::Missing("HO_TEN")));
}

#[test]
fn what_does_not_fit_is_named_and_never_cut_off() {
    let long = |most: usize| "ế".repeat(most + 1);
    let too_long = |tag, most| FieldFault::TooLong { tag, most };
    let with = |change: &dyn Fn(&mut CheckInDocument)| {
        let mut document = hoa();
        change(&mut document);
        document.check().unwrap_err()
    };
    let ward = |reason: String, reason_code| {
        Some(Ward { admitted: date(2026, 9, 15).at(8, 40, 0, 0), reason, reason_code })
    };
    for (change, expected) in [
        (&|d: &mut CheckInDocument| d.visit = long(100), too_long("MA_LK", 100)),
        (&|d: &mut CheckInDocument| d.visit.clear(), FieldFault::Missing("MA_LK")),
        (&|d: &mut CheckInDocument| d.patient = long(100), too_long("MA_BN", 100)),
        (&|d: &mut CheckInDocument| d.full_name = long(255), too_long("HO_TEN", 255)),
        (&|d: &mut CheckInDocument| d.identity_number = Some(long(1_024)), too_long("SO_CCCD", 1_024)),
        (&|d: &mut CheckInDocument| d.birth = None, FieldFault::Missing("NGAY_SINH")),
        (
            &|d: &mut CheckInDocument| d.birth = Some(Birth { year: 1948, month: Some(13), day: None }),
            FieldFault::Malformed("NGAY_SINH"),
        ),
        (
            &|d: &mut CheckInDocument| d.cards = vec![card("HT201;", 2026)],
            FieldFault::Malformed("MA_THE_BHYT"),
        ),
        (
            &|d: &mut CheckInDocument| {
                d.cards = vec![unplaced("HT2010148012345")];
                d.cards[0].place_code = Some("1999".into());
            },
            FieldFault::Malformed("MA_DKBD"),
        ),
        (&|d: &mut CheckInDocument| d.facility = "1999".into(), FieldFault::Malformed("MA_CSKCB")),
        (&|d: &mut CheckInDocument| d.ward = ward(long(1_024), None), too_long("LY_DO_VNT", 1_024)),
        (&|d: &mut CheckInDocument| d.ward = ward(" ".into(), None), FieldFault::Missing("LY_DO_VNT")),
        (&|d: &mut CheckInDocument| d.ward = ward("a".into(), Some(long(5))), too_long("MA_LY_DO_VNT", 5)),
        (&|d: &mut CheckInDocument| d.service = item(&long(50), "x"), too_long("MA_DICH_VU", 50)),
        (&|d: &mut CheckInDocument| d.service = item("x", &long(1_024)), too_long("TEN_DICH_VU", 1_024)),
        (&|d: &mut CheckInDocument| d.service = item(" ", "x"), FieldFault::Missing("MA_DICH_VU")),
        (&|d: &mut CheckInDocument| d.drug = item(&long(255), "x"), too_long("MA_THUOC", 255)),
        (&|d: &mut CheckInDocument| d.drug = item("x", ""), FieldFault::Missing("TEN_THUOC")),
        (&|d: &mut CheckInDocument| d.supply = item(&long(255), "x"), too_long("MA_VAT_TU", 255)),
        (&|d: &mut CheckInDocument| d.supply = item("x", &long(1_024)), too_long("TEN_VAT_TU", 1_024)),
        (&|d: &mut CheckInDocument| d.service = None, FieldFault::Missing("MA_DICH_VU")),
    ] as [(&dyn Fn(&mut CheckInDocument), FieldFault); 21]
    {
        assert_eq!(with(change), expected);
    }
    // As long as may be is not too long: characters count, not bytes.
    let mut longest = hoa();
    (longest.full_name, longest.visit) = ("ế".repeat(255), "ế".repeat(100));
    longest.check().unwrap();
}

fn unplaced(number: &str) -> InsuranceCard {
    InsuranceCard {
        number: number.into(),
        valid_from: None,
        valid_to: None,
        place_code: None,
        place_name: None,
    }
}

#[test]
fn a_card_without_dates_keeps_its_place_among_the_others() {
    let cards = vec![unplaced("0123456789"), card("HT3010148012345", 2026)];
    let text = written(&CheckInDocument { cards, ..hoa() });
    assert!(text.contains("<MA_THE_BHYT>0123456789;HT3010148012345<"));
    assert!(text.contains("<MA_DKBD>;01999<") && text.contains("<GT_THE_TU>;20260101<"), "{text}");
}

#[test]
fn a_birth_that_cannot_be_is_not_written() {
    for (year, month, day) in [
        (1948, Some(2), Some(30)),
        (1948, Some(13), Some(1)),
        (1948, Some(0), Some(1)),
        (1948, Some(3), Some(0)),
        (1948, None, Some(12)),
        (2026, Some(9), Some(16)),
        (2027, None, None),
        (1899, None, None),
    ] {
        let birth = Some(Birth { year, month, day });
        let fault = CheckInDocument { birth, ..hoa() }.check();
        assert_eq!(fault, Err(FieldFault::Malformed("NGAY_SINH")), "{year} {month:?} {day:?}");
    }
}

#[test]
fn debug_and_faults_name_nobody() {
    let text = format!("{:?}", hoa());
    assert_eq!(text, "CheckInDocument(masked)");
    let fault = CheckInDocument { full_name: "Hoà".repeat(100), ..hoa() }.check().unwrap_err();
    assert_eq!(fault.to_string(), "HO_TEN has more than 255 characters; shorten it where it is entered");
}

#[test]
fn a_signature_stands_in_its_own_element_and_the_rest_is_as_it_was() {
    let (text, _folder) = signed(&hoa());
    let (before, rest) = text.split_once("<CHUKYDONVI>").unwrap();
    let (signature, after) = rest.split_once("</CHUKYDONVI>").unwrap();
    assert_eq!(format!("{before}<CHUKYDONVI/>{after}"), wire!("check-in.xml"));
    assert!(signature.starts_with("<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>"));
}
