//! The numbers of subjects, and which subjects are one person.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use identity::{SecretBytes, insurance::SocialInsuranceNumber, number::PersonalNumber};
use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Keys, SqliteStore,
    audit::Logged,
    parse_word,
    transaction::{Transaction, id, time},
    word,
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        DecideSubjects, GivenNumber, KeptNumber, NewVisit, NumberKind, NumberStanding, Numbers, Patient,
        SameNumber, SameOrNot, StoreError, SubjectNumber, numbers::MOST_OFFERED,
    },
};

fn place(row: &str) -> Place<'_> {
    Place { table: "subject_numbers", column: "number", row }
}

fn decision_place(row: &str) -> Place<'_> {
    Place { table: "subject_decisions", column: "decision", row }
}

/// A personal number has one hash whether it is in use or was cancelled.
fn look_up(keys: &Keys, number: &SubjectNumber) -> [u8; 32] {
    match number {
        SubjectNumber::Personal(number) | SubjectNumber::Cancelled(number) => keys.look_up(number),
        SubjectNumber::OldCard(number) => {
            keys.master.look_up("subjects.old_card", number.as_str().as_bytes())
        }
        SubjectNumber::Insured(number) => keys.master.look_up("subjects.insured", number.as_str().as_bytes()),
    }
}

/// Whom a subject leads to: itself, or the one that it was merged into.
pub(super) async fn root(connection: &mut SqliteConnection, subject: String) -> Result<String, StoreError> {
    let root: Option<String> = sqlx::query_scalar(
        "SELECT root FROM merged_subjects WHERE subject = ? AND root NOT IN (SELECT subject FROM merged_subjects)",
    )
    .bind(&subject)
    .fetch_optional(connection)
    .await?;
    Ok(root.unwrap_or(subject))
}

/// The subjects that were merged into this one.
pub(super) async fn merged_into(
    connection: &mut SqliteConnection,
    subject: &str,
) -> Result<Vec<String>, StoreError> {
    let merged = sqlx::query_scalar("SELECT subject FROM merged_subjects WHERE root = ? ORDER BY subject")
        .bind(subject)
        .fetch_all(connection)
        .await?;
    Ok(merged)
}

/// Whose the insured person's number is that came with a visit. Only a number that was proved or registered for
/// exactly one person finds them.
pub(super) async fn insured(
    connection: &mut SqliteConnection,
    keys: &Keys,
    numbers: &[SubjectNumber],
) -> Result<Option<String>, StoreError> {
    let mut found = BTreeSet::new();
    for number in numbers.iter().filter(|number| number.kind() == NumberKind::Insured) {
        let hash = look_up(keys, number);
        let subjects: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT subject FROM subject_numbers
             WHERE look_up = ? AND kind = 'insured' AND standing IN ('registered', 'proved')",
        )
        .bind(hash.as_slice())
        .fetch_all(&mut *connection)
        .await?;
        for subject in subjects {
            found.insert(root(&mut *connection, subject).await?);
        }
    }
    let only = found.len() == 1;
    Ok(found.into_iter().next().filter(|_| only))
}

/// The person of a visit whose personal number is new here, where a register says the same insured person's number of
/// both and nobody knew their personal number until now. From here on they have it.
pub(super) async fn numbered(
    tx: &mut Transaction<'_>,
    visit: &NewVisit,
    hash: &[u8; 32],
    at: Timestamp,
) -> Result<Option<String>, StoreError> {
    let registered: Vec<SubjectNumber> = visit
        .numbers
        .iter()
        .filter(|given| given.standing.finds())
        .map(|given| given.number.clone())
        .collect();
    let (keys, connection) = tx.keys_and_connection();
    let Some(subject) = insured(connection, keys, &registered).await? else { return Ok(None) };
    let row = sqlx::query(
        "UPDATE subjects SET look_up = ?1 WHERE id = ?2 AND look_up IS NULL AND NOT EXISTS (
             SELECT 1 FROM subject_numbers WHERE subject = ?2 AND kind = 'personal') RETURNING *",
    )
    .bind(hash.as_slice())
    .bind(&subject)
    .fetch_optional(tx.on())
    .await?;
    match row {
        Some(row) => {
            tx.log(Logged::SubjectNumbered, &subject, &row, at).await?;
            Ok(Some(subject))
        }
        // They are known by another one: two people, or one with two numbers. Staff say which.
        None => Ok(None),
    }
}

/// Whether a person who was recorded under another number, or under none, is known by this one from here on: nobody else
/// has it, and no document proved the one that they had. That one is kept as cancelled.
pub(super) async fn renumbered(
    tx: &mut Transaction<'_>,
    (subject, key): (&str, &DataKey),
    hash: &[u8; 32],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let before = personal(tx, subject, key).await?;
    if before.iter().any(|(_, standing)| standing.finds()) {
        return Ok(false);
    }
    for (number, standing) in before {
        let given = GivenNumber { number: SubjectNumber::Cancelled(number), standing };
        keep(tx, (subject, key), &given, at).await?;
    }
    let row = sqlx::query("UPDATE subjects SET look_up = ? WHERE id = ? RETURNING *")
        .bind(hash.as_slice())
        .bind(subject)
        .fetch_one(tx.on())
        .await?;
    tx.log(Logged::SubjectNumbered, subject, &row, at).await?;
    Ok(true)
}

