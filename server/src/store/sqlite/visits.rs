//! Check-ins.

use async_trait::async_trait;
use flows::{engine::Population, law::LegalBasis};
use identity::{SecretBytes, number::PersonalNumber};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;

use super::{
    answers,
    audit::Logged,
    calls, checks, consents, corrections, erasure, numbers, outbox, queue,
    sessions::{self, Next},
    transaction::Transaction,
    word,
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place},
    store::{
        CheckIn, ChipRecord, InsuranceAnswer, Method, NewMessage, NewVisit, Recorded, StoreError, Submission,
        Wrong,
        visits::{insurance_code, station_day},
    },
};

mod read;

pub(super) use read::{earlier, first_version, of_day, of_subject, recorded, visit};
use read::{parse, visit_of};

/// The sealed part of what the chip proved.
#[derive(Serialize, Deserialize)]
struct Proof {
    sod_sha256: Option<SecretBytes>,
    nonce: Option<SecretBytes>,
    active_authentication: Option<SecretBytes>,
    #[serde(default)]
    card_statement: Option<SecretBytes>,
}

/// Where a visit comes from.
pub(super) struct Source<'a> {
    pub(super) session: Option<&'a str>,
    pub(super) method: Method,
    pub(super) chip: Option<&'a ChipRecord>,
    pub(super) submission: Option<&'a Submission>,
    pub(super) messages: &'a [NewMessage],
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for CheckIn {
    type Output = Recorded;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Recorded, StoreError> {
        // Before anything of the person is looked up: is this kiosk the one that may ask?
        let session = sessions::owned(tx, self.session, &self.kiosk).await?;
        let source = Source {
            session: Some(&session.id),
            method: self.visit.method,
            chip: self.chip.as_ref(),
            submission: self.submission.as_ref(),
            messages: &self.messages,
            at: self.at,
        };
        let recorded = record(tx, &self.visit, &source).await?;
        let completed = self.respond.to(&recorded);
        let visit = recorded.visit.to_string();
        let next = Next {
            version: self.version,
            state: &completed.state,
            visit: completed.call.is_none().then_some(visit.as_str()),
            at: self.at,
        };
        session.go_on(tx, &next).await?;
        if completed.call.is_none() {
            let subject = recorded.subject.to_string();
            consents::link(tx, &session.id, (&subject, &visit), Some(self.spoken), self.at).await?;
        }
        if let Some(call) = &completed.call {
            calls::insert(tx, &self.kiosk, Some(&session.id), call, self.at).await?;
        }
        session.complete(tx, &self.request, &completed.response).await?;
        Ok(recorded)
    }
}

/// A visit that was recorded before, with its ticket's code.
pub(super) async fn again(tx: &mut Transaction<'_>, visit: &str) -> Result<Option<Recorded>, StoreError> {
    let row = sqlx::query("SELECT * FROM visits WHERE id = ?").bind(visit).fetch_optional(tx.on()).await?;
    let Some(row) = row else { return Ok(None) };
    let earlier = parse(&row)?;
    let keys = tx.keys();
    let code = queue::code_for(tx.on(), keys, earlier.subject, earlier.visit).await?;
    Ok(Some(Recorded { already: true, code, ..earlier }))
}

