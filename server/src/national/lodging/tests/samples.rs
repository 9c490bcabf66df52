//! The made-up guests of the golden messages.

use flows::{
    lodging::{
        Declaration, DocumentKind, ForeignGuest, Guest, GuestDocument, NationalityCode, Residence,
        ResidenceKind, Stay, StayReason, VietnameseGuest,
    },
    person::{Birth, Sex},
};
use jiff::{Timestamp, civil::date};

/// A moment at the place.
pub(in crate::national) fn at(local: &str) -> Timestamp {
    format!("{local}+07:00").parse().unwrap()
}

pub(in crate::national) fn document(kind: u8, number: &str) -> GuestDocument {
    let name = (kind == 9).then_some("Thẻ thương binh");
    GuestDocument::parse(DocumentKind::of(kind).unwrap(), number, name).unwrap()
}

fn stay(arrival: &str, departure: &str) -> Stay {
    Stay { arrival: at(arrival), departure: at(departure), room: Some("Phòng 101".into()) }
}

pub(in crate::national) fn vietnamese() -> Vec<Declaration> {
    let first = VietnameseGuest {
        full_name: "Nguyễn Thị Hoà".into(),
        birth: Birth { year: 1948, month: Some(3), day: Some(2) },
        sex: Sex::Female,
        document: document(1, "001148012345"),
        telephone: Some("0900000001".into()),
        residence: Some(Residence {
            kind: ResidenceKind::Permanent,
            province: Some("101".into()),
            commune: Some("101900167".into()),
            detail: "Thôn 1".into(),
        }),
        reason: StayReason::Tourism,
        reason_text: None,
        note: None,
    };
    let second = VietnameseGuest {
        full_name: "Y Blơm Niê Kdăm".into(),
        birth: Birth { year: 1931, month: None, day: None },
        sex: Sex::Male,
        document: document(9, "TB-7"),
        telephone: None,
        residence: None,
        reason: StayReason::Other,
        reason_text: Some("Chăm người bệnh".into()),
        note: Some("Đi cùng cháu".into()),
    };
    vec![
        Declaration {
            guest: Guest::Vietnamese(first),
            stay: stay("2026-09-15T20:00:00", "2026-09-16T11:00:00"),
        },
        Declaration {
            guest: Guest::Vietnamese(second),
            stay: stay("2026-09-15T23:59:59", "2026-09-17T00:00:00"),
        },
    ]
}

pub(in crate::national) fn foreigners() -> Vec<Declaration> {
    let guest = |name: &str, nationality, passport: &str, birth, sex, permitted_until| ForeignGuest {
        full_name: name.into(),
        birth,
        sex,
        nationality: NationalityCode::parse(nationality).unwrap(),
        passport: passport.into(),
        permitted_until,
    };
    let born = Birth { year: 1964, month: Some(8), day: Some(12) };
    let year = Birth { year: 1970, month: None, day: None };
    [
        guest("ERIKA MUSTERMANN", "D", "C01X00T47", born, Sex::Female, date(2026, 10, 1)),
        guest("JEAN DUPONT", "FRA", "12AB34567", year, Sex::Male, date(2026, 9, 15)),
    ]
    .map(|guest| Declaration {
        guest: Guest::Foreign(guest),
        stay: stay("2026-09-15T20:00:00", "2026-09-16T11:00:00"),
    })
    .to_vec()
}

/// The first Vietnamese, changed.
pub(in crate::national) fn but(change: impl FnOnce(&mut VietnameseGuest, &mut Stay)) -> Vec<Declaration> {
    let mut declaration = vietnamese().remove(0);
    if let Guest::Vietnamese(guest) = &mut declaration.guest {
        change(guest, &mut declaration.stay);
    }
    vec![declaration]
}

/// The first foreigner, changed.
pub(in crate::national) fn foreign_but(
    change: impl FnOnce(&mut ForeignGuest, &mut Stay),
) -> Vec<Declaration> {
    let mut declaration = foreigners().remove(0);
    if let Guest::Foreign(guest) = &mut declaration.guest {
        change(guest, &mut declaration.stay);
    }
    vec![declaration]
}
