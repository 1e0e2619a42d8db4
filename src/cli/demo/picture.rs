//! A small real PNG, drawn here: a window with an error message, as a customer would attach it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const WIDTH: usize = 96;
const HEIGHT: usize = 60;

/// The picture as lines of base64 for a mail (RFC 2045 §6.8: at most 76 characters).
pub fn screenshot_base64() -> String {
    let text = STANDARD.encode(screenshot());
    let mut lines = String::new();
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % 76 == 0 {
            lines.push('\n');
        }
        lines.push(character);
    }
    lines
}

fn colour(x: usize, y: usize) -> [u8; 3] {
    let in_dialog = (20..76).contains(&x) && (18..46).contains(&y);
    match (x, y) {
        (_, 0..8) => [52, 73, 110],
        (4..7 | 10..13 | 16..19, 10..12) => [150, 160, 175],
        (24..30, 24..30) => [200, 60, 60],
        (34..70, 25..27) | (34..62, 30..32) => [70, 75, 85],
        (56..72, 37..43) => [60, 120, 200],
        _ if in_dialog => [250, 250, 250],
        _ => [225, 229, 236],
    }
}

fn screenshot() -> Vec<u8> {
    let mut pixels = Vec::with_capacity(HEIGHT * (1 + WIDTH * 3));
    for y in 0..HEIGHT {
        // Filter type 0: the bytes as they are (PNG §9.2).
        pixels.push(0);
        for x in 0..WIDTH {
            pixels.extend(colour(x, y));
        }
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    for side in [WIDTH, HEIGHT] {
        header.extend(u32::try_from(side).unwrap_or_default().to_be_bytes());
    }
    // Eight bits a channel, RGB, no interlacing (PNG §11.2.2).
    header.extend([8, 2, 0, 0, 0]);
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"IDAT", &zlib(&pixels));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
    let mut checked = kind.to_vec();
    checked.extend(data);
    png.extend(&checked);
    png.extend(crc32(&checked).to_be_bytes());
}

/// Stored blocks: nothing is compressed (RFC 1951 §3.2.4).
fn zlib(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let blocks = data.chunks(0xffff);
    let last = blocks.len().saturating_sub(1);
    for (at, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).unwrap_or_default();
        out.push(u8::from(at == last));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    out.extend(adler32(data).to_be_bytes());
    out
}

fn adler32(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1u32, 0u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65521;
        (low, (high + low) % 65521)
    });
    high << 16 | low
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |mut sum, byte| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 {
                sum >> 1 ^ 0xedb8_8320
            } else {
                sum >> 1
            };
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_the_known_ones() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        assert!(screenshot().ends_with(b"IEND\xae\x42\x60\x82"));
    }
}
