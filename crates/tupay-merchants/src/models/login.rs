//! The answer to a login.

use serde::{Deserialize, Serialize};

use super::Personal;

/// The body of a successful login. The token is not in it: it comes in the
/// `Set-Cookie` header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Login {
    /// The API user.
    pub id_user: Option<u64>,
    /// The user's e-mail address.
    pub username: Option<Personal>,
    /// The merchant whose data the session shows.
    pub id_merchant: Option<u64>,
}
