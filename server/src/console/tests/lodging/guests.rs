//! Writing guests down.

use super::*;

const CARD: &str = "001099012345|123456789|Nguyễn Văn A|01011999|Nam|Thôn 1, Xã X, Huyện Y, Tỉnh Z|01012022";
const MRZ: &str =
    "P<FRAMARTIN<<CLAIRE<<<<<<<<<<<<<<<<<<<<<<<<<\n12AB345673FRA9001011F3101012<<<<<<<<<<<<<<00";
const NEW: &str = "/lodging/nha-nghi-hoa-mau/guests/new";

/// The stay, as most forms have it.
const STAY: [(&str, &str); 4] = [
    ("room", "101"),
    ("arrival", "2026-09-15T08:00"),
    ("departure", "2026-09-16T10:00"),
    ("stay_reason", "1"),
];

fn with<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().chain(&STAY).copied().collect()
}

async fn only(desk: &Desk) -> KeptStay {
    let mut stays = desk.store.stays("nha-nghi-hoa-mau", Which::Owed, at(600)).await.unwrap();
    assert_eq!(stays.len(), 1);
    stays.remove(0)
}

#[tokio::test]
async fn a_card_s_code_makes_a_draft_that_somebody_confirms() {
    let desk = Desk::owner().await;
    let page = desk.done(NEW, &with(&[("kind", "card"), ("scan", CARD)])).await;
    has(
        &page,
        &[
            "Nguyễn Văn A",
            "001099012345",
            "Chờ xác nhận",
            "1/1/1999",
            "Thẻ CCCD",
            "Thôn 1, Xã X",
            "Xác nhận: đã xem",
        ],
    );
    let stay = only(&desk).await;
    assert_eq!(stay.method.as_str(), "QR_CCCD");
    assert_eq!(desk.stands(stay.id).await, Stands::Draft);
    let path = format!("{INN}/guests/{}/change", stay.id);
    let page = desk.done(&path, &[("action", "confirm"), ("seen", "1")]).await;
    has(&page, &["Chờ gửi", "Đã xác nhận", "Phạm Thị Chủ"]);
    // It goes to the portal by itself.
    let message =
        desk.store.claim_message(at(601), jiff::SignedDuration::from_mins(2)).await.unwrap().unwrap();
    assert_eq!(message.kind, MessageKind::StayDeclaration);
}

#[tokio::test]
async fn whoever_looked_at_the_document_confirms_at_once() {
    let desk = Desk::owner().await;
    // A wedge under an input method wrote other separators.
    let scan = CARD.replace('|', "¦");
    desk.done(NEW, &with(&[("kind", "card"), ("scan", &scan), ("looked", "1")])).await;
    assert_eq!(desk.stands(only(&desk).await.id).await, Stands::Ready);
    // The same card again is the same guest.
    let page = desk.done(NEW, &with(&[("kind", "card"), ("scan", CARD), ("looked", "1")])).await;
    has(&page, &["Giấy tờ này đang lưu trú ở đây"]);
    only(&desk).await;
}

#[tokio::test]
async fn what_is_missing_keeps_the_draft_and_is_said() {
    let desk = Desk::owner().await;
    let fields =
        [("kind", "typed"), ("full_name", NAME), ("nationality", "VNM"), ("birth", "2012"), ("looked", "1")];
    let page = desk.done(NEW, &fields).await;
    has(
        &page,
        &[
            "thiếu giới tính",
            "thiếu giấy tờ",
            "thiếu ngày đi dự kiến",
            "thiếu lý do lưu trú",
            "trẻ em: thiếu người lớn",
            "Bổ sung",
        ],
    );
    assert!(!page.contains("Xác nhận: đã xem"));
    let stay = only(&desk).await;
    let confirm = [("action", "confirm"), ("seen", "1")];
    let faults = desk.refused(&format!("{INN}/guests/{}/change", stay.id), &confirm).await;
    has(&faults, &["thiếu giấy tờ"]);
    assert_eq!(desk.stands(stay.id).await, Stands::Draft);
    // A minor has a responsible adult, and comes along with her.
    let party = stay.id.to_string();
    let minor = with(&[
        ("kind", "typed"),
        ("full_name", "Nguyễn Bé An"),
        ("nationality", "VNM"),
        ("birth", "1/2/2014"),
        ("sex", "female"),
        ("document_kind", "7"),
        ("document_number", "001314012345"),
        ("adult_name", NAME),
        ("adult_relation", "parent"),
        ("party", &party),
        ("looked", "1"),
    ]);
    let page = desk.done(NEW, &minor).await;
    has(&page, &["Chờ gửi", "Đi cùng", NAME, "Cha, mẹ"]);
    let stays = desk.store.stays("nha-nghi-hoa-mau", Which::Owed, at(600)).await.unwrap();
    assert!(stays.iter().all(|of| of.party == stay.id), "{stays:?}");
}

