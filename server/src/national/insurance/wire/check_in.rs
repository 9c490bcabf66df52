//! `POST /api/qd130/checkInKcbQd4750`, from 2025 `checkInKcbQd3176`: a form with the document in base64.
//!
//! Known: paths, headers, form, members of the answer, codes 200, 401, 403, 501. Stand-ins: that 500 to 599 mean trouble of
//! the register's own and every other code a refusal; the length of `maGiaoDich`; that its times are Vietnamese ones.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use form_urlencoded::Serializer;
use identity::SecretBytes;
use jiff::{
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Malformed, Token, three_digits, token_named};
use crate::national::insurance::Receipt;

/// The code of a health facility (`maCSKCB`): five digits, of which the first two are its province (`maTinh`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::national::insurance) struct Facility {
    code: String,
    province: String,
}

impl Facility {
    /// The facility of the account `<maCSKCB>_BV`.
    pub(in crate::national::insurance) fn of_account(user: &str) -> Option<Self> {
        let code = user.strip_suffix("_BV")?;
        let digits = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit());
        let province = code.get(..2).filter(|_| digits)?;
        Some(Self { code: code.to_owned(), province: province.to_owned() })
    }
}

/// The headers that carry the login.
pub(in crate::national::insurance) fn headers(
    token: &Token,
    password_digest: &SecretString,
) -> Result<HeaderMap, Malformed> {
    [("accesstoken", &token.access), ("tokenid", &token.id), ("passwordhash", password_digest)]
        .into_iter()
        .map(|(name, value)| {
            let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| Malformed)?;
            value.set_sensitive(true);
            Ok((HeaderName::from_static(name), value))
        })
        .collect()
}

/// The form: `loaiHoSo` 0 is a CHECK-IN message.
pub(in crate::national::insurance) fn request(
    user: &str,
    facility: &Facility,
    xml0: &SecretBytes,
) -> Zeroizing<String> {
    let file = Zeroizing::new(STANDARD.encode(xml0.as_slice()));
    // With room for all of it at once: what grows leaves copies behind that nobody overwrites.
    let mut form = Serializer::new(String::with_capacity(file.len() * 3 + 256));
    form.append_pair("username", user)
        .append_pair("loaiHoSo", "0")
        .append_pair("maTinh", &facility.province)
        .append_pair("maCSKCB", &facility.code)
        .append_pair("fileHSBase64", &file);
    Zeroizing::new(form.finish())
}

/// What the register answers to a CHECK-IN message.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::national) enum CheckInReply {
    /// It has it.
    Received(Receipt),
    /// The token is refused, with the code.
    TokenRefused(String),
    /// Account or document is refused, with the code.
    Refused(String),
    /// The register has trouble of its own.
    PortalDown,
}

