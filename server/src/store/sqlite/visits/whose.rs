//! Whose a visit is: which subject its numbers lead to, and whether the same person seems to wait already.

use flows::{engine::Population, person::Birth, policy::Strength};
use identity::{insurance::InsuranceNumber, number::PersonalNumber, text::clean_line};
use jiff::{Timestamp, civil::Date};
use sqlx::sqlite::SqliteRow;

use super::{
    super::{audit::Logged, erasure, numbers, transaction::Transaction},
    of_subject, visit as kept_visit,
};
use crate::{
    sealed::DataKey,
    store::{Method, NewVisit, Patient, StoreError, Wrong},
};

/// On whose word a visit is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Word {
    /// A named member of staff vouches for whom it is.
    Staff,
    /// Nobody does beside the person: a conversation at a kiosk.
    Person,
}

/// Whom a visit's numbers lead to.
pub(super) struct Known {
    /// The subject; none where they lead to nobody.
    pub(super) subject: Option<String>,
    /// The keyed hash by which a new subject is found from here on.
    pub(super) look_up: Option<[u8; 32]>,
}

/// Whom a visit's numbers lead to. What nobody confirmed, neither a document nor a register nor staff, leads only to
/// someone of the same name and birth: a number beside another name would lead a stranger to its owner's records. Whoever
/// it does not lead to is somebody new, and staff are offered both.
pub(super) async fn known(
    tx: &mut Transaction<'_>,
    visit: &NewVisit,
    word: Word,
    at: Timestamp,
) -> Result<Known, StoreError> {
    let confirmed = word == Word::Staff || is_confirmed(visit);
    let Some(number) = &visit.patient.number else {
        let shown: Vec<_> = visit.numbers.iter().map(|given| given.number.clone()).collect();
        let (keys, connection) = tx.keys_and_connection();
        let subject = numbers::insured(connection, keys, &shown).await?;
        let subject = only_theirs(tx, subject, confirmed, &visit.patient).await?;
        return Ok(Known { subject, look_up: None });
    };
    let look_up = tx.look_up(number);
    let Some(owner) = erasure::subject(tx.on(), &look_up).await? else {
        let subject = numbers::numbered(tx, visit, &look_up, at).await?;
        return Ok(Known { subject, look_up: Some(look_up) });
    };
    let subject = only_theirs(tx, Some(owner.to_string()), confirmed, &visit.patient).await?;
    let look_up = subject.is_some().then_some(look_up);
    Ok(Known { subject, look_up })
}

/// Whether a document or a register says that number, name and birth belong together.
fn is_confirmed(visit: &NewVisit) -> bool {
    visit.strength != Strength::StaticOrTyped
        || visit.population == Some(Population::Matches)
        || visit.numbers.iter().any(|given| given.standing.finds())
}

async fn only_theirs(
    tx: &mut Transaction<'_>,
    subject: Option<String>,
    confirmed: bool,
    patient: &Patient,
) -> Result<Option<String>, StoreError> {
    match subject {
        Some(subject) if confirmed || is_last_known_as(tx, &subject, patient).await? => Ok(Some(subject)),
        _ => Ok(None),
    }
}

/// Whether name and birth are those that were kept of this subject last.
async fn is_last_known_as(
    tx: &mut Transaction<'_>,
    subject: &str,
    patient: &Patient,
) -> Result<bool, StoreError> {
    let subject = super::super::transaction::id("subjects.id", subject)?;
    let (keys, connection) = tx.keys_and_connection();
    for recorded in of_subject(&mut *connection, subject).await? {
        let kept = kept_visit(&mut *connection, keys, recorded.visit).await?;
        // Emptied where the visit is old.
        let Some(last) = kept.as_ref().and_then(|visit| visit.patient.as_ref()) else { continue };
        let same_name = cleaned(&last.full_name) == cleaned(&patient.full_name);
        return Ok(same_name && agree(last.birth, patient.birth));
    }
    Ok(false)
}

