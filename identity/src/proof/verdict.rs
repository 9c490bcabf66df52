//! What was proved about a document and its holder: axes, never one boolean.

use serde::{Deserialize, Serialize};

use crate::reason::ReasonCode;

/// How one axis of a [`Verdict`] came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AxisResult {
    /// Proved.
    Passed,
    /// Disproved.
    Failed,
    /// Neither: it could not be looked at, or nobody did.
    NotDone,
}

/// One axis: its result and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Axis {
    /// The result.
    pub result: AxisResult,
    /// Why.
    pub code: ReasonCode,
}

impl Axis {
    /// Passed, because of `code`.
    pub const fn passed(code: ReasonCode) -> Self {
        Self { result: AxisResult::Passed, code }
    }

    /// Failed, because of `code`.
    pub const fn failed(code: ReasonCode) -> Self {
        Self { result: AxisResult::Failed, code }
    }

    /// Not done, because of `code`.
    pub const fn not_done(code: ReasonCode) -> Self {
        Self { result: AxisResult::NotDone, code }
    }

    /// Whether it passed.
    pub const fn has_passed(self) -> bool {
        matches!(self.result, AxisResult::Passed)
    }

    /// Whether it failed.
    pub const fn has_failed(self) -> bool {
        matches!(self.result, AxisResult::Failed)
    }
}

/// The axes of what was proved.
///
/// Passive authentication (ICAO 9303-11 5.1) is the first three passed and `revocation` not failed. Until
/// then `chip`, `validity` and `holder` are not done, for the reason `passive_authentication_not_passed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// The SOD's signature verifies under the document signer's certificate in it.
    pub security_object: Axis,
    /// Every file matches the SOD, the required ones are there, and they agree with one another.
    pub data_groups: Axis,
    /// The document signer chains to an installed CSCA.
    pub issuer: Axis,
    /// Neither the signer nor the document was revoked.
    pub revocation: Axis,
    /// The chip is an original, proved on a challenge that the server made for this session.
    pub chip: Axis,
    /// The document's dates at the server's time.
    pub validity: Axis,
    /// The person matches the document.
    pub holder: Axis,
}

impl Verdict {
    /// The axes by name, in the order of the standard's own steps.
    pub const fn axes(&self) -> [(&'static str, Axis); 7] {
        [
            ("security_object", self.security_object),
            ("data_groups", self.data_groups),
            ("issuer", self.issuer),
            ("revocation", self.revocation),
            ("chip", self.chip),
            ("validity", self.validity),
            ("holder", self.holder),
        ]
    }

    /// Whether the data were signed by a trusted issuer and are unchanged. Says nothing about copies.
    pub const fn passive_authentication(&self) -> bool {
        self.security_object.has_passed()
            && self.data_groups.has_passed()
            && self.issuer.has_passed()
            && !self.revocation.has_failed()
    }

    /// All axes but `holder` hold (`revocation` need only not have failed): the full chip proof of the policy.
    pub const fn full_chip_proof(&self) -> bool {
        self.passive_authentication() && self.chip.has_passed() && self.validity.has_passed()
    }

    /// The same, but the document was revoked (`document_revoked`), as a national register says. What rests on passive
    /// authentication is then not done.
    #[must_use]
    pub const fn with_document_revoked(self) -> Self {
        let passive_first = Axis::not_done(ReasonCode::PassiveAuthenticationNotPassed);
        Self {
            revocation: Axis::failed(ReasonCode::DocumentRevoked),
            chip: passive_first,
            validity: passive_first,
            holder: passive_first,
            ..self
        }
    }

    /// The first axis that failed, in the order of [`Verdict::axes`].
    pub fn first_failure(&self) -> Option<(&'static str, ReasonCode)> {
        self.axes().into_iter().find(|(_, axis)| axis.has_failed()).map(|(name, axis)| (name, axis.code))
    }
}

/// How read access to the chip was gained (the kiosk's claim; a fall from PACE to BAC is visible in it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// PACE with the card access number.
    PaceCan,
    /// PACE with the key from the MRZ.
    PaceMrz,
    /// BAC: the card offers no PACE.
    Bac,
    /// BAC after the card offered PACE and PACE failed.
    BacAfterPaceFailed,
}

/// Who made the challenge that the chip answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChallengeOrigin {
    /// The server, for this session.
    Server,
    /// The server, beforehand, for a kiosk that is away from it.
    Prefetched,
    /// The reading side itself.
    Kiosk,
    /// None was made.
    None,
}
