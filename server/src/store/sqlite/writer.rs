//! The one task that writes: it commits what has gathered.
//!
//! An fsync takes some 4 ms and takes as long for one operation as for sixty. So while one commit is under way
//! the next operations gather; each then runs in a savepoint of its own, one COMMIT serves them all, and only
//! after it is anyone answered. An operation that fails rolls back its own savepoint.

use std::{fs::File, sync::Arc};

use async_trait::async_trait;
use sqlx::{Connection as _, SqliteConnection};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    Keys,
    transaction::{Head, Transaction},
};
use crate::store::StoreError;

/// Operations that may wait before callers are held up.
const WAITING: usize = 1024;
/// Operations in one commit, so that the first of them is not kept waiting by the last.
const GATHERED: usize = 256;

/// What is done in one transaction.
#[async_trait]
pub(super) trait Operation: Send + 'static {
    /// What comes of it.
    type Output: Send + 'static;

    /// Does it. Where this is an error, nothing of it stays.
    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Self::Output, StoreError>;
}

/// An operation that waits for its commit, whatever its output.
#[async_trait]
trait Pending: Send {
    async fn run(&mut self, tx: &mut Transaction<'_>) -> Result<(), StoreError>;
    fn fail(&mut self, error: StoreError);
    fn answer(self: Box<Self>);
}

struct Asked<O: Operation> {
    operation: O,
    result: Result<O::Output, StoreError>,
    to: oneshot::Sender<Result<O::Output, StoreError>>,
}

#[async_trait]
impl<O: Operation + Sync> Pending for Asked<O> {
    async fn run(&mut self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        self.result = Ok(self.operation.run(tx).await?);
        Ok(())
    }

    fn fail(&mut self, error: StoreError) {
        self.result = Err(error);
    }

    fn answer(self: Box<Self>) {
        // Whoever asked may have gone; what was committed stays.
        let _ = self.to.send(self.result);
    }
}

/// The way to the writing task.
pub(super) struct Writer {
    sender: mpsc::Sender<Box<dyn Pending>>,
    task: JoinHandle<()>,
}

impl Writer {
    /// Starts the task. It holds `lock` until it has ended.
    pub(super) fn start(connection: SqliteConnection, keys: Arc<Keys>, lock: File) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self { sender, task: tokio::spawn(write(connection, keys, receiver, lock)) }
    }

    /// Lets the task finish what it has and waits for it.
    pub(super) async fn close(self) {
        drop(self.sender);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the writing task did not end by itself");
        }
    }

    /// Has `operation` done and committed.
    pub(super) async fn submit<O: Operation + Sync>(&self, operation: O) -> Result<O::Output, StoreError> {
        let (to, answer) = oneshot::channel();
        let asked = Asked { operation, result: Err(StoreError::Closed), to };
        self.sender.send(Box::new(asked)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

async fn write(
    mut connection: SqliteConnection,
    keys: Arc<Keys>,
    mut receiver: mpsc::Receiver<Box<dyn Pending>>,
    lock: File,
) {
    let mut wipe = false;
    let mut head = None;
    let mut gathered = Vec::with_capacity(GATHERED);
    while receiver.recv_many(&mut gathered, GATHERED).await > 0 {
        let mut waiting = std::mem::take(&mut gathered);
        while !waiting.is_empty() {
            waiting = commit(&mut connection, &keys, waiting, &mut head, &mut wipe).await;
        }
        if wipe {
            // An erased key also stands in the write-ahead log until that is emptied; readers may hold it up.
            wipe = !empty_log(&mut connection).await;
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the database was not closed cleanly; it recovers at the next start");
    }
    drop(lock);
}

/// Runs `batch` in one transaction and answers whoever asked. Where the whole transaction was lost, those that
/// did not run yet come back.
async fn commit(
    connection: &mut SqliteConnection,
    keys: &Keys,
    mut batch: Vec<Box<dyn Pending>>,
    head: &mut Head,
    wipe: &mut bool,
) -> Vec<Box<dyn Pending>> {
    let mut erased = false;
    let mut ran = 0;
    let outcome = async {
        execute(connection, "BEGIN IMMEDIATE").await?;
        for pending in &mut batch {
            ran += 1;
            execute(connection, "SAVEPOINT operation").await?;
            let mut tx = Transaction::new(connection, keys, head, &mut erased);
            if let Err(error) = pending.run(&mut tx).await {
                *head = None;
                // A full disk makes SQLite roll back everything: then this fails too, and all is lost.
                execute(connection, "ROLLBACK TO operation").await.map_err(|_| error.clone())?;
                pending.fail(error);
            }
            execute(connection, "RELEASE operation").await?;
        }
        execute(connection, "COMMIT").await
    }
    .await;
    // Where not even BEGIN worked, there is no use in trying the next.
    let untried = if ran == 0 { Vec::new() } else { batch.split_off(ran) };
    match outcome {
        Ok(()) => *wipe |= erased,
        Err(error) => {
            *head = None;
            tracing::error!(
                error = &error as &dyn std::error::Error,
                lost = batch.len(),
                "nothing was committed"
            );
            // Fails where SQLite has rolled back already.
            let _ = execute(connection, "ROLLBACK").await;
            for pending in &mut batch {
                pending.fail(error.clone());
            }
        }
    }
    for pending in batch {
        pending.answer();
    }
    untried
}

pub(super) async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreError> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}

async fn empty_log(connection: &mut SqliteConnection) -> bool {
    let busy = sqlx::query_scalar::<_, i64>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection).await;
    matches!(busy, Ok(0))
}
