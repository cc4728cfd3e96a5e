//! The smallest client that TuPay answers.

use hmac::{Hmac, KeyInit, Mac};
use reconcile_sandbox::{Fault, Faults, Sandbox, SandboxConfig, WorldConfig};
use serde_json::Value;
use sha2::Sha256;

use crate::wire;
pub(crate) use crate::wire::Answer;

impl Answer {
    /// The ids of a page of deposits or cashouts.
    pub(crate) fn ids(&self) -> Vec<u64> {
        let page = self.json();
        let rows = page["data"].as_array().expect("rows");
        let id = |row: &Value| {
            row["idDeposit"]
                .as_u64()
                .or_else(|| row["idCashout"].as_u64())
        };
        rows.iter().map(|row| id(row).expect("an id")).collect()
    }
}

/// A sandbox and a session in it.
pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    pub(crate) token: String,
}

impl Client {
    /// A sandbox with that world and faults, and a session where logging in
    /// works.
    pub(crate) async fn of(world: WorldConfig, faults: Faults) -> Self {
        Self::with(SandboxConfig {
            world,
            faults,
            ..SandboxConfig::default()
        })
        .await
    }

    pub(crate) async fn with(config: SandboxConfig) -> Self {
        let sandbox = Sandbox::start(config).await.expect("a free port");
        let mut client = Self {
            sandbox,
            token: String::new(),
        };
        let cookie = client.login().await;
        client.token = cookie.header("set-cookie").map(token).unwrap_or_default();
        client
    }

    /// The small world with one fault, which strikes whenever it may.
    pub(crate) async fn struck_by(fault: &str) -> Self {
        let fault: Fault = fault.parse().expect("a fault");
        Self::of(small(), Faults::none().with(fault).one_in(1)).await
    }

    pub(crate) async fn login(&self) -> Answer {
        let access = self.sandbox.tupay();
        let body = format!(
            r#"{{"accessKey":"{}","secretKey":"{}"}}"#,
            access.access_key, access.secret_key
        );
        self.send("POST", "/v1/auth/login", &[], &body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.send("GET", path, &[("Authorization", &bearer)], "")
            .await
    }

    /// Asks the Cashout API, signed as it wants; `which` is a field of the body.
    pub(crate) async fn cashout_status(&self, which: &str) -> Answer {
        let access = self.sandbox.tupay();
        let (login, pass) = (&access.api_key, &access.api_passphrase);
        let body = format!(r#"{{"login":"{login}","pass":"{pass}",{which}}}"#);
        let signature = sign(&access.api_signature, &body);
        let headers = [("Payload-Signature", signature.as_str())];
        self.send("POST", "/v3/cashout/status", &headers, &body)
            .await
    }

    /// Asks the Deposit API, signed at `date` with `key`.
    pub(crate) async fn deposit_status(&self, date: &str, key: &str, id: u64) -> Answer {
        let login = self.sandbox.tupay().api_key;
        let authorization = format!("TUPAY {}", sign(key, &format!("{date}{login}")));
        let headers = [
            ("X-Login", login.as_str()),
            ("X-Date", date),
            ("Authorization", &authorization),
        ];
        self.send("GET", &format!("/v3/deposits/{id}"), &headers, "")
            .await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let base_url = self.sandbox.tupay().base_url;
        wire::send(&base_url, method, path, headers, body).await
    }
}

/// A world of two full pages of deposits and one of cashouts.
pub(crate) fn small() -> WorldConfig {
    WorldConfig {
        records: 150,
        deposits: Some(100),
        ..WorldConfig::default()
    }
}

/// All of January 2026, which is the default world.
pub(crate) const JANUARY: &str = "from=1767225600&to=1769903999";

pub(crate) fn token(set_cookie: &str) -> String {
    let start = set_cookie.split(';').next().expect("a cookie");
    start.trim_start_matches("BEARER_TOKEN=").to_owned()
}

/// HMAC-SHA256 in lower-case hexadecimals.
pub(crate) fn sign(key: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key of any length");
    mac.update(text.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}
