//! Look-ups of one record at TuPay's payment API, which is another host with
//! other credentials than the Merchants API: this is how one record of a list
//! is checked again.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use reconcile_transport::{Authorize, BaseUrl, Call, ErrorKind, Safety, Ticket, Transport};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::{
    Error,
    models::{CashoutLookup, DepositLookup},
    session::accepted,
    signature::{deposit_signature, payload_signature},
};

const X_LOGIN: HeaderName = HeaderName::from_static("x-login");
const X_DATE: HeaderName = HeaderName::from_static("x-date");
const PAYLOAD_SIGNATURE: HeaderName = HeaderName::from_static("payload-signature");

/// Settings of [`Payments`]. `Debug` shows no credential.
#[derive(Clone, Debug)]
pub struct PaymentsConfig {
    base_url: BaseUrl,
    api_key: SecretString,
    api_passphrase: SecretString,
    api_signature: SecretString,
    prefix: String,
    transport: Option<Transport>,
}

impl PaymentsConfig {
    /// The base URL of staging; that of production comes with the contract.
    pub const STAGING: &'static str = "https://api-stg.tupayonline.com";

    /// The settings for this host and these credentials from the merchant panel.
    #[must_use]
    pub fn new(
        base_url: BaseUrl,
        api_key: SecretString,
        api_passphrase: SecretString,
        api_signature: SecretString,
    ) -> Self {
        Self {
            base_url,
            api_key,
            api_passphrase,
            api_signature,
            prefix: "TUPAY".to_owned(),
            transport: None,
        }
    }

    /// Sets what stands before the signature in `Authorization`: `TUPAY`
    /// unless told otherwise, `D24` for Directa24.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets the transport: timeouts, retries, rate limit, another HTTP client.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = Some(transport);
        self
    }
}

/// A client of the look-ups of the payment API.
#[derive(Clone)]
pub struct Payments {
    config: PaymentsConfig,
    transport: Transport,
}

/// Which cashout is looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CashoutReference {
    /// TuPay's id, which lists call `idCashout`.
    CashoutId(u64),
    /// The merchant's reference, which lists call `externalId`.
    ExternalId(String),
}

#[derive(Serialize)]
struct CashoutStatusRequest<'a> {
    login: &'a str,
    pass: &'a str,
    #[serde(flatten)]
    reference: &'a CashoutReference,
}

impl Payments {
    /// A client with these settings. Nothing is sent yet.
    pub fn new(config: PaymentsConfig) -> Result<Self, Error> {
        let transport = match &config.transport {
            Some(transport) => transport.clone(),
            None => Transport::builder().build()?,
        };
        Ok(Self { config, transport })
    }

    /// The status of one deposit: `GET /v3/deposits/{deposit_id}`. The id is
    /// what lists call `idDeposit`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::PaymentsConfig::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_passphrase.clone().into(), access.api_signature.clone().into());
    /// # let id = sandbox.tupay_world().deposits()[0].id();
    /// let payments = tupay_merchants::Payments::new(config)?;
    /// let deposit = payments.deposit_status(id).await?;
    /// println!("{} {:?}", deposit.status, deposit.local_amount);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn deposit_status(&self, id: u64) -> Result<DepositLookup, Error> {
        let operation = "deposit status";
        let url = self
            .config
            .base_url
            .url(&["v3", "deposits", &id.to_string()], &[])?;
        let signed = SignedHeaders(&self.config);
        let reply = self
            .transport
            .send(Call::get(operation, url), Some(&signed))
            .await?;
        let body = accepted(operation, reply)?.body;
        Ok(reconcile_transport::decode(operation, &body)?)
    }

    /// The status of one cashout: `POST /v3/cashout/status`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::PaymentsConfig::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_passphrase.clone().into(), access.api_signature.clone().into());
    /// # let id = sandbox.tupay_world().cashouts()[0].id();
    /// use tupay_merchants::CashoutReference;
    ///
    /// let payments = tupay_merchants::Payments::new(config)?;
    /// let cashout = payments.cashout_status(&CashoutReference::CashoutId(id)).await?;
    /// println!("{:?}", cashout.cashout_status);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn cashout_status(
        &self,
        reference: &CashoutReference,
    ) -> Result<CashoutLookup, Error> {
        let operation = "cashout status";
        let url = self
            .config
            .base_url
            .url(&["v3", "cashout", "status"], &[])?;
        let body = self.cashout_status_body(reference)?;
        let signature = payload_signature(&self.config.api_signature, &body);
        let signature = HeaderValue::from_str(&signature).map_err(illegal_header)?;
        // The signature covers these very bytes. The call is a question, so it
        // may be repeated.
        let call = Call::post(operation, url)
            .body(body, HeaderValue::from_static("application/json"))
            .sensitive_header(PAYLOAD_SIGNATURE, signature)
            .safety(Safety::Repeatable);
        let reply = accepted(operation, self.transport.send(call, None).await?)?;
        Ok(reconcile_transport::decode(operation, &reply.body)?)
    }

    fn cashout_status_body(&self, reference: &CashoutReference) -> Result<Bytes, Error> {
        let request = CashoutStatusRequest {
            login: self.config.api_key.expose_secret(),
            pass: self.config.api_passphrase.expose_secret(),
            reference,
        };
        let body = serde_json::to_vec(&request).map_err(|_| {
            // The cause may repeat a value of the body.
            reconcile_transport::Error::new(ErrorKind::Request, "the body does not serialise")
        })?;
        Ok(body.into())
    }
}

impl fmt::Debug for Payments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payments")
            .field("base_url", &self.config.base_url)
            .finish_non_exhaustive()
    }
}

/// Signs a call of the Deposit API without a body. TuPay refuses a date that is
/// too old, so every attempt is signed anew.
struct SignedHeaders<'a>(&'a PaymentsConfig);

#[async_trait]
impl Authorize for SignedHeaders<'_> {
    async fn authorize(
        &self,
        headers: &mut HeaderMap,
    ) -> Result<Ticket, reconcile_transport::Error> {
        let Self(config) = self;
        let login = config.api_key.expose_secret();
        let date = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let signature = deposit_signature(&config.api_signature, &date, login, b"");
        let authorization = format!("{} {signature}", config.prefix);
        for (name, text) in [
            (X_LOGIN, login),
            (X_DATE, date.as_str()),
            (header::AUTHORIZATION, authorization.as_str()),
        ] {
            let mut value = HeaderValue::from_str(text).map_err(illegal_header)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(Ticket::default())
    }

    fn refused(&self, _: Ticket, _: StatusCode) -> bool {
        false
    }
}

fn illegal_header(_: header::InvalidHeaderValue) -> reconcile_transport::Error {
    reconcile_transport::Error::new(
        ErrorKind::Configuration,
        "a credential holds a character that a header cannot",
    )
}
