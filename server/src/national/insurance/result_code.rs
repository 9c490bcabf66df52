//! The register's result codes (`maKetQua`), what they mean, and what then happens at the kiosk.

use flows::engine::InsuranceStatus;

/// What happens at the kiosk. A patient is admitted in every case: staff sort out the card, not the right to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// The card is good: go on.
    GoOn,
    /// Go on with the new card in the answer.
    UseNewCard,
    /// Go on; staff look at the paper card or its picture.
    StaffLookAtCard,
    /// The person pays, or staff find another way.
    FeeOrStaff,
    /// The person pays.
    Fee,
    /// Look up once more, then staff.
    RetryThenStaff,
    /// Read the card again.
    ReadAgain,
    /// Ask the person, then staff.
    AskThenStaff,
    /// Staff.
    Staff,
    /// Look up once more after a while, then staff.
    AskRegisterAgainThenStaff,
    /// Go on as for a child without a card.
    ChildWithoutCard,
    /// The register is down: go on as not verified, look up later.
    PortalDown,
    /// This server's account or staff data are wrong: tell the operator, go on as not verified.
    OperatorAlert,
    /// This server asked wrongly: tell its maintainers, go on as not verified.
    MaintainerAlert,
    /// Take a new token and ask once more.
    RenewToken,
}

impl Action {
    /// Each of them.
    pub const ALL: [Self; 15] = [
        Self::GoOn,
        Self::UseNewCard,
        Self::StaffLookAtCard,
        Self::FeeOrStaff,
        Self::Fee,
        Self::RetryThenStaff,
        Self::ReadAgain,
        Self::AskThenStaff,
        Self::Staff,
        Self::AskRegisterAgainThenStaff,
        Self::ChildWithoutCard,
        Self::PortalDown,
        Self::OperatorAlert,
        Self::MaintainerAlert,
        Self::RenewToken,
    ];

    /// How the insurance of a visit then stands.
    pub const fn status(self) -> InsuranceStatus {
        match self {
            Self::GoOn | Self::ChildWithoutCard => InsuranceStatus::Valid,
            Self::UseNewCard => InsuranceStatus::Renewed,
            Self::FeeOrStaff | Self::Fee => InsuranceStatus::NotValid,
            Self::StaffLookAtCard
            | Self::RetryThenStaff
            | Self::ReadAgain
            | Self::AskThenStaff
            | Self::Staff
            | Self::AskRegisterAgainThenStaff => InsuranceStatus::NeedsStaff,
            Self::PortalDown | Self::OperatorAlert | Self::MaintainerAlert | Self::RenewToken => {
                InsuranceStatus::Unverified
            }
        }
    }

    /// Whether the register is asked the same once more a little later, though it has answered.
    pub const fn asks_again(self) -> bool {
        matches!(self, Self::RetryThenStaff | Self::AskRegisterAgainThenStaff)
    }

    /// Whether whoever runs the server has to mend something before the register answers anybody.
    pub const fn raises_alert(self) -> bool {
        matches!(self, Self::OperatorAlert | Self::MaintainerAlert | Self::RenewToken)
    }
}

impl ResultCode {
    /// Whether the register found somebody under the number, name and birth date that were sent.
    pub const fn confirms_person(self) -> bool {
        !matches!(
            self.action(),
            Action::RetryThenStaff
                | Action::ReadAgain
                | Action::AskThenStaff
                | Action::ChildWithoutCard
                | Action::PortalDown
                | Action::OperatorAlert
                | Action::MaintainerAlert
                | Action::RenewToken
        )
    }
}

