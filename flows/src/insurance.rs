//! The health-insurance card (thẻ bảo hiểm y tế).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A health-insurance card, as the register names it. Masked in `Debug`, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct InsuranceCard {
    /// Its number (mã thẻ): 15 characters, or the ten digits of the insured person on cards since 2021. The new
    /// card's where the register says that a new one replaces the old (result codes 003 and 004).
    pub number: String,
    /// First day of validity.
    #[zeroize(skip)]
    pub valid_from: Option<Date>,
    /// Last day of validity; none: not limited, or not said.
    #[zeroize(skip)]
    pub valid_to: Option<Date>,
    /// Code of the place of first treatment (mã nơi đăng ký khám chữa bệnh ban đầu), 5 characters.
    pub place_code: Option<String>,
    /// Name of that place.
    pub place_name: Option<String>,
}

impl std::fmt::Debug for InsuranceCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InsuranceCard(masked)")
    }
}
