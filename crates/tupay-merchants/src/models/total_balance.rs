//! The balance as it is now.

use reconcile_transport::Json;
use serde::{Deserialize, Serialize};

/// The answer of `GET /v1/balance`, which no documentation shows: the JSON as
/// it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TotalBalance(Json);

impl TotalBalance {
    /// The JSON text.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.text()
    }
}
