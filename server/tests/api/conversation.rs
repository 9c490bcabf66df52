//! Check-ins, from the welcome to the ticket, and what leads away from it.

use flows::{
    Answer, Step,
    engine::{InsuranceStatus, Population},
    step::{Notice, Question},
    wire::{self, SessionView},
};
use identity::{ReasonCode, proof::verdict::ChallengeOrigin};
use jiff::civil::date;
use server::store::{
    AccessLog as _, AcknowledgeCall, AdmitByHand, Decision, Desk as _, HandBack, Member, Method, NewVisit,
    Patient, Queue, Store as _, TakeOver, Visit as Kept,
    accesses::{Accesses, File, Seen},
};

use crate::{
    kit::{Kiosk, Server},
    visit::Visit,
};

async fn kept(server: &Server) -> Vec<Kept> {
    server.store.visits("01999", date(2026, 9, 15)).await.unwrap()
}

#[tokio::test]
async fn mrs_hoa_gets_a_number_for_those_who_are_seen_first() {
    let server = Server::start().await;
    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    let verdict = visit.view.verdict.unwrap();
    assert!(verdict.verdict.full_chip_proof(), "{verdict:?}");
    assert_eq!(verdict.challenge, ChallengeOrigin::Server);
    let Step::ConfirmPerson { person } = &visit.view.step else { panic!("{:?}", visit.view) };
    assert_eq!(person.full_name, "Nguyễn Thị Hoà");
    assert_eq!(person.number_masked, "001*****2345");

    visit.answer(Answer::ConfirmPerson { is_me: true }).await;
    let Step::Choose { question: Question::Reason, options } = &visit.view.step else { panic!() };
    assert_eq!(options.len(), 4);
    visit.answer(Answer::Choose { id: "illness".into() }).await;
    assert!(matches!(visit.view.step, Step::Choose { question: Question::Room, .. }));
    assert!(kept(&server).await.is_empty(), "recorded before the end");
    visit.answer(Answer::Choose { id: "p2".into() }).await;

    let Step::Done { ticket, notices, .. } = &visit.view.step else { panic!("{:?}", visit.view) };
    assert_eq!(ticket.number, "U001");
    assert_eq!(ticket.room.vi, "Phòng 2: Khám bệnh");
    assert_eq!(ticket.issued_at, "2026-09-15T08:00:00+07:00");
    assert!(ticket.priority && ticket.simulated);
    assert_eq!(notices, &[Notice::PriorityByAge, Notice::InsuranceValid]);

    let [record] = &kept(&server).await[..] else { panic!() };
    assert_eq!(record.recorded.method, Method::Chip);
    assert_eq!(record.recorded.insurance, InsuranceStatus::Valid);
    assert_eq!(record.recorded.queue, Queue::Priority);
    assert!(record.verdict.unwrap().full_chip_proof());
    let patient = record.patient.as_ref().unwrap();
    assert_eq!(patient.full_name, "Nguyễn Thị Hoà");
    assert_eq!(patient.reason, "illness");
    assert_eq!(visit.look().await, visit.view);
}

#[tokio::test]
async fn a_restart_in_the_middle_loses_nothing() {
    let server = Server::start().await;
    let before = Visit::presented(&server, "pham-quoc-dat").await;
    let (id, view) = (before.id.clone(), before.view.clone());
    let server = server.restart().await;
    let mut visit = Visit { server: &server, kiosk: Kiosk::demo(), id, view };
    assert_eq!(visit.look().await, visit.view);
    visit.finish().await;
    let Step::Done { ticket, notices, .. } = &visit.view.step else { panic!("{:?}", visit.view) };
    assert_eq!((ticket.number.as_str(), ticket.priority), ("001", false));
    assert_eq!(notices, &[Notice::InsuranceRenewed]);
    let (id, view) = (visit.id, visit.view);
    let server = server.restart().await;
    let visit = Visit { server: &server, kiosk: Kiosk::demo(), id, view };
    assert_eq!(visit.look().await, visit.view);
}

