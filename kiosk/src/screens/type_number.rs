//! The last six digits of the number on the card.

use egui::{Align, Rect, StrokeKind, pos2, vec2};

use crate::{
    conversation::{PersonSays, State, Step, Typed},
    look::{Kind, Page, Style, colour, drawing},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(Step::TypeNumber { typed, refused }) = state.visit().map(|visit| &visit.step) else { return };
    let (look, words) = (page.look, page.words);
    let gap = look.gap();
    let pad_height = 4.0 * look.key() + 3.0 * gap;
    let next_height = look.button();
    let area = page.bottom(pad_height + look.space() + next_height);
    number_pad(page, Rect::from_min_size(area.min, vec2(area.width(), pad_height)));
    let next = Rect::from_min_max(pos2(area.left(), area.bottom() - next_height), area.max);
    let label = words.say("number-next");
    if page.button_if(typed.is_complete(), next, &label, Kind::Primary, Some(drawing::forward)) {
        page.says(PersonSays::NumberComplete);
    }

    page.title(&words.say("number-title"));
    if let Some(code) = refused {
        page.boxed(&words.reason(*code), colour::WARNING);
    } else {
        page.text(&words.say("number-example"), Style::body(look));
    }
    let rest = page.rest();
    let boxes_height = look.mm(34.0);
    let boxes = Rect::from_min_max(pos2(rest.left(), rest.bottom() - boxes_height), rest.max);
    let example =
        Rect::from_min_max(pos2(rest.left(), rest.top() + gap), pos2(rest.right(), boxes.top() - gap));
    if example.height() > look.mm(34.0) {
        example_card(page, example);
    }
    digits(page, boxes, typed);
}

/// The lower half of a card with the twelve digits, the last six framed.
fn example_card(page: &mut Page<'_>, room: Rect) {
    let look = page.look;
    let height = room.height().min(look.mm(62.0));
    let card = Rect::from_center_size(room.center(), vec2(look.mm(225.0).min(room.width()), height));
    let painter = page.ui.painter();
    painter.rect(
        card,
        look.corner(),
        colour::DRAWN_CARD,
        egui::Stroke::new(look.line(), colour::DRAWN_DETAIL),
        StrokeKind::Inside,
    );
    let face = Rect::from_min_size(
        card.min + vec2(look.mm(7.0), look.mm(6.0)),
        vec2(look.mm(28.0), height - look.mm(12.0)),
    );
    painter.rect_filled(face, look.mm(2.0), colour::CARD.paper);
    drawing::person(painter, face.shrink(look.mm(2.0)), colour::DRAWN_DETAIL);
    let right = Rect::from_min_max(pos2(face.right() + look.mm(8.0), card.top()), card.max);
    let bar = |y: f32, width: f32| {
        let rect = Rect::from_min_size(pos2(right.left(), card.top() + y), vec2(width, look.mm(4.0)));
        painter.rect_filled(rect, look.mm(2.0), colour::DRAWN_DETAIL);
    };
    bar(look.mm(8.0), look.mm(70.0));
    bar(height - look.mm(11.0), look.mm(110.0));
    let line = Rect::from_center_size(
        pos2(right.center().x, card.center().y - look.mm(0.5)),
        vec2(right.width(), look.mm(24.0)),
    );
    let style = Style::strong(look).size(look.mm(16.5)).left();
    let cell = look.mm(12.6);
    let left = line.left();
    let frame = Rect::from_min_max(
        pos2(left + 6.0 * cell + look.mm(3.5), line.top() + look.mm(1.0)),
        pos2(left + 12.0 * cell + look.mm(9.5), line.bottom() - look.mm(1.0)),
    );
    painter.rect(
        frame,
        look.mm(3.0),
        colour::HIGHLIGHT.paper,
        egui::Stroke::new(look.mm(1.2), colour::HIGHLIGHT.ink),
        StrokeKind::Inside,
    );
    for (index, digit) in "001234567890".chars().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "twelve digits")]
        let mut x = left + index as f32 * cell;
        if index >= 6 {
            x += look.mm(6.5);
        }
        let place = Rect::from_min_size(pos2(x, line.top()), vec2(cell, line.height()));
        let ink = if index >= 6 { colour::HIGHLIGHT.ink } else { colour::CARD_QUIET.ink };
        page.picture_text(place, &digit.to_string(), Style { align: Align::Center, ink, ..style });
    }
    page.name(card, &page.words.say("number-text"));
}

/// Six boxes for what is typed.
fn digits(page: &mut Page<'_>, room: Rect, typed: &Typed) {
    let look = page.look;
    let gap = look.mm(4.0);
    let width = look.mm(27.0);
    let all = 6.0 * width + 5.0 * gap;
    let mut x = room.center().x - all / 2.0;
    let count = typed.digits().len();
    for index in 0..Typed::LENGTH {
        let rect = Rect::from_min_size(pos2(x, room.top()), vec2(width, room.height()));
        let (edge, line) = if index == count {
            (colour::PRIMARY.paper, look.mm(1.4))
        } else {
            (colour::DRAWN_DETAIL, look.line())
        };
        let painter = page.ui.painter();
        painter.rect(
            rect,
            look.mm(3.0),
            colour::CARD.paper,
            egui::Stroke::new(line, edge),
            StrokeKind::Inside,
        );
        if let Some(digit) = typed.digits().get(index) {
            page.picture_text(rect, &digit.to_string(), Style::strong(look).size(look.digit()));
        }
        x += width + gap;
    }
    let said = page.words.say_with("number-typed", "count", count as u64);
    page.status(room, &said);
}

fn number_pad(page: &mut Page<'_>, room: Rect) {
    let (look, words) = (page.look, page.words);
    let gap = look.gap();
    let width = (room.width() - 2.0 * gap) / 3.0;
    let rect = |column: u8, row: u8| {
        let min = pos2(
            room.left() + f32::from(column) * (width + gap),
            room.top() + f32::from(row) * (look.key() + gap),
        );
        Rect::from_min_size(min, vec2(width, look.key()))
    };
    for digit in (1..=9).chain([0u8]) {
        let place = if digit == 0 { rect(1, 3) } else { rect((digit - 1) % 3, (digit - 1) / 3) };
        let name = words.say_with("number-digit", "digit", u64::from(digit));
        if page.key_in(place, &digit.to_string(), &name, None) {
            page.says(PersonSays::Digit(digit));
        }
    }
    if page.key_in(rect(2, 3), "", &words.say("number-erase"), Some(drawing::erase)) {
        page.says(PersonSays::EraseDigit);
    }
}
