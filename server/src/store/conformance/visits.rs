//! Check-ins and numbers.

use std::task::Poll;

use flows::engine::Population;

use super::*;
use crate::store::visits::station_day;

const DAY: i64 = 24 * 3600;

pub async fn a_visit_is_kept_as_it_was_recorded(world: &World<'_>) {
    let given = visit(Some("001148012345"));
    let check_in = world.check_in(given.clone(), at(0)).await;
    let (session, key) = (check_in.session, check_in.request.key);
    let recorded = world.store.record_check_in(check_in).await.unwrap();
    assert_eq!((recorded.ticket_number().as_str(), recorded.already), ("001", false));
    let kept = world.store.visit(recorded.visit).await.unwrap().unwrap();
    assert_eq!(kept.recorded, recorded);
    assert_eq!(kept.patient, Some(given.patient));
    assert_eq!(kept.insurance_card, given.insurance.card);
    assert_eq!(
        (kept.recorded.insurance, kept.insurance_result),
        (InsuranceStatus::Unverified, Some("101".into()))
    );
    assert_eq!((kept.verdict, kept.recorded.strength), (Some(proved()), Strength::FullChipProof));
    assert_eq!((kept.access, kept.challenge), (Some(Access::PaceCan), Some(ChallengeOrigin::Server)));
    assert_eq!((kept.signer_sha256, kept.session), (Some([3; 32]), Some(session)));
    assert_eq!(kept.card, Some(flows::CardStanding::Valid));
    assert_eq!(kept.decision, None);
    // The conversation ended with it, and the response can be had again.
    let row = world.store.session(session, "demo").await.unwrap().unwrap();
    assert_eq!((row.recorded, row.state), (Some(recorded), secret("done 001")));
    let again = world.store.begin_request(world.request("demo", key, at(1))).await.unwrap();
    assert_eq!(again, Begun::Replayed(secret("number 001")));
}

pub async fn numbers_follow_one_another_in_each_row(world: &World<'_>) {
    let mut numbers = Vec::new();
    for queue in [Queue::Normal, Queue::Priority, Queue::Normal, Queue::Priority] {
        let number = format!("0011480{:05}", world.fresh());
        let check_in = world.check_in(NewVisit { queue, ..visit(Some(&number)) }, at(0)).await;
        numbers.push(world.store.record_check_in(check_in).await.unwrap().ticket_number());
    }
    assert_eq!(numbers, ["001", "U001", "002", "U002"]);
}

pub async fn numbers_begin_anew_each_day_and_at_each_station(world: &World<'_>) {
    assert_eq!(world.checked_in("001148000001", at(0)).await.number, 1);
    assert_eq!(world.checked_in("001148000002", at(0)).await.number, 2);
    assert_eq!(world.checked_in("001148000001", at(DAY)).await.number, 1);
    let elsewhere = NewVisit { station: "01998".into(), ..visit(Some("001148000002")) };
    let check_in = world.check_in(elsewhere, at(0)).await;
    assert_eq!(world.store.record_check_in(check_in).await.unwrap().number, 1);
    let today = world.store.visits(STATION, station_day(at(0))).await.unwrap();
    assert_eq!(today.iter().map(|visit| visit.recorded.number).collect::<Vec<_>>(), [2, 1]);
}

pub async fn the_same_person_keeps_the_number_of_the_day(world: &World<'_>) {
    let number = PersonalNumber::parse("001148012345").unwrap();
    let day = station_day(at(0));
    assert_eq!(world.store.earlier_visit(&number, STATION, day).await.unwrap(), None);
    let first = world.checked_in("001148012345", at(0)).await;
    let second = world.checked_in("001148012345", at(3600)).await;
    assert_eq!(second, Recorded { already: true, ..first.clone() });
    assert_eq!(world.store.earlier_visit(&number, STATION, day).await.unwrap(), Some(second));
    let tomorrow = world.checked_in("001148012345", at(DAY)).await;
    assert!(!tomorrow.already && tomorrow.visit != first.visit);
    assert_eq!(tomorrow.subject, first.subject);
    assert_eq!(world.store.subject(&number).await.unwrap(), Some(first.subject));
}

