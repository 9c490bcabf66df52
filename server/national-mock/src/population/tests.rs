//! The population database against the golden messages.

use super::*;

const REQUEST: &str = include_str!("../../../../tests/wire/population/verify-request.xml");
const YEAR_ONLY: &str = include_str!("../../../../tests/wire/population/verify-request-year-only.xml");

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_golden_requests_are_read_field_by_field() {
    let common = [
        ("MaYeuCau", "0b6f2c1e-5d7a-4b58-9c3d-2f1e0a9b8c7d"),
        ("MaDVC", "TYT01999"),
        ("MaTichHop", "037"),
        ("MaCanBo", "CB001"),
        ("MaDonVi", "DV01999"),
        ("TaiKhoan", "tyt01999"),
        ("SoDienThoai", "0000000000"),
    ];
    for (text, own) in [
        (
            REQUEST,
            [
                ("SoDinhDanh", "001148012345"),
                ("HoVaTen", "NGUYỄN THỊ HOÀ"),
                ("NgayThangNamSinh/NgayThangNam", "19480302"),
            ],
        ),
        (
            YEAR_ONLY,
            [
                ("SoDinhDanh", "001031000007"),
                ("HoVaTen", "Y BLƠM NIÊ KDĂM"),
                ("NgayThangNamSinh/Nam", "1931"),
            ],
        ),
    ] {
        let fields = read_fields(text).and_then(check_fields).unwrap();
        assert_eq!(fields, pairs(&[common.as_slice(), own.as_slice()].concat()));
    }
}

#[test]
fn the_answers_are_the_golden_ones() {
    let exists = include_str!("../../../../tests/wire/population/verify-response-exists.xml");
    let unknown = include_str!("../../../../tests/wire/population/verify-response-unknown.xml");
    assert_eq!(answer_text(true), exists.trim_end());
    assert_eq!(answer_text(false), unknown.trim_end());
    assert_eq!(
        fault_text("Client.Authentication", "Authorization"),
        include_str!("../../../../tests/wire/population/fault-client.xml").trim_end()
    );
}

#[test]
fn the_golden_look_up_gets_the_golden_answers() {
    let request = include_str!("../../../../tests/wire/population/look-up-request.xml");
    assert_eq!((operation(request.as_bytes()), operation(REQUEST.as_bytes())), (LOOK_UP, VERIFY));
    let fields = read_fields(request).and_then(check_fields).unwrap();
    let people = crate::people::People::from_texts(&[r#"
        [person]
        personal_number = "001148012345"
        full_name = "Nguyễn Thị Hoà"
        date_of_birth = "1948-03-02"
        sex = "female"
        [population]
        matches = true"#]);
    let mock = Mock::new(people.unwrap(), Arc::new(|| jiff::Timestamp::UNIX_EPOCH), None);
    let golden = include_str!("../../../../tests/wire/population/look-up-response.xml");
    assert_eq!(people_text(known(&mock, &fields)), golden.trim_end());
    let golden = include_str!("../../../../tests/wire/population/look-up-response-nobody.xml");
    assert_eq!(people_text(None), golden.trim_end());
}

#[test]
fn the_golden_headers_are_let_in_and_any_missing_or_changed_one_is_not() {
    let golden = include_str!("../../../../tests/wire/population/verify-request.headers");
    let headers = |skip: &str, change: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("host", "127.0.0.1:8090".parse().unwrap());
        for line in golden.lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap();
            let value = if name == change { format!("{value}0") } else { value.to_owned() };
            if name != skip {
                let name: axum::http::HeaderName = name.parse().unwrap();
                headers.insert(name, value.parse().unwrap());
            }
        }
        headers
    };
    assert_eq!(check_headers(&headers("", "")), Ok(()));
    for name in ["Content-Type", "SOAPAction", "Timestamp", "Authorization", "X-Road-Client", "ApiKey"] {
        assert_eq!(check_headers(&headers(name, "")), Err(name));
        assert_eq!(check_headers(&headers("", name)), Err(name));
    }
}

#[test]
fn fields_too_long_out_of_order_or_missing_are_refused() {
    for (from, to, name) in [
        ("<dan:MaDVC>TYT01999</dan:MaDVC>", "", "MaDVC"),
        ("TYT01999", "TYT01999TYT01999TYT01999", "MaDVC"),
        ("001148012345", "00114801234x", "SoDinhDanh"),
        ("dan:NgayThangNam>", "dan:NgaySinh>", "NgayThangNamSinh/NgaySinh"),
        ("http://dancuquocgia.bca", "http://dancuquocgia.gov.vn", "unknown operation"),
        ("19480302", "02031948x", "NgayThangNam"),
    ] {
        let text = REQUEST.replace(from, to);
        assert_ne!(text, REQUEST);
        let refusal = read_fields(&text).and_then(check_fields).unwrap_err();
        assert!(refusal.contains(name), "{refusal}");
    }
    let mut swapped = read_fields(REQUEST).unwrap();
    swapped.swap(0, 1);
    assert!(check_fields(swapped).unwrap_err().contains("out of order"));
}

#[test]
fn an_entity_of_ones_own_is_refused() {
    let text = REQUEST.replace("NGUYỄN", "&name;");
    assert!(read_fields(&text).is_err());
    assert!(read_fields(&format!("<!DOCTYPE x []>{REQUEST}")).is_err());
}
