//! The queue ticket. It carries no name, personal number, reason or insurance.

use serde::{Deserialize, Serialize};

use crate::Text;

/// What a queue ticket says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// The queue number as called out, such as `012`, or `U003` in the priority row.
    pub number: String,
    /// Where to wait.
    pub room: Text,
    /// Where it was issued: the station's name.
    pub station: Text,
    /// When it was issued (RFC 3339, with the offset of the place).
    pub issued_at: String,
    /// Whether the person is seen before others (Luật KCB 15/2023/QH15 Đ3 k2).
    pub priority: bool,
    /// Whether it was made with simulated data: it then says DỮ LIỆU MÔ PHỎNG.
    pub simulated: bool,
}
