//! Incidents with personal data and their 72-hour clock (Luật 91/2025/QH15 Đ23; NĐ 356/2025/NĐ-CP Đ29).

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Decision, StoreError};

/// What kind of breach it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// Lộ: data came to people who may not have them.
    Disclosed,
    /// Mất: data, or a device with them, are lost.
    Lost,
    /// Bị sửa đổi: data were changed without right.
    Altered,
    /// Truy cập trái phép: somebody looked who may not.
    UnlawfulAccess,
    /// Xử lý sai mục đích: used for something else.
    OtherPurpose,
    /// Khác.
    Other,
}

impl IncidentKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Disclosed, Self::Lost, Self::Altered, Self::UnlawfulAccess, Self::OtherPurpose, Self::Other];

    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disclosed => "disclosed",
            Self::Lost => "lost",
            Self::Altered => "altered",
            Self::UnlawfulAccess => "unlawful_access",
            Self::OtherPurpose => "other_purpose",
            Self::Other => "other",
        }
    }

    /// The words on pages.
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::Disclosed => "Lộ dữ liệu",
            Self::Lost => "Mất dữ liệu hoặc thiết bị",
            Self::Altered => "Dữ liệu bị sửa đổi",
            Self::UnlawfulAccess => "Truy cập trái phép",
            Self::OtherPurpose => "Dùng sai mục đích",
            Self::Other => "Khác",
        }
    }
}

/// How many people's data of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Which data: basic, health, biometric, …
    pub category: String,
    /// How many people; none where it is not known yet.
    pub people: Option<u32>,
}

/// What happened. Sealed under the incident's own key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentReport {
    /// What happened, where, since when.
    pub what: String,
    /// Whose data.
    pub affected: Vec<Affected>,
    /// What may come of it for them.
    pub consequences: String,
    /// What was done at once.
    pub measures: String,
    /// Who noticed, or wrote it down.
    pub reported_by: String,
}

impl std::fmt::Debug for IncidentReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IncidentReport(masked)")
    }
}

/// An incident that is written down.
#[derive(Debug, Clone)]
pub struct NewIncident {
    /// What kind.
    pub kind: IncidentKind,
    /// When it was noticed: the clock runs from here.
    pub noticed_at: Timestamp,
    /// What happened.
    pub report: IncidentReport,
    /// Now.
    pub at: Timestamp,
}

/// What was done about an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentEvent {
    /// A measure, or something more that is known.
    Measure,
    /// A05 was told (Mẫu 08).
    AuthorityTold,
    /// The people concerned were told.
    SubjectsTold,
    /// It needs no notice, with the reason.
    NoNotice,
    /// The file is closed.
    Closed,
}

/// A step in an incident's file.
#[derive(Debug, Clone)]
pub struct IncidentStep {
    /// What.
    pub event: IncidentEvent,
    /// Who, and what exactly. None where its key was destroyed.
    pub decision: Option<Decision>,
    /// When.
    pub at: Timestamp,
}

/// A step to be added.
#[derive(Debug, Clone)]
pub struct NewIncidentStep {
    /// The incident.
    pub incident: Uuid,
    /// What.
    pub event: IncidentEvent,
    /// Who, and what exactly.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// An incident's file.
#[derive(Debug, Clone)]
pub struct Incident {
    /// Its id.
    pub id: Uuid,
    /// What kind.
    pub kind: IncidentKind,
    /// When it was noticed.
    pub noticed_at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// What happened. None where its key was destroyed, five years after it was closed.
    pub report: Option<IncidentReport>,
    /// What was done, in order.
    pub steps: Vec<IncidentStep>,
}

impl Incident {
    /// Whether this was done.
    pub fn had(&self, event: IncidentEvent) -> bool {
        self.steps.iter().any(|step| step.event == event)
    }

    /// Whether the clock still runs: nobody was told, and nobody said that nobody need be.
    pub fn clock_runs(&self) -> bool {
        ![IncidentEvent::AuthorityTold, IncidentEvent::NoNotice].into_iter().any(|event| self.had(event))
    }
}

/// The operations on incidents.
#[async_trait]
pub trait Incidents: Send + Sync {
    /// Writes an incident down.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn record_incident(&self, incident: NewIncident) -> Result<Uuid, StoreError>;

    /// Adds to an incident's file.
    ///
    /// # Errors
    /// [`StoreError::UnknownIncident`] where there is none that is open, or where it could not be written.
    async fn step_incident(&self, step: NewIncidentStep) -> Result<(), StoreError>;

    /// The incidents: those whose clock runs, by the time it ends; then the others, the latest first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn incidents(&self) -> Result<Vec<Incident>, StoreError>;

    /// One incident.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn incident(&self, id: Uuid) -> Result<Option<Incident>, StoreError>;
}
