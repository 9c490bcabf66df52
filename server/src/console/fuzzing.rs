//! Fuzz targets: what a browser sends before anybody is known. What holds of an answer is asserted, so that a wrong one
//! is found as well as a panic.

use axum::http::{HeaderMap, HeaderValue, header};
use flows::TicketCode;

use super::session::{self, SIGNED_IN, local_page};
use crate::fuzzing::Target;

/// Every target, by its name and that of its corpus.
pub const TARGETS: &[(&str, Target)] =
    &[("cookies", cookies), ("page_after_sign_in", page_after_sign_in), ("ticket_code", ticket_code)];

/// The header `Cookie` (RFC 6265 section 5.4): a token is 64 hexadecimal digits or nothing.
fn cookies(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let headers = HeaderMap::from_iter([(header::COOKIE, value)]);
    drop(session::token(&headers, SIGNED_IN));
}

/// Where a page leads after somebody has signed in: never away from `/staff`.
fn page_after_sign_in(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(page) = local_page(text) {
        assert!(page.starts_with("/staff") && !page.contains("//") && !page.contains('\\'), "led away");
    }
}

/// The code in a ticket's address: what is read is what is written.
fn ticket_code(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(code) = text.parse::<TicketCode>() {
        assert_eq!(code.compact().parse::<TicketCode>().ok(), Some(code), "another code");
    }
}
