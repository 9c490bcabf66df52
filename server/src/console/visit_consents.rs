//! Consent at the desk: what the person, or whoever represents them, agreed to or took back, to which words, written
//! down by whom (Luật 91/2025/QH15 Đ9; NĐ 356/2025/NĐ-CP Đ6).
//!
//! The words stand on the page, to be read out or handed over, and the form carries their digest: what is recorded is
//! the answer to exactly those.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::{
    Language,
    consent::{self, ConsentText},
    law::{
        Consenter,
        age::{ConsentRole, Spoken},
    },
    person::Relation,
    step::Purpose,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Console, Frame, accesses,
    check::Id,
    failure::{Failure, html},
    form,
    ledger::{LedgerLine, purpose},
    session::Staff,
    visits::found,
};
use crate::{
    staff::Role,
    store::{
        Visit,
        accesses::Shown,
        consents::{ByHand, ConsentAnswer, ConsentAtDesk, LedgerEntry, Withdrawal},
        visits::station_day,
    },
};

/// The language of the words: `en`, else Vietnamese.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Words {
    language: String,
}

impl Words {
    fn language(&self) -> Language {
        if self.language == "en" { Language::En } else { Language::Vi }
    }
}

/// The form for an answer, or for a withdrawal, as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// Of the words that stood on the page: lower-case hex.
    text_sha256: String,
    /// `yes` or `no`.
    answer: String,
    /// What whoever spoke is to the person; empty: they are the person.
    relation: String,
    /// Their name.
    representative: String,
}

/// One text, with the form for its answer.
struct TextView {
    role: &'static str,
    /// Whether a representative answers it.
    represented: bool,
    sha256: String,
    version: u16,
    paragraphs: [&'static str; 5],
}

impl TextView {
    fn new(text: &ConsentText) -> Self {
        Self {
            role: text.role.vietnamese(),
            represented: text.role == ConsentRole::Representative,
            sha256: text.sha256_hex(),
            version: text.version,
            paragraphs: text.paragraphs,
        }
    }
}

struct RelationView {
    value: &'static str,
    label: &'static str,
}

/// A purpose to which there is a consent that can be taken back.
struct GivenView {
    value: &'static str,
    label: &'static str,
}

#[derive(Template)]
#[template(path = "visit_consents.html")]
struct Page {
    frame: Frame,
    visit: Uuid,
    ticket: String,
    /// None where the person had their data restricted: what they agreed to is recorded and taken back all the same.
    name: Option<String>,
    ledger: Vec<LedgerLine>,
    texts: Vec<TextView>,
    relations: Vec<RelationView>,
    given: Vec<GivenView>,
    faults: Vec<String>,
}

/// Whom the law has asked, of somebody of this birth. Where it is not known: whoever it may be.
fn asked(console: &Console, visit: &Visit) -> Vec<ConsentRole> {
    let today = station_day(console.clock.now());
    let birth = visit.patient.as_ref().and_then(|patient| patient.birth);
    match birth.map(|birth| Consenter::of(birth, today, false)) {
        Some(Consenter::Representative) => vec![ConsentRole::Representative],
        Some(Consenter::ChildAndRepresentative) => vec![ConsentRole::Child, ConsentRole::Representative],
        Some(Consenter::Person | Consenter::Nobody) => vec![ConsentRole::Person],
        None => ConsentRole::ALL.into(),
    }
}

/// The purposes to which a consent stands that nobody took back.
fn standing(ledger: &[LedgerEntry]) -> Vec<Purpose> {
    let stands = |entry: &&LedgerEntry| {
        entry.answer == ConsentAnswer::Given && !ledger.iter().any(|later| later.withdraws == Some(entry.id))
    };
    let given: Vec<_> = ledger.iter().filter(stands).map(|entry| entry.purpose).collect();
    Purpose::ALL.into_iter().filter(|purpose| given.contains(purpose)).collect()
}

async fn page(
    console: &Console,
    staff: &Staff,
    visit: &Visit,
    language: Language,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    // Nobody can be asked about whoever was erased.
    visit.patient.as_ref().ok_or(Failure::NotFound)?;
    let shown = visit.patient_shown(station_day(console.clock.now()));
    let ledger = console.store.consents_of(visit.recorded.subject).await?;
    let roles = asked(console, visit);
    let texts = Purpose::ALL.into_iter().flat_map(|purpose| {
        roles.iter().filter_map(move |role| consent::current(purpose, *role, language).map(TextView::new))
    });
    let representing = Relation::ALL.iter().filter(|relation| relation.represents());
    let page = Page {
        frame: staff.frame(console),
        visit: visit.recorded.visit,
        ticket: visit.recorded.ticket_number(),
        name: shown.map(|patient| patient.full_name.clone()),
        texts: texts.collect(),
        relations: representing
            .map(|relation| RelationView { value: relation.as_str(), label: relation.vietnamese() })
            .collect(),
        given: standing(&ledger)
            .into_iter()
            .map(|given| GivenView { value: given.as_str(), label: purpose(given) })
            .collect(),
        ledger: ledger.iter().map(LedgerLine::new).collect(),
        faults,
    };
    html(status, &page)
}

/// The visit, if `staff` may see it here and now. That they did is written down.
async fn opened(console: &Console, staff: &Staff, visit: Uuid) -> Result<Result<Visit, Response>, Failure> {
    staff.require(Role::Reception)?;
    let visit = found(console, visit).await?;
    if console.may_see(staff, &visit, Shown::Record).await? {
        Ok(Ok(visit))
    } else {
        accesses::ask(console, staff, &visit, Vec::new()).map(Err)
    }
}

/// `GET /staff/visits/{visit}/consents`
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Id(visit): Id,
    Query(words): Query<Words>,
) -> Result<Response, Failure> {
    match opened(&console, &staff, visit).await? {
        Ok(visit) => page(&console, &staff, &visit, words.language(), Vec::new()).await,
        Err(asked) => Ok(asked),
    }
}