/// Whether two births may be one: who types says the year alone, a document the day.
fn agree(one: Option<Birth>, other: Option<Birth>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    let parts = |one: Option<i8>, other: Option<i8>| one.is_none() || other.is_none() || one == other;
    one.year == other.year && parts(one.month, other.month) && parts(one.day, other.day)
}

/// A name as it is compared: documents write it in capitals, people do not.
fn cleaned(name: &str) -> String {
    clean_line(name).to_lowercase()
}

/// The keyed hash by which the same person is noticed again on a day. None of whom too little is known.
fn same_day_hash(tx: &Transaction<'_>, visit: &NewVisit, day: Date) -> Option<[u8; 32]> {
    let patient = &visit.patient;
    let birth = patient.birth.filter(|_| visit.method != Method::Undetermined)?;
    let insured = patient.insurance_number.as_ref().map(InsuranceNumber::social_insurance_number);
    let who = [
        visit.station.clone(),
        day.to_string(),
        cleaned(&patient.full_name),
        format!("{}-{:?}-{:?}", birth.year, birth.month, birth.day),
        insured.map(|number| number.as_str().to_owned()).unwrap_or_default(),
        patient.number.as_ref().map(|number| number.as_str().to_owned()).unwrap_or_default(),
    ];
    // No part holds a line's end.
    Some(tx.keyed("same_day", &who.join("\n")))
}

/// The visit of the day that still waits, of somebody with the same name, birth and numbers, where whoever comes has
/// proved nothing: it may be the same person again.
pub(super) async fn same_again(
    tx: &mut Transaction<'_>,
    visit: &NewVisit,
    day: Date,
) -> Result<Option<SqliteRow>, StoreError> {
    let Some(look_up) = same_day_hash(tx, visit, day).filter(|_| visit.strength == Strength::StaticOrTyped)
    else {
        return Ok(None);
    };
    let row = sqlx::query(
        "WITH RECURSIVE theirs (visit) AS (
             SELECT visit FROM same_day WHERE look_up = ?1 AND NOT EXISTS (
                 SELECT 1 FROM visit_versions WHERE visit_versions.visit = same_day.visit AND wrong = 'person')
             UNION SELECT other FROM queue_events JOIN theirs ON queue_events.visit = theirs.visit
             WHERE event = 'merged')
         SELECT visits.* FROM theirs JOIN visits ON visits.id = theirs.visit
         WHERE NOT EXISTS (SELECT 1 FROM queue_events WHERE queue_events.visit = visits.id
             AND event IN ('finished', 'cancelled', 'merged'))
         ORDER BY visits.at, visits.id LIMIT 1",
    )
    .bind(look_up.as_slice())
    .fetch_optional(tx.on())
    .await?;
    Ok(row)
}

/// Has the same person be noticed, should they come again today.
pub(super) async fn keep_same_day(
    tx: &mut Transaction<'_>,
    visit: &NewVisit,
    (recorded, day): (&str, Date),
    at: Timestamp,
) -> Result<(), StoreError> {
    let Some(look_up) = same_day_hash(tx, visit, day) else { return Ok(()) };
    sqlx::query("INSERT INTO same_day (visit, look_up, at) VALUES (?, ?, ?)")
        .bind(recorded)
        .bind(look_up.as_slice())
        .bind(at.as_millisecond())
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Whose visit a corrected one is: of whoever has the number. With none, or where the data were wrong and nobody has it,
/// of the same person as before, who has it from here on; unless it was somebody else, or a document proved the number
/// that they had.
pub(in super::super) async fn subject_of(
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
    if let Some(subject) = known {
        let key = tx.key(&subject).await?.ok_or(StoreError::UnknownVisit)?;
        return Ok((subject, key));
    }
    if let (Wrong::Data, Some(look_up)) = (wrong, &look_up) {
        let key = tx.key(before).await?.ok_or(StoreError::UnknownVisit)?;
        if numbers::renumbered(tx, (before, &key), look_up, at).await? {
            return Ok((before.to_owned(), key));
        }
    }
    new_subject(tx, look_up.as_ref(), at).await
}

/// Somebody of whom nothing is kept yet.
pub(in super::super) async fn new_subject(
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
