//! The promise, proved: the process ends at every durable step, and what the next start finds is counted.

mod answering;
mod asleep;
mod changing;
mod clocks;
mod copies;
mod damage;
mod defects;
mod disk;
mod fetching;
mod flags;
mod keeping;
mod leaving;
mod model;
mod odd;
mod outbox;
mod places;
mod points;
mod put_away;
mod renames;
mod rows;
mod secrets;
mod seeds;
mod servers;
mod soak;
mod tokens;
mod whole;
