//! The messages of the health-insurance register: a form and JSON.
//!
//! Known: paths, parameters, members, codes. Stand-ins: none but the length of a place's name, 255 characters at most.

pub(in crate::national) mod check_in;

use flows::{
    InsuranceCard,
    person::{Birth, Person},
};
use form_urlencoded::Serializer;
use identity::{
    SecretBytes,
    insurance::{FacilityCode, InsuranceCardNumber, InsuranceNumber, SocialInsuranceNumber},
    number::PersonalNumber,
    text::clean_line_within,
};
use jiff::civil::Date;
use md5::{Digest as _, Md5};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Action, Configuration, Finding, PastVisit, ResultCode, VisitHistory, history};

/// The MD5 of the password in lower-case hexadecimal, as clients send it (the document shows upper case).
pub(super) fn password_digest(password: &SecretString) -> SecretString {
    hex::encode(Md5::digest(password.expose_secret())).into()
}

/// The form of `POST /api/token/take`.
pub(super) fn token_request(user: &str, password_digest: &SecretString) -> Zeroizing<String> {
    let mut form = Serializer::new(String::new());
    form.append_pair("username", user).append_pair("password", password_digest.expose_secret());
    Zeroizing::new(form.finish())
}

/// A token pair.
pub(super) struct Token {
    access: SecretString,
    id: SecretString,
}

/// What `POST /api/token/take` answers.
pub(in crate::national) enum TokenReply {
    /// A token. Its `expires_in` is written in more than one way and is not relied upon.
    Given(#[expect(private_interfaces, reason = "the fuzz target only drops it")] Token),
    /// The login is refused, with the code.
    Refused(String),
}

/// The answer is not in the format.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::national) struct Malformed;

/// Reads the answer to `POST /api/token/take`.
pub(in crate::national) fn token_reply(bytes: &[u8]) -> Result<TokenReply, Malformed> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(rename = "maKetQua")]
        code: String,
        #[serde(rename = "APIKey")]
        key: Option<Key>,
    }
    #[derive(Deserialize)]
    struct Key {
        access_token: SecretString,
        id_token: SecretString,
    }
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_| Malformed)?;
    match (answer.code.as_str(), answer.key) {
        ("200", Some(Key { access_token, id_token })) => {
            Ok(TokenReply::Given(Token { access: access_token, id: id_token }))
        }
        ("200", None) => Err(Malformed),
        (code, _) => three_digits(code).map(TokenReply::Refused),
    }
}

/// A code may end in a log; nothing else of an answer does.
fn three_digits(code: &str) -> Result<String, Malformed> {
    let shaped = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    if shaped { Ok(code.to_owned()) } else { Err(Malformed) }
}

/// Whether the register's remark says that the token is at fault, whatever the code.
fn token_named(remark: Option<&str>) -> bool {
    remark.is_some_and(|text| text.to_lowercase().contains("token không đúng"))
}

/// The address of the look-up, with the token in its query as the register wants it.
pub(super) fn look_up_url(mut url: Url, token: &Token, user: &str, password_digest: &SecretString) -> Url {
    url.query_pairs_mut()
        .append_pair("token", token.access.expose_secret())
        .append_pair("id_token", token.id.expose_secret())
        .append_pair("username", user)
        .append_pair("password", password_digest.expose_secret());
    url
}

/// The body of the look-up; none where there is no number to look up by.
pub(super) fn look_up_request(configuration: &Configuration, person: &Person) -> Option<Zeroizing<String>> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        ma_the: &'a str,
        ho_ten: &'a str,
        ngay_sinh: &'a str,
        ho_ten_cb: &'a str,
        cccd_cb: &'a str,
    }
    let Birth { year, month, day } = person.birth;
    let birth = match (month, day) {
        (Some(month), Some(day)) => format!("{day:02}/{month:02}/{year:04}"),
        (Some(month), None) => format!("{month:02}/{year:04}"),
        (None, _) => format!("{year:04}"),
    };
    let personal = person.number.as_ref().map(PersonalNumber::as_str);
    let body = Body {
        ma_the: personal.or_else(|| Some(person.insurance_number.as_ref()?.as_str()))?,
        ho_ten: &person.full_name,
        ngay_sinh: &birth,
        ho_ten_cb: configuration.staff_name.expose_secret(),
        cccd_cb: configuration.staff_number.expose_secret(),
    };
    Some(Zeroizing::new(serde_json::to_string(&body).unwrap_or_default()))
}

