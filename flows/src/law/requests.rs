//! What a person may ask about their data, and until when they get an answer (NĐ 356/2025/NĐ-CP, from a digest).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::WorkingDays;

/// Working days in which the receipt of a request is acknowledged.
pub const ACKNOWLEDGE_WORKING_DAYS: u16 = 2;

/// What a person asks (quyền của chủ thể dữ liệu).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// Xem: what is kept about them.
    View,
    /// Cung cấp: a copy of it.
    Provide,
    /// Chỉnh sửa: something is wrong.
    Correct,
    /// Xóa.
    Delete,
    /// Hạn chế xử lý: keep it, but do not use it.
    Restrict,
    /// Rút lại sự đồng ý.
    Withdraw,
    /// Phản đối xử lý.
    Object,
}

/// Until when a request is dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last day to acknowledge it.
    pub acknowledge: Date,
    /// The last day to finish it.
    pub finish: Date,
    /// The last day to finish it after an extension, which has to be told with its reason.
    pub extended: Date,
}

impl RequestKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::View,
        Self::Provide,
        Self::Correct,
        Self::Delete,
        Self::Restrict,
        Self::Withdraw,
        Self::Object,
    ];

    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Provide => "provide",
            Self::Correct => "correct",
            Self::Delete => "delete",
            Self::Restrict => "restrict",
            Self::Withdraw => "withdraw",
            Self::Object => "object",
        }
    }

    /// The words on pages.
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::View => "Xem dữ liệu",
            Self::Provide => "Cung cấp bản sao",
            Self::Correct => "Chỉnh sửa",
            Self::Delete => "Xóa dữ liệu",
            Self::Restrict => "Hạn chế xử lý",
            Self::Withdraw => "Rút lại sự đồng ý",
            Self::Object => "Phản đối xử lý",
        }
    }

    /// Days to finish it: without and with an extension.
    pub const fn days(self) -> (u16, u16) {
        match self {
            Self::View | Self::Provide | Self::Correct => (10, 15),
            Self::Restrict | Self::Withdraw | Self::Object => (15, 20),
            Self::Delete => (20, 30),
        }
    }

    /// Until when a request of this kind that came on `received` (the day at the place) is dealt with. The day of
    /// receipt does not count. The acknowledgement counts working days. The digest does not say of which days the
    /// other periods are made, so they are counted the strict way: every day counts, and an end on a day off moves
    /// to the working day before it.
    pub fn due(self, received: Date, calendar: &WorkingDays) -> Due {
        let (normal, extended) = self.days();
        Due {
            acknowledge: calendar.working_days_after(received, ACKNOWLEDGE_WORKING_DAYS),
            finish: calendar.days_after(received, normal),
            extended: calendar.days_after(received, extended),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// The digest's line, typed a second time.
    #[test]
    fn the_periods_are_the_digest_s() {
        for (words, days) in
            [("withdraw restrict object", (15, 20)), ("view correct provide", (10, 15)), ("delete", (20, 30))]
        {
            for word in words.split(' ') {
                let kind = RequestKind::ALL.into_iter().find(|kind| kind.as_str() == word).unwrap();
                assert_eq!(kind.days(), days, "{word}");
            }
        }
    }

    #[test]
    fn a_request_is_due_on_working_days() {
        // Tuesday 25 August 2026, with 1 and 2 September off.
        let calendar = WorkingDays::new([date(2026, 9, 1), date(2026, 9, 2)]);
        let due = |kind: RequestKind| kind.due(date(2026, 8, 25), &calendar);
        assert_eq!(due(RequestKind::View).acknowledge, date(2026, 8, 27));
        assert_eq!(due(RequestKind::View).finish, date(2026, 9, 4));
        assert_eq!(due(RequestKind::Restrict).finish, date(2026, 9, 9));
        assert_eq!(due(RequestKind::Delete).finish, date(2026, 9, 14));
        assert_eq!(due(RequestKind::Delete).extended, date(2026, 9, 24));
    }

    #[test]
    fn words_are_what_json_carries() {
        for kind in RequestKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.as_str()));
        }
    }
}
