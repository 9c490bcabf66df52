//! What the station still has to do, and by when.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Console, Frame,
    check::Id,
    failure::{Failure, html},
    form,
    session::Staff,
    time::moment,
    words,
};
use crate::{
    staff::Role,
    store::{
        EndTask, TemporaryId,
        accesses::{Purpose, Shown},
    },
};

/// A duty as the page shows it.
struct TaskView {
    id: Uuid,
    what: &'static str,
    what_english: &'static str,
    visit: Uuid,
    number: String,
    temporary_id: Option<String>,
    due: String,
    overdue: bool,
}

#[derive(Template)]
#[template(path = "tasks.html")]
struct Page {
    frame: Frame,
    tasks: Vec<TaskView>,
    faults: Vec<String>,
}

async fn page(console: &Console, staff: &Staff, faults: Vec<String>) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let now = console.clock.now();
    let tasks = console.store.tasks(&console.station.code).await?;
    // A temporary id stands for a person as a number does.
    let named = tasks.iter().map(|task| task.visit).collect();
    console.note_access(staff, named, Shown::List, Purpose::Reception).await?;
    let tasks = tasks.into_iter().map(|task| {
        let (what, what_english) = words::duty(task.duty);
        TaskView {
            id: task.id,
            what,
            what_english,
            visit: task.visit,
            number: task.number,
            temporary_id: task.temporary_id.as_ref().map(TemporaryId::as_str).map(str::to_owned),
            due: moment(task.due),
            overdue: task.due < now,
        }
    });
    html(status, &Page { frame: staff.frame(console), tasks: tasks.collect(), faults })
}

/// `GET /staff/tasks`
pub(super) async fn list(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require_any(&[Role::Reception, Role::Manager])?;
    page(&console, &staff, Vec::new()).await
}

/// The form that ends a duty.
#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    reason: String,
}

/// `POST /staff/tasks/{task}/done`
pub(super) async fn done(
    State(console): State<Console>,
    staff: Staff,
    Id(task): Id,
    Form(form): Form<Done>,
) -> Result<Response, Failure> {
    staff.require_any(&[Role::Reception, Role::Manager])?;
    let mut faults = Vec::new();
    let Some(reason) =
        form::line(&form.reason, "Đã báo ai, bằng cách nào / Who was told, and how", &mut faults)
    else {
        return page(&console, &staff, faults).await;
    };
    let ending = EndTask { task, decision: staff.decision(reason), at: console.clock.now() };
    console.store.end_task(ending).await?;
    Ok(Redirect::to("/staff/tasks").into_response())
}
