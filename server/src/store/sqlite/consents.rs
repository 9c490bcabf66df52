//! The consent ledger.

use async_trait::async_trait;
use flows::{consent::ConsentText, law::age::Spoken, person::Relation, step::Purpose};
use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Keys, SqliteStore,
    audit::Logged,
    outbox, parse_word, purge,
    transaction::{Transaction, bytes, id, time},
    word,
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        Consent, StoreError,
        consents::{
            ByHand, Channel, ConsentAnswer, ConsentAtDesk, Consents, KeptText, LedgerEntry, Withdrawal,
            Withdrawn,
        },
    },
};

/// A consent of a conversation is of whose the visit is that came of it.
const LEDGER: &str = "SELECT consents.*, coalesce(consents.subject, theirs.subject) AS whose, role,
         coalesce(consent_roles.relation, consents.relation) AS spoken_as
     FROM consents LEFT JOIN consent_subjects ON consent_subjects.consent = consents.id
     LEFT JOIN conversation_subjects AS theirs ON theirs.visit = consent_subjects.visit
     LEFT JOIN consent_roles ON consent_roles.consent = consents.id";

/// The word for an answer at the desk.
const DESK: &str = "desk";
/// The word for an answer at a kiosk.
const KIOSK: &str = "kiosk";

fn place(row: &str) -> Place<'_> {
    Place { table: "consents", column: "by_hand", row }
}

/// One row to be written.
struct Row<'a> {
    session: Option<&'a str>,
    subject: Option<&'a str>,
    kiosk: Option<&'a str>,
    purpose: String,
    answer: ConsentAnswer,
    language: String,
    text_sha256: [u8; 32],
    text_known: bool,
    spoken: Option<Spoken>,
    by_hand: Option<(&'a ByHand, &'a DataKey)>,
    withdraws: Option<&'a str>,
    at: Timestamp,
}

async fn insert(tx: &mut Transaction<'_>, row: &Row<'_>) -> Result<Uuid, StoreError> {
    let new = tx.new_id()?;
    let by_hand = row.by_hand.map(|(by_hand, key)| tx.seal(by_hand, key, place(&new))).transpose()?;
    let stored = sqlx::query(
        "INSERT INTO consents (id, session, subject, purpose, answer, language, text_sha256, text_known, channel,
             kiosk, by_hand, withdraws, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&new)
    .bind(row.session)
    .bind(row.subject)
    .bind(&row.purpose)
    .bind(word(&row.answer)?)
    .bind(&row.language)
    .bind(row.text_sha256.as_slice())
    .bind(i64::from(row.text_known))
    .bind(if row.kiosk.is_some() { KIOSK } else { DESK })
    .bind(row.kiosk)
    .bind(by_hand)
    .bind(row.withdraws)
    .bind(row.at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::ConsentAnswered, &new, &stored, row.at).await?;
    if let Some(spoken) = row.spoken {
        spoke(tx, &new, spoken, row.at).await?;
    }
    id("consents.id", &new)
}

/// Writes down in which role a consent was answered.
async fn spoke(
    tx: &mut Transaction<'_>,
    consent: &str,
    spoken: Spoken,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "INSERT INTO consent_roles (consent, role, relation, at) VALUES (?, ?, ?, ?) RETURNING *",
    )
    .bind(consent)
    .bind(spoken.role.as_str())
    .bind(spoken.relation.map(Relation::as_str))
    .bind(at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::ConsentRoleKnown, consent, &row, at).await
}

/// Keeps the words of a text, the first time that it is answered to.
async fn keep_text(tx: &mut Transaction<'_>, text: &ConsentText, at: Timestamp) -> Result<(), StoreError> {
    let sha256 = text.sha256();
    let new = sqlx::query(
        "INSERT INTO consent_texts (sha256, purpose, language, version, text) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING RETURNING *",
    )
    .bind(sha256.as_slice())
    .bind(word(&text.purpose)?)
    .bind(word(&text.language)?)
    .bind(text.version)
    .bind(text.text())
    .fetch_optional(tx.on())
    .await?;
    match new {
        Some(row) => tx.log(Logged::ConsentTextKept, &hex::encode(sha256), &row, at).await,
        None => Ok(()),
    }
}

/// Writes down what was answered at a kiosk.
pub(super) async fn keep(
    tx: &mut Transaction<'_>,
    session: &str,
    kiosk: &str,
    consent: &Consent,
    at: Timestamp,
) -> Result<(), StoreError> {
    if let Some(text) = &consent.text {
        keep_text(tx, text, at).await?;
    }
    let row = Row {
        session: Some(session),
        subject: None,
        kiosk: Some(kiosk),
        purpose: word(&consent.purpose)?,
        answer: if consent.given { ConsentAnswer::Given } else { ConsentAnswer::Refused },
        language: word(&consent.language)?,
        text_sha256: consent.text_sha256,
        text_known: consent.text.is_some(),
        spoken: consent.spoken,
        by_hand: None,
        withdraws: None,
        at,
    };
    insert(tx, &row).await.map(|_| ())
}

