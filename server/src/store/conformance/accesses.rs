//! Who saw which record.

use super::{staff::signed_in, *};
use crate::{
    staff::Role,
    store::{
        accesses::{Access, Accesses, File, NewAccess, NewFileAccess, Opens, Purpose, Seen, Shown},
        staff::Presented,
    },
};

async fn someone(world: &World<'_>, name: &str, full: &str) -> (Uuid, Uuid) {
    let token = signed_in(world.store, name, full, &[Role::Reception], at(0)).await;
    let Presented::SignedIn(session) = world.store.staff_session(&token, at(0)).await.unwrap() else {
        panic!()
    };
    (session.staff, session.session)
}

async fn shown(world: &World<'_>, who: (Uuid, Uuid), visit: Uuid, shown: Shown, at: Timestamp) {
    let reason = (shown == Shown::Asked).then(|| "Người bệnh hỏi lại".to_owned());
    let purpose = if reason.is_some() { Purpose::Reason } else { Purpose::Reception };
    let access = NewAccess {
        staff: who.0,
        session: who.1,
        visits: vec![visit],
        shown,
        purpose,
        reason,
        recipient: None,
        at,
    };
    world.store.record_access(access).await.unwrap();
}

async fn found(world: &World<'_>, which: Accesses) -> Vec<Access> {
    world.store.accesses(which).await.unwrap()
}

pub async fn it_is_found_by_person_and_by_staff(world: &World<'_>) {
    let mau = someone(world, "mau", "Trần Văn Mẫu").await;
    let can = someone(world, "can", "Lê Thị Cán").await;
    let first = world.checked_in("001148012345", at(0)).await;
    let second = world.checked_in("001148000002", at(0)).await;
    shown(world, mau, first.visit, Shown::Record, at(1)).await;
    shown(world, can, first.visit, Shown::Asked, at(2)).await;
    shown(world, can, second.visit, Shown::Export, at(3)).await;
    let by_can = found(world, Accesses::By(can.0)).await;
    assert_eq!(by_can.iter().map(|row| row.shown).collect::<Vec<_>>(), [Shown::Export, Shown::Asked]);
    assert_eq!(by_can[1].reason.as_deref(), Some("Người bệnh hỏi lại"));
    let of_first = found(world, Accesses::To(first.subject)).await;
    assert_eq!(
        of_first.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(),
        ["Lê Thị Cán", "Trần Văn Mẫu"]
    );
    let Seen::Visit { number, .. } = &of_first[1].seen else { panic!("not a visit") };
    assert_eq!((number.as_str(), of_first[1].purpose), ("001", Purpose::Reception));
    assert_eq!(found(world, Accesses::Latest).await.len(), 3);
    // It outlives the patient's erasure: that somebody looked stays known.
    world.store.destroy_subject_key(first.subject, at(4)).await.unwrap();
    assert_eq!(found(world, Accesses::To(first.subject)).await, of_first);
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn a_list_is_written_once_in_a_session(world: &World<'_>) {
    let mau = someone(world, "mau", "Trần Văn Mẫu").await;
    let can = someone(world, "can", "Lê Thị Cán").await;
    let visit = world.checked_in("001148012345", at(0)).await.visit;
    for second in 1..4 {
        shown(world, mau, visit, Shown::List, at(second)).await;
    }
    shown(world, can, visit, Shown::List, at(5)).await;
    let rows = found(world, Accesses::Latest).await;
    assert_eq!(
        rows.iter().map(|row| (row.staff, row.at)).collect::<Vec<_>>(),
        [(can.0, at(5)), (mau.0, at(1))]
    );
    // A record's own page counts each time.
    for second in 6..8 {
        shown(world, mau, visit, Shown::Record, at(second)).await;
    }
    assert_eq!(found(world, Accesses::Latest).await.len(), 4);
}

pub async fn a_reason_opens_one_record_in_one_session_for_a_while(world: &World<'_>) {
    let mau = someone(world, "mau", "Trần Văn Mẫu").await;
    let can = someone(world, "can", "Lê Thị Cán").await;
    let visit = world.checked_in("001148012345", at(0)).await.visit;
    let other = world.checked_in("001148000002", at(0)).await.visit;
    shown(world, mau, visit, Shown::Asked, at(10)).await;
    let opened = async |session, visit, opens, since| {
        world.store.reason_given(session, visit, opens, at(since)).await.unwrap()
    };
    let given = async |session, visit, since| opened(session, visit, Opens::Record, since).await;
    assert!(given(mau.1, visit, 9).await);
    assert!(!given(mau.1, visit, 10).await && !given(mau.1, other, 0).await && !given(can.1, visit, 0).await);
    // What opens the page does not open the files, nor the other way round.
    assert!(!opened(mau.1, visit, Opens::Export, 9).await);
    let exporting = NewAccess {
        staff: mau.0,
        session: mau.1,
        visits: vec![other],
        shown: Shown::ExportAsked,
        purpose: Purpose::Reason,
        reason: Some("Đơn của người bệnh".into()),
        recipient: Some("Bệnh viện huyện Mẫu".into()),
        at: at(10),
    };
    world.store.record_access(exporting).await.unwrap();
    assert!(opened(mau.1, other, Opens::Export, 9).await && !opened(mau.1, other, Opens::Record, 9).await);
    let row = found(world, Accesses::Latest).await.remove(0);
    assert_eq!(row.reason.as_deref(), Some("Đơn của người bệnh"));
    assert_eq!(row.recipient.as_deref(), Some("Bệnh viện huyện Mẫu"));
    let unknown = NewAccess {
        staff: mau.0,
        session: mau.1,
        visits: vec![world.id()],
        shown: Shown::Record,
        purpose: Purpose::Reception,
        reason: None,
        recipient: None,
        at: at(11),
    };
    assert!(world.store.record_access(unknown).await.is_err());
}

pub async fn what_is_kept_outside_of_a_visit_is_seen_by_name_as_well(world: &World<'_>) {
    let mau = someone(world, "mau", "Trần Văn Mẫu").await;
    let person = world.checked_in("001148012345", at(0)).await.subject;
    let (call, request) = (File::Call(world.id()), File::Request(world.id()));
    for (file, subject, shown, second) in [
        (call, None, Shown::Record, 1),
        (request, Some(person), Shown::Record, 2),
        (request, Some(person), Shown::Everything, 3),
    ] {
        let reason = (shown == Shown::Everything).then(|| "Bà hỏi xem".to_owned());
        let at = at(second);
        let access = NewFileAccess { staff: mau.0, session: mau.1, file, subject, shown, reason, at };
        world.store.record_file_access(access).await.unwrap();
    }
    let rows = |rows: Vec<Access>| {
        rows.into_iter()
            .map(|row| (row.name, row.seen, row.shown, row.purpose, row.reason))
            .collect::<Vec<_>>()
    };
    let row = |file, shown, purpose, reason: Option<&str>| {
        ("Trần Văn Mẫu".to_owned(), Seen::File(file), shown, purpose, reason.map(str::to_owned))
    };
    let asked = [
        row(request, Shown::Everything, Purpose::Request, Some("Bà hỏi xem")),
        row(request, Shown::Record, Purpose::Request, None),
    ];
    assert_eq!(rows(found(world, Accesses::To(person)).await), asked);
    let by_mau = rows(found(world, Accesses::By(mau.0)).await);
    assert_eq!(by_mau[2], row(call, Shown::Record, Purpose::Reception, None));
    assert_eq!(by_mau.len(), 3);
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}
