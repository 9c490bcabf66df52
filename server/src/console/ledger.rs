//! Rows of the consent ledger, as pages show them.

use flows::{Language, person::Relation, step::Purpose};

use super::time;
use crate::store::consents::{Channel, ConsentAnswer, LedgerEntry};

/// One answer.
pub(super) struct LedgerLine {
    pub(super) at: String,
    pub(super) purpose: &'static str,
    pub(super) answer: &'static str,
    pub(super) role: Option<&'static str>,
    pub(super) relation: Option<&'static str>,
    pub(super) channel: String,
    pub(super) language: &'static str,
    pub(super) sha256: String,
    /// Its beginning, to tell one from another.
    pub(super) short: String,
    pub(super) known: bool,
    /// Who wrote it down, and who spoke for the person: names, for pages that show the person too.
    pub(super) recorded_by: Option<String>,
    pub(super) representative: Option<String>,
}

/// What a purpose is called.
pub(super) const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::HealthCheckIn => "Đọc chip để đăng ký khám",
    }
}

impl LedgerLine {
    pub(super) fn new(entry: &LedgerEntry) -> Self {
        let by_hand = entry.by_hand.as_ref();
        Self {
            at: time::moment(entry.at),
            purpose: purpose(entry.purpose),
            answer: match entry.answer {
                ConsentAnswer::Given => "Đồng ý",
                ConsentAnswer::Refused => "Không đồng ý",
                ConsentAnswer::Withdrawn => "Rút lại",
            },
            role: entry.role.map(flows::law::age::ConsentRole::vietnamese),
            relation: entry.relation.map(Relation::vietnamese),
            channel: match &entry.channel {
                Channel::Kiosk(kiosk) => format!("Máy {kiosk}"),
                Channel::Desk => "Quầy".to_owned(),
            },
            language: match entry.language {
                Language::Vi => "tiếng Việt",
                Language::En => "tiếng Anh",
            },
            sha256: hex::encode(entry.text_sha256),
            short: hex::encode(entry.text_sha256.first_chunk::<6>().unwrap_or(&[0; 6])),
            known: entry.text_known,
            recorded_by: by_hand.map(|by_hand| by_hand.staff.clone()),
            representative: by_hand.and_then(|by_hand| by_hand.representative.clone()),
        }
    }
}
