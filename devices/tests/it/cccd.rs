//! `cccd` by its contract: exit codes, JSON on standard output, words on standard error.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use devices::{card::personalise::personalise, seeds::citizen, testing::PrivatePcscd};
use serde_json::Value;

use crate::seeds;

/// When the seeds' world stands still.
const AT: &str = "2026-09-15T08:00:00+07:00";

fn cccd() -> Command {
    Command::new(env!("CARGO_BIN_EXE_cccd"))
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {output:?}"))
}

/// A card lying on a reader, by `cccd simulate` in a process of its own.
struct Lying(Child);

impl Lying {
    fn on(daemon: &PrivatePcscd, citizen: &str) -> Self {
        let child = cccd()
            .args(["simulate", "--citizen", citizen, "--vpcd", &daemon.address().to_string(), "--seeds"])
            .arg(seeds())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Lying {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn read(daemon: &PrivatePcscd, password: [&str; 2], out: &Path) -> Output {
    cccd()
        .arg("read")
        .args(password)
        .args(["--nonce", "0102030405060708", "--json", "--out"])
        .arg(out)
        .envs(daemon.environment())
        .output()
        .unwrap()
}

fn verify(arguments: &[&str], folder: &Path) -> Output {
    cccd()
        .args(["verify", "--json", "--dir"])
        .arg(folder)
        .arg("--trust")
        .arg(seeds().join("trust"))
        .args(arguments)
        .output()
        .unwrap()
}

fn axis(output: &Output, name: &str) -> (String, String) {
    let axis = &json(output)["verdict"][name];
    (axis["result"].as_str().unwrap().into(), axis["code"].as_str().unwrap().into())
}

#[test]
fn a_card_read_through_pcscd_verifies_and_a_changed_byte_in_dg1_does_not() {
    let daemon = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let _card = Lying::on(&daemon, "nguyen-thi-hoa");
    let output = read(&daemon, ["--can", "012345"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = json(&output);
    assert_eq!(
        (told["access"].as_str(), told["active_authentication"].as_bool()),
        (Some("pace_can"), Some(true))
    );
    for file in [
        "EF.CardAccess",
        "EF.COM",
        "EF.SOD",
        "EF.DG1",
        "EF.DG2",
        "EF.DG13",
        "EF.DG14",
        "EF.DG15",
        "session.json",
    ] {
        assert!(folder.path().join(file).is_file(), "{file}");
    }
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
    let session: Value =
        serde_json::from_slice(&fs::read(folder.path().join("session.json")).unwrap()).unwrap();
    assert_eq!(session["nonce"].as_str(), Some("0102030405060708"));

    let good = verify(&["--at", AT], folder.path());
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    assert_eq!(axis(&good, "data_groups"), ("passed".into(), "hashes_match".into()));
    assert_eq!(axis(&good, "chip"), ("not_done".into(), "challenge_not_from_server".into()));
    let told = json(&good);
    assert_eq!((told["access"].as_str(), told["challenge"].as_str()), (Some("pace_can"), Some("kiosk")));

    let own = verify(&["--at", AT, "--nonce", "0102030405060708"], folder.path());
    assert_eq!(axis(&own, "chip").0, "passed");
    let replayed = verify(&["--at", AT, "--nonce", "0102030405060709"], folder.path());
    assert_eq!((replayed.status.code(), axis(&replayed, "chip").0), (Some(1), "failed".into()));

    let dg1 = folder.path().join("EF.DG1");
    let mut bytes = fs::read(&dg1).unwrap();
    bytes[20] ^= 1;
    fs::write(&dg1, bytes).unwrap();
    let forged = verify(&["--at", AT], folder.path());
    assert_eq!(forged.status.code(), Some(1));
    assert_eq!(axis(&forged, "data_groups"), ("failed".into(), "data_group_mismatch".into()));
    assert!(String::from_utf8_lossy(&forged.stderr).contains("data_groups"));
}

#[test]
fn a_card_without_pace_is_read_by_its_mrz_through_pcscd() {
    let daemon = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let _card = Lying::on(&daemon, "duong-nghia-hon");
    fs::write(folder.path().join("EF.DG14"), "another card's file, from an earlier read").unwrap();
    let output = read(&daemon, ["--mrz", "095156789,951010,351010"], folder.path());
    assert_eq!(json(&output)["access"].as_str(), Some("bac"), "{output:?}");
    assert_eq!(verify(&["--at", AT], folder.path()).status.code(), Some(0));
}

#[test]
fn a_passport_is_read_by_its_lines_through_pcscd_and_other_lines_do_not_open_it() {
    let daemon = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let _passport = Lying::on(&daemon, "beispiel-anna");
    let wrong = read(&daemon, ["--mrz", "C01X00T47,900517,330517"], folder.path());
    assert_eq!((wrong.status.code(), json(&wrong)["code"].as_str()), (Some(1), Some("wrong_can")));
    let said = String::from_utf8_lossy(&wrong.stderr);
    assert!(said.contains("machine-readable zone") && !said.contains("C01X00T47"), "{said}");

    let output = read(&daemon, ["--mrz", "C01X00T47,900517,330516"], folder.path());
    assert_eq!(json(&output)["access"].as_str(), Some("pace_mrz"), "{output:?}");
    assert!(!folder.path().join("EF.DG13").exists());
    let good = verify(&["--at", AT, "--nonce", "0102030405060708"], folder.path());
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    for name in ["security_object", "data_groups", "issuer", "chip", "validity"] {
        assert_eq!(axis(&good, name).0, "passed", "{name}");
    }
    let dg1 = folder.path().join("EF.DG1");
    let mut bytes = fs::read(&dg1).unwrap();
    bytes[20] ^= 1;
    fs::write(&dg1, bytes).unwrap();
    let forged = verify(&["--at", AT], folder.path());
    assert_eq!(axis(&forged, "data_groups"), ("failed".into(), "data_group_mismatch".into()));
}

#[test]
fn a_wrong_can_at_pcscd_is_named_and_neither_it_nor_the_person_is_repeated() {
    let daemon = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let _card = Lying::on(&daemon, "nguyen-thi-hoa");
    for file in ["EF.DG1", "EF.SOD", "session.json", "notes.txt"] {
        fs::write(folder.path().join(file), "from an earlier read").unwrap();
    }
    let output = read(&daemon, ["--can", "987654"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"], "nothing that could pass for this card");
    assert_eq!(json(&output)["code"].as_str(), Some("wrong_can"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("987654") && !said.contains("012345"), "{said}");

    let right = read(&daemon, ["--can", "012345"], folder.path());
    assert_eq!(right.status.code(), Some(0));
    let said =
        format!("{}{}", String::from_utf8_lossy(&right.stdout), String::from_utf8_lossy(&right.stderr));
    for personal in ["148012345", "012345", "Hoà", "HOA", "1948"] {
        assert!(!said.contains(personal), "{personal} in {said}");
    }
}

#[test]
fn a_password_or_challenge_of_the_wrong_shape_is_unusable_input() {
    let folder = tempfile::tempdir().unwrap();
    for bad in [
        &["--can", "12345"][..],
        &["--can", "12345x"],
        &["--mrz", "1,2"],
        &["--nonce", "00", "--can", "123456"],
    ] {
        let output = cccd().args(["read", "--out"]).arg(folder.path()).args(bad).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{bad:?}");
        assert!(output.stdout.is_empty());
    }
}

/// A card's files as `cccd read` would leave them, without what the chip said.
fn card(slug: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, content) in personalise(&citizen(&seeds(), slug).unwrap()).unwrap().files {
        fs::write(folder.path().join(file.to_string()), content).unwrap();
    }
    folder
}

/// What `cccd seeds` writes, into a folder that goes with the value.
fn made_cards() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output =
        cccd().args(["seeds", "--seeds"]).arg(seeds()).arg("--out").arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stdout.is_empty());
    folder
}

#[test]
fn seeds_are_the_same_every_time() {
    let (one, two) = (made_cards(), made_cards());
    let mut files = 0;
    for citizen in fs::read_dir(one.path().join("cards")).unwrap() {
        for file in fs::read_dir(citizen.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let other = two.path().join(path.strip_prefix(one.path()).unwrap());
            assert!(fs::read(&path).unwrap() == fs::read(other).unwrap(), "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 100);
    assert_eq!(fs::read(one.path().join("kiosks/demo.key")).unwrap().len(), 64);
}

#[test]
fn exit_codes_tell_failed_from_incomplete_and_from_unusable() {
    let good = card("nguyen-thi-hoa");
    let code = |output: &Output| output.status.code().unwrap();
    let lone = cccd()
        .args(["verify", "--json", "--sod"])
        .arg(good.path().join("EF.SOD"))
        .arg("--trust")
        .arg(seeds().join("trust"))
        .output()
        .unwrap();
    assert_eq!((code(&lone), axis(&lone, "security_object").0.as_str()), (3, "passed"));
    assert_eq!(json(&lone)["access"], Value::Null);

    let file = |name: &str| good.path().join(format!("EF.DG{name}")).display().to_string();
    let beside = cccd()
        .args(["verify", "--json", "--sod"])
        .arg(good.path().join("EF.SOD"))
        .args(["--dg", &format!("1={}", file("1")), "--dg", &format!("13={}", file("1"))])
        .arg("--trust")
        .arg(seeds().join("trust"))
        .output()
        .unwrap();
    assert_eq!((code(&beside), axis(&beside, "data_groups").1.as_str()), (1, "data_group_mismatch"));

    let unknown = verify(&["--at", AT], card("ly-thi-ngoc-tram").path());
    assert_eq!((code(&unknown), axis(&unknown, "issuer").1.as_str()), (3, "issuer_unknown"));
    let forged = verify(&["--at", AT], card("do-ba-binh").path());
    assert_eq!((code(&forged), axis(&forged, "security_object").1.as_str()), (1, "signature_invalid"));

    let production = verify(&["--mode", "production"], good.path());
    assert_eq!(code(&production), 2);
    assert!(String::from_utf8_lossy(&production.stderr).contains("demonstration_issuer_refused"));
    assert_eq!(code(&verify(&["--mode", "production", "--clock", AT], good.path())), 2);
    assert_eq!(code(&verify(&[], &good.path().join("nowhere"))), 2);
    assert_eq!(code(&verify(&[], tempfile::tempdir().unwrap().path())), 2, "no file of a card in it");
}

#[test]
fn whoever_trusts_a_made_up_issuer_is_told_so_and_standard_output_stays_as_it_is() {
    let good = card("nguyen-thi-hoa");
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../identity/tests/vectors");
    let real = vectors.join("passive_authentication/main.cer");
    let warned = |output: &Output| {
        let lines = String::from_utf8_lossy(&output.stderr).matches("DỮ LIỆU MÔ PHỎNG").count();
        assert!(lines <= 1, "once is enough: {output:?}");
        lines == 1
    };
    let told = verify(&["--at", AT], good.path());
    assert!(warned(&told) && json(&told)["verdict"].is_object());
    let list = |trust: &Path| cccd().args(["trust", "list"]).arg(trust).output().unwrap();
    assert!(warned(&list(&seeds().join("trust"))));
    assert!(!warned(&list(&real)));
    assert!(list(&real).status.success());
}

#[test]
fn a_trust_folder_without_a_certificate_is_unusable_rather_than_an_unknown_issuer() {
    let (good, empty) = (card("nguyen-thi-hoa"), tempfile::tempdir().unwrap());
    fs::write(empty.path().join("broken.cer"), "no certificate").unwrap();
    let output =
        cccd().args(["verify", "--dir"]).arg(good.path()).arg("--trust").arg(empty.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--trust"));
}

#[test]
fn an_expired_card_was_good_when_the_clock_stood_before() {
    let card = card("vo-nha-cam");
    // No chip spoke here, so that axis fails: looked at is the other.
    let now = verify(&["--clock", AT], card.path());
    assert_eq!(axis(&now, "validity"), ("failed".into(), "document_expired".into()));
    let then = verify(&["--clock", AT, "--at", "2023-01-01T00:00:00Z"], card.path());
    assert_eq!(axis(&then, "validity").0, "passed");
}

#[test]
fn trust_list_counts_and_refuses_made_up_issuers_in_production() {
    let list = |mode: &str| {
        let output = cccd()
            .args(["trust", "list", "--json", "--mode", mode])
            .arg(seeds().join("trust"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        json(&output)
    };
    let demonstration = list("demonstration");
    assert_eq!(
        demonstration,
        serde_json::json!({"certificates": 2, "countries": 2, "self_signed_verified": 2, "refused": []})
    );
    let production = list("production");
    assert_eq!(production["certificates"], 0);
    assert_eq!(production["refused"][0]["code"], "demonstration_issuer_refused");
    assert_eq!(production["refused"][0]["sha256"].as_str().map(str::len), Some(64));
}

#[test]
fn recorded_runs_are_repeated_and_a_changed_one_is_noticed() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../identity/tests/vectors");
    let replay = |path: &Path| cccd().arg("replay").arg(path).arg("--json").output().unwrap();
    for (trace, protocol) in [("bac.json", "bac"), ("pace_gm_ecdh.json", "pace")] {
        let output = replay(&vectors.join(trace));
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(json(&output)["protocol"], protocol);
    }
    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("changed.json");
    let text = fs::read_to_string(vectors.join("bac.json")).unwrap();
    let key = text.find("\"ks_enc\"").map(|start| text[start..].find(": \"").unwrap() + start + 3).unwrap();
    let digit = if &text[key..=key] == "0" { "1" } else { "0" };
    fs::write(&changed, format!("{}{digit}{}", &text[..key], &text[key + 1..])).unwrap();
    assert_eq!(replay(&changed).status.code(), Some(1));
    fs::write(&changed, "{}").unwrap();
    assert_eq!(replay(&changed).status.code(), Some(2));
    assert_eq!(replay(&folder.path().join("none.json")).status.code(), Some(2));
}

#[test]
fn the_list_names_everyone_with_the_number_that_opens_their_card() {
    let output = cccd().args(["simulate", "--list", "--json", "--seeds"]).arg(seeds()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let hoa = lines.iter().find(|line| line["citizen"] == "nguyen-thi-hoa").unwrap();
    assert_eq!(hoa["can"], "012345");
    assert!(lines.len() >= 15);
    let anna = lines.iter().find(|line| line["citizen"] == "beispiel-anna").unwrap();
    assert_eq!((&anna["mrz"], &anna["can"]), (&"C01X00T47,900517,330516".into(), &Value::Null));
}
