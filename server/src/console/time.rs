//! Days and times as pages write them: on the station's clock, day first.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::Offset,
};

/// The time on the station's clock.
pub(super) fn local(at: Timestamp) -> DateTime {
    Offset::constant(7).to_datetime(at)
}

/// A day: `15/09/2026`.
pub(super) fn day(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// A moment: `15/09/2026 08:05`.
pub(super) fn moment(at: Timestamp) -> String {
    written(local(at))
}

/// A moment that was told on the station's clock.
pub(super) fn written(at: DateTime) -> String {
    at.strftime("%d/%m/%Y %H:%M").to_string()
}

/// The time alone, of today: `08:05`.
pub(super) fn hour(at: Timestamp) -> String {
    local(at).strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_it_is_said_in_vietnam() {
        let at: Timestamp = "2026-09-15T20:05:09Z".parse().unwrap();
        assert_eq!(moment(at), "16/09/2026 03:05");
        assert_eq!((day(local(at).date()).as_str(), hour(at).as_str()), ("16/09/2026", "03:05"));
    }
}
