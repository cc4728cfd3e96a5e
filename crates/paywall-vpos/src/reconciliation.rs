//! The reconciliation of a day: what Paywall counts, what it has stored, and
//! sending what the merchant counts.

use futures::future;
use jiff::civil::{Date, DateTime};

use crate::{
    Client, Comparison, Error,
    client::{Answer, Parameters},
    envelope,
    models::{EndOfDay, ReconcileOutcome, ReconcileRequest, Reconciliation},
    totals::both_sides,
};

pub(crate) const RECONCILE: &str = "reconcile";
pub(crate) const RECONCILIATION: &str = "reconciliation";
pub(crate) const END_OF_DAY: &str = "end of day";

pub(crate) const RECONCILIATION_PATH: &[&str] =
    &["api", "paywall", "private", "vpos", "reconciliation"];

impl Client {
    /// What Paywall counts on a day: its own six totals, to compare with the
    /// merchant's before these are sent.
    /// `GET /api/paywall/private/vpos/reconciliation/endofday`.
    ///
    /// A day opens at 00:30 of the next, in Paywall's zone; one that has not is
    /// refused before anything is sent.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// let day = client.end_of_day("2026-01-15".parse()?).await?;
    /// println!("{} transactions come to {}", day.total_count, day.total_amount);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn end_of_day(&self, day: Date) -> Result<EndOfDay, Error> {
        self.calendar().check_open(END_OF_DAY, day)?;
        self.find(END_OF_DAY, &end_of_day_path(), end_of_day_of(day))
            .await
    }

    /// What Paywall has stored of the reconciliation of a day. A day without is
    /// an error; [`find_reconciliation`](Self::find_reconciliation) knows it.
    /// `GET /api/paywall/private/vpos/reconciliation`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// let stored = client.reconciliation("2026-01-15".parse()?).await?;
    /// println!("reconciled: {}", stored.is_reconciled);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn reconciliation(&self, day: Date) -> Result<Reconciliation, Error> {
        self.calendar().check_open(RECONCILIATION, day)?;
        let stored: Reconciliation = self
            .find(RECONCILIATION, RECONCILIATION_PATH, reconciliation_of(day))
            .await?;
        check_day(RECONCILIATION, day, Some(stored.reconciliation_date))?;
        Ok(stored)
    }

    /// The same, or nothing for a day that has no reconciliation: which number
    /// says so is not documented ([`Config::absent_codes`](crate::Config::absent_codes)).
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// let before_the_first_sale = "2025-12-24".parse()?;
    /// assert_eq!(client.find_reconciliation(before_the_first_sale).await?, None);
    /// assert!(client.find_reconciliation("2026-01-15".parse()?).await?.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn find_reconciliation(&self, day: Date) -> Result<Option<Reconciliation>, Error> {
        Ok(self.look_up_reconciliation(day).await?.found)
    }

    /// The merchant's totals of a day beside Paywall's, and what is stored of its
    /// reconciliation, for a look before they are sent. Sends nothing.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// use paywall_vpos::{BucketName, models::ReconcileRequest};
    ///
    /// let day = "2026-01-15".parse()?;
    /// let counted = client.end_of_day(day).await?;
    /// let mut totals = ReconcileRequest::new(day);
    /// for name in BucketName::ALL {
    ///     totals = totals.with(name, counted.bucket(name));
    /// }
    /// assert!(client.compare(&totals).await?.agrees());
    ///
    /// totals.refund_count += 1;
    /// let comparison = client.compare(&totals).await?;
    /// assert_eq!(comparison.differing().next().ok_or("no difference")?.name, "refund");
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn compare(&self, totals: &ReconcileRequest) -> Result<Comparison, Error> {
        let day = totals.date;
        let (counted, stored) =
            future::try_join(self.end_of_day(day), self.find_reconciliation(day)).await?;
        Ok(Comparison {
            day,
            buckets: both_sides(totals, Some(&counted)),
            stored,
        })
    }

    /// Sends the merchant's totals of a day:
    /// `POST /api/paywall/private/vpos/reconciliation/reconcile`. Paywall
    /// answers whether it counts the same, and with both sides.
    ///
    /// Paywall takes no second request for a day once one was successful, and
    /// takes corrected totals after one that was not. So this asks first what is
    /// stored of the day, and refuses to send one that is reconciled
    /// ([`Error::AlreadyReconciled`]). It never sends twice by itself: when the
    /// answer is lost, it says so ([`Error::Uncertain`]).
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// # let day = "2026-01-15".parse()?;
    /// # let counted = client.end_of_day(day).await?;
    /// # let mut totals = paywall_vpos::models::ReconcileRequest::new(day);
    /// # for name in paywall_vpos::BucketName::ALL {
    /// #     totals = totals.with(name, counted.bucket(name));
    /// # }
    /// match client.reconcile(&totals).await {
    ///     Ok(outcome) => println!("reconciled: {}", outcome.is_reconciled),
    ///     Err(paywall_vpos::Error::AlreadyReconciled { day, .. }) => {
    ///         println!("{day} was reconciled before");
    ///     }
    ///     Err(error) => return Err(error.into()),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn reconcile(&self, totals: &ReconcileRequest) -> Result<ReconcileOutcome, Error> {
        let day = totals.date;
        self.calendar().check_open(RECONCILE, day)?;
        if let Some(reconciliation) = self.find_reconciliation(day).await?
            && reconciliation.is_reconciled
        {
            return Err(Error::AlreadyReconciled {
                day,
                reconciliation,
            });
        }
        self.send_totals(totals).await.map_err(|cause| {
            if cause.leaves_open() {
                let cause = Box::new(cause);
                Error::Uncertain { day, cause }
            } else {
                cause
            }
        })
    }

    async fn send_totals(&self, totals: &ReconcileRequest) -> Result<ReconcileOutcome, Error> {
        let path = [RECONCILIATION_PATH, &["reconcile"]].concat();
        let reply = self.post(RECONCILE, &path, totals).await?;
        let outcome: ReconcileOutcome = envelope::open(RECONCILE, &reply)?;
        check_day(RECONCILE, totals.date, outcome.reconciliation_date)?;
        Ok(outcome)
    }

    pub(crate) async fn look_up_end_of_day(&self, day: Date) -> Result<Answer<EndOfDay>, Error> {
        self.calendar().check_open(END_OF_DAY, day)?;
        self.look_up(END_OF_DAY, &end_of_day_path(), end_of_day_of(day))
            .await
    }

    pub(crate) async fn look_up_reconciliation(
        &self,
        day: Date,
    ) -> Result<Answer<Reconciliation>, Error> {
        self.calendar().check_open(RECONCILIATION, day)?;
        let answer: Answer<Reconciliation> = self
            .look_up(RECONCILIATION, RECONCILIATION_PATH, reconciliation_of(day))
            .await?;
        let stored = answer.found.as_ref();
        check_day(
            RECONCILIATION,
            day,
            stored.map(|stored| stored.reconciliation_date),
        )?;
        Ok(answer)
    }
}

/// Refuses an answer about another day than was asked about: what is told of
/// one day must not close another.
fn check_day(
    operation: &'static str,
    asked: Date,
    answered: Option<DateTime>,
) -> Result<(), Error> {
    match answered.map(DateTime::date) {
        Some(answered) if answered != asked => Err(Error::OtherAnswer {
            operation,
            asked: asked.to_string(),
            answered: answered.to_string(),
        }),
        _ => Ok(()),
    }
}

fn end_of_day_path() -> Vec<&'static str> {
    [RECONCILIATION_PATH, &["endofday"]].concat()
}

fn end_of_day_of(day: Date) -> Parameters {
    vec![("endofdaydate", day.to_string())]
}

fn reconciliation_of(day: Date) -> Parameters {
    vec![("reconciliationdate", day.to_string())]
}
