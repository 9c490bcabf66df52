//! A visit that turns out to be somebody else's: what was asked, proved, seen and kept follows whose it is.

use flows::{engine::Population, law::RequestKind};

use super::{
    outbox::{claimed, delivered, failed, first_cost, found, message, with_messages},
    reception::{correction, emergency, patient},
    staff::signed_in,
    subject_requests::{carried_out, decision, received},
    *,
};
use crate::{
    staff::Role,
    store::{
        accesses::{Accesses, NewAccess, Purpose, Shown},
        retention::{Mark, MarkKind},
        staff::Presented,
        subject_requests::{Action, Outcome, ReadRecords},
    },
};

const HOA: &str = "001148012345";
const TAM: &str = "001090034567";
const YEAR: i64 = 366 * 24 * 3600;

async fn kept(world: &World<'_>, visit: Uuid) -> Visit {
    world.store.visit(visit).await.unwrap().unwrap()
}

async fn intact(world: &World<'_>) {
    let report = world.store.verify_audit().await.unwrap();
    assert!(matches!(report, AuditReport::Intact { .. }), "{report:?}");
}

/// It was Mr Tám, not Mrs Hoà.
fn it_was_tam(recorded: &Recorded, at: Timestamp) -> CorrectVisit {
    correction(recorded, Wrong::Person, patient("Trần Văn Tám", Some(TAM)), at)
}

async fn corrected_to_tam(world: &World<'_>, recorded: &Recorded, at: Timestamp) -> Uuid {
    world.store.correct_visit(it_was_tam(recorded, at)).await.unwrap();
    let number = PersonalNumber::parse(TAM).unwrap();
    world.store.subject(&number).await.unwrap().unwrap()
}

fn valid(card: &str) -> Insurance {
    let card = flows::InsuranceCard {
        number: card.into(),
        valid_from: None,
        valid_to: None,
        place_code: None,
        place_name: None,
    };
    Insurance { status: InsuranceStatus::Valid, result_code: Some("000".into()), card: Some(card) }
}

async fn answered(world: &World<'_>, message: Uuid, answer: Found, at: Timestamp) {
    let delivered = Delivered { message, receipt: None, found: Some(answer), at };
    world.store.message_delivered(delivered).await.unwrap();
}

pub async fn what_was_asked_about_the_wrong_person_counts_for_nothing(world: &World<'_>) {
    use MessageKind::{CheckIn, InsuranceLookUp, PopulationCheck};
    let recorded = with_messages(world, HOA, &[InsuranceLookUp, PopulationCheck]).await;
    let late = [claimed(world, at(1)).await.unwrap(), claimed(world, at(1)).await.unwrap()];
    let cost = first_cost(world, recorded.visit, "", at(2)).await;
    world.store.record_first_cost(cost).await.unwrap();
    let population_check = Some(message(PopulationCheck, at(10)));
    let look_up = Some(message(InsuranceLookUp, at(10)));
    let fix = CorrectVisit { look_up, ..it_was_tam(&recorded, at(10)) };
    assert!(!world.store.correct_visit(fix).await.unwrap().to_tell, "nothing was sent");
    answered(world, late[0].id, found(valid("HT2010148012345")), at(11)).await;
    answered(world, late[1].id, Found::Population(Population::Matches), at(11)).await;
    let visit = kept(world, recorded.visit).await;
    assert!(
        visit.insurance_check.is_none() && visit.card_now().is_none() && visit.population_check.is_none()
    );

    // The CHECK-IN waits for the answer about him; nobody asks about him what rests on her consent.
    let look_up = claimed(world, at(12)).await.unwrap();
    assert_eq!((look_up.kind, look_up.of), (InsuranceLookUp, Of::Visit(recorded.visit)));
    assert_eq!(claimed(world, at(13)).await, None);
    answered(world, look_up.id, found(valid("DN4010090034567")), at(14)).await;
    let check_in = claimed(world, at(15)).await.unwrap();
    assert_eq!((check_in.kind, check_in.payload), (CheckIn, secret("about check_in")));
    assert_eq!(kept(world, recorded.visit).await.card_now().unwrap().number, "DN4010090034567");
    intact(world).await;

    // Her own number was wrong: she is asked about again, with the one that is right.
    let typed = with_messages(world, "001148000002", &[PopulationCheck]).await;
    let right = patient("Nguyễn Thị Hoà", Some("001148000003"));
    let fix = CorrectVisit {
        population_check: population_check.clone(),
        ..correction(&typed, Wrong::Data, right, at(20))
    };
    world.store.correct_visit(fix).await.unwrap();
    let again = claimed(world, at(21)).await.unwrap();
    assert_eq!((again.kind, again.of), (PopulationCheck, Of::Visit(typed.visit)));
    assert_eq!(claimed(world, at(21)).await, None, "once");
    // Where the question was answered it is not asked again.
    let asked = with_messages(world, "001148000004", &[]).await;
    let right = patient("Nguyễn Thị Hoà", Some("001148000005"));
    let fix = CorrectVisit { population_check, ..correction(&asked, Wrong::Data, right, at(30)) };
    world.store.correct_visit(fix).await.unwrap();
    assert_eq!(claimed(world, at(31)).await, None);
    intact(world).await;
}

