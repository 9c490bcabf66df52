//! How the server starts, and when it does not.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
};

use flows::Step;
use identity::ReasonCode;
use server::{
    config::{Config, ConfigError},
    program::{Arguments, StartError, assemble, run},
};
use tempfile::TempDir;

use crate::{
    kit::{MORNING, Server, morning, production, seeds, start_parts},
    visit::Visit,
};

/// A folder with a configuration that may be started, changed by `change`.
fn folder(change: impl FnOnce(String) -> String) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("server.toml"), change(production(folder.path()))).unwrap();
    folder
}

async fn refusal(folder: &Path) -> StartError {
    let config = Config::load(&folder.join("server.toml")).unwrap();
    let (clock, random) = start_parts(&morning());
    assemble(&config, &folder.join("data"), clock, random).await.map(|_| ()).unwrap_err()
}

#[tokio::test]
async fn a_production_server_refuses_made_up_issuers() {
    let made_up = format!("trust = [\"{}/trust\"]", seeds().display());
    let folder = folder(|text| text.replace("trust = []", &made_up));
    let StartError::Trust { source, .. } = refusal(folder.path()).await else { panic!() };
    assert_eq!(source.code, ReasonCode::DemonstrationIssuerRefused);
    assert!(!folder.path().join("data").exists(), "a database was made all the same");
}

#[tokio::test]
async fn a_production_server_refuses_a_kiosk_whose_private_key_is_public() {
    let made_up = format!("{}/kiosks/demo.toml", seeds().display());
    let folder = folder(|text| text.replace("demo.toml", &made_up));
    assert!(matches!(refusal(folder.path()).await, StartError::DemonstrationKiosk { .. }));
}

#[tokio::test]
async fn a_production_server_takes_no_time_from_its_command_line() {
    let folder = folder(|text| text);
    let arguments = Arguments {
        config: folder.path().join("server.toml"),
        data: folder.path().join("data"),
        clock: Some(MORNING.parse().unwrap()),
        command: None,
    };
    let (clock, random) = start_parts(&morning());
    let refusal = run(arguments, &clock, random).await;
    assert!(matches!(refusal, Err(StartError::Config(ConfigError::ClockInProduction))), "{refusal:?}");
}

#[tokio::test]
async fn a_production_server_passes_no_made_up_card() {
    let server = Server::in_production().await;
    let visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    assert_eq!(visit.view.step, Step::CallStaff { code: ReasonCode::DemonstrationIssuerRefused });
}

#[tokio::test]
async fn a_database_stays_in_the_mode_that_it_was_made_in() {
    let server = Server::alone().await;
    let folder = server.close().await;
    std::fs::rename(folder.path().join("data/master.key"), folder.path().join("master.key")).unwrap();
    std::fs::write(folder.path().join("server.toml"), production(folder.path())).unwrap();
    let refusal = refusal(folder.path()).await;
    assert!(
        matches!(refusal, StartError::Store(server::store::StoreError::ModeMismatch { .. })),
        "{refusal}"
    );
}

#[test]
fn the_program_says_where_it_listens_answers_and_ends_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
        .args(["--config", concat!(env!("CARGO_MANIFEST_DIR"), "/server.toml"), "--clock", MORNING, "--data"])
        .arg(folder.path().join("data"))
        .env("SERVER__LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success());

    let audit = |data: &str| {
        Command::new(env!("CARGO_BIN_EXE_server"))
            .args(["--config", concat!(env!("CARGO_MANIFEST_DIR"), "/server.toml"), "--data"])
            .arg(folder.path().join(data))
            .arg("audit")
            .output()
            .unwrap()
    };
    let report = audit("data");
    assert!(report.status.success() && report.stdout.starts_with(b"intact: "), "{report:?}");
    let report = audit("nowhere");
    assert!(!report.status.success() && report.stdout.is_empty(), "{report:?}");
    assert!(!folder.path().join("nowhere").exists(), "it made what it was to look at");
}
