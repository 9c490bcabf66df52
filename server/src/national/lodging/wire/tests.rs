//! The messages against `tests/wire/lodging`, without the other side.

use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::*;
use crate::national::{
    lodging::{
        Account, Batch, Catalogue, DepartureChange, PortalField, Reason, Told,
        catalogue::List,
        tests::samples::{at, document, foreigners, vietnamese},
    },
    tests::configuration,
};

macro_rules! wire {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/wire/lodging/", $name))
    };
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_login_is_the_golden_one_byte_for_byte() {
    let account: &Account = &configuration().lodging.unwrap().accounts["khach-san-mau"];
    assert_eq!(token_request(account).as_str(), wire!("token-request.form"));
}

#[test]
fn the_golden_login_answers_are_understood() {
    let Ok(TokenReply::Given(token)) = token_reply(wire!("token-response.json").as_bytes()) else {
        panic!("no token")
    };
    assert_eq!(token.access.expose_secret(), "3f0f1d0b9ac44c1e8a5e");
    assert_eq!(token.refresh.expose_secret(), "b1d2c3e4f5a60718293a");
    assert_eq!(token.expires, "2026-09-15T09:00:00+07:00".parse().unwrap());
    let refused = token_reply(wire!("token-refused.json").as_bytes());
    assert!(matches!(refused, Ok(TokenReply::Refused(code)) if code == "400"));
}

#[test]
fn a_login_answer_that_is_not_whole_is_malformed() {
    for (member, value) in [
        ("AccessToken", Value::Null),
        ("AccessToken", "".into()),
        ("AccessToken", "a b".into()),
        ("RefreshToken", "đ".into()),
        ("Exp", "1789437600".into()),
        ("Exp", i64::MAX.into()),
    ] {
        let mut answer: Value = serde_json::from_str(wire!("token-response.json")).unwrap();
        answer["data"][member] = value;
        assert!(token_reply(answer.to_string().as_bytes()).is_err(), "{member}");
    }
    for text in [r#"{"code":"200"}"#, r#"{"code":"Nguyễn"}"#, "[]", ""] {
        assert!(token_reply(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn vietnamese_guests_are_the_golden_ones() {
    let batch = Batch::new(vietnamese()).unwrap();
    assert_eq!(value(&declarations(&batch).unwrap()), value(wire!("declare-vietnamese-request.json")));
}

#[test]
fn foreigners_are_the_golden_ones() {
    let batch = Batch::new(foreigners()).unwrap();
    assert_eq!(value(&declarations(&batch).unwrap()), value(wire!("declare-foreign-request.json")));
}

#[test]
fn changes_of_departure_are_the_golden_ones() {
    let list = [
        DepartureChange::new(document(1, "001148012345"), Told::Extended(at("2026-09-18T11:00:00"))).unwrap(),
        DepartureChange::new(document(4, "C01X00T47"), Told::LeftEarly).unwrap(),
    ];
    assert_eq!(value(&changes(&list).unwrap()), value(wire!("change-departure-request.json")));
    assert!(DepartureChange::new(document(9, "7"), Told::LeftEarly).is_none(), "the call has no kind 9");
}

#[test]
fn pictures_of_documents_are_never_sent() {
    for list in [vietnamese(), foreigners()] {
        let body = declarations(&Batch::new(list).unwrap()).unwrap();
        assert!(!body.contains("B64"), "{}", body.len());
    }
}

#[test]
fn the_golden_answers_are_understood() {
    let answer = |text: &str| reply(text.as_bytes(), 2).unwrap();
    assert_eq!(answer(wire!("answer-200.json")), PortalReply::Success { counted: None });
    assert_eq!(answer(wire!("answer-200-counted.json")), PortalReply::Success { counted: Some(1) });
    let PortalReply::Refused(refusal) = answer(wire!("answer-400.json")) else { panic!("not refused") };
    assert_eq!(refusal.of(0).collect::<Vec<_>>(), [&Reason::AlreadyStaying]);
    assert_eq!(refusal.of(1).collect::<Vec<_>>(), [&Reason::Missing(PortalField::LyDoChiTiet)]);
    assert_eq!(refusal.other.len(), 1, "the banner");
}

fn said(message: &str) -> crate::national::lodging::Refusal {
    let answer = serde_json::json!({ "code": "400", "message": message });
    match reply(answer.to_string().as_bytes(), 2) {
        Ok(PortalReply::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_fault_is_known_by_its_words_whatever_their_marks_and_capitals() {
    use unicode_normalization::UnicodeNormalization as _;
    let message = "BẢN KHAI BÁO 2: NGÀY ĐẾN PHẢI LÀ HÔM NAY HOẶC HÔM QUA";
    for message in [message.to_owned(), message.nfd().collect(), message.to_lowercase()] {
        let refusal = said(&message);
        assert_eq!(refusal.of(1).collect::<Vec<_>>(), [&Reason::ArrivalWindow], "{message}");
        assert_eq!(refusal.of(0).count(), 0);
    }
}

#[test]
fn what_is_not_known_is_kept_in_the_portal_s_words_and_masked() {
    let refusal = said("Bản khai báo 1: Khách Nguyễn Thị Hoà bị từ chối\nBản khai báo 3: không có\nHết");
    let Some(Reason::Other(words)) = refusal.of(0).next() else { panic!("not kept") };
    assert_eq!(words.text(), "Khách Nguyễn Thị Hoà bị từ chối");
    assert_eq!(refusal.other.len(), 2, "a third declaration was not sent");
    assert!(!format!("{refusal:?}").contains("Hoà"), "{refusal:?}");
    let unknown = said("Bản khai báo 1: Thiếu trường bắt buộc: bietDanh");
    assert!(matches!(unknown.of(0).next(), Some(Reason::Other(_))));
}

#[test]
fn an_answer_that_is_none_is_malformed() {
    for text in ["", "[]", "{}", r#"{"code":200}"#, r#"{"code":"Hoà"}"#, "<html>"] {
        assert_eq!(reply(text.as_bytes(), 1), Err(Malformed), "{text}");
    }
    assert_eq!(reply(br#"{"code":"401"}"#, 1), Ok(PortalReply::TokenRefused));
    assert_eq!(reply(br#"{"code":"500"}"#, 1), Ok(PortalReply::Other("500".to_owned())));
}

#[test]
fn the_golden_lists_are_read_with_or_without_an_envelope() {
    let lists = Catalogue::default()
        .with_nationalities(nationalities(wire!("nationalities.json").as_bytes()).unwrap())
        .with_provinces(provinces(wire!("provinces.json").as_bytes()).unwrap())
        .with_communes("101", items(wire!("communes.json").as_bytes()).unwrap())
        .with_list(List::Residences, items(wire!("residences.json").as_bytes()).unwrap());
    assert_eq!(lists.province_name("805"), Some("An Giang"));
    assert_eq!(lists.commune_name("101900167"), Some("Phường Mẫu"));
    assert_eq!(lists.nationalities().find(|(code, _)| *code == "VNM"), Some(("VNM", "Viet Nam")));
    let alone = value(wire!("provinces.json"))["data"].to_string();
    assert_eq!(provinces(alone.as_bytes()), provinces(wire!("provinces.json").as_bytes()));
    for bad in
        [r#"{"code":"400","data":[]}"#, r#"[{"maTT":101,"tenTT":"Hà Nội"}]"#, r#"[{"id":[],"name":"x"}]"#]
    {
        assert!(provinces(bad.as_bytes()).is_err() && items(bad.as_bytes()).is_err(), "{bad}");
    }
}
