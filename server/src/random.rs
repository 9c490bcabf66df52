//! Randomness as a parameter: only the program's `main` opens the system's generator.

use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;

/// The generator gave nothing. Nothing secret may be made from what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the random generator gave no bytes; look at the operating system's entropy source and try again")]
pub struct RandomUnavailable;

type Fill = dyn Fn(&mut [u8]) -> Result<(), RandomUnavailable> + Send + Sync;

/// Where random bytes come from. Cloning gives another handle on the same generator.
#[derive(Clone)]
pub struct Random(Arc<Fill>);

impl Random {
    /// A generator that fills slices by `fill`.
    pub fn new(fill: impl Fn(&mut [u8]) -> Result<(), RandomUnavailable> + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// `N` random bytes.
    ///
    /// # Errors
    /// Where the generator fails.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], RandomUnavailable> {
        let mut bytes = [0; N];
        (self.0)(&mut bytes)?;
        Ok(bytes)
    }

    /// A random identifier (UUID version 4, RFC 9562 5.4).
    ///
    /// # Errors
    /// Where the generator fails.
    pub fn uuid(&self) -> Result<Uuid, RandomUnavailable> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid())
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}
