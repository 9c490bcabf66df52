//! No more than is needed: what the population database is asked, and what a proof is good for.

use flows::{Answer, Evidence, Step};
use identity::ReasonCode;
use server::store::{Store as _, visits::station_day};

use crate::{
    card,
    kit::{Kiosk, Server},
    visit::Visit,
};

#[tokio::test]
async fn the_population_database_is_asked_yes_or_no_and_nothing_more() {
    let (server, heard) = Server::overheard().await;
    for slug in ["nguyen-thi-hoa", "ho-pho-thoi", "nguyen-thi-hoa"] {
        let mut visit = Visit::presented(&server, slug).await;
        visit.finish().await;
    }
    let population: Vec<_> =
        heard.lock().unwrap().iter().filter(|call| call.path.starts_with("/population")).cloned().collect();
    assert!(population.len() >= 2, "nobody was asked");
    for call in &population {
        assert!(call.asked.contains("XacThucThongTinCongDan"), "{}", call.path);
        assert!(!call.asked.contains("TraCuu"), "a look-up, where a yes or no would do");
        // One bit comes back, and none of what the database knows.
        assert!(call.answered.contains("TonTai"));
        for personal in ["Hoà", "HOÀ", "NoiThuongTru", "QueQuan", "DanToc", "148012345"] {
            assert!(!call.answered.contains(personal), "{personal} came back");
        }
    }
}

/// NĐ 69/2024/NĐ-CP Đ19: the result of an authentication is not used again.
#[tokio::test]
async fn what_was_proved_for_one_visit_is_no_proof_for_another() {
    let server = Server::start().await;
    let mut first = Visit::consented(&server).await;
    let challenge = first.challenge().await;
    let proof = card::read("nguyen-thi-hoa", Some(&challenge));
    first.present(proof.clone()).await;
    first.finish().await;
    assert!(matches!(first.view.step, Step::Done { .. }), "{:?}", first.view);

    // The record says which conversation, so which proof, it belongs to.
    let visits = server.store.visits("01999", station_day(server.now())).await.unwrap();
    assert_eq!(visits.len(), 1);
    assert_eq!(visits[0].session.unwrap().to_string(), first.id);
    assert!(visits[0].verdict.is_some());

    // Another conversation of the same kiosk knows nothing of it, cannot go on as if it did, and cannot present it.
    let mut second = Visit::consented(&server).await;
    assert_eq!(second.view.verdict, None);
    let confirm = second.send(&Answer::ConfirmPerson { is_me: true }).await;
    assert_eq!(confirm.problem(), (409, "answer_unexpected".into()));
    second.present(proof.clone()).await;
    assert_eq!(second.view.step, Step::CallStaff { code: ReasonCode::ChallengeUsed });
    // Nor does the first go on, now that it is done.
    let again = first.send(&Answer::Evidence { evidence: Evidence::Chip(proof) }).await;
    assert_eq!(again.problem(), (409, "answer_unexpected".into()));
    // And no other kiosk is told of it.
    let stolen = server.get(&format!("/v1/sessions/{}", first.id)).send(&Kiosk::other()).await;
    assert_eq!(stolen.problem().0, 404);
    assert_eq!(server.store.visits("01999", station_day(server.now())).await.unwrap().len(), 1);
}

/// Consent is kept with the words that it was given to, and with whose it was.
#[tokio::test]
async fn a_consent_at_the_kiosk_stands_in_the_ledger() {
    use server::store::Consents as _;
    let server = Server::start().await;
    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    visit.finish().await;
    let visits = server.store.visits("01999", station_day(server.now())).await.unwrap();
    let ledger = server.store.consents_of(visits[0].recorded.subject).await.unwrap();
    assert_eq!(ledger.len(), 1);
    assert!(ledger[0].text_known);
    let text = server.store.consent_text(ledger[0].text_sha256).await.unwrap().unwrap();
    assert!(text.text.contains("cho máy đọc chip"));
}
