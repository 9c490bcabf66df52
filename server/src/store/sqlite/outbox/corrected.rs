//! What a correction of a visit does to its messages.

use identity::SecretBytes;
use jiff::Timestamp;
use sqlx::Row as _;

use super::{About, payload_place};
use crate::{
    sealed::Sealed,
    store::{
        MessageKind, StoreError,
        sqlite::{audit::Logged, transaction::Transaction},
    },
};

/// Ends the questions of this kind about a visit that had no answer: they were about what was corrected. An answer that
/// comes all the same counts for nothing. Says how many there were.
pub(in crate::store::sqlite) async fn end_questions(
    tx: &mut Transaction<'_>,
    visit: &str,
    kind: MessageKind,
    at: Timestamp,
) -> Result<usize, StoreError> {
    let rows = sqlx::query(
        "UPDATE outbox SET state = 'set_aside', payload = NULL, leased_until = NULL, ended_at = ?, error = 'corrected'
         WHERE visit = ? AND kind = ? AND state IN ('waiting', 'dead') RETURNING *",
    )
    .bind(at.as_millisecond())
    .bind(visit)
    .bind(kind.as_str())
    .fetch_all(tx.on())
    .await?;
    for row in &rows {
        tx.log(Logged::MessageEnded, row.try_get("id")?, row, at).await?;
    }
    Ok(rows.len())
}

/// Has the CHECK-IN messages of a visit that are not on their way be whose the visit is now, and go out after what is
/// asked about them. One that is on its way stays whose it was: its receipt is about them.
pub(in crate::store::sqlite) async fn follow(
    tx: &mut Transaction<'_>,
    about: &About<'_>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT id, subject, payload FROM outbox WHERE visit = ? AND kind = ? AND state IN ('waiting', 'dead')
             AND coalesce(leased_until, 0) <= ? ORDER BY seq",
    )
    .bind(about.of.visit())
    .bind(MessageKind::CheckIn.as_str())
    .bind(at.as_millisecond())
    .fetch_all(tx.on())
    .await?;
    for row in rows {
        let (message, before): (String, String) = (row.try_get("id")?, row.try_get("subject")?);
        let sealed: Option<Vec<u8>> = row.try_get("payload")?;
        let (Some(key), Some(sealed)) = (tx.key(&before).await?, sealed) else { continue };
        // One that is damaged becomes a dead letter when it is leased, and holds up no correction.
        let opened = Sealed::<SecretBytes>::from_stored(sealed).open(&key, payload_place(&message));
        let Ok(payload) = opened else { continue };
        let payload = tx.seal(&payload, about.key, payload_place(&message))?;
        let row = sqlx::query(
            "UPDATE outbox SET subject = ?, payload = ?, seq = (SELECT max(seq) + 1 FROM outbox) WHERE id = ?
             RETURNING *",
        )
        .bind(about.subject)
        .bind(payload)
        .bind(&message)
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::MessageDeferred, &message, &row, at).await?;
    }
    Ok(())
}
