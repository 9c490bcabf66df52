//! The portal's code lists.

use flows::lodging::NationalityCode;
use identity::province::TODAY;

use super::*;
use crate::national::lodging::catalogue::{Difference, List, MissingCode, PROVINCES, PortalCodesMissing};

pub(super) async fn whole(portal: &Portal) -> Catalogue {
    portal.client.catalogue(&["101".to_owned()]).await.unwrap()
}

#[tokio::test]
async fn the_lists_are_read_without_login_and_are_those_known_here() {
    let portal = Portal::start().await;
    let lists = whole(&portal).await;
    assert_eq!(
        portal.operations().await,
        ["dm-qt", "dm-tinh-tp", "ly-do-cu-tru", "loai-giay-to", "noi-cu-tru", "dm-phuong-xa"]
    );
    assert_eq!(lists.differences(), []);
    let named = |code| lists.nationality(&NationalityCode::parse(code).unwrap());
    assert_eq!((named("D"), named("RKS"), named("XXX")), (Some("Đức"), Some("Kosovo"), None));
}

#[tokio::test]
async fn no_lists_are_an_error_and_no_panic() {
    let portal = Portal::start().await;
    for (fault, error) in [
        ("malformed", unavailable(Trouble::Malformed(Flaw::Content))),
        ("unauthorized", refused("401")),
        ("server_error", unavailable(Trouble::Status(500))),
        ("deep", unavailable(Trouble::Malformed(Flaw::Content))),
    ] {
        portal.fault(fault, Some(1)).await;
        assert_eq!(portal.client.catalogue(&[]).await, Err(error), "{fault}");
    }
}

#[tokio::test]
async fn provinces_of_today_and_of_a_card_s_address_are_found() {
    let lists = whole(&Portal::start().await).await;
    // The five that the facts state.
    for (today, portal) in PROVINCES {
        assert_eq!(lists.province_of_today(today), Some(portal));
        assert!(TODAY.iter().any(|(code, _)| *code == today));
    }
    assert_eq!(
        lists.province_of_today(4),
        None,
        "Cao Bằng's code is not among the stated ones nor the lists"
    );
    for (address, code) in [
        ("Thôn 1, Phường Mẫu, Hà Nội", Some("101")),
        ("Thôn 1, Phuong Mau, TP. HO CHI MINH", Some("701")),
        ("Thôn 1, Xã X, Thành phố Đà Nẵng", Some("501")),
        ("Thôn 1, Xã X, Tỉnh Khánh Hoà", Some("511")),
        // No more since 2025-07-01: not guessed.
        ("Thôn 1, Xã X, Huyện Y, Hà Giang", None),
        ("", None),
    ] {
        assert_eq!(lists.province_of_address(address), code, "{address}");
    }
    assert_eq!(lists.commune_of_address("Thôn 1, phường mẫu, Hà Nội"), Some("101900167"));
    assert_eq!(lists.commune_of_address("Thôn 1, Mẫu, Hà Nội"), None, "a phường and a xã have that name");
    assert_eq!(lists.commune_of_address("Thôn 1, Phường Mẫu, An Giang"), None);
}

#[tokio::test]
async fn what_a_place_lacks_of_the_portal_s_codes_is_named() {
    use flows::lodging::LodgingPlace;
    let lists = whole(&Portal::start().await).await;
    let place = |province: Option<&str>, commune: Option<&str>| -> LodgingPlace {
        serde_json::from_value(json!({
            "id": "nha-mau", "kind": "inn", "name": {"vi": "Nhà Mẫu", "en": "Nhà Mẫu"},
            "desk": {"vi": "Quầy", "en": "Desk"},
            "address": {"commune": "00001", "portal_province": province, "portal_commune": commune, "detail": "Thôn 1"},
            "police": {"name": "Công an", "telephone": "0", "address": "Thôn 1"}, "route": "file",
        }))
        .unwrap()
    };
    assert_eq!(lists.check_place(&place(Some("101"), Some("101900167"))), Ok(()));
    for (province, commune, missing) in [
        (None, None, vec![MissingCode::Province, MissingCode::Commune]),
        (
            Some("01"),
            Some("00001"),
            vec![MissingCode::UnknownProvince("01".into()), MissingCode::UnknownCommune("00001".into())],
        ),
        (
            Some("805"),
            Some("101900167"),
            vec![MissingCode::OtherProvince { commune: "101900167".into(), province: "101".into() }],
        ),
    ] {
        let error = lists.check_place(&place(province, commune)).unwrap_err();
        assert_eq!(error, PortalCodesMissing { place: "nha-mau".into(), missing });
        assert!(error.to_string().contains("nha-mau"), "{error}");
    }
}

#[test]
fn a_list_that_is_another_than_here_is_seen() {
    let item = |code: &str, name: &str| (code.to_owned(), name.to_owned());
    let changed = Catalogue::default()
        .with_list(List::Residences, [item("1", "Thường trú"), item("2", "Lưu trú"), item("4", "Không rõ")]);
    let of_residences: Vec<_> =
        changed.differences().into_iter().filter(|difference| difference.list == List::Residences).collect();
    let difference = |code: &str, there: Option<&str>, here| Difference {
        list: List::Residences,
        code: code.to_owned(),
        there: there.map(str::to_owned),
        here,
    };
    assert_eq!(
        of_residences,
        [
            difference("2", Some("Lưu trú"), Some("Tạm trú")),
            difference("4", Some("Không rõ"), None),
            difference("3", None, Some("Khác")),
        ]
    );
}