pub async fn what_a_chip_proved_of_one_person_is_not_said_of_another(world: &World<'_>) {
    for (wrong, number, other) in [
        (Wrong::Person, "001148000001", None),
        (Wrong::Identified, "001148000002", Some("001148000012")),
        (Wrong::Data, "001148000003", Some("001148000013")),
    ] {
        let recorded = with_messages(world, number, &[MessageKind::PopulationCheck]).await;
        let question = claimed(world, at(1)).await.unwrap();
        answered(world, question.id, Found::Population(Population::Matches), at(2)).await;
        let before = kept(world, recorded.visit).await;
        assert!(before.verdict.is_some() && before.card.is_some() && before.population_check.is_some());
        let fix = correction(&recorded, wrong, patient("Trần Văn Tám", other), at(10));
        world.store.correct_visit(fix).await.unwrap();
        let after = kept(world, recorded.visit).await;
        assert_ne!(after.recorded.subject, recorded.subject);
        assert!(after.verdict.is_none() && after.access.is_none() && after.challenge.is_none(), "{wrong:?}");
        assert!(after.signer_sha256.is_none() && after.card.is_none(), "{wrong:?}");
        assert!(after.evidence_basis.is_none() && after.population_check.is_none(), "{wrong:?}");
        assert_eq!(after.decision.unwrap().reason, "nhập nhầm người", "{wrong:?}");
    }
    // Who came with the first, and when they were born, is not about the other either.
    let received = emergency(world, at(20)).await.recorded;
    world.store.correct_visit(it_was_tam(&received, at(30))).await.unwrap();
    assert_eq!(world.store.reception(received.visit).await.unwrap().unwrap().circumstances, None);
    // Of whom it was all along it stays.
    let recorded = world.checked_in("001148000004", at(0)).await;
    let same = CorrectVisit {
        method: recorded.method,
        strength: recorded.strength,
        ..correction(&recorded, Wrong::Data, patient("Nguyễn Thị Hòa", Some("001148000004")), at(10))
    };
    world.store.correct_visit(same).await.unwrap();
    let after = kept(world, recorded.visit).await;
    assert!(after.verdict.is_some() && after.card.is_some() && after.evidence_basis.is_some());
    assert_eq!(after.decision, None, "who corrected her name admitted nobody");
}

pub async fn a_visit_is_corrected_as_often_as_it_was_wrong(world: &World<'_>) {
    let recorded = with_messages(world, HOA, &[MessageKind::CheckIn]).await;
    claimed(world, at(1)).await.unwrap();
    for seen in 1..=11 {
        let fix = CorrectVisit {
            seen,
            look_up: Some(message(MessageKind::InsuranceLookUp, at(10))),
            ..correction(&recorded, Wrong::Insurance, patient("Nguyễn Thị Hoà", Some(HOA)), at(10))
        };
        let corrected = world.store.correct_visit(fix).await.unwrap();
        assert_eq!(corrected, Corrected { version: seen + 1, to_tell: true });
    }
    assert_eq!(world.store.visit_versions(recorded.visit).await.unwrap().len(), 12);
    assert_eq!(world.store.dead_letters().await.unwrap().len(), 11, "each has to be told");
    let waiting = world.store.undelivered_messages().await.unwrap();
    let look_ups = waiting.iter().filter(|message| message.kind == MessageKind::InsuranceLookUp).count();
    assert_eq!(look_ups, 1, "the last question stands for all");
    intact(world).await;
}