/// Writes down whose a conversation's consents were, once that is known, and who answered where nobody knew it then.
pub(super) async fn link(
    tx: &mut Transaction<'_>,
    session: &str,
    (subject, visit): (&str, &str),
    spoken: Option<Spoken>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "INSERT INTO consent_subjects (consent, subject, visit, at)
         SELECT id, ?2, ?3, ?4 FROM consents
         WHERE session = ?1 AND NOT EXISTS (SELECT 1 FROM consent_subjects WHERE consent = consents.id) RETURNING *",
    )
    .bind(session)
    .bind(subject)
    .bind(visit)
    .bind(at.as_millisecond())
    .fetch_all(tx.on())
    .await?;
    for row in &rows {
        let consent: String = row.try_get("consent")?;
        tx.log(Logged::ConsentLinked, &consent, row, at).await?;
        let known: Option<i64> = sqlx::query_scalar("SELECT 1 FROM consent_roles WHERE consent = ?")
            .bind(&consent)
            .fetch_optional(tx.on())
            .await?;
        if let (Some(spoken), None) = (spoken, known) {
            spoke(tx, &consent, spoken, at).await?;
        }
    }
    Ok(())
}

#[async_trait]
impl Operation for ConsentAtDesk {
    type Output = Uuid;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Uuid, StoreError> {
        let subject = self.subject.to_string();
        let key = tx.key(&subject).await?.ok_or(StoreError::UnknownSubject)?;
        keep_text(tx, &self.text, self.at).await?;
        let row = Row {
            session: None,
            subject: Some(&subject),
            kiosk: None,
            purpose: word(&self.text.purpose)?,
            answer: if self.given { ConsentAnswer::Given } else { ConsentAnswer::Refused },
            language: word(&self.text.language)?,
            text_sha256: self.text.sha256(),
            text_known: true,
            spoken: Some(self.spoken),
            by_hand: Some((&self.by_hand, &key)),
            withdraws: None,
            at: self.at,
        };
        insert(tx, &row).await
    }
}

#[async_trait]
impl Operation for Withdrawal {
    type Output = Withdrawn;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Withdrawn, StoreError> {
        let taken_back =
            TakenBack { purpose: Some(self.purpose), spoken: Some(self.spoken), by_hand: &self.by_hand };
        withdraw(tx, self.subject, &taken_back, self.at).await
    }
}

/// What is taken back, and by whom.
pub(super) struct TakenBack<'a> {
    /// For one purpose; none: for all.
    pub(super) purpose: Option<Purpose>,
    pub(super) spoken: Option<Spoken>,
    pub(super) by_hand: &'a ByHand,
}

/// Takes back what a person agreed to, with what rests on it alone.
pub(super) async fn withdraw(
    tx: &mut Transaction<'_>,
    subject: Uuid,
    taken_back: &TakenBack<'_>,
    at: Timestamp,
) -> Result<Withdrawn, StoreError> {
    let subject = subject.to_string();
    let key = tx.key(&subject).await?.ok_or(StoreError::UnknownSubject)?;
    let purpose = taken_back.purpose.map(|purpose| word(&purpose)).transpose()?;
    let given = sqlx::query(
        "SELECT consents.* FROM consents LEFT JOIN consent_subjects ON consent_subjects.consent = consents.id
         LEFT JOIN conversation_subjects AS theirs ON theirs.visit = consent_subjects.visit
         WHERE coalesce(consents.subject, theirs.subject) IN (
                 SELECT same FROM same_person WHERE same_person.subject = ?1) AND answer = 'given'
             AND (?2 IS NULL OR purpose = ?2)
             AND NOT EXISTS (SELECT 1 FROM consents AS later WHERE later.withdraws = consents.id)
         ORDER BY consents.at, consents.rowid",
    )
    .bind(&subject)
    .bind(&purpose)
    .fetch_all(tx.on())
    .await?;
    for consent in &given {
        let row = Row {
            session: None,
            subject: Some(&subject),
            kiosk: None,
            purpose: consent.try_get("purpose")?,
            answer: ConsentAnswer::Withdrawn,
            language: consent.try_get("language")?,
            text_sha256: bytes("consents.text_sha256", consent.try_get("text_sha256")?)?,
            text_known: consent.try_get::<i64, _>("text_known")? != 0,
            spoken: taken_back.spoken,
            by_hand: Some((taken_back.by_hand, &key)),
            withdraws: Some(consent.try_get("id")?),
            at,
        };
        insert(tx, &row).await?;
    }
    if given.is_empty() {
        return Ok(Withdrawn::default());
    }
    Ok(Withdrawn {
        consents: given.len() as u64,
        evidence_emptied: purge::empty_evidence(tx, &subject, at).await?,
        messages_stopped: outbox::stop_what_rested_on_consent(tx, &subject, outbox::Stopped::Withdrawn, at)
            .await?,
    })
}

