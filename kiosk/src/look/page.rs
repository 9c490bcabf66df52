//! The frame around every screen: the banner, the station, Dừng lại and Gọi nhân viên.

use egui::{
    Align, Color32, Pos2, Rect, Response, Role, Sense, TextureHandle, Ui, UiBuilder, WidgetInfo, vec2,
};

use flows::wire::CallState;

use super::{
    Kind, Measures, Style,
    colour::{self, Pair},
    drawing,
    widget::{self, Face, Icon},
};
use crate::{
    conversation::{At, PersonSays, State, Step, Told},
    screens::Screen,
    words::Words,
};

/// What a screen draws on. It reads the state and says what was pressed; it changes nothing.
pub struct Page<'a> {
    /// Below the header and above the footer.
    pub ui: &'a mut Ui,
    /// Sizes.
    pub look: Measures,
    /// Texts.
    pub words: Words,
    /// The face of the card, while it is shown.
    pub portrait: Option<&'a TextureHandle>,
    says: &'a mut Vec<PersonSays>,
}

/// Shows the screen of `state` and gives what was pressed.
pub fn show(ui: &mut Ui, state: &State, inches: f32, portrait: Option<&TextureHandle>) -> Vec<PersonSays> {
    let mut says = Vec::new();
    let window = ui.max_rect();
    let look = Measures::new(window.size(), inches);
    let words = Words(state.language);
    ui.painter().rect_filled(window, 0.0, colour::PAGE.paper);
    name_window(ui, &words.say("window-title"));
    let screen = Screen::of(state);
    ui.push_id(screen, |ui| {
        let mut top = window.top();
        if state.simulated() {
            let banner = Rect::from_min_size(window.min, vec2(window.width(), look.mm(19.0)));
            fixed_text(ui, banner, &words.say("simulated"), colour::SIMULATED, look);
            top = banner.bottom();
        }
        let margin = look.margin();
        let header = Rect::from_min_max(
            Pos2::new(window.left() + margin, top),
            Pos2::new(window.right() - margin, top + look.mm(24.0)),
        );
        station(ui, state, header, look);
        let footer =
            Rect::from_min_max(Pos2::new(window.left(), window.bottom() - look.mm(46.0)), window.max);
        footer_bar(ui, state, screen, footer, look, words, &mut says);
        let content = Rect::from_min_max(
            Pos2::new(header.left(), header.bottom() + look.space()),
            Pos2::new(header.right(), footer.top() - look.space()),
        );
        ui.scope_builder(UiBuilder::new().max_rect(content), |ui| {
            screen.draw(state, &mut Page { ui, look, words, portrait, says: &mut says });
        });
    });
    says
}

/// The window itself is the root of the accessibility tree, and has no name of its own.
fn name_window(ui: &Ui, title: &str) {
    ui.ctx().accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_label(title));
}

fn fixed_text(ui: &Ui, rect: Rect, text: &str, pair: Pair, look: Measures) {
    ui.painter().rect_filled(rect, 0.0, pair.paper);
    let style = Style { size: look.small(), bold: true, ink: pair.ink, align: Align::Center };
    widget::text_in(ui.painter(), rect, text, style);
    named(ui, rect, Role::Banner, text);
}

fn named(ui: &Ui, rect: Rect, role: Role, text: &str) {
    let response = ui.interact(rect, ui.scope_id().with(text), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(role, true, text));
}

fn station(ui: &Ui, state: &State, header: Rect, look: Measures) {
    let Some(welcome) = &state.welcome else { return };
    let cross = Rect::from_center_size(
        Pos2::new(header.left() + look.mm(6.0), header.center().y),
        vec2(look.mm(12.0), look.mm(12.0)),
    );
    drawing::cross(ui.painter(), cross, colour::TITLE.ink);
    let mut room = header;
    room.min.x = cross.right() + look.gap();
    let style = Style { size: look.small(), bold: true, ink: colour::TITLE.ink, align: Align::LEFT };
    let text = welcome.station.get(state.language);
    widget::text_in(ui.painter(), room, text, style);
    named(ui, room, Role::Label, text);
    let line = look.mm(0.5).max(1.0);
    ui.painter().line_segment(
        [Pos2::new(header.left(), header.bottom()), Pos2::new(header.right(), header.bottom())],
        egui::Stroke::new(line, colour::LINE),
    );
}

