//! From a provider and a root to the model.
//!
//! The tables are generated, one a provider; a new provider is one line here.

#[allow(clippy::match_same_arms, reason = "generated: one line a root")]
mod paywall;
#[allow(clippy::match_same_arms, reason = "generated: one line a root")]
mod streampay;
#[allow(clippy::match_same_arms, reason = "generated: one line a root")]
mod tupay;

use reconcile_transport::{Error, ErrorKind, decode};
use serde::{Serialize, de::DeserializeOwned};

/// Reads a body into its model and writes it again; nothing where there is no
/// such root.
pub(crate) fn round_trip(
    provider: &str,
    root: &str,
    body: &[u8],
) -> Option<Result<Vec<u8>, Error>> {
    match provider {
        "paywall" => paywall::round_trip(root, body),
        "streampay" => streampay::round_trip(root, body),
        "tupay" => tupay::round_trip(root, body),
        _ => None,
    }
}

/// Reads a body as the clients read it, and writes it again.
fn through<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<Vec<u8>, Error> {
    let model: T = decode("try", body)?;
    serde_json::to_vec(&model).map_err(|error| {
        Error::new(ErrorKind::Request, "the model cannot be written").with_source(error)
    })
}
