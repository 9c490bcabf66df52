//! The queue ticket as a picture: 576 dots wide, black and white, as a thermal printer of 80 mm prints it.
//!
//! A picture and not text: the printers' code pages spoil Vietnamese.

mod canvas;

use flows::{Language, Ticket};
use thiserror::Error;

use canvas::{Canvas, Face};

/// Dots across the paper: 72 mm at 203 dots per inch.
pub const WIDTH: u32 = 576;

/// The fonts to print with (TrueType). They must have every Vietnamese letter.
#[derive(Debug, Clone, Copy)]
pub struct Paper<'a> {
    /// For running text.
    pub regular: &'a [u8],
    /// For emphasis.
    pub bold: &'a [u8],
}

/// Why a ticket cannot be drawn.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A font cannot be used.
    #[error("the ticket's font is not a TrueType font")]
    Font(#[from] ab_glyph::InvalidFont),
    /// The address does not fit a QR code of the paper's width.
    #[error("the address on the ticket is too long for a QR code; set a shorter public_address")]
    Qr(#[from] qrcode::types::QrError),
    /// The picture cannot be written.
    #[error("the ticket's picture cannot be written: {0}")]
    Picture(#[from] image::ImageError),
}

/// The fixed words of a ticket.
struct Words {
    simulated: &'static str,
    heading: &'static str,
    priority: &'static str,
    room: &'static str,
    keep: &'static str,
    look: &'static str,
    code: &'static str,
}

const fn words(language: Language) -> Words {
    match language {
        Language::Vi => Words {
            simulated: "DỮ LIỆU MÔ PHỎNG",
            heading: "SỐ THỨ TỰ",
            priority: "KHÁM ƯU TIÊN",
            room: "Xin mời đến",
            keep: "Xin giữ phiếu này đến khi được gọi số.",
            look: "Quét mã để xem còn bao nhiêu người phía trước. Mã chỉ dùng trong hôm nay.",
            code: "Mã xem lượt chờ, chỉ dùng trong hôm nay:",
        },
        Language::En => Words {
            simulated: "SIMULATED DATA\nDỮ LIỆU MÔ PHỎNG",
            heading: "YOUR NUMBER",
            priority: "SEEN FIRST",
            room: "Please go to",
            keep: "Please keep this until your number is called.",
            look: "Scan to see how many are before you. Good for today only.",
            code: "Code that shows your place, good for today only:",
        },
    }
}

/// Draws `ticket` as PNG, 8-bit grey that is only black or white.
///
/// # Errors
/// Where a font cannot be used, the address does not fit a QR code, or the picture cannot be written.
pub fn render(ticket: &Ticket, language: Language, paper: &Paper<'_>) -> Result<Vec<u8>, RenderError> {
    let words = words(language);
    let mut canvas = Canvas::new(WIDTH, paper.regular, paper.bold)?;
    if ticket.simulated {
        canvas.inverted(words.simulated, 40.0);
    }
    canvas.space(22);
    canvas.text(ticket.station.get(language), Face::Bold, 36.0);
    canvas.text(&time(&ticket.issued_at), Face::Regular, 28.0);
    canvas.space(14);
    canvas.dashes();
    canvas.space(14);
    canvas.text(words.heading, Face::Bold, 34.0);
    canvas.text(&ticket.number, Face::Bold, 176.0);
    if ticket.priority {
        canvas.framed(words.priority, 38.0);
    }
    canvas.space(14);
    canvas.dashes();
    canvas.space(14);
    canvas.text(words.room, Face::Regular, 30.0);
    canvas.text(ticket.room.get(language), Face::Bold, 46.0);
    canvas.space(18);
    canvas.text(words.keep, Face::Regular, 26.0);
    if let Some(link) = &ticket.link {
        canvas.space(6);
        canvas.qr(link.as_str())?;
        canvas.text(words.look, Face::Regular, 24.0);
    } else if ticket.code.is_some() {
        canvas.space(14);
        canvas.text(words.code, Face::Regular, 24.0);
    }
    if let Some(code) = &ticket.code {
        canvas.space(4);
        // Wider than the paper: it goes on between two groups, so that it can be read out and typed.
        let code = code.to_string();
        let half = code.match_indices('-').nth(2).map_or(code.len(), |(place, _)| place + 1);
        for line in [code.get(..half), code.get(half..)].into_iter().flatten() {
            canvas.text(line, Face::Bold, 26.0);
        }
    }
    canvas.space(22);
    if ticket.simulated {
        canvas.inverted(words.simulated, 40.0);
    }
    canvas.png()
}

/// `08:00 15/09/2026` for people; what is not a time stays as it is.
fn time(issued_at: &str) -> String {
    match issued_at.parse::<jiff::civil::DateTime>() {
        Ok(time) => time.strftime("%H:%M  %d/%m/%Y").to_string(),
        Err(_) => issued_at.to_owned(),
    }
}

#[cfg(test)]
mod tests;
