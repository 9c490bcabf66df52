//! Admitting a patient in answer to a call: on the word of a member of staff (NHAP_TAY), with what the conversation
//! established where they admit whom that was about.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::{
    engine::Insurance,
    health::{Station, priority::PriorityGround},
    person::{Person, Relation, Representative},
    policy::Strength,
};
use identity::ReasonCode;
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    Console, Frame,
    calls::{self, CallView},
    check::Id,
    failure::{Failure, html},
    form::{self, WhereTo},
    live::News,
    reception::ALONE_FROM,
    session::Staff,
    visits::{AxisView, axes},
    words::{self, InsuranceView},
};
use crate::{
    outbox::messages::asked_for_patient,
    session::{AtDesk, Proven, at_desk, proven},
    staff::Role,
    store::{
        AdmitByHand, CallState, Decision, Method, NewVisit, OpenCall, Patient, Queue, SessionRow,
        accesses::{File, Shown},
        visits::station_day,
    },
};

/// The form as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) reason: String,
    pub(super) full_name: String,
    pub(super) number: String,
    pub(super) birth: String,
    pub(super) sex: String,
    /// `REASON/ROOM`
    pub(super) where_to: String,
    /// The word of a [`PriorityGround`], or nothing.
    pub(super) priority: String,
    /// The word of a [`Relation`], or nothing.
    pub(super) relation: String,
    /// The full name of whoever comes with the patient.
    pub(super) companion: String,
    /// The note in the form that closes the call.
    #[serde(skip)]
    pub(super) closing: String,
}

impl Typed {
    /// What the conversation established, for whoever goes on with it at the desk.
    fn from_conversation(known: &AtDesk) -> Self {
        let Some(person) = &known.person else { return Self::default() };
        let with = known.representative.as_ref();
        Self {
            full_name: person.full_name.clone(),
            number: person.number.as_ref().map(|number| number.as_str().to_owned()).unwrap_or_default(),
            birth: form::birth_text(person.birth),
            sex: form::sex_value(person.sex).to_owned(),
            where_to: match (&known.reason, &known.room) {
                (Some(reason), Some(room)) => format!("{reason}/{room}"),
                _ => String::new(),
            },
            priority: known.declared.map(|ground| ground.as_str().to_owned()).unwrap_or_default(),
            relation: with.map(|with| with.relation.as_str().to_owned()).unwrap_or_default(),
            companion: with.and_then(|with| with.full_name.clone()).unwrap_or_default(),
            ..Self::default()
        }
    }
}

#[derive(Template)]
#[template(path = "call.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the template asks for")]
struct Page {
    frame: Frame,
    call: CallView,
    /// Somebody else goes on with it.
    taken: bool,
    /// Whoever looks at it does.
    mine: bool,
    may_acknowledge: bool,
    may_hand_back: bool,
    axes: Vec<AxisView>,
    /// What the insurance register said in the conversation, for whoever goes on with it.
    insurance: Option<InsuranceView>,
    /// What looks odd in the code that was shown.
    code_warnings: Vec<&'static str>,
    /// Why the code that was shown is of no use.
    code_fault: Option<String>,
    prefilled: bool,
    typed: Typed,
    where_to: Vec<WhereTo>,
    grounds: [PriorityGround; 5],
    relations: &'static [Relation],
    faults: Vec<String>,
}