fn footer_bar(
    ui: &mut Ui,
    state: &State,
    screen: Screen,
    footer: Rect,
    look: Measures,
    words: Words,
    says: &mut Vec<PersonSays>,
) {
    ui.painter().rect_filled(footer, 0.0, colour::CARD.paper);
    ui.painter().line_segment(
        [footer.left_top(), footer.right_top()],
        egui::Stroke::new(look.mm(0.5).max(1.0), colour::LINE),
    );
    let bar = footer.shrink2(vec2(look.margin(), look.mm(6.0)));
    let half = (bar.width() - look.space()) / 2.0;
    let left = Rect::from_min_size(bar.min, vec2(half, bar.height()));
    let right = Rect::from_min_size(Pos2::new(bar.right() - half, bar.top()), left.size());
    if screen.can_stop() {
        let label = words.say("stop");
        let face = face(&label, Kind::Secondary, Some(drawing::square as Icon), look.strong());
        if widget::button(ui, look, left, &face).clicked() {
            says.push(PersonSays::Stop);
        }
    }
    if let Some(told) = told(state) {
        // Nobody is said to come who does not know yet.
        let progress = state.visit().and_then(|visit| visit.help.progress.as_ref());
        let label = words.say(match (told, progress.map(|progress| progress.state)) {
            (Told::Yes, Some(CallState::Acknowledged)) => "staff-coming",
            (Told::Yes, Some(CallState::TakenOver)) => "staff-at-desk-short",
            (Told::Yes, _) => "staff-called",
            _ => "staff-calling",
        });
        ui.painter().rect_filled(right, look.corner(), colour::NOTICE.paper);
        let style = Style { size: look.small(), bold: true, ink: colour::NOTICE.ink, align: Align::Center };
        widget::text_in(ui.painter(), right.shrink(look.mm(2.0)), &label, style);
        named(ui, right, Role::Status, &label);
    } else {
        let label = words.say("call-staff");
        let face = face(&label, Kind::Staff, Some(drawing::bell as Icon), look.strong());
        if widget::button(ui, look, right, &face).clicked() {
            says.push(PersonSays::CallStaff);
        }
    }
}

/// Whether staff were called from here, and know.
fn told(state: &State) -> Option<Told> {
    match &state.at {
        At::Visit(visit) => match visit.step {
            Step::StaffCalled { told, .. } => Some(told),
            _ => None,
        },
        At::TakeCard { told, .. } => *told,
        At::Leaving(leaving) => leaving.then_staff.then_some(Told::Going),
        At::Welcome => None,
    }
}

fn face(label: &str, kind: Kind, icon: Option<Icon>, size: f32) -> Face<'_> {
    Face { label, name: label, kind, icon, size, enabled: true }
}

