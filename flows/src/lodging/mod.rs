//! Declaration of stays (thông báo lưu trú, models 7 and 8): rules.
//!
//! Whoever gives people a bed for the night tells the police of the commune who sleeps there, before 23:00 of the day on
//! which the stay begins; who comes at 23:00 or later is told of before 08:00 of the next day (Luật Cư trú 68/2020/QH14
//! Đ30 and what replaces it from 2026-07-01; TT 55/2021/TT-BCA Đ15). Of foreigners it is 12 hours from their arrival, 24
//! in remote areas (Luật 47/2014/QH13 Đ33).
//!
//! What the police portal takes (fields, codes, limits) follows its interface v1.4 and its Excel file, both public in one
//! copy only: an operator compares them with what the portal publishes before relying on them.

pub mod code;
pub mod deadline;
pub mod document;
pub mod draft;
pub mod place;
pub mod standing;

pub use code::{DocumentKind, ResidenceKind, StayReason};
pub use deadline::{Deadline, DeadlineRule, Urgency};
pub use document::{DocumentFault, GuestDocument, NationalityCode};
pub use draft::{Declaration, Draft, ForeignGuest, Gap, Guest, Residence, Stay, VietnameseGuest};
pub use place::{LodgingPlace, LodgingRoom, PlaceError, PlaceKind, Route};
pub use standing::{Acceptance, Path, Standing, State, StayEvent, Unfit};

use jiff::{Timestamp, civil::Date, tz::Offset};

/// Asia/Ho_Chi_Minh: UTC+7 without summer time since 1975.
pub const LOCAL: Offset = Offset::constant(7);

/// The day at the place.
pub fn local_day(at: Timestamp) -> Date {
    LOCAL.to_datetime(at).date()
}

/// Whether the portal takes a declaration with this arrival now: today or yesterday (interface v1.4). Later it goes by
/// file or on paper.
pub fn portal_takes(arrival: Timestamp, now: Timestamp) -> bool {
    let (arrival, today) = (local_day(arrival), local_day(now));
    arrival == today || arrival.tomorrow().is_ok_and(|next| next == today)
}

#[cfg(test)]
mod tests;
