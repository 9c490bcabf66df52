use jiff::{Timestamp, civil::date};

use super::*;
use crate::{
    Text,
    person::{Birth, Relation, Sex},
};

mod deadlines;
mod standings;

/// A moment at the place: `2026-09-15T22:59:59`.
fn at(local: &str) -> Timestamp {
    format!("{local}+07:00").parse().unwrap()
}

fn place(kind: PlaceKind) -> LodgingPlace {
    let text = |text: &str| Text { vi: text.into(), en: text.into() };
    let medical = kind == PlaceKind::MedicalFacility;
    let room = place::LodgingRoom {
        id: "101".into(),
        name: "Phòng 101".into(),
        department: medical.then(|| "Khoa Nội".into()),
        bed: medical.then(|| "Giường 2".into()),
        beds: 1,
    };
    LodgingPlace {
        id: "nha-mau".into(),
        kind,
        name: text("Nhà Mẫu"),
        desk: text("Quầy"),
        address: place::Address {
            commune: "00001".into(),
            portal_province: Some("101".into()),
            portal_commune: Some("101900167".into()),
            detail: "Thôn 1".into(),
            mooring: (kind == PlaceKind::TouristVessel).then(|| "Bến Mẫu".into()),
            remote: false,
        },
        police: place::Police {
            name: "Công an xã Mẫu".into(),
            telephone: "0000000000".into(),
            address: "Thôn 1".into(),
        },
        route: Route::Portal,
        rooms: vec![room],
        station: medical.then(|| "01999".into()),
    }
}

fn whole() -> Draft {
    let mut draft = Draft::arriving(at("2026-09-15T20:00:00"));
    draft.full_name = Some("Nguyễn Thị Hoà".into());
    draft.birth = Some(Birth { year: 1948, month: Some(3), day: Some(2) });
    draft.sex = Sex::Female;
    draft.nationality = Some(NationalityCode::parse("VNM").unwrap());
    draft.document = Some(GuestDocument::parse(DocumentKind::CitizenCard, "001148012345", None).unwrap());
    draft.departure = Some(at("2026-09-16T11:00:00"));
    draft.room = Some("101".into());
    draft.reason = Some(StayReason::Tourism);
    draft
}

fn foreign() -> Draft {
    let mut draft = whole();
    draft.nationality = Some(NationalityCode::parse("D").unwrap());
    draft.document = Some(GuestDocument::parse(DocumentKind::Passport, "C01X00T47", None).unwrap());
    draft.permitted_until = Some(date(2026, 10, 1));
    draft.reason = None;
    draft
}

/// A draft, changed.
fn but(mut draft: Draft, change: impl FnOnce(&mut Draft)) -> Draft {
    change(&mut draft);
    draft
}

const TODAY: jiff::civil::Date = date(2026, 9, 15);

#[test]
fn a_whole_draft_is_a_declaration() {
    let declaration = whole().declaration(&place(PlaceKind::Hotel), TODAY).unwrap();
    assert_eq!(declaration.stay.room.as_deref(), Some("Phòng 101"));
    assert!(matches!(
        declaration.guest,
        Guest::Vietnamese(VietnameseGuest { reason: StayReason::Tourism, .. })
    ));
}

#[test]
fn in_a_ward_department_room_and_bed_are_told_and_no_other_room_is_taken() {
    let ward = place(PlaceKind::MedicalFacility);
    let told = whole().declaration(&ward, TODAY).unwrap().stay.room;
    assert_eq!(told.as_deref(), Some("Khoa Nội/Phòng 101/Giường 2"));
    let elsewhere = but(whole(), |draft| draft.room = Some("Hành lang".into()));
    assert_eq!(elsewhere.declaration(&ward, TODAY), Err(vec![Gap::Room]));
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let nothing = Draft::arriving(at("2026-09-15T20:00:00"));
    assert_eq!(
        nothing.declaration(&place(PlaceKind::Hotel), TODAY),
        Err(vec![
            Gap::FullName,
            Gap::Birth,
            Gap::Sex,
            Gap::Nationality,
            Gap::Document,
            Gap::Departure,
            Gap::Room,
            Gap::Reason,
        ])
    );
}

