//! The server cannot be used now, or no longer knows the session.

use egui::{Color32, Painter, Rect, pos2, vec2};
use identity::ReasonCode;

use crate::{
    conversation::{PersonSays, State, Step},
    look::{Kind, Page, colour, drawing},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(Step::ServerTrouble { code, .. }) = state.visit().map(|visit| &visit.step) else { return };
    let words = page.words;
    if *code == ReasonCode::SessionExpired {
        if page.one_button(&words.say("server-begin-again"), Kind::Primary, Some(drawing::again)) {
            page.says(PersonSays::Stop);
        }
        page.title(&words.say("server-expired-title"));
    } else {
        if page.one_button(&words.say("retry"), Kind::Primary, Some(drawing::again)) {
            page.says(PersonSays::Retry);
        }
        page.title(&words.say("server-title"));
    }
    page.boxed(&words.reason(*code), colour::WARNING);
    page.space();
    let icon = if *code == ReasonCode::SessionExpired { drawing::clock } else { drawing::no };
    sign(page, icon);
}

/// A large sign in the middle of what is left.
pub(super) fn sign(page: &mut Page<'_>, icon: fn(&Painter, Rect, Color32)) {
    let look = page.look;
    let rest = page.rest();
    let centre = pos2(rest.center().x, rest.center().y);
    let radius = look.mm(48.0).min(rest.height() / 2.0);
    let painter = page.ui.painter();
    painter.circle_filled(centre, radius, colour::NOTICE.paper);
    let inner = Rect::from_center_size(centre, vec2(radius, radius) * 1.05);
    icon(painter, inner, colour::TITLE.ink);
}
