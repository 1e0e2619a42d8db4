//! Signing in with OAuth2 (RFC 6749) instead of a password: the rules, without a network.
//!
//! The operator signs in at the provider's own page; we get a code for our address on this machine
//! ([`redirect`]), trade it for tokens ([`token`]), and show the access token to the mail servers ([`sasl`]). Every
//! request carries PKCE S256 (RFC 7636) and a state of its own, and every answer is read strictly. Randomness, time
//! and answers come in as arguments.

pub mod authorise;
pub mod device;
pub mod provider;
pub mod redirect;
pub mod sasl;
pub mod token;

pub use provider::{ClientSecret, IdentityProvider, Providers};
pub use token::{TokenFailure, TokenSet};