#[test]
fn each_gap_is_found() {
    let inn = place(PlaceKind::Inn);
    assert!(matches!(foreign().declaration(&inn, TODAY).unwrap().guest, Guest::Foreign(_)));
    let minor = Birth { year: 2010, month: None, day: None };
    let adult = draft::ResponsibleAdult { relation: Relation::Parent, full_name: "Nguyễn Văn An".into() };
    for (draft, gap) in [
        (but(whole(), |draft| draft.full_name = Some("  ".into())), Gap::FullName),
        (but(whole(), |draft| draft.birth = Some(Birth { year: 2027, month: None, day: None })), Gap::Birth),
        (
            but(whole(), |draft| draft.birth = Some(Birth { year: 2001, month: Some(2), day: Some(29) })),
            Gap::Birth,
        ),
        (but(whole(), |draft| draft.sex = Sex::Unknown), Gap::Sex),
        (but(whole(), |draft| draft.nationality = None), Gap::Nationality),
        (but(whole(), |draft| draft.document = None), Gap::Document),
        (but(foreign(), |draft| draft.document = whole().document.clone()), Gap::NoPassport),
        (but(foreign(), |draft| draft.permitted_until = None), Gap::PermittedUntil),
        (but(foreign(), |draft| draft.permitted_until = Some(date(2026, 9, 14))), Gap::PermitOver),
        (but(whole(), |draft| draft.birth = Some(minor)), Gap::ResponsibleAdult),
        (but(whole(), |draft| draft.departure = None), Gap::Departure),
        (
            but(whole(), |draft| draft.departure = Some(at("2026-09-15T19:59:59"))),
            Gap::DepartureBeforeArrival,
        ),
        (but(whole(), |draft| draft.reason = None), Gap::Reason),
        (but(whole(), |draft| draft.reason = Some(StayReason::Other)), Gap::ReasonText),
    ] {
        assert_eq!(draft.declaration(&inn, TODAY), Err(vec![gap]), "{gap:?}");
    }
    let roomless = but(whole(), |draft| draft.room = None);
    assert_eq!(roomless.declaration(&place(PlaceKind::Apartment), TODAY), Err(vec![Gap::Room]));
    assert!(roomless.declaration(&inn, TODAY).is_ok(), "an inn need not say which room");
    let led = but(whole(), |draft| (draft.birth, draft.adult) = (Some(minor), Some(adult)));
    assert!(led.declaration(&inn, TODAY).is_ok());
}

#[test]
fn a_leap_day_is_a_birthday() {
    let leap = but(whole(), |draft| draft.birth = Some(Birth { year: 2000, month: Some(2), day: Some(29) }));
    assert!(leap.declaration(&place(PlaceKind::Inn), TODAY).is_ok());
}

/// Interface v1.4, answers.
#[test]
fn a_document_s_number_is_what_the_portal_takes() {
    use DocumentFault as Fault;
    use DocumentKind as Kind;
    for (kind, number, expected) in [
        (Kind::CitizenCard, "001148012345", None),
        (Kind::CitizenCard, "00114801234", Some(Fault::TwelveDigits)),
        (Kind::CitizenCard, "00114801234A", Some(Fault::TwelveDigits)),
        (Kind::CanCuoc, "0011480123456", Some(Fault::TwelveDigits)),
        (Kind::NumberNotice, "001148012345", None),
        (Kind::OldIdentityCard, "012345678", None),
        (Kind::OldIdentityCard, "001148012345", None),
        (Kind::OldIdentityCard, "0123456789", Some(Fault::NineOrTwelveDigits)),
        (Kind::DrivingLicence, "A1B2C3D4E5F6G7H8I9J0", None),
        (Kind::DrivingLicence, "A1B2C3D4E5F6G7H8I9J0K", Some(Fault::TwentyLetters)),
        (Kind::DrivingLicence, "A1-2", Some(Fault::TwentyLetters)),
        (Kind::Passport, "b1234567 ", None),
        (Kind::Passport, "B1234567890", Some(Fault::TenLetters)),
        (Kind::Passport, "B12 34567", Some(Fault::Spaces)),
        (Kind::InsuranceCard, "HT2010148012345", None),
        (Kind::BirthCertificate, "12/2024", None),
        (Kind::BirthCertificate, &"1".repeat(51), Some(Fault::TooLong)),
        (Kind::Passport, " ", Some(Fault::Empty)),
        (Kind::Other, "12", Some(Fault::Unnamed)),
    ] {
        let read = GuestDocument::parse(kind, number, None);
        assert_eq!(read.as_ref().err().copied(), expected, "{kind:?} {number:?}");
    }
    assert_eq!(GuestDocument::parse(Kind::Passport, "b1234567", None).unwrap().number(), "B1234567");
    let other = GuestDocument::parse(Kind::Other, "12", Some("Thẻ nhà báo")).unwrap();
    assert_eq!(other.name(), Some("Thẻ nhà báo"));
}

#[test]
fn a_number_is_masked() {
    let masked = |kind, number| GuestDocument::parse(kind, number, None).unwrap().masked();
    assert_eq!(masked(DocumentKind::CitizenCard, "001148012345"), "001*****2345");
    assert_eq!(masked(DocumentKind::Passport, "C01X00T47"), "C01**0T47");
    assert_eq!(masked(DocumentKind::Passport, "AB1234"), "****34");
    let document = GuestDocument::parse(DocumentKind::Passport, "C01X00T47", None).unwrap();
    assert!(!format!("{document:?} {:?}", whole()).contains("C01X"));
}

