//! The deadline engine.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::{super::deadline::WARNING, *};

fn deadline(arrival: &str, foreigner: bool, remote: bool) -> Deadline {
    Deadline::of(at(arrival), foreigner, remote)
}

#[test]
fn each_rule_by_its_examples() {
    use DeadlineRule::{Foreigner, ForeignerRemote, NextMorning, SameDay};
    for (arrival, foreigner, remote, due, rule) in [
        ("2026-09-15T00:00:00", false, false, "2026-09-15T23:00:00", SameDay),
        ("2026-09-15T14:00:00", false, false, "2026-09-15T23:00:00", SameDay),
        ("2026-09-15T22:59:59.999", false, false, "2026-09-15T23:00:00", SameDay),
        ("2026-09-15T23:00:00", false, false, "2026-09-16T08:00:00", NextMorning),
        ("2026-09-15T23:59:59", false, true, "2026-09-16T08:00:00", NextMorning),
        ("2026-12-31T23:30:00", false, false, "2027-01-01T08:00:00", NextMorning),
        ("2028-02-28T23:30:00", false, false, "2028-02-29T08:00:00", NextMorning),
        ("2026-09-15T14:00:00", true, false, "2026-09-16T02:00:00", Foreigner),
        ("2026-09-15T14:00:00", true, true, "2026-09-16T14:00:00", ForeignerRemote),
    ] {
        assert_eq!(deadline(arrival, foreigner, remote), Deadline { at: at(due), rule }, "{arrival}");
    }
}

#[test]
fn an_hour_before_it_is_due_soon_and_in_its_moment_it_is_over() {
    let deadline = deadline("2026-09-15T14:00:00", false, false);
    for (now, urgency) in [
        ("2026-09-15T21:59:59.999", Urgency::Open),
        ("2026-09-15T22:00:00", Urgency::DueSoon),
        ("2026-09-15T22:59:59.999", Urgency::DueSoon),
        ("2026-09-15T23:00:00", Urgency::Overdue),
        ("2026-09-16T23:00:00", Urgency::Overdue),
    ] {
        assert_eq!(deadline.urgency(at(now)), urgency, "{now}");
    }
}

/// Any second of the years 2000 to 2100.
fn moments() -> impl Strategy<Value = Timestamp> {
    (946_684_800_i64..4_102_444_800).prop_map(|second| Timestamp::from_second(second).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_deadline_lies_after_the_arrival_and_within_its_bound(
        arrival in moments(), foreigner: bool, remote: bool,
    ) {
        let deadline = Deadline::of(arrival, foreigner, remote);
        let time = deadline.at.duration_since(arrival);
        prop_assert!(time > SignedDuration::ZERO);
        let most = match deadline.rule {
            DeadlineRule::SameDay => 23,
            DeadlineRule::NextMorning => 9,
            DeadlineRule::Foreigner => 12,
            DeadlineRule::ForeignerRemote => 24,
        };
        prop_assert!(time <= SignedDuration::from_hours(most));
    }

    #[test]
    fn a_vietnamese_is_declared_before_23_or_before_8(arrival in moments(), remote: bool) {
        let deadline = Deadline::of(arrival, false, remote);
        let (came, due) = (LOCAL.to_datetime(arrival), LOCAL.to_datetime(deadline.at));
        let (hours, same_day) = if came.hour() < 23 { (23, true) } else { (8, false) };
        prop_assert_eq!((due.hour(), due.minute(), due.second()), (hours, 0, 0));
        prop_assert_eq!(due.date() == came.date(), same_day);
        prop_assert!(due.date() == came.date() || due.date() == came.date().tomorrow().unwrap());
    }

    #[test]
    fn whoever_comes_later_is_never_due_earlier(
        arrival in moments(), later in 0_i64..200_000, foreigner: bool, remote: bool,
    ) {
        let second = arrival + SignedDuration::from_secs(later);
        prop_assert!(Deadline::of(arrival, foreigner, remote).at <= Deadline::of(second, foreigner, remote).at);
    }

    #[test]
    fn urgency_only_grows(arrival in moments(), foreigner: bool, first in 0_i64..200_000, more in 0_i64..200_000) {
        let deadline = Deadline::of(arrival, foreigner, false);
        let now = arrival + SignedDuration::from_secs(first);
        let then = now + SignedDuration::from_secs(more);
        prop_assert!(deadline.urgency(now) <= deadline.urgency(then));
        prop_assert_eq!(deadline.urgency(now) == Urgency::Overdue, now >= deadline.at);
        prop_assert_eq!(deadline.urgency(now) == Urgency::Open, deadline.at.duration_since(now) > WARNING);
    }
}
