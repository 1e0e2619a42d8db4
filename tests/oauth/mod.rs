//! Stories about signing in with OAuth2: a fake provider, a real Dovecot that asks it about tokens, a fake SMTP server.

mod bench;
mod mechanisms;
mod program;
mod screens;
mod signing_in;
mod working;
