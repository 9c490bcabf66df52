//! The staff's side of the desk: the server's pages, as a browser sends and reads them.

use std::io;

use serde_json::Value;

use crate::world::World;

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// A page of the server.
///
/// # Errors
/// Where it does not come.
pub fn page(world: &World, path: &str) -> io::Result<String> {
    let mut response =
        ureq::get(format!("{}{path}", world.server_address()?)).call().map_err(io::Error::other)?;
    response.body_mut().read_to_string().map_err(io::Error::other)
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
    ids.iter()
        .map(|id| Ok(serde_json::from_str(&page(world, &format!("/staff/visits/{id}/record.json"))?)?))
        .collect()
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
    let server = world.server_address()?;
    let form = [
        ("staff", "Lê Thị Cán"),
        ("reason", "Đã xem thẻ và người"),
        ("full_name", full_name),
        ("number", ""),
        ("birth_year", "1990"),
        ("sex", "male"),
        ("where_to", "illness/p1"),
    ];
    ureq::post(format!("{server}/staff/calls/{call}/admit"))
        .header("Origin", server)
        .send_form(form)
        .map(|_| ())
        .map_err(io::Error::other)
}
