//! One answer: the step engine says what follows, and it is done here, up to the next question.

use std::sync::Arc;

use flows::{
    Answer, Evidence, Person, Step, consent,
    engine::{Effect, Event, Insurance, Known, Source},
    health::priority,
    law::age::Spoken,
    wire::VerdictView,
};
use identity::SecretBytes;
use jiff::Timestamp;
use tracing::{info, warn};
use uuid::Uuid;

use super::{
    Conversations, Fault, SignedCall, presented,
    registers::LookedUp as LookedUpInsurance,
    rules::Place,
    state::{Answered, State, write},
};
use crate::{
    console::live::News,
    national::insurance::Action,
    outbox::messages::asked_again,
    store::{
        CheckIn, Completed, Consent, GivenNumber, InsuranceAnswer, LookedUp, Method, NewLookUp, NewVisit,
        NumberStanding, Patient, Queue, Recorded, RequestKey, Respond, SessionRow, StepCall, SubjectNumber,
        Turn, visits::insurance_code,
    },
};

/// What a turn writes beside the state.
#[derive(Debug, Default)]
struct Notes {
    spends: Option<Uuid>,
    consent: Option<Consent>,
    call: Option<StepCall>,
}

impl Conversations {
    /// Takes an answer to the step that is shown. The response is a `SessionView`.
    ///
    /// # Errors
    /// [`Fault::UnknownSession`], [`Fault::UnexpectedAnswer`], [`Fault::EvidenceMalformed`],
    /// [`Fault::ConsentMalformed`], or where it could not be written. The conversation is then where it was.
    pub async fn answer(&self, id: Uuid, call: SignedCall, answer: Answer) -> Result<SecretBytes, Fault> {
        let place = self.place(self.clock.now());
        let (row, mut state) = self.load(id, &call.request.kiosk, &place).await?;
        let asked = step_name(&state.session.step(&place.rules()));
        let mut notes = Notes::default();
        if matches!(answer, Answer::Evidence { .. }) {
            state.begin_evidence();
        }
        let event = match answer {
            Answer::Evidence { evidence } if !state.session.expects(evidence.way(), &place.rules()) => {
                return Err(Fault::UnexpectedAnswer);
            }
            Answer::Evidence { evidence: Evidence::Chip(chip) } => {
                let verified = self.verify(chip, &row, call.submission, place.at).await?;
                notes.spends = verified.spends;
                state.verdict = Some(verified.view);
                state.proof = Some(verified.proof);
                let VerdictView { verdict, card, .. } = verified.view;
                Event::Identified { person: verified.person, verdict, card }
            }
            Answer::Evidence { evidence } => {
                state.shown = Some(call.submission);
                Event::Presented(match &evidence {
                    Evidence::Qr(qr) => {
                        let shown = presented::shown(qr, place.today());
                        if let Some(code) = shown.fault {
                            info!(session = %row.id, code, "a code is of no use");
                        }
                        state.code_fault = shown.fault.map(str::to_owned);
                        state.code_warnings = shown.warnings;
                        shown.presented
                    }
                    Evidence::Typed(typed) => Ok(presented::typed(typed, place.today())?),
                    Evidence::Child(child) => Ok(presented::child(child, place.today())?),
                    Evidence::Chip(_) => return Err(Fault::UnexpectedAnswer),
                })
            }
            answer => {
                notes.consent = consent_in(&answer, state.session.consenting())?;
                Event::Answered(answer)
            }
        };
        let effect = state.session.advance(event, &place.rules())?;
        match self.follow(effect, &row.kiosk, &place, &mut state).await? {
            Effect::Record => self.record(row, state, asked, call.request, &place).await,
            effect => {
                if let Effect::CallStaff(code) = effect {
                    notes.call = Some(StepCall { step: asked.to_owned(), code });
                }
                self.save(row, state, notes, call.request, &place).await
            }
        }
    }

    /// Does what the engine asks for without the citizen, until it wants the citizen, staff or the record.
    async fn follow(
        &self,
        mut effect: Effect,
        kiosk: &str,
        place: &Place<'_>,
        state: &mut State,
    ) -> Result<Effect, Fault> {
        loop {
            let known = match effect {
                Effect::Show | Effect::CallStaff(_) | Effect::Record => return Ok(effect),
                _ => state.session.known().ok_or(Fault::StateMalformed)?,
            };
            let registers = matches!(effect, Effect::CheckPopulation | Effect::LookUpInsurance);
            let counts = registers && !known.strength.may_see_own_records() && !state.counted;
            let exhausted = counts && !self.may_look_up(known, kiosk, place.at).await?;
            let event = match effect {
                _ if exhausted => Event::LookUpsExhausted,
                Effect::FindEarlierVisit => self.earlier_visit(known, place).await?,
                Effect::CheckPopulation => {
                    Event::PopulationChecked(self.registers.check_population(&known.person).await)
                }
                Effect::LookUpInsurance => {
                    let person = known.person.clone();
                    let (event, answered) = self.look_up_insurance(&person, kiosk, place.at).await;
                    state.answered = answered;
                    event
                }
                Effect::Show | Effect::CallStaff(_) | Effect::Record => return Ok(effect),
            };
            state.counted |= counts && !exhausted;
            effect = state.session.advance(event, &place.rules())?;
        }
    }

