//! The client of the clients API.

use std::{fmt, num::NonZeroUsize, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use jiff::tz::TimeZone;
use reconcile_transport::{Call, RequestUrl, Transport};
use secrecy::ExposeSecret;
use serde::{Serialize, de::DeserializeOwned};

use crate::{ApiError, Config, Error};

/// The path that every operation begins with.
const ROOT: [&str; 2] = ["v1", "clients-sdk"];

const API_KEY: HeaderName = HeaderName::from_static("api-key");

/// A client of the clients API: merchants, terminals, transactions and
/// reconciliations.
///
/// Cloning it is cheap and shares the connections and their limits.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    config: Config,
    api_key: HeaderValue,
    transport: Transport,
}

/// An operation that changes something, and is therefore never repeated by
/// itself once it may have arrived.
#[derive(Clone, Copy)]
pub(crate) struct Action {
    pub(crate) operation: &'static str,
    /// Where to see whether it was done.
    pub(crate) check: &'static str,
}

impl Client {
    /// A client with these settings. Nothing is sent yet.
    pub fn new(config: Config) -> Result<Self, Error> {
        let mut api_key = HeaderValue::from_str(config.api_key.expose_secret())
            .ok()
            .filter(|key| !key.is_empty())
            .ok_or(Error::ApiKey)?;
        api_key.set_sensitive(true);
        let transport = match &config.transport {
            Some(transport) => transport.clone(),
            None => Transport::builder()
                .concurrency(config.concurrency)
                .build()?,
        };
        Ok(Self(Arc::new(Shared {
            config,
            api_key,
            transport,
        })))
    }

    /// The body of a GET that succeeded.
    pub(crate) async fn get(
        &self,
        operation: &'static str,
        path: &[&str],
        parameters: &[(&str, String)],
    ) -> Result<Bytes, Error> {
        let call = Call::get(operation, self.url(path, parameters)?);
        self.send(operation, call).await
    }

    /// The answer to a GET, typed.
    pub(crate) async fn find<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &[&str],
    ) -> Result<T, Error> {
        let body = self.get(operation, path, &[]).await?;
        Ok(reconcile_transport::decode(operation, &body)?)
    }

    /// The answer to a POST of this body.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        action: Action,
        path: &[&str],
        body: &(impl Serialize + Sync),
    ) -> Result<T, Error> {
        let call = Call::post(action.operation, self.url(path, &[])?).json(body)?;
        self.act(action, call).await
    }

    /// The answer to a PUT without a body.
    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        action: Action,
        path: &[&str],
    ) -> Result<T, Error> {
        let call = Call::put(action.operation, self.url(path, &[])?);
        self.act(action, call).await
    }

    /// The zone of the dates and times on receipts.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.0.config.zone
    }

    /// How much before and after a window is asked for as well.
    pub(crate) fn margin(&self) -> Duration {
        self.0.config.margin
    }

    /// How many rows a page is asked to have.
    pub(crate) fn page_size(&self) -> u32 {
        self.0.config.page_size.get()
    }

    /// How many pages are asked for at once.
    pub(crate) fn concurrency(&self) -> NonZeroUsize {
        self.0.config.concurrency
    }

    async fn act<T: DeserializeOwned>(&self, action: Action, call: Call) -> Result<T, Error> {
        let Action { operation, check } = action;
        let answer = self.send(operation, call).await;
        let typed = answer.and_then(|body| Ok(reconcile_transport::decode(operation, &body)?));
        typed.map_err(|cause| {
            if cause.leaves_outcome_open() {
                Error::OutcomeUnknown {
                    operation,
                    check,
                    cause: Box::new(cause),
                }
            } else {
                cause
            }
        })
    }

    async fn send(&self, operation: &'static str, call: Call) -> Result<Bytes, Error> {
        let call = call.sensitive_header(API_KEY, self.0.api_key.clone());
        let reply = self.0.transport.send(call, None).await?;
        if reply.status.is_success() {
            Ok(reply.body)
        } else {
            Err(Error::Api(Box::new(ApiError::new(operation, &reply))))
        }
    }

    fn url(&self, path: &[&str], parameters: &[(&str, String)]) -> Result<RequestUrl, Error> {
        let path: Vec<_> = ROOT.iter().chain(path).copied().collect();
        Ok(self.0.config.base_url.url(&path, parameters)?)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.config.base_url)
            .finish_non_exhaustive()
    }
}
