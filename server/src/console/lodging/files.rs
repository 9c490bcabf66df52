//! Files that the owner takes to the police portal's pages, and what was counted there.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use flows::lodging::{Declaration, LodgingPlace, Path, State as Stands, local_day};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    super::{
        Console,
        failure::{Failure, html},
        session::Staff,
        time::moment,
    },
    Frame, Here, Named, PLACES,
    look::Look,
    view::StayView,
};
use crate::{
    national::lodging::{
        Catalogue,
        files::{excel, xml},
    },
    staff::Role,
    store::stays::{CountFile, Counted, FileKind, KeptFile, KeptStay, MakeFile, Which},
};

/// Guests of one kind, for one file.
struct Waiting {
    kind: &'static str,
    title: &'static str,
    english: &'static str,
    stays: Vec<StayView>,
}

/// A file that was made.
struct FileView {
    id: Uuid,
    kind: &'static str,
    rows: u32,
    counted: Option<u32>,
    at: String,
}

impl FileView {
    fn new(file: &KeptFile) -> Self {
        let kind = match file.kind {
            FileKind::Excel => "Excel",
            FileKind::Xml => "XML",
        };
        Self { id: file.id, kind, rows: file.rows, counted: file.counted, at: moment(file.at) }
    }
}

#[derive(Template)]
#[template(path = "lodging/files.html")]
struct Page {
    frame: Frame,
    waiting: Vec<Waiting>,
    files: Vec<FileView>,
    faults: Vec<String>,
}

/// What goes by file now, or is in one that nobody has counted: whole declarations alone.
async fn going(console: &Console, place: &LodgingPlace, now: Timestamp) -> Result<Vec<KeptStay>, Failure> {
    let owed = console.store.stays(&place.id, Which::Owed, now).await?;
    let by_file = |stay: &KeptStay| {
        let standing = stay.standing(now);
        let waits = matches!(standing.state(), Stands::Ready | Stands::Sent);
        waits && standing.path() == Path::File && declaration(stay, place, now).is_some()
    };
    Ok(owed.into_iter().filter(by_file).collect())
}

fn declaration(stay: &KeptStay, place: &LodgingPlace, now: Timestamp) -> Option<Declaration> {
    stay.draft.as_ref()?.declaration(place, local_day(now)).ok()
}

async fn page(
    console: &Console,
    staff: &Staff,
    place: &LodgingPlace,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let now = console.clock.now();
    let stays = going(console, place, now).await?;
    let ids: Vec<_> = stays.iter().map(|stay| stay.id).collect();
    console.note_look(staff, place, &ids, Look::List, None).await?;
    let (foreign, vietnamese): (Vec<_>, Vec<_>) = stays.iter().partition(|stay| stay.foreign);
    let views =
        |stays: Vec<&KeptStay>| stays.into_iter().map(|stay| StayView::new(stay, place, now)).collect();
    let waiting = vec![
        Waiting {
            kind: FileKind::Excel.as_str(),
            title: "Khách Việt Nam: tệp Excel",
            english: "Vietnamese guests: Excel",
            stays: views(vietnamese),
        },
        Waiting {
            kind: FileKind::Xml.as_str(),
            title: "Khách nước ngoài: tệp XML",
            english: "foreigners: XML",
            stays: views(foreign),
        },
    ];
    let files = console.store.stay_files(&place.id).await?;
    let files = files.iter().map(FileView::new).collect();
    html(status, &Page { frame: Frame::new(console, staff, place), waiting, files, faults })
}

/// `GET /lodging/{place}/files`
pub(in crate::console) async fn list(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
) -> Result<Response, Failure> {
    staff.require(Role::LodgingOwner)?;
    page(&console, &staff, &place, Vec::new()).await
}

/// A file's name, type and bytes.
struct Made {
    name: &'static str,
    media: &'static str,
    bytes: Vec<u8>,
}

/// Writes the file. Addresses go in words: the portal's lists of provinces and communes are not asked for.
fn write(
    kind: FileKind,
    guests: Vec<(Declaration, Option<Timestamp>)>,
    now: Timestamp,
    simulated: bool,
) -> Result<Made, Failure> {
    match kind {
        FileKind::Excel => {
            let guests: Vec<_> = guests.into_iter().map(|(declaration, _)| declaration).collect();
            let file =
                excel::write(&guests, &Catalogue::default(), now, simulated).map_err(Failure::NotAFile)?;
            Ok(Made {
                name: "tblt_vn_import.xlsx",
                media: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                bytes: file.bytes,
            })
        }
        FileKind::Xml => {
            let text = xml::write(&guests, simulated).map_err(Failure::NotAFile)?;
            Ok(Made {
                name: "khai_bao_tam_tru.xml",
                media: "application/xml",
                bytes: text.as_bytes().to_vec(),
            })
        }
    }
}

