//! The register's answers are kept as evidence, and go when their time is over.

use flows::law::{Record, retention::Ending};

use super::{outbox::with_messages, subject_requests::decision, *};

const DAY: i64 = 24 * 3600;

fn answer(json: &str) -> InsuranceAnswer {
    InsuranceAnswer { json: secret(json), asked_by: "demo".into(), at: at(0) }
}

async fn answered(world: &World<'_>, number: &str) -> Recorded {
    let new = NewVisit { answer: Some(answer("{\"maKetQua\": \"000\"}")), ..visit(Some(number)) };
    let check_in = world.check_in(new, at(0)).await;
    world.store.record_check_in(check_in).await.unwrap()
}

async fn intact(world: &World<'_>) {
    let report = world.store.verify_audit().await.unwrap();
    assert!(matches!(report, AuditReport::Intact { .. }), "{report:?}");
}

pub async fn an_answer_is_kept_with_who_asked_and_when(world: &World<'_>) {
    let recorded = answered(world, "001148012345").await;
    let kept = KeptAnswer {
        asked_by: "demo".into(),
        decision: None,
        json: Some(secret("{\"maKetQua\": \"000\"}")),
        at: at(0),
    };
    assert_eq!(world.store.answers_of(recorded.visit).await.unwrap(), std::slice::from_ref(&kept));
    // Whoever shows up a second time is asked about a second time.
    answered(world, "001148012345").await;
    assert_eq!(world.store.answers_of(recorded.visit).await.unwrap().len(), 2);
    world.store.destroy_subject_key(recorded.subject, at(1)).await.unwrap();
    let erased = KeptAnswer { json: None, ..kept };
    assert_eq!(world.store.answers_of(recorded.visit).await.unwrap(), [erased.clone(), erased]);
    intact(world).await;
}

pub async fn a_later_answer_is_kept_with_the_number_that_it_names(world: &World<'_>) {
    let recorded = with_messages(world, "001148000001", &[MessageKind::InsuranceLookUp]).await;
    let message = world.store.claim_message(at(9), SignedDuration::from_secs(60)).await.unwrap().unwrap();
    let found = InsuranceFound {
        insurance: Insurance { status: InsuranceStatus::Valid, result_code: Some("000".into()), card: None },
        number: Some(identity::insurance::SocialInsuranceNumber::parse("0148000001").unwrap()),
        answer: Some(secret("{}")),
    };
    let delivered =
        Delivered { message: message.id, receipt: None, found: Some(Found::Insurance(found)), at: at(10) };
    world.store.message_delivered(delivered).await.unwrap();
    let answers = world.store.answers_of(recorded.visit).await.unwrap();
    assert_eq!(answers.len(), 1);
    assert_eq!((answers[0].asked_by.as_str(), answers[0].at), (crate::store::answers::ASKED_AGAIN, at(10)));
    let numbers = world.store.numbers_of(recorded.subject).await.unwrap();
    let registered = numbers.iter().find(|kept| kept.kind == NumberKind::Insured).unwrap();
    assert_eq!(registered.standing, NumberStanding::Registered);
    intact(world).await;
}

pub async fn what_a_clinician_asked_for_is_kept_with_the_reason(world: &World<'_>) {
    let recorded = world.checked_in("001148012345", at(0)).await;
    let history = KeepHistory {
        visit: recorded.visit,
        json: secret("{\"dsLichSuKCB2018\": []}"),
        decision: decision("đau ngực, xem đơn cũ"),
        staff: world.id(),
        at: at(5),
    };
    world.store.keep_history(history.clone()).await.unwrap();
    let answers = world.store.answers_of(recorded.visit).await.unwrap();
    assert_eq!(answers[0].decision, Some(decision("đau ngực, xem đơn cũ")));
    assert_eq!(answers[0].asked_by, history.staff.to_string());
    let nowhere = KeepHistory { visit: world.id(), ..history.clone() };
    assert!(matches!(world.store.keep_history(nowhere).await, Err(StoreError::UnknownVisit)));
    world.store.destroy_subject_key(recorded.subject, at(6)).await.unwrap();
    assert!(matches!(world.store.keep_history(history).await, Err(StoreError::UnknownVisit)));
    intact(world).await;
}

pub async fn an_answer_goes_after_a_year(world: &World<'_>) {
    let recorded = answered(world, "001148012345").await;
    world.store.purge(at(364 * DAY)).await.unwrap();
    assert_eq!(world.store.answers_of(recorded.visit).await.unwrap().len(), 1);
    let proofs = world.store.purge(at(366 * DAY)).await.unwrap();
    let purged = proofs.iter().find(|proof| proof.record == Record::RawInsuranceAnswer).unwrap();
    assert_eq!((purged.ending, purged.count), (Ending::RowDeleted, 1));
    assert_eq!(world.store.answers_of(recorded.visit).await.unwrap(), []);
    intact(world).await;
}