pub async fn a_refused_check_in_takes_no_number(world: &World<'_>) {
    let check_in = world.check_in(visit(Some("001148000001")), at(0)).await;
    let check_in = CheckIn { version: 9, ..check_in };
    assert!(matches!(world.store.record_check_in(check_in).await, Err(StoreError::StaleSession)));
    assert_eq!(world.store.visits(STATION, station_day(at(0))).await.unwrap().len(), 0);
    let number = PersonalNumber::parse("001148000001").unwrap();
    assert_eq!(world.store.subject(&number).await.unwrap(), None);
    assert_eq!(world.checked_in("001148000002", at(0)).await.number, 1);
}

async fn at_once(world: &World<'_>, numbers: impl IntoIterator<Item = String>) -> Vec<Recorded> {
    let mut waiting = Vec::new();
    for number in numbers {
        let check_in = world.check_in(visit(Some(&number)), at(0)).await;
        waiting.push(world.store.record_check_in(check_in));
    }
    // Each is polled before any is waited for.
    let mut outcomes: Vec<Option<Recorded>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, outcome) in waiting.iter_mut().zip(&mut outcomes) {
            if outcome.is_none()
                && let Poll::Ready(recorded) = future.as_mut().poll(context)
            {
                *outcome = Some(recorded.unwrap());
            }
        }
        if outcomes.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outcomes.into_iter().flatten().collect()
}

pub async fn people_at_many_kiosks_at_once_get_numbers_without_gap(world: &World<'_>) {
    let recorded = at_once(world, (0..40).map(|person| format!("0011480{person:05}"))).await;
    let mut numbers: Vec<u32> = recorded.iter().map(|recorded| recorded.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
}

pub async fn a_person_at_two_kiosks_at_once_gets_one_number(world: &World<'_>) {
    let recorded = at_once(world, (0..8).map(|_| "001148012345".to_owned())).await;
    assert_eq!(recorded.iter().filter(|recorded| !recorded.already).count(), 1);
    assert!(recorded.iter().all(|recorded| recorded.number == 1));
}

pub async fn an_earlier_number_is_not_told_to_who_proved_nothing(world: &World<'_>) {
    world.checked_in("001148012345", at(0)).await;
    let check_in = world.check_in(visit(Some("001148012345")), at(1)).await;
    let session = check_in.session;
    let respond = Respond::new(|recorded: &Recorded| {
        assert!(recorded.already);
        Completed {
            state: secret("staff"),
            response: secret("staff"),
            call: Some(StepCall { step: "choose".into(), code: ReasonCode::HolderNotProved }),
        }
    });
    world.store.record_check_in(CheckIn { respond, ..check_in }).await.unwrap();
    let row = world.store.session(session, "demo").await.unwrap().unwrap();
    assert_eq!((row.recorded, row.calls_closed), (None, false));
    let calls = world.store.open_calls().await.unwrap();
    assert_eq!(calls.iter().map(|call| call.session).collect::<Vec<_>>(), [Some(session)]);
}

pub async fn what_the_population_database_said_is_kept_with_the_visit(world: &World<'_>) {
    for (person, said, kept) in [
        ("001148000001", Some(Population::Mismatch), Some(Population::Mismatch)),
        ("001148000002", Some(Population::Matches), Some(Population::Matches)),
        // Asked again by a message of its own.
        ("001148000003", Some(Population::Unavailable), None),
        ("001148000004", None, None),
    ] {
        let new = NewVisit { population: said, ..visit(Some(person)) };
        let check_in = world.check_in(new, at(3)).await;
        let recorded = world.store.record_check_in(check_in).await.unwrap();
        let visit = world.store.visit(recorded.visit).await.unwrap().unwrap();
        let expected = kept.map(|outcome| PopulationCheck { outcome, at: at(3) });
        assert_eq!(visit.population_check, expected, "{said:?}");
    }
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}
