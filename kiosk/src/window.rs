//! The window: it paints the state, and passes on what happened. Nothing in it waits.

use std::{sync::mpsc, time::Duration};

use egui::{ColorImage, Context, Event as Input, TextureHandle, TextureOptions};

use crate::{
    conversation::{Command, Event, Portrait, State, Times, VisitId},
    look,
};

/// Where commands go.
pub type Orders = Box<dyn FnMut(Command)>;

/// The kiosk's one window.
pub struct Window {
    state: State,
    inches: f32,
    events: mpsc::Receiver<Event>,
    orders: Orders,
    portrait: Option<(VisitId, TextureHandle)>,
    started: bool,
}

impl Window {
    /// A window on a screen of `inches` that hears of `events` and gives `orders`.
    pub fn new(times: Times, inches: f32, events: mpsc::Receiver<Event>, orders: Orders) -> Self {
        Self { state: State::new(times), inches, events, orders, portrait: None, started: false }
    }

    /// Where the conversation stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Takes in what happened since the last time.
    pub fn update(&mut self, context: &Context) {
        let now = context.input(|input| input.time);
        if !self.started {
            self.started = true;
            self.happen(now, Event::Started);
        }
        let touched = |input: &Input| {
            matches!(
                input,
                Input::PointerButton { pressed: true, .. }
                    | Input::Touch { .. }
                    | Input::Key { pressed: true, .. }
            )
        };
        if context.input(|input| input.events.iter().any(touched)) {
            self.happen(now, Event::Touched);
        }
        while let Ok(event) = self.events.try_recv() {
            self.happen(now, event);
        }
        self.happen(now, Event::Tick);
        self.keep_portrait(context);
        context.request_repaint_after(Duration::from_secs_f64(self.state.next_tick()));
    }

    /// Paints the state and takes in what is pressed.
    pub fn paint(&mut self, ui: &mut egui::Ui) {
        let portrait = self.portrait.as_ref().map(|(_, texture)| texture);
        let said = look::show(ui, &self.state, self.inches, portrait);
        let now = ui.input(|input| input.time);
        if !said.is_empty() {
            ui.ctx().request_repaint();
        }
        for said in said {
            self.happen(now, Event::Person(said));
        }
    }

    fn happen(&mut self, now: f64, event: Event) {
        let before = self.state.step_name();
        let state = std::mem::replace(&mut self.state, State::new(Times::default()));
        let (state, commands) = state.on(now, event);
        self.state = state;
        if self.state.step_name() != before {
            // Names of steps only: a log holds no personal data.
            tracing::info!(step = self.state.step_name(), visit = self.state.visit.0, "step");
        }
        for command in commands {
            (self.orders)(command);
        }
    }

    /// The face is in the graphics memory exactly as long as the conversation holds it.
    fn keep_portrait(&mut self, context: &Context) {
        let visit = self.state.visit;
        let portrait = self.state.visit().and_then(|visit| visit.preview.portrait.as_ref());
        match portrait {
            None => self.portrait = None,
            Some(portrait) => {
                if self.portrait.as_ref().is_none_or(|(of, _)| *of != visit) {
                    self.portrait = Some((visit, texture(context, portrait)));
                }
            }
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, context: &Context, _: &mut eframe::Frame) {
        self.update(context);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.paint(ui);
    }

    fn clear_color(&self, _: &egui::Visuals) -> [f32; 4] {
        look::colour::PAGE.paper.to_normalized_gamma_f32()
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

/// The face as a texture.
pub fn texture(context: &Context, portrait: &Portrait) -> TextureHandle {
    let bytes = portrait.rgba.as_slice();
    let fits = portrait.width > 0 && bytes.len() == portrait.width * portrait.height * 4;
    let image = if fits {
        ColorImage::from_rgba_unmultiplied([portrait.width, portrait.height], bytes)
    } else {
        ColorImage::filled([1, 1], look::colour::PAGE.paper)
    };
    context.load_texture("portrait", image, TextureOptions::LINEAR)
}

#[cfg(test)]
mod tests;
