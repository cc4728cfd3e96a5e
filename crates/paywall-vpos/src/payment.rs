//! The payment inquiry: one payment, by each of its three keys.

use crate::{
    Client, Error,
    client::Parameters,
    models::{Payment, PaymentInquiry},
};

const INQUIRY: &str = "payment inquiry";

impl Client {
    /// The payment with the merchant's reference: `GET /api/paywall/private/query`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// # use futures::TryStreamExt;
    /// # let sale = client.all_transactions("2026-01-05".parse()?, "2026-01-06".parse()?).try_next().await?.ok_or("no sale")?;
    /// # let reference = sale.merchant_unique_code.ok_or("no reference")?;
    /// let payment = client.payment_by_merchant_code(&reference).await?;
    /// assert_eq!(payment.payment_id, sale.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn payment_by_merchant_code(&self, code: &str) -> Result<Payment, Error> {
        self.payment(&[], ("merchantuniquecode", code.to_owned()))
            .await
    }

    /// The payment with Paywall's code, a UUID, which lists call `UniqueCode`:
    /// `GET /api/paywall/private/query/by/uniquecode`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// # use futures::TryStreamExt;
    /// # let sale = client.all_transactions("2026-01-05".parse()?, "2026-01-06".parse()?).try_next().await?.ok_or("no sale")?;
    /// # let code = sale.unique_code.ok_or("no code")?;
    /// let payment = client.payment_by_unique_code(&code).await?;
    /// assert_eq!(payment.payment_id, sale.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn payment_by_unique_code(&self, code: &str) -> Result<Payment, Error> {
        self.payment(&["by", "uniquecode"], ("uniquecode", code.to_owned()))
            .await
    }

    /// The payment with Paywall's id, which lists call `Id`:
    /// `GET /api/paywall/private/query/by/paymentid`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// # use futures::TryStreamExt;
    /// # let sale = client.all_transactions("2026-01-05".parse()?, "2026-01-06".parse()?).try_next().await?.ok_or("no sale")?;
    /// # let id = sale.id;
    /// let payment = client.payment_by_id(id).await?;
    /// assert_eq!(payment.payment_amount, sale.amount);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn payment_by_id(&self, id: i64) -> Result<Payment, Error> {
        let key = ("paymentid", id.to_string());
        let payment = self.payment(&["by", "paymentid"], key).await?;
        if payment.payment_id != id {
            return Err(Error::OtherAnswer {
                operation: INQUIRY,
                asked: id.to_string(),
                answered: payment.payment_id.to_string(),
            });
        }
        Ok(payment)
    }

    async fn payment(&self, by: &[&str], key: (&'static str, String)) -> Result<Payment, Error> {
        if key.1.trim().is_empty() {
            return Err(Error::Query {
                operation: INQUIRY,
                reason: format!("`{}` is empty", key.0),
            });
        }
        let path = [&["api", "paywall", "private", "query"], by].concat();
        let inquiry: PaymentInquiry = self.find(INQUIRY, &path, Parameters::from([key])).await?;
        inquiry.payment.ok_or(Error::Empty { operation: INQUIRY })
    }
}
