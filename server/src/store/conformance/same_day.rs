//! Who comes twice on a day, and whom a number leads to that nobody confirmed.

use flows::engine::Population;
use identity::insurance::{InsuranceNumber, SocialInsuranceNumber};

use super::*;

const HOA: &str = "001148012345";
const CARD: &str = "HT2010148012345";
const INSURED: &str = "0148012345";

fn stated() -> Vec<GivenNumber> {
    let number = SubjectNumber::Insured(SocialInsuranceNumber::parse(INSURED).unwrap());
    vec![GivenNumber { number, standing: NumberStanding::Stated }]
}

/// Somebody who typed or showed who they are; the registers are away.
fn unproved(name: &str, number: Option<&str>) -> NewVisit {
    let mut new = NewVisit { method: Method::ByHand, strength: Strength::StaticOrTyped, ..visit(number) };
    new.patient.full_name = name.into();
    new
}

fn with_card(name: &str) -> NewVisit {
    let mut new = NewVisit { method: Method::InsuranceLookUp, numbers: stated(), ..unproved(name, None) };
    new.patient.insurance_number = Some(InsuranceNumber::parse(CARD).unwrap());
    new
}

async fn recorded(world: &World<'_>, visit: NewVisit, at: Timestamp) -> Recorded {
    let check_in = CheckIn { chip: None, submission: None, ..world.check_in(visit, at).await };
    world.store.record_check_in(check_in).await.unwrap()
}

async fn finished(world: &World<'_>, visit: Uuid, at: Timestamp) {
    let change = PlaceChange {
        visit,
        event: flows::health::queue::Event::Cancelled,
        by: Decision { staff: "Lê Thị Cán".into(), id: None, reason: "về rồi".into() },
        rule: flows::health::queue::Interleave::default(),
        at,
    };
    world.store.change_place(change).await.unwrap();
}

pub async fn who_has_no_number_and_comes_twice_is_noticed(world: &World<'_>) {
    for new in [unproved("Lê Gia Bảo", None), with_card("Nguyễn Thị Hoà")] {
        let first = recorded(world, new.clone(), at(0)).await;
        let mut capitals = new.clone();
        capitals.patient.full_name = new.patient.full_name.to_uppercase();
        let again = recorded(world, capitals, at(10)).await;
        assert!(again.already && again.visit == first.visit, "two numbers for one person");
        // Somebody else is nobody's double.
        let mut sibling = new.clone();
        sibling.patient.birth = Some(Birth { year: 1949, month: Some(3), day: Some(2) });
        assert!(!recorded(world, sibling, at(20)).await.already, "another birth");
        let mut namesake = new.clone();
        namesake.patient.full_name = "Lê Gia Bình".into();
        assert!(!recorded(world, namesake, at(30)).await.already, "another name");
        // Seen: a new number. The day after: a new number.
        finished(world, first.visit, at(40)).await;
        let second = recorded(world, new.clone(), at(50)).await;
        assert!(!second.already);
        assert!(!recorded(world, new, at(86_400)).await.already);
    }
    let report = world.store.verify_audit().await.unwrap();
    assert!(matches!(report, AuditReport::Intact { .. }), "{report:?}");
}

pub async fn two_unknown_people_and_whoever_staff_receive_are_nobody_s_double(world: &World<'_>) {
    let by_hand = NewVisit { strength: Strength::NoDocument, ..unproved("Con bà Hoà", None) };
    let first = recorded(world, by_hand.clone(), at(0)).await;
    let twin = recorded(world, by_hand, at(10)).await;
    assert!(!twin.already && twin.subject != first.subject, "twins without a name");
    let unknown = NewVisit { method: Method::Undetermined, ..unproved("Chưa xác định", None) };
    recorded(world, unknown.clone(), at(20)).await;
    assert!(!recorded(world, unknown, at(30)).await.already);
}

pub async fn that_somebody_came_today_is_forgotten_tomorrow(world: &World<'_>) {
    use flows::law::{Record, retention::Ending};
    let first = recorded(world, unproved("Lê Gia Bảo", None), at(0)).await;
    let second = recorded(world, unproved("Lê Gia Bình", None), at(0)).await;
    world.store.destroy_subject_key(second.subject, at(5)).await.unwrap();
    let back = recorded(world, unproved("Lê Gia Bình", None), at(10)).await;
    assert!(!back.already && back.visit != second.visit, "nothing links them to who was erased");
    world.store.forget_expired(at(86_400 + 20)).await.unwrap();
    let proofs = world.store.purges(10).await.unwrap();
    let proof = proofs.iter().find(|proof| proof.record == Record::SameDay).unwrap();
    assert_eq!((proof.ending, proof.count), (Ending::RowDeleted, 2));
    assert!(world.store.visit(first.visit).await.unwrap().unwrap().patient.is_some());
}

/// An insurance number that a register gave for one person, shown by somebody of another name while no register answers.
pub async fn an_unconfirmed_number_beside_another_name_leads_to_nobody(world: &World<'_>) {
    let number = SubjectNumber::Insured(SocialInsuranceNumber::parse(INSURED).unwrap());
    let registered = vec![GivenNumber { number, standing: NumberStanding::Registered }];
    let check_in = world.check_in(NewVisit { numbers: registered, ..visit(Some(HOA)) }, at(-86_400)).await;
    let owner = world.store.record_check_in(check_in).await.unwrap();

    let stranger = recorded(world, with_card("Trần Thị Khác"), at(0)).await;
    assert_ne!(stranger.subject, owner.subject, "a stranger with her card is not her");
    let own = recorded(world, with_card("NGUYỄN THỊ HOÀ"), at(10)).await;
    assert_eq!(own.subject, owner.subject, "her name and birth beside her card");

    let typed = recorded(world, unproved("Trần Thị Khác", Some(HOA)), at(86_400)).await;
    assert_ne!(typed.subject, owner.subject, "a stranger who types her number is not her");
    let twice = recorded(world, unproved("Trần Thị Khác", Some(HOA)), at(86_410)).await;
    assert!(twice.already && twice.visit == typed.visit);
    let known = PersonalNumber::parse(HOA).unwrap();
    assert_eq!(world.store.subject(&known).await.unwrap(), Some(owner.subject), "it stays her number");
    assert!(!world.store.same_numbers().await.unwrap().is_empty(), "staff see both");

    let mut year_alone = unproved("Nguyễn Thị Hoà", Some(HOA));
    year_alone.patient.birth = Some(Birth { year: 1948, month: None, day: None });
    assert_eq!(recorded(world, year_alone, at(86_420)).await.subject, owner.subject, "as far as she typed");
    let confirmed =
        NewVisit { population: Some(Population::Matches), ..unproved("Trần Thị Hoà", Some(HOA)) };
    let confirmed = recorded(world, confirmed, at(2 * 86_400)).await;
    assert_eq!(confirmed.subject, owner.subject, "the population database knows her new name");
    let report = world.store.verify_audit().await.unwrap();
    assert!(matches!(report, AuditReport::Intact { .. }), "{report:?}");
}
