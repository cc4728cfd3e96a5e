//! The smallest client that Paywall answers.

use jiff::Timestamp;
use jiff::civil::Date;
use reconcile_sandbox::{
    Clock, Fault, Faults, PaywallEndOfDay, Sandbox, SandboxConfig, WorldConfig,
};
use serde_json::Value;

use crate::wire;
pub(crate) use crate::wire::Answer;

/// Where the Private API is.
pub(crate) const PRIVATE: &str = "/api/paywall/private";

/// A day when all of the small world is over, at noon in Istanbul.
pub(crate) const AFTERWARDS: &str = "2026-02-15T09:00:00Z";

impl Answer {
    /// The code of a refusal that came with HTTP 200 and no body.
    pub(crate) fn code(&self) -> u64 {
        let answer = self.json();
        assert_eq!(self.status, 200, "{}", self.text());
        assert_eq!(answer["Result"], false, "{}", self.text());
        assert!(answer["Body"].is_null(), "{}", self.text());
        answer["ErrorCode"].as_u64().expect("a code")
    }

    /// The body of a success.
    pub(crate) fn success(&self) -> Value {
        let mut answer = self.json();
        assert_eq!(answer["ErrorCode"], 0, "{}", self.text());
        assert_eq!((self.status, &answer["Result"]), (200, &Value::Bool(true)));
        answer["Body"].take()
    }

    /// The ids of a page of transactions.
    pub(crate) fn ids(&self) -> Vec<u64> {
        let page = self.success();
        let rows = page["Data"].as_array().expect("rows").iter();
        rows.map(|row| row["Id"].as_u64().expect("an id")).collect()
    }
}

pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
}

impl Client {
    pub(crate) async fn with(config: SandboxConfig) -> Self {
        let sandbox = Sandbox::start(config).await.expect("a free port");
        Self { sandbox }
    }

    /// The small world with these faults, after it is over.
    pub(crate) async fn turned(faults: Faults) -> Self {
        Self::with(SandboxConfig {
            world: small(),
            faults,
            clock: clock(AFTERWARDS),
            ..SandboxConfig::default()
        })
        .await
    }

    pub(crate) async fn plain() -> Self {
        Self::turned(Faults::none()).await
    }

    /// The small world with one fault, which strikes whenever it may.
    pub(crate) async fn struck_by(fault: &str) -> Self {
        let fault: Fault = fault.parse().expect("a fault");
        Self::turned(Faults::none().with(fault).one_in(1)).await
    }

    /// The small world at that instant.
    pub(crate) async fn at(instant: &str, faults: &[&str]) -> (Self, Clock) {
        let clock = clock(instant);
        let faults = faults.iter().map(|fault| fault.parse::<Fault>().unwrap());
        let client = Self::with(SandboxConfig {
            world: small(),
            faults: faults.collect(),
            clock: clock.clone(),
            ..SandboxConfig::default()
        });
        (client.await, clock)
    }

    /// Asks with the right keys.
    pub(crate) async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        self.keyed("GET", path, parameters, "").await
    }

    async fn keyed(
        &self,
        method: &str,
        path: &str,
        parameters: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let access = self.sandbox.paywall();
        let mut headers = vec![
            ("apikeyprivate", access.api_key.as_str()),
            ("apiclientprivate", &access.api_client),
        ];
        headers.extend(parameters);
        self.send(method, path, &headers, body).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let base_url = self.sandbox.paywall().base_url;
        wire::send(
            &base_url,
            method,
            &format!("{PRIVATE}{path}"),
            headers,
            body,
        )
        .await
    }

    pub(crate) async fn end_of_day(&self, day: &str) -> Answer {
        let parameters = [("endofdaydate", day)];
        self.get("/vpos/reconciliation/endofday", &parameters).await
    }

    pub(crate) async fn reconciliation(&self, day: &str) -> Answer {
        let parameters = [("reconciliationdate", day)];
        self.get("/vpos/reconciliation", &parameters).await
    }

    /// Up to `length` reconciliations of January and February.
    pub(crate) async fn reconciliations(&self, start: &str, length: &str) -> Answer {
        let parameters = [
            ("datefrom", "2026-01-05"),
            ("dateto", "2026-02-04"),
            ("start", start),
            ("length", length),
        ];
        self.get("/vpos/reconciliation/list", &parameters).await
    }

    pub(crate) async fn transactions(&self, day: &str, page: &str, size: &str) -> Answer {
        let parameters = [("date", day), ("page", page), ("pageSize", size)];
        self.get("/vpos/transaction/list", &parameters).await
    }

    pub(crate) async fn activities(&self, day: &str, more: &[(&str, &str)]) -> Answer {
        let mut parameters = vec![("date", day), ("page", "1"), ("pageSize", "1000")];
        parameters.extend(more);
        self.get("/vpos/transaction/list/activity", &parameters)
            .await
    }

    pub(crate) async fn reconcile(&self, body: &str) -> Answer {
        self.keyed("POST", "/vpos/reconciliation/reconcile", &[], body)
            .await
    }

    /// The figures that Paywall itself has, of a day of the world.
    pub(crate) fn figures(&self, day: &str) -> PaywallEndOfDay {
        let day: Date = day.parse().unwrap();
        self.sandbox.paywall_world().end_of_day(day).unwrap()
    }
}

/// The body that sends a day with these figures.
pub(crate) fn request(day: &str, figures: &PaywallEndOfDay) -> String {
    let mut fields = vec![format!(r#""Date":"{day}""#)];
    for (name, figure) in figures.figures() {
        fields.push(format!(r#""{name}Count":{}"#, figure.count));
        fields.push(format!(r#""{name}Amount":{}"#, figure.amount));
    }
    format!("{{{}}}", fields.join(","))
}

/// Five days with some two hundred transactions.
pub(crate) fn small() -> WorldConfig {
    WorldConfig {
        records: 200,
        days: 5,
        ..WorldConfig::default()
    }
}

/// A day in the middle of the small world.
pub(crate) const DAY: &str = "2026-01-03";

pub(crate) fn clock(instant: &str) -> Clock {
    Clock::manual(instant.parse::<Timestamp>().unwrap())
}
