//! The staff's side of the desk: the server's pages, as a browser sends and reads them.

use std::io;

use serde_json::Value;

use crate::world::World;

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Lê Thị Cán of the seeds: her account, and what her device shares with the server.
const USER: (&str, &str) = ("le.thi.can", "tram y te xa Mau 2026");
const DEVICE: &str = "MOPHONGMOPHONGMOPHONGMOPHONGMOPH";

/// A member of staff's browser: its cookie, and what its forms carry.
#[derive(Debug, Clone)]
pub struct SignedIn {
    cookie: String,
    csrf: String,
}

/// The code that a device with this secret (base 32) shows at `seconds` since 1970, `steps` of 30 seconds later.
///
/// # Errors
/// Where the secret is none.
pub fn one_time_code(secret: &str, seconds: i64, steps: i64) -> io::Result<String> {
    let secret = totp_rs::Secret::try_from_base32(secret).map_err(|_| wrong("not a secret in base 32"))?;
    let device = totp_rs::Builder::new().with_secret(secret).build().map_err(io::Error::other)?;
    let seconds = u64::try_from(seconds + 30 * steps).map_err(io::Error::other)?;
    Ok(device.generate(seconds).to_string())
}

fn agent() -> ureq::Agent {
    // What is refused, or leads elsewhere, is for the caller to look at.
    ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build().into()
}

fn set_cookie(response: &ureq::http::Response<ureq::Body>, name: &str) -> Option<String> {
    let cookies = response.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let pairs = cookies.filter_map(|cookie| cookie.split(';').next());
    pairs
        .map(str::to_owned)
        .find(|pair| pair.split_once('=').is_some_and(|(found, value)| found == name && !value.is_empty()))
}

/// Signs Lê Thị Cán in with her password and the code that her device shows.
///
/// # Errors
/// Where the server refuses.
pub fn sign_in(world: &World) -> io::Result<SignedIn> {
    let server = world.server_address()?;
    let send = |path: &str, cookie: &str, form: &[(&str, &str)]| {
        let request =
            agent().post(format!("{server}{path}")).header("Origin", server).header("Cookie", cookie);
        request.send_form(form.iter().copied()).map_err(io::Error::other)
    };
    let passed = send("/staff/sign-in", "", &[("user_name", USER.0), ("password", USER.1)])?;
    let halfway = set_cookie(&passed, "staff-step").ok_or_else(|| wrong("the password was refused"))?;
    // A code counts once: whoever signed in a moment ago takes the next one, which is taken early.
    for steps in [0, 1] {
        let code = one_time_code(DEVICE, world.now()?.as_second(), steps)?;
        let entered = send("/staff/sign-in/code", &halfway, &[("code", &code)])?;
        let Some(cookie) = set_cookie(&entered, "staff") else { continue };
        let page = get(server, "/staff", &cookie)?;
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.get(..64));
        let csrf = csrf.ok_or_else(|| wrong("no form on the staff's page"))?.to_owned();
        return Ok(SignedIn { cookie, csrf });
    }
    Err(wrong("the one-time code was refused"))
}

fn get(server: &str, path: &str, cookie: &str) -> io::Result<String> {
    let request = agent().get(format!("{server}{path}")).header("Cookie", cookie);
    let mut response = request.call().map_err(io::Error::other)?;
    if !response.status().is_success() {
        return Err(wrong(&format!("the staff's page answers {}", response.status())));
    }
    response.body_mut().read_to_string().map_err(io::Error::other)
}

/// A page of the server, as the member of staff sees it who signed in to this world.
///
/// # Errors
/// Where it does not come.
pub fn page(world: &World, path: &str) -> io::Result<String> {
    get(world.server_address()?, path, &world.signed_in()?.cookie)
}

/// Sends a form of that member of staff.
///
/// # Errors
/// Where it is refused.
pub fn send(world: &World, path: &str, form: &[(&str, &str)]) -> io::Result<()> {
    let (server, staff) = (world.server_address()?, world.signed_in()?);
    let fields = form.iter().copied().chain([("csrf", staff.csrf.as_str())]);
    let request =
        agent().post(format!("{server}{path}")).header("Origin", server).header("Cookie", &staff.cookie);
    let response = request.send_form(fields).map_err(io::Error::other)?;
    if response.status().is_client_error() || response.status().is_server_error() {
        return Err(wrong(&format!("the form is answered with {}", response.status())));
    }
    Ok(())
}

/// A visit as a file, `record` or `fhir`: the member of staff says why, and for whom.
///
/// # Errors
/// Where it is refused.
pub fn export(world: &World, visit: &str, file: &str) -> io::Result<String> {
    let form = [("reason", "Đối chiếu dữ liệu mô phỏng"), ("recipient", "Trạm y tế xã Mẫu"), ("file", file)];
    send(world, &format!("/staff/visits/{visit}/export"), &form)?;
    page(world, &format!("/staff/visits/{visit}/{file}.json"))
}

/// The ids of the records that a page links to under `prefix`.
fn linked(page: &str, prefix: &str) -> Vec<String> {
    let start = format!("href=\"{prefix}/");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// The ids of the open calls, the oldest first.
///
/// # Errors
/// Where the page does not come.
pub fn open_calls(world: &World) -> io::Result<Vec<String>> {
    Ok(linked(&page(world, "/staff")?, "/staff/calls"))
}

/// The records of the day's visits, the latest first.
///
/// # Errors
/// Where a page does not come.
pub fn visits(world: &World) -> io::Result<Vec<Value>> {
    let ids = linked(&page(world, "/staff/visits")?, "/staff/visits");
    ids.iter().map(|id| Ok(serde_json::from_str(&export(world, id, "record")?)?)).collect()
}

/// The visit with this queue number.
///
/// # Errors
/// Where there is none.
pub fn visit_with_number(world: &World, number: &str) -> io::Result<Value> {
    let found = |visit: &Value| visit.get("number").and_then(Value::as_str) == Some(number);
    let visit = visits(world)?.into_iter().find(found);
    visit.ok_or_else(|| wrong(&format!("no check-in with number {number} was recorded")))
}

/// Admits a patient by hand (NHAP_TAY) on the oldest open call.
///
/// # Errors
/// Where nobody calls or the form is refused.
pub fn admit_by_hand(world: &World, full_name: &str) -> io::Result<()> {
    let calls = open_calls(world)?;
    let call = calls.first().ok_or_else(|| wrong("no call for staff is open"))?;
    let form = [
        ("reason", "Đã xem thẻ và người"),
        ("full_name", full_name),
        ("number", ""),
        ("birth", "1990"),
        ("sex", "male"),
        ("where_to", "illness/p1"),
    ];
    send(world, &format!("/staff/calls/{call}/admit"), &form)
}

/// Receives a patient without a document by hand.
///
/// # Errors
/// Where the form is refused.
pub fn receive_by_hand(world: &World, full_name: &str) -> io::Result<()> {
    let form = [
        ("occasion", "no_document"),
        ("reason", "Quên giấy tờ"),
        ("full_name", full_name),
        ("birth", "1990"),
        ("sex", "male"),
        ("where_to", "illness/p1"),
    ];
    send(world, "/staff/reception", &form)
}
