//! Codes and typing: doors that prove nothing about who stands there.

use flows::{
    Answer, Evidence, Step,
    engine::{InsuranceStatus, Population},
    evidence::{ChildEvidence, TypedEvidence},
    person::{Birth, Relation, Sex},
    policy::Strength,
    step::{Notice, Question, Way},
};
use identity::{ReasonCode, qr::QrWarning};
use jiff::civil::date;
use server::store::{
    Decision, Desk as _, HandBack, Method, Store as _, Visit as Kept, look_ups::MOST_OF_A_NUMBER,
};

use crate::{kit::Server, visit::Visit};

/// The code on Mrs Hoà's card.
pub const HER_CARD: &str =
    "001148012345|012345678|Nguyễn Thị Hoà|02031948|Nữ|Thôn 1, Xã Mẫu, Hà Nội|10052022";

/// The code on her insurance card: name and address in hexadecimal.
pub fn her_insurance_card() -> String {
    let name = hex::encode("Nguyễn Thị Hoà");
    format!(
        "HT2010148012345|{name}|02/03/1948|2|-|01 - 999|01/01/2026|31/12/2026|01/01/2026|01001234567890|-|4|01/01/2020|-|4|-|$"
    )
}

async fn kept(server: &Server) -> Vec<Kept> {
    server.store.visits("01999", date(2026, 9, 15)).await.unwrap()
}

fn typed(number: &str, full_name: &str, year: i16) -> Answer {
    let birth = Birth { year, month: None, day: None };
    let typed =
        TypedEvidence { number: number.into(), full_name: full_name.into(), birth, sex: Sex::Unknown };
    Answer::Evidence { evidence: Evidence::Typed(typed) }
}

fn born(year: i16) -> Answer {
    Answer::BirthYear { year }
}

#[tokio::test]
async fn a_code_admits_and_shows_nothing_that_was_looked_up() {
    for (code, method) in
        [(HER_CARD.to_owned(), Method::CardQr), (her_insurance_card(), Method::InsuranceLookUp)]
    {
        let server = Server::start().await;
        let mut visit = Visit::at_any_door(&server).await;
        visit.show(&code).await;
        assert_eq!(visit.view.step, Step::AskBirthYear { again: None }, "no name, no number");
        assert!(visit.view.verdict.is_none());
        visit.answer(born(1948)).await;
        visit.choose().await;
        let Step::Done { notices, unproved, .. } = &visit.view.step else { panic!("{:?}", visit.view) };
        assert_eq!(notices, &[Notice::PriorityByAge]);
        assert_eq!(*unproved, Some(ReasonCode::HolderNotProved));
        let record = kept(&server).await.remove(0);
        assert_eq!((record.recorded.method, record.recorded.strength), (method, Strength::StaticOrTyped));
        assert_eq!(record.recorded.insurance, InsuranceStatus::Valid, "staff see it");
    }
}

#[tokio::test]
async fn whoever_does_not_know_the_year_is_led_to_staff() {
    let server = Server::start().await;
    let mut visit = Visit::at_any_door(&server).await;
    visit.show(HER_CARD).await;
    for year in [1950, 1951] {
        visit.answer(born(year)).await;
        assert_eq!(visit.view.step, Step::AskBirthYear { again: Some(ReasonCode::BirthYearMismatch) });
    }
    visit.answer(born(1952)).await;
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::TooManyAttempts });
    assert!(kept(&server).await.is_empty());
}

#[tokio::test]
async fn a_code_does_not_give_the_number_of_someone_who_proved_themselves() {
    let server = Server::start().await;
    let mut proved = Visit::presented(&server, "nguyen-thi-hoa").await;
    proved.finish().await;
    let mut shown = Visit::at_any_door(&server).await;
    shown.show(HER_CARD).await;
    shown.answer(born(1948)).await;
    shown.choose().await;
    // On the screen the same as where details do not fit; staff are told what it is.
    assert_eq!(shown.view.step, Step::CallStaff { code: ReasonCode::DetailsNotConfirmed });
    let calls = server.store.open_calls().await.unwrap();
    assert_eq!(calls.iter().map(|call| call.code).collect::<Vec<_>>(), [ReasonCode::HolderNotProved]);
    assert_eq!(kept(&server).await.len(), 1);
}

