//! The command line of the card tools.
fn main() {}
