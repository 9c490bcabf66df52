//! The server is asked.

use egui::pos2;

use crate::{
    conversation::{State, Step, WaitingFor},
    look::{Page, Style, drawing},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(Step::Waiting(waiting)) = state.visit().map(|visit| &visit.step) else { return };
    let (look, words) = (page.look, page.words);
    page.ui.add_space(look.mm(70.0));
    page.title(&words.say(match waiting {
        WaitingFor::Session => "waiting-session",
        WaitingFor::NextStep => "waiting-next-step",
        WaitingFor::Challenge => "waiting-challenge",
        WaitingFor::Verdict => "waiting-verdict",
    }));
    page.text(&words.say("waiting-text"), Style::body(look));
    page.space();
    let rest = page.rest();
    let time = page.moving();
    let centre = pos2(rest.center().x, rest.top() + look.mm(30.0));
    drawing::waiting(page.ui.painter(), centre, look, time);
}
