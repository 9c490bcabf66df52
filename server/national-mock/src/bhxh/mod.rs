//! `/bhxh/api/…`: the health-insurance register (cổng tiếp nhận BHXH).

mod check_in;
mod look_up;
mod tokens;
mod xml0;

use std::sync::Arc;

use axum::{Router, middleware::from_fn_with_state, routing::post};

pub(crate) use check_in::Receipts;
pub(crate) use tokens::Tokens;

use crate::{Mock, control::System, exchange::around};

/// The station and the member of staff that the simulated register knows. Made up, and in the open.
pub mod account {
    /// The station's account: `<maCSKCB>_BV`.
    pub const USER: &str = "01999_BV";
    /// The station's code (`maCSKCB`).
    pub const FACILITY: &str = "01999";
    /// The code of its province (`maTinh`).
    pub const PROVINCE: &str = "01";
    /// Its password; on the wire only its MD5 goes, in hexadecimal.
    pub const PASSWORD: &str = "mat-khau-mo-phong";
    /// The member of staff who may look cards up.
    pub const STAFF_NAME: &str = "Lê Thị Cán";
    /// That person's number.
    pub const STAFF_NUMBER: &str = "001180000099";
}

pub(crate) fn router(mock: &Arc<Mock>) -> Router {
    Router::new()
        .route("/api/token/take", post(tokens::take))
        .route("/api/egw/KQNhanLichSuKCB2024", post(look_up::look_up))
        .route("/api/qd130/checkInKcbQd4750", post(check_in::check_in))
        .route("/api/qd130/checkInKcbQd3176", post(check_in::check_in))
        .with_state(Arc::clone(mock))
        .layer(from_fn_with_state((Arc::clone(mock), System::Bhxh), around))
}
