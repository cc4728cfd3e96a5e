//! JSON without a lost digit, and errors that say where.

mod absence;
mod amount;
mod card;
mod decode;
mod instant;
mod local;
mod personal;
mod verbatim;

use sha2::{Digest as _, Sha256};

pub use absence::{list, optional_object};
pub use amount::{
    DecimalError, decimal, decimal_text, optional_decimal, optional_decimal_text, parse_decimal,
};
pub use card::MaskedPan;
pub(crate) use decode::Nesting;
pub use decode::{DecodeError, JsonKind, MAX_DEPTH, check_depth, decode, decode_row};
pub use instant::{instant, instant_millis, optional_instant, optional_instant_millis};
pub use local::{local_date, local_datetime, optional_local_date, optional_local_datetime};
pub use personal::Personal;
pub use verbatim::Json;

/// The SHA-256 of a body.
#[must_use]
pub fn digest(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}
