//! The register's result codes (`maKetQua`), what they mean, and what then happens at the kiosk.

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

macro_rules! result_codes {
    ($( $name:ident $code:literal $meaning:literal => $action:ident; )+) => {
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
    Accurate "000" "Thông tin thẻ chính xác" => GoOn;
    ManagedByDefence "001" "Thẻ do BHXH Bộ Quốc phòng quản lý, kiểm tra thẻ giấy/ảnh" => StaffLookAtCard;
    ManagedByPolice "002" "Thẻ do BHXH Bộ Công an quản lý, kiểm tra thẻ giấy/ảnh" => StaffLookAtCard;
    ReplacedExpired "003" "Thẻ cũ hết giá trị, đã cấp thẻ mới" => UseNewCard;
    ReplacedValid "004" "Thẻ cũ còn giá trị, đã được cấp thẻ mới" => UseNewCard;
    Expired "010" "Thẻ hết giá trị sử dụng" => FeeOrStaff;
    NotFound "050" "Không thấy thông tin thẻ" => RetryThenStaff;
    WrongCard "051" "Mã thẻ không đúng" => ReadAgain;
    WrongProvince "052" "Mã thẻ sai mã tỉnh (ký tự 4, 5)" => ReadAgain;
    WrongBenefit "053" "Mã thẻ sai mã quyền lợi (ký tự 3)" => ReadAgain;
    StaffUnknown "054" "CCCD cán bộ tra cứu không có trong danh sách" => OperatorAlert;
    StaffNameWrong "055" "Họ tên cán bộ không khớp" => OperatorAlert;
    WrongName "060" "Sai họ tên" => AskThenStaff;
    WrongNameSameInitial "061" "Sai họ tên (đúng ký tự đầu)" => AskThenStaff;
    WrongBirthDate "070" "Sai ngày sinh" => AskThenStaff;
    DataTrouble "100" "Lỗi lấy dữ liệu sổ thẻ" => PortalDown;
    ServerTrouble "101" "Lỗi server" => PortalDown;
    Withdrawn "110" "Thẻ đã thu hồi" => Staff;
    Reduced "120" "Thẻ đã báo giảm" => Staff;
    MovedProvince "121" "Báo giảm chuyển ngoại tỉnh" => AskRegisterAgainThenStaff;
    MovedWithinProvince "122" "Báo giảm chuyển nội tỉnh" => AskRegisterAgainThenStaff;
    RejoinedSameUnit "123" "Báo giảm, tăng lại cùng đơn vị" => AskRegisterAgainThenStaff;
    NoLongerInsured "124" "Ngừng tham gia" => Fee;
    ChildWithoutCard "130" "Trẻ em không xuất trình thẻ" => ChildWithoutCard;
    WrongParameter "205" "Sai định dạng tham số" => MaintainerAlert;
    LoginRefused "401" "Lỗi xác thực" => RenewToken;
    TokenRefused "501" "Token không đúng" => RenewToken;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_again_and_no_other_is() {
        for code in ResultCode::ALL {
            assert_eq!(ResultCode::parse(code.as_str()), Some(*code));
        }
        for other in ["", "0", "0000", "999", "00０"] {
            assert_eq!(ResultCode::parse(other), None);
        }
    }
}
