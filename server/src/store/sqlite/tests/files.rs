//! The files themselves: who may open them, what stands in them, what happens when they are full or changed.

use std::{fs, path::PathBuf};

use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};

use super::*;
use crate::store::{
    CloseCall, Decision, NewCall, Respond, Retention as _,
    conformance::{STATION, World, secret, visit},
    visits::station_day,
};

async fn reopened(folder: &Path) -> SqliteStore {
    SqliteStore::open(options(folder, 2)).await.unwrap()
}

async fn tamper(folder: &Path, sql: &'static str) {
    let file = SqliteConnectOptions::new().filename(folder.join(super::super::open::DATABASE));
    let mut connection = file.foreign_keys(false).connect().await.unwrap();
    let changed = sqlx::query(sql).execute(&mut connection).await.unwrap();
    assert!(changed.rows_affected() > 0, "nothing to tamper with");
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let (folder, store) = fresh().await;
    let world = World::new(&store).await;
    let recorded = world.checked_in("001148012345", at(0)).await;
    let session = world.session(at(1)).await;
    let turn = world.turn(session, 0, at(2)).await;
    let (answered, nonce) = (turn.request.key, world.request("demo", world.id(), at(2)));
    world.store.save_turn(turn).await.unwrap();
    world.store.begin_request(nonce.clone()).await.unwrap();
    let unanswered = nonce.idempotency.unwrap().key;
    let next = world.id();
    store.close().await;

    let store = reopened(folder.path()).await;
    let kept = store.visit(recorded.visit).await.unwrap().unwrap();
    assert_eq!(kept.patient, Some(visit(Some("001148012345")).patient));
    assert_eq!(store.session(session, "demo").await.unwrap().unwrap().state, secret("state next"));
    let replayed = |key| NewRequest { nonce: key_nonce(key), ..again(&nonce, key) };
    assert_eq!(store.begin_request(replayed(answered)).await.unwrap(), Begun::Replayed(secret("turned")));
    assert_eq!(store.begin_request(nonce.clone()).await.unwrap(), Begun::NonceUsed, "it forgot a nonce");
    // Whoever was to answer this one is gone with the process.
    assert_eq!(store.begin_request(replayed(unanswered)).await.unwrap(), Begun::New);
    assert_eq!(store.begin_request(replayed(next)).await.unwrap(), Begun::New);
}

fn key_nonce(key: Uuid) -> String {
    format!("for {key}")
}

fn again(request: &NewRequest, key: Uuid) -> NewRequest {
    let idempotency = request.idempotency.map(|old| crate::store::Idempotency { key, ..old });
    NewRequest { idempotency, ..request.clone() }
}

#[tokio::test]
async fn another_master_key_and_the_other_mode_are_refused() {
    let (folder, store) = fresh().await;
    store.close().await;
    let stranger = SqliteOptions { master: MasterKey::new(&[8; 32]), ..options(folder.path(), 2) };
    assert!(matches!(SqliteStore::open(stranger).await, Err(StoreError::WrongMasterKey)));
    let production = SqliteOptions { mode: Mode::Production, ..options(folder.path(), 2) };
    let refused = SqliteStore::open(production).await;
    assert!(
        matches!(&refused, Err(StoreError::ModeMismatch { found, wanted: "production" }) if found == "demonstration"),
        "{refused:?}"
    );
    reopened(folder.path()).await;
}