impl Page<'_> {
    /// Says that something was pressed.
    pub fn says(&mut self, said: PersonSays) {
        self.says.push(said);
    }

    /// The question of this screen, once.
    pub fn title(&mut self, text: &str) {
        widget::paragraph(self.ui, text, Style::title(self.look));
        self.ui.add_space(self.look.space());
    }

    /// A paragraph.
    pub fn text(&mut self, text: &str, style: Style) -> Response {
        widget::paragraph(self.ui, text, style)
    }

    /// Space between things that belong together.
    pub fn gap(&mut self) {
        self.ui.add_space(self.look.gap());
    }

    /// Space between things that do not.
    pub fn space(&mut self) {
        self.ui.add_space(self.look.space());
    }

    /// A text in a coloured box.
    pub fn boxed(&mut self, text: &str, pair: Pair) {
        widget::boxed(self.ui, self.look, text, pair, self.look.body());
    }

    /// The same in small letters.
    pub fn boxed_small(&mut self, text: &str, pair: Pair) {
        widget::boxed(self.ui, self.look, text, pair, self.look.small());
    }

    /// A text in `rect`, as part of a drawing.
    pub fn text_in(&mut self, rect: Rect, text: &str, style: Style) -> Rect {
        named(self.ui, rect, Role::Label, text);
        widget::text_in(self.ui.painter(), rect, text, style)
    }

    /// A text in `rect` that is only a picture: a screen reader passes over it.
    pub fn picture_text(&self, rect: Rect, text: &str, style: Style) {
        widget::text_in(self.ui.painter(), rect, text, style);
    }

    /// A name for a drawing.
    pub fn name(&self, rect: Rect, text: &str) {
        named(self.ui, rect, Role::Image, text);
    }

    /// A text that changes while somebody listens.
    pub fn status(&self, rect: Rect, text: &str) {
        self.label(rect, Role::Status, text);
    }

    /// A name for a part of the page that is only painted.
    pub fn label(&self, rect: Rect, role: Role, text: &str) {
        named(self.ui, rect, role, text);
    }

    /// `texture` in `rect`, filling it: what is too wide or too high is cut off evenly.
    pub fn picture(&self, rect: Rect, texture: &TextureHandle) {
        let size = texture.size_vec2();
        let scale = (rect.width() / size.x).max(rect.height() / size.y);
        let share = rect.size() / (size * scale);
        let part = Rect::from_center_size(Pos2::new(0.5, 0.5), share);
        egui::Image::from_texture(egui::load::SizedTexture::from_handle(texture))
            .uv(part)
            .corner_radius(self.look.corner())
            .paint_at(self.ui, rect);
    }

    /// What of the page is left.
    pub fn rest(&self) -> Rect {
        let max = self.ui.max_rect();
        Rect::from_min_max(Pos2::new(max.left(), self.ui.cursor().top()), max.max)
    }

    /// The lowest `height` points of the page; what is left is above.
    pub fn bottom(&mut self, height: f32) -> Rect {
        let max = self.ui.max_rect();
        let rect = Rect::from_min_max(Pos2::new(max.left(), max.bottom() - height), max.max);
        let mut left = max;
        left.max.y = rect.top() - self.look.space();
        self.ui.set_max_height((left.bottom() - self.ui.min_rect().top()).max(0.0));
        rect
    }

    /// Takes `height` points of the page.
    pub fn take(&mut self, height: f32) -> Rect {
        let width = self.ui.available_width();
        self.ui.allocate_exact_size(vec2(width, height), Sense::hover()).0
    }

    /// A button in `rect`.
    pub fn button_in(&mut self, rect: Rect, label: &str, kind: Kind, icon: Option<Icon>) -> bool {
        let face = face(label, kind, icon, self.look.strong());
        widget::button(self.ui, self.look, rect, &face).clicked()
    }

    /// The button for an emergency in `rect`, in letters that are read from across the hall.
    pub fn emergency_in(&mut self, rect: Rect, label: &str) -> bool {
        let face = face(label, Kind::Emergency, Some(drawing::bell), self.look.title());
        widget::button(self.ui, self.look, rect, &face).clicked()
    }

    /// A button in `rect` that may not be pressed yet.
    pub fn button_if(
        &mut self,
        enabled: bool,
        rect: Rect,
        label: &str,
        kind: Kind,
        icon: Option<Icon>,
    ) -> bool {
        let face = Face { enabled, ..face(label, kind, icon, self.look.strong()) };
        widget::button(self.ui, self.look, rect, &face).clicked()
    }

    /// A key in `rect`, with a name for those who do not see it.
    pub fn key_in(&mut self, rect: Rect, label: &str, name: &str, icon: Option<Icon>) -> bool {
        let size = self.look.digit();
        let face = Face { label, name, kind: Kind::Key, icon, size, enabled: true };
        widget::button(self.ui, self.look, rect, &face).clicked()
    }

    /// Buttons at the bottom of the page, one below another. Says which was pressed.
    pub fn buttons<const N: usize>(&mut self, buttons: [(&str, Kind, Option<Icon>); N]) -> [bool; N] {
        let height = self.look.button();
        let step = height + self.look.gap() * 1.6;
        #[expect(clippy::cast_precision_loss, reason = "a handful of buttons")]
        let area = self.bottom(step * (N.max(1) - 1) as f32 + height);
        let mut top = area.top();
        buttons.map(|(label, kind, icon)| {
            let rect = Rect::from_min_size(Pos2::new(area.left(), top), vec2(area.width(), height));
            top += step;
            self.button_in(rect, label, kind, icon)
        })
    }

    /// One button at the bottom of the page.
    pub fn one_button(&mut self, label: &str, kind: Kind, icon: Option<Icon>) -> bool {
        let area = self.bottom(self.look.button());
        self.button_in(area, label, kind, icon)
    }

    /// A raised card in `rect`.
    pub fn card(&self, rect: Rect) {
        let painter = self.ui.painter();
        let shadow = rect.translate(vec2(0.0, self.look.mm(1.0)));
        painter.rect_filled(shadow, self.look.corner(), Color32::from_black_alpha(18));
        painter.rect_filled(rect, self.look.corner(), colour::CARD.paper);
    }

    /// The window's own time, and a repaint soon: for what moves.
    pub fn moving(&self) -> f32 {
        self.ui.ctx().request_repaint_after(std::time::Duration::from_millis(60));
        #[expect(clippy::cast_possible_truncation, reason = "a phase of seconds fits")]
        self.ui.input(|input| (input.time % 3600.0) as f32)
    }
}
