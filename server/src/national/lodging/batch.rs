//! What goes to the portal in one call.

use std::collections::BTreeMap;

use flows::lodging::{Declaration, DocumentKind, Guest, GuestDocument};
use jiff::Timestamp;
use thiserror::Error;

/// How many declarations go in one call. The portal's own limit is not known.
pub const LONGEST: usize = 100;

/// Which of the portal's two calls a guest goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GuestKind {
    /// `kbtt-vn`.
    Vietnamese,
    /// `kbtt`.
    Foreign,
}

impl GuestKind {
    /// Of a guest.
    pub const fn of(guest: &Guest) -> Self {
        match guest {
            Guest::Vietnamese(_) => Self::Vietnamese,
            Guest::Foreign(_) => Self::Foreign,
        }
    }
}

/// Declarations of one kind, at least one, no document twice. Not masked is only how many.
#[derive(Clone, PartialEq, Eq)]
pub struct Batch {
    kind: GuestKind,
    declarations: Vec<Declaration>,
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Batch({:?}, {})", self.kind, self.declarations.len())
    }
}

/// Why declarations are no batch. Guests are named by their place in the list, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BatchFault {
    /// None. The portal would say "success" to an empty list.
    #[error("there is nobody to declare: the portal would say success to an empty list")]
    Empty,
    /// More than go in one call.
    #[error("{0} declarations are more than the {LONGEST} that go in one call: split them")]
    TooMany(usize),
    /// Vietnamese and foreigners together.
    #[error("Vietnamese and foreign guests go by different calls: make a batch of each")]
    Mixed,
    /// The same document twice.
    #[error("declarations {first} and {second} name the same document: keep one of them")]
    Twice {
        /// The first of them.
        first: usize,
        /// The other.
        second: usize,
    },
}

impl Batch {
    /// A batch of these, in their order.
    ///
    /// # Errors
    /// Where they cannot go together.
    pub fn new(declarations: Vec<Declaration>) -> Result<Self, BatchFault> {
        let kind = declarations.first().map(|first| GuestKind::of(&first.guest)).ok_or(BatchFault::Empty)?;
        if declarations.len() > LONGEST {
            return Err(BatchFault::TooMany(declarations.len()));
        }
        let mut seen = BTreeMap::new();
        for (second, Declaration { guest, .. }) in declarations.iter().enumerate() {
            if GuestKind::of(guest) != kind {
                return Err(BatchFault::Mixed);
            }
            let number = match guest {
                Guest::Vietnamese(guest) => guest.document.number(),
                Guest::Foreign(guest) => guest.passport.as_str(),
            };
            if let Some(first) = seen.insert(number, second) {
                return Err(BatchFault::Twice { first, second });
            }
        }
        Ok(Self { kind, declarations })
    }

    /// By which call it goes.
    pub const fn kind(&self) -> GuestKind {
        self.kind
    }

    /// The declarations, in the order in which the portal counts them.
    pub fn declarations(&self) -> &[Declaration] {
        &self.declarations
    }
}

/// What is told of a departure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// `GH`, gia hạn: the guest stays until then.
    Extended(Timestamp),
    /// `TS`, trả sớm: the guest has left.
    LeftEarly,
}

/// A change of when a guest leaves.
#[derive(Clone, PartialEq, Eq)]
pub struct DepartureChange {
    document: GuestDocument,
    told: Told,
}

impl std::fmt::Debug for DepartureChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DepartureChange({:?}, {:?})", self.document, self.told)
    }
}

impl DepartureChange {
    /// A change of the stay of whoever showed this document. None for [`DocumentKind::Other`]: the call knows kinds 1 to
    /// 8 alone, so the portal is told by hand.
    pub fn new(document: GuestDocument, told: Told) -> Option<Self> {
        (document.kind() != DocumentKind::Other).then_some(Self { document, told })
    }

    /// The document.
    pub const fn document(&self) -> &GuestDocument {
        &self.document
    }

    /// What is told.
    pub const fn told(&self) -> Told {
        self.told
    }
}
