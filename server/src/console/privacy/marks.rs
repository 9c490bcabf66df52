//! What keeps a person's data as they are: held for a dispute, or restricted; and lifting it again. A mark stands apart from
//! the request on whose page it is set: it is lifted after that was answered.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{
    super::{Console, check::Id, failure::Failure, form::line, session::Staff},
    requests,
};
use crate::{
    staff::Role,
    store::retention::{Mark, MarkKind},
};

/// What can be done about a person's marks as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Giữ lại vì tranh chấp.
    Hold,
    /// It is not needed in a dispute any more.
    Release,
    /// Bỏ hạn chế.
    Lift,
}

impl Change {
    const ALL: [Self; 3] = [Self::Hold, Self::Release, Self::Lift];

    /// Those that make sense where these marks are on a person.
    pub(super) fn possible(marks: &[MarkKind]) -> Vec<Self> {
        let (held, restricted) = (marks.contains(&MarkKind::Held), marks.contains(&MarkKind::Restricted));
        let possible = |change: &Self| match change {
            Self::Hold => !held,
            Self::Release => held,
            Self::Lift => restricted,
        };
        Self::ALL.into_iter().filter(possible).collect()
    }

    pub(super) const fn value(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Lift => "lift",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Hold => "Giữ lại vì tranh chấp",
            Self::Release => "Bỏ giữ vì tranh chấp",
            Self::Lift => "Bỏ hạn chế",
        }
    }

    pub(super) const fn english(self) -> &'static str {
        match self {
            Self::Hold => "hold for a dispute: nothing is deleted or purged",
            Self::Release => "lift the hold",
            Self::Lift => "lift the restriction",
        }
    }

    /// Which mark, and whether it is placed.
    const fn mark(self) -> (MarkKind, bool) {
        match self {
            Self::Hold => (MarkKind::Held, true),
            Self::Release => (MarkKind::Held, false),
            Self::Lift => (MarkKind::Restricted, false),
        }
    }
}

/// A mark in words.
pub(super) const fn words(kind: MarkKind) -> (&'static str, &'static str) {
    match kind {
        MarkKind::Restricted => ("Đang hạn chế xử lý", "restricted"),
        MarkKind::Held => ("Đang giữ lại vì tranh chấp", "held for a dispute"),
    }
}

/// The form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    change: String,
    reason: String,
}

/// `POST /staff/privacy/requests/{request}/mark`
pub(super) async fn mark(
    State(console): State<Console>,
    staff: Staff,
    Id(id): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let request = requests::found(&console, id).await?;
    let subject = request.subject.ok_or(Failure::NobodyKept)?;
    let possible = Change::possible(&console.store.marks_of(subject).await?);
    let mut faults = Vec::new();
    let reason = line(&typed.reason, "Lý do / Reason", &mut faults);
    let change = possible.into_iter().find(|change| change.value() == typed.change);
    if change.is_none() {
        faults.push("Việc này không còn làm được: đã làm rồi, hoặc đã bỏ (this cannot be done now)".into());
    }
    let (Some(change), Some(reason)) = (change, reason) else {
        return requests::page(&console, &staff, request, faults).await;
    };
    let (kind, placed) = change.mark();
    let mark = Mark { subject, kind, placed, decision: staff.decision(reason), at: console.clock.now() };
    console.store.mark_subject(mark).await?;
    Ok(Redirect::to(&format!("/staff/privacy/requests/{id}")).into_response())
}
