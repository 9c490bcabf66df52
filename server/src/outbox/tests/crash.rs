//! `kill -9` while messages are queued and delivered.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fs::{self, OpenOptions},
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use super::*;

const FOLDER: &str = "KILLED_OUTBOX_FOLDER";
const ACKNOWLEDGED: usize = 60;
const TAKEN: &str = "taken";

/// The other side: a file that outlives the process. What is in it was taken.
struct FarSide(std::path::PathBuf);

#[async_trait]
impl Handler for FarSide {
    async fn deliver(&self, message: &ClaimedMessage) -> Result<Answer, Failure> {
        let mut file = OpenOptions::new().create(true).append(true).open(&self.0).unwrap();
        file.write_all(
            format!("{} {} {}\n", message.id, message.visit().unwrap(), message.kind.as_str()).as_bytes(),
        )
        .unwrap();
        Ok(Answer::default())
    }
}

/// Not a test of its own: [`what_was_queued_arrives_through_kill_9`] starts it in a process that it kills.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other process of what_was_queued_arrives_through_kill_9"]
async fn killed_outbox() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let store = opened(folder, 3).await;
    let worker = Worker {
        store: Arc::clone(&store) as _,
        clock: Hands::new().clock(),
        random: seeded(12),
        handler: Arc::new(FarSide(folder.join(TAKEN))),
    };
    tokio::spawn(worker.run(std::future::pending()));
    let world = World::new(&*store).await;
    for person in 0..1_000_000_u64 {
        let kinds = [MessageKind::InsuranceLookUp, MessageKind::CheckIn];
        let recorded = with_messages(&world, &format!("{person:012}"), &kinds).await;
        let mut out = std::io::stdout().lock();
        writeln!(out, "acknowledged {}", recorded.visit).unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test]
async fn what_was_queued_arrives_through_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Command::new(env::current_exe().unwrap())
        .args(["--exact", "outbox::tests::crash::killed_outbox", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut take = |line: &str| {
        // The harness's own words may share the first line.
        if let Some((_, visit)) = line.split_once("acknowledged ")
            && let Ok(visit) = visit.parse::<Uuid>()
        {
            acknowledged.insert(visit);
        }
        acknowledged.len()
    };
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    for line in lines.by_ref() {
        if take(&line.unwrap()) == ACKNOWLEDGED {
            break;
        }
    }
    process.kill().unwrap();
    process.wait().unwrap();
    for line in lines {
        take(&line.unwrap());
    }
    assert!(acknowledged.len() >= ACKNOWLEDGED, "it wrote {} only", acknowledged.len());

    // What was leased by the process that is gone comes back with its lease.
    let store = opened(folder.path(), 4).await;
    let hands = Hands::new();
    let taken = folder.path().join(TAKEN);
    let worker = Worker {
        store: Arc::clone(&store) as _,
        clock: hands.clock(),
        random: seeded(13),
        handler: Arc::new(FarSide(taken.clone())),
    };
    while let Some(next) = store.outbox_status().await.unwrap().next {
        hands.set(next);
        worker.deliver_due().await.unwrap();
    }
    let taken = fs::read_to_string(taken).unwrap();
    let mut by_visit = BTreeMap::<Uuid, Vec<&str>>::new();
    for line in taken.lines() {
        let words: Vec<_> = line.split(' ').collect();
        by_visit.entry(words[1].parse().unwrap()).or_default().push(words[2]);
    }
    for visit in &acknowledged {
        let mut kinds = by_visit.get(visit).cloned().unwrap_or_default();
        kinds.dedup();
        assert_eq!(kinds, ["insurance_look_up", "check_in"], "lost, or out of order");
    }
    let sent: BTreeSet<_> = taken.lines().collect();
    assert_eq!(sent.len(), 2 * by_visit.len(), "the same message under another id");
    assert!(matches!(store.verify_audit().await.unwrap(), crate::audit::AuditReport::Intact { .. }));
}
