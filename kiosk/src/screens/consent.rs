//! Consent to one purpose. Nothing is ticked beforehand, both answers weigh the same, and the digest of the
//! exact text goes with the answer (Luật 91/2025/QH15 Đ9).

use egui::{Rect, pos2, vec2};
use flows::consent;

use crate::{
    conversation::{PersonSays, State, Step},
    look::{Kind, Page, Style, colour, drawing, paragraph},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(Step::Consent { purpose, role }) = state.visit().map(|visit| &visit.step) else { return };
    let words = page.words;
    let Some(text) = consent::current(*purpose, *role, words.0) else { return };
    let answers = page.buttons([
        (&words.say("consent-yes"), Kind::Secondary, Some(drawing::tick)),
        (&words.say("consent-no"), Kind::Secondary, Some(drawing::no)),
    ]);
    let [title, paragraphs @ ..] = &text.paragraphs;
    page.title(title);
    for paragraph in paragraphs {
        point(page, paragraph);
        page.space();
        page.gap();
    }
    let given = match answers {
        [true, _] => true,
        [_, true] => false,
        _ => return,
    };
    page.says(PersonSays::Consent { given, text_sha256: text.sha256_hex() });
}

/// A paragraph with a mark at its left.
fn point(page: &mut Page<'_>, text: &str) {
    let look = page.look;
    let indent = look.mm(14.0);
    let width = page.ui.available_width();
    let left = page.ui.cursor().min;
    let mark = pos2(left.x + look.mm(5.0), left.y + look.mm(12.5) * 0.71);
    page.ui.painter().circle_filled(mark, look.mm(2.2), colour::PRIMARY.paper);
    let room = Rect::from_min_size(pos2(left.x + indent, left.y), vec2(width - indent, 0.0));
    page.ui.scope_builder(egui::UiBuilder::new().max_rect(room), |ui| {
        paragraph(ui, text, Style::body(look).size(look.mm(12.5)).left());
    });
}
