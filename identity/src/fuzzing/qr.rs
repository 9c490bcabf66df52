//! What a scanner hands over.

use super::Target;
use crate::{
    qr::{self, Payload},
    text,
};

pub(super) const TARGETS: &[Target] =
    &[Target { name: "qr", run: payload }, Target { name: "clean_line", run: clean_line }];

/// Whatever is understood is clean and shows nothing of itself; whatever is not is kept as it came.
fn payload(bytes: &[u8]) {
    let payload = qr::parse(bytes);
    let shown = format!("{payload:?}");
    assert!(shown.is_ascii() && shown.len() < 200, "Debug shows more than a masked number");
    match payload {
        Payload::Card(card) => {
            let _ = (card.warnings(), card.likely_can_cuoc());
            clean(&card.full_name);
            card.residence.iter().chain(&card.extra).for_each(|line| clean(line));
        }
        Payload::Insurance(card) => {
            let _ = (card.warnings(), card.number.social_insurance_number());
            clean(&card.full_name);
            let lines = [&card.address, &card.office, &card.parent, &card.area, &card.check, &card.benefit];
            lines.into_iter().chain([&card.issuer]).flatten().for_each(|line| clean(line));
        }
        Payload::Unknown(opaque) => {
            assert!(opaque.as_slice() == bytes || bytes.len() > qr::MAX_PAYLOAD, "a payload was changed");
        }
        Payload::Token { .. } | Payload::Malformed { .. } => {}
    }
}

fn clean(line: &str) {
    assert_eq!(text::clean_line(line), line, "a text is not clean");
}

fn clean_line(bytes: &[u8]) {
    let Ok(line) = std::str::from_utf8(bytes) else { return };
    clean(&text::clean_line(line));
    assert!(text::cut_line(line, 20).chars().count() <= 20, "a cut is longer than it may be");
}
