//! Children: who is asked besides, what is kept, and what is not asked of anybody without their consent.

use flows::{
    Answer, Evidence, Step,
    evidence::TypedEvidence,
    law::{LegalBasis, age::ConsentRole},
    person::{Birth, Relation, Sex},
    step::{Purpose, Question},
};
use identity::ReasonCode;
use jiff::civil::date;
use server::store::{
    Consents as _, MessageKind, Outbox as _, Store as _, Visit as Kept, consents::LedgerEntry,
};

use crate::{kit::Server, visit::Visit};

/// A boy of four, whose card has a chip.
const BOY: &str = "tran-gia-bao";

async fn kept(server: &Server) -> Kept {
    server.store.visits("01999", date(2026, 9, 15)).await.unwrap().remove(0)
}

async fn ledger(server: &Server) -> Vec<LedgerEntry> {
    server.store.consents_of(kept(server).await.recorded.subject).await.unwrap()
}

fn choice(id: &str) -> Answer {
    Answer::Choose { id: id.into() }
}

/// A girl of fourteen types who she is.
fn girl() -> Answer {
    let typed = TypedEvidence {
        number: "001312000017".into(),
        full_name: "Vàng Thị Mỷ".into(),
        birth: Birth { year: 2012, month: Some(3), day: Some(2) },
        sex: Sex::Female,
    };
    Answer::Evidence { evidence: Evidence::Typed(typed) }
}

#[track_caller]
fn asks(visit: &Visit<'_>, expected: Question) {
    let Step::Choose { question, .. } = &visit.view.step else { panic!("{:?}", visit.view) };
    assert_eq!(*question, expected);
}

#[tokio::test]
async fn a_mother_checks_her_small_son_in_and_the_ledger_says_that_she_spoke() {
    let (server, heard) = Server::overheard().await;
    let mut visit = Visit::presented(&server, BOY).await;
    visit.answer(Answer::OnBehalf).await;
    visit.answer(choice("parent")).await;
    visit.choose().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "{:?}", visit.view);
    let [entry] = &ledger(&server).await[..] else { panic!() };
    assert_eq!((entry.role, entry.relation), (Some(ConsentRole::Representative), Some(Relation::Parent)));
    let record = kept(&server).await;
    assert!(record.verdict.is_some());
    assert_eq!(record.evidence_basis, Some(LegalBasis::Consent));
    assert!(heard.lock().unwrap().iter().any(|call| call.path.starts_with("/population")));
}

#[tokio::test]
async fn a_grandmother_gets_a_number_for_him_and_nothing_is_done_that_rests_on_consent() {
    let (server, heard) = Server::overheard().await;
    let mut visit = Visit::presented(&server, BOY).await;
    visit.answer(Answer::OnBehalf).await;
    visit.answer(choice("grandparent")).await;
    visit.choose().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "{:?}", visit.view);
    let record = kept(&server).await;
    assert!(record.verdict.is_none() && record.signer_sha256.is_none(), "the chip's proof was kept");
    assert_eq!((record.legal_basis, record.evidence_basis), (LegalBasis::Law, None));
    let [entry] = &ledger(&server).await[..] else { panic!() };
    assert_eq!(entry.relation, Some(Relation::Grandparent), "who spoke is known");
    // The law asks for the look-up of the insurance.
    let paths: Vec<_> = heard.lock().unwrap().iter().map(|call| call.path.clone()).collect();
    assert!(paths.iter().any(|path| path.starts_with("/bhxh")), "{paths:?}");
    assert!(!paths.iter().any(|path| path.starts_with("/population")), "{paths:?}");
}

#[tokio::test]
async fn a_girl_of_fourteen_and_her_father_are_both_asked_and_both_stand_in_the_ledger() {
    let server = Server::alone().await;
    let mut visit = Visit::at_any_door(&server).await;
    visit.answer(girl()).await;
    asks(&visit, Question::Relation);
    visit.answer(choice("self")).await;
    asks(&visit, Question::Companion);
    visit.answer(choice("parent")).await;
    let (purpose, role) = (Purpose::HealthCheckIn, ConsentRole::Representative);
    assert_eq!(visit.view.step, Step::Consent { purpose, role });
    // A restart in between loses nothing of that.
    assert_eq!(visit.look().await, visit.view);
    visit.consent_of(role, true).await;
    visit.choose().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "{:?}", visit.view);
    let entries = ledger(&server).await;
    let spoken: Vec<_> = entries.iter().map(|entry| (entry.role, entry.relation)).collect();
    assert_eq!(
        spoken,
        [(Some(ConsentRole::Child), None), (Some(ConsentRole::Representative), Some(Relation::Parent))]
    );
    assert!(entries.iter().all(|entry| entry.text_known));
    let text = server.store.consent_text(entries[1].text_sha256).await.unwrap().unwrap();
    assert!(text.text.starts_with("Là cha, mẹ hoặc người giám hộ"), "{}", text.text);
    // With both consents the population database is asked as soon as it answers again.
    let waiting = server.store.undelivered_messages().await.unwrap();
    assert!(waiting.iter().any(|message| message.kind == MessageKind::PopulationCheck));
}

#[tokio::test]
async fn with_another_adult_she_is_received_by_the_law_alone() {
    let server = Server::alone().await;
    let mut visit = Visit::at_any_door(&server).await;
    visit.answer(girl()).await;
    visit.answer(choice("self")).await;
    visit.answer(choice("other")).await;
    visit.choose().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "{:?}", visit.view);
    let waiting = server.store.undelivered_messages().await.unwrap();
    let kinds: Vec<_> = waiting.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [MessageKind::InsuranceLookUp], "nor later");
}

#[tokio::test]
async fn a_parent_who_says_no_is_led_to_staff() {
    let server = Server::alone().await;
    let mut visit = Visit::at_any_door(&server).await;
    visit.answer(girl()).await;
    visit.answer(choice("self")).await;
    visit.answer(choice("parent")).await;
    visit.consent_of(ConsentRole::Representative, false).await;
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::ConsentRefused });
}

#[tokio::test]
async fn a_child_alone_gets_a_person_who_receives_it_without_what_its_card_proved() {
    let server = Server::start().await;
    let mut visit = Visit::presented(&server, BOY).await;
    visit.answer(Answer::ConfirmPerson { is_me: true }).await;
    asks(&visit, Question::Relation);
    visit.answer(choice("nobody")).await;
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::RepresentativeAbsent });
    let call = server.store.open_calls().await.unwrap().remove(0);
    assert_eq!(call.code, ReasonCode::RepresentativeAbsent);
    let staff = server.staff().await;
    let form = "reason=tre+di+mot+minh&full_name=Tr%E1%BA%A7n+Gia+B%E1%BA%A3o&number=001222023456&birth_year=2022&sex=male&where_to=illness%2Fp1";
    let admitted = server.raw(staff.form(&format!("/staff/calls/{}/admit", call.id), form)).await;
    assert_eq!(admitted.status.as_u16(), 303, "{}", String::from_utf8_lossy(&admitted.body));
    let record = kept(&server).await;
    assert!(record.verdict.is_none() && record.evidence_basis.is_none(), "the chip's proof was kept");
    assert!(record.patient.is_some());
}
