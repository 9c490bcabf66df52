//! Recorded: the number, the room, the ticket.

use egui::{Rect, pos2, vec2};
use flows::step::Notice;

use super::seconds_left;
use crate::{
    conversation::{PersonSays, Printing, Reader, State, Step},
    look::{Kind, Page, Style, colour, drawing},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(Step::Done { ticket, notices, unproved, printing }) = state.visit().map(|visit| &visit.step)
    else {
        return;
    };
    let (look, words) = (page.look, page.words);
    if page.one_button(&words.say("done-finish"), Kind::Primary, Some(drawing::tick)) {
        page.says(PersonSays::Stop);
    }

    let slip = page.take(look.mm(170.0));
    page.card(slip);
    let line = |from: f32, to: f32| {
        let at = |mm: f32| slip.top() + look.mm(mm);
        Rect::from_min_max(
            pos2(slip.left() + look.space(), at(from)),
            pos2(slip.right() - look.space(), at(to)),
        )
    };
    let ink = colour::CARD.ink;
    page.text_in(line(4.0, 28.0), &words.say("done-title"), Style::title(look));
    page.text_in(line(28.0, 108.0), &ticket.number, Style::title(look).ink(ink).size(look.number()));
    torn_edge(page, slip, look.mm(110.0));
    page.text_in(line(115.0, 130.0), &words.say("done-room"), Style::body(look).ink(colour::CARD_QUIET.ink));
    let room = ticket.room.get(state.language);
    page.text_in(line(130.0, 168.0), room, Style::strong(look).ink(ink).size(look.mm(13.5)));

    page.space();
    if matches!(state.reader, Reader::Card { .. }) {
        page.boxed(&words.say("done-take-card"), colour::HIGHLIGHT);
        page.gap();
    }
    let printed = match printing {
        Printing::Going => "done-printing",
        Printing::Printed => "done-printed",
        Printing::Failed => "done-print-failed",
    };
    page.text(&words.say(printed), Style::small(look).ink(colour::PAGE.ink));
    page.gap();
    if let Some(code) = unproved {
        page.boxed_small(&words.reason(*code), colour::NOTICE);
        page.gap();
    }
    let mut told: Vec<String> = notices.iter().map(|notice| words.say(notice_key(*notice))).collect();
    if ticket.priority && !notices.contains(&Notice::PriorityByAge) {
        told.push(words.say("done-priority"));
    }
    if !told.is_empty() {
        page.boxed_small(&told.join("\n"), colour::NOTICE);
        page.gap();
    }
    if state.warned_at.is_some() {
        page.text(&words.say_with("done-closes", "seconds", seconds_left(state)), Style::small(look));
    }
}

const fn notice_key(notice: Notice) -> &'static str {
    match notice {
        Notice::AlreadyCheckedIn => "notice-already-checked-in",
        Notice::InsuranceValid => "notice-insurance-valid",
        Notice::InsuranceRenewed => "notice-insurance-renewed",
        Notice::InsuranceUnverified => "notice-insurance-unverified",
        Notice::InsuranceNotValid => "notice-insurance-not-valid",
        Notice::InsuranceNeedsStaff => "notice-insurance-needs-staff",
        Notice::PriorityByAge => "notice-priority-by-age",
        Notice::PriorityDeclared => "notice-priority-declared",
    }
}

/// Dots across the slip, as where a ticket is torn off.
fn torn_edge(page: &Page<'_>, slip: Rect, y: f32) {
    let look = page.look;
    let step = look.mm(7.0);
    let mut x = slip.left() + step;
    while x < slip.right() - step / 2.0 {
        let dot = Rect::from_center_size(pos2(x, slip.top() + y), vec2(look.mm(3.5), look.mm(0.9)));
        page.ui.painter().rect_filled(dot, dot.height() / 2.0, colour::LINE);
        x += step;
    }
    for x in [slip.left(), slip.right()] {
        page.ui.painter().circle_filled(pos2(x, slip.top() + y), look.mm(5.0), colour::PAGE.paper);
    }
}