/// The answer to the look-up. Every string may be null; a member may be missing. What is not used here is typed too,
/// so that an answer in another format is noticed.
#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct Answer {
    ma_ket_qua: String,
    ghi_chu: Option<String>,
    ma_the: Option<String>,
    ho_ten: Option<String>,
    ngay_sinh: Option<String>,
    gioi_tinh: Option<String>,
    dia_chi: Option<String>,
    #[serde(rename = "maDKBD")]
    ma_dkbd: Option<String>,
    #[serde(rename = "tenDKBD")]
    ten_dkbd: Option<String>,
    #[serde(rename = "cqBHXH")]
    cq_bhxh: Option<String>,
    gt_the_tu: Option<String>,
    gt_the_den: Option<String>,
    #[serde(rename = "maKV")]
    ma_kv: Option<String>,
    #[serde(rename = "ngayDu5Nam")]
    ngay_du_5_nam: Option<String>,
    #[serde(rename = "maSoBHXH")]
    ma_so_bhxh: Option<String>,
    ma_the_cu: Option<String>,
    ma_the_moi: Option<String>,
    gt_the_tu_moi: Option<String>,
    gt_the_den_moi: Option<String>,
    #[serde(rename = "maDKBDMoi")]
    ma_dkbd_moi: Option<String>,
    #[serde(rename = "tenDKBDMoi")]
    ten_dkbd_moi: Option<String>,
    #[serde(rename = "dsLichSuKCB2018")]
    visits: Option<Vec<Visit>>,
    #[serde(rename = "dsLichSuKT2018")]
    checks: Option<Vec<Check>>,
    #[serde(rename = "TEMP1")]
    temp_1: Option<String>,
    #[serde(rename = "TEMP2")]
    temp_2: Option<String>,
}

/// An entry of `dsLichSuKCB2018`: a visit. Passed on to a clinician who asked for it, and never with a look-up.
#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct Visit {
    ma_ho_so: Option<String>,
    #[serde(rename = "maCSKCB")]
    ma_cskcb: Option<String>,
    /// `yyyyMMddHHmm`, as `ngay_ra`.
    ngay_vao: Option<String>,
    ngay_ra: Option<String>,
    ten_benh: Option<String>,
    tinh_trang: Option<String>,
    kq_dieu_tri: Option<String>,
    #[serde(rename = "lyDoVV")]
    ly_do_vv: Option<String>,
}

/// An entry of `dsLichSuKT2018`: an earlier look-up. Not passed on.
#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct Check {
    #[serde(rename = "userKT")]
    user_kt: Option<String>,
    #[serde(rename = "thoiGianKT")]
    thoi_gian_kt: Option<String>,
    thong_bao: Option<String>,
    ma_loi: Option<String>,
}

/// What a look-up answers.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::national) enum LookUpReply {
    /// About the person.
    Found(Finding),
    /// The token is refused, with the code.
    TokenRefused(String),
    /// This server's request is refused, with the code.
    Refused(String),
    /// The register has trouble of its own, with the code.
    PortalDown(u16),
}

/// Reads the answer to the look-up.
pub(in crate::national) fn look_up_reply(bytes: &[u8]) -> Result<LookUpReply, Malformed> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_| Malformed)?;
    let digits = three_digits(&answer.ma_ket_qua)?;
    if token_named(answer.ghi_chu.as_deref()) {
        return Ok(LookUpReply::TokenRefused(digits));
    }
    let Some(code) = ResultCode::parse(&digits) else { return Ok(LookUpReply::Refused(digits)) };
    Ok(match code.action() {
        Action::RenewToken => LookUpReply::TokenRefused(digits),
        Action::PortalDown => LookUpReply::PortalDown(digits.parse().map_err(|_| Malformed)?),
        Action::OperatorAlert | Action::MaintainerAlert => LookUpReply::Refused(digits),
        Action::UseNewCard => {
            let new = answer.new_card()?;
            let (card, action) = match (new, code) {
                (Some(new), _) => (Some(new), Action::UseNewCard),
                (None, ResultCode::ReplacedValid) => (answer.card()?, Action::GoOn),
                (None, _) => (answer.card()?, Action::Staff),
            };
            let number = answer.number(code, card.as_ref());
            LookUpReply::Found(Finding { code, action, card, number, answer: history::dropped(bytes)? })
        }
        action => {
            // Where it does not find the person it may repeat what it was asked, which need not be a card's number.
            let card =
                if code.confirms_person() { answer.card()? } else { answer.card().unwrap_or_default() };
            let number = answer.number(code, card.as_ref());
            LookUpReply::Found(Finding { code, action, card, number, answer: history::dropped(bytes)? })
        }
    })
}

