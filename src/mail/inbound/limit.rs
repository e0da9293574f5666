//! The time limit on reading (I1).

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::understand::{Incoming, Reason, set_aside, understand};

/// How long reading one message may take. Real ones take a thousandth of it.
pub const MOST_TIME: Duration = Duration::from_secs(5);

/// Of the reading thread: what is nested is let go of by recursion.
const STACK_BYTES: usize = 4 * 1024 * 1024;

/// [`understand`] with a limit on time: a message that takes longer is set aside. It is read on a thread of
/// its own, which nothing waits for after `most`; size and depth are bounded, so it comes to its end.
#[must_use]
pub fn understand_within(
    raw: &Arc<[u8]>,
    envelope_to: Option<&str>,
    authority: Option<&str>,
    most: Duration,
) -> Incoming {
    let (send, receive) = mpsc::sync_channel(1);
    let (bytes, to, by) = (
        Arc::clone(raw),
        envelope_to.map(str::to_owned),
        authority.map(str::to_owned),
    );
    let reader = std::thread::Builder::new()
        .name("mail-reader".into())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let begun = Instant::now();
            let incoming = understand(&bytes, to.as_deref(), by.as_deref());
            // Nobody listens any more when it came too late.
            drop(send.send((incoming, begun.elapsed())));
        });
    let read = match reader {
        Ok(_) => receive.recv_timeout(most),
        // No thread to be had: as if it took too long.
        Err(_) => Err(mpsc::RecvTimeoutError::Timeout),
    };
    let reason = match read {
        Ok((incoming, took)) if took <= most => return incoming,
        // Too late, and here all the same: whoever waited was held up as well.
        Ok(_) | Err(mpsc::RecvTimeoutError::Timeout) => Reason::TooSlow,
        // The reader panicked over it.
        Err(mpsc::RecvTimeoutError::Disconnected) => Reason::Unreadable,
    };
    set_aside(raw, envelope_to, authority, reason)
}
