use super::*;
use crate::person::Birth;
use jiff::civil::date;

fn station() -> Station {
    let text = |text: &str| Text { vi: text.into(), en: text.into() };
    let room = |id: &str| Room { id: id.into(), name: text(id) };
    Station {
        code: "01999".into(),
        name: text("Trạm"),
        desk: text("Trạm"),
        emergency_room: "p2".into(),
        rooms: vec![room("p1"), room("p2")],
        reasons: vec![Reason {
            id: "illness".into(),
            label: text("Khám bệnh"),
            rooms: vec!["p1".into(), "p2".into()],
        }],
        queue: Interleave::default(),
    }
}

#[test]
fn a_station_that_names_what_is_not_there_is_refused_with_the_name() {
    type Spoil = fn(&mut Station);
    assert_eq!(station().check(), Ok(()));
    let cases: [(Spoil, StationError); 10] = [
        (|s| s.code = "1999".into(), StationError::Code),
        (|s| s.queue.priority_per_normal = 0, StationError::Turns),
        (|s| s.queue.priority_per_normal = 10, StationError::Turns),
        (|s| s.reasons.clear(), StationError::NoReasons),
        (|s| s.reasons[0].rooms.clear(), StationError::NoRoom("illness".into())),
        (
            |s| s.reasons[0].rooms.push("p9".into()),
            StationError::UnknownRoom { reason: "illness".into(), room: "p9".into() },
        ),
        (|s| s.emergency_room = "p9".into(), StationError::NoEmergencyRoom("p9".into())),
        (|s| s.reasons[0].rooms.truncate(1), StationError::NoEmergencyRoom("p2".into())),
        (|s| s.rooms.push(s.rooms[0].clone()), StationError::Twice("p1".into())),
        (|s| s.reasons.push(s.reasons[0].clone()), StationError::Twice("illness".into())),
    ];
    for (spoil, error) in cases {
        let mut bad = station();
        spoil(&mut bad);
        assert_eq!(bad.check(), Err(error));
    }
}

#[test]
fn the_room_follows_from_the_reason_or_is_chosen_among_its_rooms() {
    let mut station = station();
    assert_eq!(station.room_for("illness", None), None);
    assert_eq!(station.room_for("illness", Some("p2")).unwrap().id, "p2");
    assert_eq!(station.room_for("illness", Some("p9")), None);
    station.reasons[0].rooms.truncate(1);
    assert_eq!(station.room_for("illness", None).unwrap().id, "p1");
}

#[test]
fn an_emergency_goes_to_its_room_and_nobody_is_asked_for_a_reason() {
    let station = station();
    let (reason, room) = station.emergency().unwrap();
    assert_eq!((reason.id.as_str(), room.id.as_str()), ("illness", "p2"));
}

#[test]
fn the_young_and_the_old_are_seen_first() {
    let today = date(2026, 9, 15);
    let born = |year, month, day| Birth { year, month: Some(month), day: Some(day) };
    assert!(priority_by_age(born(1951, 9, 15), today));
    assert!(!priority_by_age(born(1951, 9, 16), today));
    assert!(priority_by_age(born(2020, 9, 16), today));
    assert!(!priority_by_age(born(2020, 9, 15), today));
}
