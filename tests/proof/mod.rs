//! The promise, proved: the process ends at every durable step, and what the next start finds is counted.

mod answering;
mod changing;
mod fetching;
mod keeping;
mod model;
mod places;
mod points;

mod seeds;
mod soak;
mod tokens;
