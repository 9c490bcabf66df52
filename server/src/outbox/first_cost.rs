//! The first cost of a visit: what the station's software reports, and what goes out for it.

use std::sync::Arc;

use flows::health::Station;
use identity::SecretBytes;
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::Offset};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use super::messages::Cost;
use crate::{
    clock::Clock,
    lodging::{
        Places,
        ward::{self, is_overnight},
    },
    national::insurance::FieldFault,
    store::{FirstCost, Queued, RequestKey, Respond, Store, StoreError},
};

/// How far the software's clock may lie from this server's.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(10);

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportOutcome {
    /// The CHECK-IN message is queued and will be delivered.
    Queued,
    /// It was queued before; it is the same one.
    AlreadyQueued,
    /// None is sent: the patient is an emergency (MA_DOITUONG_KCB 2).
    NotSentEmergency,
    /// None is sent: there is laboratory work alone.
    NotSentLaboratoryOnly,
}

/// The answer to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FirstCostReported {
    /// What became of it.
    pub outcome: ReportOutcome,
    /// `MA_LK` of the CHECK-IN message. The visit's XML1 carries the same.
    pub ma_lk: String,
    /// The message, where there is one.
    pub message_id: Option<String>,
}

/// Why nothing goes out.
#[derive(Debug, Clone, Error)]
pub enum CostFault {
    /// No such visit at this station.
    #[error("there is no such visit at this station")]
    UnknownVisit,
    /// It was ordered before the patient came, or later than now.
    #[error("it was not ordered between the patient's arrival and now")]
    OrderTime,
    /// The ward took the patient in before they came, or later than now.
    #[error("the ward did not admit the patient between their arrival and now")]
    WardTime,
    /// A value has no place in the document.
    #[error(transparent)]
    Field(#[from] FieldFault),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes reports of first costs.
#[derive(Clone)]
pub struct FirstCosts {
    /// Where records and messages are.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Clock,
    /// The station.
    pub station: Arc<Station>,
    /// The places where people stay: the station's ward is one.
    pub places: Arc<Places>,
}

impl std::fmt::Debug for FirstCosts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FirstCosts({})", self.station.code)
    }
}

impl FirstCosts {
    /// Queues the CHECK-IN message of a visit, once, and once more for its ward. The response is a
    /// [`FirstCostReported`].
    ///
    /// # Errors
    /// Where the visit is not this station's, a value does not fit, or it could not be written. Nothing was kept.
    pub async fn report(
        &self,
        request: RequestKey,
        visit: Uuid,
        cost: Cost,
        laboratory_only: bool,
    ) -> Result<SecretBytes, CostFault> {
        let at = self.clock.now();
        let kept = self.store.visit(visit).await?;
        let kept = kept.filter(|kept| kept.station == self.station.code).ok_or(CostFault::UnknownVisit)?;
        let reception = self.store.reception(visit).await?;
        let document = cost.document(&kept, reception.as_ref()).ok_or(CostFault::UnknownVisit)?;
        let arrived = kept.recorded.at;
        if !within(cost.ordered, arrived, at) {
            return Err(CostFault::OrderTime);
        }
        if cost.ward.as_ref().is_some_and(|ward| !within(on_the_clock(ward.admitted), arrived, at)) {
            return Err(CostFault::WardTime);
        }
        let not_sent = if cost.group.is_emergency() {
            Some(ReportOutcome::NotSentEmergency)
        } else if laboratory_only {
            Some(ReportOutcome::NotSentLaboratoryOnly)
        } else {
            None
        };
        // Only what is sent has to fit: nobody knows the birth date of whom nobody could identify.
        let message = if not_sent.is_some() {
            None
        } else {
            document.check()?;
            Some(cost.message(at)?)
        };
        let respond = Respond::new(move |queued: &Option<Queued>| answer(visit, *queued, not_sent));
        let stays = is_overnight(cost.care);
        let report = FirstCost { visit, message, request, respond: respond.clone(), at };
        let queued = self.store.record_first_cost(report).await.map_err(|error| match error {
            StoreError::UnknownVisit => CostFault::UnknownVisit,
            error => CostFault::Store(error),
        })?;
        // Told again, it is the same stay: the software repeats a report that had no answer.
        if let Some(ward) = self.places.of_station(&self.station.code).filter(|_| stays) {
            ward::reported(&*self.store, ward, &kept, at).await?;
        }
        Ok(respond.to(&queued))
    }
}

fn answer(visit: Uuid, queued: Option<Queued>, not_sent: Option<ReportOutcome>) -> SecretBytes {
    let outcome = match (not_sent, queued) {
        (Some(outcome), _) => outcome,
        (None, Some(Queued { already: true, .. })) => ReportOutcome::AlreadyQueued,
        (None, _) => ReportOutcome::Queued,
    };
    let reported = FirstCostReported {
        outcome,
        ma_lk: visit.to_string(),
        message_id: queued.map(|queued| queued.message.to_string()),
    };
    SecretBytes::new(serde_json::to_vec(&reported).unwrap_or_default())
}

/// Whether `time` lies between two others, as far as clocks agree.
fn within(time: Timestamp, from: Timestamp, to: Timestamp) -> bool {
    time.duration_since(from) >= -CLOCK_TOLERANCE && time.duration_since(to) <= CLOCK_TOLERANCE
}

/// The moment of a time on the station's clock.
fn on_the_clock(time: DateTime) -> Timestamp {
    Offset::constant(7).to_timestamp(time).unwrap_or(Timestamp::MAX)
}
