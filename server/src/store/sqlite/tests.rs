//! What only SQLite can get wrong; the rest is the conformance suite.

use std::path::Path;

use super::*;
use crate::store::conformance::{at, seeded};

mod crash;
mod files;
mod conformance {
    crate::store::conformance::conformance_tests!(crate::store::sqlite::tests::fresh);
}

/// How these tests open a database.
fn options(folder: &Path, seed: u64) -> SqliteOptions {
    SqliteOptions {
        folder: folder.to_owned(),
        mode: Mode::Demonstration,
        master: MasterKey::new(&[7; 32]),
        random: seeded(seed),
        at: at(0),
    }
}

/// A new store in a folder of its own.
async fn fresh() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(options(folder.path(), 1)).await.unwrap();
    (folder, store)
}

/// Caps the database at the pages it has and `spare` more, as a full disk would, or lifts the cap.
struct LimitPages(Option<i64>);

#[async_trait]
impl writer::Operation for LimitPages {
    type Output = ();

    async fn run(&self, tx: &mut transaction::Transaction<'_>) -> Result<(), StoreError> {
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(tx.on()).await?;
        let limit = self.0.map_or(1 << 30, |spare| pages + spare);
        sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {limit}"))).execute(tx.on()).await?;
        Ok(())
    }
}

impl SqliteStore {
    async fn limit_pages(&self, spare: Option<i64>) -> Result<(), StoreError> {
        self.writer.submit(LimitPages(spare)).await
    }
}
