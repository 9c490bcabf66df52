//! The card tools as their users meet them: programs, and a reader that knows nothing of this project.

#[cfg(test)]
mod cccd;
#[cfg(test)]
mod independent_reader;

use std::path::{Path, PathBuf};

/// The repository's `seeds/`.
fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds")
}
