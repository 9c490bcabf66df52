//! Sizes, in millimetres of the real screen.

use egui::Vec2;

/// Turns millimetres into the window's points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    points_per_mm: f32,
}

impl Measures {
    /// A touch target, at least (EN 301 549 and the kiosk's own figures).
    pub const TARGET_MM: f32 = 22.2;
    /// The smallest letters: capitals of 7.4 mm.
    pub const TEXT_MM: f32 = 10.0;

    /// For a window of `size` points that fills a screen with a diagonal of `inches`.
    pub fn new(size: Vec2, inches: f32) -> Self {
        Self { points_per_mm: size.length() / (inches.max(1.0) * 25.4) }
    }

    /// `millimetres` in points, a whole number.
    pub fn mm(self, millimetres: f32) -> f32 {
        (millimetres * self.points_per_mm).round()
    }

    /// Text that may be read last.
    pub fn small(self) -> f32 {
        self.mm(Self::TEXT_MM)
    }

    /// Running text.
    pub fn body(self) -> f32 {
        self.mm(11.5)
    }

    /// Buttons, and what stands out in running text.
    pub fn strong(self) -> f32 {
        self.mm(13.0)
    }

    /// The question of a screen.
    pub fn title(self) -> f32 {
        self.mm(18.0)
    }

    /// The digits of a number pad.
    pub fn digit(self) -> f32 {
        self.mm(19.0)
    }

    /// The queue number.
    pub fn number(self) -> f32 {
        self.mm(68.0)
    }

    /// The least side of what can be touched.
    pub fn target(self) -> f32 {
        self.mm(Self::TARGET_MM)
    }

    /// The height of a button.
    pub fn button(self) -> f32 {
        self.mm(34.0)
    }

    /// The height of a key on the number pad.
    pub fn key(self) -> f32 {
        self.mm(33.0)
    }

    /// The space around a page.
    pub fn margin(self) -> f32 {
        self.mm(15.0)
    }

    /// The space between things that belong together.
    pub fn gap(self) -> f32 {
        self.mm(5.0)
    }

    /// The space between things that do not.
    pub fn space(self) -> f32 {
        self.mm(11.0)
    }

    /// The radius of a corner.
    pub fn corner(self) -> f32 {
        self.mm(5.0)
    }

    /// The width of a line.
    pub fn line(self) -> f32 {
        self.mm(0.9).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_the_default_screen_targets_are_80_pixels_and_text_36() {
        let look = Measures::new(egui::vec2(1080.0, 1920.0), 24.0);
        assert!((look.target() - 80.0).abs() < 0.5, "{}", look.target());
        assert!((look.small() - 36.0).abs() < 0.5, "{}", look.small());
    }

    #[test]
    fn a_denser_screen_gets_more_points_for_the_same_millimetres() {
        let coarse = Measures::new(egui::vec2(1080.0, 1920.0), 24.0);
        let dense = Measures::new(egui::vec2(1080.0, 1920.0), 15.6);
        assert!(dense.target() > 1.5 * coarse.target());
    }
}
