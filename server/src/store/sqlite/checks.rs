//! What a register said of a visit when it was recorded or after that: rows of their own, never a change of the visit's.

use flows::{
    CardStanding, InsuranceCard,
    engine::{Insurance, Population},
};
use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection};

use super::{
    answers,
    audit::Logged,
    numbers, parse_word,
    transaction::{Transaction, time},
    word,
};
use crate::{
    sealed::{DataKey, Place, SealError, Sealed},
    store::{
        GivenNumber, InsuranceCheck, InsuranceFound, NumberStanding, PopulationCheck, StoreError,
        SubjectNumber,
        answers::ASKED_AGAIN,
        visits::{insurance_code, insurance_status},
    },
};

fn card_place(row: &str) -> Place<'_> {
    Place { table: "insurance_checks", column: "card", row }
}

pub(super) async fn keep_insurance(
    tx: &mut Transaction<'_>,
    visit: &str,
    subject: &str,
    found: &InsuranceFound,
    at: Timestamp,
) -> Result<(), StoreError> {
    // Erased since it was asked: the answer is nobody's.
    let Some(key) = tx.key(subject).await? else { return Ok(()) };
    let InsuranceFound { insurance, number, answer } = found;
    if let Some(number) = number {
        let number = SubjectNumber::Insured(number.clone());
        let given = GivenNumber { number, standing: NumberStanding::Registered };
        numbers::keep(tx, (subject, &key), &given, at).await?;
    }
    if let Some(json) = answer {
        let answer = answers::New { visit, subject, asked_by: ASKED_AGAIN, json, decision: None, at };
        answers::keep(tx, &key, &answer).await?;
    }
    let new = tx.new_id()?;
    let card = insurance.card.as_ref().map(|card| tx.seal(card, &key, card_place(&new))).transpose()?;
    let row = sqlx::query(
        "INSERT INTO insurance_checks (id, visit, insurance, result, card, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&new)
    .bind(visit)
    .bind(insurance_code(insurance.status))
    .bind(insurance.result_code.as_deref())
    .bind(card)
    .bind(at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::InsuranceChecked, &new, &row, at).await
}

pub(super) async fn keep_population(
    tx: &mut Transaction<'_>,
    visit: &str,
    outcome: Population,
    at: Timestamp,
) -> Result<(), StoreError> {
    let new = tx.new_id()?;
    let row =
        sqlx::query("INSERT INTO population_checks (id, visit, outcome, at) VALUES (?, ?, ?, ?) RETURNING *")
            .bind(&new)
            .bind(visit)
            .bind(word(&outcome)?)
            .bind(at.as_millisecond())
            .fetch_one(tx.on())
            .await?;
    tx.log(Logged::PopulationChecked, &new, &row, at).await
}

/// Beside the visit's verdict: C06's answer. As it came it is with the proof.
pub(super) async fn keep_card(
    tx: &mut Transaction<'_>,
    visit: &str,
    standing: CardStanding,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = sqlx::query("INSERT INTO card_checks (visit, standing, at) VALUES (?, ?, ?) RETURNING *")
        .bind(visit)
        .bind(standing.as_str())
        .bind(at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
    tx.log(Logged::CardChecked, visit, &row, at).await
}

/// What C06 said of the card that a visit was recorded with.
pub(super) async fn card(
    connection: &mut SqliteConnection,
    visit: &str,
) -> Result<Option<CardStanding>, StoreError> {
    let standing: Option<String> = sqlx::query_scalar("SELECT standing FROM card_checks WHERE visit = ?")
        .bind(visit)
        .fetch_optional(connection)
        .await?;
    standing.map(|word| parse_word("card_checks.standing", &word)).transpose()
}

/// The latest answer of the insurance register about a visit, after the one in its own row. Without the key of whom it
/// was asked about its card cannot be read: of a visit that was another's that is not its first subject's.
pub(super) async fn insurance(
    connection: &mut SqliteConnection,
    key: Option<&DataKey>,
    visit: &str,
) -> Result<Option<InsuranceCheck>, StoreError> {
    let row =
        sqlx::query("SELECT * FROM insurance_checks WHERE visit = ? ORDER BY at DESC, rowid DESC LIMIT 1")
            .bind(visit)
            .fetch_optional(connection)
            .await?;
    let Some(row) = row else { return Ok(None) };
    let card: Option<Vec<u8>> = row.try_get("card")?;
    let card = match (card, key) {
        (Some(card), Some(key)) => {
            match Sealed::<InsuranceCard>::from_stored(card).open(key, card_place(row.try_get("id")?)) {
                Ok(card) => Some(card),
                Err(SealError::NotGenuine) => None,
                Err(error) => return Err(error.into()),
            }
        }
        _ => None,
    };
    Ok(Some(InsuranceCheck {
        insurance: Insurance {
            status: insurance_status(row.try_get("insurance")?)
                .ok_or(StoreError::Malformed { what: "insurance_checks.insurance" })?,
            result_code: row.try_get("result")?,
            card,
        },
        at: time("insurance_checks.at", row.try_get("at")?)?,
    }))
}

/// The latest answer of the population database about a visit.
pub(super) async fn population(
    connection: &mut SqliteConnection,
    visit: &str,
) -> Result<Option<PopulationCheck>, StoreError> {
    let row =
        sqlx::query("SELECT * FROM population_checks WHERE visit = ? ORDER BY at DESC, rowid DESC LIMIT 1")
            .bind(visit)
            .fetch_optional(connection)
            .await?;
    row.map(|row| {
        Ok(PopulationCheck {
            outcome: parse_word("population_checks.outcome", row.try_get("outcome")?)?,
            at: time("population_checks.at", row.try_get("at")?)?,
        })
    })
    .transpose()
}