/// The page of a call, with what was typed and what is wrong with it. With nothing typed, whoever took the call over
/// sees what the conversation established.
pub(super) async fn page(
    console: &Console,
    staff: &Staff,
    call: OpenCall,
    typed: Option<Typed>,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let held = call.standing.state == CallState::TakenOver;
    let mine = held && call.standing.by.as_ref() == Some(&staff.member());
    let known = conversation(console, &call).await?.and_then(|session| at_desk(&session.state));
    // Whom the conversation established is shown to whoever goes on with it, and to nobody else.
    if mine && let Some(person) = known.as_ref().and_then(|known| known.person.as_ref()) {
        let subject = match &person.number {
            Some(number) => console.store.subject(number).await?,
            None => None,
        };
        console.note_file(staff, File::Call(call.id), subject, Shown::Record).await?;
    }
    let prefilled = typed.is_none() && mine && known.as_ref().is_some_and(|known| known.person.is_some());
    let mut typed = match (&known, typed) {
        (_, Some(typed)) => typed,
        (Some(known), None) if mine => Typed::from_conversation(known),
        (_, None) => Typed::default(),
    };
    if call.code == ReasonCode::Emergency && typed.where_to.is_empty() {
        typed.where_to = form::emergency_place(&console.station);
        PriorityGround::Emergency.as_str().clone_into(&mut typed.priority);
    }
    let page = Page {
        frame: staff.frame(console),
        taken: held && !mine,
        mine,
        may_acknowledge: call.standing.state == CallState::Waiting,
        may_hand_back: (mine || !held) && known.as_ref().is_some_and(|known| !known.over),
        axes: known
            .as_ref()
            .and_then(|known| known.verdict.as_ref().map(|verdict| axes(verdict, known.card)))
            .unwrap_or_default(),
        insurance: known
            .as_ref()
            .filter(|_| mine)
            .and_then(|known| known.insurance.as_ref())
            .map(|insurance| InsuranceView::new(insurance.status, insurance.result_code.as_deref())),
        code_warnings: known
            .as_ref()
            .map(|known| known.code_warnings.iter().map(|warning| words::code_warning(*warning)).collect())
            .unwrap_or_default(),
        code_fault: known.as_ref().and_then(|known| known.code_fault.clone()),
        prefilled,
        where_to: form::where_to(&console.station, &typed.where_to),
        call: CallView::new(call, console.clock.now()),
        typed,
        grounds: PriorityGround::ALL,
        relations: Relation::ALL,
        faults,
    };
    html(status, &page)
}

/// The conversation that a call came from.
async fn conversation(console: &Console, call: &OpenCall) -> Result<Option<SessionRow>, Failure> {
    match call.session {
        Some(session) => Ok(console.store.session(session, &call.kiosk).await?),
        None => Ok(None),
    }
}

/// Who comes with the patient, where somebody does; with a small child somebody has to.
fn companion(typed: &Typed, needed: bool, faults: &mut Vec<String>) -> Option<Representative> {
    let relation = Relation::parse(&typed.relation);
    let full_name = form::optional_name(&typed.companion, "Họ tên người đi cùng / Companion's name", faults);
    match (relation, &full_name) {
        (Some(relation), Some(_)) => Some(Representative { relation, full_name }),
        (Some(relation), None) if !needed => Some(Representative { relation, full_name }),
        (None, None) if !needed => None,
        _ => {
            faults.push(
                "Người đi cùng: điền cả quan hệ và họ tên (companion: give relation and full name)".into(),
            );
            None
        }
    }
}

/// What the form says, or what is wrong with it.
fn read(
    typed: &Typed,
    staff: &Staff,
    station: &Station,
    today: Date,
) -> Result<(Decision, NewVisit), Vec<String>> {
    let mut faults = Vec::new();
    let why = form::line(&typed.reason, "Lý do nhập tay / Why by hand", &mut faults);
    let full_name = form::name(&typed.full_name, "Họ và tên người bệnh / Patient's full name", &mut faults);
    let number = form::number(&typed.number, &mut faults);
    let birth = form::birth(&typed.birth, today, &mut faults);
    let small = birth.is_some_and(|birth| birth.younger_than(ALONE_FROM, today));
    let representative = companion(typed, small, &mut faults);
    let place = form::place(&typed.where_to, station, &mut faults);
    let (Some(why), Some(full_name), Some((reason, room)), []) = (why, full_name, place, faults.as_slice())
    else {
        return Err(faults);
    };
    let priority = form::ground(PriorityGround::parse(&typed.priority), birth, today);
    let visit = NewVisit {
        station: station.code.clone(),
        patient: Patient {
            full_name,
            number,
            birth,
            sex: form::sex(&typed.sex),
            reason: reason.id.clone(),
            insurance_number: None,
            priority,
            representative,
            code_warnings: Vec::new(),
        },
        method: Method::ByHand,
        strength: Strength::NoDocument,
        queue: Queue::of(priority),
        room: room.id.clone(),
        insurance: Insurance::unverified(None),
        numbers: Vec::new(),
        answer: None,
        population: None,
    };
    Ok((staff.decision(why), visit))
}

