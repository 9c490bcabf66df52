//! `POST /v1/visits/{id}/first-cost`: the first cost of a visit, from the station's software.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
    response::Response,
};
use jiff::{Timestamp, civil::Time, tz::Offset};
use serde::Deserialize;
use tracing::error;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::{
        Api,
        body::JsonBody,
        caller::{store_fault, stored},
        problem::{Failure, Kind},
    },
    national::insurance::{CareKind, FieldFault, Item, PatientGroup, Ward},
    outbox::{
        first_cost::{CostFault, FirstCostReported},
        messages::Cost,
    },
    session::SignedCall,
};

/// The first cost of a visit. Codes are text, as in the lists.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportFirstCost {
    /// `MA_LOAI_KCB` (QĐ 1804/2026): `01` for an examination.
    #[schema(example = "01", pattern = "^(0[1-9]|1[0-6])$")]
    care_kind: String,
    /// `MA_DOITUONG_KCB` (QĐ 3276/2025): `1.2` at a commune's station.
    #[schema(example = "1.2", pattern = "^(1\\.([1-7]|1[1-8])|2|3\\.[1236]|7(\\.[234])?|8|9|10)$")]
    patient_group: String,
    /// The service that costs. One of service, drug and supply has to be there.
    service: Option<CostItem>,
    /// The drug that costs.
    drug: Option<CostItem>,
    /// The supply that costs.
    supply: Option<CostItem>,
    /// `NGAY_YL`: when it was ordered (RFC 3339).
    #[schema(example = "2026-09-15T08:12:00+07:00", format = DateTime)]
    ordered_at: String,
    /// Whether there is laboratory work alone: then no message is sent.
    #[serde(default)]
    laboratory_only: bool,
    /// `MA_BN`: the software's code of the patient, 1 to 100 characters. Left out, it is this server's.
    #[schema(min_length = 1, max_length = 100)]
    patient_code: Option<String>,
    /// The time of birth, `HH:MM`, of a newborn of at most 28 days.
    #[schema(example = "04:07", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    birth_time: Option<String>,
    /// For the first cost in a ward, which sends a message of its own.
    ward: Option<CostWard>,
}

/// A service, drug or supply.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostItem {
    /// Its code: at most 50 characters of a service, 255 of a drug or supply.
    #[schema(example = "02.1896", min_length = 1, max_length = 255)]
    code: String,
    /// Its name, at most 1,024 characters.
    #[schema(example = "Khám Nội", min_length = 1, max_length = 1024)]
    name: String,
}

/// Admission to a ward.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostWard {
    /// `NGAY_VAO_NOI_TRU`: when (RFC 3339).
    #[schema(format = DateTime)]
    admitted_at: String,
    /// `LY_DO_VNT`: why, at most 1,024 characters.
    #[schema(min_length = 1, max_length = 1024)]
    reason: String,
    /// `MA_LY_DO_VNT`: the reason's code, at most 5 characters.
    #[schema(max_length = 5)]
    reason_code: Option<String>,
}

/// Report the first cost of a visit
///
/// The CHECK-IN message (XML0, QĐ 4750/QĐ-BYT and 3176/QĐ-BYT) to the health-insurance register is queued in the same
/// transaction as the answer, and delivered as docs/outbox.md says. Report the first cost of each visit (usually the
/// examination fee), and again the first cost in a ward; a report that comes twice queues one message. For an emergency
/// (`patient_group` 2) and for laboratory work alone nothing is sent, and the answer says so.
#[utoipa::path(
    post,
    path = "/v1/visits/{id}/first-cost",
    tag = "software",
    request_body = ReportFirstCost,
    params(("id" = String, Path, description = "The visit")),
    responses((status = OK, description = "What became of the report", body = FirstCostReported)),
)]
pub async fn report_first_cost(
    State(api): State<Arc<Api>>,
    call: SignedCall,
    VisitId(visit): VisitId,
    JsonBody(report): JsonBody<ReportFirstCost>,
) -> Result<Response, Failure> {
    let laboratory_only = report.laboratory_only;
    let cost = report.parse()?;
    Ok(stored(&api.first_costs.report(call.request, visit, cost, laboratory_only).await?))
}

impl ReportFirstCost {
    /// What fits no list and no form is refused here; what is too long or empty, where the document is made.
    fn parse(self) -> Result<Cost, Kind> {
        let item = |item: CostItem| Item { code: item.code, name: item.name };
        let ward = self.ward.map(CostWard::parse).transpose()?;
        if self.patient_code.as_deref().is_some_and(|code| code.trim().is_empty()) {
            return Err(Kind::PatientCodeUnfit);
        }
        Ok(Cost {
            care: CareKind::parse(&self.care_kind).ok_or(Kind::CareKindUnknown)?,
            group: PatientGroup::parse(&self.patient_group).ok_or(Kind::PatientGroupUnknown)?,
            service: self.service.map(item),
            drug: self.drug.map(item),
            supply: self.supply.map(item),
            ordered: time(&self.ordered_at).ok_or(Kind::OrderTimeUnfit)?,
            patient: self.patient_code,
            birth_time: match self.birth_time.as_deref() {
                Some(text) => Some(hour(text).ok_or(Kind::BirthTimeUnfit)?),
                None => None,
            },
            ward,
        })
    }
}

impl CostWard {
    fn parse(self) -> Result<Ward, Kind> {
        let admitted = time(&self.admitted_at).ok_or(Kind::WardUnfit)?;
        Ok(Ward {
            admitted: Offset::constant(7).to_datetime(admitted),
            reason: self.reason,
            reason_code: self.reason_code,
        })
    }
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// `HH:MM`.
fn hour(text: &str) -> Option<Time> {
    if text.len() == 5 { Time::strptime("%H:%M", text).ok() } else { None }
}

impl From<CostFault> for Failure {
    fn from(fault: CostFault) -> Self {
        match fault {
            CostFault::UnknownVisit => Kind::VisitUnknown.into(),
            CostFault::OrderTime => Kind::OrderTimeUnfit.into(),
            CostFault::WardTime => Kind::WardUnfit.into(),
            CostFault::Field(fault) => field(fault),
            CostFault::Store(fault) => store_fault(&fault),
        }
    }
}

/// The problem of a tag: the field that it comes from, or the record.
fn field(fault: FieldFault) -> Failure {
    let kind = match (fault.tag(), fault) {
        ("MA_DICH_VU", FieldFault::Missing(_)) => Kind::CostMissing,
        ("MA_DICH_VU" | "TEN_DICH_VU", _) => Kind::ServiceUnfit,
        ("MA_THUOC" | "TEN_THUOC", _) => Kind::DrugUnfit,
        ("MA_VAT_TU" | "TEN_VAT_TU", _) => Kind::SupplyUnfit,
        ("MA_BN", _) => Kind::PatientCodeUnfit,
        ("LY_DO_VNT" | "MA_LY_DO_VNT", _) => Kind::WardUnfit,
        _ => {
            error!(%fault, "a record does not fit the CHECK-IN message");
            Kind::RecordUnfit
        }
    };
    // The tag's name and its bound, never its value.
    Failure::with_detail(kind, format!("{} {fault}.", kind.detail()))
}

/// The visit that the path names. What is no UUID names none.
#[derive(Debug, Clone, Copy)]
pub struct VisitId(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for VisitId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(id)| Uuid::try_parse(&id).ok());
        id.map(Self).ok_or_else(|| Kind::VisitUnknown.into())
    }
}
