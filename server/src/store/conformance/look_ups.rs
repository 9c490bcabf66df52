//! Look-ups for people who have proved nothing.

use super::*;
use crate::store::look_ups::{LOOK_UP_MINUTES, LookedUp, MOST_AT_A_KIOSK, MOST_OF_A_NUMBER, NewLookUp};

async fn may(world: &World<'_>, kiosk: &str, number: u32, second: i64) -> bool {
    let of = LookedUp::Person(PersonalNumber::parse(&format!("0011480{number:05}")).unwrap());
    let look_up = NewLookUp { kiosk: kiosk.into(), of, at: at(second) };
    world.store.may_look_up(look_up).await.unwrap()
}

pub async fn a_number_is_looked_up_so_often_at_all_kiosks_together(world: &World<'_>) {
    for turn in 0..MOST_OF_A_NUMBER {
        assert!(may(world, if turn % 2 == 0 { "demo" } else { "other" }, 1, 0).await);
    }
    assert!(!may(world, "demo", 1, 1).await);
    assert!(may(world, "demo", 2, 1).await, "another number is another matter");
    assert!(may(world, "demo", 1, LOOK_UP_MINUTES * 60 + 2).await, "an hour later it is forgotten");
}

pub async fn a_kiosk_looks_up_so_many_and_no_more(world: &World<'_>) {
    for number in 0..MOST_AT_A_KIOSK {
        assert!(may(world, "demo", number, 0).await);
    }
    assert!(!may(world, "demo", 99_999, 1).await);
    assert!(may(world, "other", 99_999, 1).await);
}
