//! `kill -9` in the middle of writing.

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
    sync::Arc,
};

use super::*;
use crate::store::{
    conformance::{STATION, World, visit},
    visits::station_day,
};

const FOLDER: &str = "KILLED_WRITER_FOLDER";
const ACKNOWLEDGED: usize = 150;
const CALLERS: u64 = 8;

/// Not a test of its own: [`what_was_acknowledged_survives_kill_9`] starts it in a process that it kills.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other process of what_was_acknowledged_survives_kill_9"]
async fn killed_writer() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let store = Arc::new(SqliteStore::open(options(Path::new(&folder), 3)).await.unwrap());
    World::new(&*store).await;
    let callers: Vec<_> =
        (0..CALLERS).map(|caller| tokio::spawn(check_in_for_ever(Arc::clone(&store), caller))).collect();
    for caller in callers {
        caller.await.unwrap();
    }
}

async fn check_in_for_ever(store: Arc<SqliteStore>, caller: u64) {
    let world = World::at_kiosks_there_are(&*store, caller << 32);
    for person in 0..1_000_000_u64 {
        let number = format!("{:012}", caller * 1_000_000 + person);
        let recorded = world.checked_in(&number, at(0)).await;
        let mut out = std::io::stdout().lock();
        writeln!(out, "acknowledged {} {}", recorded.visit, recorded.number).unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Command::new(env::current_exe().unwrap())
        .args(["--exact", "store::sqlite::tests::crash::killed_writer", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = BTreeMap::new();
    let mut take = |line: String| {
        // The harness's own words may share the first line.
        let words = line.split_once("acknowledged ").and_then(|(_, rest)| rest.split_once(' '));
        if let Some((visit, number)) = words
            && let (Ok(visit), Ok(number)) = (visit.parse::<Uuid>(), number.parse::<u32>())
        {
            acknowledged.insert(visit, number);
        }
        acknowledged.len()
    };
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    for line in lines.by_ref() {
        if take(line.unwrap()) == ACKNOWLEDGED {
            break;
        }
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    for line in lines {
        take(line.unwrap());
    }
    assert!(acknowledged.len() >= ACKNOWLEDGED, "it wrote {} only", acknowledged.len());

    let store = SqliteStore::open(options(folder.path(), 4)).await.unwrap();
    let kept: BTreeMap<_, _> = store
        .visits(STATION, station_day(at(0)))
        .await
        .unwrap()
        .into_iter()
        .map(|visit| (visit.recorded.visit, visit.recorded.number))
        .collect();
    for (visit, number) in &acknowledged {
        assert_eq!(kept.get(visit), Some(number), "an acknowledged check-in is lost");
    }
    let mut numbers: Vec<u32> = kept.values().copied().collect();
    numbers.sort_unstable();
    assert_eq!(
        numbers,
        (1..=u32::try_from(kept.len()).unwrap()).collect::<Vec<_>>(),
        "a number is lost or doubled"
    );
    assert!(matches!(store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

#[tokio::test]
async fn one_failing_operation_does_not_fail_those_committed_with_it() {
    let (_folder, store) = fresh().await;
    let world = World::new(&store).await;
    let bad = world.check_in(visit(Some("001148000001")), at(0)).await;
    let bad = crate::store::CheckIn { version: 5, ..bad };
    let good = world.check_in(visit(Some("001148000002")), at(0)).await;
    let (bad, good) = tokio::join!(store.record_check_in(bad), store.record_check_in(good));
    assert!(matches!(bad, Err(StoreError::StaleSession)));
    assert_eq!(good.unwrap().number, 1);
}
