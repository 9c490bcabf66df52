//! That the police were told by telephone or in person, of several guests at once.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use uuid::Uuid;

use super::{
    super::{Console, failure::Failure, form, session::Staff},
    Here, PLACES, tonight,
};
use crate::store::stays::{TellPolice, Told, ToldHow};

/// The fields of the form: a stay is sent once for each guest.
type Fields = Vec<(String, String)>;

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
}

/// `POST /lodging/{place}/told`
pub(in crate::console) async fn tell(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let mut faults = Vec::new();
    let whom = form::line(field(&fields, "whom"), "Đã báo ai / Whom", &mut faults);
    let how = match field(&fields, "how") {
        "telephone" => Some(ToldHow::Telephone),
        "in_person" => Some(ToldHow::InPerson),
        _ => None,
    };
    if how.is_none() {
        faults.push("Bằng cách nào: chưa chọn (choose how)".into());
    }
    let mut stays = Vec::new();
    for (_, id) in fields.iter().filter(|(name, _)| name == "stay") {
        let id = Uuid::parse_str(id).map_err(|_| Failure::NotFound)?;
        stays.push(console.stay_at(&place, id).await?.id);
    }
    if stays.is_empty() {
        faults.push("Chưa chọn khách nào (choose a guest)".into());
    }
    let (Some(whom), Some(how), false) = (whom, how, stays.is_empty()) else {
        return tonight::page(&console, &staff, &place, faults).await;
    };
    let by = staff.decision("đã báo công an".to_owned());
    let telling = TellPolice { stays, told: Told { whom, how }, by, at: console.clock.now() };
    console.store.tell_police(telling).await?;
    console.stays_changed();
    Ok(Redirect::to(&format!("{PLACES}/{}", place.id)).into_response())
}
