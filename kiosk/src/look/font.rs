//! The bundled font: Be Vietnam Pro (SIL Open Font License 1.1), with every Vietnamese letter.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily, FontId, MissingGlyphPolicy};

/// Be Vietnam Pro Medium (TrueType).
pub const REGULAR_FONT: &[u8] = include_bytes!("../../assets/fonts/BeVietnamPro_500Medium.ttf");
/// Be Vietnam Pro Bold (TrueType).
pub const BOLD_FONT: &[u8] = include_bytes!("../../assets/fonts/BeVietnamPro_700Bold.ttf");

const BOLD: &str = "bold";

/// Running text of `size` points.
pub(super) fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Emphasis of `size` points.
pub(super) fn bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(BOLD.into()))
}

/// Sets fonts, colours and the patience of the touch screen.
pub fn install(context: &Context) {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes, family) in [
        ("regular", REGULAR_FONT, FontFamily::Proportional),
        ("regular", REGULAR_FONT, FontFamily::Monospace),
        ("bold", BOLD_FONT, FontFamily::Name(BOLD.into())),
    ] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        fonts.families.entry(family).or_default().push(name.to_owned());
    }
    context.set_fonts(fonts);
    context.set_theme(egui::Theme::Light);
    context.set_missing_glyph_policy(MissingGlyphPolicy::Tofu);
    context.all_styles_mut(|style| {
        style.visuals.panel_fill = super::colour::PAGE.paper;
        style.visuals.window_fill = super::colour::PAGE.paper;
        style.interaction.selectable_labels = false;
        style.animation_time = 0.0;
        style.spacing.item_spacing = egui::Vec2::ZERO;
    });
    context.options_mut(|options| {
        // Old fingers are slow and tremble: a long press, and one that moves, is a click too.
        options.input_options.max_click_duration = 60.0;
        options.input_options.max_click_dist = 60.0;
        // The number pad and screens have one size; the browser's zoom keys have no place here.
        options.zoom_with_keyboard = false;
    });
}
