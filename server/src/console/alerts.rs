//! What only whoever runs the server can mend: shown to everybody, settled by a manager.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::engine::InsuranceStatus;
use serde::Deserialize;
use uuid::Uuid;

use super::{Console, check::Id, failure::Failure, form, outbox, session::Staff, time};
use crate::{
    national::insurance::{Action, ResultCode, StaffWords},
    staff::Role,
    store::{Alert, SettleAlert},
};

/// An alert as pages show it.
pub(super) struct AlertView {
    pub(super) id: Uuid,
    pub(super) said: StaffWords,
    pub(super) mend: &'static str,
    pub(super) mend_english: &'static str,
    pub(super) since: String,
}

impl AlertView {
    fn new(alert: &Alert) -> Self {
        let (mend, mend_english) = mend(ResultCode::parse(&alert.code).map(ResultCode::action));
        Self {
            id: alert.id,
            said: StaffWords::of(&alert.code, InsuranceStatus::Unverified),
            mend,
            mend_english,
            since: time::moment(alert.since),
        }
    }
}

/// What whoever runs the server does.
const fn mend(action: Option<Action>) -> (&'static str, &'static str) {
    match action {
        Some(Action::OperatorAlert) => (
            "Sửa staff_name và staff_number trong [national.insurance] cho khớp danh sách cán bộ tra cứu của cổng, rồi khởi động lại máy chủ.",
            "Correct staff_name and staff_number under [national.insurance] to the officer in the register's list, and restart the server.",
        ),
        Some(Action::RenewToken) => (
            "Sửa user và password trong [national.insurance]: tài khoản có thể đã bị khóa hoặc đổi mật khẩu.",
            "Correct user and password under [national.insurance]: the account may be locked or its password changed.",
        ),
        _ => (
            "Lỗi của phần mềm này hoặc cổng đã đổi định dạng: báo nơi phát triển kèm mã.",
            "A fault of this software, or the register changed its format: tell its maintainers the code.",
        ),
    }
}

/// The alerts that nobody has settled.
pub(super) async fn open(console: &Console) -> Result<Vec<AlertView>, Failure> {
    Ok(console.store.alerts().await?.iter().map(AlertView::new).collect())
}

/// What was done.
#[derive(Deserialize)]
pub(super) struct Settling {
    #[serde(default)]
    reason: String,
}

/// `POST /staff/alerts/{alert}/settle`
pub(super) async fn settle(
    State(console): State<Console>,
    staff: Staff,
    Id(alert): Id,
    Form(form): Form<Settling>,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let mut faults = Vec::new();
    let Some(reason) = form::line(&form.reason, "Đã làm gì / What was done", &mut faults) else {
        return outbox::page(&console, &staff, faults).await;
    };
    let settling = SettleAlert { alert, decision: staff.decision(reason), at: console.clock.now() };
    console.store.settle_alert(settling).await?;
    Ok(Redirect::to("/staff/outbox").into_response())
}
