//! A document was presented: whom it names, and what follows from how far that is proved.

use identity::{ReasonCode, Verdict};

use super::{
    Effect, Insurance, Known, MOST_ATTEMPTS, Presented, Rules, Session, Source, Stage, known::Standing,
};
use crate::{
    CardStanding, Person,
    policy::{self, Decision, Strength},
};

impl Session {
    pub(super) fn identified(
        &mut self,
        person: Option<Person>,
        verdict: &Verdict,
        card: Option<CardStanding>,
        rules: &dyn Rules,
    ) -> Effect {
        // Too slow is nobody's fault: the card is read again, with a fresh challenge.
        if verdict.chip.code == ReasonCode::ChallengeExpired {
            return self.identify_again(ReasonCode::ChallengeExpired);
        }
        self.attempts = self.attempts.saturating_add(1);
        let strength = Strength::of_chip(verdict);
        let decision = policy::decide(self.service, strength);
        match (person, is_refusal(decision)) {
            (Some(person), false) => {
                let presented = Presented { person, source: Source::Chip, representative: None };
                let unproved = (strength != Strength::FullChipProof).then(|| first_open(verdict));
                let consenter = rules.consenter(presented.person.birth);
                self.known =
                    Some(Known::new(presented, Standing { strength, unproved, decision }, consenter));
                self.stage = Stage::Confirm;
                match card {
                    // Its signature says otherwise: a person looks at both. Handed back, it goes on.
                    Some(CardStanding::NotIssued) => self.call_staff(ReasonCode::CardNotIssued),
                    _ => Effect::Show,
                }
            }
            // Nothing is disproved, but there is nobody to admit either: the files could not be understood.
            (None, false) => self.call_staff(first_open(verdict)),
            (_, true) => {
                self.call_staff(verdict.first_failure().map_or(ReasonCode::NoDocument, |(_, code)| code))
            }
        }
    }

    pub(super) fn presented(
        &mut self,
        presented: Result<Presented, ReasonCode>,
        rules: &dyn Rules,
    ) -> Effect {
        let presented = match presented.and_then(|presented| rules.accepts(&presented).map(|()| presented)) {
            Ok(presented) => presented,
            Err(code) => return self.identify_again(code),
        };
        let strength = Strength::StaticOrTyped;
        let decision = policy::decide(self.service, strength);
        if is_refusal(decision) {
            return self.call_staff(ReasonCode::HolderNotProved);
        }
        let unproved = Some(ReasonCode::HolderNotProved);
        let consenter = rules.consenter(presented.person.birth);
        self.known = Some(Known::new(presented, Standing { strength, unproved, decision }, consenter));
        self.attempts = 0;
        self.stage = Stage::Working;
        self.work(rules)
    }

    /// VNeID at level 2 stands for the card (Luật Căn cước 26/2023/QH15): who signed in has proved who they are.
    pub(super) fn signed_in(&mut self, person: Result<Person, ReasonCode>, rules: &dyn Rules) -> Effect {
        let person = match person {
            Ok(person) => person,
            Err(code) => return self.identify_again(code),
        };
        let strength = Strength::Vneid;
        let decision = policy::decide(self.service, strength);
        if is_refusal(decision) {
            return self.call_staff(ReasonCode::HolderNotProved);
        }
        let consenter = rules.consenter(person.birth);
        let presented = Presented { person, source: Source::Vneid, representative: None };
        let standing = Standing { strength, unproved: None, decision };
        self.known = Some(Known::new(presented, standing, consenter));
        self.attempts = 0;
        self.show(Stage::Confirm)
    }

    pub(super) fn birth_year(&mut self, year: i16, rules: &dyn Rules) -> Effect {
        if self.known.as_ref().is_some_and(|known| known.person.birth.year == year) {
            self.stage = Stage::Working;
            return self.learn(rules, |known| known.year_wanted = false);
        }
        self.attempts = self.attempts.saturating_add(1);
        if self.attempts >= MOST_ATTEMPTS {
            return self.call_staff(ReasonCode::TooManyAttempts);
        }
        self.show(Stage::AskBirthYear { again: Some(ReasonCode::BirthYearMismatch) })
    }

    fn identify_again(&mut self, code: ReasonCode) -> Effect {
        self.attempts = self.attempts.saturating_add(1);
        if self.attempts >= MOST_ATTEMPTS {
            return self.call_staff(ReasonCode::TooManyAttempts);
        }
        self.show(Stage::Identify { again: Some(code) })
    }

    /// That a number is none says something about the code, and nothing about anybody. Once; then staff look at the card.
    pub(super) fn misread(&mut self, answer: Insurance, rules: &dyn Rules) -> Effect {
        let shown = self.known.as_ref().is_some_and(|known| known.source == Source::InsuranceQr);
        if !shown || self.read_again {
            return self.learn(rules, |known| known.insurance = Some(answer));
        }
        self.read_again = true;
        self.known = None;
        self.show(Stage::Identify { again: Some(ReasonCode::QrMalformed) })
    }
}

const fn is_refusal(decision: Decision) -> bool {
    matches!(
        decision,
        Decision::Staff | Decision::StaffIdentify | Decision::RedOrAmber | Decision::NotAccepted
    )
}

/// Why the first axis that did not pass did not.
fn first_open(verdict: &Verdict) -> ReasonCode {
    let open = verdict.axes().into_iter().find(|(_, axis)| !axis.has_passed());
    open.map_or(ReasonCode::DataGroupMalformed, |(_, axis)| axis.code)
}
