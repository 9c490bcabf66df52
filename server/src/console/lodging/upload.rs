//! A place's own list of guests, read from an Excel or CSV file: first what is wrong in it, then drafts.

use askama::Template;
use axum::{
    Form,
    extract::{Multipart, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use flows::lodging::{Gap, LodgingPlace, local_day};
use flows::policy::Strength;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    super::{
        Console,
        failure::{Failure, html},
        session::Staff,
        time::moment,
    },
    Frame, Here, PLACES, path,
};
use crate::{
    national::lodging::files::{Import, RowFault, import},
    staff::Role,
    store::{Method, stays::NewStay},
};

/// A guest of the file, before anything is written.
struct RowView {
    row: usize,
    name: String,
    arrival: String,
    gaps: String,
}

/// What is wrong in a row.
struct FaultView {
    row: usize,
    column: String,
    words: &'static str,
    english: String,
}

/// What a file held: shown before anything is written.
struct DryRun {
    rows: Vec<RowView>,
    faults: Vec<FaultView>,
    /// The file, to be read again when the drafts are written.
    file: String,
}

#[derive(Template)]
#[template(path = "lodging/upload.html")]
struct Page {
    frame: Frame,
    read: Option<DryRun>,
    faults: Vec<String>,
}

fn page(
    console: &Console,
    staff: &Staff,
    place: &LodgingPlace,
    read: Option<DryRun>,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    html(status, &Page { frame: Frame::new(console, staff, place), read, faults })
}

/// `GET /lodging/{place}/import`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
) -> Result<Response, Failure> {
    staff.require(Role::LodgingOwner)?;
    page(&console, &staff, &place, None, Vec::new())
}

fn fault(found: &RowFault) -> FaultView {
    let column = found.column.map(|column| format!("{} ({})", column.letter(), column.header()));
    FaultView {
        row: found.row,
        column: column.unwrap_or_default(),
        words: found.fault.vietnamese(),
        english: found.fault.to_string(),
    }
}

fn dry_run(found: &Import, bytes: &[u8], place: &LodgingPlace, now: Timestamp) -> DryRun {
    let rows = found.drafts.iter().map(|(row, draft)| {
        let gaps = draft.declaration(place, local_day(now)).err().unwrap_or_default();
        let gaps: Vec<_> = gaps.into_iter().map(Gap::vietnamese).collect();
        RowView {
            row: *row,
            name: draft.full_name.clone().unwrap_or_default(),
            arrival: moment(draft.arrival),
            gaps: gaps.join("; "),
        }
    });
    DryRun {
        rows: rows.collect(),
        faults: found.faults.iter().map(fault).collect(),
        file: BASE64.encode(bytes),
    }
}

/// The file in a form; none where none was chosen.
async fn file(mut form: Multipart) -> Result<Option<Vec<u8>>, Failure> {
    while let Some(field) = form.next_field().await.map_err(|_| Failure::TooLarge)? {
        if field.name() == Some("file") {
            let bytes = field.bytes().await.map_err(|_| Failure::TooLarge)?;
            return Ok(Some(bytes.to_vec()).filter(|bytes| !bytes.is_empty()));
        }
    }
    Ok(None)
}

/// `POST /lodging/{place}/import`: reads the file and writes nothing.
pub(in crate::console) async fn read(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    form: Multipart,
) -> Result<Response, Failure> {
    staff.require(Role::LodgingOwner)?;
    let Some(bytes) = file(form).await? else {
        return page(&console, &staff, &place, None, vec!["Chưa chọn tệp (choose a file)".into()]);
    };
    match import::read(&bytes) {
        Ok(found) => {
            let dry_run = dry_run(&found, &bytes, &place, console.clock.now());
            page(&console, &staff, &place, Some(dry_run), Vec::new())
        }
        Err(error) => page(&console, &staff, &place, None, vec![format!("{} ({error})", error.vietnamese())]),
    }
}

/// The file as the page of the dry run sends it back.
#[derive(Deserialize)]
pub(in crate::console) struct Again {
    #[serde(default)]
    file: String,
}

/// `POST /lodging/{place}/import/record`: writes the guests of the file down as drafts.
pub(in crate::console) async fn record(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Form(again): Form<Again>,
) -> Result<Response, Failure> {
    staff.require(Role::LodgingOwner)?;
    let found = BASE64.decode(&again.file).ok().and_then(|bytes| import::read(&bytes).ok());
    let Some(found) = found else {
        return page(&console, &staff, &place, None, vec!["Chọn lại tệp (choose the file again)".into()]);
    };
    let now = console.clock.now();
    for (_, draft) in found.drafts {
        let stay = NewStay {
            place: place.id.clone(),
            path: path(&place),
            party: None,
            visit: None,
            draft,
            method: Method::ByHand,
            strength: Strength::StaticOrTyped,
            chip: None,
            submission: None,
            ready: false,
            by: Some(staff.decision("nạp danh sách khách".to_owned())),
            at: now,
        };
        // Who is there already is not written twice.
        console.store.record_stay(stay).await?;
    }
    console.stays_changed();
    Ok(Redirect::to(&format!("{PLACES}/{}", place.id)).into_response())
}
