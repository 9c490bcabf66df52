//! Signing in at VNeID with one's own telephone: begun at the kiosk, ended in the telephone's browser.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use flows::{
    Answer, Step,
    engine::InsuranceStatus,
    policy::Strength,
    step::{Notice, Way},
    wire::SignInBegun,
};
use identity::ReasonCode;
use jiff::civil::date;
use serde_json::json;
use server::store::{Method, Store as _};

use crate::{
    card,
    kit::{self, Kiosk, Server},
    visit::Visit,
    without_proof::HER_CARD,
};

/// Mrs Hoà, whose account is of level 2.
const HER: &str = "001148012345 muc_do_2";

pub async fn at_the_door(server: &Server) -> Visit<'_> {
    Visit::at_doors(server, &["chip", "vneid", "qr"]).await
}

/// Where the telephone goes.
pub async fn begun(visit: &Visit<'_>) -> SignInBegun {
    visit.server.post(&visit.path("/vneid"), &json!({})).send(&visit.kiosk).await.json()
}

/// The person chooses on VNeID's page (nobody: they refuse), and is sent back here.
pub async fn chosen(begun: &SignInBegun, person: &str) -> String {
    let vneid = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    assert!(vneid.get(&begun.url).send().await.unwrap().status().is_success());
    let mut page = reqwest::Url::parse(&begun.url).unwrap();
    let mut fields: Vec<(String, String)> = page.query_pairs().into_owned().collect();
    fields.push(("person".into(), person.into()));
    page.set_query(None);
    let back = vneid.post(page).form(&fields).send().await.unwrap();
    let back = back.headers()["location"].to_str().unwrap();
    back.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned()
}

/// What the telephone sees when it comes back.
pub async fn come_back(server: &Server, path: &str) -> kit::Answer {
    let request = Request::get(path).header("host", "127.0.0.1:8080").body(Body::empty()).unwrap();
    server.raw(request).await
}

fn again(code: ReasonCode) -> Step {
    Step::Identify { ways: vec![Way::Chip, Way::Vneid, Way::Qr], again: Some(code) }
}

#[tokio::test]
async fn who_signs_in_at_level_2_is_known_as_by_the_chip() {
    let server = Server::start().await;
    let mut visit = at_the_door(&server).await;
    let begun = begun(&visit).await;
    assert_eq!(begun.expires_in, 300);
    let page = come_back(&server, &chosen(&begun, HER).await).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Xong, xin nhìn màn hình kiosk"), "{}", page.text());
    assert!(page.text().contains("DỮ LIỆU MÔ PHỎNG"));
    for personal in ["Hoà", "148012345", "1948"] {
        assert!(!page.text().contains(personal), "the telephone's page holds {personal}");
    }
    assert_eq!(page.headers["referrer-policy"], "no-referrer");

    let Step::ConfirmPerson { person } = visit.look().await.step else { panic!("{:?}", visit.look().await) };
    assert_eq!(
        (person.full_name.as_str(), person.number_masked.as_str()),
        ("Nguyễn Thị Hoà", "001*****2345")
    );
    visit.finish().await;
    let Step::Done { notices, unproved, .. } = &visit.view.step else { panic!("{:?}", visit.view) };
    assert_eq!(notices, &[Notice::PriorityByAge, Notice::InsuranceValid], "their own records are shown");
    assert_eq!(*unproved, None);
    let record = server.store.visits("01999", date(2026, 9, 15)).await.unwrap().remove(0);
    assert_eq!((record.recorded.method, record.recorded.strength), (Method::Vneid, Strength::Vneid));
    assert_eq!(record.recorded.insurance, InsuranceStatus::Valid);
    assert!(record.verdict.is_none());
}