#[tokio::test]
async fn the_last_answer_sent_twice_gives_one_number() {
    let server = Server::start().await;
    let mut visit = Visit::presented(&server, "pham-quoc-dat").await;
    visit.answer(Answer::ConfirmPerson { is_me: true }).await;
    visit.answer(Answer::Choose { id: "illness".into() }).await;
    visit.answer(Answer::Choose { id: "p1".into() }).await;
    let last = visit.call(&Answer::Choose { id: "none".into() });
    let rival = visit.call(&Answer::Choose { id: "pregnant".into() });
    let first: SessionView = last.send(&visit.kiosk).await.json();
    assert!(matches!(first.step, Step::Done { .. }), "{first:?}");
    assert_eq!(last.again().send(&visit.kiosk).await.json::<SessionView>(), first);
    assert_eq!(rival.send(&visit.kiosk).await.problem(), (409, "answer_unexpected".into()));
    assert_eq!(kept(&server).await.len(), 1);
}

#[tokio::test]
async fn of_two_answers_at_once_one_counts() {
    let server = Server::start().await;
    let visit = Visit::presented(&server, "pham-quoc-dat").await;
    let yes = visit.call(&Answer::ConfirmPerson { is_me: true });
    let no = visit.call(&Answer::ConfirmPerson { is_me: false });
    let (yes, no) = tokio::join!(yes.send(&visit.kiosk), no.send(&visit.kiosk));
    assert_eq!(u8::from(yes.status.is_success()) + u8::from(no.status.is_success()), 1, "{yes:?} {no:?}");
    let winner = if yes.status.is_success() { &yes } else { &no };
    // How the call stands is said to whoever asks later.
    let now = SessionView { call: None, ..visit.look().await };
    assert_eq!(winner.json::<SessionView>(), now);
}

#[tokio::test]
async fn the_same_person_on_the_same_day_gets_the_same_number_again() {
    let server = Server::start().await;
    let mut first = Visit::presented(&server, "ho-pho-thoi").await;
    first.finish().await;
    let Step::Done { ticket, .. } = &first.view.step else { panic!("{:?}", first.view) };
    server.wait(600);
    let mut second = Visit::presented(&server, "ho-pho-thoi").await;
    second.finish().await;
    assert_eq!(
        second.view.step,
        Step::Done { ticket: ticket.clone(), notices: vec![Notice::AlreadyCheckedIn], unproved: None }
    );
    assert_eq!(kept(&server).await.len(), 1);
    // The next day is another one.
    server.wait(86_400);
    let mut third = Visit::presented(&server, "ho-pho-thoi").await;
    third.finish().await;
    let Step::Done { notices, .. } = &third.view.step else { panic!("{:?}", third.view) };
    assert!(!notices.contains(&Notice::AlreadyCheckedIn));
}

#[tokio::test]
async fn someone_whose_issuer_is_unknown_is_seen_but_not_told_an_earlier_number() {
    let server = Server::start().await;
    let mut visit = Visit::presented(&server, "ly-thi-ngoc-tram").await;
    let verdict = visit.view.verdict.unwrap().verdict;
    assert_eq!(verdict.issuer.code, ReasonCode::IssuerUnknown);
    assert_eq!(verdict.first_failure(), None);
    visit.finish().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "{:?}", visit.view);

    let mut again = Visit::presented(&server, "ly-thi-ngoc-tram").await;
    again.finish().await;
    assert_eq!(again.view.step, Step::CallStaff { code: ReasonCode::IssuerUnknown });
    assert_eq!(kept(&server).await.len(), 1);
    assert_eq!(server.store.open_calls().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_population_database_said_of_a_card_that_is_half_proved_is_kept_for_staff() {
    let server = Server::whose_population_lacks("ly-thi-ngoc-tram").await;
    let mut visit = Visit::presented(&server, "ly-thi-ngoc-tram").await;
    visit.finish().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "nothing is told: {:?}", visit.view);
    let record = kept(&server).await.remove(0);
    assert_eq!(record.population_check.map(|check| check.outcome), Some(Population::Mismatch));
    let staff = server.staff().await;
    let path = format!("/staff/visits/{}", record.recorded.visit);
    let page = server.raw(staff.page(&path)).await;
    assert!(page.text().contains("Không có người này với thông tin này"), "{}", page.text());
    let asked = staff.form(&format!("{path}/export"), "reason=xem+lai+ho+so&recipient=tram&file=fhir");
    assert_eq!(server.raw(asked).await.status, 303);
    let bundle = server.raw(staff.page(&format!("{path}/fhir.json"))).await;
    let bundle: serde_json::Value = serde_json::from_slice(&bundle.body).unwrap();
    let sources = bundle["entry"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|entry| entry["resource"]["primarySource"].as_array().cloned().unwrap_or_default());
    let population = sources
        .into_iter()
        .find(|source| source["who"]["display"] == "Cơ sở dữ liệu quốc gia về dân cư")
        .unwrap();
    assert_eq!(population["validationStatus"]["coding"][0]["code"], "failed");
}