/// Who spoke, and under which name where it was for another.
fn speaker(typed: &Typed, represented: bool, faults: &mut Vec<String>) -> (Option<Relation>, Option<String>) {
    if !represented {
        return (None, None);
    }
    let relation = Relation::parse(&typed.relation).filter(|relation| relation.represents());
    if relation.is_none() {
        faults.push("Quan hệ: chưa chọn cha, mẹ hoặc người giám hộ (choose parent or guardian)".into());
    }
    let name = form::line(&typed.representative, "Họ và tên người đại diện / Representative's name", faults);
    (relation, name)
}

/// `POST /staff/visits/{visit}/consents`
pub(super) async fn answer(
    State(console): State<Console>,
    staff: Staff,
    Id(visit): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let visit = match opened(&console, &staff, visit).await? {
        Ok(visit) => visit,
        Err(asked) => return Ok(asked),
    };
    let mut faults = Vec::new();
    let mut digest = [0; 32];
    let text =
        hex::decode_to_slice(&typed.text_sha256, &mut digest).ok().and_then(|()| consent::known(&digest));
    // Words that changed since, or that ask somebody else, were not what stood on the page.
    let text = text.filter(|text| {
        consent::current(text.purpose, text.role, text.language) == Some(text)
            && asked(&console, &visit).contains(&text.role)
    });
    if text.is_none() {
        faults.push(
            "Lời hỏi đã đổi: xin đọc lại cho người bệnh nghe (the words changed: read them again)".into(),
        );
    }
    let given = match typed.answer.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    if given.is_none() {
        faults.push("Trả lời: chưa chọn đồng ý hay không (choose yes or no)".into());
    }
    let represented = text.is_some_and(|text| text.role == ConsentRole::Representative);
    let (relation, representative) = speaker(&typed, represented, &mut faults);
    let (Some(text), Some(given), []) = (text, given, faults.as_slice()) else {
        let language = text.map_or(Language::Vi, |text| text.language);
        return page(&console, &staff, &visit, language, faults).await;
    };
    let consent = ConsentAtDesk {
        subject: visit.recorded.subject,
        text,
        given,
        spoken: Spoken { role: text.role, relation },
        by_hand: ByHand { staff: staff.name.clone(), representative },
        at: console.clock.now(),
    };
    console.store.record_consent(consent).await?;
    Ok(Redirect::to(&format!("/staff/visits/{}/consents", visit.recorded.visit)).into_response())
}

/// The form for a withdrawal.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TakenBack {
    purpose: String,
    #[serde(flatten)]
    spoken: Typed,
}

/// `POST /staff/visits/{visit}/consents/withdraw`
pub(super) async fn withdraw(
    State(console): State<Console>,
    staff: Staff,
    Id(visit): Id,
    Form(typed): Form<TakenBack>,
) -> Result<Response, Failure> {
    let visit = match opened(&console, &staff, visit).await? {
        Ok(visit) => visit,
        Err(asked) => return Ok(asked),
    };
    let mut faults = Vec::new();
    let purpose = Purpose::ALL.into_iter().find(|purpose| purpose.as_str() == typed.purpose);
    if purpose.is_none() {
        faults.push("Rút lại: chưa chọn việc gì (choose for what)".into());
    }
    let roles = asked(&console, &visit);
    // A representative alone speaks for a small child; else the person does, unless somebody says that they do.
    let represented = roles == [ConsentRole::Representative] || !typed.spoken.relation.is_empty();
    let (relation, representative) = speaker(&typed.spoken, represented, &mut faults);
    let (Some(purpose), []) = (purpose, faults.as_slice()) else {
        return page(&console, &staff, &visit, Language::Vi, faults).await;
    };
    let role = match (represented, roles.first()) {
        (false, Some(role)) => *role,
        _ => ConsentRole::Representative,
    };
    let withdrawal = Withdrawal {
        subject: visit.recorded.subject,
        purpose,
        spoken: Spoken { role, relation },
        by_hand: ByHand { staff: staff.name.clone(), representative },
        at: console.clock.now(),
    };
    console.store.withdraw_consent(withdrawal).await?;
    Ok(Redirect::to(&format!("/staff/visits/{}/consents", visit.recorded.visit)).into_response())
}
