//! The ward: who sleeps here tonight, what their declaration lacks, and who is with them (model 8).
//!
//! Patients come from an overnight stay: the station's software reports it, or staff say so here. Caretakers who sleep here
//! are lodgers of their own. Discharge closes the stay.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::{
    lodging::{
        DocumentKind, Draft, Gap, GuestDocument, LodgingPlace, LodgingRoom, NationalityCode, StayEvent,
        StayReason, Urgency, local_day,
    },
    person::{Relation, Sex},
};
use identity::SecretBytes;
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Console, Frame,
    check::Id,
    failure::{Failure, html},
    form,
    live::News,
    session::Staff,
    time::{self, moment},
};
use crate::{
    lodging::{
        ward::{self, CARETAKER},
        watch,
    },
    staff::Role,
    store::{
        Visit,
        stays::{ChangeStay, KeptStay, Looked, StayLook, Which},
        visits::station_day,
    },
};

/// Who works in the ward.
const ROLES: &[Role] = &[Role::Reception, Role::Clinician];

/// Most nights that a departure may be planned ahead.
const MOST_NIGHTS: i64 = 60;

/// Somebody who sleeps here tonight.
struct SleeperView {
    id: Uuid,
    version: u32,
    name: String,
    number_masked: String,
    bed: Option<String>,
    caretaker: bool,
    visit: Option<Uuid>,
    state: &'static str,
    state_english: &'static str,
    refused: Option<String>,
    gaps: Vec<(&'static str, &'static str)>,
    deadline: String,
    urgency: &'static str,
    owed: bool,
    until: Option<String>,
    typed: Typed,
}

/// A visit of which a patient may stay.
struct PatientView {
    visit: Uuid,
    number: String,
    /// Of today; of a visit of yesterday the day stands instead, since nobody serves that patient any more.
    name: String,
}

#[derive(Template)]
#[template(path = "ward.html")]
struct Page {
    frame: Frame,
    place: String,
    sleepers: Vec<SleeperView>,
    /// Of today and yesterday, without a stay.
    patients: Vec<PatientView>,
    beds: Vec<(String, String)>,
    relations: &'static [Relation],
    due_soon: bool,
    police: (String, String),
    faults: Vec<String>,
}

/// A form as it was typed: a patient, a caretaker, or what was missing of either.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// The visit of a patient; empty for a caretaker.
    visit: String,
    /// For a caretaker: whose, by the id of a stay.
    with: String,
    /// The version that was looked at.
    seen: String,
    full_name: String,
    number: String,
    birth: String,
    sex: String,
    bed: String,
    /// How many nights more.
    nights: String,
    /// What a minor's adult is to them, and their name.
    relation: String,
    adult: String,
    reason: String,
}

