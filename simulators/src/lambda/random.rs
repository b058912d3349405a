//! Ids as Lambda makes them.

use ring::rand::{SecureRandom, SystemRandom};

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness ids repeat, which every caller notices.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        tracing::error!("the system has no randomness");
    }
    bytes
}

/// A random UUID (version 4).
pub(super) fn uuid() -> String {
    let mut bytes = bytes::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    let part = |from: usize, to: usize| &hex[from..to];
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

/// A tracing header of X-Ray for an invocation that is sampled.
/// <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>
pub(super) fn trace(seconds: u64) -> String {
    let root = hex::encode(bytes::<12>());
    let parent = hex::encode(bytes::<8>());
    format!("Root=1-{seconds:08x}-{root};Parent={parent};Sampled=1")
}
