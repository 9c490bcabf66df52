//! The consent ledger.

use flows::{
    consent::current,
    law::age::{ConsentRole, Spoken},
    person::Relation,
    step::Purpose,
};

use super::*;
use crate::store::consents::{ByHand, Channel, ConsentAnswer, ConsentAtDesk, Withdrawal};

fn text() -> flows::consent::ConsentText {
    *current(Purpose::HealthCheckIn, ConsentRole::Person, Language::Vi).unwrap()
}

fn by_hand(representative: Option<&str>) -> ByHand {
    ByHand { staff: "Trần Văn Mẫu".into(), representative: representative.map(str::to_owned) }
}

/// A parent spoke.
fn for_child() -> Spoken {
    Spoken { role: ConsentRole::Representative, relation: Some(Relation::Parent) }
}

/// A conversation in which consent to `text` was given.
async fn consented(world: &World<'_>, known: bool) -> Uuid {
    let session = world.session(at(0)).await;
    let turn = world.turn(session, 0, at(1)).await;
    let consent = Consent {
        purpose: Purpose::HealthCheckIn,
        given: true,
        language: Language::Vi,
        text_sha256: if known { text().sha256() } else { [5; 32] },
        text: known.then(text),
        spoken: None,
    };
    world.store.save_turn(Turn { consent: Some(consent), ..turn }).await.unwrap();
    session
}

/// Someone with a number who checked in with consent.
pub async fn consenting(world: &World<'_>, number: &str) -> Recorded {
    consenting_as(world, visit(Some(number))).await
}

/// Someone who checked in with consent.
pub async fn consenting_as(world: &World<'_>, visit: NewVisit) -> Recorded {
    let session = consented(world, true).await;
    let check_in = world.check_in(visit, at(2)).await;
    world.store.record_check_in(CheckIn { session, version: 1, ..check_in }).await.unwrap()
}

pub async fn a_consent_can_be_proved_to_the_words_that_were_shown(world: &World<'_>) {
    let recorded = consenting(world, "001148012345").await;
    let ledger = world.store.consents_of(recorded.subject).await.unwrap();
    let [entry] = ledger.as_slice() else { panic!("{ledger:?}") };
    assert_eq!((entry.answer, entry.purpose), (ConsentAnswer::Given, Purpose::HealthCheckIn));
    assert_eq!((&entry.channel, entry.at), (&Channel::Kiosk("demo".into()), at(1)));
    assert_eq!((entry.role, entry.relation), (Some(ConsentRole::Person), None), "known with the check-in");
    assert!(entry.text_known && entry.session.is_some() && entry.withdraws.is_none());
    let session = entry.session.unwrap();
    assert_eq!(world.store.session_consent(session).await.unwrap(), Some(entry.id));
    assert_eq!(world.store.session_consent(world.id()).await.unwrap(), None, "of another conversation");
    let kept = world.store.consent_text(entry.text_sha256).await.unwrap().unwrap();
    assert_eq!((kept.text, kept.version, kept.language), (text().text(), text().version, Language::Vi));
    assert!(world.store.latest_consents(true, 10).await.unwrap().is_empty());
}

pub async fn a_consent_to_words_that_nobody_knows_is_kept_and_marked(world: &World<'_>) {
    consented(world, false).await;
    let unknown = world.store.latest_consents(true, 10).await.unwrap();
    let [entry] = unknown.as_slice() else { panic!("{unknown:?}") };
    assert_eq!((entry.text_known, entry.text_sha256, entry.subject), (false, [5; 32], None));
    assert_eq!(world.store.consent_text([5; 32]).await.unwrap(), None);
}

pub async fn a_refusal_is_kept_and_one_person_s_consent_is_not_another_s(world: &World<'_>) {
    let recorded = consenting(world, "001148012345").await;
    let other = world.checked_in("001148000002", at(3)).await;
    assert!(world.store.consents_of(other.subject).await.unwrap().is_empty());
    let refusal = ConsentAtDesk {
        subject: other.subject,
        text: text(),
        given: false,
        spoken: Spoken::default(),
        by_hand: by_hand(None),
        at: at(4),
    };
    world.store.record_consent(refusal).await.unwrap();
    let ledger = world.store.consents_of(other.subject).await.unwrap();
    assert_eq!(ledger.iter().map(|entry| entry.answer).collect::<Vec<_>>(), [ConsentAnswer::Refused]);
    assert_eq!(world.store.consents_of(recorded.subject).await.unwrap().len(), 1);
}