impl Typed {
    fn of(draft: &Draft) -> Self {
        Self {
            full_name: draft.full_name.clone().unwrap_or_default(),
            birth: draft.birth.map(form::birth_text).unwrap_or_default(),
            sex: form::sex_value(draft.sex).to_owned(),
            bed: draft.room.clone().unwrap_or_default(),
            relation: draft
                .adult
                .as_ref()
                .map(|adult| adult.relation.as_str().to_owned())
                .unwrap_or_default(),
            adult: draft.adult.as_ref().map(|adult| adult.full_name.clone()).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Writes what the form says into what is known. What it leaves empty stays.
    fn fill(&self, draft: &mut Draft, now: Timestamp, faults: &mut Vec<String>) {
        let name = form::optional_name(&self.full_name, "Họ và tên / Full name", faults);
        let number = form::number(&self.number, faults);
        let birth = form::birth(&self.birth, local_day(now), faults);
        if name.is_some() {
            draft.full_name = name;
        }
        if let Some(number) = number {
            draft.document = GuestDocument::parse(DocumentKind::CitizenCard, number.as_str(), None).ok();
            draft.nationality = NationalityCode::parse(NationalityCode::VIETNAM).ok();
        }
        if birth.is_some() {
            draft.birth = birth;
        }
        if form::sex(&self.sex) != Sex::Unknown {
            draft.sex = form::sex(&self.sex);
        }
        if !self.bed.is_empty() {
            draft.room = Some(self.bed.clone());
        }
        let nights = self.nights.trim();
        if !nights.is_empty() {
            match nights.parse::<i64>().ok().filter(|nights| (1..=MOST_NIGHTS).contains(nights)) {
                Some(nights) => draft.departure = now.checked_add((24 * nights).hours()).ok(),
                None => faults.push(format!("Số đêm: từ 1 đến {MOST_NIGHTS} (nights)")),
            }
        }
        let adult =
            form::optional_name(&self.adult, "Người lớn chịu trách nhiệm / Responsible adult", faults);
        if let (Some(relation), Some(full_name)) = (Relation::parse(&self.relation), adult) {
            draft.adult = Some(flows::lodging::draft::ResponsibleAdult { relation, full_name });
        }
    }
}

impl Console {
    /// The station's ward.
    fn ward(&self) -> Result<&LodgingPlace, Failure> {
        self.places.of_station(&self.station.code).ok_or(Failure::NotFound)
    }

    async fn ward_stay(&self, id: Uuid) -> Result<KeptStay, Failure> {
        let place = self.ward()?;
        let stay = self.store.stay(id).await?;
        stay.filter(|stay| stay.place == place.id).ok_or(Failure::NotFound)
    }
}

fn sleeper(console: &Console, place: &LodgingPlace, stay: &KeptStay, now: Timestamp) -> Option<SleeperView> {
    let standing = stay.standing(now);
    let deadline = watch::deadline(&console.places, stay);
    let until = stay.until(now).map(moment);
    let draft = stay.draft.as_ref()?;
    let gaps = draft.declaration(place, local_day(now)).err().unwrap_or_default();
    let urgency = match deadline.urgency(now) {
        Urgency::Open => "open",
        Urgency::DueSoon => "soon",
        Urgency::Overdue => "overdue",
    };
    Some(SleeperView {
        id: stay.id,
        version: stay.version,
        name: draft.full_name.clone().unwrap_or_default(),
        number_masked: draft.document.as_ref().map(GuestDocument::masked).unwrap_or_default(),
        bed: draft.room.as_deref().and_then(|bed| place.room(bed)).map(LodgingRoom::told),
        caretaker: stay.visit.is_none(),
        visit: stay.visit,
        state: standing.state().vietnamese(),
        state_english: standing.state().english(),
        refused: standing.reason().map(str::to_owned),
        gaps: gaps.into_iter().map(|gap: Gap| (gap.vietnamese(), gap.english())).collect(),
        deadline: moment(deadline.at),
        urgency,
        owed: standing.is_owed(),
        until,
        typed: Typed::of(draft),
    })
}

/// The visits of today and yesterday of which a patient may stay: those of whom there is no stay.
async fn patients(console: &Console, stays: &[KeptStay], now: Timestamp) -> Result<Vec<Visit>, Failure> {
    let today = station_day(now);
    let mut visits = console.store.visits(&console.station.code, today).await?;
    if let Ok(yesterday) = today.yesterday() {
        visits.extend(console.store.visits(&console.station.code, yesterday).await?);
    }
    visits.retain(|visit| {
        visit.patient_shown(today).is_some()
            && !stays.iter().any(|stay| stay.visit == Some(visit.recorded.visit))
    });
    Ok(visits)
}

async fn page(console: &Console, staff: &Staff, faults: Vec<String>) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let now = console.clock.now();
    let place = console.ward()?;
    let stays = console.store.stays(&place.id, Which::Night(local_day(now)), now).await?;
    let patients = patients(console, &stays, now).await?;
    note(console, staff, place, Looked::List).await?;
    let today = station_day(now);
    let of_today = |visit: &&Visit| station_day(visit.recorded.at) == today;
    let named = patients.iter().filter(of_today).map(|visit| visit.recorded.visit).collect();
    let purpose = crate::store::accesses::Purpose::Care;
    console.note_access(staff, named, crate::store::accesses::Shown::List, purpose).await?;
    let views: Vec<_> = stays.iter().filter_map(|stay| sleeper(console, place, stay, now)).collect();
    let page = Page {
        frame: staff.frame(console),
        place: place.name.vi.clone(),
        due_soon: views.iter().any(|view| view.owed && view.urgency != "open"),
        sleepers: views,
        patients: patients
            .iter()
            .map(|visit| PatientView {
                visit: visit.recorded.visit,
                number: visit.recorded.ticket_number(),
                name: match visit.patient.as_ref().filter(|_| of_today(&visit)) {
                    Some(patient) => patient.full_name.clone(),
                    None => time::day(station_day(visit.recorded.at)),
                },
            })
            .collect(),
        beds: place.rooms.iter().map(|room| (room.id.clone(), room.told())).collect(),
        relations: Relation::ALL,
        police: (place.police.name.clone(), place.police.telephone.clone()),
        faults,
    };
    html(status, &page)
}

async fn note(console: &Console, staff: &Staff, place: &LodgingPlace, looked: Looked) -> Result<(), Failure> {
    let look = StayLook {
        staff: staff.id,
        session: staff.session,
        place: place.id.clone(),
        looked,
        reason: None,
        at: console.clock.now(),
    };
    Ok(console.store.record_stay_look(look).await?)
}

/// `GET /staff/ward`
pub(super) async fn show(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require_any(ROLES)?;
    page(&console, &staff, Vec::new()).await
}

fn done(console: &Console) -> Response {
    console.live.tell(News::Stays);
    Redirect::to("/staff/ward").into_response()
}

/// `POST /staff/ward`: a patient stays the night, or somebody with them.
pub(super) async fn admit(
    State(console): State<Console>,
    staff: Staff,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require_any(ROLES)?;
    let now = console.clock.now();
    let place = console.ward()?;
    let mut faults = Vec::new();
    let visit = if typed.visit.is_empty() {
        None
    } else {
        let id = Uuid::parse_str(&typed.visit).map_err(|_| Failure::NotFound)?;
        // Only of those that the page offers: an older record opens for a reason alone.
        let mut offered = patients(&console, &[], now).await?.into_iter();
        Some(offered.find(|visit| visit.recorded.visit == id).ok_or(Failure::NotFound)?)
    };
    let (mut draft, party) = if let Some(visit) = &visit {
        (ward::patient(visit, now), None)
    } else {
        let with = Uuid::parse_str(&typed.with).map_err(|_| Failure::NotFound)?;
        let with = console.ward_stay(with).await?;
        let mut draft = Draft::arriving(now);
        draft.reason = Some(StayReason::Other);
        draft.reason_text = Some(CARETAKER.to_owned());
        if form::name(&typed.full_name, "Họ và tên / Full name", &mut faults).is_none() {
            return page(&console, &staff, faults).await;
        }
        (draft, Some(with.party))
    };
    typed.fill(&mut draft, now, &mut faults);
    if !faults.is_empty() {
        return page(&console, &staff, faults).await;
    }
    let by = Some(staff.decision("lưu bệnh qua đêm".to_owned()));
    let mut stay = ward::stay(place, visit.as_ref(), draft, by, now);
    stay.party = party;
    console.store.record_stay(stay).await?;
    Ok(done(&console))
}

/// `POST /staff/ward/{stay}`: what was missing, or another bed.
pub(super) async fn complete(
    State(console): State<Console>,
    staff: Staff,
    Id(stay): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require_any(ROLES)?;
    let now = console.clock.now();
    let place = console.ward()?;
    let kept = console.ward_stay(stay).await?;
    let mut draft = kept.draft.clone().ok_or(Failure::NotFound)?;
    let mut faults = Vec::new();
    typed.fill(&mut draft, now, &mut faults);
    if !faults.is_empty() {
        return page(&console, &staff, faults).await;
    }
    let gaps = draft.declaration(place, local_day(now)).is_err();
    let what = "bổ sung thông tin lưu trú";
    let change = Change { event: StayEvent::Corrected { draft: gaps }, corrected: Some(draft), what };
    change.carry_out(&console, &staff, &kept, &typed, now).await
}

/// `POST /staff/ward/{stay}/leave`: discharged, or gone home.
pub(super) async fn leave(
    State(console): State<Console>,
    staff: Staff,
    Id(stay): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require_any(ROLES)?;
    let now = console.clock.now();
    let kept = console.ward_stay(stay).await?;
    let change = Change { event: StayEvent::Left { at: now }, corrected: None, what: "ra viện, ra về" };
    change.carry_out(&console, &staff, &kept, &typed, now).await
}

/// `POST /staff/ward/{stay}/withdraw`: nobody stays after all.
pub(super) async fn withdraw(
    State(console): State<Console>,
    staff: Staff,
    Id(stay): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require_any(ROLES)?;
    let mut faults = Vec::new();
    if form::line(&typed.reason, "Lý do rút / Why it is withdrawn", &mut faults).is_none() {
        return page(&console, &staff, faults).await;
    }
    let now = console.clock.now();
    let kept = console.ward_stay(stay).await?;
    let change = Change { event: StayEvent::Withdrawn, corrected: None, what: "rút khai báo lưu trú" };
    change.carry_out(&console, &staff, &kept, &typed, now).await
}

/// Something that staff do about a stay.
struct Change {
    event: StayEvent,
    corrected: Option<Draft>,
    /// In words: the reason, and what a person tells the police where they were told before.
    what: &'static str,
}

impl Change {
    async fn carry_out(
        self,
        console: &Console,
        staff: &Staff,
        kept: &KeptStay,
        typed: &Typed,
        now: Timestamp,
    ) -> Result<Response, Failure> {
        let reason = form::optional_line(&typed.reason, "Lý do / Reason", &mut Vec::new());
        let reason = reason.unwrap_or_else(|| self.what.to_owned());
        let named = kept.draft.as_ref().and_then(|draft| draft.full_name.clone()).unwrap_or_default();
        let told = format!("{named}: {}, ngày {}.", self.what, time::day(local_day(now)));
        let change = ChangeStay {
            stay: kept.id,
            seen: typed.seen.parse().unwrap_or(kept.version),
            event: self.event,
            corrected: self.corrected,
            by: staff.decision(reason),
            to_say: Some(SecretBytes::new(told.into_bytes())),
            at: now,
        };
        console.store.change_stay(change).await?;
        Ok(done(console))
    }
}
