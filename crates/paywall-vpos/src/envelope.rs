//! What every answer is wrapped in: Paywall says no with HTTP 200, too.

use reconcile_transport::Reply;
use serde::Deserialize;

use crate::{ApiError, Error, models::Envelope};

/// What is in the envelope of a reply.
///
/// # Errors
///
/// A refusal, whatever its HTTP status; an envelope with nothing in it; what is
/// not as documented.
pub(crate) fn open<'de, T: Deserialize<'de>>(
    operation: &'static str,
    reply: &'de Reply,
) -> Result<T, Error> {
    if !reply.status.is_success() || Head::of(&reply.body).refuses() {
        return Err(Error::Api(ApiError::new(operation, reply)));
    }
    let envelope: Envelope<T> = reconcile_transport::decode(operation, &reply.body)?;
    envelope.body.ok_or(Error::Empty { operation })
}

/// The envelope without what is in it, as far as it can be read: what is no
/// JSON, or another, has nothing to show.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Head {
    result: Option<bool>,
    pub(crate) error_code: Option<i64>,
    message: Option<String>,
    error_message: Option<String>,
}

impl Head {
    pub(crate) fn of(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// The number of a success is 0: either sign of a refusal is one.
    fn refuses(&self) -> bool {
        self.result == Some(false) || self.error_code.is_some_and(|code| code != 0)
    }

    /// Paywall's words; lists of transactions have them in two places.
    pub(crate) fn words(&self) -> Option<&str> {
        [&self.message, &self.error_message]
            .into_iter()
            .filter_map(|words| words.as_deref())
            .find(|words| !words.trim().is_empty())
    }
}
