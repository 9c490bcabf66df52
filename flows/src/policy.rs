//! The policy: which evidence leads to what, per service. Data, not code.

use identity::Verdict;
use serde::{Deserialize, Serialize};

use crate::Service;

/// How strongly a person's identity was established.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// All axes of the verdict but `holder` hold.
    FullChipProof,
    /// The chip was read and nothing failed, but an axis was not done.
    ChipIncomplete,
    /// A card QR, an insurance QR or typing: proves nothing about who holds it.
    StaticOrTyped,
    /// A VNeID token or presentation.
    Vneid,
    /// No document, a 12-character code, or a passport without chip.
    NoDocument,
    /// An axis of the verdict failed.
    Failed,
}

impl Strength {
    /// The strength of a chip's verdict.
    pub fn of_chip(verdict: &Verdict) -> Self {
        if verdict.first_failure().is_some() {
            Self::Failed
        } else if verdict.full_chip_proof() {
            Self::FullChipProof
        } else {
            Self::ChipIncomplete
        }
    }

    /// Whether what is fetched or stored about the person may be shown to whoever stands there.
    pub const fn may_see_own_records(self) -> bool {
        matches!(self, Self::FullChipProof | Self::Vneid)
    }
}

/// What the policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Complete.
    Done,
    /// Let in; a person at the place may look again.
    Admitted,
    /// Complete once the owner has looked at the card.
    DoneAfterLook,
    /// A draft until the owner confirms it.
    Draft,
    /// Green once `holder` passed or the invigilator confirms.
    GreenWithHolder,
    /// Amber: a person decides.
    Amber,
    /// Red or amber: a person decides.
    RedOrAmber,
    /// Not taken here.
    NotAccepted,
    /// Staff identify the person.
    StaffIdentify,
    /// Staff, with the reason. A patient still gets a number.
    Staff,
}

/// One row of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The evidence.
    pub strength: Strength,
    /// At the health station.
    pub health: Decision,
    /// At a lodging.
    pub lodging: Decision,
    /// At an exam.
    pub exam: Decision,
}

/// The policy table.
pub const POLICY: [Row; 6] = {
    use Decision::{
        Admitted, Amber, Done, DoneAfterLook, Draft, GreenWithHolder, NotAccepted, RedOrAmber, Staff,
        StaffIdentify,
    };
    [
        Row { strength: Strength::FullChipProof, health: Done, lodging: Done, exam: GreenWithHolder },
        Row { strength: Strength::ChipIncomplete, health: Admitted, lodging: DoneAfterLook, exam: Amber },
        Row { strength: Strength::StaticOrTyped, health: Admitted, lodging: Draft, exam: Amber },
        Row { strength: Strength::Vneid, health: Done, lodging: Done, exam: NotAccepted },
        Row { strength: Strength::NoDocument, health: StaffIdentify, lodging: StaffIdentify, exam: Amber },
        Row { strength: Strength::Failed, health: Staff, lodging: Staff, exam: RedOrAmber },
    ]
};

/// What the policy says for `service` on evidence of `strength`.
pub fn decide(service: Service, strength: Strength) -> Decision {
    POLICY.iter().find(|row| row.strength == strength).map_or(Decision::Staff, |row| match service {
        Service::Health => row.health,
        Service::Lodging => row.lodging,
        Service::Exam => row.exam,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use identity::{ReasonCode, proof::verdict::Axis};

    /// The table of the design, typed a second time in its own words.
    #[test]
    fn each_row_is_the_design_s() {
        let table = "full_chip_proof   done           done            green_with_holder
                     chip_incomplete   admitted       done_after_look amber
                     static_or_typed   admitted       draft           amber
                     vneid             done           done            not_accepted
                     no_document       staff_identify staff_identify  amber
                     failed            staff          staff           red_or_amber";
        assert_eq!(table.lines().count(), POLICY.len());
        for line in table.lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            let strength: Strength = serde_json::from_str(&format!("\"{}\"", words[0])).unwrap();
            for (service, word) in
                [Service::Health, Service::Lodging, Service::Exam].into_iter().zip(&words[1..])
            {
                let expected: Decision = serde_json::from_str(&format!("\"{word}\"")).unwrap();
                assert_eq!(decide(service, strength), expected, "{line}");
            }
        }
    }

    pub(crate) fn verdict() -> Verdict {
        Verdict {
            security_object: Axis::passed(ReasonCode::SignatureVerified),
            data_groups: Axis::passed(ReasonCode::HashesMatch),
            issuer: Axis::passed(ReasonCode::IssuerTrusted),
            revocation: Axis::not_done(ReasonCode::RevocationNotChecked),
            chip: Axis::passed(ReasonCode::ChallengeAnswered),
            validity: Axis::passed(ReasonCode::WithinValidity),
            holder: Axis::not_done(ReasonCode::HolderNotChecked),
        }
    }

    #[test]
    fn strength_follows_the_weakest_axis() {
        assert_eq!(Strength::of_chip(&verdict()), Strength::FullChipProof);
        let mut unknown = verdict();
        unknown.issuer = Axis::not_done(ReasonCode::IssuerUnknown);
        assert_eq!(Strength::of_chip(&unknown), Strength::ChipIncomplete);
        let mut copy = verdict();
        copy.chip = Axis::not_done(ReasonCode::ChallengeNotFromServer);
        assert_eq!(Strength::of_chip(&copy), Strength::ChipIncomplete);
        let mut expired = verdict();
        expired.validity = Axis::failed(ReasonCode::DocumentExpired);
        assert_eq!(Strength::of_chip(&expired), Strength::Failed);
    }
}
