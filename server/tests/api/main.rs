//! The server as a kiosk meets it, with the cards of the made-up people and the simulated national systems.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests stop at the first thing that is not as they say"
)]

mod card;
mod challenge;
mod children;
mod chip_check;
mod conversation;
mod doors;
mod echo;
mod first_cost;
mod insurance_codes;
mod kit;
mod lodging;
mod minimal;
mod numbers;
mod privacy;
mod secrets;
mod signing;
mod staff;
mod start;
mod taking_over;
mod visit;
mod vneid;
mod without_proof;
