//! Staff admit whom a conversation was about, or somebody else: what it proved and found out is about the first alone.

use flows::{Answer, engine::InsuranceStatus, person::Relation, policy::Strength};
use identity::ReasonCode;
use jiff::civil::date;
use server::store::{Method, Numbers as _, Outbox as _, Store as _, Visit as Kept};

use crate::{kit::Server, visit::Visit};

const DAT: &str = "pham-quoc-dat";
const HIS_NAME: &str = "full_name=Ph%E1%BA%A1m+Qu%E1%BB%91c+%C4%90%E1%BA%A1t";

async fn admitted(server: &Server, form: &str) -> Kept {
    let call = server.store.open_calls().await.unwrap().remove(0);
    let staff = server.staff().await;
    let form = format!("reason=may+hong&where_to=illness%2Fp2&{form}");
    let answer = server.raw(staff.form(&format!("/staff/calls/{}/admit", call.id), &form)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    server.store.visits("01999", date(2026, 9, 15)).await.unwrap().remove(0)
}

/// He proved himself, the registers answered, and then he called.
async fn called(server: &Server) -> Visit<'_> {
    let mut visit = Visit::presented(server, DAT).await;
    visit.answer(Answer::ConfirmPerson { is_me: true }).await;
    visit.answer(Answer::CallStaff { code: ReasonCode::HelpWanted }).await;
    visit
}

fn proof_is_kept(record: &Kept) -> bool {
    let parts = [record.verdict.is_some(), record.signer_sha256.is_some(), record.evidence_basis.is_some()];
    assert!(parts.iter().all(|part| *part == parts[0]), "{record:?}");
    parts[0]
}

#[tokio::test]
async fn whom_the_chip_proved_is_recorded_as_proved() {
    let server = Server::start().await;
    called(&server).await;
    let record =
        admitted(&server, &format!("{HIS_NAME}&number=001090034567&birth=21%2F7%2F1990&sex=male")).await;
    assert_eq!((record.recorded.method, record.recorded.strength), (Method::Chip, Strength::FullChipProof));
    assert!(proof_is_kept(&record) && record.verdict.unwrap().full_chip_proof());
    assert_eq!(record.decision.as_ref().unwrap().reason, "may hong", "and who admitted him");
    // What the register said is carried on, and is not asked again.
    assert_eq!(record.insurance_result.as_deref(), Some("003"));
    assert!(record.insurance_card.is_some());
    assert!(server.store.undelivered_messages().await.unwrap().is_empty());
    let numbers = server.store.numbers_of(record.recorded.subject).await.unwrap();
    assert!(numbers.len() > 1, "the number that the register knows him by is kept: {numbers:?}");
}

#[tokio::test]
async fn whom_staff_type_does_not_get_what_another_s_card_proved() {
    let server = Server::start().await;
    called(&server).await;
    let record = admitted(&server, "full_name=Tran+Van+Tam&number=001090034568&birth=1990").await;
    assert_eq!((record.recorded.method, record.recorded.strength), (Method::ByHand, Strength::NoDocument));
    assert!(!proof_is_kept(&record), "{record:?}");
    assert_eq!(record.recorded.insurance, InsuranceStatus::Unverified);
    assert!(record.insurance_card.is_none());
}

#[tokio::test]
async fn without_a_number_name_and_birth_say_whose_the_proof_is() {
    let server = Server::start().await;
    called(&server).await;
    let record = admitted(&server, &format!("{HIS_NAME}&birth=21%2F7%2F1990&sex=male")).await;
    assert!(proof_is_kept(&record));
    let number = record.patient.as_ref().and_then(|patient| patient.number.clone());
    assert_eq!(
        number.unwrap().as_str(),
        "001090034567",
        "what the document says counts where staff left it out"
    );
    assert_eq!(record.recorded.method, Method::Chip);

    let server = Server::start().await;
    called(&server).await;
    let record = admitted(&server, &format!("{HIS_NAME}&birth=22%2F7%2F1990&sex=male")).await;
    assert!(!proof_is_kept(&record));
    assert_eq!((record.recorded.method, record.recorded.strength), (Method::ByHand, Strength::NoDocument));
}

#[tokio::test]
async fn whoever_came_for_somebody_stays_in_the_record() {
    let server = Server::start().await;
    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    visit.answer(Answer::OnBehalf).await;
    visit.answer(Answer::Choose { id: "child".into() }).await;
    visit.answer(Answer::CallStaff { code: ReasonCode::HelpWanted }).await;
    let call = server.store.open_calls().await.unwrap().remove(0).id;
    let staff = server.staff().await;
    assert_eq!(server.raw(staff.form(&format!("/staff/calls/{call}/take"), "")).await.status, 303);
    let page = server.raw(staff.page(&format!("/staff/calls/{call}"))).await;
    assert!(page.text().contains("value=\"child\" selected"), "{}", page.text());
    let form =
        "full_name=Nguy%E1%BB%85n+Th%E1%BB%8B+Ho%C3%A0&number=001148012345&birth=2%2F3%2F1948&sex=female";
    // A one-time code signs in once: the next is of another half minute.
    server.wait(60);
    let record = admitted(&server, form).await;
    let with = record.patient.as_ref().and_then(|patient| patient.representative.as_ref());
    assert_eq!(with.map(|with| with.relation), Some(Relation::Child));
}