/// Keeps a number of a subject. One that is kept already, as it is known now, stays as it is.
pub(super) async fn keep(
    tx: &mut Transaction<'_>,
    (subject, key): (&str, &DataKey),
    given: &GivenNumber,
    at: Timestamp,
) -> Result<(), StoreError> {
    let GivenNumber { number, standing } = given;
    let hash = look_up(tx.keys(), number);
    let new = tx.new_id()?;
    let row = sqlx::query(
        "INSERT INTO subject_numbers (id, subject, kind, look_up, number, standing, at) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (subject, kind, look_up, standing) DO NOTHING RETURNING *",
    )
    .bind(&new)
    .bind(subject)
    .bind(word(&number.kind())?)
    .bind(hash.as_slice())
    .bind(tx.seal(&number.as_str().to_owned(), key, place(&new))?)
    .bind(word(standing)?)
    .bind(at.as_millisecond())
    .fetch_optional(tx.on())
    .await?;
    match row {
        Some(row) => tx.log(Logged::NumberKept, &new, &row, at).await,
        None => Ok(()),
    }
}

/// The numbers in a patient's data; `proved` where a document proved them.
pub(super) fn of_patient(patient: &Patient, proved: bool) -> Vec<GivenNumber> {
    let personal = patient.number.clone().map(|number| GivenNumber {
        number: SubjectNumber::Personal(number),
        standing: if proved { NumberStanding::Proved } else { NumberStanding::Stated },
    });
    let insured = patient.insurance_number.as_ref().map(|number| GivenNumber {
        number: SubjectNumber::Insured(number.social_insurance_number()),
        standing: NumberStanding::Stated,
    });
    personal.into_iter().chain(insured).collect()
}

/// Deletes the numbers of a subject that is erased.
pub(super) async fn forget(tx: &mut Transaction<'_>, subject: &str, at: Timestamp) -> Result<(), StoreError> {
    let rows = sqlx::query("DELETE FROM subject_numbers WHERE subject = ? RETURNING *")
        .bind(subject)
        .fetch_all(tx.on())
        .await?;
    for row in &rows {
        tx.log(Logged::NumberForgotten, row.try_get("id")?, row, at).await?;
    }
    Ok(())
}

async fn opened(
    connection: &mut SqliteConnection,
    keys: &Keys,
    row: &SqliteRow,
) -> Result<Option<KeptNumber>, StoreError> {
    let Some(key) = keys.fetch(connection, row.try_get("subject")?).await? else { return Ok(None) };
    let number: String = Sealed::from_stored(row.try_get("number")?).open(&key, place(row.try_get("id")?))?;
    Ok(Some(KeptNumber {
        kind: parse_word("subject_numbers.kind", row.try_get("kind")?)?,
        number: SecretBytes::new(number.into_bytes()),
        standing: parse_word("subject_numbers.standing", row.try_get("standing")?)?,
        at: time("subject_numbers.at", row.try_get("at")?)?,
    }))
}

async fn of(
    connection: &mut SqliteConnection,
    keys: &Keys,
    subject: Uuid,
) -> Result<Vec<KeptNumber>, StoreError> {
    let rows = sqlx::query(
        "SELECT * FROM subject_numbers
         WHERE subject = ?1 OR subject IN (SELECT subject FROM merged_subjects WHERE root = ?1) ORDER BY at, rowid",
    )
    .bind(subject.to_string())
    .fetch_all(&mut *connection)
    .await?;
    let mut numbers = Vec::with_capacity(rows.len());
    for row in &rows {
        numbers.extend(opened(connection, keys, row).await?);
    }
    Ok(numbers)
}