fn same_name_and_birth(named: &Person, patient: &Patient) -> bool {
    let same_name = named.full_name.to_lowercase() == patient.full_name.to_lowercase();
    same_name && patient.birth == Some(named.birth)
}

/// Whether staff admit whom a document or a conversation named: under the same number, or, where one of both has none,
/// under the same name and birth.
fn is_same(named: &Person, patient: &Patient) -> bool {
    match (&named.number, &patient.number) {
        (Some(named), Some(typed)) => named == typed,
        _ => same_name_and_birth(named, patient),
    }
}

/// Has a visit hold what the conversation established about the same person. What they said of being seen first counts
/// where no form showed it to staff: else what staff left there does.
fn carry(visit: &mut NewVisit, known: AtDesk, shown: bool) {
    let Some(person) = known.person else { return };
    visit.strength = known.strength.unwrap_or(visit.strength);
    // Whoever signed in there is the one whose number it is; in no other way does it count.
    if known.strength == Some(Strength::Vneid) && person.number == visit.patient.number {
        visit.method = Method::Vneid;
    }
    visit.numbers = known.numbers;
    visit.population = known.population;
    let patient = &mut visit.patient;
    // Left empty in the form it is the one of whom name and birth mean.
    if patient.number.is_none() {
        patient.number.clone_from(&person.number);
    }
    patient.insurance_number.clone_from(&person.insurance_number);
    patient.code_warnings = known.code_warnings;
    if patient.representative.is_none() {
        patient.representative = known.representative;
    }
    if patient.priority.is_none() && !shown {
        patient.priority = known.declared;
        visit.queue = Queue::of(known.declared);
    }
    // Under another name or birth date the register is asked another question.
    if same_name_and_birth(&person, &visit.patient)
        && let Some(insurance) = known.insurance
    {
        visit.insurance = insurance;
        visit.answer = known.answer;
    }
}

/// How identity was established, where the proof is of whom staff admit.
fn method(visit: &NewVisit, proven: &Proven) -> Method {
    let full = visit.strength == Strength::FullChipProof && proven.chip.verdict.full_chip_proof();
    match (&visit.patient.number, proven.names.as_ref().and_then(|names| names.number.as_ref())) {
        (Some(typed), Some(proved)) if full && typed == proved => Method::Chip,
        _ => Method::ByHand,
    }
}

/// `POST /staff/calls/{call}/admit`
pub(super) async fn admit(
    State(console): State<Console>,
    staff: Staff,
    Id(call): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    let at = console.clock.now();
    let open = calls::open(&console, call).await?;
    let (decision, mut visit) = match read(&typed, &staff, &console.station, station_day(at)) {
        Ok(read) => read,
        Err(faults) => return page(&console, &staff, open, Some(typed), faults).await,
    };
    let session = conversation(&console, &open).await?;
    let known = session.as_ref().and_then(|session| at_desk(&session.state));
    if let Some(known) = known
        && known.person.as_ref().is_some_and(|person| is_same(person, &visit.patient))
    {
        carry(&mut visit, known, open.standing.state == CallState::TakenOver);
    }
    // What a card proved of somebody else belongs in their record, not in this one.
    let proven = session
        .and_then(|session| proven(&session.state))
        .filter(|proven| proven.names.as_ref().is_some_and(|names| is_same(names, &visit.patient)));
    if let Some(proven) = &proven {
        visit.method = method(&visit, proven);
    }
    let (chip, submission) = proven.map(|proven| (proven.chip, proven.submission)).unzip();
    let messages = asked_for_patient(&visit.patient, &visit.insurance, at)?;
    let admission = AdmitByHand { call, decision, visit, chip, submission, messages, at };
    let recorded = console.store.admit_by_hand(admission).await?;
    console.live.tell(News::Calls);
    console.live.tell(News::Queue);
    let again = if recorded.already { "?again" } else { "" };
    Ok(Redirect::to(&format!("/staff/visits/{}{again}", recorded.visit)).into_response())
}

