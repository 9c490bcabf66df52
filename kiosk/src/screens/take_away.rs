//! A card lies on the reader from before: it is asked away and never read.

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
    page.title(&words.say("take-away-title"));
    page.text(&words.say("take-away-text"), Style::body(look));
    page.space();
    page.boxed(&words.say("take-away-other"), colour::NOTICE);
    page.space();
    lifted_card(page);
}

/// The drawing of a card that moves up from the reader.
pub(super) fn lifted_card(page: &mut Page<'_>) {
    let look = page.look;
    let phase = (page.moving() * 0.45).rem_euclid(1.0);
    let lift = (phase * 1.6).min(1.0);
    let rest = page.rest();
    let picture =
        Rect::from_center_size(rest.center(), vec2(look.mm(170.0), look.mm(180.0)).min(rest.size()));
    drawing::card_and_reader(page.ui.painter(), picture, lift, None);
    let tip = pos2(picture.right() + look.mm(22.0), picture.top() + look.mm(30.0));
    drawing::vertical_arrow(page.ui.painter(), tip, look.mm(56.0), true, colour::PRIMARY.paper);
}
