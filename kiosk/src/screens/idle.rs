//! Is somebody still there? It covers everything personal.

use egui::{Rect, pos2, vec2};

use super::seconds_left;
use crate::{
    conversation::{PersonSays, State},
    look::{Kind, Page, Style, colour},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let (look, words) = (page.look, page.words);
    let area = page.bottom(look.mm(62.0));
    if page.button_in(area, &words.say("idle-still-here"), Kind::Primary, None) {
        page.says(PersonSays::StillHere);
    }
    page.ui.add_space(look.mm(30.0));
    page.title(&words.say("idle-title"));
    let seconds = seconds_left(state);
    page.text(&words.say_with("idle-text", "seconds", seconds), Style::body(look));
    let rest = page.rest();
    let centre = pos2(rest.center().x, rest.center().y);
    let radius = look.mm(56.0).min(rest.height() / 2.0);
    let painter = page.ui.painter();
    painter.circle_filled(centre, radius, colour::CARD.paper);
    painter.circle_stroke(centre, radius, egui::Stroke::new(look.mm(3.0), colour::PRIMARY.paper));
    let number = Rect::from_center_size(centre, vec2(2.0 * radius, radius));
    page.picture_text(number, &seconds.to_string(), Style::title(look).size(look.mm(48.0)));
}
