//! The audit log: each transaction appends a leaf that is chained to the one before.
//!
//! A changed, dropped or inserted leaf breaks every hash after it. Leaves cut off at the end do not: whoever
//! has to prove completeness keeps the head that [`AuditReport::Intact`] tells, outside this machine.

use sha2::{Digest as _, Sha256};

/// What stands before the first leaf.
pub const GENESIS: [u8; 32] = [0; 32];

/// What a leaf says: which transaction, on which record, with which content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// Its place in the log, from 1.
    pub seq: u64,
    /// Unix milliseconds.
    pub at: i64,
    /// The operation.
    pub operation: &'a str,
    /// The id of the record that it wrote.
    pub record: &'a str,
    /// SHA-256 of the record's canonical form: its columns as stored, sealed ones sealed.
    pub digest: [u8; 32],
}

impl Leaf<'_> {
    /// SHA-256 over the previous leaf's hash and this leaf. Each part's length stands before it, so that no
    /// two leaves read alike.
    pub fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.to_be_bytes());
        for text in [self.operation, self.record] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.update(self.digest);
        hash.finalize().into()
    }
}

/// How the audit log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditReport {
    /// Every leaf follows from the one before, and every record is as its leaf says.
    Intact {
        /// How many there are.
        leaves: u64,
        /// The last one's hash; [`GENESIS`] in an empty log.
        head: [u8; 32],
    },
    /// A leaf is not as it was written.
    BrokenLeaf {
        /// The first such leaf.
        seq: u64,
    },
    /// A record is not as its leaf says, or is gone.
    ChangedRecord {
        /// Its leaf.
        seq: u64,
    },
    /// There are records that no leaf speaks of: they were not written by this program.
    UnloggedRecords,
}

impl std::fmt::Display for AuditReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Intact { leaves, head } => {
                write!(f, "intact: {leaves} leaves, the last one's hash is {}", hex::encode(head))
            }
            Self::BrokenLeaf { seq } => write!(f, "leaf {seq} is not as it was written"),
            Self::ChangedRecord { seq } => write!(f, "the record of leaf {seq} was changed or is gone"),
            Self::UnloggedRecords => f.write_str("there are records that no leaf speaks of"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_leaf_can_be_moved_to_its_neighbour() {
        let leaf =
            |operation, record| Leaf { seq: 1, at: 0, operation, record, digest: GENESIS }.hash(&GENESIS);
        assert_ne!(leaf("ab", "c"), leaf("a", "bc"));
    }

    #[test]
    fn a_leaf_hangs_on_the_one_before() {
        let leaf = Leaf { seq: 2, at: 7, operation: "check_in", record: "r", digest: [1; 32] };
        assert_ne!(leaf.hash(&GENESIS), leaf.hash(&[1; 32]));
    }
}
