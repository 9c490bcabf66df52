//! The page that a person's own telephone comes back to from VNeID: that it is over, and not a word about anybody.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
    routing::get,
};
use tracing::error;

use crate::{
    national::vneid::Returned,
    session::{CALLBACK, Conversations, SignInEnd},
    waiting::{self, Limit},
};

struct Frame {
    station: String,
    simulated: bool,
}

#[derive(Template)]
#[template(path = "phone.html")]
struct Page {
    frame: Frame,
    title: &'static str,
    advice: &'static str,
    english: &'static str,
}

#[derive(Clone)]
struct Pages {
    conversations: Arc<Conversations>,
    limit: Arc<Limit>,
}

/// The page, under `/vneid/callback`.
pub fn router(conversations: Arc<Conversations>) -> Router {
    let limit = Arc::new(Limit::new(conversations.clock.clone()));
    let router = Router::new().route(CALLBACK, get(come_back)).with_state(Pages { conversations, limit });
    waiting::with_headers(router)
}

/// `GET /vneid/callback`
async fn come_back(
    State(pages): State<Pages>,
    headers: HeaderMap,
    returned: Result<Query<Returned>, QueryRejection>,
) -> Response {
    if let Some(seconds) = pages.limit.refuses(&headers) {
        let mut response = page(
            &pages,
            StatusCode::TOO_MANY_REQUESTS,
            "Xin chờ một chút rồi tải lại",
            "Trang được mở quá nhiều lần.",
            "The page was loaded too often. Please wait a moment.",
        );
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    let end = match returned {
        Ok(Query(returned)) => pages.conversations.end_sign_in(&returned).await,
        Err(_) => Ok(SignInEnd::Unknown),
    };
    match end {
        Ok(SignInEnd::Done) => {
            page(&pages, StatusCode::OK, "Xong, xin nhìn màn hình kiosk", "", "Done, look at the kiosk.")
        }
        Ok(SignInEnd::NotConfirmed) => page(
            &pages,
            StatusCode::UNPROCESSABLE_ENTITY,
            "Chưa đăng nhập được, xin nhìn màn hình kiosk",
            "Kiosk cho biết vì sao, và có thể dùng cách khác.",
            "You are not signed in. The kiosk says why and offers other ways.",
        ),
        Ok(SignInEnd::Unknown) => page(
            &pages,
            StatusCode::UNPROCESSABLE_ENTITY,
            "Lần đăng nhập này không còn dùng được",
            "Xin bắt đầu lại ở kiosk.",
            "This sign-in cannot be used any more. Begin again at the kiosk.",
        ),
        Err(fault) => {
            error!(%fault, "a sign-in could not be ended");
            page(
                &pages,
                StatusCode::SERVICE_UNAVAILABLE,
                "Chưa đăng nhập được",
                "Xin gọi nhân viên.",
                "You are not signed in. Please call staff.",
            )
        }
    }
}

fn page(
    pages: &Pages,
    status: StatusCode,
    title: &'static str,
    advice: &'static str,
    english: &'static str,
) -> Response {
    let Conversations { station, simulated, .. } = &*pages.conversations;
    let frame = Frame { station: station.name.vi.clone(), simulated: *simulated };
    match (Page { frame, title, advice, english }).render() {
        Ok(page) => (status, Html(page)).into_response(),
        Err(error) => {
            error!(%error, "a page cannot be made");
            (StatusCode::SERVICE_UNAVAILABLE, title).into_response()
        }
    }
}
