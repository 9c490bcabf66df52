//! Put the card on the reader.

use egui::{Rect, pos2, vec2};

use crate::{
    conversation::PersonSays,
    look::{Kind, Page, Style, colour, drawing},
};

pub(super) fn draw(page: &mut Page<'_>) {
    let (look, words) = (page.look, page.words);
    if page.one_button(&words.say("back"), Kind::Secondary, Some(drawing::back)) {
        page.says(PersonSays::Back);
    }
    page.title(&words.say("present-title"));
    page.text(&words.say("present-text"), Style::body(look));
    page.space();
    laid_card(page);
}

/// The drawing of a card that comes down on the reader.
pub(super) fn laid_card(page: &mut Page<'_>) {
    let look = page.look;
    let phase = (page.moving() * 0.4).rem_euclid(1.0);
    let lift = (1.0 - phase * 1.5).max(0.0);
    let waves = (lift == 0.0).then_some(phase * 3.0);
    let rest = page.rest();
    let picture =
        Rect::from_center_size(rest.center(), vec2(look.mm(170.0), look.mm(180.0)).min(rest.size()));
    drawing::card_and_reader(page.ui.painter(), picture, lift, waves);
    let tip = pos2(picture.right() + look.mm(22.0), picture.bottom() - look.mm(50.0));
    drawing::vertical_arrow(page.ui.painter(), tip, look.mm(56.0), false, colour::PRIMARY.paper);
}
