//! The smallest client that StreamPay answers.

use jiff::Timestamp;
use reconcile_sandbox::{Clock, Fault, Faults, Sandbox, SandboxConfig, WorldConfig};
use serde_json::Value;

use crate::wire;
pub(crate) use crate::wire::Answer;

/// Where the API is.
pub(crate) const SDK: &str = "/v1/clients-sdk";

/// A day when all of the small world is over, at noon in Riyadh.
pub(crate) const AFTERWARDS: &str = "2026-02-15T09:00:00Z";

impl Answer {
    /// The rows of a page.
    pub(crate) fn rows(&self, list: &str) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text());
        let mut page = self.json();
        match page[list].take() {
            Value::Array(rows) => rows,
            other => panic!("no rows but {other}"),
        }
    }

    /// The ids of a page.
    pub(crate) fn ids(&self, list: &str) -> Vec<String> {
        let rows = self.rows(list).into_iter();
        rows.map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
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

    /// The small world with these faults, which strike whenever they may.
    pub(crate) async fn struck_by(faults: &[&str]) -> Self {
        let faults = faults.iter().map(|fault| fault.parse::<Fault>().unwrap());
        Self::turned(faults.collect::<Faults>().one_in(1)).await
    }

    /// Asks with the right key.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.act("GET", path, "").await
    }

    pub(crate) async fn act(&self, method: &str, path: &str, body: &str) -> Answer {
        let key = self.sandbox.streampay().api_key;
        let headers = [
            ("api-key", key.as_str()),
            ("Content-Type", "application/json"),
        ];
        self.send(method, path, &headers, body).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let base_url = self.sandbox.streampay().base_url;
        let path = format!("{SDK}{path}");
        wire::send(&base_url, method, &path, headers, body).await
    }

    /// Every row of a list, which ends with an empty page.
    pub(crate) async fn all(&self, list: &str, query: &str) -> Vec<Value> {
        let mut all = Vec::new();
        for page in 1.. {
            let path = format!("/{list}?limit=100&page={page}&{query}");
            let rows = self.get(&path).await.rows(list);
            if rows.is_empty() {
                break;
            }
            all.extend(rows);
        }
        all
    }

    /// The id of the terminal at that place.
    pub(crate) fn terminal(&self, place: usize) -> String {
        self.sandbox.streampay_world().terminals()[place].id()
    }

    /// Closes the batch of a terminal, and says which it is.
    pub(crate) async fn reconcile(&self, terminal: &str) -> Answer {
        let body = format!(r#"{{"terminal_id":"{terminal}"}}"#);
        self.act("POST", "/reconciliations", &body).await
    }
}

/// Ten days with six hundred receipts of two terminals; three more are idle:
/// one is assigned and has no device, one neither, one has a device only.
pub(crate) fn small() -> WorldConfig {
    WorldConfig {
        records: 600,
        days: 10,
        ..WorldConfig::default()
    }
}

/// How many terminals of the small world are used.
pub(crate) const USED: usize = 2;

pub(crate) fn clock(instant: &str) -> Clock {
    Clock::manual(instant.parse::<Timestamp>().unwrap())
}

/// The instant of a date and a time as receipts print them in Riyadh.
pub(crate) fn printed(date: &Value, time: &Value) -> Timestamp {
    let date: Vec<_> = date.as_str().unwrap().split('/').collect();
    let (day, month, year) = (date[0], date[1], date[2]);
    let time = time.as_str().unwrap();
    format!("{year}-{month}-{day}T{time}+03:00")
        .parse()
        .unwrap()
}
