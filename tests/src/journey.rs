//! A patient's way through the kiosk, as fingers go it. Words are those of the screens.

use std::io;

use crate::{window::Window, world::World};

/// What each screen is known by.
pub mod screen {
    /// The first screen.
    pub const WELCOME: &str = "Kính chào ông/bà";
    /// A card lay there before.
    pub const TAKE_AWAY: &str = "Xin nhấc thẻ ra khỏi máy đọc";
    /// The question for consent.
    pub const CONSENT: &str = "Ông/bà có đồng ý cho máy đọc chip trên thẻ không?";
    /// The number pad.
    pub const NUMBER: &str = "Xin bấm 6 số cuối của số in trên thẻ";
    /// The card is asked for.
    pub const PRESENT: &str = "Xin đặt thẻ lên máy đọc";
    /// The chip is read.
    pub const READING: &str = "Đang đọc thẻ. Xin để yên thẻ";
    /// The card could not be read.
    pub const TROUBLE: &str = "Chưa đọc được thẻ";
    /// The card refused the number: on the number pad.
    pub const WRONG_NUMBER: &str = "6 số vừa bấm không đúng với thẻ này. Xin xem lại số trên thẻ.";
    /// The person is asked whether it is them.
    pub const CONFIRM: &str = "Đây có phải là ông/bà không?";
    /// What for.
    pub const REASON: &str = "Hôm nay ông/bà đến để làm gì?";
    /// Which room.
    pub const ROOM: &str = "Ông/bà muốn đến phòng nào?";
    /// Whether the person is one of those who are seen before others.
    pub const PRIORITY: &str = "Ông/bà có thuộc diện được khám trước không?";
    /// Who acts for the person.
    pub const RELATION: &str = "Ông/bà là gì của người bệnh?";
    /// The number.
    pub const DONE: &str = "Số của ông/bà";
    /// Staff are coming.
    pub const STAFF: &str = "Đã gọi nhân viên";
    /// The card is still there.
    pub const TAKE_CARD: &str = "Xin cầm lại thẻ của ông/bà";
    /// Nobody touches.
    pub const IDLE: &str = "Ông/bà còn ở đây không?";
    /// The server takes its time.
    pub const WAITING: &str = "Xin chờ trong giây lát";
    /// What was read is being wiped.
    pub const LEAVING: &str = "Đang xoá thông tin";
    /// The server cannot be reached.
    pub const SERVER: &str = "Chưa kết nối được với trạm";
}

/// From the first screen to the number pad.
///
/// # Errors
/// Where a screen does not come.
pub fn begin(window: &mut Window) -> io::Result<()> {
    window.wait_for(screen::WELCOME)?;
    window.touch("Lấy số khám bệnh")?;
    window.wait_for(screen::CONSENT)?;
    window.touch("Đồng ý")?;
    window.wait_for(screen::NUMBER).map(|_| ())
}

/// Types the card access number and goes on.
///
/// # Errors
/// Where the pad is not there.
pub fn type_number(window: &mut Window, can: &str) -> io::Result<()> {
    for digit in can.chars() {
        window.touch(&format!("Số {digit}"))?;
    }
    window.touch("Tiếp tục")
}

/// From the first screen until the card has been read and the server has answered.
///
/// # Errors
/// Where a screen does not come.
pub fn present(world: &mut World, window: &mut Window, slug: &str, can: &str) -> io::Result<()> {
    begin(window)?;
    type_number(window, can)?;
    window.wait_for(screen::PRESENT)?;
    world.lay_card(slug)
}

/// From the person's yes to the queue number, which is returned.
///
/// # Errors
/// Where a screen does not come.
pub fn finish(window: &mut Window, reason: &str, room: Option<&str>) -> io::Result<String> {
    window.wait_for(screen::CONFIRM)?;
    window.touch("Đúng là tôi")?;
    window.wait_for(screen::REASON)?;
    window.touch(reason)?;
    if let Some(room) = room {
        window.wait_for(screen::ROOM)?;
        window.touch(room)?;
    }
    // The young and the old are not asked.
    let asked = window.wait_until("the number, or the question for priority", |all| {
        all.iter().find_map(|seen| match seen.label.as_str() {
            screen::PRIORITY => Some(true),
            screen::DONE => Some(false),
            _ => None,
        })
    })?;
    if asked {
        window.touch("Không thuộc diện nào")?;
    }
    number(window)
}

/// The queue number on the last screen.
///
/// # Errors
/// Where it does not come.
pub fn number(window: &mut Window) -> io::Result<String> {
    window.wait_for(screen::DONE)?;
    window.wait_until("a queue number", |all| {
        all.iter().map(|seen| seen.label.as_str()).find(|label| is_number(label)).map(str::to_owned)
    })
}

/// Three digits, after a letter in the priority row.
fn is_number(label: &str) -> bool {
    let digits = label.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    digits.len() == 3 && label.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}
