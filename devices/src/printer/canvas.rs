//! A strip of paper that grows downwards.

use ab_glyph::{Font as _, FontRef, PxScale, ScaleFont as _, point};
use image::{GrayImage, Luma};

use super::RenderError;

/// Which font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
}

/// Dots kept free on each side.
const MARGIN: u32 = 20;
const BLACK: Luma<u8> = Luma([0]);
const WHITE: Luma<u8> = Luma([255]);

pub(super) struct Canvas<'a> {
    image: GrayImage,
    regular: FontRef<'a>,
    bold: FontRef<'a>,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(width: u32, regular: &'a [u8], bold: &'a [u8]) -> Result<Self, RenderError> {
        Ok(Self {
            image: GrayImage::new(width, 0),
            regular: FontRef::try_from_slice(regular)?,
            bold: FontRef::try_from_slice(bold)?,
        })
    }

    /// Feeds `dots` of blank paper.
    pub(super) fn space(&mut self, dots: u32) {
        let (width, height) = self.image.dimensions();
        let mut longer = GrayImage::from_pixel(width, height + dots, WHITE);
        image::imageops::replace(&mut longer, &self.image, 0, 0);
        self.image = longer;
    }

    /// A centred text of `size` dots, wrapped at spaces.
    pub(super) fn text(&mut self, text: &str, face: Face, size: f32) {
        self.lines(text, face, size, MARGIN, BLACK);
    }

    /// White on black over the whole width.
    pub(super) fn inverted(&mut self, text: &str, size: f32) {
        let top = self.image.height();
        self.space(12);
        self.lines(text, Face::Bold, size, MARGIN, BLACK);
        self.space(12);
        let width = self.image.width();
        self.each(0, top, width, self.image.height(), |pixel| Luma([255 - pixel.0[0]]));
    }

    /// In a frame.
    pub(super) fn framed(&mut self, text: &str, size: f32) {
        const LINE: u32 = 5;
        self.space(8);
        let top = self.image.height();
        self.space(8 + LINE);
        self.lines(text, Face::Bold, size, 3 * MARGIN, BLACK);
        self.space(8 + LINE);
        let (left, right, bottom) = (2 * MARGIN, self.image.width() - 2 * MARGIN, self.image.height());
        for (x0, y0, x1, y1) in [
            (left, top, right, top + LINE),
            (left, bottom - LINE, right, bottom),
            (left, top, left + LINE, bottom),
            (right - LINE, top, right, bottom),
        ] {
            self.each(x0, y0, x1, y1, |_| BLACK);
        }
        self.space(8);
    }

    /// A QR code (ISO/IEC 18004) of `text`, centred, with its quiet zone.
    pub(super) fn qr(&mut self, text: &str) -> Result<(), RenderError> {
        /// Dots across one module: 0.75 mm, what a telephone reads at arm's length.
        const MODULE: u32 = 6;
        /// Modules kept free on each side (ISO/IEC 18004 9.1).
        const QUIET: u32 = 4;
        let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M)?;
        let modules = u32::try_from(code.width()).unwrap_or(u32::MAX);
        let side = modules.saturating_add(2 * QUIET).saturating_mul(MODULE);
        if side > self.image.width() {
            return Err(qrcode::types::QrError::DataTooLong.into());
        }
        let (left, top) =
            ((self.image.width() - side) / 2 + QUIET * MODULE, self.image.height() + QUIET * MODULE);
        self.space(side);
        for (place, colour) in (0..).zip(code.into_colors()) {
            if colour == qrcode::Color::Dark {
                let (x, y) = (left + place % modules * MODULE, top + place / modules * MODULE);
                self.each(x, y, x + MODULE, y + MODULE, |_| BLACK);
            }
        }
        Ok(())
    }

    /// A dashed line.
    pub(super) fn dashes(&mut self) {
        let top = self.image.height();
        self.space(3);
        let width = self.image.width();
        for x in (MARGIN..width - MARGIN).step_by(18) {
            self.each(x, top, (x + 10).min(width - MARGIN), top + 3, |_| BLACK);
        }
    }

    /// The strip as PNG.
    pub(super) fn png(&self) -> Result<Vec<u8>, RenderError> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        self.image.write_to(&mut bytes, image::ImageFormat::Png)?;
        Ok(bytes.into_inner())
    }

    fn each(&mut self, x0: u32, y0: u32, x1: u32, y1: u32, change: impl Fn(Luma<u8>) -> Luma<u8>) {
        for y in y0..y1.min(self.image.height()) {
            for x in x0..x1.min(self.image.width()) {
                let pixel = *self.image.get_pixel(x, y);
                self.image.put_pixel(x, y, change(pixel));
            }
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "dots on a strip of some hundreds by some thousands"
    )]
    fn lines(&mut self, text: &str, face: Face, size: f32, margin: u32, ink: Luma<u8>) {
        let font = match face {
            Face::Regular => self.regular.clone(),
            Face::Bold => self.bold.clone(),
        };
        // `size` is that of the letters' em; the font's own scale is its line height.
        let units = font.units_per_em().unwrap_or(1000.0);
        let scaled = font.as_scaled(PxScale::from(size * font.height_unscaled() / units));
        let room = self.image.width().saturating_sub(2 * margin) as f32;
        let width = |line: &str| -> f32 {
            line.chars().map(|letter| scaled.h_advance(scaled.glyph_id(letter))).sum()
        };
        for line in wrap(text, room, width) {
            let top = self.image.height();
            let height = scaled.height().ceil() as u32;
            self.space(height);
            let mut x = (self.image.width() as f32 - width(&line)) / 2.0;
            let baseline = top as f32 + scaled.ascent();
            for letter in line.chars() {
                let id = scaled.glyph_id(letter);
                let glyph = id.with_scale_and_position(scaled.scale(), point(x.round(), baseline.round()));
                x += scaled.h_advance(id);
                let Some(outline) = font.outline_glyph(glyph) else { continue };
                let bounds = outline.px_bounds();
                outline.draw(|dx, dy, coverage| {
                    let (px, py) = (bounds.min.x + dx as f32, bounds.min.y + dy as f32);
                    // A thermal printer knows no grey.
                    if coverage >= 0.5 && px >= 0.0 && py >= 0.0 {
                        let (px, py) = (px as u32, py as u32);
                        if px < self.image.width() && py < self.image.height() {
                            self.image.put_pixel(px, py, ink);
                        }
                    }
                });
            }
        }
    }
}

/// Breaks `text` at spaces so that each line fits; a word that is too long for a line is broken anywhere.
fn wrap(text: &str, room: f32, width: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if width(&joined) <= room {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                let longer = format!("{line}{letter}");
                if width(&longer) > room && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::cast_precision_loss, reason = "letters of a test")]
    fn count(line: &str) -> f32 {
        line.chars().count() as f32
    }

    #[test]
    fn lines_break_at_spaces_and_only_a_long_word_is_broken() {
        assert_eq!(wrap("Phòng 1: Khám bệnh", 9.0, count), ["Phòng 1:", "Khám bệnh"]);
        assert_eq!(wrap("Nghiêng", 3.0, count), ["Ngh", "iên", "g"]);
        assert_eq!(wrap("a\nb", 9.0, count), ["a", "b"]);
    }
}
