//! From the files of a card to a verdict.

pub mod verdict;
