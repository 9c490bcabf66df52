//! No secret of a national system in anything that the whole server says, whatever those systems do: logs and spans at every
//! level, answers, problem documents, pages.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flows::{Answer, Step};
use identity::ReasonCode;
use jiff::civil::date;
use serde_json::json;
use server::store::Store as _;
use sha2::{Digest as _, Sha256};
use tracing_subscriber::{EnvFilter, util::SubscriberInitExt as _};

use crate::{
    first_cost,
    kit::{self, Kiosk, Server, Staff},
    privacy::Log,
    visit::Visit,
};

const SYSTEMS: [&str; 6] = ["population", "lgsp", "bhxh", "c06", "vneid", "lodging"];

const FAULTS: [&str; 15] = [
    "none",
    "slow",
    "disconnect",
    "unauthorized",
    "server_error",
    "maintenance",
    "duplicate",
    "doubled",
    "malformed",
    "oversized",
    "hostile",
    "deep",
    "redirect",
    "timeout",
    "drip",
];

/// What is secret in the section `[national]` of the demonstration's configuration.
const SECRET_SETTINGS: [&str; 11] = [
    "secret",
    "api_key",
    "officer",
    "password",
    "staff_name",
    "staff_number",
    "client_secret",
    "partner_key",
    "access_key",
    "secret_key",
    "username",
];

/// Each secret of the configuration, what travels in its place, and every token and code that the simulated systems give.
fn secrets() -> Vec<String> {
    let configuration = include_str!("../../src/national/demonstration.toml");
    let settings: Vec<(&str, &str)> =
        configuration.lines().filter_map(|line| line.split_once(" = ")).collect();
    let mut secrets = Vec::new();
    for secret in SECRET_SETTINGS {
        let known = secrets.len();
        let values = settings.iter().filter(|(setting, _)| *setting == secret);
        secrets.extend(values.map(|(_, value)| value.trim_matches('"').to_owned()));
        assert!(secrets.len() > known, "{secret} is not where it was");
    }
    // The MD5 of the register's password, as it is sent.
    secrets.push("ec3e178eea5ebb64848057e5a8d15f31".into());
    for number in 1..=40 {
        for kind in ["access", "id"] {
            secrets.push(hex::encode(&Sha256::digest(format!("{kind} {number}"))[..10]));
        }
        secrets.push(hex::encode(&Sha256::digest(format!("code {number}"))[..16]));
    }
    for user in ["tyt01999:", "tyt01999-kiosk:", "kiosk-mo-phong:"] {
        // Whole groups of three bytes: what stands after them does not change their base64.
        secrets.push(STANDARD.encode(&user[..user.len() / 3 * 3]));
    }
    secrets.push(STANDARD.encode("{\"AccessKey\":\"khoa"));
    secrets
}

/// The member of staff at the desk bears the name of the registered officer: pages say it to herself.
const ON_PAGES: &str = "Lê Thị Cán";

fn leak<'a>(text: &str, secrets: &'a [String]) -> Option<&'a String> {
    secrets.iter().find(|secret| text.contains(secret.as_str()))
}

async fn all_show(server: &Server, fault: &str) {
    let base = &server.config.national.insurance.base_url;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for system in SYSTEMS {
        let url = format!("{}/control/faults/{system}", base.strip_suffix("/bhxh").unwrap());
        let set = client.put(url).json(&json!({ "fault": fault })).send().await.unwrap();
        assert_eq!(set.status(), 204, "{fault}");
    }
}

/// What was answered, but for where a redirect to VNeID leads: that is its purpose.
fn said(answers: &mut String, answer: &kit::Answer) {
    let mut headers = answer.headers.clone();
    headers.remove("location");
    writeln!(answers, "{} {headers:?} {}", answer.status, String::from_utf8_lossy(&answer.body)).unwrap();
}

/// A browser at VNeID, up to the address that leads back: with `code` and `state` in its query.
async fn at_vneid(server: &Server) -> (String, String) {
    let begun = server.raw(Staff::default().page("/staff/vneid/start")).await;
    let asked = reqwest::Url::parse(begun.headers["location"].to_str().unwrap()).unwrap();
    let mut chosen: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
    chosen.push(("person".into(), "001180000099 muc_do_2".into()));
    let mut target = asked.clone();
    target.set_query(None);
    let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let back = browser.build().unwrap().post(target).form(&chosen).send().await.unwrap();
    let back = back.headers()["location"].to_str().unwrap().to_owned();
    let path = back.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    (begun.cookie("staff-vneid"), path)
}

/// A check-in and what follows it, a sign-in by VNeID and the pages about the outbox, while every system has this fault.
async fn all_under(fault: &str, answers: &mut String, secrets: &mut Vec<String>) {
    let server = Server::hurried().await;
    let staff = server.staff().await;
    let (browser, back) = at_vneid(&server).await;
    let (_, query) = back.split_once('?').unwrap();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if ["code", "state"].contains(&name.as_ref()) {
            secrets.push(value.into_owned());
        }
    }
    all_show(&server, fault).await;

    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    if matches!(visit.view.step, Step::ConfirmPerson { .. }) {
        visit.finish().await;
    }
    writeln!(answers, "{}", serde_json::to_string(&visit.view).unwrap()).unwrap();
    // A problem document: the conversation is past this.
    said(answers, &visit.send(&Answer::CallStaff { code: ReasonCode::Emergency }).await);
    for record in server.store.visits("01999", date(2026, 9, 15)).await.unwrap() {
        let call = server.post(&first_cost::path(record.recorded.visit), &first_cost::cost());
        said(answers, &call.send(&Kiosk::clinic()).await);
    }
    for _ in 0..2 {
        server.worker.deliver_due().await.unwrap();
        server.wait(120);
    }
    said(answers, &server.get("/healthz").send(&Kiosk::demo()).await);
    for path in ["/staff", "/staff/outbox", "/staff/visits"] {
        said(answers, &server.raw(staff.page(path)).await);
    }
    said(answers, &server.raw(Staff::default().page("/staff/vneid/start")).await);
    said(answers, &server.raw(Staff::with_cookie(&browser).page(&back)).await);
    // Once more: it is used up.
    said(answers, &server.raw(Staff::with_cookie(&browser).page(&back)).await);
    server.close().await;
}

// On one thread: the subscriber that listens is that thread's own.
#[tokio::test]
async fn no_secret_of_a_national_system_is_in_anything_that_the_server_says() {
    let log = Log::default();
    let _listening = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("off,server=trace,flows=trace,identity=trace"))
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish()
        .set_default();
    let (mut answers, mut secrets) = (String::new(), secrets());
    for fault in FAULTS {
        all_under(fault, &mut answers, &mut secrets).await;
    }
    let log = log.text();
    for told in ["answered", "/staff/vneid/callback", "HTTP status 500", "no answer in time"] {
        assert!(log.contains(told), "the log does not tell {told}");
    }
    for told in ["CHUA_XAC_MINH", "VNeID không xác nhận", "outbox", "problem+json"] {
        assert!(answers.contains(told), "no answer tells {told}");
    }
    assert_eq!(leak(&log, &secrets), None);
    assert_eq!(leak(&answers.replace(ON_PAGES, ""), &secrets), None);
    // The search finds what it looks for.
    assert!(leak(&format!("{log} bi-mat-mo-phong"), &secrets).is_some());
}
