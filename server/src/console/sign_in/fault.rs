//! What a form of the pages that sign in brought that cannot be taken.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use jiff::Timestamp;

use crate::console::failure::Failure;

/// What a form of these pages brought that cannot be taken.
#[derive(Clone, Copy)]
pub(in crate::console) enum Fault {
    None,
    Wrong,
    WrongCode,
    TimedOut,
    Expired,
    Differ,
    Wait { minutes: i64 },
    Password(crate::staff::PasswordFault),
}

impl Fault {
    pub(in crate::console) fn words(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Wrong => "Tên đăng nhập hoặc mật khẩu không đúng (wrong user name or password)".into(),
            Self::WrongCode => {
                "Mã không đúng, hoặc đã dùng rồi. Xin chờ mã mới (wrong code, or used before)".into()
            }
            Self::TimedOut => {
                "Đã tự đăng xuất sau 15 phút không dùng. Xin đăng nhập lại (signed out after 15 idle minutes)"
                    .into()
            }
            Self::Expired => "Đã quá giờ, xin đăng nhập lại từ đầu (took too long: begin again)".into(),
            Self::Differ => "Hai lần gõ mật khẩu không giống nhau (the two passwords differ)".into(),
            Self::Wait { minutes } => {
                format!(
                    "Sai nhiều lần. Xin thử lại sau {minutes} phút (too many failures: wait {minutes} min)"
                )
            }
            Self::Password(fault) => fault.words().into(),
        }
    }

    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::None | Self::TimedOut => StatusCode::OK,
            Self::Wait { .. } => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// Whole minutes from `at` until `until`, at least one.
fn wait(until: Timestamp, at: Timestamp) -> Fault {
    Fault::Wait { minutes: (at.duration_until(until).as_secs().max(1) + 59) / 60 }
}

/// A page that says how long to wait, to people and to programs.
pub(super) fn held_up(
    until: Timestamp,
    at: Timestamp,
    page: impl FnOnce(Fault) -> Result<Response, Failure>,
) -> Result<Response, Failure> {
    let mut response = page(wait(until, at))?;
    let seconds = at.duration_until(until).as_secs().max(1);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Ok(response)
}
