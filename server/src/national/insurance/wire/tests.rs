//! Each message against its golden file.

use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::national::tests::{born, insurance_configuration, person};

macro_rules! wire {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/wire/insurance/", $name))
    };
}

const DIGEST: &str = "ec3e178eea5ebb64848057e5a8d15f31";

fn found(text: &str) -> Finding {
    match look_up_reply(text.as_bytes()) {
        Ok(LookUpReply::Found(finding)) => finding,
        other => panic!("{other:?}"),
    }
}

fn old_card(valid_to: Date) -> InsuranceCard {
    InsuranceCard {
        number: "HT2010148012345".to_owned(),
        valid_from: Some(date(valid_to.year(), 1, 1)),
        valid_to: Some(valid_to),
        place_code: Some("01999".to_owned()),
        place_name: Some("Trạm y tế xã Mẫu".to_owned()),
    }
}

#[test]
fn the_requests_are_the_golden_ones() {
    let configuration = insurance_configuration("http://127.0.0.1:8090/bhxh");
    let digest = password_digest(&configuration.password);
    assert_eq!(digest.expose_secret(), DIGEST);
    assert_eq!(token_request("01999_BV", &digest).as_str(), wire!("token-request.form").trim_end());

    let Ok(TokenReply::Given(token)) = token_reply(wire!("token-response.json").as_bytes()) else {
        panic!("no token")
    };
    let url = Url::parse("http://127.0.0.1:8090/api/egw/KQNhanLichSuKCB2024").unwrap();
    let url = look_up_url(url, &token, "01999_BV", &digest);
    assert_eq!(
        format!("{}?{}", url.path(), url.query().unwrap()),
        wire!("look-up-request.target").trim_end()
    );

    for (number, name, birth, golden) in [
        ("001148012345", "Nguyễn Thị Hoà", born(1948, Some(3), Some(2)), wire!("look-up-request.json")),
        ("001031000007", "Y Blơm Niê Kdăm", born(1931, None, None), wire!("look-up-request-year-only.json")),
    ] {
        let person = person(number, name, birth);
        let written: Value =
            serde_json::from_str(&look_up_request(&configuration, &person).unwrap()).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(golden).unwrap());
    }
    let month = person("001031000007", "Y Blơm Niê Kdăm", born(1931, Some(9), None));
    assert!(look_up_request(&configuration, &month).unwrap().contains(r#""ngaySinh":"09/1931""#));
}

#[test]
fn a_refused_login_is_not_a_token() {
    assert!(matches!(
        token_reply(wire!("token-refused.json").as_bytes()),
        Ok(TokenReply::Refused(code)) if code == "401"
    ));
    for bad in [r#"{"maKetQua": "200", "APIKey": null}"#, r#"{"maKetQua": "Nguyễn"}"#, "[]", ""] {
        assert!(token_reply(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn an_accurate_card_is_the_card_that_counts() {
    for text in [wire!("look-up-000.json"), wire!("look-up-000-with-lists.json")] {
        let finding = found(text);
        assert_eq!((finding.code, finding.action), (ResultCode::Accurate, Action::GoOn));
        assert_eq!(finding.card, Some(old_card(date(2026, 12, 31))));
        assert_eq!(finding.number.unwrap().as_str(), "0148012345");
        let kept: Value = serde_json::from_slice(finding.answer.as_slice()).unwrap();
        let mut whole: Value = serde_json::from_str(text).unwrap();
        whole.as_object_mut().unwrap().retain(|name, _| !name.starts_with("dsLichSu"));
        assert_eq!(kept, whole, "all of it but the visits and look-ups elsewhere");
    }
    assert_eq!(found(wire!("look-up-000-year-only.json")).card.unwrap().number, "DT2660031000007");
}

#[test]
fn a_replaced_card_gives_way_to_the_new_one() {
    for (text, code, place) in [
        (wire!("look-up-003.json"), ResultCode::ReplacedExpired, "01999"),
        (wire!("look-up-004.json"), ResultCode::ReplacedValid, "01998"),
    ] {
        let finding = found(text);
        assert_eq!((finding.code, finding.action), (code, Action::UseNewCard));
        let card = finding.card.unwrap();
        assert_eq!(card.number, "HT3010148012345");
        assert_eq!(card.valid_from, Some(date(2026, 1, 1)));
        assert_eq!(card.valid_to, Some(date(2026, 12, 31)));
        assert_eq!(card.place_code.as_deref(), Some(place));
    }
}

#[test]
fn a_promised_new_card_that_is_not_there_is_for_staff_unless_the_old_one_still_counts() {
    let without = |text: &str| text.replace("\"HT3010148012345\"", "null");
    assert_eq!(found(&without(wire!("look-up-003.json"))).action, Action::Staff);
    let finding = found(&without(wire!("look-up-004.json")));
    assert_eq!(finding.action, Action::GoOn);
    assert_eq!(finding.card.unwrap().number, "HT2010148012345");
}

#[test]
fn each_code_says_what_the_kiosk_does() {
    for (text, action, card) in [
        (wire!("look-up-010.json"), Action::FeeOrStaff, Some(old_card(date(2025, 12, 31)))),
        (wire!("look-up-050.json"), Action::RetryThenStaff, None),
        (wire!("look-up-060.json"), Action::AskThenStaff, None),
        (wire!("look-up-070.json"), Action::AskThenStaff, None),
    ] {
        let finding = found(text);
        assert_eq!((finding.action, finding.card), (action, card));
    }
    let reply = |text: &str| look_up_reply(text.as_bytes()).unwrap();
    assert_eq!(reply(wire!("look-up-100.json")), LookUpReply::PortalDown(100));
    assert_eq!(reply(wire!("look-up-401.json")), LookUpReply::TokenRefused("401".to_owned()));
    assert_eq!(reply(wire!("look-up-501.json")), LookUpReply::TokenRefused("501".to_owned()));
    for (code, refused) in [("054", "054"), ("055", "055"), ("205", "205"), ("999", "999")] {
        let text = wire!("look-up-050.json").replace("\"050\"", &format!("\"{code}\""));
        assert_eq!(reply(&text), LookUpReply::Refused(refused.to_owned()));
    }
    assert_eq!(
        reply(r#"{"maKetQua": "999", "ghiChu": "Token không đúng"}"#),
        LookUpReply::TokenRefused("999".to_owned())
    );
}

#[test]
fn an_answer_in_another_format_is_malformed() {
    let golden: Value = serde_json::from_str(wire!("look-up-000-with-lists.json")).unwrap();
    for (member, value) in [
        ("maKetQua", json!(0)),
        ("maKetQua", json!(null)),
        ("maKetQua", json!("Nguyễn Thị Hoà")),
        ("maThe", json!({})),
        ("maThe", json!("DN6010148012345")),
        ("maThe", json!("DN401014801234X")),
        ("maThe", json!("<script>")),
        ("maDKBD", json!("0199")),
        ("maDKBD", json!("01 99")),
        ("tenDKBD", json!("Ơ".repeat(256))),
        ("gtTheDen", json!("2026-12-31")),
        ("gtTheDen", json!("31/02/2026")),
        ("dsLichSuKCB2018", json!("none")),
        ("dsLichSuKT2018", json!([[]])),
    ] {
        let mut answer = golden.clone();
        answer[member] = value;
        assert_eq!(look_up_reply(answer.to_string().as_bytes()), Err(Malformed), "{member}");
    }
    assert_eq!(look_up_reply("[".repeat(100_000).as_bytes()), Err(Malformed));
}

#[test]
fn nothing_of_a_person_is_in_what_a_log_would_show() {
    let shown = format!("{:?}", look_up_reply(wire!("look-up-000.json").as_bytes()));
    for personal in ["Nguy", "148012345", "1948", "Thôn"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}

#[test]
fn a_refusal_that_repeats_the_number_asked_about_keeps_its_code() {
    for code in ["050", "051", "060", "070"] {
        let answer = format!(r#"{{"maKetQua":"{code}","maThe":"001148012345","gtTheTu":"hôm qua"}}"#);
        let Ok(LookUpReply::Found(finding)) = look_up_reply(answer.as_bytes()) else { panic!("{code}") };
        assert_eq!((finding.code.as_str(), finding.card), (code, None));
    }
    let answer = br#"{"maKetQua":"000","maThe":"001148012345"}"#;
    assert_eq!(look_up_reply(answer), Err(Malformed), "who is found has a card");
}
