//! Durable check-ins a second, with 1, 16 and 64 kiosks at once: each is answered after its commit is on the disk.
//!
//! One element is a whole check-in: subject and their key, visit, number, the conversation's last state, the stored
//! response, the audit leaves. Conversations are opened beforehand, out of the measurement.

#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has to stop")]

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flows::{
    Language, Service,
    engine::{Insurance, InsuranceStatus},
    person::{Birth, Sex},
    policy::Strength,
};
use identity::{
    ReasonCode, SecretBytes, Verdict,
    number::PersonalNumber,
    proof::verdict::{Access, Axis, ChallengeOrigin},
};
use jiff::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};
use server::{
    config::Mode,
    random::{Random, RandomUnavailable},
    sealed::MasterKey,
    store::{
        CheckIn, ChipRecord, ClientKind, Completed, Idempotency, Kiosk, Method, NewRequest, NewSession,
        NewVisit, Patient, Queue, RequestKey, Respond, Store, Submission,
        sqlite::{SqliteOptions, SqliteStore},
    },
};
use tokio::{runtime::Runtime, task::JoinSet};
use uuid::Uuid;

static NEXT: AtomicU64 = AtomicU64::new(1);

fn id() -> Uuid {
    Uuid::from_u64_pair(0x0123_4567_89ab_4def, 0x8000_0000_0000_0000 | NEXT.fetch_add(1, Ordering::Relaxed))
}

async fn begun(store: &SqliteStore, at: Timestamp) -> RequestKey {
    let key = id();
    let request = NewRequest {
        kiosk: "demo".into(),
        nonce: key.to_string(),
        idempotency: Some(Idempotency { key, fingerprint: [9; 32] }),
        at,
    };
    store.begin_request(request).await.expect("a request");
    RequestKey { kiosk: "demo".into(), key }
}

/// A person who was never here, at the end of their conversation.
async fn check_in(store: &SqliteStore, at: Timestamp) -> CheckIn {
    let session = NewSession {
        id: id(),
        kiosk: "demo".into(),
        service: Service::Health,
        language: Language::Vi,
        state: SecretBytes::new(vec![0; 600]),
        request: begun(store, at).await,
        response: SecretBytes::new(vec![0; 200]),
        at,
    };
    let (session_id, number) = (session.id, NEXT.fetch_add(1, Ordering::Relaxed));
    store.open_session(session).await.expect("a conversation");
    CheckIn {
        session: session_id,
        kiosk: "demo".into(),
        version: 0,
        visit: visit(number),
        chip: Some(chip()),
        submission: Some(Submission {
            signature_base: SecretBytes::new(vec![0; 400]),
            signature: SecretBytes::new(vec![0; 64]),
            content_digest: "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:".into(),
        }),
        messages: Vec::new(),
        spoken: flows::law::age::Spoken::default(),
        request: begun(store, at).await,
        respond: Respond::new(|_| Completed {
            state: SecretBytes::new(vec![0; 900]),
            response: SecretBytes::new(vec![0; 500]),
            call: None,
        }),
        at,
    }
}

fn visit(number: u64) -> NewVisit {
    NewVisit {
        station: "01999".into(),
        patient: Patient {
            full_name: "Nguyễn Thị Hoà".into(),
            number: Some(PersonalNumber::parse(&format!("{number:012}")).expect("twelve digits")),
            birth: Some(Birth { year: 1948, month: Some(3), day: Some(2) }),
            sex: Sex::Female,
            reason: "illness".into(),
            insurance_number: None,
            priority: None,
            representative: None,
            code_warnings: Vec::new(),
        },
        method: Method::Chip,
        strength: Strength::FullChipProof,
        queue: Queue::Normal,
        room: "p1".into(),
        insurance: Insurance {
            status: InsuranceStatus::Valid,
            result_code: Some("000".into()),
            card: Some(flows::InsuranceCard {
                number: "HT2010148012345".into(),
                valid_from: Some(jiff::civil::date(2026, 1, 1)),
                valid_to: Some(jiff::civil::date(2026, 12, 31)),
                place_code: Some("01999".into()),
                place_name: Some("Trạm y tế xã Mẫu".into()),
            }),
        },
        numbers: Vec::new(),
        answer: None,
        population: None,
    }
}

fn chip() -> ChipRecord {
    let passed = Axis::passed(ReasonCode::SignatureVerified);
    ChipRecord {
        verdict: Verdict {
            security_object: passed,
            data_groups: passed,
            issuer: passed,
            revocation: passed,
            chip: passed,
            validity: passed,
            holder: passed,
        },
        access: Access::PaceCan,
        challenge: ChallengeOrigin::Server,
        signer_sha256: Some([3; 32]),
        sod_sha256: Some([4; 32]),
        nonce: Some([5; 8]),
        active_authentication: Some(SecretBytes::new(vec![6; 256])),
        card: Some(flows::CardStanding::Valid),
        card_statement: Some(SecretBytes::new(vec![8; 300])),
    }
}

fn durable_check_ins(criterion: &mut Criterion) {
    let at: Timestamp = "2026-09-15T08:00:00+07:00".parse().expect("a time");
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on a real disk");
    let options = SqliteOptions {
        folder: folder.path().to_owned(),
        mode: Mode::Demonstration,
        master: MasterKey::new(&[7; 32]),
        random: system_random(),
        at,
    };
    let store = Arc::new(runtime.block_on(SqliteStore::open(options)).expect("a store"));
    let kiosk =
        Kiosk { id: "demo".into(), public_key: [1; 32], place: "Sảnh".into(), kind: ClientKind::Kiosk };
    runtime.block_on(store.set_kiosks(vec![kiosk], at)).expect("a kiosk");
    let mut group = criterion.benchmark_group("durable check-ins");
    group.sample_size(20);
    for callers in [1_u64, 16, 64] {
        group.throughput(Throughput::Elements(callers));
        group.bench_function(BenchmarkId::from_parameter(callers), |bencher| {
            bencher.iter_batched(
                || {
                    runtime.block_on(async {
                        let mut ready = Vec::new();
                        for _ in 0..callers {
                            ready.push(check_in(&store, at).await);
                        }
                        ready
                    })
                },
                |ready| {
                    runtime.block_on(async {
                        let mut callers = JoinSet::new();
                        for check_in in ready {
                            let store = Arc::clone(&store);
                            callers.spawn(
                                async move { store.record_check_in(check_in).await.expect("a number") },
                            );
                        }
                        black_box(callers.join_all().await)
                    })
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program's own main: nothing here is to be repeated bit by bit"
)]
fn system_random() -> Random {
    let system = SystemRandom::new();
    Random::new(move |bytes| system.fill(bytes).map_err(|_| RandomUnavailable))
}

criterion_group!(benches, durable_check_ins);
criterion_main!(benches);
