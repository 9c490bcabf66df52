//! A page for what went wrong.

use askama::Template;
use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use super::{Frame, Pages};
use crate::store::StoreError;

/// Why there is no page.
#[derive(Debug)]
pub(super) enum Failure {
    /// No such ticket today: one that never was, another day's, or not even a code. They look alike.
    NoSuchTicket,
    /// No such room.
    NotFound,
    /// Asked too often; seconds to wait.
    TooOften(u64),
    /// As many boards listen as may.
    TooMany,
    /// The store failed.
    Store(StoreError),
    /// The page could not be made.
    Page(askama::Error),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What a failure's page says.
#[derive(Clone, Copy)]
struct Words {
    title: &'static str,
    advice: &'static str,
    english: &'static str,
}

#[derive(Template)]
#[template(path = "waiting-failure.html")]
struct Page {
    frame: Frame,
    words: Words,
}

impl Failure {
    fn words(&self) -> (StatusCode, Words) {
        let words = |title, advice, english| Words { title, advice, english };
        match self {
            Self::NoSuchTicket => (
                StatusCode::NOT_FOUND,
                words(
                    "Mã này không dùng được",
                    "Mã trên phiếu chỉ dùng trong ngày phát phiếu. Xin hỏi nhân viên.",
                    "This code cannot be used: a ticket's code is good on its day only. Please ask staff.",
                ),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                words("Không có trang này", "Mở lại bảng gọi số.", "There is nothing at this address."),
            ),
            Self::TooOften(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                words(
                    "Xin chờ một chút rồi tải lại",
                    "Trang được mở quá nhiều lần.",
                    "The page was loaded too often. Please wait a moment.",
                ),
            ),
            Self::TooMany | Self::Store(_) | Self::Page(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                words(
                    "Chưa xem được, xin thử lại",
                    "Số của ông/bà vẫn giữ nguyên.",
                    "This cannot be shown now. Your number stays as it is.",
                ),
            ),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match &self {
            Self::Store(error) => {
                tracing::error!(error = error as &dyn std::error::Error, "a page for those who wait failed");
            }
            Self::Page(error) => tracing::error!(%error, "a page for those who wait cannot be made"),
            _ => {}
        }
        let (status, words) = self.words();
        let mut response = (status, Extension(words), words.title).into_response();
        let wait = match self {
            Self::TooOften(seconds) => Some(seconds),
            Self::TooMany => Some(10),
            _ => None,
        };
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Puts the page around a failure's words.
pub(super) async fn with_page(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(words) = response.extensions().get::<Words>().copied() else { return response };
    let (mut head, body) = response.into_parts();
    match (Page { frame: pages.frame(), words }).render() {
        Ok(page) => {
            head.headers.remove(header::CONTENT_LENGTH);
            head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            Response::from_parts(head, page.into())
        }
        Err(_) => Response::from_parts(head, body),
    }
}

/// The page made from `template`.
pub(super) fn html(template: &impl Template) -> Result<Response, Failure> {
    Ok(Html(template.render().map_err(Failure::Page)?).into_response())
}
