//! `POST /client-service/kbtt-vn/kbtt-3th/doi-ngay-tra-phong`: guests who stay longer (`GH`) or left early (`TS`).
//!
//! Stand-ins: the words of its refusals, that an extension ends after the declared departure, and that what is right in a
//! list with something wrong is not done either.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde_json::Value;

use super::{
    declare::{call, local},
    done,
    fields::{CHANGE, Fields},
    refused, rules,
};
use crate::Mock;

pub(super) async fn change(
    State(mock): State<Arc<Mock>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    respond(&mock, &headers, &body)
}

pub(super) fn respond(mock: &Mock, headers: &HeaderMap, body: &[u8]) -> (StatusCode, Json<Value>) {
    let (place, list) = match call(mock, headers, body) {
        Ok(call) => call,
        Err(answer) => return answer,
    };
    let now = local(mock);
    let mut faults = Vec::new();
    // First everything is looked at, then, where nothing is wrong, everything is done.
    for done in [false, true] {
        for (index, value) in list.iter().enumerate() {
            let (fields, mut found) = Fields::read(value, CHANGE);
            if let (Some(fields), true) = (fields, found.is_empty()) {
                let document = (fields.number("loaiGiayTo"), fields.text("soGiayTo"));
                let until = fields.moment("thoiGianStr");
                let extends = fields.text("loai") == "GH";
                if extends && until.is_none() {
                    found.push("Thiếu trường bắt buộc: thoiGianStr".to_owned());
                } else if let Some(fault) = rules::number(document.0, document.1) {
                    found.push(fault.to_owned());
                } else {
                    let fault = mock.stays.change(&place, document, now, |stay| {
                        if let Some(until) = until.filter(|_| extends) {
                            if until <= stay.departure {
                                return Some("Thời gian gia hạn phải sau ngày đi dự kiến");
                            }
                            stay.departure = if done { until } else { stay.departure };
                        } else if done {
                            stay.left = Some(now);
                        }
                        None
                    });
                    found.extend(fault.map(str::to_owned));
                }
            }
            faults.extend(found.into_iter().map(|fault| (index, fault)));
        }
        if !faults.is_empty() {
            return refused(&faults);
        }
    }
    done(&Value::Null)
}
