//! The consent ledger.

use flows::{consent::current, law::age::Relation, step::Purpose};

use super::*;
use crate::store::consents::{ByHand, Channel, ConsentAnswer, ConsentAtDesk, Withdrawal};

fn text() -> flows::consent::ConsentText {
    *current(Purpose::HealthCheckIn, Language::Vi).unwrap()
}

fn by_hand(representative: Option<&str>) -> ByHand {
    ByHand { staff: "Trần Văn Mẫu".into(), representative: representative.map(str::to_owned) }
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
    };
    world.store.save_turn(Turn { consent: Some(consent), ..turn }).await.unwrap();
    session
}

/// Someone with a number who checked in with consent.
pub async fn consenting(world: &World<'_>, number: &str) -> Recorded {
    let session = consented(world, true).await;
    let check_in = world.check_in(visit(Some(number)), at(2)).await;
    world.store.record_check_in(CheckIn { session, version: 1, ..check_in }).await.unwrap()
}

pub async fn a_consent_can_be_proved_to_the_words_that_were_shown(world: &World<'_>) {
    let recorded = consenting(world, "001148012345").await;
    let ledger = world.store.consents_of(recorded.subject).await.unwrap();
    let [entry] = ledger.as_slice() else { panic!("{ledger:?}") };
    assert_eq!((entry.answer, entry.purpose), (ConsentAnswer::Given, Purpose::HealthCheckIn));
    assert_eq!((&entry.channel, entry.at), (&Channel::Kiosk("demo".into()), at(1)));
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
        relation: None,
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
        relation: Some(Relation::Mother),
        by_hand: by_hand(Some("Lê Thị Ỷ")),
        at: at(1),
    };
    world.store.record_consent(consent).await.unwrap();
    let ledger = world.store.consents_of(child.subject).await.unwrap();
    assert_eq!((ledger[0].relation, &ledger[0].channel), (Some(Relation::Mother), &Channel::Desk));
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
    // Twice is nothing more.
    assert_eq!(world.store.withdraw_consent(withdrawal()).await.unwrap().consents, 0);
    assert_eq!(world.store.consents_of(neighbour.subject).await.unwrap().len(), 1);
}
