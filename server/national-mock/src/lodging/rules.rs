//! What the portal refuses about a document and about dates.

use jiff::civil::{Date, DateTime};

/// What is wrong with the number of a document of kind 1 to 9.
pub(super) fn number(kind: u64, number: &str) -> Option<&'static str> {
    if number.contains(char::is_whitespace) {
        return Some("Số giấy tờ không được chứa khoảng trắng");
    }
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let plain = number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let length = number.len();
    let (fits, fault) = match kind {
        1 | 7 | 8 => (digits && length == 12, "Số CCCD/Căn cước phải gồm đúng 12 chữ số"),
        2 => (digits && (length == 9 || length == 12), "Số CMND phải gồm 9 hoặc 12 chữ số"),
        3 => (plain && length <= 20, "Số giấy phép lái xe tối đa 20 ký tự chữ và số"),
        4 => (plain && length <= 10, "Số hộ chiếu tối đa 10 ký tự chữ và số"),
        6 => (plain && length <= 20, "Số thẻ BHYT tối đa 20 ký tự chữ và số"),
        _ => (true, ""),
    };
    (!fits).then_some(fault)
}

/// What is wrong with arrival and departure on `today`.
pub(super) fn dates(arrival: DateTime, departure: DateTime, today: Date) -> Vec<&'static str> {
    let yesterday = today.yesterday().unwrap_or(today);
    let mut faults = Vec::new();
    if arrival.date() != today && arrival.date() != yesterday {
        faults.push("Ngày đến phải là hôm nay hoặc hôm qua");
    }
    if departure.date() < yesterday {
        faults.push("Ngày đi dự kiến phải từ hôm qua trở đi");
    }
    if departure < arrival {
        faults.push("Ngày đi dự kiến không được trước ngày đến");
    }
    faults
}
