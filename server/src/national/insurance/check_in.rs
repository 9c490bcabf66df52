//! The CHECK-IN message (bảng chỉ tiêu trạng thái khám chữa bệnh, QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT): how it is sent, and
//! what comes back.

mod codes;
mod document;
mod signer;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use identity::SecretBytes;
use jiff::Timestamp;

pub use codes::{CareKind, PatientGroup};
pub use document::{CheckInDocument, DocumentFault, FieldFault, Item, Ward};
pub use signer::{FacilitySigner, SignatureFiles, SignatureFilesError, SignerError, Unsigned, XmlSignature};

use crate::national::NationalError;

/// Where CHECK-IN messages go: the health-insurance register.
#[async_trait]
pub trait CheckInChannel: Send + Sync {
    /// Sends the document `xml0` (UTF-8 XML, `CHI_TIEU_TRANG_THAI_KCB`), due right after the first cost of a visit
    /// (QĐ 4750 Điều 2).
    ///
    /// May be called again with the same document whatever went wrong before: the register knows a visit by its
    /// `MA_LK`. (That it then gives the first receipt once more is the simulated register's way; the real one's is not
    /// known.)
    ///
    /// # Errors
    /// [`NationalError::Unavailable`] where sending it again later may help, though this time it may have arrived;
    /// [`NationalError::Refused`] with `maKetQua` where a person must look at the document or at the account.
    async fn send_check_in(&self, xml0: &SecretBytes) -> Result<Receipt, NationalError>;
}

/// That the register has a CHECK-IN message. To be kept: the register's own list goes back 60 days only.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// `maGiaoDich`: the register's name for the delivery, 1 to 100 visible ASCII characters.
    pub transaction: String,
    /// `thoiGianTiepNhan`: when the register took it in, to the second.
    pub received_at: Timestamp,
    /// The answer as it arrived (JSON), to be kept as evidence.
    pub raw: SecretBytes,
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receipt").field("received_at", &self.received_at).finish_non_exhaustive()
    }
}
