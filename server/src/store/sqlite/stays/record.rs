//! Writing a stay down.

use async_trait::async_trait;
use flows::lodging::{Draft, StayEvent, local_day};
use jiff::Timestamp;
use sqlx::Row as _;

use super::{
    Open, change, document, draft_place,
    events::{By, write},
    read, version_decision,
};
use crate::{
    sealed::DataKey,
    store::{
        Decision, StoreError,
        sqlite::{
            audit::Logged,
            calls,
            sessions::{self, Next},
            transaction::{Transaction, id},
            visits::{self, Evidence},
            word,
            writer::Operation,
        },
        stays::{NewStay, StayAtKiosk, StayRecorded},
    },
};

/// A stay that staff write down.
pub(super) struct Record(pub(super) NewStay);

#[async_trait]
impl Operation for Record {
    type Output = StayRecorded;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<StayRecorded, StoreError> {
        record(tx, &self.0, None).await
    }
}

#[async_trait]
impl Operation for StayAtKiosk {
    type Output = StayRecorded;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<StayRecorded, StoreError> {
        // Before anything of the person is looked up: is this kiosk the one that may ask?
        let session = sessions::owned(tx, self.session, &self.kiosk).await?;
        let recorded = record(tx, &self.stay, Some(&session.id)).await?;
        let completed = self.respond.to(&recorded);
        let next = Next { version: self.version, state: &completed.state, visit: None, at: self.stay.at };
        session.go_on(tx, &next).await?;
        if let Some(call) = &completed.call {
            calls::insert(tx, &self.kiosk, Some(&session.id), call, self.stay.at).await?;
        }
        session.complete(tx, &self.request, &completed.response).await?;
        Ok(recorded)
    }
}

/// Writes a stay down, or finds the one that the same document has there in that time.
async fn record(
    tx: &mut Transaction<'_>,
    new: &NewStay,
    session: Option<&str>,
) -> Result<StayRecorded, StoreError> {
    let document = document(tx, &new.place, &new.draft);
    if let Some(there) = overlapping(tx, document.as_ref(), new).await? {
        return Ok(there);
    }
    let party = match new.party {
        Some(party) => Some(party_of(tx, &party.to_string(), &new.place).await?),
        None => None,
    };
    let day = local_day(new.at).to_string();
    let number: u32 =
        sqlx::query_scalar("SELECT coalesce(max(number), 0) + 1 FROM stays WHERE place = ? AND day = ?")
            .bind(&new.place)
            .bind(&day)
            .fetch_one(tx.on())
            .await?;
    let (subject, key) = visits::new_subject(tx, None, new.at).await?;
    let stay = tx.new_id()?;
    let party = party.unwrap_or_else(|| stay.clone());
    let evidence = Evidence::sealed(tx, &key, ("stays", &stay), new.chip.as_ref(), new.submission.as_ref())?;
    let row = sqlx::query(
        "INSERT INTO stays (id, subject, place, path, party, visit, session, day, number, phuong_thuc_dinh_danh,
             strength, legal_basis, evidence_basis, verdict, access, challenge, signer_sha256, proof, submission, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'law', ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&stay)
    .bind(&subject)
    .bind(&new.place)
    .bind(word(&new.path)?)
    .bind(&party)
    .bind(new.visit.map(|visit| visit.to_string()))
    .bind(session)
    .bind(&day)
    .bind(number)
    .bind(new.method.as_str())
    .bind(word(&new.strength)?)
    .bind(evidence.basis)
    .bind(evidence.verdict)
    .bind(evidence.access)
    .bind(evidence.challenge)
    .bind(evidence.signer)
    .bind(evidence.proof)
    .bind(evidence.submission)
    .bind(new.at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::StayRecorded, &stay, &row, new.at).await?;
    let version = Version {
        stay: &stay,
        number: 1,
        draft: &new.draft,
        document: document.as_ref(),
        by: new.by.as_ref(),
        at: new.at,
    };
    version.write(tx, &key).await?;
    let open = Open { id: &stay, subject, key };
    let event = if new.ready { StayEvent::Ready } else { StayEvent::Drafted };
    let by = By { decision: new.by.as_ref(), told: None };
    write(tx, &open, &event, by, new.at).await?;
    change::declare(tx, &open, new.at).await?;
    if let Some(session) = session {
        link_consents(tx, session, &open, new.at).await?;
    }
    Ok(StayRecorded {
        stay: id("stays.id", &stay)?,
        party: id("stays.party", &party)?,
        number,
        already: false,
    })
}

