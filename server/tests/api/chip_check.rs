//! C06's answer about a card, beside the verdict.

use flows::{CardStanding, Step, law::LegalBasis};
use identity::ReasonCode;
use server::store::{Consents as _, Store as _, visits::station_day};

use crate::{kit::Server, visit::Visit};

/// From now on the simulated C06 says that this person's card is revoked.
async fn revoke(server: &Server, number: &str) {
    let url = server.config.national.c06.as_ref().unwrap().url.replace("/c06/verify", "/control/revoked");
    let body = serde_json::json!({ "numbers": [number] }).to_string();
    let answer = reqwest::Client::new().put(url).header("content-type", "application/json").body(body).send();
    assert!(answer.await.unwrap().status().is_success());
}

#[tokio::test]
async fn a_good_card_is_asked_about_once_and_the_answer_kept_beside_the_verdict() {
    let (server, heard) = Server::overheard().await;
    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    assert_eq!(visit.view.verdict.unwrap().card, Some(CardStanding::Valid));
    visit.finish().await;
    let asked: Vec<_> =
        heard.lock().unwrap().iter().filter(|call| call.path.starts_with("/c06")).cloned().collect();
    let [call] = asked.as_slice() else { panic!("{} questions", asked.len()) };
    // A number, a certificate, a digest: no file of the chip.
    assert!(call.asked.contains("001148012345") && call.asked.len() < 4_000, "{}", call.asked.len());
    assert!(!call.asked.contains("Hoà"));
    let [record] = &server.store.visits("01999", station_day(server.now())).await.unwrap()[..] else {
        panic!()
    };
    assert_eq!((record.card, record.evidence_basis), (Some(CardStanding::Valid), Some(LegalBasis::Consent)));
    // It rests on the consent that was given in this conversation.
    let ledger = server.store.consents_of(record.recorded.subject).await.unwrap();
    assert!(call.asked.contains(&ledger[0].id.to_string()), "{}", call.asked);
}

#[tokio::test]
async fn a_revoked_card_fails_its_axis_and_leads_to_staff() {
    let server = Server::start().await;
    revoke(&server, "001148012345").await;
    let visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::DocumentRevoked });
    let view = visit.view.verdict.unwrap();
    assert_eq!(view.card, Some(CardStanding::Revoked));
    assert_eq!(view.verdict.first_failure(), Some(("revocation", ReasonCode::DocumentRevoked)));
    assert!(view.verdict.issuer.has_passed(), "C06 takes no other axis's place");
    assert_eq!(server.store.open_calls().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_unknown_issuer_stays_unknown_whatever_c06_says() {
    let server = Server::start().await;
    let visit = Visit::presented(&server, "ly-thi-ngoc-tram").await;
    let view = visit.view.verdict.unwrap();
    assert_eq!(view.card, Some(CardStanding::Valid));
    assert_eq!(view.verdict.issuer.code, ReasonCode::IssuerUnknown);
}

#[tokio::test]
async fn a_card_that_is_refused_already_is_not_asked_about() {
    let (server, heard) = Server::overheard().await;
    let visit = Visit::presented(&server, "do-ba-binh").await;
    assert_eq!(visit.view.verdict.unwrap().card, None);
    assert!(!heard.lock().unwrap().iter().any(|call| call.path.starts_with("/c06")));
}

#[tokio::test]
async fn without_an_answer_of_c06_people_are_seen() {
    let server = Server::alone().await;
    let mut visit = Visit::presented(&server, "pham-quoc-dat").await;
    assert_eq!(visit.view.verdict.unwrap().card, Some(CardStanding::Unavailable));
    visit.finish().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "{:?}", visit.view);
}
