//! What the voice says.

/// The words of a call: `Mời số ưu tiên, không không ba, đến Phòng 1: Khám bệnh`. Digit by digit, because a voice reads
/// `003` as three.
pub(super) fn call(number: &str, room: &str) -> String {
    let row = match number.chars().next() {
        Some('U') => "ưu tiên, ",
        Some('C') => "cấp cứu, ",
        _ => "",
    };
    let digits: Vec<&str> = number.chars().filter_map(digit).collect();
    format!("Mời số {row}{}, đến {room}", digits.join(" "))
}

const fn digit(digit: char) -> Option<&'static str> {
    Some(match digit {
        '0' => "không",
        '1' => "một",
        '2' => "hai",
        '3' => "ba",
        '4' => "bốn",
        '5' => "năm",
        '6' => "sáu",
        '7' => "bảy",
        '8' => "tám",
        '9' => "chín",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spoken_digit_by_digit_with_their_row() {
        assert_eq!(call("012", "Phòng 2"), "Mời số không một hai, đến Phòng 2");
        assert_eq!(call("U003", "Phòng 1"), "Mời số ưu tiên, không không ba, đến Phòng 1");
        assert_eq!(call("C1456", "Phòng 1"), "Mời số cấp cứu, một bốn năm sáu, đến Phòng 1");
        assert_eq!(call("789", "Phòng 1"), "Mời số bảy tám chín, đến Phòng 1");
    }
}