pub async fn a_representative_s_consent_says_who_spoke_and_what_they_are_to_the_child(world: &World<'_>) {
    let child = world.checked_in("001219000001", at(0)).await;
    let consent = ConsentAtDesk {
        subject: child.subject,
        text: text(),
        given: true,
        spoken: for_child(),
        by_hand: by_hand(Some("Lê Thị Ỷ")),
        at: at(1),
    };
    world.store.record_consent(consent).await.unwrap();
    let ledger = world.store.consents_of(child.subject).await.unwrap();
    assert_eq!(
        (ledger[0].role, ledger[0].relation),
        (Some(ConsentRole::Representative), Some(Relation::Parent))
    );
    assert_eq!(ledger[0].channel, Channel::Desk);
    assert_eq!(ledger[0].by_hand, Some(by_hand(Some("Lê Thị Ỷ"))));
    world.store.destroy_subject_key(child.subject, at(2)).await.unwrap();
    assert_eq!(world.store.consents_of(child.subject).await.unwrap()[0].by_hand, None);
}

pub async fn a_withdrawal_is_a_row_of_its_own_and_empties_what_rested_on_the_consent(world: &World<'_>) {
    let recorded = consenting(world, "001148012345").await;
    let neighbour = consenting(world, "001148000002").await;
    let withdrawal = || Withdrawal {
        subject: recorded.subject,
        purpose: Purpose::HealthCheckIn,
        spoken: Spoken::default(),
        by_hand: by_hand(None),
        at: at(10),
    };
    let withdrawn = world.store.withdraw_consent(withdrawal()).await.unwrap();
    assert_eq!((withdrawn.consents, withdrawn.evidence_emptied), (1, 1));
    let ledger = world.store.consents_of(recorded.subject).await.unwrap();
    assert_eq!(
        ledger.iter().map(|entry| entry.answer).collect::<Vec<_>>(),
        [ConsentAnswer::Given, ConsentAnswer::Withdrawn]
    );
    assert_eq!(ledger[1].withdraws, Some(ledger[0].id));
    // The visit stays: the law asks for it. Its proof is gone, and that is no tampering.
    assert!(world.store.visit(recorded.visit).await.unwrap().unwrap().patient.is_some());
    let proofs = world.store.purges(10).await.unwrap();
    assert_eq!((proofs[0].record, proofs[0].count), (flows::law::Record::Evidence, 1));
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
    assert_eq!(ledger[1].role, Some(ConsentRole::Person));
    // Twice is nothing more.
    assert_eq!(world.store.withdraw_consent(withdrawal()).await.unwrap().consents, 0);
    assert_eq!(world.store.consents_of(neighbour.subject).await.unwrap().len(), 1);
}

/// Two are asked for a child from 7 on: each stands in the ledger in the role in which they answered.
pub async fn of_two_who_consent_for_a_child_each_stands_in_the_ledger_in_their_role(world: &World<'_>) {
    let session = consented(world, true).await;
    let turn = world.turn(session, 1, at(2)).await;
    let words = *current(Purpose::HealthCheckIn, ConsentRole::Representative, Language::Vi).unwrap();
    let consent = Consent {
        purpose: Purpose::HealthCheckIn,
        given: true,
        language: Language::Vi,
        text_sha256: words.sha256(),
        text: Some(words),
        spoken: Some(for_child()),
    };
    world.store.save_turn(Turn { consent: Some(consent), ..turn }).await.unwrap();
    let check_in = CheckIn {
        session,
        version: 2,
        spoken: Spoken { role: ConsentRole::Child, relation: None },
        ..world.check_in(visit(Some("001212000001")), at(3)).await
    };
    let child = world.store.record_check_in(check_in).await.unwrap();
    let ledger = world.store.consents_of(child.subject).await.unwrap();
    let spoken: Vec<_> = ledger.iter().map(|entry| (entry.role, entry.relation, entry.text_sha256)).collect();
    assert_eq!(
        spoken,
        [
            (Some(ConsentRole::Child), None, text().sha256()),
            (Some(ConsentRole::Representative), Some(Relation::Parent), words.sha256()),
        ]
    );
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

/// What was still to be asked on the consent alone is not asked any more; what a law asks for is.
pub async fn a_withdrawal_stops_what_was_still_to_be_asked_on_it(world: &World<'_>) {
    let session = consented(world, true).await;
    let message = |kind| NewMessage { kind, part: String::new(), payload: secret("{}"), not_before: at(2) };
    let check_in = CheckIn {
        session,
        version: 1,
        messages: vec![message(MessageKind::PopulationCheck), message(MessageKind::InsuranceLookUp)],
        ..world.check_in(visit(Some("001148012345")), at(2)).await
    };
    let recorded = world.store.record_check_in(check_in).await.unwrap();
    let withdrawal = Withdrawal {
        subject: recorded.subject,
        purpose: Purpose::HealthCheckIn,
        spoken: Spoken::default(),
        by_hand: by_hand(None),
        at: at(10),
    };
    assert_eq!(world.store.withdraw_consent(withdrawal).await.unwrap().messages_stopped, 1);
    let undelivered = world.store.undelivered_messages().await.unwrap();
    let kinds: Vec<_> = undelivered.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [MessageKind::InsuranceLookUp]);
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}
