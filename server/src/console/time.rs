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

/// A moment that somebody typed: `15/09/2026 05:30`, or as browsers send it.
pub(super) fn read(typed: &str) -> Option<DateTime> {
    let typed = typed.trim();
    DateTime::strptime("%d/%m/%Y %H:%M", typed).ok().or_else(|| typed.parse().ok())
}

/// The time alone, of today: `08:05`.
pub(super) fn hour(at: Timestamp) -> String {
    local(at).strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        for typed in ["15/09/2026 05:30", " 15/9/2026 5:30 ", "2026-09-15T05:30"] {
            assert_eq!(read(typed).map(written).as_deref(), Some("15/09/2026 05:30"), "{typed}");
        }
        for typed in ["", "05:30", "31/02/2026 05:30", "09/15/2026 05:30", "hôm qua"] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_moment_is_written_as_it_is_said_in_vietnam() {
        let at: Timestamp = "2026-09-15T20:05:09Z".parse().unwrap();
        assert_eq!(moment(at), "16/09/2026 03:05");
        assert_eq!((day(local(at).date()).as_str(), hour(at).as_str()), ("16/09/2026", "03:05"));
    }
}
