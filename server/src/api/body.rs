//! Reading and writing JSON bodies, with problems that never quote what was sent.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, header::CONTENT_TYPE},
};
use serde::de::DeserializeOwned;

use crate::api::problem::{Failure, Kind};

/// Most bytes in a body. The files of a card with a 100 kB photo are about 200 kB in base64.
pub const BODY_LIMIT: usize = 1 << 20;

/// A JSON body.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        if !says_json(request.headers()) {
            return Err(Kind::MediaTypeUnsupported.into());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| body_fault(&error))?;
        parse(&bytes).map(Self)
    }
}

/// Why a body could not be taken in.
pub fn body_fault(error: &BytesRejection) -> Failure {
    if error.status() == Kind::BodyTooLarge.status() { Kind::BodyTooLarge } else { Kind::BodyIncomplete }
        .into()
}

fn says_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| {
        // The parser's own message would quote the value that it did not like.
        Failure::with_detail(
            Kind::BodyMalformed,
            format!(
                "It stops fitting the schema in /openapi.json at line {}, column {}.",
                error.line(),
                error.column()
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_about_json_does_not_quote_a_name() {
        let failure = parse::<u8>("\"Nguyễn Thị Hoà\"".as_bytes()).unwrap_err();
        assert!(!format!("{failure:?}").contains("Nguy"), "{failure:?}");
    }
}
