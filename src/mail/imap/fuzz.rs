//! A server's bytes straight into what reads them, for the fuzz targets and the test over their seeds.

use super::answer::{self, Answer};
use super::can::Can;
use super::folder;
use super::frame::Framer;
use super::utf7;

/// What an account of the smallest kind allows.
const LONGEST_LINE: usize = 64 * 1024;
const LONGEST_LITERAL: u64 = 256 * 1024;

/// Cuts `wire` into responses, `step` bytes at a time, and reads each as a session would. Gives what was understood,
/// which must not depend on `step`: a network may cut anywhere.
pub fn responses(wire: &[u8], step: usize) -> Vec<String> {
    let mut framer = Framer::new(LONGEST_LINE, LONGEST_LITERAL);
    let mut understood = Vec::new();
    let mut listed = Vec::new();
    for part in wire.chunks(step.max(1)) {
        let pushed = framer.push(part);
        while let Some(frame) = framer.pop() {
            match answer::read(frame) {
                Answer::Listed(folder) => listed.push(folder),
                Answer::Abilities { words, .. } => {
                    understood.push(format!("{:?}", Can::from_words(&words, "imap.example.net")));
                }
                Answer::Status { condition, .. } => {
                    understood.push(format!(
                        "{} {}",
                        condition.words(),
                        condition.looks_temporary()
                    ));
                }
                other => understood.push(format!("{other:?}")),
            }
        }
        if let Err(fault) = pushed {
            understood.push(fault.to_string());
            break;
        }
    }
    for folder in folder::with_roles(listed) {
        understood.push(format!("{folder:?} {}", utf7::encode(&folder.name)));
    }
    understood
}