pub async fn what_never_went_out_is_not_told(world: &World<'_>) {
    let recorded = with_messages(world, HOA, &[MessageKind::CheckIn]).await;
    let fix = |seen| CorrectVisit {
        seen,
        ..correction(&recorded, Wrong::Data, patient("Nguyễn Thị Hòa", Some(HOA)), at(10))
    };
    assert!(!world.store.correct_visit(fix(1)).await.unwrap().to_tell, "it is written from what is right");
    let tried = claimed(world, at(20)).await.unwrap();
    failed(world, &tried, Some(at(9_000)), at(21)).await;
    assert!(world.store.correct_visit(fix(2)).await.unwrap().to_tell, "it may have arrived");
    let again = claimed(world, at(9_000)).await.unwrap();
    delivered(world, again.id, at(9_001)).await;
    assert!(world.store.correct_visit(fix(3)).await.unwrap().to_tell);
}

pub async fn the_right_person_s_check_in_outlives_the_wrong_person(world: &World<'_>) {
    // Queued before it was known whose visit it is, and after.
    let before = with_messages(world, HOA, &[MessageKind::CheckIn]).await;
    let after = world.checked_in("001148000002", at(0)).await;
    let tam = corrected_to_tam(world, &before, at(10)).await;
    let lan = correction(&after, Wrong::Person, patient("Lê Thị Lan", Some("001148000003")), at(10));
    world.store.correct_visit(lan).await.unwrap();
    for wrong in [before.subject, after.subject] {
        world.store.destroy_subject_key(wrong, at(11)).await.unwrap();
    }
    let cost = first_cost(world, after.visit, "", at(12)).await;
    world.store.record_first_cost(cost).await.unwrap();
    let sent = [claimed(world, at(13)).await.unwrap(), claimed(world, at(13)).await.unwrap()];
    assert_eq!(sent.each_ref().map(|message| message.visit().unwrap()), [before.visit, after.visit]);
    // One that was on its way follows when it comes back.
    let travelling = with_messages(world, "001148000004", &[MessageKind::CheckIn]).await;
    let leased = claimed(world, at(20)).await.unwrap();
    let fix = correction(&travelling, Wrong::Person, patient("Vũ Thị Mai", Some("001148000005")), at(21));
    assert!(world.store.correct_visit(fix).await.unwrap().to_tell);
    failed(world, &leased, Some(at(30)), at(22)).await;
    world.store.destroy_subject_key(travelling.subject, at(23)).await.unwrap();
    assert_eq!(claimed(world, at(30)).await.unwrap().id, leased.id);
    // Whose visit it is now takes theirs along.
    world.store.destroy_subject_key(tam, at(40)).await.unwrap();
    assert_eq!(claimed(world, at(999)).await.and_then(|message| message.visit()), Some(after.visit));
    intact(world).await;
}

async fn read(world: &World<'_>, subject: Uuid) -> (Vec<String>, String) {
    let reading = ReadRecords { subject, decision: decision("theo yêu cầu"), at: at(900) };
    let records = world.store.read_records(reading).await.unwrap();
    let text = serde_json::to_string(&records.tables).unwrap();
    (records.tables.into_iter().map(|(table, _)| table).collect(), text)
}

async fn seen(world: &World<'_>, visit: Uuid, when: Timestamp) {
    let token = signed_in(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], at(0)).await;
    let Presented::SignedIn(session) = world.store.staff_session(&token, at(0)).await.unwrap() else {
        panic!()
    };
    let access = NewAccess {
        staff: session.staff,
        session: session.session,
        visits: vec![visit],
        shown: Shown::Record,
        purpose: Purpose::Reception,
        reason: None,
        recipient: None,
        at: when,
    };
    world.store.record_access(access).await.unwrap();
}