    /// Asks the insurance register: what follows, and what is to be kept of the answer.
    async fn look_up_insurance(
        &self,
        person: &Person,
        kiosk: &str,
        at: Timestamp,
    ) -> (Event, Option<Answered>) {
        let LookedUpInsurance { insurance, finding, alert } =
            self.registers.look_up_insurance(person, at).await;
        if let Some(alert) = alert
            && let Err(error) = self.store.raise_alert(alert).await
        {
            // The patient is seen whether or not this could be written down; the next look-up raises it again.
            warn!(%error, "an alert was not raised");
        }
        let misread = finding.as_ref().is_some_and(|finding| finding.action == Action::ReadAgain);
        let answered = finding.map(|finding| Answered {
            answer: InsuranceAnswer { json: finding.answer.clone(), asked_by: kiosk.to_owned(), at },
            number: finding.number.clone(),
            confirms: finding.code.confirms_person(),
        });
        let event = if misread {
            Event::InsuranceCardMisread(insurance)
        } else {
            Event::InsuranceLookedUp(insurance)
        };
        (event, answered)
    }

    async fn earlier_visit(&self, known: &Known, place: &Place<'_>) -> Result<Event, Fault> {
        let Some(number) = &known.person.number else { return Ok(Event::EarlierVisit(None)) };
        let found = self.store.earlier_visit(number, &self.station.code, place.today()).await?;
        Ok(Event::EarlierVisit(found.map(|found| place.ticket(&found))))
    }

    /// Counts a look-up for somebody who has proved nothing; says whether it may be made.
    async fn may_look_up(&self, known: &Known, kiosk: &str, at: Timestamp) -> Result<bool, Fault> {
        let person = &known.person;
        let of = match (&person.number, &person.insurance_number) {
            (Some(number), _) => LookedUp::Person(number.clone()),
            (None, Some(number)) => LookedUp::Insured(number.clone()),
            (None, None) => return Ok(true),
        };
        Ok(self.store.may_look_up(NewLookUp { kiosk: kiosk.to_owned(), of, at }).await?)
    }

    async fn save(
        &self,
        row: SessionRow,
        mut state: State,
        notes: Notes,
        request: RequestKey,
        place: &Place<'_>,
    ) -> Result<SecretBytes, Fault> {
        state.tidy(place);
        let response = write(&state.view(row.id, place))?;
        let turn = Turn {
            session: row.id,
            kiosk: row.kiosk,
            version: row.version,
            state: write(&state)?,
            spends: notes.spends,
            consent: notes.consent,
            call: notes.call,
            request,
            response: response.clone(),
            at: place.at,
        };
        let rings = turn.call.is_some();
        self.store.save_turn(turn).await?;
        if rings {
            self.live.tell(News::Rang);
        }
        Ok(response)
    }

    async fn record(
        &self,
        row: SessionRow,
        state: State,
        asked: &'static str,
        request: RequestKey,
        place: &Place<'_>,
    ) -> Result<SecretBytes, Fault> {
        let known = state.session.known().ok_or(Fault::StateMalformed)?;
        let visit = new_visit(known, &state, place).ok_or(Fault::StateMalformed)?;
        let messages = asked_again(&known.person, &visit.insurance, known.population, place.at)?;
        let (session, spoken) = (row.id, known.spoken());
        let chip = state.chip_record();
        let submission = state.submission();
        let respond = self.ending(session, state, asked, place.at);
        let check_in = CheckIn {
            session,
            kiosk: row.kiosk,
            version: row.version,
            visit,
            chip,
            submission,
            messages,
            spoken,
            request,
            respond: respond.clone(),
            at: place.at,
        };
        let recorded = self.store.record_check_in(check_in).await?;
        let insurance = insurance_code(recorded.insurance);
        info!(%session, method = recorded.method.as_str(), insurance, again = recorded.already, "recorded");
        self.live.tell(News::Queue);
        let completed = respond.to(&recorded);
        if completed.call.is_some() {
            self.live.tell(News::Rang);
        }
        Ok(completed.response)
    }

