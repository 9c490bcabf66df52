//! What the law asks of the flows, as data: on which basis data are processed, for how long they are kept, when a
//! request has to be answered, who consents for a child.
//!
//! The articles are quoted from digests; an operator checks them against the gazette. `docs/law.md` is printed from
//! these tables, and a test compares.

use serde::{Deserialize, Serialize};

pub mod age;
pub mod calendar;
mod documentation;
pub mod incident;
pub mod processing;
pub mod requests;
pub mod requirements;
pub mod retention;

pub use age::Consenter;
pub use calendar::WorkingDays;
pub use documentation::documentation;
pub use processing::{PROCESSINGS, Processing};
pub use requests::{Due, RequestKind};
pub use retention::{Period, RETENTION, Record};

/// Why personal data may be processed (Luật 91/2025/QH15 Đ9, Đ19 k1). Each record carries one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// Sự đồng ý: the person agreed to this purpose (Đ9).
    Consent,
    /// A law requires it, or an authority's duty under the law (Đ19 k1).
    Law,
    /// Carrying out a contract with the person (Đ19 k1).
    Contract,
    /// Life or health is in danger and nobody can be asked first (Đ19 k1).
    Emergency,
}

impl LegalBasis {
    /// Every basis.
    pub const ALL: [Self; 4] = [Self::Consent, Self::Law, Self::Contract, Self::Emergency];

    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Law => "law",
            Self::Contract => "contract",
            Self::Emergency => "emergency",
        }
    }

    /// The words on pages.
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::Consent => "Sự đồng ý",
            Self::Law => "Luật quy định",
            Self::Contract => "Hợp đồng",
            Self::Emergency => "Khẩn cấp",
        }
    }

    /// The article that it rests on.
    pub const fn article(self) -> &'static str {
        match self {
            Self::Consent => "Luật 91/2025/QH15 Đ9",
            Self::Law | Self::Contract | Self::Emergency => "Luật 91/2025/QH15 Đ19 k1",
        }
    }
}

impl std::fmt::Display for LegalBasis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
