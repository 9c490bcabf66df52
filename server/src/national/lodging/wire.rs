//! The portal's messages (interface v1.4).
//!
//! Known: addresses, the login's form and answer, the fields of a guest, `code` "200" and "400", `Bản khai báo n: …`, the
//! lists' members. Stand-ins: the words after `Bản khai báo n:`, one to a line; that lists and refreshed tokens come in the
//! login's envelope; `data` as a count; a Basic header on refresh and revoke; `dm-phuong-xa` with members `id` and `name`.

mod answer;
mod catalogue;
mod guest;
mod token;

pub(in crate::national) use answer::{PortalReply, reply};
pub(in crate::national) use catalogue::{items, nationalities, provinces};
pub(super) use guest::{birth_note, first_day, sex, whole_or_year};
pub(in crate::national) use guest::{changes, declarations};
pub(in crate::national) use token::{Token, TokenReply, token_reply, token_request};

#[cfg(test)]
mod tests;

/// An answer that is not in the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::national) struct Malformed;