#[tokio::test]
async fn a_passport_s_lines_are_read_and_checked() {
    let desk = Desk::owner().await;
    let passport = [("kind", "passport"), ("mrz", MRZ), ("permitted_until", "30/09/2026"), ("looked", "1")];
    let page = desk.done(NEW, &with(&passport)).await;
    has(
        &page,
        &[
            "MARTIN CLAIRE",
            "FRA",
            "12AB34567",
            "30/09/2026",
            "Hộ chiếu",
            "người nước ngoài: trong 12 giờ",
            "Chờ gửi",
        ],
    );
    for (from, to, words) in [
        ("12AB345673", "12AB345674", "số hộ chiếu sai"),
        ("9001011", "9001012", "ngày sinh sai"),
        ("3101012", "3101013", "ngày hết hạn sai"),
        ("FRAMARTIN", "FRÂMARTIN", "bộ gõ tiếng Việt"),
        ("CLAIRE<", "CLAIRE", "mỗi dòng phải đủ 44"),
    ] {
        let wrong = MRZ.replace(from, to);
        let faults = desk.refused(NEW, &with(&[("kind", "passport"), ("mrz", &wrong)])).await;
        assert!(faults.contains(words), "{words}: {faults}");
    }
    // What the lines do not say keeps a draft.
    let desk = Desk::owner().await;
    let page = desk.done(NEW, &with(&[("kind", "passport"), ("mrz", MRZ), ("looked", "1")])).await;
    has(&page, &["thiếu thời hạn tạm trú", "Chờ xác nhận"]);
}

#[tokio::test]
async fn a_form_with_mistakes_writes_nothing_and_keeps_what_was_typed() {
    let desk = Desk::owner().await;
    let good = with(&[
        ("kind", "typed"),
        ("full_name", NAME),
        ("birth", "2/3/1948"),
        ("sex", "female"),
        ("nationality", "VNM"),
        ("document_kind", "1"),
        ("document_number", NUMBER),
        ("telephone", "0900 000 000"),
    ]);
    for (field, value, words) in [
        ("full_name", "<b>Hoà", "Họ và tên"),
        ("birth", "30/2/1948", "Năm sinh"),
        ("nationality", "VIET", "Quốc tịch"),
        ("document_number", "00114801234", "12 chữ số"),
        ("document_kind", "77", "Loại giấy tờ"),
        ("document_kind", "", "Loại giấy tờ"),
        ("room", "909", "không có phòng này"),
        ("arrival", "29/02/2027 10:00", "Đến lúc"),
        ("departure", "2036-09-16T10:00", "Đi lúc"),
        ("stay_reason", "99", "Lý do lưu trú"),
        ("telephone", "=1+1", "Số điện thoại"),
    ] {
        let fields: Vec<_> =
            good.iter().map(|(name, old)| (*name, if *name == field { value } else { old })).collect();
        let faults = desk.refused(NEW, &fields).await;
        assert!(faults.contains(words) && faults.matches("<li>").count() == 1, "{field}={value}: {faults}");
        let (_, page) = desk.post(NEW, &form(&fields)).await;
        assert!(field == "full_name" || page.contains("value=\"Nguyễn Thị Hoà\""), "what was typed is gone");
    }
    for scan in ["", "xin chào", "001099012345|", "HT2010148012345|4e"] {
        let faults = desk.refused(NEW, &with(&[("kind", "card"), ("scan", scan)])).await;
        assert!(faults.contains("Mã QR"), "{scan}: {faults}");
    }
    assert_eq!(desk.store.stays("nha-nghi-hoa-mau", Which::Owed, at(600)).await.unwrap(), []);
    // A departure before the arrival is kept, and said.
    let fields: Vec<_> = good
        .iter()
        .map(|(name, old)| (*name, if *name == "departure" { "2026-09-14T10:00" } else { old }))
        .collect();
    has(&desk.done(NEW, &fields).await, &["ngày đi trước ngày đến"]);
}
