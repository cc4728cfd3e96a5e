//! Decompression within a cap.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, Response, header};

use crate::http::{SendError, SendFailure};

/// Decodes a gzip body, and drops the headers that no longer describe it.
///
/// The cap counts decoded bytes and is checked while decoding: a megabyte of
/// gzip can hold a gigabyte. A truncated body fails, because gzip ends with a
/// checksum.
pub(super) fn decoded(
    response: Response<Bytes>,
    max_body: usize,
) -> Result<Response<Bytes>, SendError> {
    let (mut parts, body) = response.into_parts();
    let body = match encoding(&parts.headers) {
        Encoding::None => body,
        Encoding::Gzip => {
            parts.headers.remove(header::CONTENT_ENCODING);
            parts.headers.remove(header::CONTENT_LENGTH);
            gunzip(&body, max_body)?
        }
        Encoding::Unknown => return Err(SendError::new(SendFailure::Other)),
    };
    if body.len() > max_body {
        return Err(SendError::new(SendFailure::TooLarge));
    }
    Ok(Response::from_parts(parts, body))
}

enum Encoding {
    None,
    Gzip,
    Unknown,
}

fn encoding(headers: &HeaderMap) -> Encoding {
    let Some(value) = headers.get(header::CONTENT_ENCODING) else {
        return Encoding::None;
    };
    match value
        .to_str()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
        .as_str()
    {
        "identity" => Encoding::None,
        "gzip" | "x-gzip" => Encoding::Gzip,
        _ => Encoding::Unknown,
    }
}

fn gunzip(body: &[u8], max_body: usize) -> Result<Bytes, SendError> {
    if body.is_empty() {
        return Ok(Bytes::new());
    }
    // One byte more than allowed tells a body at the cap from one beyond it.
    let most = u64::try_from(max_body)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut decoded = Vec::new();
    MultiGzDecoder::new(body)
        .take(most)
        .read_to_end(&mut decoded)
        .map_err(|error| SendError::with_source(SendFailure::Broken, error))?;
    Ok(decoded.into())
}
