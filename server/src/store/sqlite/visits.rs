//! Check-ins.

use async_trait::async_trait;
use flows::{engine::Population, law::LegalBasis};
use identity::SecretBytes;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;

use super::{
    answers,
    audit::Logged,
    calls, checks, consents, corrections, numbers, outbox, queue,
    sessions::{self, Next},
    transaction::Transaction,
    word,
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place},
    store::{
        CheckIn, ChipRecord, InsuranceAnswer, Method, NewMessage, NewVisit, Recorded, StoreError, Submission,
        visits::{insurance_code, station_day},
    },
};

mod read;
mod whose;

pub(super) use read::{earlier, first_version, of_day, of_subject, recorded, visit};
use read::{parse, visit_of};
pub(super) use whose::{Word, new_subject, subject_of};

/// The sealed part of what the chip proved.
#[derive(Serialize, Deserialize)]
struct Proof {
    sod_sha256: Option<SecretBytes>,
    nonce: Option<SecretBytes>,
    active_authentication: Option<SecretBytes>,
    #[serde(default)]
    card_statement: Option<SecretBytes>,
}

/// What was proved, as a record keeps it in its columns.
pub(super) struct Evidence {
    pub(super) basis: Option<&'static str>,
    pub(super) verdict: Option<String>,
    pub(super) access: Option<String>,
    pub(super) challenge: Option<String>,
    pub(super) signer: Option<Vec<u8>>,
    pub(super) proof: Option<Vec<u8>>,
    pub(super) submission: Option<Vec<u8>>,
}

impl Evidence {
    /// Sealed for this row of this table.
    pub(super) fn sealed(
        tx: &Transaction<'_>,
        key: &DataKey,
        (table, row): (&'static str, &str),
        chip: Option<&ChipRecord>,
        submission: Option<&Submission>,
    ) -> Result<Self, StoreError> {
        let column = |column| Place { table, column, row };
        let proof = chip.map(|chip| {
            let proof = Proof {
                sod_sha256: chip.sod_sha256.map(|digest| SecretBytes::new(digest.to_vec())),
                nonce: chip.nonce.map(|nonce| SecretBytes::new(nonce.to_vec())),
                active_authentication: chip.active_authentication.clone(),
                card_statement: chip.card_statement.clone(),
            };
            tx.seal(&proof, key, column("proof"))
        });
        let submission = submission.map(|signed| tx.seal(signed, key, column("submission")));
        let verdict = chip.map(|chip| serde_json::to_string(&chip.verdict)).transpose();
        Ok(Self {
            basis: chip.map(|_| LegalBasis::Consent.as_str()),
            verdict: verdict.map_err(|_| StoreError::Malformed { what: "a verdict to be written" })?,
            access: chip.map(|chip| word(&chip.access)).transpose()?,
            challenge: chip.map(|chip| word(&chip.challenge)).transpose()?,
            signer: chip.and_then(|chip| chip.signer_sha256).map(|digest| digest.to_vec()),
            proof: proof.transpose()?,
            submission: submission.transpose()?,
        })
    }
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
        let recorded = record_by(tx, &self.visit, &source, Word::Person).await?;
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

/// Records a visit on the word of staff, or finds the one that the person has had today at this station.
pub(super) async fn record(
    tx: &mut Transaction<'_>,
    visit: &NewVisit,
    source: &Source<'_>,
) -> Result<Recorded, StoreError> {
    record_by(tx, visit, source, Word::Staff).await
}

/// Records a visit, or finds the one that the person has had today at this station.
async fn record_by(
    tx: &mut Transaction<'_>,
    visit: &NewVisit,
    source: &Source<'_>,
    word: Word,
) -> Result<Recorded, StoreError> {
    let day = station_day(source.at);
    let known = whose::known(tx, visit, word, source.at).await?;
    let theirs = match &known.subject {
        Some(subject) => visit_of(tx.on(), subject, &visit.station, day).await?,
        None => None,
    };
    let again = match theirs {
        Some(row) => Some(row),
        None => whose::same_again(tx, visit, day).await?,
    };
    if let Some(row) = again {
        return given_again(tx, visit, &row, source.at).await;
    }
    let (subject, key) = match known.subject {
        Some(subject) => {
            let key = tx.key(&subject).await?.ok_or(StoreError::UnknownSubject)?;
            (subject, key)
        }
        None => whose::new_subject(tx, known.look_up.as_ref(), source.at).await?,
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
    whose::keep_same_day(tx, visit, (&id, day), source.at).await?;
    keep_answer(tx, visit, &id, &subject).await?;
    let code = queue::join(tx, visit, &id, &key, source.at).await?;
    let about = outbox::About { of: outbox::Subject::Visit(&id), subject: &subject, key: &key };
    for message in source.messages {
        outbox::queue(tx, &about, message, source.at).await?;
    }
    Ok(Recorded { code: Some(code), ..recorded })
}

/// The number that the person has already.
async fn given_again(
    tx: &mut Transaction<'_>,
    visit: &NewVisit,
    row: &SqliteRow,
    at: Timestamp,
) -> Result<Recorded, StoreError> {
    let earlier = parse(row)?;
    let keys = tx.keys();
    let code = queue::code_for(tx.on(), keys, earlier.subject, earlier.visit).await?;
    let earlier = Recorded { already: true, code, ..earlier };
    let earlier = corrections::as_corrected(tx.on(), earlier).await?;
    let again = earlier.visit.to_string();
    tx.log(Logged::NumberRepeated, &again, row, at).await?;
    keep_answer(tx, visit, &again, &earlier.subject.to_string()).await?;
    Ok(earlier)
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
    let evidence = Evidence::sealed(tx, key, ("visits", &new), source.chip, source.submission)?;
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
    .bind(evidence.basis)
    .bind(insurance_code(visit.insurance.status))
    .bind(visit.insurance.result_code.as_deref())
    .bind(card)
    .bind(tx.seal(&visit.patient, key, column("patient"))?)
    .bind(evidence.verdict)
    .bind(evidence.access)
    .bind(evidence.challenge)
    .bind(evidence.signer)
    .bind(evidence.proof)
    .bind(evidence.submission)
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
