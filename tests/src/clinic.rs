//! The software of the station: it reports the first cost of a visit, as a clinic information system does.

use std::{io, time::Duration};

use serde_json::{Value, json};

use crate::{signed::CLINIC, world::World};

/// How long the server may take to deliver a message that nothing holds up.
const DELIVERY: Duration = Duration::from_secs(20);

fn wrong(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}

/// Reports the examination fee of `visit`. Returns what the server answers.
///
/// # Errors
/// Where the server refuses it.
pub fn report_examination_fee(world: &World, visit: &str) -> io::Result<Value> {
    let body = json!({
        "care_kind": "01",
        "patient_group": "1.2",
        "service": { "code": "02.1896", "name": "Khám Nội" },
        "ordered_at": world.now()?.to_string(),
    });
    CLINIC.post(world, &format!("/v1/visits/{visit}/first-cost"), &body)
}

/// Waits until nothing is on its way to a national system.
///
/// # Errors
/// Where something still is after twenty seconds.
pub fn wait_until_delivered(world: &World) -> io::Result<()> {
    const PAUSE: Duration = Duration::from_millis(100);
    for _ in 0..DELIVERY.as_millis() / PAUSE.as_millis() {
        let url = format!("{}/healthz", world.server_address()?);
        let mut response = ureq::get(url).call().map_err(io::Error::other)?;
        let health: Value = response.body_mut().read_json().map_err(io::Error::other)?;
        if health.pointer("/outbox/waiting").and_then(Value::as_u64) == Some(0) {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    Err(wrong("a message is still on its way to a national system"))
}
