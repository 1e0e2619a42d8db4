//! A server's bytes straight into what reads them, for the fuzz targets and the test over their seeds.

use std::io::Cursor;

use super::Timings;
use super::reply::Capabilities;
use super::wire::Wire;

/// Reads replies until the line is of no use any more; each is told as text, the reason for the end last.
pub async fn replies(wire: &[u8]) -> Vec<String> {
    let link = tokio::io::join(Cursor::new(wire.to_vec()), tokio::io::sink());
    let mut wire = Wire::new(Box::new(link));
    let mut told = Vec::new();
    loop {
        match wire.reply(Timings::default().command).await {
            Ok(reply) => {
                let can = Capabilities::from_reply(&reply);
                told.push(format!("{} {:?} {can:?}", reply.words(), reply.kind()));
            }
            Err(broken) => {
                told.push(broken.trouble("reading").what);
                return told;
            }
        }
    }
}
