//! What stands on every answer of a gateway, whatever it says.

use axum::http::header::{InvalidHeaderValue, SET_COOKIE};
use axum::http::{HeaderName, HeaderValue};

/// The headers of every answer, and what every error ends with.
#[derive(Debug, Default)]
pub(crate) struct Stationery {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) error_note: String,
}

impl Stationery {
    /// With an `X-Trace-Id` and a cookie, `DEVICE`, where there are some. Fails
    /// with the name of the one that cannot stand in a header.
    pub(crate) fn new(
        trace_id: Option<&str>,
        device_cookie: Option<&str>,
        error_note: &str,
    ) -> Result<Self, &'static str> {
        let mut headers = Vec::new();
        if let Some(id) = trace_id {
            let value = sensitive(id).map_err(|_| "trace_id")?;
            headers.push((HeaderName::from_static("x-trace-id"), value));
        }
        if let Some(device) = device_cookie {
            let cookie = format!("DEVICE={device}; Path=/; HttpOnly; Secure");
            let value = sensitive(&cookie).map_err(|_| "device_cookie")?;
            headers.push((SET_COOKIE, value));
        }
        Ok(Self {
            headers,
            error_note: error_note.to_owned(),
        })
    }
}

/// A header that `Debug` does not show.
fn sensitive(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_stand_in_a_header_is_named() {
        let with =
            |trace: &str| Stationery::new(Some(trace), Some("d"), "").map(|it| it.headers.len());
        assert_eq!(with("a\r\nb"), Err("trace_id"));
        assert_eq!(with("ab"), Ok(2));
    }
}
