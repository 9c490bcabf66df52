//! What the portal takes, and every reason for which it does not (interface v1.4, answers).

use flows::lodging::StayReason;
use jiff::civil::date;

use super::{
    samples::{at, but, document, foreign_but},
    *,
};

#[tokio::test]
async fn both_kinds_of_guests_are_taken_and_counted() {
    let portal = Portal::start().await;
    assert_eq!(portal.declare(HOTEL, vietnamese()).await, taken(2));
    assert_eq!(portal.declare(HOTEL, foreigners()).await, taken(2));
    assert_eq!(portal.operations().await, ["token", "kbtt-vn", "kbtt"]);
    assert_eq!(portal.counted("cslt-khach-san").await, (4, 4));
    assert_eq!(portal.counted("cslt-nha-o").await, (0, 0));
}

#[tokio::test]
async fn a_place_without_account_is_told_so() {
    let portal = Portal::start().await;
    let answer = portal.declare("nha-khac", vietnamese()).await;
    assert_eq!(answer, Err(Undelivered::NoAccount("nha-khac".to_owned())));
    assert_eq!(portal.operations().await, [] as [&str; 0]);
}

#[tokio::test]
async fn every_rule_about_a_stay_has_its_reason() {
    let portal = Portal::start().await;
    let when = |arrival: &'static str, departure: &'static str| {
        but(move |_, stay| (stay.arrival, stay.departure) = (at(arrival), at(departure)))
    };
    for (list, expected) in [
        (when("2026-09-13T23:59:59", "2026-09-16T11:00:00"), vec![Reason::ArrivalWindow]),
        (when("2026-09-16T00:00:00", "2026-09-16T11:00:00"), vec![Reason::ArrivalWindow]),
        (when("2026-09-15T20:00:00", "2026-09-15T19:59:59"), vec![Reason::DepartureBeforeArrival]),
        (
            when("2026-09-13T10:00:00", "2026-09-13T11:00:00"),
            vec![Reason::ArrivalWindow, Reason::DepartureBeforeYesterday],
        ),
    ] {
        assert_eq!(reasons(portal.declare(HOTEL, list).await), expected);
    }
    // The window's ends.
    let yesterday = when("2026-09-14T00:00:00", "2026-09-14T00:00:00");
    assert_eq!(portal.declare(HOTEL, yesterday).await, taken(1));
}

#[tokio::test]
async fn whoever_stays_is_not_declared_again_and_stays_do_not_overlap() {
    let portal = Portal::start().await;
    let one = || but(|_, stay| stay.arrival = at("2026-09-15T07:00:00"));
    assert_eq!(portal.declare(HOTEL, one()).await, taken(1));
    assert_eq!(reasons(portal.declare(HOTEL, one()).await), [Reason::AlreadyStaying]);
    // Also elsewhere.
    assert_eq!(reasons(portal.declare(HOME, one()).await), [Reason::AlreadyStaying]);
    let left = [DepartureChange::new(document(1, "001148012345"), Told::LeftEarly).unwrap()];
    assert_eq!(portal.client.change_departures(HOTEL, &left).await, taken(1));
    let overlapping = but(|_, stay| stay.arrival = at("2026-09-15T07:59:59"));
    assert_eq!(reasons(portal.declare(HOTEL, overlapping).await), [Reason::Overlapping]);
    let after = but(|_, stay| stay.arrival = at("2026-09-15T08:00:00"));
    assert_eq!(portal.declare(HOTEL, after).await, taken(1));
    assert_eq!(portal.counted("cslt-khach-san").await, (2, 1));
}

