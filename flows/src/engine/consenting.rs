//! Whose consent a conversation has, and whose it still needs (Luật 91/2025/QH15, rules for children).
//!
//! Somebody said yes before a document was read, and before anybody knew how old the person is. Once that is known,
//! a child's yes alone is not enough: under 7 the representative's counts, from 7 to under 18 both. Where nobody is
//! there who may consent for the child, what a law asks for is done all the same, and nothing that rests on consent.

use serde::{Deserialize, Serialize};

use super::Known;
use crate::{
    Text,
    law::{
        Consenter, LegalBasis,
        age::{ConsentRole, Spoken},
        processing::processing,
    },
    person::{Relation, Representative},
    step::{Choice, Question},
};

/// The choice of a child that answers for itself.
const MYSELF: &str = "self";
/// The choice of a child that nobody is with.
const NOBODY: &str = "nobody";

/// Who answers at the kiosk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person.
    Themselves,
    /// Somebody for them.
    Another,
}

/// What is known of the consents of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consents {
    /// Whose consent counts for this person.
    pub consenter: Consenter,
    /// Who answers, once that was said. Their yes at the beginning counts in this role.
    pub speaker: Option<Speaker>,
    /// Where two consents are needed: the other one was given too.
    pub other_given: bool,
    /// Staff have looked for somebody who represents the child.
    pub sought: bool,
    /// And there is nobody.
    pub nobody: bool,
}

/// How the consent stands that a conversation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Everybody whose consent counts has given it.
    Given,
    /// Nobody is there who may give it: what rests on it is not done.
    Absent,
    /// Something has to be asked first.
    Wanted(Missing),
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Who answers.
    Speaker,
    /// Which adult is there with the child that answers.
    Companion,
    /// The consent of whoever has this role.
    Consent(ConsentRole),
}

impl Known {
    /// How the consent of this person, or of whoever represents them, stands.
    pub fn consent(&self) -> Standing {
        let Consents { consenter, speaker, other_given, nobody, .. } = self.consents;
        match consenter {
            Consenter::Person => return Standing::Given,
            Consenter::Nobody => return Standing::Absent,
            Consenter::Representative | Consenter::ChildAndRepresentative => {}
        }
        let both = consenter == Consenter::ChildAndRepresentative;
        match &self.representative {
            None if nobody => Standing::Absent,
            None if both && speaker == Some(Speaker::Themselves) => Standing::Wanted(Missing::Companion),
            None => Standing::Wanted(Missing::Speaker),
            Some(with) if !with.relation.represents() => Standing::Absent,
            Some(_) if both && !other_given => Standing::Wanted(Missing::Consent(match speaker {
                Some(Speaker::Themselves) => ConsentRole::Representative,
                Some(Speaker::Another) | None => ConsentRole::Child,
            })),
            Some(_) => Standing::Given,
        }
    }

    /// Whether what rests on consent may be done for this person.
    pub fn has_consent(&self) -> bool {
        self.consent() == Standing::Given
    }

    /// Whether the processing with this id ([`crate::law::PROCESSINGS`]) may be done for this person: on a basis of
    /// its own always, on consent only where everybody has given it whose consent counts.
    pub fn permits(&self, id: &str) -> bool {
        processing(id).is_some_and(|known| known.basis != LegalBasis::Consent || self.has_consent())
    }

    /// Who said yes at the beginning.
    pub fn spoken(&self) -> Spoken {
        let relation = self.representative.as_ref().map(|representative| representative.relation);
        match (self.consents.speaker, relation) {
            (Some(Speaker::Another), relation) | (None, relation @ Some(_)) => {
                Spoken { role: ConsentRole::Representative, relation }
            }
            (Some(Speaker::Themselves), _) | (None, None) => {
                Spoken { role: self.consents.consenter.role_of_person(), relation: None }
            }
        }
    }

    /// Who answers where somebody in this `role` is asked besides.
    pub(super) fn spoken_as(&self, role: ConsentRole) -> Spoken {
        let relation = self.representative.as_ref().map(|representative| representative.relation);
        Spoken { role, relation: relation.filter(|_| role == ConsentRole::Representative) }
    }

    /// Takes the answer to the question who answers, or who is there.
    pub(super) fn accompanied(&mut self, question: Question, id: &str) {
        let another = question == Question::Relation;
        match id {
            MYSELF => self.consents.speaker = Some(Speaker::Themselves),
            NOBODY => self.consents.nobody = true,
            word => {
                if another {
                    self.consents.speaker = Some(Speaker::Another);
                }
                self.representative =
                    Relation::parse(word).map(|relation| Representative { relation, full_name: None });
            }
        }
    }
}

/// Whether a child says that nobody is with it.
pub(super) fn is_alone(question: Question, id: &str) -> bool {
    matches!(question, Question::Relation | Question::Companion) && id == NOBODY
}

fn choice(id: &str, vi: &str, en: &str) -> Choice {
    Choice { id: id.into(), label: Text { vi: vi.into(), en: en.into() } }
}

/// Who may stand at the kiosk for a child whose consent counts like this.
pub fn speakers(consenter: Consenter) -> Vec<Choice> {
    let relations =
        [Relation::Parent, Relation::Guardian, Relation::Grandparent, Relation::Sibling, Relation::Other];
    let others = relations.map(|relation| Choice { id: relation.as_str().into(), label: relation.label() });
    let itself = if consenter == Consenter::ChildAndRepresentative {
        choice(MYSELF, "Tôi là người bệnh", "I am the patient")
    } else {
        choice(NOBODY, "Không có người lớn nào", "There is no adult")
    };
    others.into_iter().chain([itself]).collect()
}

/// Who may have typed the data of a person of age.
pub fn themselves_or_another() -> Vec<Choice> {
    let itself = choice(MYSELF, "Tôi là người bệnh", "I am the patient");
    [itself].into_iter().chain(Relation::choices()).collect()
}

/// Who may be there with a child that answers for itself.
pub fn companions() -> Vec<Choice> {
    vec![
        choice(Relation::Parent.as_str(), "Cha hoặc mẹ", "A parent"),
        choice(Relation::Guardian.as_str(), "Người giám hộ", "A guardian"),
        choice(Relation::Other.as_str(), "Người lớn khác", "Another adult"),
        choice(NOBODY, "Không có ai", "Nobody"),
    ]
}