async fn entry(
    connection: &mut SqliteConnection,
    keys: &Keys,
    row: &SqliteRow,
) -> Result<LedgerEntry, StoreError> {
    let row_id: String = row.try_get("id")?;
    let text = |name| row.try_get::<Option<String>, _>(name);
    let (subject, kiosk) = (text("whose")?, text("kiosk")?);
    let by_hand = match (row.try_get::<Option<Vec<u8>>, _>("by_hand")?, &subject) {
        (Some(sealed), Some(subject)) => match keys.fetch(connection, subject).await? {
            Some(key) => Some(Sealed::from_stored(sealed).open(&key, place(&row_id))?),
            None => None,
        },
        _ => None,
    };
    Ok(LedgerEntry {
        id: id("consents.id", &row_id)?,
        session: text("session")?.map(|session| id("consents.session", &session)).transpose()?,
        subject: subject.map(|subject| id("consents.subject", &subject)).transpose()?,
        purpose: parse_word("consents.purpose", row.try_get("purpose")?)?,
        answer: parse_word("consents.answer", row.try_get("answer")?)?,
        language: parse_word("consents.language", row.try_get("language")?)?,
        text_sha256: bytes("consents.text_sha256", row.try_get("text_sha256")?)?,
        text_known: row.try_get::<i64, _>("text_known")? != 0,
        channel: kiosk.map_or(Channel::Desk, Channel::Kiosk),
        role: text("role")?.map(|word| parse_word("consent_roles.role", &word)).transpose()?,
        relation: text("spoken_as")?.map(|word| parse_word("consent_roles.relation", &word)).transpose()?,
        by_hand,
        withdraws: text("withdraws")?.map(|other| id("consents.withdraws", &other)).transpose()?,
        at: time("consents.at", row.try_get("at")?)?,
    })
}

async fn entries(
    connection: &mut SqliteConnection,
    keys: &Keys,
    rows: &[SqliteRow],
) -> Result<Vec<LedgerEntry>, StoreError> {
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        entries.push(entry(connection, keys, row).await?);
    }
    Ok(entries)
}

#[async_trait]
impl Consents for SqliteStore {
    async fn record_consent(&self, consent: ConsentAtDesk) -> Result<Uuid, StoreError> {
        self.writer.submit(consent).await
    }

    async fn session_consent(&self, session: Uuid) -> Result<Option<Uuid>, StoreError> {
        let consent: Option<String> = sqlx::query_scalar(
            "SELECT id FROM consents WHERE session = ? AND answer = 'given' ORDER BY at DESC, rowid DESC LIMIT 1",
        )
        .bind(session.to_string())
        .fetch_optional(&self.readers)
        .await?;
        consent.map(|consent| id("consents.id", &consent)).transpose()
    }

    async fn withdraw_consent(&self, withdrawal: Withdrawal) -> Result<Withdrawn, StoreError> {
        self.writer.submit(withdrawal).await
    }

    async fn consents_of(&self, subject: Uuid) -> Result<Vec<LedgerEntry>, StoreError> {
        let mut reader = self.readers.begin().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{LEDGER} WHERE coalesce(consents.subject, theirs.subject) IN (
                 SELECT same FROM same_person WHERE same_person.subject = ?1)
             ORDER BY consents.at, consents.rowid"
        )))
        .bind(subject.to_string())
        .fetch_all(&mut *reader)
        .await?;
        entries(&mut reader, &self.keys, &rows).await
    }

    async fn latest_consents(&self, unknown: bool, most: u32) -> Result<Vec<LedgerEntry>, StoreError> {
        let mut reader = self.readers.begin().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{LEDGER} WHERE NOT ?1 OR NOT text_known ORDER BY consents.at DESC, consents.rowid DESC LIMIT ?2"
        )))
        .bind(unknown)
        .bind(most)
        .fetch_all(&mut *reader)
        .await?;
        entries(&mut reader, &self.keys, &rows).await
    }

    async fn consent_text(&self, sha256: [u8; 32]) -> Result<Option<KeptText>, StoreError> {
        let row = sqlx::query("SELECT * FROM consent_texts WHERE sha256 = ?")
            .bind(sha256.as_slice())
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| {
            Ok(KeptText {
                purpose: parse_word("consent_texts.purpose", row.try_get("purpose")?)?,
                language: parse_word("consent_texts.language", row.try_get("language")?)?,
                version: row.try_get("version")?,
                text: row.try_get("text")?,
            })
        })
        .transpose()
    }
}