#[tokio::test]
async fn whoever_proves_who_they_are_gets_the_number_that_a_weaker_door_gave() {
    for weaker in [HER_CARD.to_owned(), her_insurance_card()] {
        let server = Server::start().await;
        let mut shown = Visit::at_any_door(&server).await;
        shown.show(&weaker).await;
        shown.answer(born(1948)).await;
        shown.choose().await;
        let Step::Done { ticket: first, .. } = &shown.view.step else { panic!("{:?}", shown.view) };
        let mut proved = Visit::presented(&server, "nguyen-thi-hoa").await;
        proved.finish().await;
        let Step::Done { ticket, notices, .. } = &proved.view.step else { panic!("{:?}", proved.view) };
        assert_eq!((&ticket.number, notices.as_slice()), (&first.number, &[Notice::AlreadyCheckedIn][..]));
        assert_eq!(kept(&server).await.len(), 1);
    }
}

#[tokio::test]
async fn what_looks_odd_in_a_code_is_told_to_staff_and_to_nobody_else() {
    let server = Server::start().await;
    let mut visit = Visit::at_any_door(&server).await;
    // Her number was given to a woman born in 1948.
    visit.show(&HER_CARD.replace("|02031948|Nữ|", "|02031949|Nam|")).await;
    assert_eq!(visit.view.step, Step::AskBirthYear { again: None });
    visit.answer(Answer::CallStaff { code: ReasonCode::HelpWanted }).await;
    let staff = server.staff().await;
    let call = server.store.open_calls().await.unwrap().remove(0).id;
    let page = server.raw(staff.page(&format!("/staff/calls/{call}"))).await;
    let (year, sex) = ("Số định danh được cấp cho năm sinh khác", "Số định danh được cấp cho giới tính khác");
    assert!(page.text().contains(year) && page.text().contains(sex), "{}", page.text());
    hand_back(&server).await;

    visit.answer(born(1949)).await;
    // The population database does not know her like that: staff admit her by hand under her number.
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::DetailsNotConfirmed });
    let call = server.store.open_calls().await.unwrap().remove(0).id;
    let form = "reason=the+sai&full_name=Nguyen+Thi+Hoa&number=001148012345&where_to=illness%2Fp2";
    let admitted = server.raw(staff.form(&format!("/staff/calls/{call}/admit"), form)).await;
    assert_eq!(admitted.status, 303, "{admitted:?}");
    let record = kept(&server).await.remove(0);
    assert_eq!(
        record.patient.as_ref().unwrap().code_warnings,
        [QrWarning::BirthYearDiffers, QrWarning::SexDiffers]
    );
    assert_eq!(record.population_check.map(|check| check.outcome), Some(Population::Mismatch));
    let page = server.raw(staff.page(&format!("/staff/visits/{}", record.recorded.visit))).await;
    assert!(page.text().contains(year) && page.text().contains(sex), "{}", page.text());
}

#[tokio::test]
async fn staff_see_what_is_wrong_with_a_code_and_the_person_only_that_it_is_read_again() {
    let server = Server::start().await;
    let staff = server.staff().await;
    let insurance = her_insurance_card();
    for (payload, shown, code) in [
        (
            HER_CARD.replace("|02031948|", "|32131948|"),
            ReasonCode::QrMalformed,
            "card_date_of_birth_malformed",
        ),
        (HER_CARD.replace("|Nữ|", "|?|"), ReasonCode::QrMalformed, "card_sex_malformed"),
        (
            insurance.replace("|02/03/1948|", "|1/1/1|"),
            ReasonCode::QrMalformed,
            "insurance_date_of_birth_malformed",
        ),
        ("https://example.invalid/".to_owned(), ReasonCode::QrUnreadable, "qr_unknown"),
    ] {
        server.wait(1);
        let mut visit = Visit::at_any_door(&server).await;
        visit.show(&payload).await;
        let Step::Identify { again, .. } = visit.view.step else { panic!("{:?}", visit.view) };
        assert_eq!(again, Some(shown), "{code}");
        visit.answer(Answer::CallStaff { code: ReasonCode::HelpWanted }).await;
        let call = server.store.open_calls().await.unwrap().pop().unwrap().id;
        let page = server.raw(staff.page(&format!("/staff/calls/{call}"))).await;
        assert!(page.text().contains(&format!("<code>{code}</code>")), "{code}: {}", page.text());
    }
}

