//! The client of the payment private API.

use std::{collections::BTreeMap, fmt, num::NonZeroUsize, sync::Arc};

use http::{HeaderName, HeaderValue};
use reconcile_core::Currency;
use reconcile_transport::{Call, Reply, Transport};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use crate::{Config, Error, Step, calendar::Calendar, config::IntradayPaths, envelope};

/// A client of the payment private API. Cloning it is cheap.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    config: Config,
    api_key: HeaderValue,
    api_client: HeaderValue,
    currency: Currency,
    calendar: Calendar,
    transport: Transport,
}

/// Parameters of a GET, which Paywall takes as headers.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// What Paywall has under a key, or that it has nothing.
pub(crate) struct Answer<T> {
    pub(crate) found: Option<T>,
    pub(crate) digest: [u8; 32],
}

impl Client {
    /// A client with these settings. Nothing is sent yet.
    pub fn new(config: Config) -> Result<Self, Error> {
        if !(1..=MOST_ROWS).contains(&config.page_size) {
            let reason = format!("a page has 1 to {MOST_ROWS} rows, not {}", config.page_size);
            return Err(Error::Configuration(reason));
        }
        let transport = match &config.transport {
            Some(transport) => transport.clone(),
            None => Transport::builder()
                .concurrency(config.concurrency)
                .timer(Arc::clone(&config.timer))
                .build()?,
        };
        let currency = config.currency.map_or_else(|| "TRY".parse(), Ok);
        Ok(Self(Arc::new(Inner {
            api_key: credential("apikeyprivate", &config.api_key)?,
            api_client: credential("apiclientprivate", &config.api_client)?,
            currency: currency.map_err(|error| Error::Configuration(error.to_string()))?,
            calendar: Calendar::new(config.zone.clone(), Arc::clone(&config.timer))?,
            transport,
            config,
        })))
    }

    pub(crate) fn calendar(&self) -> &Calendar {
        &self.0.calendar
    }

    pub(crate) fn currency(&self) -> Currency {
        self.0.currency
    }

    /// How many pages are asked for at once.
    pub(crate) fn concurrency(&self) -> NonZeroUsize {
        self.0.config.concurrency
    }

    /// How many rows a page has where a list is read whole.
    pub(crate) fn page_size(&self) -> u32 {
        self.0.config.page_size
    }

    pub(crate) fn steps(&self) -> &BTreeMap<i64, Step> {
        &self.0.config.steps
    }

    pub(crate) fn verdict_within_days(&self) -> u64 {
        self.0.config.verdict_within_days
    }

    pub(crate) fn intraday(&self) -> Option<&IntradayPaths> {
        self.0.config.intraday.as_ref()
    }

    /// Asks for something that is to be there.
    pub(crate) async fn find<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &[&str],
        parameters: Parameters,
    ) -> Result<T, Error> {
        let reply = self.get(operation, path, parameters).await?;
        envelope::open(operation, &reply)
    }

    /// Asks for something that may not be there.
    pub(crate) async fn look_up<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &[&str],
        parameters: Parameters,
    ) -> Result<Answer<T>, Error> {
        let reply = self.get(operation, path, parameters).await?;
        let found = match envelope::open(operation, &reply) {
            Ok(found) => Some(found),
            Err(Error::Empty { .. }) => None,
            Err(Error::Api(refusal)) if refusal.says(&self.0.config.absent_codes) => None,
            Err(error) => return Err(error),
        };
        Ok(Answer {
            found,
            digest: reconcile_transport::digest(&reply.body),
        })
    }

    /// The reply to a GET, a refusal included.
    pub(crate) async fn get(
        &self,
        operation: &'static str,
        path: &[&str],
        parameters: Parameters,
    ) -> Result<Reply, Error> {
        let url = self.0.config.base_url.url(path, &[])?;
        let mut call = Call::get(operation, url);
        for (name, value) in parameters {
            let value = header_value(&value).ok_or_else(|| Error::Query {
                operation,
                reason: format!("`{name}` travels as a header, and holds what no header can"),
            })?;
            call = call.header(HeaderName::from_static(name), value);
        }
        self.send(call).await
    }

    /// The reply to a POST with this body, a refusal included. It is sent once.
    pub(crate) async fn post<T: serde::Serialize>(
        &self,
        operation: &'static str,
        path: &[&str],
        body: &T,
    ) -> Result<Reply, Error> {
        let url = self.0.config.base_url.url(path, &[])?;
        self.send(Call::post(operation, url).json(body)?).await
    }

    async fn send(&self, call: Call) -> Result<Reply, Error> {
        let Inner {
            api_key,
            api_client,
            transport,
            ..
        } = &*self.0;
        let call = call
            .sensitive_header(HeaderName::from_static("apikeyprivate"), api_key.clone())
            .sensitive_header(
                HeaderName::from_static("apiclientprivate"),
                api_client.clone(),
            );
        Ok(transport.send(call, None).await?)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.config.base_url)
            .finish_non_exhaustive()
    }
}

/// The most rows of a page of transactions, as Paywall documents it.
pub(crate) const MOST_ROWS: u32 = 1000;

fn credential(name: &'static str, secret: &SecretString) -> Result<HeaderValue, Error> {
    let secret = secret.expose_secret();
    let mut value = header_value(secret)
        .filter(|_| !secret.is_empty())
        .ok_or_else(|| {
            Error::Configuration(format!("`{name}` is empty, or holds what no header can"))
        })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The text as a header, if it arrives as it is: of what is not ASCII, nobody
/// says how it is to be read, and blanks at either end are dropped on the way.
fn header_value(text: &str) -> Option<HeaderValue> {
    let is_plain = text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    let is_whole = text.trim_matches(' ') == text;
    HeaderValue::from_str(text)
        .ok()
        .filter(|_| is_plain && is_whole)
}