#[tokio::test]
async fn one_wrong_guest_refuses_the_batch_and_is_named() {
    let portal = Portal::start().await;
    let wrong = but(|guest, _| {
        guest.document = document(1, "001148012346");
        guest.reason = StayReason::Other;
    });
    let list = [vietnamese(), wrong].concat();
    let Ok(Delivery::Refused(refusal)) = portal.declare(HOTEL, list).await else { panic!("taken") };
    let named: Vec<_> = refusal.guests.iter().map(|guest| (guest.index, &guest.reason)).collect();
    assert_eq!(named, [(2, &Reason::Missing(PortalField::LyDoChiTiet))]);
    assert_eq!(portal.counted("cslt-khach-san").await, (0, 0));
}

#[tokio::test]
async fn what_a_kind_of_place_wants_and_what_no_list_has_is_named() {
    let portal = Portal::start().await;
    let roomless = || but(|_, stay| stay.room = None);
    let expected = [Reason::Missing(PortalField::SoPhong)];
    assert_eq!(reasons(portal.declare(HOTEL, roomless()).await), expected);
    assert_eq!(reasons(portal.declare("tram-mau", roomless()).await), expected);
    assert_eq!(portal.declare(HOME, roomless()).await, taken(1));
    for (list, field) in [
        (but(|guest, _| guest.residence.as_mut().unwrap().province = Some("01".into())), PortalField::MaTT),
        (but(|guest, _| guest.residence.as_mut().unwrap().commune = Some("00001".into())), PortalField::MaPX),
        (
            foreign_but(|guest, _| {
                guest.nationality = flows::lodging::NationalityCode::parse("XXX").unwrap();
            }),
            PortalField::QuocTich,
        ),
    ] {
        let reasons = reasons(portal.declare(HOTEL, list).await);
        assert!(reasons.contains(&Reason::UnknownCode(field)), "{reasons:?}");
    }
}

#[tokio::test]
async fn a_foreigner_s_permit_and_passport_are_looked_at() {
    let portal = Portal::start().await;
    let over = foreign_but(|guest, _| guest.permitted_until = date(2026, 9, 14));
    assert_eq!(reasons(portal.declare(HOTEL, over).await), [Reason::PermitOver]);
    let today = foreign_but(|guest, _| guest.permitted_until = date(2026, 9, 15));
    assert_eq!(portal.declare(HOTEL, today).await, taken(1));
    for (number, reason) in [("C01X00T47AB", Reason::PassportNumber), ("C01 X00T4", Reason::Spaces)] {
        let list = foreign_but(|guest, _| guest.passport = number.into());
        assert_eq!(reasons(portal.declare(HOTEL, list).await), [reason]);
    }
}