#[tokio::test]
async fn whoever_proves_who_they_are_gets_the_number_of_the_day_that_staff_gave_them() {
    let server = Server::start().await;
    let mut first = Visit::begin(&server).await;
    first.answer(Answer::CallStaff { code: ReasonCode::HelpWanted }).await;
    admit_by_hand(&server, "&number=001090034567").await;
    assert_eq!(kept(&server).await[0].recorded.strength, flows::policy::Strength::NoDocument);

    let mut second = Visit::presented(&server, "pham-quoc-dat").await;
    second.answer(Answer::ConfirmPerson { is_me: true }).await;
    let Step::Done { ticket, notices, .. } = &second.view.step else { panic!("{:?}", second.view) };
    assert_eq!((ticket.number.as_str(), notices.as_slice()), ("001", &[Notice::AlreadyCheckedIn][..]));
    assert_eq!(kept(&server).await.len(), 1);
}

#[tokio::test]
async fn a_patient_is_seen_while_the_insurance_portal_is_down() {
    let server = Server::hurried().await;
    let mut visit = Visit::presented(&server, "mai-thi-bich-diep").await;
    visit.finish().await;
    let Step::Done { notices, .. } = &visit.view.step else { panic!("{:?}", visit.view) };
    assert_eq!(notices, &[Notice::InsuranceUnverified]);
    assert_eq!(kept(&server).await[0].recorded.insurance, InsuranceStatus::Unverified);
}

#[tokio::test]
async fn a_patient_is_seen_while_every_national_system_is_down() {
    let server = Server::alone().await;
    let mut visit = Visit::presented(&server, "pham-quoc-dat").await;
    visit.finish().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "{:?}", visit.view);
    assert_eq!(kept(&server).await[0].recorded.insurance, InsuranceStatus::Unverified);
}

#[tokio::test]
async fn each_answer_of_the_insurance_register_has_its_own_consequence() {
    let server = Server::start().await;
    for (slug, notice, code) in [
        ("dang-thuy-quynh", Notice::InsuranceRenewed, Some("004")),
        ("ho-thi-nhe-mo", Notice::InsuranceNotValid, Some("010")),
        ("to-thi-mong-hang", Notice::InsuranceNeedsStaff, Some("060")),
        ("tu-chan-tu", Notice::InsuranceNeedsStaff, Some("070")),
        ("lo-thi-chi-no", Notice::InsuranceNeedsStaff, Some("050")),
        ("duong-nghia-hon", Notice::InsuranceValid, Some("000")),
    ] {
        let mut visit = Visit::presented(&server, slug).await;
        visit.finish().await;
        let Step::Done { notices, .. } = &visit.view.step else { panic!("{slug}: {:?}", visit.view) };
        assert_eq!(notices, &[notice], "{slug}");
        let record = kept(&server).await.remove(0);
        assert_eq!(record.insurance_result.as_deref(), code, "{slug}");
    }
}

#[tokio::test]
async fn the_very_young_and_the_very_old_are_seen_first() {
    let server = Server::start().await;
    for slug in ["tran-gia-bao", "nguyen-van-hien-tho", "le-thi-be-em"] {
        let mut visit = Visit::presented(&server, slug).await;
        visit.finish().await;
        let Step::Done { ticket, .. } = &visit.view.step else { panic!("{slug}: {:?}", visit.view) };
        assert!(ticket.priority, "{slug}");
    }
}