#[test]
fn a_document_is_read_as_it_was_written_and_a_bad_one_is_not() {
    let document = GuestDocument::parse(DocumentKind::Other, "12", Some("Thẻ nhà báo")).unwrap();
    let text = serde_json::to_string(&document).unwrap();
    assert_eq!(text, r#"{"kind":9,"number":"12","name":"Thẻ nhà báo"}"#);
    assert_eq!(serde_json::from_str::<GuestDocument>(&text).unwrap(), document);
    for bad in [r#"{"kind":1,"number":"12"}"#, r#"{"kind":10,"number":"12"}"#] {
        assert!(serde_json::from_str::<GuestDocument>(bad).is_err(), "{bad}");
    }
}

#[test]
fn nationalities_are_the_portal_s_codes() {
    for good in ["VNM", "D", "rks", " FRA "] {
        assert!(NationalityCode::parse(good).is_ok(), "{good}");
    }
    for bad in ["", "VIET", "V1", "Đ", "D<<"] {
        assert_eq!(NationalityCode::parse(bad), Err(document::NotANationality), "{bad}");
    }
}

/// The lists of vietnam.md 3.4, typed a second time.
#[test]
fn the_code_lists_are_whole() {
    let codes: Vec<u8> = StayReason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(codes, (1..=20).collect::<Vec<u8>>());
    assert_eq!(StayReason::of(18).map(StayReason::cell).as_deref(), Some("18 - Chữa bệnh"));
    assert_eq!(StayReason::of(21), None);
    let codes: Vec<u8> = DocumentKind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(codes, (1..=9).collect::<Vec<u8>>());
    assert_eq!(DocumentKind::CanCuoc.cell(), "8 - Thẻ Căn cước");
    assert_eq!(
        ResidenceKind::ALL.iter().map(|kind| kind.cell()).collect::<Vec<_>>(),
        ["1 - Thường trú", "2 - Tạm trú", "3 - Khác"]
    );
}

#[test]
fn a_place_says_what_its_kind_wants() {
    for kind in PlaceKind::ALL {
        assert_eq!(place(*kind).check(), Ok(()), "{kind:?}");
    }
    let vessel = place(PlaceKind::TouristVessel);
    assert_eq!(vessel.located(), "Bến Mẫu");
    let mut adrift = vessel.clone();
    adrift.address.mooring = None;
    assert_eq!(adrift.check(), Err(PlaceError::NoMooring));
    assert_eq!(LodgingPlace { kind: PlaceKind::Inn, ..vessel }.check(), Err(PlaceError::Mooring));
    let inn = || place(PlaceKind::Inn);
    assert_eq!(LodgingPlace { id: "Nhà".into(), ..inn() }.check(), Err(PlaceError::Id("Nhà".into())));
    assert_eq!(LodgingPlace { station: Some("01999".into()), ..inn() }.check(), Err(PlaceError::Station));
    let rooms = [inn().rooms, inn().rooms].concat();
    assert_eq!(LodgingPlace { rooms, ..inn() }.check(), Err(PlaceError::Twice("101".into())));
    let mut bed = inn();
    bed.rooms.iter_mut().for_each(|room| room.bed = Some("1".into()));
    assert_eq!(bed.check(), Err(PlaceError::Bed("101".into())));
    let mut codeless = inn();
    codeless.address.portal_commune = None;
    assert_eq!(codeless.check(), Err(PlaceError::NoPortalCodes));
    assert_eq!(LodgingPlace { route: Route::File, ..codeless }.check(), Ok(()));
}

#[test]
fn the_portal_takes_arrivals_of_today_and_yesterday() {
    let arrival = at("2026-09-15T23:59:59");
    for (now, takes) in [
        ("2026-09-14T23:59:59", false),
        ("2026-09-15T00:00:00", true),
        ("2026-09-16T23:59:59", true),
        ("2026-09-17T00:00:00", false),
    ] {
        assert_eq!(portal_takes(arrival, at(now)), takes, "{now}");
    }
    assert!(portal_takes(at("2028-02-29T12:00:00"), at("2028-03-01T12:00:00")), "over a leap day");
    assert!(portal_takes(at("2026-12-31T12:00:00"), at("2027-01-01T12:00:00")), "over the year");
}

#[test]
fn the_seeds_are_places() {
    for text in [
        include_str!("../../../seeds/lodging/nha-nghi-hoa-mau.toml"),
        include_str!("../../../seeds/lodging/tau-song-mau.toml"),
        include_str!("../../../seeds/lodging/luu-benh-tram-mau.toml"),
    ] {
        let place: LodgingPlace = toml::from_str(text).unwrap();
        assert_eq!(place.check(), Ok(()), "{}", place.id);
    }
}