/// Numbers that no [`flows::lodging::GuestDocument`] can hold, so sent by hand.
#[tokio::test]
async fn every_rule_about_a_number_has_its_reason() {
    let portal = Portal::start().await;
    let whole: Value = serde_json::from_str(include_str!(
        "../../../../../tests/wire/lodging/declare-vietnamese-request.json"
    ))
    .unwrap();
    let login = reqwest::Client::new()
        .post(format!("{}/lodging/authorization-service/oauth/token", portal.address))
        .basic_auth("kiosk-mo-phong", Some("bi-mat-cslt-mo-phong"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(include_str!("../../../../../tests/wire/lodging/token-request.form"));
    let login: Value = login.send().await.unwrap().json().await.unwrap();
    let token = login["data"]["AccessToken"].as_str().unwrap();
    for (kind, number, reason) in [
        (1, "00114801234", Reason::TwelveDigits),
        (7, "0011480123456", Reason::TwelveDigits),
        (8, "00114801234A", Reason::TwelveDigits),
        (2, "0123456789", Reason::NineOrTwelveDigits),
        (3, "A1B2C3D4E5F6G7H8I9J0K", Reason::LicenceNumber),
        (4, "B1234567-0", Reason::PassportNumber),
        (6, "HT-2010148012345", Reason::InsuranceNumber),
        (4, "B 1", Reason::Spaces),
        (1, "", Reason::Missing(PortalField::SoGiayTo)),
        (10, "1", Reason::UnknownCode(PortalField::LoaiGiayTo)),
    ] {
        let mut guest = whole[0].clone();
        (guest["loaiGiayTo"], guest["soGiayTo"]) = (json!(kind), json!(number));
        let url = format!("{}/lodging/client-service/kbtt-vn/kbtt-3th", portal.address);
        let answer = reqwest::Client::new().post(url).bearer_auth(token).json(&json!([guest]));
        let body = answer.send().await.unwrap().bytes().await.unwrap();
        let Ok(wire::PortalReply::Refused(refusal)) = wire::reply(&body, 1) else { panic!("{number}") };
        assert!(refusal.of(0).any(|found| *found == reason), "{kind} {number} {refusal:?}");
    }
    for (member, value, reason) in [
        ("gioiTinh", json!("X"), Reason::Format(PortalField::GioiTinh)),
        ("ngayThangNamSinhStr", json!("02/03/1948"), Reason::Format(PortalField::NgayThangNamSinh)),
        ("ngayDenCsltStr", json!("2026-09-15"), Reason::Format(PortalField::NgayDen)),
        ("hoTen", json!(null), Reason::Missing(PortalField::HoTen)),
        ("lyDoCuTru", json!(21), Reason::UnknownCode(PortalField::LyDoCuTru)),
    ] {
        let mut guest = whole[0].clone();
        guest[member] = value;
        let url = format!("{}/lodging/client-service/kbtt-vn/kbtt-3th", portal.address);
        let list = json!([whole[0], guest]);
        let body = reqwest::Client::new().post(url).bearer_auth(token).json(&list).send().await.unwrap();
        let body = body.bytes().await.unwrap();
        let Ok(wire::PortalReply::Refused(refusal)) = wire::reply(&body, 2) else { panic!("{member}") };
        assert!(refusal.of(1).any(|found| *found == reason), "{member} {refusal:?}");
        // The same document twice, where the second could be read so far.
        let twice = refusal.of(1).any(|found| *found == Reason::Duplicate);
        assert_eq!(twice, member != "ngayDenCsltStr", "{member}");
    }
}

#[tokio::test]
async fn a_stay_is_extended_and_ended_where_there_is_one() {
    let portal = Portal::start().await;
    let one = but(|_, stay| stay.arrival = at("2026-09-15T07:00:00"));
    assert_eq!(portal.declare(HOTEL, one).await, taken(1));
    let card = || document(1, "001148012345");
    let change = |told| [DepartureChange::new(card(), told).unwrap()];
    let same = change(Told::Extended(at("2026-09-16T11:00:00")));
    let answer = portal.client.change_departures(HOTEL, &same).await;
    assert_eq!(reasons(answer), [Reason::ExtensionTooShort]);
    let longer = change(Told::Extended(at("2026-09-18T11:00:00")));
    assert_eq!(portal.client.change_departures(HOTEL, &longer).await, taken(1));
    // Past the first departure the guest still stays.
    portal.advance(2 * 86_400);
    assert_eq!(portal.counted("cslt-khach-san").await, (1, 1));
    // Another place does not know the guest.
    let left = change(Told::LeftEarly);
    assert_eq!(reasons(portal.client.change_departures(HOME, &left).await), [Reason::NotStaying]);
    assert_eq!(portal.client.change_departures(HOTEL, &left).await, taken(1));
    assert_eq!(reasons(portal.client.change_departures(HOTEL, &left).await), [Reason::NotStaying]);
    assert_eq!(portal.counted("cslt-khach-san").await, (1, 0));
    let nothing = portal.client.change_departures(HOTEL, &[]).await;
    assert!(matches!(nothing, Err(Undelivered::NotSent(_))), "{nothing:?}");
}

#[test]
fn a_count_that_is_not_what_was_sent_is_seen() {
    let taken = |counted| Delivery::Taken { sent: 2, counted }.count_agrees();
    assert_eq!((taken(None), taken(Some(2)), taken(Some(0))), (None, Some(true), Some(false)));
}
