//! JSON without a lost digit, and errors that say where.

mod amount;
mod decode;

use sha2::{Digest as _, Sha256};

pub use amount::{DecimalError, decimal, optional_decimal, parse_decimal};
pub(crate) use decode::Nesting;
pub use decode::{DecodeError, JsonKind, MAX_DEPTH, check_depth, decode, decode_row};

/// The SHA-256 of a body.
#[must_use]
pub fn digest(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}
