//! `POST /lodging/control/import?account=…`: the upload of `tblt_vn_import.xlsx` on the portal's page.
//!
//! As real uploads showed: columns count by position, row 4 is skipped by position, data begin in row 5, and the page says
//! "success" whatever it took, nothing included. How many are there now, which a person counts on the page, says
//! `GET /control/lodging/{account}`.

use std::{io::Cursor, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    http::StatusCode,
};
use calamine::{Data, Reader as _, Xlsx};
use jiff::civil::{Date, DateTime, Time};
use serde::Deserialize;
use serde_json::Value;

use super::{account, declare::local, done, rules, stays::Stay};
use crate::Mock;

/// The first row of guests, from 0.
const FIRST: usize = 4;

#[derive(Deserialize)]
pub(super) struct Account {
    account: String,
}

pub(super) async fn upload(
    State(mock): State<Arc<Mock>>,
    Query(Account { account }): Query<Account>,
    file: Bytes,
) -> (StatusCode, Json<Value>) {
    let now = local(&mock);
    for row in rows(&file) {
        let Some(stay) = stay(&row, &account, now.date()) else { continue };
        if mock.stays.conflict(&stay, now).is_none() {
            mock.stays.add(&account, vec![stay]);
        }
    }
    done(&Value::Null)
}

/// The cells of the rows from the fifth on, as text.
fn rows(file: &[u8]) -> Vec<Vec<String>> {
    let range = Xlsx::new(Cursor::new(file)).ok().and_then(|mut book: Xlsx<_>| {
        let name = book.sheet_names().first()?.clone();
        book.worksheet_range(&name).ok()
    });
    let Some(range) = range else { return Vec::new() };
    // The range begins where the first cell is.
    let skipped = range.start().map_or(0, |(row, _)| FIRST.saturating_sub(row as usize));
    let text = |cell: &Data| match cell {
        Data::String(text) => text.trim().to_owned(),
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        _ => String::new(),
    };
    range.rows().skip(skipped).map(|row| row.iter().map(text).collect()).collect()
}

/// The stay in a row; none where the page would not take it. Why, it does not say.
fn stay(row: &[String], account: &str, today: Date) -> Option<Stay> {
    let cell = |place: usize| row.get(place).map_or("", String::as_str);
    let code = |place: usize| cell(place).split_once(" - ").map_or("", |(code, _)| code);
    let (name, birth, number) = (cell(1), cell(2), cell(7));
    let kind: u64 = code(5).parse().ok()?;
    let reason: u64 = code(16).parse().ok()?;
    let wants_room = account::PLACES.iter().any(|(place, room)| *place == account && *room);
    let (arrival, departure) = (day(cell(13))?, day(cell(14))?);
    let whole = !name.is_empty()
        && day(birth).is_some()
        && matches!(cell(3), "M - Nam" | "F - Nữ")
        && cell(4) == "VNM - Viet Nam"
        && (1..=9).contains(&kind)
        && (kind != 9 || !cell(6).is_empty())
        && !number.is_empty()
        && rules::number(kind, number).is_none()
        && (1..=20).contains(&reason)
        && (reason != 20 || !cell(17).is_empty())
        && (!wants_room || !cell(15).is_empty())
        // The interface's window is not the page's: how far back it reaches is not known.
        && arrival <= today
        && departure >= arrival;
    whole.then(|| Stay {
        number: number.to_uppercase(),
        kind,
        arrival: arrival.to_datetime(Time::midnight()),
        departure: DateTime::from_parts(departure, Time::MAX),
        left: None,
    })
}

fn day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| Date::strptime("%d/%m/%Y", text).ok()).flatten()
}
