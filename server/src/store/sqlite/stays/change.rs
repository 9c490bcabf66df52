//! What is done about a stay.

use async_trait::async_trait;
use flows::lodging::{Path, StayEvent};
use identity::SecretBytes;
use jiff::Timestamp;

use super::{
    Open, document,
    events::{By, happen},
    open, read,
    record::Version,
};
use crate::{
    outbox::lodging::Change,
    store::{
        MessageKind, NewMessage, StoreError,
        sqlite::{
            outbox::{self, Subject},
            transaction::Transaction,
            writer::Operation,
        },
        stays::{ChangeStay, KeptStay, StayChanged, TellPolice},
    },
};

#[async_trait]
impl Operation for ChangeStay {
    type Output = StayChanged;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<StayChanged, StoreError> {
        let id = self.stay.to_string();
        let stay = open(tx, &id).await?;
        let before = kept(tx, &id).await?;
        if before.version != self.seen {
            return Err(StoreError::StayChanged);
        }
        let by = By { decision: Some(&self.by), told: None };
        happen(tx, &stay, &self.event, by, self.at).await?;
        let mut changed = StayChanged { version: before.version, to_tell: false };
        if let (StayEvent::Corrected { .. }, Some(draft)) = (&self.event, &self.corrected) {
            changed.version += 1;
            let document = document(tx, &before.place, draft);
            let version = Version {
                stay: &id,
                number: changed.version,
                draft,
                document: document.as_ref(),
                by: Some(&self.by),
                at: self.at,
            };
            version.write(tx, &stay.key).await?;
        }
        declare(tx, &stay, self.at).await?;
        if before.standing(self.at).is_known_there() {
            changed.to_tell = self.tell(tx, &stay, &before).await?;
        }
        Ok(changed)
    }
}

impl ChangeStay {
    /// Has the portal told, where it takes such a change, or else a person asked to tell it. Says whether a person is.
    async fn tell(
        &self,
        tx: &mut Transaction<'_>,
        stay: &Open<'_>,
        before: &KeptStay,
    ) -> Result<bool, StoreError> {
        let by_portal = before.standing(self.at).path() == Path::Portal;
        let told_by_portal = match &self.event {
            StayEvent::Extended { until } => Some(Change::Extend { until: *until }),
            StayEvent::Left { at } if before.until(self.at).is_some_and(|until| *at < until) => {
                Some(Change::Leave)
            }
            StayEvent::Corrected { .. } | StayEvent::Withdrawn => None,
            // Whoever leaves when they said has left there too.
            _ => return Ok(false),
        };
        match told_by_portal.filter(|_| by_portal) {
            // The portal takes extensions and departures of Vietnamese guests alone (interface v1.4).
            Some(change) if !before.foreign => {
                let message = NewMessage {
                    kind: MessageKind::StayChange,
                    part: tx.new_id()?,
                    payload: change.to_payload()?,
                    not_before: self.at,
                };
                queue(tx, stay, &message, self.at).await?;
                Ok(false)
            }
            _ => {
                let Some(to_say) = &self.to_say else { return Ok(false) };
                let message = NewMessage {
                    kind: MessageKind::StayCorrection,
                    part: tx.new_id()?,
                    payload: to_say.clone(),
                    not_before: self.at,
                };
                queue(tx, stay, &message, self.at).await?;
                Ok(true)
            }
        }
    }
}

async fn kept(tx: &mut Transaction<'_>, stay: &str) -> Result<KeptStay, StoreError> {
    let (keys, connection) = tx.keys_and_connection();
    read::one(connection, keys, stay).await?.ok_or(StoreError::UnknownStay)
}

const fn about<'a>(stay: &'a Open<'_>) -> outbox::About<'a> {
    outbox::About { of: Subject::Stay(stay.id), subject: stay.subject.as_str(), key: &stay.key }
}

async fn queue(
    tx: &mut Transaction<'_>,
    stay: &Open<'_>,
    message: &NewMessage,
    at: Timestamp,
) -> Result<(), StoreError> {
    outbox::queue(tx, &about(stay), message, at).await.map(|_| ())
}

/// Queues the declaration of a stay that is ready and goes by the portal: one for each version of its data.
pub(super) async fn declare(
    tx: &mut Transaction<'_>,
    stay: &Open<'_>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let now = kept(tx, stay.id).await?;
    if !read::goes_by_portal(&now, at) {
        return Ok(());
    }
    let message = NewMessage {
        kind: MessageKind::StayDeclaration,
        part: now.version.to_string(),
        // What is declared is what the stay says when it goes out.
        payload: SecretBytes::new(b"{}".to_vec()),
        not_before: at,
    };
    // One call takes guests of one kind at one place.
    let kind = if now.foreign { "foreign" } else { "vietnamese" };
    let batch = format!("{}/{kind}", now.place);
    let about = about(stay);
    outbox::queue_in(tx, &about, &message, Some(&batch), at).await.map(|_| ())
}

#[async_trait]
impl Operation for TellPolice {
    type Output = u32;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<u32, StoreError> {
        let mut told = 0;
        for stay in &self.stays {
            let id = stay.to_string();
            let stay = open(tx, &id).await?;
            let by = By { decision: Some(&self.by), told: Some(&self.told) };
            match happen(tx, &stay, &StayEvent::ToldByHand, by, self.at).await {
                Ok(()) => told += 1,
                // Taken by the portal, or withdrawn, meanwhile.
                Err(StoreError::StayUnfit(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(told)
    }
}