#[cfg(test)]
mod tests {
    use flows::{
        engine::InsuranceStatus,
        person::{Birth, Sex},
    };
    use identity::number::PersonalNumber;

    use super::*;
    use crate::store::conformance::visit;

    fn known() -> AtDesk {
        AtDesk {
            verdict: None,
            card: None,
            person: Some(Person {
                number: Some(PersonalNumber::parse("001148012345").unwrap()),
                insurance_number: None,
                old_numbers: Vec::new(),
                full_name: "Nguyễn Thị Hoà".into(),
                birth: Birth { year: 1948, month: Some(3), day: Some(2) },
                sex: Sex::Female,
            }),
            strength: Some(Strength::StaticOrTyped),
            reason: None,
            room: None,
            insurance: Some(Insurance { status: InsuranceStatus::Valid, result_code: None, card: None }),
            population: None,
            code_warnings: Vec::new(),
            code_fault: None,
            answer: None,
            numbers: Vec::new(),
            representative: Some(Representative {
                relation: Relation::Child,
                full_name: Some("Lê Văn Tám".into()),
            }),
            declared: Some(PriorityGround::SevereDisability),
            over: false,
        }
    }

    #[test]
    fn whoever_goes_on_at_the_desk_finds_what_was_said_at_the_kiosk() {
        let typed = Typed::from_conversation(&known());
        assert_eq!(typed.priority, "severe_disability");
        assert_eq!((typed.relation.as_str(), typed.companion.as_str()), ("child", "Lê Văn Tám"));
    }

    #[test]
    fn what_was_said_counts_where_staff_were_not_shown_it_and_could_not_take_it_back() {
        for (shown, expected) in [(false, Some(PriorityGround::SevereDisability)), (true, None)] {
            let mut admitted = visit(Some("001148012345"));
            carry(&mut admitted, known(), shown);
            assert_eq!((admitted.patient.priority, admitted.queue), (expected, Queue::of(expected)));
            assert_eq!(admitted.insurance.status, InsuranceStatus::Valid);
            assert!(admitted.patient.representative.is_some());
        }
    }

    #[test]
    fn a_number_that_staff_left_out_is_the_one_that_was_established() {
        let mut admitted = NewVisit { method: Method::ByHand, ..visit(None) };
        carry(&mut admitted, known(), true);
        assert_eq!(admitted.patient.number, known().person.unwrap().number);
        assert_eq!((admitted.method, admitted.strength), (Method::ByHand, Strength::StaticOrTyped));
    }

    #[test]
    fn who_signed_in_at_vneid_is_recorded_so_where_staff_finish() {
        let signed_in = || AtDesk { strength: Some(Strength::Vneid), ..known() };
        let mut admitted = visit(Some("001148012345"));
        admitted.method = Method::ByHand;
        carry(&mut admitted, signed_in(), true);
        assert_eq!((admitted.method, admitted.strength), (Method::Vneid, Strength::Vneid));
    }

    #[test]
    fn another_name_under_the_number_is_another_question_to_the_register() {
        let mut admitted = visit(Some("001148012345"));
        admitted.patient.full_name = "Nguyễn Thị Hoa".into();
        admitted.insurance = Insurance::unverified(None);
        carry(&mut admitted, known(), true);
        assert_eq!(admitted.insurance.status, InsuranceStatus::Unverified);
    }

    #[test]
    fn who_is_meant_is_said_by_the_number_or_else_by_name_and_birth() {
        let named = known().person.unwrap();
        let admitted = |number: Option<&str>, name: &str| {
            let mut patient = visit(number).patient;
            patient.full_name = name.into();
            is_same(&named, &patient)
        };
        assert!(admitted(Some("001148012345"), "Ai Đó"));
        assert!(!admitted(Some("001090034567"), "Nguyễn Thị Hoà"));
        assert!(admitted(None, "NGUYỄN THỊ HOÀ"));
        assert!(!admitted(None, "Nguyễn Thị Hoa"));
    }
}
