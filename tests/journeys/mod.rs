//! Journeys through the whole product: the real program and the real desk, on Dovecot and Postfix.

mod answering_by_itself;
mod care;
mod channels;
mod checks;
mod connecting;
mod crashes;
mod every_screen;
mod faults;
mod first_minute;
mod hostile;
mod ledger;
pub mod office;
mod sending;
mod watching;
mod working;
