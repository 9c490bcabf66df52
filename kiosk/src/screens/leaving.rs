//! Everything of the visit is being wiped.

use egui::pos2;

use crate::look::{Page, Style, drawing};

pub(super) fn draw(page: &mut Page<'_>) {
    let (look, words) = (page.look, page.words);
    page.ui.add_space(look.mm(70.0));
    page.title(&words.say("leaving-title"));
    page.text(&words.say("leaving-text"), Style::body(look));
    page.space();
    let rest = page.rest();
    let time = page.moving();
    drawing::waiting(page.ui.painter(), pos2(rest.center().x, rest.top() + look.mm(30.0)), look, time);
}