macro_rules! result_codes {
    ($( $name:ident $code:literal $meaning:literal $english:literal => $action:ident; )+) => {
        /// A result code of the look-up.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ResultCode {
            $( #[doc = $meaning] $name, )+
        }

        impl ResultCode {
            /// Every code, in the order of the register's table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The three digits.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What it means, in the register's words.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }

            /// The same in English.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$name => $english,)+ }
            }

            /// What then happens at the kiosk.
            pub const fn action(self) -> Action {
                match self { $(Self::$name => Action::$action,)+ }
            }

            /// The code of these three digits; none where the register's table has none.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

result_codes! {
    Accurate "000" "Thông tin thẻ chính xác" "The card is right" => GoOn;
    ManagedByDefence "001" "Thẻ do BHXH Bộ Quốc phòng quản lý, kiểm tra thẻ giấy/ảnh" "Managed by the insurance of the Ministry of Defence: look at the paper card or its picture" => StaffLookAtCard;
    ManagedByPolice "002" "Thẻ do BHXH Bộ Công an quản lý, kiểm tra thẻ giấy/ảnh" "Managed by the insurance of the Ministry of Public Security: look at the paper card or its picture" => StaffLookAtCard;
    ReplacedExpired "003" "Thẻ cũ hết giá trị, đã cấp thẻ mới" "The old card is no longer valid, a new one was issued" => UseNewCard;
    ReplacedValid "004" "Thẻ cũ còn giá trị, đã được cấp thẻ mới" "The old card is still valid, a new one was issued" => UseNewCard;
    Expired "010" "Thẻ hết giá trị sử dụng" "The card has expired" => FeeOrStaff;
    NotFound "050" "Không thấy thông tin thẻ" "No card was found" => RetryThenStaff;
    WrongCard "051" "Mã thẻ không đúng" "The card's number is wrong" => ReadAgain;
    WrongProvince "052" "Mã thẻ sai mã tỉnh (ký tự 4, 5)" "The card's number has a wrong province (characters 4, 5)" => ReadAgain;
    WrongBenefit "053" "Mã thẻ sai mã quyền lợi (ký tự 3)" "The card's number has a wrong benefit level (character 3)" => ReadAgain;
    StaffUnknown "054" "CCCD cán bộ tra cứu không có trong danh sách" "The number of the officer who looks up is not in the register's list" => OperatorAlert;
    StaffNameWrong "055" "Họ tên cán bộ không khớp" "The name of the officer who looks up does not match" => OperatorAlert;
    WrongName "060" "Sai họ tên" "The name is wrong" => AskThenStaff;
    WrongNameSameInitial "061" "Sai họ tên (đúng ký tự đầu)" "The name is wrong (its first letter is right)" => AskThenStaff;
    WrongBirthDate "070" "Sai ngày sinh" "The date of birth is wrong" => AskThenStaff;
    DataTrouble "100" "Lỗi lấy dữ liệu sổ thẻ" "The register could not read its card data" => PortalDown;
    ServerTrouble "101" "Lỗi server" "The register's server has an error" => PortalDown;
    Withdrawn "110" "Thẻ đã thu hồi" "The card was withdrawn" => Staff;
    Reduced "120" "Thẻ đã báo giảm" "The card was reported as reduced" => Staff;
    MovedProvince "121" "Báo giảm chuyển ngoại tỉnh" "Reduced: moved to another province" => AskRegisterAgainThenStaff;
    MovedWithinProvince "122" "Báo giảm chuyển nội tỉnh" "Reduced: moved within the province" => AskRegisterAgainThenStaff;
    RejoinedSameUnit "123" "Báo giảm, tăng lại cùng đơn vị" "Reduced, and joined again at the same unit" => AskRegisterAgainThenStaff;
    NoLongerInsured "124" "Ngừng tham gia" "No longer insured" => Fee;
    ChildWithoutCard "130" "Trẻ em không xuất trình thẻ" "A child without a card" => ChildWithoutCard;
    WrongParameter "205" "Sai định dạng tham số" "A parameter has a wrong format" => MaintainerAlert;
    LoginRefused "401" "Lỗi xác thực" "The login was refused" => RenewToken;
    TokenRefused "501" "Token không đúng" "The token is wrong" => RenewToken;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_again_and_no_other_is() {
        for code in ResultCode::ALL {
            assert_eq!(ResultCode::parse(code.as_str()), Some(*code));
        }
        let actions: std::collections::HashSet<_> =
            ResultCode::ALL.iter().map(|code| code.action()).collect();
        assert_eq!(actions.len(), Action::ALL.len(), "each action is some code's");
        for other in ["", "0", "0000", "999", "00０"] {
            assert_eq!(ResultCode::parse(other), None);
        }
    }
}