/// Reads the answer to a CHECK-IN message.
pub(in crate::national) fn check_in_reply(bytes: &[u8]) -> Result<CheckInReply, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        ma_ket_qua: String,
        ma_giao_dich: Option<String>,
        thoi_gian_tiep_nhan: Option<String>,
        thong_diep: Option<String>,
    }
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_| Malformed)?;
    let code = three_digits(&answer.ma_ket_qua)?;
    Ok(match code.as_str() {
        "200" => {
            let (Some(transaction), Some(time)) = (answer.ma_giao_dich, answer.thoi_gian_tiep_nhan) else {
                return Err(Malformed);
            };
            let visible = transaction.bytes().all(|byte| byte.is_ascii_graphic());
            if !visible || !(1..=100).contains(&transaction.len()) || time.len() != 14 {
                return Err(Malformed);
            }
            let received_at = DateTime::strptime("%Y%m%d%H%M%S", &time)
                .and_then(|time| TimeZone::fixed(Offset::constant(7)).to_timestamp(time))
                .map_err(|_| Malformed)?;
            CheckInReply::Received(Receipt {
                transaction,
                received_at,
                raw: SecretBytes::new(bytes.to_vec()),
            })
        }
        "401" | "403" | "501" => CheckInReply::TokenRefused(code),
        _ if token_named(answer.thong_diep.as_deref()) => CheckInReply::TokenRefused(code),
        _ if code.starts_with('5') => CheckInReply::PortalDown,
        _ => CheckInReply::Refused(code),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::national::insurance::wire::{TokenReply, token_reply};

    macro_rules! wire {
        ($name:literal) => {
            include_str!(concat!("../../../../../tests/wire/insurance/", $name))
        };
    }

    fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
        let mut answer: Value = serde_json::from_str(wire!("check-in-200.json")).unwrap();
        change(&mut answer);
        serde_json::to_vec(&answer).unwrap()
    }

    #[test]
    fn the_request_is_the_golden_one_byte_for_byte() {
        let xml0 = SecretBytes::new(wire!("check-in.xml").as_bytes().to_vec());
        let facility = Facility::of_account("01999_BV").unwrap();
        assert_eq!(request("01999_BV", &facility, &xml0).as_str(), wire!("check-in-request.form"));

        let Ok(TokenReply::Given(token)) = token_reply(wire!("token-response.json").as_bytes()) else {
            panic!("no token")
        };
        let headers = headers(&token, &"ec3e178eea5ebb64848057e5a8d15f31".into()).unwrap();
        let golden: HeaderMap = wire!("check-in-request.headers")
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| *name != "Content-Type")
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
            .collect();
        assert_eq!(headers, golden);
        assert!(headers.values().all(HeaderValue::is_sensitive));
    }

    #[test]
    fn the_golden_answers_are_understood() {
        let Ok(CheckInReply::Received(receipt)) = check_in_reply(wire!("check-in-200.json").as_bytes())
        else {
            panic!("no receipt")
        };
        assert_eq!(receipt.transaction, "01999_20260915080000_1");
        assert_eq!(receipt.received_at, "2026-09-15T08:00:00+07:00".parse().unwrap());
        assert_eq!(receipt.raw.as_slice(), wire!("check-in-200.json").as_bytes());
        let refused = |code: &str| Ok(CheckInReply::Refused(code.to_owned()));
        assert_eq!(check_in_reply(wire!("check-in-205.json").as_bytes()), refused("205"));
        let renewed = Ok(CheckInReply::TokenRefused("401".to_owned()));
        assert_eq!(check_in_reply(wire!("check-in-401.json").as_bytes()), renewed);
    }

    #[test]
    fn each_code_has_its_meaning() {
        let reply = |code: &str, text: &str| {
            check_in_reply(&changed(|answer| {
                answer["maKetQua"] = json!(code);
                answer["thongDiep"] = json!(text);
            }))
        };
        for code in ["401", "403", "501"] {
            assert_eq!(reply(code, ""), Ok(CheckInReply::TokenRefused(code.to_owned())));
        }
        assert_eq!(reply("205", "Token không đúng"), Ok(CheckInReply::TokenRefused("205".to_owned())));
        assert_eq!(reply("500", ""), Ok(CheckInReply::PortalDown));
        assert_eq!(reply("701", ""), Ok(CheckInReply::Refused("701".to_owned())));
        assert_eq!(reply("Nguyễn Thị Hoà", ""), Err(Malformed));
    }

    #[test]
    fn a_success_without_a_whole_receipt_is_none() {
        for (member, value) in [
            ("maGiaoDich", json!(null)),
            ("maGiaoDich", json!("")),
            ("maGiaoDich", json!("a b")),
            ("maGiaoDich", json!("a".repeat(101))),
            ("maGiaoDich", json!(7)),
            ("thoiGianTiepNhan", json!(null)),
            ("thoiGianTiepNhan", json!("20261332000000")),
            ("thoiGianTiepNhan", json!("2026091508000")),
        ] {
            assert_eq!(check_in_reply(&changed(|answer| answer[member] = value.clone())), Err(Malformed));
        }
    }

    #[test]
    fn an_account_names_its_facility_or_none() {
        assert_eq!(Facility::of_account("01999_BV").unwrap().province, "01");
        for other in ["01999", "1999_BV", "O1999_BV", "019999_BV", "_BV", ""] {
            assert_eq!(Facility::of_account(other), None, "{other}");
        }
    }

    #[test]
    fn a_token_that_no_header_can_hold_is_malformed() {
        let token = Token { access: "a\nb".into(), id: "c".into() };
        assert!(headers(&token, &"d".into()).is_err());
    }

    #[test]
    fn a_receipt_shows_nothing_but_its_time() {
        let Ok(CheckInReply::Received(receipt)) = check_in_reply(wire!("check-in-200.json").as_bytes())
        else {
            panic!("no receipt")
        };
        assert_eq!(format!("{receipt:?}"), "Receipt { received_at: 2026-09-15T01:00:00Z, .. }");
    }
}