#[tokio::test]
async fn whoever_types_goes_on_or_waits_for_staff() {
    let server = Server::start().await;
    let mut right = Visit::at_any_door(&server).await;
    right.answer(typed("001090034567", "phạm quốc đạt", 1990)).await;
    assert!(matches!(right.view.step, Step::Choose { question: Question::Relation, .. }), "{:?}", right.view);
    right.choose().await;
    assert_eq!(kept(&server).await[0].recorded.method, Method::ByHand);

    let mut wrong = Visit::at_any_door(&server).await;
    wrong.answer(typed("001090034567", "Phạm Quốc Đạt", 1991)).await;
    assert_eq!(wrong.view.step, Step::CallStaff { code: ReasonCode::DetailsNotConfirmed });
}

#[tokio::test]
async fn typed_fields_are_refused_one_by_one() {
    let server = Server::start().await;
    let visit = Visit::at_any_door(&server).await;
    for (answer, code) in [
        (typed("00109003456", "Phạm Quốc Đạt", 1990), "typed_number_malformed"),
        (typed("001090034567", "<script>", 1990), "typed_name_malformed"),
        (typed("001090034567", "  ", 1990), "typed_name_malformed"),
        (typed("001090034567", &"a".repeat(101), 1990), "typed_name_malformed"),
        (typed("001090034567", "Phạm Quốc Đạt", 2027), "typed_birth_malformed"),
        (typed("001090034567", "Phạm Quốc Đạt", 1899), "typed_birth_malformed"),
    ] {
        assert_eq!(visit.send(&answer).await.problem(), (422, code.into()));
    }
    assert_eq!(visit.look().await, visit.view);
}

#[tokio::test]
async fn codes_of_no_use_say_why() {
    let server = Server::start().await;
    let ways = vec![Way::Chip, Way::Qr, Way::Typed, Way::Child];
    for (payload, code) in [
        ("001148012345|012345678|Nguyễn Thị Hoà|32131948|Nữ|Hà Nội|10052022", ReasonCode::QrMalformed),
        ("https://example.invalid/", ReasonCode::QrUnreadable),
    ] {
        let mut visit = Visit::at_any_door(&server).await;
        visit.show(payload).await;
        assert_eq!(visit.view.step, Step::Identify { ways: ways.clone(), again: Some(code) });
    }
}

#[tokio::test]
async fn a_number_can_be_tried_so_often_and_no_more() {
    let server = Server::start().await;
    for _ in 0..MOST_OF_A_NUMBER {
        let mut visit = Visit::at_any_door(&server).await;
        visit.answer(typed("001090034567", "Ai Đó", 1990)).await;
        assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::DetailsNotConfirmed });
    }
    let mut visit = Visit::at_any_door(&server).await;
    visit.answer(typed("001090034567", "Phạm Quốc Đạt", 1990)).await;
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::TooManyLookUps });
    // Whoever has the card is not kept out by that.
    let mut proved = Visit::presented(&server, "pham-quoc-dat").await;
    proved.finish().await;
    assert!(matches!(proved.view.step, Step::Done { .. }), "{:?}", proved.view);
}

/// A small child without a number, whose father types who it is.
fn small_child() -> Answer {
    let child = ChildEvidence {
        number: None,
        full_name: "Trần Bé Na".into(),
        birth: Birth { year: 2025, month: Some(1), day: Some(2) },
        sex: Sex::Female,
        relation: Relation::Parent,
        guardian_name: "Trần Văn Cha".into(),
    };
    Answer::Evidence { evidence: Evidence::Child(child) }
}

#[tokio::test]
async fn a_small_child_that_comes_twice_goes_to_staff_and_gets_no_second_number() {
    let server = Server::start().await;
    let come = async || {
        let mut visit = Visit::at_any_door(&server).await;
        visit.answer(small_child()).await;
        visit.choose().await;
        visit.view.step.clone()
    };
    assert!(matches!(come().await, Step::Done { .. }));
    server.wait(60);
    // What it shows says nothing of the number that was given.
    assert_eq!(come().await, Step::CallStaff { code: ReasonCode::DetailsNotConfirmed });
    assert_eq!(kept(&server).await.len(), 1);
}