/// Records a visit, or finds the one that the person has had today at this station.
pub(super) async fn record(
    tx: &mut Transaction<'_>,
    visit: &NewVisit,
    source: &Source<'_>,
) -> Result<Recorded, StoreError> {
    let day = station_day(source.at);
    let look_up = visit.patient.number.as_ref().map(|number| tx.look_up(number));
    let known = match &look_up {
        Some(look_up) => match erasure::subject(tx.on(), look_up).await? {
            Some(subject) => Some(subject.to_string()),
            None => numbers::numbered(tx, visit, look_up, source.at).await?,
        },
        None => numbers::insured(tx, &visit.numbers).await?,
    };
    let (subject, key) = match known {
        Some(subject) => {
            if let Some(row) = visit_of(tx.on(), &subject, &visit.station, day).await? {
                let earlier = parse(&row)?;
                let keys = tx.keys();
                let code = queue::code_for(tx.on(), keys, earlier.subject, earlier.visit).await?;
                let earlier = Recorded { already: true, code, ..earlier };
                let earlier = corrections::as_corrected(tx.on(), earlier).await?;
                let again = earlier.visit.to_string();
                tx.log(Logged::NumberRepeated, &again, &row, source.at).await?;
                keep_answer(tx, visit, &again, &subject).await?;
                return Ok(earlier);
            }
            let key = tx.key(&subject).await?.ok_or(StoreError::UnknownSubject)?;
            (subject, key)
        }
        None => new_subject(tx, look_up.as_ref(), source.at).await?,
    };
    let number = next_number(tx, visit, day).await?;
    let row = insert(tx, visit, source, &Numbered { subject: &subject, key: &key, day, number }).await?;
    let recorded = parse(&row)?;
    let id = recorded.visit.to_string();
    tx.log(Logged::CheckedIn, &id, &row, source.at).await?;
    if let Some(card) = source.chip.and_then(|chip| chip.card) {
        checks::keep_card(tx, &id, card, source.at).await?;
    }
    // Where it could not be asked it is asked again, and has said nothing yet.
    if let Some(said @ (Population::Matches | Population::Mismatch)) = visit.population {
        checks::keep_population(tx, &id, said, source.at).await?;
    }
    let proved = visit.strength.may_see_own_records();
    for given in numbers::of_patient(&visit.patient, proved).iter().chain(&visit.numbers) {
        numbers::keep(tx, (&subject, &key), given, source.at).await?;
    }
    keep_answer(tx, visit, &id, &subject).await?;
    let code = queue::join(tx, visit, &id, &key, source.at).await?;
    let about = outbox::About { visit: &id, subject: &subject, key: &key };
    for message in source.messages {
        outbox::queue(tx, &about, message, source.at).await?;
    }
    Ok(Recorded { code: Some(code), ..recorded })
}

/// Keeps the register's answer that came with a visit.
async fn keep_answer(
    tx: &mut Transaction<'_>,
    visit: &NewVisit,
    recorded: &str,
    subject: &str,
) -> Result<(), StoreError> {
    let Some(answer) = &visit.answer else { return Ok(()) };
    let key = tx.key(subject).await?.ok_or(StoreError::UnknownSubject)?;
    let InsuranceAnswer { json, asked_by, at } = answer;
    let new = answers::New { visit: recorded, subject, asked_by, json, decision: None, at: *at };
    answers::keep(tx, &key, &new).await
}

/// Whose visit a corrected one is: of whoever has the number; with none, of the same person as before, unless it was
/// somebody else.
pub(super) async fn subject_of(
    tx: &mut Transaction<'_>,
    before: &str,
    number: Option<&PersonalNumber>,
    wrong: Wrong,
    at: Timestamp,
) -> Result<(String, DataKey), StoreError> {
    let look_up = number.map(|number| tx.look_up(number));
    let known = match (&look_up, wrong) {
        (Some(look_up), _) => erasure::subject(tx.on(), look_up).await?.map(|subject| subject.to_string()),
        (None, Wrong::Person) => None,
        (None, _) => Some(before.to_owned()),
    };
    match known {
        Some(subject) => {
            let key = tx.key(&subject).await?.ok_or(StoreError::UnknownVisit)?;
            Ok((subject, key))
        }
        None => new_subject(tx, look_up.as_ref(), at).await,
    }
}

