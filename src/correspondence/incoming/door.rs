//! Reading a message that comes in a stream: never more than may be looked at is kept.

use std::io::{self, Read};

use crate::mail::inbound::MOST_BYTES;

/// After this many bytes nobody reads on: 64 MiB, beyond what any mail server sends.
const MOST_READ: usize = 64 * 1024 * 1024;

/// Reads a message to its end. What is over the bound (I1) is counted and not kept: the beginning, with the
/// headers, is enough to set it aside. Gives what was kept and how long the message was.
///
/// # Errors
/// When the stream cannot be read.
pub fn read_bounded(mut stream: impl Read) -> io::Result<(Vec<u8>, usize)> {
    let (mut kept, mut size) = (Vec::new(), 0);
    let mut chunk = vec![0_u8; 64 * 1024];
    loop {
        let read = match stream.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let new = chunk.get(..read).unwrap_or_default();
        size += read;
        let room = (MOST_BYTES + 1).saturating_sub(kept.len());
        kept.extend(new.iter().take(room));
        if read == 0 || size > MOST_READ {
            return Ok((kept, size));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i1_a_long_message_is_counted_and_its_beginning_kept() {
        let (kept, size) = read_bounded(io::repeat(b'x').take(3_000_000)).unwrap();
        assert_eq!((kept.len(), size), (MOST_BYTES + 1, 3_000_000));
        let (kept, size) = read_bounded(&b"From: a@b.c\r\n\r\n"[..]).unwrap();
        assert_eq!((kept.len(), size), (15, 15));
        let (kept, size) = read_bounded(io::repeat(b'x')).unwrap();
        assert!(kept.len() == MOST_BYTES + 1 && size < MOST_READ + 100_000);
    }
}
