//! Stays.

use flows::{
    lodging::{
        Acceptance, DocumentKind, Draft, GuestDocument, NationalityCode, Path, State, StayEvent, StayReason,
        Unfit,
    },
    person::{Birth, Sex},
};

use super::{outbox::claimed, *};
use crate::{
    audit::AuditReport,
    staff::Role,
    store::stays::{
        ChangeStay, CountFile, Counted, FileKind, KeptStay, Looked, MakeFile, NewStay, StayAnswer, StayLook,
        StayRecorded, TellPolice, Told, ToldHow, Which,
    },
};

const PLACE: &str = "nha-nghi-hoa-mau";
const HOUR: i64 = 3600;

fn owner() -> Decision {
    Decision { staff: "Phạm Thị Chủ".into(), id: None, reason: "khách ở lại".into() }
}

/// A guest with this number who came at `seconds` and leaves after a night.
pub fn guest(number: &str, seconds: i64) -> Draft {
    let mut draft = Draft::arriving(at(seconds));
    draft.full_name = Some("Nguyễn Thị Hoà".into());
    draft.birth = Some(Birth { year: 1948, month: Some(3), day: Some(2) });
    draft.sex = Sex::Female;
    draft.nationality = NationalityCode::parse("VNM").ok();
    draft.document = GuestDocument::parse(DocumentKind::CitizenCard, number, None).ok();
    draft.departure = Some(at(seconds + 12 * HOUR));
    draft.room = Some("101".into());
    draft.reason = Some(StayReason::Tourism);
    draft
}

/// A stay at [`PLACE`], ready to go by the portal.
pub fn stay(draft: Draft, when: Timestamp) -> NewStay {
    NewStay {
        place: PLACE.into(),
        path: Path::Portal,
        party: None,
        visit: None,
        draft,
        method: Method::CardQr,
        strength: Strength::StaticOrTyped,
        chip: None,
        submission: None,
        ready: true,
        by: Some(owner()),
        at: when,
    }
}

impl World<'_> {
    async fn stays(&self, number: &str, seconds: i64) -> StayRecorded {
        self.store.record_stay(stay(guest(number, seconds), at(seconds))).await.unwrap()
    }

    async fn kept(&self, stay: Uuid) -> KeptStay {
        self.store.stay(stay).await.unwrap().unwrap()
    }

    async fn stands(&self, stay: Uuid, seconds: i64) -> State {
        self.kept(stay).await.standing(at(seconds)).state()
    }

    async fn change(&self, stay: Uuid, event: StayEvent, seconds: i64) -> Result<bool, StoreError> {
        let seen = self.kept(stay).await.version;
        let to_say = Some(secret("báo lại"));
        let change = ChangeStay { stay, seen, event, corrected: None, by: owner(), to_say, at: at(seconds) };
        self.store.change_stay(change).await.map(|changed| changed.to_tell)
    }

    async fn portal_says(&self, message: &ClaimedMessage, answer: StayAnswer, seconds: i64) {
        let found = Some(Found::Stay(answer));
        let delivered = Delivered { message: message.id, receipt: None, found, at: at(seconds) };
        self.store.message_delivered(delivered).await.unwrap();
    }
}