#[tokio::test]
async fn every_bad_card_ends_with_staff_and_its_own_reason() {
    let server = Server::start().await;
    for (slug, axis, code) in [
        ("bui-duc-tu-thang", "data_groups", ReasonCode::DataGroupMismatch),
        ("do-ba-binh", "security_object", ReasonCode::SignatureInvalid),
        ("vu-huu-nhat-phung", "chip", ReasonCode::ChipProofInvalid),
        ("ta-thuy-kieu-my", "chip", ReasonCode::ProofWithheld),
        ("vo-nha-cam", "validity", ReasonCode::DocumentExpired),
    ] {
        server.wait(1);
        let visit = Visit::presented(&server, slug).await;
        assert_eq!(visit.view.step, Step::CallStaff { code }, "{slug}");
        assert_eq!(visit.view.verdict.unwrap().verdict.first_failure(), Some((axis, code)), "{slug}");
        let call = server.store.open_calls().await.unwrap().pop().unwrap();
        assert_eq!((call.code, call.step.as_str(), call.kiosk.as_str()), (code, "identify", "demo"));
    }
    assert!(kept(&server).await.is_empty());
}

#[tokio::test]
async fn who_is_not_in_the_population_database_is_led_to_staff() {
    let server = Server::start().await;
    let mut visit = Visit::presented(&server, "chu-hai-yen").await;
    visit.finish().await;
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::PopulationMismatch });
    assert!(kept(&server).await.is_empty());
}

#[tokio::test]
async fn whoever_does_not_consent_is_admitted_by_hand_and_sees_the_number() {
    let server = Server::start().await;
    let mut visit = Visit::begin(&server).await;
    visit.consent(false).await;
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::ConsentRefused });
    let call = server.store.open_calls().await.unwrap().remove(0);
    let admission = AdmitByHand {
        call: call.id,
        decision: Decision {
            staff: "Lê Thị Cán".into(), id: None, reason: "không đồng ý đọc thẻ".into()
        },
        visit: NewVisit {
            station: "01999".into(),
            patient: Patient {
                full_name: "Trần Văn Tám".into(),
                number: None,
                birth: None,
                sex: flows::person::Sex::Unknown,
                reason: "illness".into(),
                insurance_number: None,
                priority: None,
                representative: None,
                code_warnings: Vec::new(),
            },
            method: Method::ByHand,
            strength: flows::policy::Strength::NoDocument,
            queue: Queue::Normal,
            room: "p1".into(),
            insurance: flows::engine::Insurance {
                status: InsuranceStatus::Unverified,
                result_code: None,
                card: None,
            },
            numbers: Vec::new(),
            answer: None,
            population: None,
        },
        chip: None,
        submission: None,
        messages: Vec::new(),
        at: server.now(),
    };
    server.store.admit_by_hand(admission).await.unwrap();
    let Step::Done { ticket, .. } = visit.look().await.step else { panic!() };
    assert_eq!(ticket.number, "001");
    assert_eq!(visit.send(&Answer::Abort).await.problem(), (409, "answer_unexpected".into()));
}

/// Staff answer the oldest call with the form of their page, `more` of which is filled in.
async fn admit_by_hand(server: &Server, more: &str) {
    let call = server.store.open_calls().await.unwrap().remove(0);
    let staff = server.staff().await;
    let body = format!("reason=the+sai&full_name=Tran+Van+Tam&where_to=illness%2Fp2{more}");
    let form = staff.form(&format!("/staff/calls/{}/admit", call.id), &body);
    let answer = server.raw(form).await;
    assert_eq!(answer.status, 303, "{answer:?}");
}

#[tokio::test]
async fn what_a_refused_card_proved_stands_in_the_record_of_whom_it_names() {
    // A copy says whose it is a copy of; a card that was changed says nothing that holds.
    for (slug, number, code, kept_with_it) in [
        ("vu-huu-nhat-phung", "001077134567", ReasonCode::ChipProofInvalid, true),
        ("bui-duc-tu-thang", "001079101234", ReasonCode::DataGroupMismatch, false),
    ] {
        let server = Server::start().await;
        let visit = Visit::presented(&server, slug).await;
        assert_eq!(visit.view.step, Step::CallStaff { code });
        admit_by_hand(&server, &format!("&number={number}")).await;
        let record = kept(&server).await.remove(0);
        assert_eq!(record.recorded.method, Method::ByHand);
        assert_eq!(record.recorded.strength, flows::policy::Strength::NoDocument);
        let verdict = visit.view.verdict.map(|view| view.verdict);
        assert_eq!(record.verdict, verdict.filter(|_| kept_with_it), "{slug}");
        assert_eq!(
            (record.signer_sha256.is_some(), record.challenge.is_some()),
            (kept_with_it, kept_with_it)
        );
    }
}