    /// The conversation's end, out of the number that the transaction finds.
    fn ending(
        &self,
        id: Uuid,
        state: State,
        asked: &'static str,
        at: Timestamp,
    ) -> Respond<Recorded, Completed> {
        let (station, simulated) = (Arc::clone(&self.station), self.simulated);
        let public_address = self.public_address.clone();
        Respond::new(move |recorded: &Recorded| {
            let place = Place { station: &station, simulated, public_address: public_address.as_ref(), at };
            let mut state = state.clone();
            let event = Event::Recorded { ticket: place.ticket(recorded), again: recorded.already };
            let call = match state.session.advance(event, &place.rules()) {
                Ok(Effect::CallStaff(code)) => Some(StepCall { step: asked.to_owned(), code }),
                _ => None,
            };
            state.tidy(&place);
            Completed {
                response: write(&state.view(id, &place)).unwrap_or_default(),
                state: write(&state).unwrap_or_default(),
                call,
            }
        })
    }
}

/// What is recorded of someone with these answers; none before they are all there.
fn new_visit(known: &Known, state: &State, place: &Place<'_>) -> Option<NewVisit> {
    let answered = state.answered.as_ref();
    let reason = known.reason.clone()?;
    let room = place.station.room_for(&reason, known.room.as_deref())?;
    let priority = priority::ground(known.person.birth, known.declared, place.today());
    let person = &known.person;
    Some(NewVisit {
        station: place.station.code.clone(),
        patient: Patient {
            full_name: person.full_name.clone(),
            number: person.number.clone(),
            insurance_number: person.insurance_number.clone(),
            birth: Some(person.birth),
            sex: person.sex,
            reason,
            priority,
            representative: known.representative.clone(),
            code_warnings: state.code_warnings.clone(),
        },
        method: match known.source {
            Source::Chip => Method::Chip,
            Source::Vneid => Method::Vneid,
            Source::CardQr => Method::CardQr,
            Source::InsuranceQr => Method::InsuranceLookUp,
            Source::Typed | Source::Child => Method::ByHand,
        },
        strength: known.strength,
        queue: Queue::of(priority),
        room: room.id.clone(),
        insurance: known.insurance.clone().unwrap_or(Insurance::unverified(None)),
        numbers: numbers(known, answered),
        answer: answered.map(|answered| answered.answer.clone()),
        population: known.population,
    })
}

/// The numbers that came with it. What the insurance register did not confirm for this person finds nobody: a card's
/// number beside a name that is not its owner's would lead to the owner.
pub(super) fn numbers(known: &Known, answered: Option<&Answered>) -> Vec<GivenNumber> {
    let standing =
        if known.strength.may_see_own_records() { NumberStanding::Proved } else { NumberStanding::Stated };
    let old = known.person.old_numbers.iter();
    let mut numbers: Vec<_> =
        old.map(|number| GivenNumber { number: SubjectNumber::from(number), standing }).collect();
    let mut insured = |number, standing| {
        numbers.push(GivenNumber { number: SubjectNumber::Insured(number), standing });
    };
    match (&known.person.insurance_number, answered) {
        (shown, None) => {
            if let Some(shown) = shown {
                insured(shown.social_insurance_number(), NumberStanding::Stated);
            }
        }
        (_, Some(Answered { number: Some(number), .. })) => {
            insured(number.clone(), NumberStanding::Registered);
        }
        (Some(shown), Some(Answered { confirms: true, .. })) => {
            insured(shown.social_insurance_number(), NumberStanding::Registered);
        }
        (_, Some(_)) => {}
    }
    numbers
}

fn consent_in(answer: &Answer, spoken: Option<Spoken>) -> Result<Option<Consent>, Fault> {
    let Answer::Consent { purpose, role, given, language, text_sha256 } = answer else { return Ok(None) };
    let mut digest = [0; 32];
    hex::decode_to_slice(text_sha256, &mut digest).map_err(|_| Fault::ConsentMalformed)?;
    let text = consent::known(&digest)
        .filter(|text| (text.purpose, text.role, text.language) == (*purpose, *role, *language));
    if text.is_none() {
        warn!(
            text_sha256,
            "a kiosk asked for consent with a text that is not one of ours; look at its version"
        );
    }
    let (purpose, given, language) = (*purpose, *given, *language);
    Ok(Some(Consent { purpose, given, language, text_sha256: digest, text, spoken }))
}

/// The step's name, as calls for staff keep it.
pub(super) fn step_name(step: &Step) -> &'static str {
    match step {
        Step::Consent { .. } => "consent",
        Step::Identify { .. } => "identify",
        Step::AskBirthYear { .. } => "ask_birth_year",
        Step::ConfirmPerson { .. } => "confirm_person",
        Step::Choose { .. } => "choose",
        Step::Done { .. } => "done",
        Step::CallStaff { .. } => "call_staff",
        Step::Ended => "ended",
    }
}
