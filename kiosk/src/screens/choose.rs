//! One of several: the reason, the room, a ground for priority, what one is to the patient, who is with a
//! child.

use egui::{Rect, pos2, vec2};
use flows::step::Question;

use crate::{
    conversation::{PersonSays, State, Step},
    look::{Kind, Page},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(Step::Choose { question, options }) = state.visit().map(|visit| &visit.step) else { return };
    let (look, words) = (page.look, page.words);
    page.title(&words.say(match question {
        Question::Reason => "choose-reason-title",
        Question::Room => "choose-room-title",
        Question::Priority => "choose-priority-title",
        Question::Relation => "choose-relation-title",
        Question::Companion => "choose-companion-title",
    }));
    let rest = page.rest();
    let gap = look.mm(8.0);
    #[expect(clippy::cast_precision_loss, reason = "a handful of options")]
    let count = options.len().max(1) as f32;
    let height = ((rest.height() - gap * (count - 1.0)) / count).min(look.mm(62.0));
    let mut top = rest.top();
    for option in options {
        let rect = Rect::from_min_size(pos2(rest.left(), top), vec2(rest.width(), height));
        if page.button_in(rect, option.label.get(state.language), Kind::Secondary, None) {
            page.says(PersonSays::Choose(option.id.clone()));
        }
        top += height + gap;
    }
}
