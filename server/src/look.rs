//! What all pages share: the letters (Be Vietnam Pro, SIL Open Font License 1.1) and the base of their styles.

use axum::{
    Router,
    http::{HeaderName, header},
    routing::get,
};

/// The base of every style sheet.
macro_rules! style {
    ($own:literal) => {
        concat!(include_str!("../look/base.css"), include_str!($own))
    };
}
pub(crate) use style;

/// A file that does not change while the server runs, with its type and how long a browser keeps it.
type Asset = ([(HeaderName, &'static str); 3], &'static [u8]);

fn font(bytes: &'static [u8]) -> Asset {
    let headers = [
        (header::CONTENT_TYPE, "font/ttf"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, bytes)
}

async fn medium() -> Asset {
    font(include_bytes!("../../kiosk/assets/fonts/BeVietnamPro_500Medium.ttf"))
}

async fn bold() -> Asset {
    font(include_bytes!("../../kiosk/assets/fonts/BeVietnamPro_700Bold.ttf"))
}

/// The letters, under `/fonts`.
pub fn router() -> Router {
    Router::new().route("/fonts/medium.ttf", get(medium)).route("/fonts/bold.ttf", get(bold))
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn letters_are_fonts_that_a_browser_keeps() {
        for name in ["medium", "bold"] {
            let request = Request::get(format!("/fonts/{name}.ttf")).body(Body::empty()).unwrap();
            let answer = router().oneshot(request).await.unwrap();
            assert_eq!(answer.headers()[header::CONTENT_TYPE], "font/ttf");
            let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
            assert_eq!(bytes.get(..4), Some(&[0, 1, 0, 0][..]), "{name} is no TrueType font");
        }
    }
}
