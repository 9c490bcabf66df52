//! What stands around every operation: a log line without content, a time limit, and a net under panics.

use std::{any::Any, time::Duration};

use axum::{
    extract::{MatchedPath, Request, State},
    http::Response as HttpResponse,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tracing::{error, info};

use crate::{
    api::problem::{Failure, Kind},
    clock::Clock,
};

/// Longest time for one call. The national systems' own limits lie below it.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Writes one line about each call: the route's pattern, never the address itself, a header or a body.
pub async fn log(State(clock): State<Clock>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let begun = clock.now();
    let response = next.run(request).await;
    info!(
        %method,
        route = route.as_ref().map_or("none", MatchedPath::as_str),
        status = response.status().as_u16(),
        code = response.extensions().get::<Kind>().map_or("", |kind| kind.code()),
        milliseconds = begun.duration_until(clock.now()).as_millis(),
        "answered"
    );
    response
}

/// Ends a call that takes longer than `limit`. What it had handed to the store is still done, once.
pub async fn limit_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Kind::TimedOut.into_response(),
    }
}

/// Turns a panic into a problem. The panic's own words stay out of the answer and of the log: they may quote data.
pub fn panicked(_panic: Box<dyn Any + Send>) -> HttpResponse<axum::body::Body> {
    error!("a call panicked");
    Kind::Internal.into_response()
}

/// The answer where no route fits.
pub fn not_found() -> impl Future<Output = Failure> {
    std::future::ready(Kind::NotFound.into())
}

/// The answer where the route takes other methods.
pub fn method_not_allowed() -> impl Future<Output = Failure> {
    std::future::ready(Kind::MethodNotAllowed.into())
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::Request, middleware, routing::get};
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    async fn answer(router: Router) -> Kind {
        let request = Request::get("/").body(Body::empty()).unwrap();
        *router.oneshot(request).await.unwrap().extensions().get::<Kind>().unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_and_not_a_broken_connection() {
        async fn fails() -> &'static str {
            panic!("Nguyễn Thị Hoà")
        }
        let router = Router::new().route("/", get(fails)).layer(CatchPanicLayer::custom(panicked));
        assert_eq!(answer(router).await, Kind::Internal);
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let router = Router::new()
            .route("/", get(std::future::pending::<&'static str>))
            .layer(middleware::from_fn_with_state(Duration::ZERO, limit_time));
        assert_eq!(answer(router).await, Kind::TimedOut);
    }
}