#[tokio::test]
async fn what_vneid_does_not_confirm_leads_back_to_the_document_with_the_reason() {
    let server = Server::start().await;
    for (person, seconds, code) in [
        ("001148012345 muc_do_1", 0, ReasonCode::VneidLevelTooLow),
        ("", 0, ReasonCode::VneidRefused),
        // VNeID's code is dead after a minute, the sign-in after five.
        (HER, 61, ReasonCode::VneidRefused),
        (HER, 301, ReasonCode::VneidExpired),
    ] {
        let visit = at_the_door(&server).await;
        let path = chosen(&begun(&visit).await, person).await;
        server.wait(seconds);
        let page = come_back(&server, &path).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
        assert_eq!(visit.look().await.step, again(code));
    }
    assert!(server.store.visits("01999", date(2026, 9, 15)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_third_failure_calls_staff_though_no_kiosk_asked() {
    let server = Server::start().await;
    let visit = at_the_door(&server).await;
    for _ in 0..3 {
        come_back(&server, &chosen(&begun(&visit).await, "").await).await;
    }
    assert_eq!(visit.look().await.step, Step::CallStaff { code: ReasonCode::TooManyAttempts });
    let call = server.store.open_calls().await.unwrap().remove(0);
    assert_eq!((call.code, call.step.as_str()), (ReasonCode::TooManyAttempts, "identify"));
}

#[tokio::test]
async fn a_sign_in_is_good_once_and_only_the_last_one_is() {
    let server = Server::start().await;
    let visit = at_the_door(&server).await;
    let first = chosen(&begun(&visit).await, "001148012345 muc_do_1").await;
    let second = chosen(&begun(&visit).await, HER).await;
    assert_eq!(come_back(&server, &first).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(matches!(visit.look().await.step, Step::Identify { again: None, .. }), "the first one counted");
    assert_eq!(come_back(&server, &second).await.status, StatusCode::OK);
    let replayed = come_back(&server, &second).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(replayed.text().contains("không còn dùng được"), "{}", replayed.text());
    assert!(matches!(visit.look().await.step, Step::ConfirmPerson { .. }));
    for path in ["/vneid/callback", "/vneid/callback?state=x&code=y", "/vneid/callback?state=%FF"] {
        assert_eq!(come_back(&server, path).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
}

#[tokio::test]
async fn a_sign_in_belongs_to_the_session_and_kiosk_that_began_it() {
    let server = Server::start().await;
    let visit = at_the_door(&server).await;
    let stolen = server.post(&visit.path("/vneid"), &json!({})).send(&Kiosk::other()).await;
    assert_eq!(stolen.problem(), (404, "session_unknown".into()));
    let bystander = at_the_door(&server).await;
    come_back(&server, &chosen(&begun(&visit).await, HER).await).await;
    assert!(matches!(visit.look().await.step, Step::ConfirmPerson { .. }));
    assert!(matches!(bystander.look().await.step, Step::Identify { again: None, .. }));
    // Whoever is known already signs in no more.
    let late = server.post(&visit.path("/vneid"), &json!({})).send(&visit.kiosk).await;
    assert_eq!(late.problem(), (409, "answer_unexpected".into()));
}

#[tokio::test]
async fn a_sign_in_that_comes_after_another_document_changes_nothing() {
    let server = Server::start().await;
    let mut visit = at_the_door(&server).await;
    let path = chosen(&begun(&visit).await, HER).await;
    let challenge = visit.challenge().await;
    visit.present(card::read("pham-quoc-dat", Some(&challenge))).await;
    assert_eq!(come_back(&server, &path).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(visit.look().await, visit.view, "the card was somebody else's, and stays");
}

#[tokio::test]
async fn vneid_is_offered_where_the_kiosk_asks_for_it_and_it_answers() {
    let server = Server::start().await;
    let visit = Visit::at_any_door(&server).await;
    let refused = server.post(&visit.path("/vneid"), &json!({})).send(&visit.kiosk).await;
    assert_eq!(refused.problem(), (409, "answer_unexpected".into()));

    let server = Server::alone().await;
    let visit = at_the_door(&server).await;
    let down = server.post(&visit.path("/vneid"), &json!({})).send(&visit.kiosk).await;
    assert_eq!(down.problem(), (503, "vneid_unavailable".into()));
    assert_eq!(visit.look().await, visit.view);
}

#[tokio::test]
async fn who_signs_in_gets_the_number_that_a_code_gave_them_today() {
    let server = Server::start().await;
    let mut shown = at_the_door(&server).await;
    shown.show(HER_CARD).await;
    shown.answer(Answer::BirthYear { year: 1948 }).await;
    shown.choose().await;
    let Step::Done { ticket: first, .. } = &shown.view.step else { panic!("{:?}", shown.view) };
    let mut visit = at_the_door(&server).await;
    come_back(&server, &chosen(&begun(&visit).await, HER).await).await;
    visit.answer(Answer::ConfirmPerson { is_me: true }).await;
    let Step::Done { ticket, notices, .. } = &visit.view.step else { panic!("{:?}", visit.view) };
    assert_eq!((&ticket.number, notices.as_slice()), (&first.number, &[Notice::AlreadyCheckedIn][..]));
}
