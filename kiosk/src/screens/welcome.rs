//! Nobody is here yet: one button, the language, and Cấp cứu.

use egui::{Rect, pos2, vec2};
use flows::{Language, Service};

use crate::{
    conversation::{PersonSays, State},
    look::{Kind, Page, Style, colour, drawing},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let (look, words) = (page.look, page.words);
    // It asks nothing: staff come, and whoever needs them does not read on.
    let emergency = page.bottom(look.mm(44.0));
    if page.emergency_in(emergency, &words.say("welcome-emergency")) {
        page.says(PersonSays::Emergency);
    }
    languages(state, page);
    page.space();
    page.title(&words.say("welcome-title"));
    match &state.welcome {
        Some(welcome) if state.server_reached => {
            page.text(&words.say("welcome-text"), Style::body(look));
            for service in &welcome.services {
                let label = match service {
                    Service::Health => words.say("welcome-begin-health"),
                    Service::Lodging => words.say("welcome-begin-lodging"),
                    Service::Exam => words.say("welcome-begin-exam"),
                };
                page.space();
                let area = page.take(look.mm(56.0));
                if page.button_in(area, &label, Kind::Primary, Some(drawing::forward)) {
                    page.says(PersonSays::Begin(*service));
                }
            }
        }
        None if state.server_reached => {
            page.text(&words.say("welcome-wait"), Style::body(look));
        }
        _ => page.boxed(&words.say("welcome-unreachable"), colour::WARNING),
    }
    page.space();
    let rest = page.rest();
    let picture =
        Rect::from_center_size(rest.center(), vec2(look.mm(190.0), look.mm(150.0)).min(rest.size()));
    drawing::card_and_reader(page.ui.painter(), picture, 0.35, None);
}

fn languages(state: &State, page: &mut Page<'_>) {
    let look = page.look;
    let row = page.take(look.mm(26.0));
    let width = (row.width() - look.gap()) / 2.0;
    for (index, (language, key)) in
        [(Language::Vi, "language-vi"), (Language::En, "language-en")].into_iter().enumerate()
    {
        let left = if index == 0 { row.left() } else { row.right() - width };
        let rect = Rect::from_min_size(pos2(left, row.top()), vec2(width, row.height()));
        let chosen = state.language == language;
        let kind = if chosen { Kind::Primary } else { Kind::Secondary };
        let label = page.words.say(key);
        let icon: Option<fn(&egui::Painter, Rect, egui::Color32)> =
            if chosen { Some(drawing::tick) } else { None };
        if page.button_in(rect, &label, kind, icon) {
            page.says(PersonSays::Language(language));
        }
    }
}
