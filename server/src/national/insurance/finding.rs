//! What a look-up found out, in plain types.

use flows::InsuranceCard;
use identity::{SecretBytes, insurance::SocialInsuranceNumber};

use super::{Action, ResultCode};

/// What the register says of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// The register's code.
    pub code: ResultCode,
    /// What then happens at the kiosk: that of the code, or [`Action::Staff`] where the answer lacks the new card
    /// that its code promises.
    pub action: Action,
    /// The card that counts; none where the answer names none.
    pub card: Option<InsuranceCard>,
    /// `maSoBHXH`, or the last ten digits of the card: the number that stays when the card changes. None where the
    /// register did not find the person under name and birth date that were sent.
    pub number: Option<SocialInsuranceNumber>,
    /// The answer as it arrived (JSON), to be kept as evidence, but for the person's visits and look-ups elsewhere:
    /// those are dropped here, before anything else sees them.
    pub answer: SecretBytes,
}

impl std::fmt::Debug for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finding")
            .field("code", &self.code)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// A person's visits at other places, as the register lists them: what a clinician asked for with a reason.
#[derive(Clone, PartialEq, Eq)]
pub struct VisitHistory {
    /// The register's code: with some it lists nothing because it did not find the person.
    pub code: ResultCode,
    /// The visits, in the register's order.
    pub visits: Vec<PastVisit>,
    /// The whole answer as it arrived (JSON).
    pub answer: SecretBytes,
}

impl std::fmt::Debug for VisitHistory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VisitHistory({:?}, {} visits)", self.code, self.visits.len())
    }
}

/// One of them (an entry of `dsLichSuKCB2018`). Every part may be missing; text is as the register wrote it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PastVisit {
    /// `maCSKCB`: the place's code.
    pub facility: Option<String>,
    /// `ngayVao`: `yyyyMMddHHmm`, as the next.
    pub arrived: Option<String>,
    /// `ngayRa`.
    pub left: Option<String>,
    /// `tenBenh`: the illness.
    pub illness: Option<String>,
    /// `tinhTrang`: the state, a code.
    pub state: Option<String>,
    /// `kqDieuTri`: what came of the treatment, a code.
    pub outcome: Option<String>,
    /// `lyDoVV`: the reason for the visit, a code.
    pub reason: Option<String>,
}

impl std::fmt::Debug for PastVisit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PastVisit(masked)")
    }
}
