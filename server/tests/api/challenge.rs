//! The challenge: the server's, for this session and kiosk, once, for 120 seconds.

use flows::{Answer, Evidence, Step, evidence::ChipFile, wire::SessionView};
use identity::{ReasonCode, SecretBytes, proof::verdict::ChallengeOrigin};

use crate::{card, kit::Server, visit::Visit};

const SLUG: &str = "pham-quoc-dat";

#[tokio::test]
async fn a_recorded_answer_of_a_chip_is_worth_nothing_in_another_session() {
    let server = Server::start().await;
    let first = Visit::consented(&server).await;
    let challenge = first.challenge().await;
    let recorded = card::read(SLUG, Some(&challenge));
    // Not used yet, but another session's.
    let mut thief = Visit::consented(&server).await;
    thief.present(recorded.clone()).await;
    assert_eq!(thief.view.step, Step::CallStaff { code: ReasonCode::ChallengeUsed });
    // It is still the first session's own.
    let mut first = first;
    first.present(recorded.clone()).await;
    assert!(matches!(first.view.step, Step::ConfirmPerson { .. }), "{:?}", first.view);
    // And now it is used up.
    let mut late = Visit::consented(&server).await;
    late.present(recorded).await;
    assert_eq!(late.view.step, Step::CallStaff { code: ReasonCode::ChallengeUsed });
    assert_eq!(late.view.verdict.unwrap().verdict.chip.code, ReasonCode::ChallengeUsed);
}

#[tokio::test]
async fn a_challenge_older_than_two_minutes_is_dead_and_the_card_is_read_again() {
    let server = Server::start().await;
    let mut visit = Visit::consented(&server).await;
    let challenge = visit.challenge().await;
    assert_eq!((challenge.nonce.as_slice().len(), challenge.expires_in), (8, 120));
    let evidence = card::read(SLUG, Some(&challenge));
    server.wait(121);
    visit.present(evidence).await;
    let Step::Identify { again, .. } = visit.view.step else { panic!("{:?}", visit.view) };
    assert_eq!(again, Some(ReasonCode::ChallengeExpired));
    let fresh = visit.challenge().await;
    assert_ne!(fresh.nonce, challenge.nonce);
    visit.present(card::read(SLUG, Some(&fresh))).await;
    assert!(matches!(visit.view.step, Step::ConfirmPerson { .. }), "{:?}", visit.view);
}

#[tokio::test]
async fn evidence_that_is_sent_again_is_judged_once() {
    let server = Server::start().await;
    let visit = Visit::consented(&server).await;
    let challenge = visit.challenge().await;
    let evidence = Evidence::Chip(card::read(SLUG, Some(&challenge)));
    let call = visit.call(&Answer::Evidence { evidence });
    let first: SessionView = call.send(&visit.kiosk).await.json();
    let second: SessionView = call.again().send(&visit.kiosk).await.json();
    assert_eq!(first, second);
    assert!(matches!(first.step, Step::ConfirmPerson { .. }));
}

#[tokio::test]
async fn a_challenge_that_never_was_is_refused() {
    let server = Server::start().await;
    for id in ["none such", "00000000-0000-4000-8000-000000000000"] {
        let mut visit = Visit::consented(&server).await;
        let challenge = visit.challenge().await;
        let mut evidence = card::read(SLUG, Some(&challenge));
        evidence.challenge_id = Some(id.into());
        visit.present(evidence).await;
        assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::ChallengeUsed }, "{id}");
    }
}

#[tokio::test]
async fn files_without_a_proof_are_seen_for_what_they_are() {
    let server = Server::start().await;
    let mut visit = Visit::consented(&server).await;
    visit.present(card::read(SLUG, None)).await;
    let verdict = visit.view.verdict.unwrap();
    assert_eq!(verdict.challenge, ChallengeOrigin::None);
    assert_eq!(verdict.verdict.chip.code, ReasonCode::ProofWithheld);
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::ProofWithheld });
}

#[tokio::test]
async fn evidence_that_is_no_card_s_is_refused_and_can_be_sent_right() {
    let server = Server::start().await;
    let mut visit = Visit::consented(&server).await;
    let challenge = visit.challenge().await;
    let good = card::read(SLUG, Some(&challenge));
    let mut doubled = good.clone();
    doubled.files.push(doubled.files[0].clone());
    let mut strange = good.clone();
    strange.files.push(ChipFile { name: "../EF.SOD".into(), content: SecretBytes::default() });
    for bad in [doubled, strange] {
        let answer = Answer::Evidence { evidence: Evidence::Chip(bad) };
        assert_eq!(visit.send(&answer).await.problem(), (400, "evidence_malformed".into()));
    }
    // Nothing was used up.
    visit.present(good).await;
    assert!(matches!(visit.view.step, Step::ConfirmPerson { .. }), "{:?}", visit.view);
}

#[tokio::test]
async fn hostile_files_end_with_staff_and_not_with_a_fault() {
    let server = Server::start().await;
    for (name, content) in [
        ("EF.SOD", vec![]),
        ("EF.SOD", vec![0x77, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
        ("EF.SOD", vec![0x30; 4096]),
        ("EF.DG1", vec![0x61, 0x00]),
        ("EF.DG13", vec![0xFF; 64]),
        ("EF.DG15", vec![0x6F, 0x80]),
    ] {
        let mut visit = Visit::consented(&server).await;
        let challenge = visit.challenge().await;
        let mut evidence = card::read(SLUG, Some(&challenge));
        let file = evidence.files.iter_mut().find(|file| file.name == name).unwrap();
        file.content = SecretBytes::new(content);
        visit.present(evidence).await;
        assert!(matches!(visit.view.step, Step::CallStaff { .. }), "{name}: {:?}", visit.view);
    }
}
