//! The stories of Ticketty, told on real servers and on scripted ones. One binary, so that it links once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod architecture;
mod bad_input;
mod cli;
mod composer;
mod desk;
mod detection;
mod documents;
mod domains;
mod imap;
mod journeys;
mod oauth;
mod proof;
mod settings;
mod smtp;
mod support;
mod web;
