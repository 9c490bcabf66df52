//! The access log: who saw which person's record, on which page, and why.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StoreError;

/// Minutes for which a reason that was given opens a record.
pub const REASON_MINUTES: i64 = 15;
/// Most rows of the log on one page.
pub const MOST_ACCESSES: u32 = 200;

/// What showed a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// A list of many: written once in a session for each person on it.
    List,
    /// The record's own page.
    Record,
    /// The record as a file.
    Export,
    /// Nothing yet: a reason was given to see it.
    Asked,
    /// The person's visits elsewhere, which a clinician asked the insurance register for: with their reason.
    History,
    /// Nothing yet: a reason was given to export it, and who gets it (Luật 91/2025/QH15 Đ26).
    ExportAsked,
    /// Everything that is kept of the person, read for a request of theirs: with the reason.
    Everything,
}

/// What a reason that was given opens, in one session and for [`REASON_MINUTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// The record's page: [`Shown::Asked`].
    Record,
    /// Its files: [`Shown::ExportAsked`].
    Export,
}

impl Opens {
    /// How the giving of the reason stands in the log.
    pub const fn asked(self) -> Shown {
        match self {
            Self::Record => Shown::Asked,
            Self::Export => Shown::ExportAsked,
        }
    }
}

/// Why a record was seen: the code of ordinary duty, or a reason that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Reception at the station: on the day of the visit, for whoever calls, and what is still to be done after it.
    Reception,
    /// Care at the station on the day of the visit.
    Care,
    /// Neither: a reason was asked for, and stands in the row of [`Shown::Asked`] or [`Shown::ExportAsked`].
    Reason,
    /// Answering a request about someone's data.
    Request,
}

/// What is kept about a person outside of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// The conversation that a call came from, as whoever took the call over sees it.
    Call(Uuid),
    /// A request about someone's data.
    Request(Uuid),
}

impl File {
    /// Why it is seen: nobody opens one for anything else.
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Call(_) => Purpose::Reception,
            Self::Request(_) => Purpose::Request,
        }
    }
}

/// A file that is about to be shown.
#[derive(Clone)]
pub struct NewFileAccess {
    /// Who sees it.
    pub staff: Uuid,
    /// In which session.
    pub session: Uuid,
    /// Which.
    pub file: File,
    /// Whom it is about, where that is known.
    pub subject: Option<Uuid>,
    /// [`Shown::Record`] or [`Shown::Everything`].
    pub shown: Shown,
    /// The reason in their own words, with [`Shown::Everything`]. Sealed.
    pub reason: Option<String>,
    /// Now.
    pub at: Timestamp,
}

impl std::fmt::Debug for NewFileAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewFileAccess")
            .field("staff", &self.staff)
            .field("file", &self.file)
            .field("shown", &self.shown)
            .finish_non_exhaustive()
    }
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The record of a visit.
    Visit {
        /// Which visit.
        visit: Uuid,
        /// The day of the visit.
        day: Date,
        /// The number that was called out.
        number: String,
    },
    /// What is kept outside of one.
    File(File),
}

/// Records that are about to be shown.
#[derive(Clone)]
pub struct NewAccess {
    /// Who sees them.
    pub staff: Uuid,
    /// In which session.
    pub session: Uuid,
    /// The visits.
    pub visits: Vec<Uuid>,
    /// Where.
    pub shown: Shown,
    /// Why.
    pub purpose: Purpose,
    /// The reason in their own words, with [`Shown::Asked`], [`Shown::ExportAsked`] and [`Shown::History`]. Sealed.
    pub reason: Option<String>,
    /// Who gets the file, with [`Shown::ExportAsked`]. Sealed with the reason.
    pub recipient: Option<String>,
    /// Now.
    pub at: Timestamp,
}

impl std::fmt::Debug for NewAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccess")
            .field("staff", &self.staff)
            .field("shown", &self.shown)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// Which rows of the log are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accesses {
    /// The latest.
    Latest,
    /// Of this member of staff.
    By(Uuid),
    /// To whatever is kept of this subject.
    To(Uuid),
}

/// A row of the log. It names the patient by the number of the day alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// When.
    pub at: Timestamp,
    /// Who saw it.
    pub staff: Uuid,
    /// Their name.
    pub name: String,
    /// Whose record, where that is known.
    pub subject: Option<Uuid>,
    /// What.
    pub seen: Seen,
    /// Where.
    pub shown: Shown,
    /// Why.
    pub purpose: Purpose,
    /// The reason that was given.
    pub reason: Option<String>,
    /// Who gets the file.
    pub recipient: Option<String>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("at", &self.at).field("shown", &self.shown).finish_non_exhaustive()
    }
}

/// The access log. Rows are only added.
#[async_trait]
pub trait AccessLog: Send + Sync {
    /// Writes down that records are about to be shown. What could not be written may not be shown.
    ///
    /// # Errors
    /// Where it could not be written, or there is no such visit.
    async fn record_access(&self, access: NewAccess) -> Result<(), StoreError>;

    /// Writes down that a file is about to be shown. What could not be written may not be shown.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn record_file_access(&self, access: NewFileAccess) -> Result<(), StoreError>;

    /// Whether in this session a reason was given since then that opens this of the visit.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn reason_given(
        &self,
        session: Uuid,
        visit: Uuid,
        opens: Opens,
        since: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Rows of the log, the latest first, at most [`MOST_ACCESSES`].
    ///
    /// # Errors
    /// Where they could not be read.
    async fn accesses(&self, which: Accesses) -> Result<Vec<Access>, StoreError>;
}
