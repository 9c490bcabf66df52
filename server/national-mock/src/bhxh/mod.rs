//! `/bhxh/api/…`: the health-insurance register (cổng tiếp nhận BHXH).

mod look_up;
mod tokens;

use std::sync::Arc;

use axum::{Router, middleware::from_fn_with_state, routing::post};

pub(crate) use tokens::Tokens;

use crate::{Mock, control::System, exchange::around};

/// The station and the member of staff that the simulated register knows. Made up, and in the open.
pub mod account {
    /// The station's account: `<maCSKCB>_BV`.
    pub const USER: &str = "01999_BV";
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
        .with_state(Arc::clone(mock))
        .layer(from_fn_with_state((Arc::clone(mock), System::Bhxh), around))
}
