//! How often one source may ask.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{Quota, RateLimiter, clock::Clock as _, nanos::Nanos, state::keyed::HashMapStateStore};

use super::failure::Failure;
use crate::clock::Clock;

/// Requests of one source in a row, and in each minute after that. A page that loads itself needs six a minute.
const BURST: u32 = 60;
const PER_MINUTE: u32 = 120;
/// Sources remembered before those are forgotten who may ask again anyway.
const REMEMBERED: usize = 10_000;

/// The server's clock, as the limiter wants it.
#[derive(Clone)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let since = u64::try_from(self.0.now().as_nanosecond());
        Nanos::new(since.unwrap_or_default())
    }
}

type Limiter =
    RateLimiter<IpAddr, HashMapStateStore<IpAddr>, Ticks, governor::middleware::NoOpMiddleware<Nanos>>;

/// Counts requests by source.
pub(crate) struct Limit(Limiter);

impl Limit {
    pub(crate) fn new(clock: Clock) -> Self {
        let number = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(number(PER_MINUTE)).allow_burst(number(BURST));
        Self(RateLimiter::hashmap_with_clock(quota, Ticks(clock)))
    }

    /// Seconds to wait, where whoever sent these headers asked too often.
    pub(crate) fn refuses(&self, headers: &HeaderMap) -> Option<u64> {
        self.refused(source(headers))
    }

    /// Seconds to wait, where it was too often.
    fn refused(&self, source: IpAddr) -> Option<u64> {
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        let not_until = self.0.check_key(&source).err()?;
        Some(not_until.wait_time_from(self.0.clock().now()).as_secs() + 1)
    }
}

/// Who asks. The server answers this machine alone, so that others come through a proxy on it: what it wrote last says
/// who it was. Of IPv6 the network counts, which is one household's.
fn source(headers: &HeaderMap) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    match last {
        Some(IpAddr::V6(address)) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        Some(address) => address,
        None => IpAddr::V4(Ipv4Addr::LOCALHOST),
    }
}

/// Refuses who asks too often.
pub(super) async fn each_source(State(limit): State<Arc<Limit>>, request: Request, next: Next) -> Response {
    match limit.refuses(request.headers()) {
        Some(seconds) => Failure::TooOften(seconds).into_response(),
        None => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use jiff::Timestamp;

    use super::*;

    #[test]
    fn one_source_that_asks_too_often_waits_and_the_others_do_not() {
        let seconds = Arc::new(AtomicI64::new(1_800_000_000));
        let shown = Arc::clone(&seconds);
        let limit = Limit::new(Clock::new(move || Timestamp::new(shown.load(Ordering::Relaxed), 0).unwrap()));
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for _ in 0..BURST {
            assert_eq!(limit.refused(one), None);
        }
        assert_eq!(limit.refused(one), Some(1));
        assert_eq!(limit.refused(other), None);
        seconds.fetch_add(1, Ordering::Relaxed);
        assert_eq!((limit.refused(one), limit.refused(one)), (None, None));
        assert!(limit.refused(one).is_some());
    }

    #[test]
    fn the_source_is_the_one_that_the_proxy_named_last() {
        let headers = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", text.parse().unwrap());
            headers
        };
        assert_eq!(source(&headers("10.0.0.9, 192.0.2.7")), IpAddr::from([192, 0, 2, 7]));
        let network: IpAddr = "2001:db8:1:2::".parse().unwrap();
        assert_eq!(source(&headers("2001:db8:1:2:3:4:5:6")), network);
        assert_eq!(source(&headers("nobody")), IpAddr::V4(Ipv4Addr::LOCALHOST));
        assert_eq!(source(&HeaderMap::new()), IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
}