#[tokio::test]
async fn while_no_register_answers_a_card_gives_its_owner_one_number_and_a_stranger_another() {
    let server = Server::alone().await;
    let come = async |code: &str| {
        let mut visit = Visit::at_any_door(&server).await;
        visit.show(code).await;
        visit.answer(born(1948)).await;
        visit.choose().await;
        visit.view.step.clone()
    };
    let card = her_insurance_card();
    let (her_name, other) = (hex::encode("Nguyễn Thị Hoà"), hex::encode("Trần Thị Khác"));
    assert!(matches!(come(&card).await, Step::Done { .. }));
    server.wait(60);
    assert_eq!(come(&card).await, Step::CallStaff { code: ReasonCode::DetailsNotConfirmed }, "twice");
    let stranger = come(&card.replace(&her_name, &other)).await;
    assert!(matches!(stranger, Step::Done { .. }), "{stranger:?}");
    let visits = kept(&server).await;
    assert_eq!(visits.len(), 2);
    assert_ne!(visits[0].recorded.subject, visits[1].recorded.subject, "a stranger with her card");
}

#[tokio::test]
async fn a_small_child_comes_without_a_card() {
    let server = Server::start().await;
    let mut visit = Visit::at_any_door(&server).await;
    visit.answer(small_child()).await;
    visit.choose().await;
    let Step::Done { ticket, .. } = &visit.view.step else { panic!("{:?}", visit.view) };
    assert!(ticket.priority);
    let record = kept(&server).await.remove(0);
    assert_eq!(record.recorded.insurance, InsuranceStatus::Unverified);
    let representative = record.patient.as_ref().unwrap().representative.as_ref().unwrap();
    assert_eq!(representative.relation, Relation::Parent);
    assert_eq!(representative.full_name.as_deref(), Some("Trần Văn Cha"));
}

#[tokio::test]
async fn who_came_for_whom_is_kept() {
    let server = Server::start().await;
    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    visit.answer(Answer::OnBehalf).await;
    visit.answer(Answer::Choose { id: "child".into() }).await;
    visit.choose().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "{:?}", visit.view);
    let record = kept(&server).await.remove(0);
    assert_eq!(record.patient.as_ref().unwrap().representative.as_ref().unwrap().relation, Relation::Child);
}

#[tokio::test]
async fn who_came_for_whom_is_kept_at_the_other_doors_too() {
    let relation = async |server: &Server| {
        let record = kept(server).await.remove(0);
        record.patient.as_ref().unwrap().representative.as_ref().map(|with| with.relation)
    };
    for code in [HER_CARD.to_owned(), her_insurance_card()] {
        let server = Server::start().await;
        let mut visit = Visit::at_any_door(&server).await;
        visit.show(&code).await;
        visit.answer(Answer::OnBehalf).await;
        visit.answer(Answer::Choose { id: "child".into() }).await;
        assert_eq!(visit.view.step, Step::AskBirthYear { again: None });
        visit.answer(born(1948)).await;
        visit.choose().await;
        assert_eq!(relation(&server).await, Some(Relation::Child), "{:?}", visit.view);
    }
    for (said, expected) in [("spouse", Some(Relation::Spouse)), ("self", None)] {
        let server = Server::start().await;
        let mut visit = Visit::at_any_door(&server).await;
        visit.answer(typed("001090034567", "Phạm Quốc Đạt", 1990)).await;
        visit.answer(Answer::Choose { id: said.into() }).await;
        visit.choose().await;
        assert_eq!(relation(&server).await, expected, "{:?}", visit.view);
    }
}

/// Staff hand the oldest call back to its kiosk.
async fn hand_back(server: &Server) {
    let call = server.store.open_calls().await.unwrap().remove(0).id;
    let decision = Decision { staff: "Lê Thị Cán".into(), id: None, reason: "đã giúp".into() };
    server.store.hand_back(HandBack { call, decision, at: server.now() }).await.unwrap();
}

#[tokio::test]
async fn a_conversation_that_is_handed_back_gets_no_look_up_more() {
    let server = Server::start().await;
    let mut visit = Visit::at_any_door(&server).await;
    for _ in 0..MOST_OF_A_NUMBER {
        visit.answer(typed("001090034567", "Ai Đó", 1990)).await;
        assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::DetailsNotConfirmed });
        server.wait(1);
        hand_back(&server).await;
        assert!(matches!(visit.look().await.step, Step::Identify { .. }));
    }
    visit.answer(typed("001090034567", "Phạm Quốc Đạt", 1990)).await;
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::TooManyLookUps });
}

#[tokio::test]
async fn evidence_in_a_way_that_was_not_offered_is_refused() {
    let server = Server::start().await;
    let visit = Visit::consented(&server).await;
    let answer = typed("001090034567", "Phạm Quốc Đạt", 1990);
    assert_eq!(visit.send(&answer).await.problem(), (409, "answer_unexpected".into()));
}