#[tokio::test]
async fn a_call_that_staff_close_ends_the_conversation() {
    let server = Server::start().await;
    let mut visit = Visit::begin(&server).await;
    visit.answer(Answer::CallStaff { code: ReasonCode::HelpWanted }).await;
    assert_eq!(visit.look().await.step, Step::CallStaff { code: ReasonCode::HelpWanted });
    let call = server.store.open_calls().await.unwrap().remove(0);
    let closed = server::store::CloseCall {
        call: call.id,
        decision: Decision { staff: "Lê Thị Cán".into(), id: None, reason: "đã đi rồi".into() },
        at: server.now(),
    };
    server.store.close_call(closed).await.unwrap();
    assert_eq!(visit.look().await.step, Step::Ended);
}

#[tokio::test]
async fn a_kiosk_that_waits_is_told_who_knows_and_where_to_go() {
    let server = Server::start().await;
    let mut visit = Visit::begin(&server).await;
    visit.answer(Answer::CallStaff { code: ReasonCode::HelpWanted }).await;
    let stands = async || visit.look().await.call.unwrap();
    assert_eq!((stands().await.state, stands().await.where_to_go), (wire::CallState::Waiting, None));
    server.wait(59);
    assert_eq!((stands().await.repeated, stands().await.where_to_go), (0, None));
    server.wait(1);
    let lost = stands().await;
    assert_eq!((lost.repeated, lost.state), (1, wire::CallState::Waiting));
    assert_eq!(lost.since, "2026-09-15T08:00:00+07:00");
    assert_eq!(lost.where_to_go.unwrap().vi, "Bàn tiếp đón, cạnh cửa chính");
    let call = server.store.open_calls().await.unwrap().remove(0).id;
    let by = || Member { account: None, name: "Lê Thị Cán".into() };
    server.store.acknowledge_call(AcknowledgeCall { call, by: by(), at: server.now() }).await.unwrap();
    assert_eq!((stands().await.state, stands().await.where_to_go), (wire::CallState::Acknowledged, None));
    let taking = TakeOver { call, by: by(), instead: false, at: server.now() };
    server.store.take_over(taking).await.unwrap();
    let at_desk = stands().await;
    assert_eq!(at_desk.state, wire::CallState::TakenOver);
    assert!(at_desk.where_to_go.is_some());
    let decision = Decision { staff: "Lê Thị Cán".into(), id: None, reason: "đã giúp".into() };
    server.store.hand_back(HandBack { call, decision, at: server.now() }).await.unwrap();
    // The kiosk goes on where it was, and the conversation with it.
    let view = visit.look().await;
    assert!(matches!(view.step, Step::Consent { .. }) && view.call.is_none(), "{view:?}");
    visit.consent(true).await;
    assert!(matches!(visit.view.step, Step::Identify { .. }));
}

#[tokio::test]
async fn whoever_takes_a_call_over_sees_what_was_proved_and_may_hand_it_back() {
    let server = Server::start().await;
    let mut visit = Visit::presented(&server, "pham-quoc-dat").await;
    visit.answer(Answer::CallStaff { code: ReasonCode::HelpWanted }).await;
    let call = server.store.open_calls().await.unwrap().remove(0).id;
    let staff = server.staff().await;
    let path = format!("/staff/calls/{call}");
    let page = async || String::from_utf8(server.raw(staff.page(&path)).await.body).unwrap();
    let before = page().await;
    assert!(before.contains("Chip là bản gốc"), "{before}");
    assert!(!before.contains("001090034567"), "only whoever took it over sees the person's data");
    assert_eq!(server.raw(staff.form(&format!("{path}/take"), "")).await.status, 303);
    let mine = page().await;
    assert!(mine.contains("value=\"001090034567\"") && mine.contains("Điền sẵn"), "{mine}");
    let accesses = server.store.accesses(Accesses::Latest).await.unwrap();
    let [seen] = accesses.as_slice() else { panic!("{accesses:?}") };
    assert_eq!((seen.name.as_str(), &seen.seen), ("Lê Thị Cán", &Seen::File(File::Call(call))));
    assert_eq!(visit.look().await.call.unwrap().state, wire::CallState::TakenOver);
    let back = server.raw(staff.form(&format!("{path}/hand-back"), "reason=da+giup")).await;
    assert_eq!(back.status, 303, "{back:?}");
    // The kiosk goes on with the same person, to the same number.
    assert!(matches!(visit.look().await.step, Step::ConfirmPerson { .. }));
    visit.finish().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "{:?}", visit.view);
    assert_eq!(kept(&server).await[0].recorded.method, Method::Chip);
}

