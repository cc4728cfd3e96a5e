//! The default HTTP client: reqwest over rustls and ring.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};

use crate::error::{Error, ErrorKind};
use crate::http::{HttpClient, Limits, SendError, SendFailure};

/// The default client: HTTP/1.1 with connections kept alive, TLS 1.2 or 1.3
/// checked against the system's roots, no redirects, no cookies.
///
/// Redirects would carry key headers to another host: reqwest strips
/// `authorization` there, but no header of a provider's own.
#[derive(Clone, Debug)]
pub struct ReqwestClient {
    direct: reqwest::Client,
    proxied: reqwest::Client,
}

impl ReqwestClient {
    /// A client that gives up connecting after this time.
    pub fn new(connect_timeout: Duration) -> Result<Self, Error> {
        let tls = tls()?;
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .connect_timeout(connect_timeout)
        };
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| {
                Error::new(ErrorKind::Configuration, "the HTTP client cannot be built")
                    .with_source(error.without_url())
            })
        };
        // A proxy must never see what is meant for this machine.
        Ok(Self {
            direct: build(builder().no_proxy())?,
            proxied: build(builder())?,
        })
    }

    fn client_for(&self, host: Option<&str>) -> &reqwest::Client {
        let host = host.unwrap_or_default().trim_matches(['[', ']']);
        let loopback = host == "localhost"
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        if loopback {
            &self.direct
        } else {
            &self.proxied
        }
    }
}

#[async_trait]
impl HttpClient for ReqwestClient {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: &Limits,
    ) -> Result<Response<Bytes>, SendError> {
        let client = self.client_for(request.uri().host());
        let request = reqwest::Request::try_from(request).map_err(send_error)?;
        let mut answer = client.execute(request).await.map_err(send_error)?;
        let declared = answer
            .content_length()
            .and_then(|len| usize::try_from(len).ok());
        if declared.is_some_and(|len| len > limits.max_body) {
            return Err(SendError::new(SendFailure::TooLarge));
        }
        let mut body = BytesMut::with_capacity(declared.unwrap_or_default());
        while let Some(chunk) = answer.chunk().await.map_err(send_error)? {
            if body.len() + chunk.len() > limits.max_body {
                return Err(SendError::new(SendFailure::TooLarge));
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body.freeze());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

fn tls() -> Result<rustls::ClientConfig, Error> {
    let failed = |error: rustls::Error| {
        Error::new(ErrorKind::Configuration, "TLS cannot be set up").with_source(error)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(rustls_platform_verifier::BuilderVerifierExt::with_platform_verifier)
        .map_err(failed)?
        .with_no_client_auth())
}

/// A body that ends early is a *decode* error for reqwest, and so is a timeout
/// within it; hence the order of the questions.
fn send_error(error: reqwest::Error) -> SendError {
    let failure = if error.is_connect() {
        SendFailure::NotSent
    } else if error.is_timeout() {
        SendFailure::Timeout
    } else if error.is_body() || error.is_decode() || error.is_request() {
        SendFailure::Broken
    } else {
        SendFailure::Other
    };
    let error: Box<dyn StdError + Send + Sync> = Box::new(error.without_url());
    SendError::with_source(failure, error)
}
