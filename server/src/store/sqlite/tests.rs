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