/// Reads the visits elsewhere out of an answer that [`look_up_reply`] took.
pub(in crate::national) fn history_reply(bytes: &[u8], code: ResultCode) -> Result<VisitHistory, Malformed> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_| Malformed)?;
    let visits = answer.visits.unwrap_or_default().into_iter().map(PastVisit::from).collect();
    Ok(VisitHistory { code, visits, answer: SecretBytes::new(bytes.to_vec()) })
}

impl From<Visit> for PastVisit {
    fn from(visit: Visit) -> Self {
        Self {
            facility: visit.ma_cskcb,
            arrived: visit.ngay_vao,
            left: visit.ngay_ra,
            illness: visit.ten_benh,
            state: visit.tinh_trang,
            outcome: visit.kq_dieu_tri,
            reason: visit.ly_do_vv,
        }
    }
}

impl Answer {
    /// The number that stays when the card changes, where the register found this person.
    fn number(&self, code: ResultCode, card: Option<&InsuranceCard>) -> Option<SocialInsuranceNumber> {
        if !code.confirms_person() {
            return None;
        }
        let stated = self.ma_so_bhxh.as_deref().map(str::trim);
        stated.and_then(|text| SocialInsuranceNumber::parse(text).ok()).or_else(|| {
            let card = card.and_then(|card| InsuranceNumber::parse(&card.number).ok());
            card.map(|card| card.social_insurance_number())
        })
    }

    fn card(&self) -> Result<Option<InsuranceCard>, Malformed> {
        card(&self.ma_the, &self.gt_the_tu, &self.gt_the_den, &self.ma_dkbd, &self.ten_dkbd)
    }

    fn new_card(&self) -> Result<Option<InsuranceCard>, Malformed> {
        card(
            &self.ma_the_moi,
            &self.gt_the_tu_moi,
            &self.gt_the_den_moi,
            &self.ma_dkbd_moi,
            &self.ten_dkbd_moi,
        )
    }
}

type Member = Option<String>;

fn card(
    number: &Member,
    valid_from: &Member,
    valid_to: &Member,
    place_code: &Member,
    place_name: &Member,
) -> Result<Option<InsuranceCard>, Malformed> {
    let Some(number) = line(number, 15)? else { return Ok(None) };
    if InsuranceCardNumber::parse(&number).is_err() && SocialInsuranceNumber::parse(&number).is_err() {
        return Err(Malformed);
    }
    let place_code = line(place_code, 5)?;
    if place_code.as_ref().is_some_and(|code| FacilityCode::parse(code).is_err()) {
        return Err(Malformed);
    }
    Ok(Some(InsuranceCard {
        number,
        valid_from: date(valid_from)?,
        valid_to: date(valid_to)?,
        place_code,
        place_name: line(place_name, 255)?,
    }))
}

/// What a member says, fit for one line; nothing, or a dash, is nothing. More than `most` characters is malformed.
fn line(member: &Member, most: usize) -> Result<Member, Malformed> {
    let text = member.as_deref().unwrap_or_default();
    let text = clean_line_within(text, most).ok_or(Malformed)?;
    Ok(Some(text).filter(|text| !matches!(text.as_str(), "" | "-")))
}

/// `dd/MM/yyyy`; nothing, or a dash as on the newer paper cards, is no date.
fn date(member: &Member) -> Result<Option<Date>, Malformed> {
    match member.as_deref().map(str::trim) {
        None | Some("" | "-") => Ok(None),
        Some(text) if text.len() == 10 => Date::strptime("%d/%m/%Y", text).map(Some).map_err(|_| Malformed),
        Some(_) => Err(Malformed),
    }
}

#[cfg(test)]
mod tests;