pub async fn who_was_identified_sees_what_was_kept_while_nobody_knew_them(world: &World<'_>) {
    let visit = emergency(world, at(0)).await.recorded;
    let known = patient("Nguyễn Thị Hoà", Some(HOA));
    world.store.correct_visit(correction(&visit, Wrong::Identified, known, at(60))).await.unwrap();
    let cost = first_cost(world, visit.visit, "", at(70)).await;
    world.store.record_first_cost(cost).await.unwrap();
    seen(world, visit.visit, at(80)).await;
    let subject = kept(world, visit.visit).await.recorded.subject;
    assert_ne!(subject, visit.subject);
    let seen_by = world.store.accesses(Accesses::To(subject)).await.unwrap();
    assert_eq!(seen_by.len(), 1, "whose record was it that was shown");
    assert_eq!(seen_by[0].subject, Some(subject));
    let asked_by_the_temporary = world.store.accesses(Accesses::To(visit.subject)).await.unwrap();
    assert_eq!(asked_by_the_temporary, seen_by, "both records are one person's");
    let (tables, text) = read(world, subject).await;
    for table in ["visits", "visit_versions", "receptions", "queue_events", "outbox", "accesses"] {
        assert!(tables.iter().any(|found| found == table), "{table} is missing in {tables:?}");
    }
    for theirs in ["Chưa xác định danh tính", "cấp cứu, chưa rõ là ai", "TAM-20260915-", "Nguyễn Thị Hoà"]
    {
        assert!(text.contains(theirs), "{theirs} is missing in {text}");
    }
}

pub async fn who_was_recorded_by_mistake_is_in_nobody_else_s_records(world: &World<'_>) {
    let recorded = world.checked_in(HOA, at(0)).await;
    let tam = corrected_to_tam(world, &recorded, at(60)).await;
    let (tables, theirs) = read(world, tam).await;
    assert!(theirs.contains("Trần Văn Tám") && theirs.contains(&recorded.visit.to_string()));
    for foreign in
        [HOA, "Nguyễn Thị Hoà", &recorded.subject.to_string(), "HT2010148012345", "challenge_answered"]
    {
        assert!(!theirs.contains(foreign), "{foreign} is hers, in {theirs}");
    }
    assert!(!tables.iter().any(|table| table == "sessions" || table == "card_checks"), "{tables:?}");
    let (_, hers) = read(world, recorded.subject).await;
    assert!(hers.contains("Nguyễn Thị Hoà") && hers.contains("challenge_answered"));
    for foreign in [TAM, "Trần Văn Tám", &tam.to_string()] {
        assert!(!hers.contains(foreign), "{foreign} is his, in {hers}");
    }
}

pub async fn a_mark_and_an_erasure_are_about_whose_visit_it_is_now(world: &World<'_>) {
    let recorded = world.checked_in(HOA, at(0)).await;
    let tam = corrected_to_tam(world, &recorded, at(60)).await;
    let restricted = |subject, placed| Mark {
        subject,
        kind: MarkKind::Restricted,
        placed,
        decision: decision("theo yêu cầu"),
        at: at(70),
    };
    world.store.mark_subject(restricted(recorded.subject, true)).await.unwrap();
    assert!(!kept(world, recorded.visit).await.restricted, "hers is not his");
    world.store.mark_subject(restricted(tam, true)).await.unwrap();
    assert!(kept(world, recorded.visit).await.restricted);
    world.store.mark_subject(restricted(recorded.subject, false)).await.unwrap();
    world.store.mark_subject(restricted(tam, false)).await.unwrap();

    // Five years long his is required by law; of her nothing is.
    let his = received(world, RequestKind::Delete, Some(tam), at(YEAR)).await;
    let outcome = carried_out(world, his, Action::Delete, at(YEAR)).await.unwrap();
    assert!(matches!(outcome, Outcome::Kept { until: Some(_), .. }), "{outcome:?}");
    let hers = received(world, RequestKind::Delete, Some(recorded.subject), at(YEAR)).await;
    assert_eq!(carried_out(world, hers, Action::Delete, at(YEAR)).await.unwrap(), Outcome::Done);
    assert!(kept(world, recorded.visit).await.patient.is_some(), "his is there");

    let unknown = emergency(world, at(80)).await.recorded;
    let known = patient("Lê Thị Lan", Some("001148000003"));
    world.store.correct_visit(correction(&unknown, Wrong::Identified, known, at(90))).await.unwrap();
    let lan = kept(world, unknown.visit).await.recorded.subject;
    let request = received(world, RequestKind::Delete, Some(lan), at(YEAR)).await;
    let outcome = carried_out(world, request, Action::Delete, at(YEAR)).await.unwrap();
    assert!(matches!(outcome, Outcome::Kept { until: Some(_), .. }), "{outcome:?}");
    intact(world).await;
}