pub async fn what_is_ready_goes_out_with_its_record(world: &World<'_>) {
    let recorded = world.stays("001148012345", 0).await;
    assert_eq!((recorded.number, recorded.already, recorded.party), (1, false, recorded.stay));
    assert_eq!(world.stands(recorded.stay, 0).await, State::Ready);
    let message = claimed(world, at(1)).await.unwrap();
    assert_eq!((message.kind, message.of), (MessageKind::StayDeclaration, Of::Stay(recorded.stay)));
    assert_eq!(world.stands(recorded.stay, 1).await, State::Sent);
    world.portal_says(&message, StayAnswer::Accepted(Acceptance::Portal), 2).await;
    assert_eq!(world.stands(recorded.stay, 2).await, State::Staying);
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn what_has_to_be_confirmed_waits_for_the_owner(world: &World<'_>) {
    let draft = NewStay { ready: false, ..stay(guest("001148012345", 0), at(0)) };
    let recorded = world.store.record_stay(draft).await.unwrap();
    assert_eq!(world.stands(recorded.stay, 0).await, State::Draft);
    assert_eq!(claimed(world, at(1)).await, None);
    world.change(recorded.stay, StayEvent::Confirmed, 2).await.unwrap();
    assert!(claimed(world, at(3)).await.is_some());
    let again = world.change(recorded.stay, StayEvent::Confirmed, 4).await;
    assert!(matches!(again, Err(StoreError::StayUnfit(State::Sent))));
}

pub async fn a_place_without_the_portal_sends_nothing(world: &World<'_>) {
    let by_file = NewStay { path: Path::File, ..stay(guest("001148012345", 0), at(0)) };
    let recorded = world.store.record_stay(by_file).await.unwrap();
    assert_eq!(world.stands(recorded.stay, 0).await, State::Ready);
    assert_eq!(claimed(world, at(1)).await, None);
}

pub async fn guests_of_one_kind_at_one_place_go_together(world: &World<'_>) {
    let first = world.stays("001148000001", 0).await;
    let second = world.stays("001148000002", 1).await;
    let mut foreign = guest("001148000003", 2);
    foreign.nationality = NationalityCode::parse("FRA").ok();
    let foreign = world.store.record_stay(stay(foreign, at(2))).await.unwrap();
    let elsewhere = NewStay { place: "khach-san-mau".into(), ..stay(guest("001148000004", 3), at(3)) };
    let elsewhere = world.store.record_stay(elsewhere).await.unwrap();
    let together = claimed(world, at(10)).await.unwrap();
    assert_eq!(together.of, Of::Stay(first.stay));
    assert_eq!(together.with.iter().map(|other| other.of).collect::<Vec<_>>(), [Of::Stay(second.stay)]);
    for alone in [foreign, elsewhere] {
        let message = claimed(world, at(10)).await.unwrap();
        assert_eq!((message.of, message.with), (Of::Stay(alone.stay), Vec::new()));
    }
    // A batch that was refused goes guest by guest, and that an answer was lost stays known.
    for message in [&together, &together.with[0]] {
        let refused = NotDelivered {
            message: message.id,
            attempt: message.attempt,
            error: "batch_refused".into(),
            again: Some(at(11)),
            unclear: true,
            alone: true,
            at: at(11),
        };
        world.store.message_not_delivered(refused).await.unwrap();
    }
    for expected in [first, second] {
        let message = claimed(world, at(12)).await.unwrap();
        assert_eq!((message.of, message.unclear), (Of::Stay(expected.stay), true));
        assert_eq!(message.with, []);
    }
}

pub async fn nobody_sleeps_in_two_beds(world: &World<'_>) {
    let first = world.stays("001148012345", 0).await;
    let again = world.stays("001148012345", HOUR).await;
    assert_eq!(again, StayRecorded { already: true, ..first });
    let elsewhere = NewStay { place: "khach-san-mau".into(), ..stay(guest("001148012345", HOUR), at(HOUR)) };
    assert!(!world.store.record_stay(elsewhere).await.unwrap().already, "another place is not told");
    let later = world.stays("001148012345", 12 * HOUR).await;
    assert!(!later.already, "who comes as the other stay ends is a new guest");
    world.change(first.stay, StayEvent::Withdrawn, 2 * HOUR).await.unwrap();
    world.change(later.stay, StayEvent::Withdrawn, 12 * HOUR).await.unwrap();
    assert!(!world.stays("001148012345", 12 * HOUR).await.already, "what was withdrawn was none");
}

pub async fn a_family_is_one_party_at_one_place(world: &World<'_>) {
    let first = world.stays("001148000001", 0).await;
    let with = |number, place: &str| NewStay {
        party: Some(first.stay),
        place: place.into(),
        ..stay(guest(number, 1), at(1))
    };
    let second = world.store.record_stay(with("001148000002", PLACE)).await.unwrap();
    assert_eq!(second.party, first.stay);
    let elsewhere = world.store.record_stay(with("001148000003", "khach-san-mau")).await;
    assert!(matches!(elsewhere, Err(StoreError::UnknownStay)));
}

pub async fn a_correction_keeps_the_old_declaration(world: &World<'_>) {
    let recorded = world.stays("001148012345", 0).await;
    let message = claimed(world, at(1)).await.unwrap();
    world.portal_says(&message, StayAnswer::Rejected("trùng thời gian".into()), 2).await;
    let refused = world.kept(recorded.stay).await;
    assert_eq!(refused.standing(at(2)).reason(), Some("trùng thời gian"));
    let mut right = guest("001148012345", 0);
    right.full_name = Some("Nguyễn Thị Hoa".into());
    let correction = ChangeStay {
        stay: recorded.stay,
        seen: 1,
        event: StayEvent::Corrected { draft: false },
        corrected: Some(right.clone()),
        by: owner(),
        to_say: Some(secret("báo lại")),
        at: at(3),
    };
    let changed = world.store.change_stay(correction.clone()).await.unwrap();
    assert_eq!((changed.version, changed.to_tell), (2, false), "what was refused is nowhere");
    let stale = world.store.change_stay(correction.clone()).await;
    assert!(matches!(stale, Err(StoreError::StayChanged)));
    let versions = world.store.stay_versions(recorded.stay).await.unwrap();
    let names: Vec<_> =
        versions.iter().map(|v| v.draft.as_ref().unwrap().full_name.clone().unwrap()).collect();
    assert_eq!(names, ["Nguyễn Thị Hoà", "Nguyễn Thị Hoa"]);
    assert_eq!(versions[1].by, Some(owner()));
    // It goes out anew; once it was taken, a person tells of the next correction.
    let message = claimed(world, at(4)).await.unwrap();
    world.portal_says(&message, StayAnswer::Accepted(Acceptance::Portal), 5).await;
    let again = ChangeStay { seen: 2, at: at(6), ..correction };
    assert!(world.store.change_stay(again).await.unwrap().to_tell);
    let told = world.store.dead_letters().await.unwrap();
    assert_eq!(told.iter().map(|letter| letter.kind).collect::<Vec<_>>(), [MessageKind::StayCorrection]);
    assert_eq!(world.stands(recorded.stay, 6).await, State::Staying);
}

pub async fn the_portal_is_told_who_stays_longer_and_who_left_early(world: &World<'_>) {
    let recorded = world.stays("001148012345", 0).await;
    let message = claimed(world, at(1)).await.unwrap();
    world.portal_says(&message, StayAnswer::Accepted(Acceptance::Portal), 2).await;
    let until = at(36 * HOUR);
    assert!(!world.change(recorded.stay, StayEvent::Extended { until }, 3).await.unwrap());
    let longer = claimed(world, at(4)).await.unwrap();
    assert_eq!((longer.kind, longer.of), (MessageKind::StayChange, Of::Stay(recorded.stay)));
    assert!(String::from_utf8(longer.payload.as_slice().to_vec()).unwrap().contains("extend"));
    world
        .store
        .message_delivered(Delivered { message: longer.id, receipt: None, found: None, at: at(5) })
        .await
        .unwrap();
    world.change(recorded.stay, StayEvent::Left { at: at(20 * HOUR) }, 20 * HOUR).await.unwrap();
    let left = claimed(world, at(20 * HOUR)).await.unwrap();
    assert!(String::from_utf8(left.payload.as_slice().to_vec()).unwrap().contains("leave"));
    assert_eq!(world.stands(recorded.stay, 21 * HOUR).await, State::Left);
}

pub async fn what_was_withdrawn_before_it_went_out_does_not_go(world: &World<'_>) {
    let recorded = world.stays("001148012345", 0).await;
    assert!(!world.change(recorded.stay, StayEvent::Withdrawn, 1).await.unwrap(), "nobody was told");
    assert_eq!(claimed(world, at(2)).await, None);
    assert_eq!(world.store.outbox_status().await.unwrap().waiting, 0);
}

pub async fn what_a_file_brought_is_accepted_when_it_was_counted(world: &World<'_>) {
    let by_file = async |number| {
        let new = NewStay { path: Path::File, ..stay(guest(number, 0), at(0)) };
        world.store.record_stay(new).await.unwrap().stay
    };
    let stays = vec![by_file("001148000001").await, by_file("001148000002").await];
    let file = |stays: &[Uuid]| MakeFile {
        place: PLACE.into(),
        kind: FileKind::Excel,
        stays: stays.to_vec(),
        sha256: [7; 32],
        by: owner(),
        at: at(10),
    };
    let made = world.store.make_stay_file(file(&stays)).await.unwrap();
    assert_eq!(world.stands(stays[0], 10).await, State::Sent);
    let count = |counted| CountFile { file: made, counted, by: owner(), at: at(20) };
    let too_few = world.store.count_stay_file(count(0)).await.unwrap();
    assert_eq!(too_few, Counted::Differs { rows: 2 });
    assert_eq!(world.stands(stays[0], 20).await, State::Sent, "success for no rows is none");
    assert_eq!(world.store.count_stay_file(count(2)).await.unwrap(), Counted::All);
    assert_eq!(world.stands(stays[1], 21).await, State::Staying);
    let files = world.store.stay_files(PLACE).await.unwrap();
    assert_eq!((files.len(), files[0].rows, files[0].counted), (1, 2, Some(2)));
    // Who goes by the portal is in no file.
    let by_portal = world.stays("001148000003", 30).await.stay;
    assert!(matches!(world.store.make_stay_file(file(&[by_portal])).await, Err(StoreError::StayUnfit(_))));
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn who_told_whom_and_when_is_kept(world: &World<'_>) {
    let recorded = world.stays("001148012345", 0).await;
    let told = Told { whom: "Trung uý Lê Văn Trực".into(), how: ToldHow::Telephone };
    let telling = TellPolice { stays: vec![recorded.stay], told: told.clone(), by: owner(), at: at(60) };
    assert_eq!(world.store.tell_police(telling.clone()).await.unwrap(), 1);
    let kept = world.kept(recorded.stay).await;
    let event = kept.events.last().unwrap();
    assert_eq!((&event.event, &event.by, &event.told), (&StayEvent::ToldByHand, &Some(owner()), &Some(told)));
    assert!(kept.standing(at(60)).told_by_hand());
    let message = claimed(world, at(61)).await.unwrap();
    world.portal_says(&message, StayAnswer::Accepted(Acceptance::Portal), 62).await;
    assert_eq!(world.store.tell_police(TellPolice { at: at(63), ..telling }).await.unwrap(), 0);
}

pub async fn who_sleeps_there_tonight_is_listed(world: &World<'_>) {
    let night = flows::lodging::local_day(at(0));
    let here = world.stays("001148000001", 0).await.stay;
    let gone = world.stays("001148000002", 1).await.stay;
    let yesterday = world.stays("001148000003", -20 * HOUR).await.stay;
    world.change(gone, StayEvent::Left { at: at(2 * HOUR) }, 2 * HOUR).await.unwrap();
    let list = async |which| -> Vec<Uuid> {
        let stays = world.store.stays(PLACE, which, at(3 * HOUR)).await.unwrap();
        stays.iter().map(|stay| stay.id).collect()
    };
    assert_eq!(list(Which::Night(night)).await, [yesterday, here]);
    assert_eq!(list(Which::Arrived(night)).await, [here, gone]);
    assert_eq!(list(Which::Owed).await, [yesterday, here, gone], "who left is still owed");
    assert_eq!(world.store.stays("khach-san-mau", Which::Owed, at(0)).await.unwrap(), []);
}

pub async fn only_what_was_accepted_counts(world: &World<'_>) {
    let day = flows::lodging::local_day(at(0));
    let accepted = world.stays("001148000001", 0).await.stay;
    world
        .portal_says(&claimed(world, at(1)).await.unwrap(), StayAnswer::Accepted(Acceptance::Portal), 1)
        .await;
    let withdrawn = world.stays("001148000002", 2).await.stay;
    world
        .portal_says(&claimed(world, at(3)).await.unwrap(), StayAnswer::Accepted(Acceptance::Portal), 3)
        .await;
    world.stays("001148000003", 4).await;
    let counts = async || world.store.stay_counts(&[PLACE.into()], day, day).await.unwrap();
    assert_eq!(counts().await[0].stays, 2);
    world.change(withdrawn, StayEvent::Withdrawn, 5).await.unwrap();
    let counted = counts().await;
    assert_eq!((counted.len(), counted[0].stays, counted[0].nationality.as_deref()), (1, 1, Some("VNM")));
    assert_eq!(world.store.stay_counts(&["khach-san-mau".into()], day, day).await.unwrap(), []);
    assert_eq!(world.stands(accepted, 5).await, State::Staying);
}

pub async fn a_stay_that_is_over_is_erased_after_a_year(world: &World<'_>) {
    let year = 366 * 24 * HOUR;
    let gone = world.stays("001148000001", 0).await.stay;
    let message = claimed(world, at(1)).await.unwrap();
    world.portal_says(&message, StayAnswer::Accepted(Acceptance::Portal), 2).await;
    let lives_there = world.stays("001148000002", 3).await.stay;
    let message = claimed(world, at(4)).await.unwrap();
    world.portal_says(&message, StayAnswer::Accepted(Acceptance::Portal), 4).await;
    world.change(lives_there, StayEvent::Extended { until: at(5 * year) }, 5).await.unwrap();
    world.store.purge(at(year / 2)).await.unwrap();
    assert!(world.kept(gone).await.draft.is_some());
    world.store.purge(at(year + 24 * HOUR)).await.unwrap();
    let erased = world.kept(gone).await;
    assert_eq!((erased.draft, erased.events.last().unwrap().by.clone()), (None, None));
    assert!(world.kept(lives_there).await.draft.is_some(), "who still lives there is not over");
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn what_cannot_happen_to_a_stay_is_refused_and_leaves_nothing(world: &World<'_>) {
    let recorded = world.stays("001148012345", HOUR).await;
    let before = world.kept(recorded.stay).await;
    let early = StayEvent::Left { at: at(0) };
    let expected = before.clone().standing(at(2 * HOUR)).apply(&early);
    assert_eq!(expected, Err(Unfit(State::Ready)));
    assert!(matches!(
        world.change(recorded.stay, early, 2 * HOUR).await,
        Err(StoreError::StayUnfit(State::Ready))
    ));
    assert_eq!(world.kept(recorded.stay).await, before);
    let nobody = ChangeStay {
        stay: Uuid::from_u128(9),
        seen: 1,
        event: StayEvent::Withdrawn,
        corrected: None,
        by: owner(),
        to_say: None,
        at: at(3),
    };
    assert!(matches!(world.store.change_stay(nobody).await, Err(StoreError::UnknownStay)));
}

pub async fn who_looked_and_why_is_kept(world: &World<'_>) {
    let token =
        super::staff::signed_in(world.store, "truc.ban", "Lê Văn Trực", &[Role::PoliceOfficer], at(0)).await;
    let officer = super::staff::session(world.store, &token, at(0)).await.unwrap();
    let recorded = world.stays("001148012345", 0).await;
    let look = |looked, reason: Option<&str>, seconds| StayLook {
        staff: officer.staff,
        session: officer.session,
        place: PLACE.into(),
        looked,
        reason: reason.map(str::to_owned),
        at: at(seconds),
    };
    let given = async |since| world.store.stay_reason_given(officer.session, PLACE, at(since)).await.unwrap();
    assert!(!given(0).await);
    world.store.record_stay_look(look(Looked::Asked, Some("tìm người mất tích"), 10)).await.unwrap();
    world.store.record_stay_look(look(Looked::Record(recorded.stay), None, 11)).await.unwrap();
    assert!(given(10).await && !given(11).await);
    assert!(!world.store.stay_reason_given(officer.session, "khach-san-mau", at(0)).await.unwrap());
    let looks = world.store.stay_looks(&[PLACE.into()]).await.unwrap();
    let seen: Vec<_> = looks.iter().map(|look| (look.looked, look.reason.as_deref())).collect();
    assert_eq!(seen, [(Looked::Record(recorded.stay), None), (Looked::Asked, Some("tìm người mất tích"))]);
    let elsewhere =
        StayLook { place: "khach-san-mau".into(), ..look(Looked::Record(recorded.stay), None, 12) };
    assert!(matches!(world.store.record_stay_look(elsewhere).await, Err(StoreError::UnknownStay)));
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}
