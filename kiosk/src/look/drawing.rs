//! Drawings: the font has no arrows, ticks or pictures.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, epaint::PathShape, pos2, vec2};

use super::{Measures, colour};

fn at(rect: Rect, x: f32, y: f32) -> Pos2 {
    pos2(rect.left() + x * rect.width(), rect.top() + y * rect.height())
}

/// A polyline whose ends and corners are round.
fn round_line(painter: &Painter, points: &[Pos2], width: f32, ink: Color32) {
    painter.add(PathShape::line(points.to_vec(), Stroke::new(width, ink)));
    for point in points {
        painter.circle_filled(*point, width / 2.0, ink);
    }
}

/// An arc around `centre`, angles in turns, clockwise from the right.
fn arc(centre: Pos2, radius: f32, from: f32, to: f32) -> Vec<Pos2> {
    (0u8..=24)
        .map(|step| {
            let turn = from + (to - from) * f32::from(step) / 24.0;
            let (sin, cos) = (turn * std::f32::consts::TAU).sin_cos();
            centre + radius * vec2(cos, sin)
        })
        .collect()
}

/// A tick.
pub fn tick(painter: &Painter, rect: Rect, ink: Color32) {
    let points = [at(rect, 0.14, 0.54), at(rect, 0.40, 0.80), at(rect, 0.88, 0.24)];
    round_line(painter, &points, rect.width() * 0.14, ink);
}

/// A cross of refusal.
pub fn no(painter: &Painter, rect: Rect, ink: Color32) {
    let width = rect.width() * 0.14;
    round_line(painter, &[at(rect, 0.2, 0.2), at(rect, 0.8, 0.8)], width, ink);
    round_line(painter, &[at(rect, 0.8, 0.2), at(rect, 0.2, 0.8)], width, ink);
}

/// To the right.
pub fn forward(painter: &Painter, rect: Rect, ink: Color32) {
    let width = rect.width() * 0.13;
    round_line(painter, &[at(rect, 0.1, 0.5), at(rect, 0.88, 0.5)], width, ink);
    round_line(painter, &[at(rect, 0.56, 0.18), at(rect, 0.88, 0.5), at(rect, 0.56, 0.82)], width, ink);
}

/// To the left.
pub fn back(painter: &Painter, rect: Rect, ink: Color32) {
    let width = rect.width() * 0.13;
    round_line(painter, &[at(rect, 0.12, 0.5), at(rect, 0.9, 0.5)], width, ink);
    round_line(painter, &[at(rect, 0.44, 0.18), at(rect, 0.12, 0.5), at(rect, 0.44, 0.82)], width, ink);
}

/// Once more: a circle with an arrow's head.
pub fn again(painter: &Painter, rect: Rect, ink: Color32) {
    let radius = rect.width() * 0.36;
    let width = rect.width() * 0.12;
    let points = arc(rect.center(), radius, 0.02, 0.80);
    let end = points.last().copied().unwrap_or(rect.center());
    painter.add(PathShape::line(points, Stroke::new(width, ink)));
    let head = rect.width() * 0.24;
    painter.add(Shape::convex_polygon(
        vec![
            end + vec2(head * 0.9, -head * 0.1),
            end + vec2(-head * 0.35, -head),
            end + vec2(-head * 0.35, head * 0.8),
        ],
        ink,
        Stroke::NONE,
    ));
}

/// Stop.
pub fn square(painter: &Painter, rect: Rect, ink: Color32) {
    painter.rect_filled(rect.shrink(rect.width() * 0.2), rect.width() * 0.1, ink);
}

/// The last digit back.
pub fn erase(painter: &Painter, rect: Rect, ink: Color32) {
    let width = rect.width() * 0.09;
    let outline = [
        at(rect, 0.0, 0.5),
        at(rect, 0.32, 0.16),
        at(rect, 1.0, 0.16),
        at(rect, 1.0, 0.84),
        at(rect, 0.32, 0.84),
        at(rect, 0.0, 0.5),
    ];
    round_line(painter, &outline, width, ink);
    round_line(painter, &[at(rect, 0.48, 0.36), at(rect, 0.78, 0.64)], width, ink);
    round_line(painter, &[at(rect, 0.78, 0.36), at(rect, 0.48, 0.64)], width, ink);
}

