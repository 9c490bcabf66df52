//! The stays that were declared.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::civil::DateTime;

/// A stay.
#[derive(Clone)]
pub(super) struct Stay {
    pub(super) number: String,
    pub(super) kind: u64,
    pub(super) arrival: DateTime,
    pub(super) departure: DateTime,
    pub(super) left: Option<DateTime>,
}

impl Stay {
    fn end(&self) -> DateTime {
        self.left.unwrap_or(self.departure)
    }

    /// Not checked out, and not over.
    fn is_on(&self, now: DateTime) -> bool {
        self.left.is_none() && self.departure > now
    }
}

/// All stays, by the place's account.
#[derive(Default)]
pub(crate) struct Stays(Mutex<BTreeMap<String, Vec<Stay>>>);

impl Stays {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Stay>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What stands against a stay: the same document staying, at whichever place, or having stayed in that time.
    pub(super) fn conflict(&self, stay: &Stay, now: DateTime) -> Option<&'static str> {
        let all = self.all();
        let mut same = all.values().flatten().filter(|other| other.number == stay.number);
        let overlaps = |other: &Stay| other.arrival < stay.departure && stay.arrival < other.end();
        if same.clone().any(|other| other.is_on(now)) {
            Some("Số giấy tờ đang lưu trú, chưa trả phòng")
        } else if same.any(overlaps) {
            Some("Thời gian lưu trú trùng với lần lưu trú khác")
        } else {
            None
        }
    }

    pub(super) fn add(&self, place: &str, stays: Vec<Stay>) {
        self.all().entry(place.to_owned()).or_default().extend(stays);
    }

    /// The stay of this document that is on at this place, changed.
    pub(super) fn change(
        &self,
        place: &str,
        (kind, number): (u64, &str),
        now: DateTime,
        change: impl FnOnce(&mut Stay) -> Option<&'static str>,
    ) -> Option<&'static str> {
        let mut all = self.all();
        let mut stays = all.get_mut(place).into_iter().flatten();
        let found = stays.find(|stay| stay.number == number && stay.kind == kind && stay.is_on(now));
        found.map_or(Some("Không tìm thấy khách đang lưu trú với giấy tờ này"), change)
    }

    /// How many were declared by a place, and how many of them are on.
    pub(crate) fn counted(&self, place: &str, now: DateTime) -> (usize, usize) {
        let all = self.all();
        let stays = all.get(place).map(Vec::as_slice).unwrap_or_default();
        (stays.len(), stays.iter().filter(|stay| stay.is_on(now)).count())
    }
}
