//! What the stories stand on: real servers in directories of their own, scripted ones, certificates made at run time.

pub mod authority;
pub mod certificate;
pub mod compose_desk;
pub mod desk;
pub mod desk_pty;
pub mod dovecot;
pub mod fake_dns;
pub mod fake_identity;
pub mod fake_imap;
pub mod fake_smtp;
pub mod fake_web;
pub mod fault_proxy;
pub mod model_imap;
pub mod own_sequences;
pub mod postfix;
pub mod program;
