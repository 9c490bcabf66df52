//! The health-insurance register (cổng tiếp nhận BHXH): is this person insured, and by which card?

mod check_in;
mod client;
mod finding;
pub(in crate::national) mod history;
mod result_code;
pub(super) mod wire;
mod words;

use async_trait::async_trait;
use flows::person::Person;
use secrecy::SecretString;
use serde::Deserialize;

pub use check_in::{
    CareKind, CheckInChannel, CheckInDocument, DocumentFault, FacilitySigner, FieldFault, Item, PatientGroup,
    Receipt, SignatureFiles, SignatureFilesError, SignerError, Unsigned, Ward, XmlSignature,
};
pub use client::InsuranceClient;
pub use finding::{Finding, PastVisit, VisitHistory};
pub use result_code::{Action, ResultCode};
pub use words::{StaffWords, documentation};

use super::{Limits, NationalError, secret::secret};

/// The health-insurance register.
#[async_trait]
pub trait InsuranceRegister: Send + Sync {
    /// Looks `person` up by personal number, name and birth date. Changes nothing there.
    ///
    /// # Errors
    /// Where there is no answer about the person: no answer at all, the register's own trouble (codes 100 and 101),
    /// or a refusal of this server (054, 055, 205, 401, 501, or a code that is not in its table).
    async fn look_up(&self, person: &Person) -> Result<Finding, NationalError>;

    /// The person's visits elsewhere, for a clinician who asked for them with a reason. The same question as
    /// [`InsuranceRegister::look_up`], of which this part of the answer is otherwise dropped.
    ///
    /// # Errors
    /// As [`InsuranceRegister::look_up`].
    async fn visit_history(&self, person: &Person) -> Result<VisitHistory, NationalError>;
}

/// The section `[national.insurance]` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The address before `/api/…`, without a slash at its end.
    pub base_url: String,
    /// The station's account, `<maCSKCB>_BV`. `maCSKCB`, and `maTinh` in its first two digits, are taken from it.
    pub user: String,
    /// The station's password. Only its MD5 leaves this server, as the register wants it.
    #[serde(deserialize_with = "secret")]
    pub password: SecretString,
    /// `hoTenCb`: the member of staff in whose name cards are looked up.
    #[serde(deserialize_with = "secret")]
    pub staff_name: SecretString,
    /// `cccdCb`: that person's number.
    #[serde(deserialize_with = "secret")]
    pub staff_number: SecretString,
    /// The path of CHECK-IN messages: that of QĐ 3176/QĐ-BYT (in force since 2025) unless set otherwise; the one of
    /// QĐ 4750/QĐ-BYT is `/api/qd130/checkInKcbQd4750`.
    #[serde(default = "check_in_path")]
    pub check_in_path: String,
    /// What the facility signs CHECK-IN documents with. Left out, `CHUKYDONVI` stays empty.
    pub signature: Option<SignatureFiles>,
    /// Time limits.
    #[serde(default)]
    pub limits: Limits,
}

fn check_in_path() -> String {
    "/api/qd130/checkInKcbQd3176".to_owned()
}
