//! The smallest client that shows what is on the wire: one request for each
//! connection, every byte of the answer, no retry and no decoding.

use std::net::SocketAddr;

use hmac::{Hmac, KeyInit, Mac};
use reconcile_sandbox::{Fault, Faults, Sandbox, SandboxConfig, WorldConfig};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer, as far as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Zero where the connection closed before the status line.
    pub(crate) status: u16,
    /// The head, in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("a body of text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{name}: ");
        self.head.lines().find_map(|line| line.strip_prefix(&start))
    }

    /// Whether the body is as long as was announced.
    pub(crate) fn is_whole(&self) -> bool {
        self.header("content-length")
            .is_none_or(|length| length == self.body.len().to_string())
    }

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
        let address = self.sandbox.tupay().base_url;
        let address: SocketAddr = address
            .trim_start_matches("http://")
            .parse()
            .expect("address");
        let headers: String = headers
            .iter()
            .map(|(name, value)| [name, ": ", value, "\r\n"].concat())
            .collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Connection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("the request sent");
        let mut answer = Vec::new();
        // A connection that is reset has said what it had to say.
        let _ = stream.read_to_end(&mut answer).await;
        parse(&answer)
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

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let Some(end) = end else {
        return Answer {
            status: 0,
            head: String::new(),
            body: Vec::new(),
        };
    };
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head of text");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    let head = head
        .lines()
        .map(|line| match line.split_once(": ") {
            Some((name, value)) => format!("{}: {value}\n", name.to_lowercase()),
            None => format!("{line}\n"),
        })
        .collect();
    Answer {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
    }
}
