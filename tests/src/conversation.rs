//! A conversation of a kiosk with the server, without the window: for journeys that are about what others see of it.

use std::io;

use flows::{Language, consent, law::age::ConsentRole, step::Purpose};
use serde_json::{Value, json};

use crate::{signed::KIOSK, world::World};

/// A conversation under way.
#[derive(Debug, Clone)]
pub struct Conversation {
    id: String,
    /// What the server answered last.
    pub view: Value,
}

fn text<'a>(value: &'a Value, pointer: &str) -> io::Result<&'a str> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.ok_or_else(|| io::Error::other(format!("{pointer} is missing in {value}")))
}

impl Conversation {
    /// Somebody begins, agrees, and is asked for a document.
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn begin(world: &World) -> io::Result<Self> {
        let wish = json!({ "service": "health", "language": "vi", "ways": ["chip", "qr", "typed", "child"] });
        let view = KIOSK.post(world, "/v1/sessions", &wish)?;
        let mut conversation = Self { id: text(&view, "/session_id")?.to_owned(), view };
        let words = consent::current(Purpose::HealthCheckIn, ConsentRole::Person, Language::Vi)
            .ok_or_else(|| io::Error::other("no words to ask for consent with"))?;
        conversation.answer(
            world,
            &json!({
                "kind": "consent", "purpose": "health_check_in", "given": true, "language": "vi",
                "text_sha256": words.sha256_hex(),
            }),
        )?;
        Ok(conversation)
    }

    /// Answers the step.
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn answer(&mut self, world: &World, answer: &Value) -> io::Result<()> {
        let path = format!("/v1/sessions/{}/answers", self.id);
        self.view = KIOSK.post(world, &path, &json!({ "answer": answer }))?;
        Ok(())
    }

    /// Presses Gọi nhân viên.
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn call_staff(&mut self, world: &World) -> io::Result<()> {
        self.answer(world, &json!({ "kind": "call_staff", "code": "help_wanted" }))
    }

    /// Types number, name and year of birth, and takes the first of whatever is to be chosen. Gives the ticket.
    ///
    /// # Errors
    /// Where the server refuses, or it does not end in a ticket.
    pub fn check_in_by_typing(
        &mut self,
        world: &World,
        (number, full_name, year): (&str, &str, i16),
    ) -> io::Result<Value> {
        let birth = json!({ "year": year, "month": null, "day": null });
        let typed = json!({ "kind": "typed", "number": number, "full_name": full_name, "birth": birth, "sex": "unknown" });
        self.answer(world, &json!({ "kind": "evidence", "evidence": typed }))?;
        while text(&self.view, "/step/kind")? == "choose" {
            let first = text(&self.view, "/step/options/0/id")?.to_owned();
            self.answer(world, &json!({ "kind": "choose", "id": first }))?;
        }
        let ticket = self.view.pointer("/step/ticket").cloned();
        ticket.ok_or_else(|| io::Error::other(format!("no ticket: {}", self.view)))
    }

    /// Where the conversation stands now.
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn look(&mut self, world: &World) -> io::Result<&Value> {
        self.view = KIOSK.get(world, &format!("/v1/sessions/{}", self.id))?;
        Ok(&self.view)
    }

    /// The text at this JSON pointer in what the server answered last; empty where there is none.
    pub fn says(&self, pointer: &str) -> &str {
        self.view.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}