#[tokio::test]
async fn two_servers_never_write_to_one_database() {
    let (folder, _store) = fresh().await;
    let second = SqliteStore::open(options(folder.path(), 2)).await;
    assert!(matches!(second, Err(StoreError::InUse)), "{second:?}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named_as_the_trouble() {
    let nowhere = SqliteStore::open(options(&PathBuf::from("/nonexistent/kiosk"), 1)).await;
    assert!(matches!(nowhere, Err(StoreError::Folder(_))), "{nowhere:?}");
}

/// Every byte that is on the disk.
fn on_disk(folder: &Path) -> Vec<u8> {
    let files = fs::read_dir(folder).unwrap();
    files.flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn a_stolen_disk_tells_no_name_and_no_number() {
    let (folder, store) = fresh().await;
    let world = World::new(&store).await;
    let check_in = world.check_in(visit(Some("001148012345")), at(0)).await;
    let check_in = crate::store::CheckIn {
        respond: Respond::new(|_| crate::store::Completed {
            state: secret("state of Nguyễn Thị Hoà"),
            response: secret("response to Nguyễn Thị Hoà"),
            call: None,
        }),
        ..check_in
    };
    store.record_check_in(check_in).await.unwrap();
    let call = NewCall {
        kiosk: "demo".into(),
        session: None,
        step: "welcome".into(),
        code: identity::ReasonCode::HelpWanted,
        request: world.begun("demo", at(1)).await,
        respond: Respond::new(|_| secret("called")),
        at: at(1),
    };
    let call = store.call_staff(call).await.unwrap();
    let decision =
        Decision { staff: "Trần Văn Mẫu".into(), id: None, reason: "chỉ hỏi đường".into() };
    store.close_call(CloseCall { call, decision, at: at(2) }).await.unwrap();

    let open = on_disk(folder.path());
    store.close().await;
    let closed = on_disk(folder.path());
    for (when, bytes) in [("while open", &open), ("when closed", &closed)] {
        // This much is in clear, so the search does find what is there.
        assert!(holds(bytes, b"demo") && holds(bytes, STATION.as_bytes()));
        for secret in [
            "Nguyễn",
            "Thị Hoà",
            "001148012345",
            "148012345",
            "HT2010148012345",
            "illness",
            "Trần Văn Mẫu",
            "hỏi đường",
            "the chip's answer",
            "@method",
        ] {
            assert!(!holds(bytes, secret.as_bytes()), "{secret} stands in the files {when}");
            let hex = hex::encode(secret);
            assert!(!holds(bytes, hex.as_bytes()), "{secret} stands in the files {when} as hex");
        }
        assert!(!holds(bytes, &[4; 32]), "the SOD's digest stands in the files {when}");
        assert!(
            !holds(bytes, &[9; 32]),
            "a request's digest, by which it can be guessed, stands there {when}"
        );
    }
}

#[test]
fn the_retention_table_says_what_the_code_does() {
    use flows::law::{Period, Record};

    use crate::store::{requests::NONCE_SECONDS, sessions::SESSION_HOURS};
    let period = |record: Record| record.rule().unwrap().period;
    assert_eq!(period(Record::SessionState), Period::Hours(SESSION_HOURS));
    assert_eq!(period(Record::StoredResponse), Period::Hours(SESSION_HOURS));
    assert_eq!(period(Record::RequestNonce), Period::Seconds(NONCE_SECONDS));
}

#[tokio::test]
async fn what_is_logged_of_a_check_in_names_nobody() {
    let (_folder, store) = fresh().await;
    let world = World::new(&store).await;
    let check_in = world.check_in(visit(Some("001148012345")), at(0)).await;
    let given = format!("{check_in:?}");
    let recorded = store.record_check_in(check_in).await.unwrap();
    let kept = format!("{:?}", store.visit(recorded.visit).await.unwrap());
    for text in [given, kept, format!("{recorded:?}")] {
        for secret in ["Hoà", "148012345", "1948", "HT2", "illness", "4, 4, 4, 4", "@method"] {
            assert!(!text.contains(secret), "{secret} stands in {text}");
        }
    }
}

#[tokio::test]
async fn a_destroyed_key_is_not_left_on_the_disk() {
    let (folder, store) = fresh().await;
    let world = World::new(&store).await;
    let recorded = world.checked_in("001148012345", at(0)).await;
    let wrapped: Vec<u8> = sqlx::query_scalar("SELECT wrapped FROM keys WHERE owner = ?")
        .bind(recorded.subject.to_string())
        .fetch_one(&store.readers)
        .await
        .unwrap();
    assert!(holds(&on_disk(folder.path()), &wrapped));
    store.destroy_subject_key(recorded.subject, at(1)).await.unwrap();
    store.close().await;
    assert!(!holds(&on_disk(folder.path()), &wrapped));
}

#[tokio::test]
async fn a_damaged_message_is_staff_s_and_holds_up_nobody_else_s() {
    use crate::store::{MessageKind, Outbox as _, Standing, conformance::outbox::with_messages};
    for sql in [
        "UPDATE outbox SET payload = randomblob(60) WHERE seq = 1",
        "UPDATE outbox SET payload = NULL WHERE seq = 1",
    ] {
        let (folder, store) = fresh().await;
        let world = World::new(&store).await;
        with_messages(&world, "001148000001", &[MessageKind::InsuranceLookUp]).await;
        let second = with_messages(&world, "001148000002", &[MessageKind::InsuranceLookUp]).await;
        tamper(folder.path(), sql).await;
        let lease = jiff::SignedDuration::from_mins(2);
        let claimed = store.claim_message(at(1), lease).await.unwrap().unwrap();
        assert_eq!(claimed.visit(), Some(second.visit), "{sql}");
        let undelivered = store.undelivered_messages().await.unwrap();
        let dead =
            undelivered.iter().find(|message| matches!(message.standing, Standing::Dead { .. })).unwrap();
        assert_eq!(dead.error.as_deref(), Some("payload_unreadable"), "{sql}");
    }
}

#[tokio::test]
async fn whoever_changes_the_log_or_a_record_is_found_out() {
    for (sql, expected) in [
        ("UPDATE audit SET at = at + 1 WHERE seq = 5", AuditReport::BrokenLeaf { seq: 5 }),
        ("UPDATE audit SET operation = 'turn_saved' WHERE seq = 6", AuditReport::BrokenLeaf { seq: 6 }),
        ("DELETE FROM audit WHERE seq = 4", AuditReport::BrokenLeaf { seq: 5 }),
        ("DELETE FROM audit WHERE seq = 1", AuditReport::BrokenLeaf { seq: 2 }),
        (
            "UPDATE meta SET value = CAST('production' AS BLOB) WHERE name = 'mode'",
            AuditReport::ChangedRecord { seq: 1 },
        ),
        ("UPDATE kiosks SET public_key = randomblob(32)", AuditReport::ChangedRecord { seq: 3 }),
        (
            "INSERT INTO kiosks (id, public_key, place, enrolled_at) VALUES ('forged', randomblob(32), '', 0)",
            AuditReport::UnloggedRecords,
        ),
        ("UPDATE visits SET number = 9", AuditReport::ChangedRecord { seq: 9 }),
        ("UPDATE visits SET phuong_thuc_dinh_danh = 'NHAP_TAY'", AuditReport::ChangedRecord { seq: 9 }),
        ("UPDATE visits SET patient = x'00'", AuditReport::ChangedRecord { seq: 9 }),
        ("DELETE FROM visits", AuditReport::ChangedRecord { seq: 9 }),
        ("UPDATE card_checks SET standing = 'revoked'", AuditReport::ChangedRecord { seq: 10 }),
        ("UPDATE subject_numbers SET look_up = randomblob(32)", AuditReport::ChangedRecord { seq: 11 }),
        ("DELETE FROM subject_numbers", AuditReport::ChangedRecord { seq: 11 }),
        ("UPDATE queue_events SET queue = 'priority'", AuditReport::ChangedRecord { seq: 12 }),
        (
            "INSERT INTO queue_events (id, station, day, visit, event, at)
             SELECT 'forged', station, day, id, 'called', at FROM visits",
            AuditReport::UnloggedRecords,
        ),
        ("UPDATE subjects SET look_up = NULL", AuditReport::ChangedRecord { seq: 8 }),
        ("DELETE FROM keys WHERE owner IN (SELECT id FROM subjects)", AuditReport::ChangedRecord { seq: 8 }),
        (
            "UPDATE keys SET wrapped = randomblob(60) WHERE owner IN (SELECT id FROM subjects)",
            AuditReport::ChangedRecord { seq: 8 },
        ),
        ("INSERT INTO subjects (id, created_at) VALUES ('forged', 0)", AuditReport::UnloggedRecords),
        (
            "INSERT INTO calls (id, kiosk, step, code, at) VALUES ('forged', 'demo', 'welcome', 'help_wanted', 0)",
            AuditReport::UnloggedRecords,
        ),
    ] {
        let (folder, store) = fresh().await;
        // Leaves: the database's two settings, two kiosks, a request, its conversation, a request, then the subject,
        // the visit, C06's answer, their number, its place in the queue and the turn.
        let world = World::new(&store).await;
        world.checked_in("001148012345", at(0)).await;
        assert!(matches!(store.verify_audit().await.unwrap(), AuditReport::Intact { leaves: 13, .. }));
        tamper(folder.path(), sql).await;
        assert_eq!(store.verify_audit().await.unwrap(), expected, "{sql}");
    }
}

#[tokio::test]
async fn whoever_hides_a_change_behind_a_purge_is_found_out() {
    for sql in [
        // A row that was purged comes back; another is changed as if it had been.
        "UPDATE visits SET proof = x'00' WHERE proof IS NULL",
        "UPDATE visits SET proof = NULL WHERE proof IS NOT NULL",
        "UPDATE purges SET count = 2",
        "UPDATE purges SET ids_sha256 = randomblob(32)",
        "DELETE FROM purges",
    ] {
        let (folder, store) = fresh().await;
        let world = World::new(&store).await;
        world.checked_in("001148000001", at(0)).await;
        world.checked_in("001148000002", at(100 * 86_400)).await;
        assert_eq!(store.purge(at(181 * 86_400)).await.unwrap().len(), 1);
        assert!(matches!(store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
        tamper(folder.path(), sql).await;
        let report = store.verify_audit().await.unwrap();
        assert!(!matches!(report, AuditReport::Intact { .. }), "{sql}");
    }
}

#[tokio::test]
async fn a_name_pasted_over_another_patients_does_not_open() {
    let (folder, store) = fresh().await;
    let world = World::new(&store).await;
    let first = world.checked_in("001148000001", at(0)).await;
    // The same person, so the same key: only the row is another.
    let second = world.checked_in("001148000001", at(86_400)).await;
    tamper(folder.path(), "UPDATE visits SET patient = (SELECT patient FROM visits ORDER BY day LIMIT 1)")
        .await;
    assert!(store.visit(first.visit).await.is_ok());
    let moved = store.visit(second.visit).await;
    assert!(matches!(moved, Err(StoreError::Sealed(_))), "{moved:?}");
}

#[tokio::test]
async fn a_full_disk_refuses_each_caller_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(options(folder.path(), 1)).await.unwrap();
    let world = World::new(&store).await;
    world.checked_in("001148000001", at(0)).await;
    store.limit_pages(Some(0)).await.unwrap();
    let mut refused = 0;
    for _ in 0..2000 {
        match store.begin_request(world.request("demo", world.id(), at(1))).await {
            Ok(begun) => assert_eq!(begun, Begun::New),
            Err(StoreError::DiskFull) => refused += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!(refused > 0, "the disk never filled");
    store.limit_pages(None).await.unwrap();
    assert!(!world.checked_in("001148000002", at(2)).await.already);
    assert_eq!(store.visits(STATION, station_day(at(0))).await.unwrap().len(), 2);
    assert!(matches!(store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}