async fn new_subject(
    tx: &mut Transaction<'_>,
    look_up: Option<&[u8; 32]>,
    at: Timestamp,
) -> Result<(String, DataKey), StoreError> {
    let new = tx.new_id()?;
    let key = tx.new_key(&new).await?;
    let row = sqlx::query("INSERT INTO subjects (id, look_up, created_at) VALUES (?, ?, ?) RETURNING *")
        .bind(&new)
        .bind(look_up.map(<[u8; 32]>::as_slice))
        .bind(at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
    tx.log(Logged::SubjectMade, &new, &row, at).await?;
    Ok((new, key))
}

async fn next_number(tx: &mut Transaction<'_>, visit: &NewVisit, day: Date) -> Result<u32, StoreError> {
    let number = sqlx::query_scalar(
        "INSERT INTO queues (station, day, queue, last) VALUES (?, ?, ?, 1)
         ON CONFLICT (station, day, queue) DO UPDATE SET last = last + 1 RETURNING last",
    )
    .bind(&visit.station)
    .bind(day.to_string())
    .bind(visit.queue.as_str())
    .fetch_one(tx.on())
    .await?;
    Ok(number)
}

struct Numbered<'a> {
    subject: &'a str,
    key: &'a DataKey,
    day: Date,
    number: u32,
}

async fn insert(
    tx: &mut Transaction<'_>,
    visit: &NewVisit,
    source: &Source<'_>,
    numbered: &Numbered<'_>,
) -> Result<SqliteRow, StoreError> {
    let new = tx.new_id()?;
    let key = numbered.key;
    let column = |column| Place { table: "visits", column, row: &new };
    let card = &visit.insurance.card;
    let card = card.as_ref().map(|card| tx.seal(card, key, column("insurance_card"))).transpose()?;
    let proof = source
        .chip
        .map(|chip| {
            let proof = Proof {
                sod_sha256: chip.sod_sha256.map(|digest| SecretBytes::new(digest.to_vec())),
                nonce: chip.nonce.map(|nonce| SecretBytes::new(nonce.to_vec())),
                active_authentication: chip.active_authentication.clone(),
                card_statement: chip.card_statement.clone(),
            };
            tx.seal(&proof, key, column("proof"))
        })
        .transpose()?;
    let submission =
        source.submission.map(|signed| tx.seal(signed, key, column("submission"))).transpose()?;
    let verdict = source.chip.map(|chip| serde_json::to_string(&chip.verdict)).transpose();
    let row = sqlx::query(
        "INSERT INTO visits (id, subject, session, station, day, queue, number, room, phuong_thuc_dinh_danh,
             strength, legal_basis, evidence_basis, insurance, insurance_result, insurance_card, patient, verdict, access, challenge,
             signer_sha256, proof, submission, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&new)
    .bind(numbered.subject)
    .bind(source.session)
    .bind(&visit.station)
    .bind(numbered.day.to_string())
    .bind(visit.queue.as_str())
    .bind(numbered.number)
    .bind(&visit.room)
    .bind(source.method.as_str())
    .bind(word(&visit.strength)?)
    .bind(legal_basis(source.method).as_str())
    .bind(source.chip.map(|_| LegalBasis::Consent.as_str()))
    .bind(insurance_code(visit.insurance.status))
    .bind(visit.insurance.result_code.as_deref())
    .bind(card)
    .bind(tx.seal(&visit.patient, key, column("patient"))?)
    .bind(verdict.map_err(|_| StoreError::Malformed { what: "a verdict to be written" })?)
    .bind(source.chip.map(|chip| word(&chip.access)).transpose()?)
    .bind(source.chip.map(|chip| word(&chip.challenge)).transpose()?)
    .bind(source.chip.and_then(|chip| chip.signer_sha256.as_ref().map(<[u8; 32]>::as_slice)))
    .bind(proof)
    .bind(submission)
    .bind(source.at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    Ok(row)
}

/// On which basis a visit is recorded: whom nobody could identify came in an emergency; whoever else is received
/// because the law asks for it (Luật 91/2025/QH15 Đ19 k1).
const fn legal_basis(method: Method) -> LegalBasis {
    match method {
        Method::Undetermined => LegalBasis::Emergency,
        _ => LegalBasis::Law,
    }
}
