//! The simulated portal alone, against `tests/wire/lodging`.

use axum::http::{HeaderMap, HeaderName};

use super::{
    declare::Guests,
    tokens::{given, log_in},
    *,
};
use crate::people::People;

macro_rules! wire {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/wire/lodging/", $name))
    };
}

fn golden(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn mock() -> Arc<Mock> {
    let clock = Arc::new(|| "2026-09-15T08:00:00+07:00".parse().unwrap());
    Mock::new(People::default(), clock, None)
}

/// The headers of a golden file, after its first line.
fn headers(text: &str) -> HeaderMap {
    let pairs = text.lines().skip(1).filter_map(|line| line.split_once(": "));
    pairs.map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
}

/// The golden headers of a declaration, with a token that was given to this place.
fn signed_in(mock: &Mock, place: &str) -> HeaderMap {
    let mut headers = headers(wire!("declare-vietnamese-request.headers"));
    let token = mock.lodging_tokens.issue(place, (mock.clock)());
    headers.insert("authorization", format!("Bearer {}", token.access).parse().unwrap());
    headers
}

#[test]
fn the_golden_login_gets_the_golden_answers() {
    let mock = mock();
    let headers = headers(wire!("token-request.headers"));
    let (status, Json(answer)) = log_in(&mock, &headers, wire!("token-request.form").as_bytes());
    let mut expected = golden(wire!("token-response.json"));
    assert_eq!(status, StatusCode::OK);
    for member in ["AccessToken", "RefreshToken"] {
        expected["data"][member] = answer["data"][member].clone();
    }
    assert_eq!(answer, expected);
    let wrong = wire!("token-request.form").replace("mat-khau", "x");
    let (status, Json(answer)) = log_in(&mock, &headers, wrong.as_bytes());
    assert_eq!((status, answer), (StatusCode::BAD_REQUEST, golden(wire!("token-refused.json"))));
    let (status, _) = log_in(&mock, &HeaderMap::new(), wire!("token-request.form").as_bytes());
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let hyphenless = wire!("token-request.form").replace("grant-type", "grant_type");
    assert_eq!(log_in(&mock, &headers, hyphenless.as_bytes()).0, StatusCode::BAD_REQUEST);
}

#[test]
fn a_given_token_has_every_golden_member_and_no_other() {
    let token = mock().lodging_tokens.issue("cslt-khach-san", "2026-09-15T08:00:00+07:00".parse().unwrap());
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&given(&token)), names(&golden(wire!("token-response.json"))["data"]));
}

#[test]
fn the_golden_declarations_and_changes_are_taken_and_a_second_time_refused() {
    let mock = mock();
    let headers = signed_in(&mock, "cslt-khach-san");
    for (body, guests) in [
        (wire!("declare-vietnamese-request.json"), Guests::Vietnamese),
        (wire!("declare-foreign-request.json"), Guests::Foreign),
    ] {
        let (status, Json(answer)) = declare::respond(&mock, &headers, body.as_bytes(), guests);
        assert_eq!((status, answer), (StatusCode::OK, golden(wire!("answer-200.json"))));
    }
    let (_, Json(answer)) =
        change::respond(&mock, &headers, wire!("change-departure-request.json").as_bytes());
    assert_eq!(answer, golden(wire!("answer-200.json")));
    let mut list = golden(wire!("declare-vietnamese-request.json"));
    list[1]["lyDoChiTiet"] = Value::Null;
    list[1]["soGiayTo"] = "TB-8".into();
    let (status, Json(answer)) =
        declare::respond(&mock, &headers, list.to_string().as_bytes(), Guests::Vietnamese);
    assert_eq!((status, answer), (StatusCode::BAD_REQUEST, golden(wire!("answer-400.json"))));
}

#[test]
fn an_empty_list_is_a_success() {
    let mock = mock();
    let headers = signed_in(&mock, "cslt-nha-o");
    let (status, Json(answer)) = declare::respond(&mock, &headers, b"[]", Guests::Vietnamese);
    assert_eq!((status, answer), (StatusCode::OK, golden(wire!("answer-200.json"))));
    assert_eq!(declare::respond(&mock, &headers, b"{}", Guests::Vietnamese).0, StatusCode::BAD_REQUEST);
    let (status, _) = declare::respond(&mock, &HeaderMap::new(), b"[]", Guests::Vietnamese);
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_lists_hold_the_golden_ones() {
    let contains = |(_, Json(answer)): (StatusCode, Json<Value>), text: &str| {
        let expected = golden(text);
        let all = answer["data"].as_array().unwrap().clone();
        expected["data"].as_array().unwrap().iter().all(|item| all.contains(item))
            && answer["code"] == expected["code"]
    };
    assert!(contains(lists::nationalities().await, wire!("nationalities.json")));
    assert!(contains(lists::provinces().await, wire!("provinces.json")));
    assert!(contains(lists::residences().await, wire!("residences.json")));
    let hanoi = axum::extract::Query::try_from_uri(&"/x?trucThuocTinh=101".parse().unwrap()).unwrap();
    assert!(contains(lists::communes(hanoi).await, wire!("communes.json")));
}

#[test]
fn an_operation_is_named_by_what_its_path_says() {
    for (path, name) in [
        ("/lodging/authorization-service/oauth/refresh-token", "refresh-token"),
        ("/lodging/client-service/kbtt-vn/kbtt-3th", "kbtt-vn"),
        ("/lodging/client-service/kbtt/kbtt-3th", "kbtt"),
        ("/lodging/client-service/kbtt-vn/kbtt-3th/doi-ngay-tra-phong", "doi-ngay-tra-phong"),
        ("/lodging/cms-backend/public/dm-qt/3th/get-all", "dm-qt"),
        ("/lodging/cms-backend/public/dm-tinh-tp/get-all", "dm-tinh-tp"),
        ("/lodging/cms-backend/public/dm-phuong-xa", "dm-phuong-xa"),
    ] {
        assert_eq!(operation(path), name);
    }
}