/// Writes down whose a conversation's consents were.
async fn link_consents(
    tx: &mut Transaction<'_>,
    session: &str,
    stay: &Open<'_>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "INSERT INTO consent_stays (consent, subject, stay, at) SELECT id, ?2, ?3, ?4 FROM consents
         WHERE session = ?1 AND NOT EXISTS (SELECT 1 FROM consent_stays WHERE consent = consents.id) RETURNING *",
    )
    .bind(session)
    .bind(&stay.subject)
    .bind(stay.id)
    .bind(at.as_millisecond())
    .fetch_all(tx.on())
    .await?;
    for row in &rows {
        tx.log(Logged::StayConsentLinked, row.try_get("consent")?, row, at).await?;
    }
    Ok(())
}

/// The group that somebody belongs to: the first stay of it, at the same place.
async fn party_of(tx: &mut Transaction<'_>, stay: &str, place: &str) -> Result<String, StoreError> {
    sqlx::query_scalar("SELECT party FROM stays WHERE id = ? AND place = ?")
        .bind(stay)
        .bind(place)
        .fetch_optional(tx.on())
        .await?
        .ok_or(StoreError::UnknownStay)
}

/// The stay that the same document has at the place in that time: nobody sleeps in two beds.
async fn overlapping(
    tx: &mut Transaction<'_>,
    document: Option<&[u8; 32]>,
    new: &NewStay,
) -> Result<Option<StayRecorded>, StoreError> {
    let (keys, connection) = tx.keys_and_connection();
    let mut others = match document {
        Some(document) => read::of_document(connection, keys, document).await?,
        None => Vec::new(),
    };
    // A visit is one stay, whoever tells of it, until its patient has left.
    if let Some(visit) = new.visit {
        others.extend(read::of_visit(connection, keys, &visit.to_string()).await?);
    }
    for there in others {
        let standing = there.standing(new.at);
        if standing.state() == flows::lodging::State::Withdrawn {
            continue;
        }
        let until = standing.left().or_else(|| there.until(new.at)).unwrap_or(Timestamp::MAX);
        let leaves = new.draft.departure.unwrap_or(Timestamp::MAX);
        if new.draft.arrival < until && there.arrival < leaves {
            let (stay, party, number) = (there.id, there.party, there.number);
            return Ok(Some(StayRecorded { stay, party, number, already: true }));
        }
    }
    Ok(None)
}

/// A version of a stay's data.
pub(super) struct Version<'a> {
    pub(super) stay: &'a str,
    pub(super) number: u32,
    pub(super) draft: &'a Draft,
    pub(super) document: Option<&'a [u8; 32]>,
    pub(super) by: Option<&'a Decision>,
    pub(super) at: Timestamp,
}

impl Version<'_> {
    pub(super) async fn write(&self, tx: &mut Transaction<'_>, key: &DataKey) -> Result<(), StoreError> {
        let id = tx.new_id()?;
        let by = self.by.map(|by| tx.seal(by, key, version_decision(&id))).transpose()?;
        let row = sqlx::query(
            "INSERT INTO stay_versions (id, stay, version, arrival, arrival_day, departure, nationality, document,
                 draft, decision, at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&id)
        .bind(self.stay)
        .bind(self.number)
        .bind(self.draft.arrival.as_millisecond())
        .bind(local_day(self.draft.arrival).to_string())
        .bind(self.draft.departure.map(Timestamp::as_millisecond))
        .bind(self.draft.nationality.as_ref().map(|code| code.as_str().to_owned()))
        .bind(self.document.map(<[u8; 32]>::as_slice))
        .bind(tx.seal(self.draft, key, draft_place(&id))?)
        .bind(by)
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::StayVersioned, &id, &row, self.at).await
    }
}