/// Pairs of subjects with a number in common that nobody decided about.
async fn same(connection: &mut SqliteConnection) -> Result<Vec<SameNumber>, StoreError> {
    let rows = sqlx::query(
        "SELECT DISTINCT one.subject AS one, other.subject AS other, other.kind AS kind
         FROM subject_numbers AS one JOIN subject_numbers AS other
             ON other.look_up = one.look_up AND other.subject <> one.subject
         WHERE one.look_up IN (SELECT look_up FROM subject_numbers GROUP BY look_up HAVING count(DISTINCT subject) > 1)",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut apart = BTreeSet::new();
    for row in sqlx::query("SELECT subject, other FROM subject_decisions WHERE outcome = 'apart'")
        .fetch_all(&mut *connection)
        .await?
    {
        let one = root(connection, row.try_get("subject")?).await?;
        let other = root(connection, row.try_get("other")?).await?;
        apart.insert((one.clone(), other.clone()));
        apart.insert((other, one));
    }
    let mut pairs: BTreeMap<(i64, String, String), BTreeSet<NumberKind>> = BTreeMap::new();
    for row in &rows {
        let one = root(connection, row.try_get("one")?).await?;
        let other = root(connection, row.try_get("other")?).await?;
        if one == other || apart.contains(&(one.clone(), other.clone())) {
            continue;
        }
        let (made_one, made_other) = (made(connection, &one).await?, made(connection, &other).await?);
        let (first, second, latest) = if (made_one, &one) <= (made_other, &other) {
            (one, other, made_other)
        } else {
            (other, one, made_one)
        };
        let kind = parse_word("subject_numbers.kind", row.try_get("kind")?)?;
        pairs.entry((latest, first, second)).or_default().insert(kind);
    }
    let latest_first = pairs.into_iter().rev().take(MOST_OFFERED);
    latest_first
        .map(|((_, first, second), kinds)| {
            Ok(SameNumber {
                first: id("subjects.id", &first)?,
                second: id("subjects.id", &second)?,
                kinds: kinds.into_iter().collect(),
            })
        })
        .collect()
}

/// When a subject became known.
async fn made(connection: &mut SqliteConnection, subject: &str) -> Result<i64, StoreError> {
    let made = sqlx::query_scalar("SELECT created_at FROM subjects WHERE id = ?")
        .bind(subject)
        .fetch_one(connection)
        .await?;
    Ok(made)
}

#[async_trait]
impl Operation for DecideSubjects {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let (first, second) = (self.first.to_string(), self.second.to_string());
        let key = tx.key(&first).await?.ok_or(StoreError::UnknownSubject)?;
        let other_key = tx.key(&second).await?.ok_or(StoreError::UnknownSubject)?;
        let decided: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM subject_decisions WHERE subject IN (?1, ?2) AND (outcome = 'merged' OR other IN (?1, ?2))",
        )
        .bind(&first)
        .bind(&second)
        .fetch_one(tx.on())
        .await?;
        if decided > 0 || first == second {
            return Err(StoreError::SubjectsDecided);
        }
        let new = tx.new_id()?;
        let row = sqlx::query(
            "INSERT INTO subject_decisions (id, subject, other, outcome, decision, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&new)
        .bind(&second)
        .bind(&first)
        .bind(word(&self.outcome)?)
        .bind(tx.seal(&self.decision, &key, decision_place(&new))?)
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::SubjectsDecided, &new, &row, self.at).await?;
        if self.outcome == SameOrNot::Merged {
            cancel(tx, (&first, &key), (&second, &other_key), self.at).await?;
        }
        Ok(())
    }
}

/// Marks the personal numbers of the first as cancelled that the second does not have: who is known again under
/// another number has that one now.
async fn cancel(
    tx: &mut Transaction<'_>,
    (first, key): (&str, &DataKey),
    (second, other_key): (&str, &DataKey),
    at: Timestamp,
) -> Result<(), StoreError> {
    let before = personal(tx, first, key).await?;
    let now = personal(tx, second, other_key).await?;
    if now.is_empty() {
        return Ok(());
    }
    for (number, standing) in before {
        if !now.iter().any(|(other, _)| *other == number) {
            let given = GivenNumber { number: SubjectNumber::Cancelled(number), standing };
            keep(tx, (first, key), &given, at).await?;
        }
    }
    Ok(())
}

/// The personal numbers of a subject, each as it is known best.
async fn personal(
    tx: &mut Transaction<'_>,
    subject: &str,
    key: &DataKey,
) -> Result<Vec<(PersonalNumber, NumberStanding)>, StoreError> {
    let rows =
        sqlx::query("SELECT * FROM subject_numbers WHERE subject = ? AND kind = 'personal' ORDER BY at")
            .bind(subject)
            .fetch_all(tx.on())
            .await?;
    let mut numbers: Vec<(PersonalNumber, NumberStanding)> = Vec::with_capacity(rows.len());
    for row in &rows {
        let text: String =
            Sealed::from_stored(row.try_get("number")?).open(key, place(row.try_get("id")?))?;
        let number = PersonalNumber::parse(&text)
            .map_err(|_| StoreError::Malformed { what: "subject_numbers.number" })?;
        let standing: NumberStanding = parse_word("subject_numbers.standing", row.try_get("standing")?)?;
        match numbers.iter_mut().find(|(known, _)| *known == number) {
            Some((_, best)) => *best = standing.max(*best),
            None => numbers.push((number, standing)),
        }
    }
    Ok(numbers)
}

#[async_trait]
impl Numbers for SqliteStore {
    async fn numbers_of(&self, subject: Uuid) -> Result<Vec<KeptNumber>, StoreError> {
        of(&mut *self.readers.begin().await?, &self.keys, subject).await
    }

    async fn insured_subject(&self, number: &SocialInsuranceNumber) -> Result<Option<Uuid>, StoreError> {
        let number = SubjectNumber::Insured(number.clone());
        let found = insured(&mut *self.readers.begin().await?, &self.keys, &[number]).await?;
        found.map(|subject| id("subject_numbers.subject", &subject)).transpose()
    }

    async fn same_numbers(&self) -> Result<Vec<SameNumber>, StoreError> {
        same(&mut *self.readers.begin().await?).await
    }

    async fn decide_subjects(&self, decision: DecideSubjects) -> Result<(), StoreError> {
        self.writer.submit(decision).await
    }
}
