//! No secret and nobody's data in any output: logs at every level of every crate, errors, and what `Debug` shows, of every
//! client under every fault.

use std::{
    fmt::Debug,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use reqwest::redirect::Policy;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use tracing_subscriber::{fmt::MakeWriter, util::SubscriberInitExt as _};

use super::{check_in::xml0, *};
use crate::national::{
    CheckInChannel as _, ChipCheck as _, ChipCheckClient, IdentityProvider as _, LgspClient, LodgingClient,
    LodgingPortal as _, VneidClient,
    chip_check::{self, CardRead},
    lodging::{self, Batch, DepartureChange, Told},
    population::lgsp,
    vneid::{self, Returned},
};

const FAULTS: &[&str] = &[
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
];

const SYSTEMS: &[&str] = &["population", "lgsp", "bhxh", "c06", "vneid", "lodging"];

#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Output {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Output {
    fn show<T: Debug, E: Debug + std::fmt::Display>(&self, answer: &Result<T, E>) {
        let mut output = self.clone();
        match answer {
            Ok(answer) => writeln!(output, "{answer:?}").unwrap(),
            Err(error) => writeln!(output, "{error} {error:?}").unwrap(),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// Whatever no output may hold: the configuration's secrets in each form that they travel in, the tokens that the simulated
/// systems give, and everybody's data.
fn secrets() -> Vec<String> {
    let mut secrets: Vec<String> = [
        "bi-mat-mo-phong",
        "khoa-mo-phong",
        "mat-khau-mo-phong",
        "bi-mat-vneid-mo-phong",
        "khoa-c06-mo-phong",
        "khoa-truy-cap-mo-phong",
        "bi-mat-lgsp-mo-phong",
        "bi-mat-cslt-mo-phong",
        "mat-khau-cslt-mo-phong",
        "cslt-khach-san",
        "C01X00T47",
        "MUSTERMANN",
        "Blơm",
        "0900000001",
        "CB001",
        "Lê Thị Cán",
        "001180000099",
        // The MD5 of the register's password.
        "ec3e178eea5ebb64848057e5a8d15f31",
        "001148012345",
        "148012345",
        "HT2010148012345",
        "HT3010148012345",
        "Nguyễn",
        "NGUYỄN",
        "Hoà",
        "HOÀ",
        "1948-03-02",
        "19480302",
        "02/03/1948",
        "01999-2026-09-15-0001",
        "BN0000000001",
        "Khám Nội",
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
        "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    ]
    .map(str::to_owned)
    .to_vec();
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

fn leak<'a>(text: &str, secrets: &'a [String]) -> Option<&'a String> {
    secrets.iter().find(|secret| text.contains(secret.as_str()))
}

/// What a browser does: the page, the choice, the way back.
async fn choose(address: &str, url: &str) -> Option<Returned> {
    let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let (_, query) = url.split_once('?').unwrap();
    let mut form: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    form.push(("person".to_owned(), "001148012345 muc_do_2".to_owned()));
    let back = browser.post(format!("{address}/vneid/authorize")).form(&form).send().await.ok()?;
    let location = back.headers().get("location")?.to_str().ok()?.to_owned();
    let fields: std::collections::BTreeMap<String, String> =
        form_urlencoded::parse(location.split_once('?')?.1.as_bytes()).into_owned().collect();
    serde_json::from_value(json!(fields)).ok()
}

/// The card of the golden question to the chip check.
fn card() -> CardRead {
    let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    CardRead {
        number: PersonalNumber::parse("001148012345").unwrap(),
        signer: vec![0x30, 0x03, 0x02, 0x01, 0x01],
        security_object_digest: hex::decode(digest).unwrap().try_into().unwrap(),
        device: "kiosk-01".to_owned(),
        consent: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff".to_owned(),
    }
}

/// Every client does everything that it can under each fault, and shows what came of it.
async fn all_under(faults: &[&str], limits: Limits, output: &Output, secrets: &mut Vec<String>) {
    let systems = Systems::with_limits(limits).await;
    let clock = Clock::new(|| Timestamp::from_second(1_789_434_000).unwrap());
    let whole = configuration();
    let address = &systems.address;
    let c06 =
        chip_check::Configuration { url: format!("{address}/c06/verify"), limits, ..whole.c06.unwrap() };
    let c06 = ChipCheckClient::new(c06, DEMONSTRATION, clock.clone(), random()).unwrap();
    let lgsp = lgsp::Configuration { base_url: format!("{address}/lgsp"), limits, ..whole.lgsp.unwrap() };
    let lgsp = LgspClient::new(&lgsp, whole.population, DEMONSTRATION, clock.clone(), random()).unwrap();
    let issuer = format!("{address}/vneid");
    let vneid = vneid::Configuration { issuer, limits, ..whole.vneid.unwrap() };
    let vneid = VneidClient::new(vneid, DEMONSTRATION, clock, random()).unwrap();
    let base_url = format!("{address}/lodging");
    let lodging = lodging::Configuration { base_url, limits, ..whole.lodging.unwrap() };
    let clock = Clock::new(|| Timestamp::from_second(1_789_434_000).unwrap());
    let lodging = LodgingClient::new(lodging, DEMONSTRATION, clock, random()).unwrap();
    let (vietnamese, foreigners) =
        (lodging::tests::samples::vietnamese(), lodging::tests::samples::foreigners());
    let batches = [Batch::new(vietnamese).unwrap(), Batch::new(foreigners).unwrap()];
    let left = lodging::tests::samples::document(1, "001148012345");
    let left = [DepartureChange::new(left, Told::LeftEarly).unwrap()];
    writeln!(output.clone(), "{lodging:?} {batches:?} {left:?} {:?}", batches[0].declarations()).unwrap();
    writeln!(output.clone(), "{:?} {:?} {:?}", configuration(), hoa(), card()).unwrap();
    writeln!(output.clone(), "{:?} {c06:?} {lgsp:?} {vneid:?} {:?}", systems.insurance, xml0()).unwrap();

    for fault in faults {
        let on = json!({ "fault": fault });
        for system in SYSTEMS {
            systems.control(reqwest::Method::PUT, &format!("faults/{system}"), on.clone()).await;
        }
        output.show(&systems.population.verify(&hoa()).await);
        output.show(&systems.population.look_up(&hoa()).await);
        output.show(&systems.insurance.look_up(&hoa()).await);
        output.show(&systems.insurance.send_check_in(&xml0()).await);
        output.show(&lgsp.verify(&hoa()).await);
        output.show(&c06.verify(&card()).await);
        for batch in &batches {
            output.show(&lodging.declare("khach-san-mau", batch).await);
        }
        output.show(&lodging.change_departures("khach-san-mau", &left).await);
        output.show(&lodging.catalogue(&["101".to_owned()]).await);
        lodging.end().await;
        let authorization = vneid.authorization_url("http://127.0.0.1:8080/console/sign-in/vneid").await;
        output.show(&authorization);
        if let Ok(authorization) = authorization {
            let kept = authorization.attempt.to_bytes();
            secrets.extend(kept.as_slice()[..96].chunks(32).map(|part| URL_SAFE_NO_PAD.encode(part)));
            systems.fault("vneid", "none", None).await;
            let returned = choose(address, authorization.url.expose_secret()).await.unwrap();
            systems.control(reqwest::Method::PUT, "faults/vneid", on).await;
            writeln!(output.clone(), "{authorization:?} {returned:?}").unwrap();
            output.show(&vneid.exchange(&authorization.attempt, &returned).await);
        }
        systems.control(reqwest::Method::DELETE, "tokens", json!(null)).await;
    }
}

// On one thread: the subscriber that listens is that thread's own.
#[tokio::test]
async fn no_output_holds_a_secret_or_anybodys_data_whatever_goes_wrong() {
    let output = Output::default();
    let _listening = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(output.clone())
        .finish()
        .set_default();
    let mut secrets = secrets();
    let patient = Limits { break_after: u32::MAX, ..PATIENT };
    let hurried = Limits { answer_milliseconds: 500, ..patient };
    all_under(FAULTS, patient, &output, &mut secrets).await;
    all_under(&["timeout", "drip"], hurried, &output, &mut secrets).await;

    let text = output.text();
    for told in [
        "reqwest",
        "Valid",
        "Receipt",
        "SignedIn",
        "HTTP status 500",
        "no answer in time",
        "invalid_grant",
        "Taken",
    ] {
        assert!(text.contains(told), "the output does not tell {told}");
    }
    assert_eq!(leak(&text, &secrets), None);
    // The search finds what it looks for.
    assert!(leak(&format!("{text} bi-mat-mo-phong"), &secrets).is_some());
}