/// A bell: somebody comes.
pub fn bell(painter: &Painter, rect: Rect, ink: Color32) {
    let mut dome = arc(at(rect, 0.5, 0.40), rect.width() * 0.28, 0.5, 1.0);
    dome.extend([at(rect, 0.80, 0.70), at(rect, 0.20, 0.70)]);
    painter.add(Shape::convex_polygon(dome, ink, Stroke::NONE));
    let brim = Rect::from_min_max(at(rect, 0.08, 0.66), at(rect, 0.92, 0.78));
    painter.rect_filled(brim, brim.height() / 2.0, ink);
    painter.circle_filled(at(rect, 0.5, 0.1), rect.width() * 0.07, ink);
    painter.circle_filled(at(rect, 0.5, 0.87), rect.width() * 0.1, ink);
}

/// The cross of a health station.
pub fn cross(painter: &Painter, rect: Rect, ink: Color32) {
    painter.rect_filled(rect, rect.width() * 0.24, ink);
    let white = colour::CARD.paper;
    let arm = rect.width() * 0.2;
    let long = rect.width() * 0.62;
    painter.rect_filled(Rect::from_center_size(rect.center(), vec2(long, arm)), arm * 0.2, white);
    painter.rect_filled(Rect::from_center_size(rect.center(), vec2(arm, long)), arm * 0.2, white);
}

/// A person, as a bust.
pub fn person(painter: &Painter, rect: Rect, ink: Color32) {
    let clipped = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    clipped.circle_filled(at(rect, 0.5, 0.36), rect.width() * 0.21, ink);
    let shoulders = Rect::from_min_max(at(rect, 0.1, 0.66), at(rect, 0.9, 1.4));
    clipped.rect_filled(shoulders, rect.width() * 0.34, ink);
}

/// A clock.
pub fn clock(painter: &Painter, rect: Rect, ink: Color32) {
    let width = rect.width() * 0.08;
    painter.circle_stroke(rect.center(), rect.width() * 0.42, Stroke::new(width, ink));
    round_line(painter, &[at(rect, 0.5, 0.26), rect.center(), at(rect, 0.66, 0.62)], width, ink);
}

/// A ticket with a torn edge.
pub fn ticket(painter: &Painter, rect: Rect, ink: Color32) {
    let width = rect.width() * 0.07;
    let body = Rect::from_min_max(at(rect, 0.2, 0.06), at(rect, 0.8, 0.94));
    painter.rect_stroke(body, rect.width() * 0.06, Stroke::new(width, ink), StrokeKind::Inside);
    for y in [0.3, 0.46, 0.62] {
        round_line(painter, &[at(rect, 0.34, y), at(rect, 0.66, y)], width, ink);
    }
}

/// Three dots of which one is larger, for as long as `time` runs.
pub fn waiting(painter: &Painter, centre: Pos2, look: Measures, time: f32) {
    for index in 0u8..5 {
        let phase = (time * 0.9 - f32::from(index) * 0.16).rem_euclid(1.0);
        let swell = (1.0 - (phase * 2.2).min(1.0)).max(0.0);
        let radius = look.mm(2.6) + look.mm(2.6) * swell;
        let x = centre.x + (f32::from(index) - 2.0) * look.mm(15.0);
        painter.circle_filled(pos2(x, centre.y), radius, colour::PRIMARY.paper);
    }
}

/// An identity card, front side, without any text.
pub fn card(painter: &Painter, rect: Rect) {
    let corner = rect.height() * 0.07;
    let shadow = rect.translate(vec2(0.0, rect.height() * 0.03));
    painter.rect_filled(shadow, corner, Color32::from_black_alpha(26));
    let edge = Stroke::new((rect.height() * 0.012).max(1.0), colour::DRAWN_DETAIL);
    painter.rect(rect, corner, colour::DRAWN_CARD, edge, StrokeKind::Inside);
    // The emblem and the heading.
    painter.circle_filled(at(rect, 0.105, 0.17), rect.height() * 0.085, colour::DRAWN_DETAIL);
    bar(painter, rect, 0.2, 0.125, 0.46);
    bar(painter, rect, 0.2, 0.205, 0.32);
    // The portrait.
    let face = Rect::from_min_max(at(rect, 0.05, 0.32), at(rect, 0.27, 0.80));
    painter.rect_filled(face, corner * 0.5, colour::CARD.paper);
    person(painter, face.shrink(rect.height() * 0.03), colour::DRAWN_DETAIL);
}

