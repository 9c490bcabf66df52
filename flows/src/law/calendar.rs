//! Working days (ngày làm việc) in Vietnam: not Saturday, not Sunday, not a public holiday.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

/// The days on which an office works. Public holidays are moved by a decision each year, so they come from the
/// configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkingDays {
    holidays: BTreeSet<Date>,
}

impl WorkingDays {
    /// With these public holidays, substitute days included.
    pub fn new(holidays: impl IntoIterator<Item = Date>) -> Self {
        Self { holidays: holidays.into_iter().collect() }
    }

    /// Whether an office works on `day`.
    pub fn is_working(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.holidays.contains(&day)
    }

    /// Whether any public holiday of that year is known. Where none is, a due date may come out wrong.
    pub fn knows(&self, year: i16) -> bool {
        self.holidays.iter().any(|holiday| holiday.year() == year)
    }

    /// The day on which the `count`th working day after `day` falls.
    pub fn working_days_after(&self, day: Date, count: u16) -> Date {
        let (mut day, mut left) = (day, count);
        while left > 0 {
            let Ok(next) = day.tomorrow() else { return day };
            day = next;
            if self.is_working(day) {
                left -= 1;
            }
        }
        day
    }

    /// `count` days after `day`, or the last working day before that, where nobody works then: early is never late.
    pub fn days_after(&self, day: Date, count: u16) -> Date {
        let Ok(mut end) = day.checked_add(jiff::Span::new().days(i64::from(count))) else { return day };
        while !self.is_working(end) && end > day {
            let Ok(before) = end.yesterday() else { return end };
            end = before;
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Quốc khánh: 2 September, and the day before it.
    fn with_national_day() -> WorkingDays {
        WorkingDays::new([date(2026, 9, 1), date(2026, 9, 2)])
    }

    #[test]
    fn weekends_and_holidays_do_not_count() {
        let calendar = with_national_day();
        // Friday 28 August: Monday 31 is the first, Thursday 3 September the second.
        assert_eq!(calendar.working_days_after(date(2026, 8, 28), 2), date(2026, 9, 3));
        assert_eq!(WorkingDays::default().working_days_after(date(2026, 8, 28), 2), date(2026, 9, 1));
        // Received on a Saturday.
        assert_eq!(calendar.working_days_after(date(2026, 9, 12), 2), date(2026, 9, 15));
    }

    #[test]
    fn a_period_never_ends_on_a_day_when_nobody_works() {
        let calendar = with_national_day();
        assert_eq!(calendar.days_after(date(2026, 9, 15), 10), date(2026, 9, 25));
        // Sunday 20 September: the Friday before.
        assert_eq!(calendar.days_after(date(2026, 9, 15), 5), date(2026, 9, 18));
        // National day and the day before it: Monday 31 August.
        assert_eq!(calendar.days_after(date(2026, 8, 23), 10), date(2026, 8, 31));
    }

    #[test]
    fn a_year_without_a_known_holiday_is_told() {
        assert!(with_national_day().knows(2026));
        assert!(!with_national_day().knows(2027));
    }
}