#[tokio::test]
async fn a_call_from_the_first_screen_can_be_followed_by_its_kiosk_alone() {
    let server = Server::start().await;
    let wish = serde_json::json!({ "step": "welcome", "code": "help_wanted" });
    let called: wire::StaffCalled = server.post("/v1/staff-calls", &wish).send(&Kiosk::demo()).await.json();
    let path = format!("/v1/staff-calls/{}", called.call_id);
    server.wait(61);
    let stands: wire::CallProgress = server.get(&path).send(&Kiosk::demo()).await.json();
    assert_eq!((stands.state, stands.repeated), (wire::CallState::Waiting, 1));
    assert!(stands.where_to_go.is_some());
    let other = server.get(&path).send(&Kiosk::other()).await;
    assert_eq!(other.problem(), (404, "call_unknown".into()));
    let none = server.get("/v1/staff-calls/00000000-0000-4000-8000-000000000000");
    assert_eq!(none.send(&Kiosk::demo()).await.problem(), (404, "call_unknown".into()));
    let call = called.call_id.parse().unwrap();
    let decision = Decision { staff: "Lê Thị Cán".into(), id: None, reason: "hỏi đường".into() };
    let close = server::store::CloseCall { call, decision, at: server.now() };
    server.store.close_call(close).await.unwrap();
    let stands: wire::CallProgress = server.get(&path).send(&Kiosk::demo()).await.json();
    assert_eq!((stands.state, stands.where_to_go), (wire::CallState::Answered, None));
}

#[tokio::test]
async fn staff_can_be_called_from_every_step() {
    let server = Server::start().await;
    let call = Answer::CallStaff { code: ReasonCode::HelpWanted };
    let mut steps = Vec::new();
    for stop in 0..4 {
        server.wait(1);
        let mut visit = Visit::begin(&server).await;
        if stop > 0 {
            visit.consent(true).await;
        }
        if stop > 1 {
            let challenge = visit.challenge().await;
            visit.present(crate::card::read("pham-quoc-dat", Some(&challenge))).await;
        }
        if stop > 2 {
            visit.answer(Answer::ConfirmPerson { is_me: true }).await;
        }
        visit.answer(call.clone()).await;
        assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::HelpWanted });
        steps.push(server.store.open_calls().await.unwrap().pop().unwrap().step);
    }
    assert_eq!(steps, ["consent", "identify", "confirm_person", "choose"]);
    server.wait(1);
    let wish = serde_json::json!({ "step": "card_left_behind", "code": "card_left_behind" });
    let called: flows::wire::StaffCalled =
        server.post("/v1/staff-calls", &wish).send(&Kiosk::demo()).await.json();
    let last = server.store.open_calls().await.unwrap().pop().unwrap();
    assert_eq!((last.id.to_string(), last.session), (called.call_id, None));
}

#[tokio::test]
async fn an_answer_to_another_step_changes_nothing() {
    let server = Server::start().await;
    let visit = Visit::consented(&server).await;
    for answer in [
        Answer::ConfirmPerson { is_me: true },
        Answer::Choose { id: "illness".into() },
        Answer::Consent {
            purpose: flows::step::Purpose::HealthCheckIn,
            role: flows::law::age::ConsentRole::Person,
            given: true,
            language: flows::Language::Vi,
            text_sha256: "ab".repeat(32),
        },
    ] {
        assert_eq!(visit.send(&answer).await.problem(), (409, "answer_unexpected".into()), "{answer:?}");
    }
    assert_eq!(visit.look().await, visit.view);
    let early = Visit::begin(&server).await;
    let challenge = server.post(&early.path("/challenges"), &serde_json::json!({}));
    assert_eq!(challenge.send(&early.kiosk).await.problem(), (409, "answer_unexpected".into()));
}