/// `POST /lodging/{place}/files`: the answer is the file. A stay is sent once for each guest.
pub(in crate::console) async fn make(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    staff.require(Role::LodgingOwner)?;
    let now = console.clock.now();
    let kind = match fields.iter().find(|(name, _)| name == "kind").map(|(_, kind)| kind.as_str()) {
        Some("excel") => FileKind::Excel,
        Some("xml") => FileKind::Xml,
        _ => {
            return page(&console, &staff, &place, vec!["Chưa chọn loại tệp (choose the file)".into()]).await;
        }
    };
    let ticked =
        fields.iter().filter(|(name, _)| name == "stay").filter_map(|(_, id)| Uuid::parse_str(id).ok());
    let ticked: BTreeSet<_> = ticked.collect();
    let mut stays = going(&console, &place, now).await?;
    stays.retain(|stay| ticked.contains(&stay.id) && stay.foreign == (kind == FileKind::Xml));
    // One that was ticked went elsewhere meanwhile: its owner looks again.
    if stays.len() != ticked.len() {
        return Err(Failure::StayChanged);
    }
    if stays.is_empty() {
        return page(&console, &staff, &place, vec!["Chưa chọn khách nào (choose a guest)".into()]).await;
    }
    let guests =
        stays.iter().filter_map(|stay| Some((declaration(stay, &place, now)?, stay.standing(now).left())));
    let made = write(kind, guests.collect(), now, console.simulated)?;
    let ids: Vec<_> = stays.iter().map(|stay| stay.id).collect();
    console.note_look(&staff, &place, &ids, Look::File, None).await?;
    let file = MakeFile {
        place: place.id.clone(),
        kind,
        stays: ids,
        sha256: Sha256::digest(&made.bytes).into(),
        by: staff.decision("lập tệp cho cổng thông báo lưu trú".to_owned()),
        at: now,
    };
    console.store.make_stay_file(file).await?;
    console.stays_changed();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(made.media));
    let disposition = format!("attachment; filename=\"{}\"", made.name);
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok((headers, made.bytes).into_response())
}

/// What was counted on the portal's page.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Count {
    counted: String,
}

/// `POST /lodging/{place}/files/{file}/count`
pub(in crate::console) async fn count(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Named(file): Named,
    Form(typed): Form<Count>,
) -> Result<Response, Failure> {
    staff.require(Role::LodgingOwner)?;
    if !console.store.stay_files(&place.id).await?.iter().any(|kept| kept.id == file) {
        return Err(Failure::NotFound);
    }
    let Ok(counted) = typed.counted.trim().parse() else {
        let fault = "Đã đếm được bao nhiêu: gõ một số, không có thì gõ 0 (type a number)";
        return page(&console, &staff, &place, vec![fault.into()]).await;
    };
    let by = staff.decision("đã đếm trên cổng thông báo lưu trú".to_owned());
    let count = CountFile { file, counted, by, at: console.clock.now() };
    match console.store.count_stay_file(count).await? {
        Counted::All => {
            console.stays_changed();
            Ok(Redirect::to(&format!("{PLACES}/{}/files", place.id)).into_response())
        }
        Counted::Differs { rows } => page(&console, &staff, &place, vec![difference(rows, counted)]).await,
    }
}

/// Why a count that differs accepts nobody.
fn difference(rows: u32, counted: u32) -> String {
    let advice = if counted < rows {
        "cổng báo “thành công” cả khi bỏ qua dòng sai. Tìm khách còn thiếu trên trang của cổng, đính chính rồi lập tệp mới cho họ"
    } else {
        "có khách được nạp hai lần hoặc đã khai trước đó. Xóa dòng thừa trên trang của cổng rồi đếm lại"
    };
    format!(
        "Tệp có {rows} khách, trên cổng đếm được {counted}: chưa ai được ghi là đã nhận; {advice} (the file has {rows}, the portal shows {counted}: nobody counts as accepted)"
    )
}
