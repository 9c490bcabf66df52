//! The colours, always as ink on its paper, so that a test can hold every pair to a contrast of 7.

use egui::Color32;

/// Ink and the paper under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Letters and lines.
    pub ink: Color32,
    /// What they stand on.
    pub paper: Color32,
}

const fn pair(ink: [u8; 3], paper: [u8; 3]) -> Pair {
    Pair {
        ink: Color32::from_rgb(ink[0], ink[1], ink[2]),
        paper: Color32::from_rgb(paper[0], paper[1], paper[2]),
    }
}

/// Running text.
pub const PAGE: Pair = pair([0x12, 0x22, 0x22], [0xF3, 0xF7, 0xF6]);
/// Text that says less.
pub const QUIET: Pair = pair([0x33, 0x47, 0x49], [0xF3, 0xF7, 0xF6]);
/// Titles.
pub const TITLE: Pair = pair([0x00, 0x44, 0x40], [0xF3, 0xF7, 0xF6]);
/// On a raised card.
pub const CARD: Pair = pair([0x12, 0x22, 0x22], [0xFF, 0xFF, 0xFF]);
/// On a raised card, text that says less.
pub const CARD_QUIET: Pair = pair([0x3A, 0x4C, 0x4E], [0xFF, 0xFF, 0xFF]);
/// The button that leads on.
pub const PRIMARY: Pair = pair([0xFF, 0xFF, 0xFF], [0x00, 0x55, 0x50]);
/// The same while it is pressed.
pub const PRIMARY_PRESSED: Pair = pair([0xFF, 0xFF, 0xFF], [0x00, 0x38, 0x35]);
/// A button beside it.
pub const SECONDARY: Pair = pair([0x00, 0x44, 0x40], [0xFF, 0xFF, 0xFF]);
/// The same while it is pressed.
pub const SECONDARY_PRESSED: Pair = pair([0x00, 0x44, 0x40], [0xD3, 0xE8, 0xE5]);
/// A button that cannot be pressed yet.
pub const DISABLED: Pair = pair([0x3A, 0x48, 0x4A], [0xDD, 0xE5, 0xE4]);
/// Gọi nhân viên.
pub const STAFF: Pair = pair([0x2B, 0x1B, 0x00], [0xFF, 0xCF, 0x5C]);
/// The same while it is pressed.
pub const STAFF_PRESSED: Pair = pair([0x2B, 0x1B, 0x00], [0xF2, 0xB7, 0x2E]);
/// Cấp cứu.
pub const EMERGENCY: Pair = pair([0xFF, 0xFF, 0xFF], [0xA8, 0x0F, 0x12]);
/// The same while it is pressed.
pub const EMERGENCY_PRESSED: Pair = pair([0xFF, 0xFF, 0xFF], [0x7A, 0x08, 0x0B]);
/// DỮ LIỆU MÔ PHỎNG.
pub const SIMULATED: Pair = pair([0xFF, 0xFF, 0xFF], [0x5B, 0x1A, 0x6E]);
/// Something to correct.
pub const WARNING: Pair = pair([0x6E, 0x12, 0x0E], [0xFD, 0xE9, 0xE4]);
/// Something good to know.
pub const NOTICE: Pair = pair([0x0B, 0x3D, 0x3A], [0xDC, 0xEE, 0xEB]);
/// Something to look at.
pub const HIGHLIGHT: Pair = pair([0x2B, 0x1B, 0x00], [0xFF, 0xE2, 0x8A]);

/// Every pair that letters stand on.
pub const PAIRS: &[(&str, Pair)] = &[
    ("page", PAGE),
    ("quiet", QUIET),
    ("title", TITLE),
    ("card", CARD),
    ("card, quiet", CARD_QUIET),
    ("primary", PRIMARY),
    ("primary, pressed", PRIMARY_PRESSED),
    ("secondary", SECONDARY),
    ("secondary, pressed", SECONDARY_PRESSED),
    ("disabled", DISABLED),
    ("staff", STAFF),
    ("staff, pressed", STAFF_PRESSED),
    ("emergency", EMERGENCY),
    ("emergency, pressed", EMERGENCY_PRESSED),
    ("simulated", SIMULATED),
    ("warning", WARNING),
    ("notice", NOTICE),
    ("highlight", HIGHLIGHT),
];

/// Lines that only divide.
pub const LINE: Color32 = Color32::from_rgb(0xC4, 0xD6, 0xD3);
/// The drawn card.
pub const DRAWN_CARD: Color32 = Color32::from_rgb(0xCF, 0xE6, 0xE2);
/// The drawn card's shadow and details.
pub const DRAWN_DETAIL: Color32 = Color32::from_rgb(0x8F, 0xBF, 0xB8);
/// The drawn chip.
pub const DRAWN_CHIP: Color32 = Color32::from_rgb(0xE3, 0xB6, 0x4A);
/// The drawn reader.
pub const DRAWN_READER: Color32 = Color32::from_rgb(0x26, 0x3C, 0x3E);
/// The ring around what has the keyboard's focus.
pub const FOCUS: Color32 = Color32::from_rgb(0x1A, 0x4F, 0xC4);

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Color32) -> f64 {
        let linear = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(pair: Pair) -> f64 {
        let (a, b) = (luminance(pair.ink), luminance(pair.paper));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn letters_stand_out_for_weak_eyes() {
        assert!((contrast(pair([0, 0, 0], [255, 255, 255])) - 21.0).abs() < 1e-9);
        for (name, pair) in PAIRS {
            assert!(contrast(*pair) >= 7.0, "{name}: {:.2}", contrast(*pair));
        }
    }

    #[test]
    fn the_focus_ring_is_seen_on_every_ground_it_stands_on() {
        for paper in [PAGE.paper, CARD.paper] {
            assert!(contrast(Pair { ink: FOCUS, paper }) >= 4.5);
        }
    }
}