/// The chip of a drawn card.
pub fn chip(painter: &Painter, rect: Rect) {
    let chip = Rect::from_min_max(at(rect, 0.80, 0.10), at(rect, 0.94, 0.28));
    painter.rect_filled(chip, chip.height() * 0.2, colour::DRAWN_CHIP);
    let line = Stroke::new((rect.height() * 0.01).max(1.0), Color32::from_rgb(0x8A, 0x62, 0x10));
    for part in [1.0 / 3.0, 2.0 / 3.0] {
        painter.line_segment([at(chip, 0.0, part), at(chip, 1.0, part)], line);
    }
    painter.rect_stroke(
        chip.shrink2(vec2(chip.width() * 0.3, chip.height() * 0.22)),
        chip.height() * 0.1,
        line,
        StrokeKind::Middle,
    );
}

/// Where text would be on a drawn card: a bar from `x` with `width`, at `y`.
pub fn bar(painter: &Painter, card: Rect, x: f32, y: f32, width: f32) {
    let height = card.height() * 0.045;
    let rect = Rect::from_min_size(at(card, x, y), vec2(width * card.width(), height));
    painter.rect_filled(rect, height / 2.0, colour::DRAWN_DETAIL);
}

/// A reader with a card above it; `lift` 1 is away from it, 0 lies on it. `waves` from 0 to 1 for its signal.
pub fn card_and_reader(painter: &Painter, rect: Rect, lift: f32, waves: Option<f32>) {
    let width = rect.width().min(rect.height() * 1.25);
    let base_height = width * 0.16;
    let base = Rect::from_center_size(
        pos2(rect.center().x, rect.bottom() - base_height / 2.0),
        vec2(width, base_height),
    );
    painter.rect_filled(base, base_height * 0.35, colour::DRAWN_READER);
    let light = base.shrink2(vec2(width * 0.40, base_height * 0.42));
    painter.rect_filled(light, light.height() / 2.0, Color32::from_rgb(0x6F, 0xD6, 0xA8));
    let card_width = width * 0.66;
    let card_size = vec2(card_width, card_width / 1.586);
    let resting = base.top() - width * 0.03;
    let bottom = resting - lift * (rect.height() - base_height - width * 0.05 - card_size.y).max(0.0);
    let place =
        Rect::from_min_size(pos2(rect.center().x - card_size.x / 2.0, bottom - card_size.y), card_size);
    if let Some(phase) = waves {
        for index in 0u8..3 {
            let strength = (1.0 - (phase - f32::from(index) / 3.0).rem_euclid(1.0)).clamp(0.15, 1.0);
            let radius = card_size.x * (0.58 + 0.09 * f32::from(index));
            let ink = colour::PRIMARY.paper.gamma_multiply(strength);
            for (from, to) in [(-0.055, 0.055), (0.445, 0.555)] {
                let points = arc(place.center(), radius, from, to);
                painter.add(PathShape::line(points, Stroke::new(width * 0.014, ink)));
            }
        }
    }
    card(painter, place);
    chip(painter, place);
    for (y, length) in [(0.40, 0.50), (0.53, 0.38), (0.66, 0.44)] {
        bar(painter, place, 0.34, y, length);
    }
}

/// An arrow that points up or down, for where to move the card.
pub fn vertical_arrow(painter: &Painter, tip: Pos2, length: f32, up: bool, ink: Color32) {
    let sign = if up { 1.0 } else { -1.0 };
    let width = length * 0.16;
    let head = length * 0.34;
    round_line(painter, &[tip, tip + Vec2::new(0.0, sign * length)], width, ink);
    let sides = [tip + vec2(-head, sign * head), tip, tip + vec2(head, sign * head)];
    round_line(painter, &sides, width, ink);
}
