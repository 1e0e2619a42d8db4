#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod children;
mod corpus;
mod html;
mod odd;
