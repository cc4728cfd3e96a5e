//! The Merchants API as it is documented, or assumed where it is not.

use std::time::Duration;

use jiff::Timestamp;
use reconcile_sandbox::{Clock, Deposit, Fault, Faults, Sandbox, SandboxConfig, WorldConfig};
use serde_json::Value;

use crate::client::{Client, JANUARY, small, token};

#[tokio::test]
async fn logging_in_answers_the_user_and_puts_the_token_in_a_cookie() {
    let client = Client::of(small(), Faults::none()).await;
    let login = client.login().await;
    assert_eq!(login.status, 200);
    assert_eq!(
        login.text(),
        r#"{"idUser":105,"username":"sandbox@example.com","idMerchant":19759}"#
    );
    let cookie = login.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; Secure"));
    assert!(!login.text().contains(&token(cookie)));
    let body = r#"{"accessKey":"sandbox@example.com","secretKey":"guess"}"#;
    let wrong = client.send("POST", "/v1/auth/login", &[], body).await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.json()["code"].is_u64() && wrong.json()["description"].is_string());
    assert_eq!(client.sandbox.requests().logins(), 3);
}

#[tokio::test]
async fn a_token_is_taken_from_the_header_and_from_the_cookie() {
    let client = Client::of(small(), Faults::none()).await;
    let bearer = format!("Bearer {}", client.token);
    let cookie = format!("lang=es; BEARER_TOKEN={}", client.token);
    for header in [("Authorization", &bearer), ("Cookie", &cookie)] {
        let headers = [(header.0, header.1.as_str())];
        assert_eq!(
            client.send("GET", "/v1/balance", &headers, "").await.status,
            200
        );
    }
    // The header as the source's tables have it, which is wrong.
    let wrong = format!("BEARER_TOKEN={}", client.token);
    let headers = [("Authorization", wrong.as_str())];
    assert_eq!(
        client.send("GET", "/v1/balance", &headers, "").await.status,
        401
    );
}

#[tokio::test]
async fn a_session_lives_fifteen_minutes_from_its_last_request() {
    let start: Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
    let clock = Clock::manual(start);
    let config = SandboxConfig {
        world: small(),
        clock: clock.clone(),
        ..SandboxConfig::default()
    };
    let client = Client::with(config).await;
    for _ in 0..3 {
        clock.advance(Duration::from_secs(15 * 60));
        assert_eq!(client.get("/v1/balance").await.status, 200);
    }
    clock.advance(Duration::from_secs(15 * 60 + 1));
    let expired = client.get("/v1/balance").await;
    assert_eq!(expired.status, 401);
    assert!(expired.json()["code"].is_u64() && expired.json()["description"].is_string());
    assert_eq!(client.get("/v1/balance").await.status, 401);
}

#[tokio::test]
async fn logging_out_ends_the_session() {
    let client = Client::of(small(), Faults::none()).await;
    let cookie = format!("BEARER_TOKEN={}", client.token);
    let headers = [("Cookie", cookie.as_str())];
    let logout = client
        .send("DELETE", "/v1/auth/session/destroy", &headers, "")
        .await;
    assert_eq!((logout.status, logout.body.len()), (204, 0));
    assert_eq!(client.get("/v1/balance").await.status, 401);
}

#[tokio::test]
async fn the_balance_report_dates_a_day_by_its_first_instant() {
    let client = Client::of(small(), Faults::none()).await;
    let report = client.get(&format!("/v1/balance/report?{JANUARY}")).await;
    let days = report.json();
    assert_eq!(days["data"][0]["date"], "2026-01-01T00:00:00Z");
    assert_eq!(days["data"][30]["date"], "2026-01-31T00:00:00Z");
}

#[tokio::test]
async fn the_list_has_every_row_once_and_an_empty_page_after_full_ones() {
    for (order, is_newest_first) in [("order=newest", true), ("order=oldest", false)] {
        let faults = Faults::none().with(order.parse::<Fault>().unwrap());
        let client = Client::of(WorldConfig::full_pages(3), faults).await;
        let mut ids = Vec::new();
        for page in 0..3 {
            let page = client
                .get(&format!("/v1/deposits?{JANUARY}&page={page}"))
                .await;
            ids.extend(page.ids());
        }
        let end = client.get(&format!("/v1/deposits?{JANUARY}&page=3")).await;
        assert_eq!(end.text(), r#"{"data":[],"page":3,"rows":0,"maxRows":50}"#);
        if is_newest_first {
            ids.reverse();
        }
        let world = client.sandbox.tupay_world();
        let all: Vec<u64> = world.deposits().iter().map(Deposit::id).collect();
        assert_eq!(ids, all);
    }
}

#[tokio::test]
async fn both_bounds_of_a_window_are_in_it() {
    let client = Client::of(small(), Faults::none()).await;
    let deposit = &client.sandbox.tupay_world().deposits()[10];
    let at = deposit.created().as_second();
    let within = async |from: i64, to: i64| {
        client
            .get(&format!("/v1/deposits?from={from}&to={to}"))
            .await
            .ids()
    };
    assert_eq!(within(at, at).await, [deposit.id()]);
    assert_eq!(within(at - 1, at).await, [deposit.id()]);
    assert_eq!(within(at - 1, at - 1).await, [0_u64; 0]);
    let exclusive = Client::struck_by("exclusive-to").await;
    let path = format!("/v1/deposits?from={at}&to={at}");
    assert_eq!(exclusive.get(&path).await.ids(), [0_u64; 0]);
}

#[tokio::test]
async fn windows_over_sixty_days_or_upside_down_are_refused() {
    let client = Client::of(small(), Faults::none()).await;
    let sixty = 60 * 24 * 60 * 60;
    let status = async |from: i64, to: i64| {
        let answer = client
            .get(&format!("/v1/cashouts?from={from}&to={to}"))
            .await;
        assert!(answer.status == 200 || answer.json()["description"].is_string());
        answer.status
    };
    assert_eq!(status(0, sixty).await, 200);
    assert_eq!(status(0, sixty + 1).await, 400);
    assert_eq!(status(1, 0).await, 400);
    assert_eq!(client.get("/v1/deposits?from=today").await.status, 400);
    let lenient = Client::struck_by("window-status=200").await;
    assert_eq!(
        lenient.get("/v1/deposits?from=1&to=0").await.ids(),
        [0_u64; 0]
    );
}

#[tokio::test]
async fn filters_select_rows() {
    let client = Client::of(small(), Faults::none()).await;
    let rows = async |filter: &str| {
        let page = client
            .get(&format!("/v1/deposits?{JANUARY}&{filter}"))
            .await
            .json();
        page["data"].as_array().unwrap().clone()
    };
    let completed = rows("status=COMPLETED").await;
    assert!(!completed.is_empty() && completed.iter().all(|row| row["status"] == "COMPLETED"));
    let voucher = rows("paymentMethod=XA").await;
    assert!(!voucher.is_empty() && voucher.iter().all(|row| row["paymentMethodCode"] == "XA"));
    assert_eq!(rows("country=BR").await, [Value::Null; 0]);
    assert_eq!(rows("country=PE").await.len(), 50);
    let document = completed[0]["clientDocument"].as_str().unwrap();
    assert_eq!(rows(&format!("clientDocument={document}")).await.len(), 1);
    assert_eq!(rows(&format!("clienteDocument={document}")).await.len(), 50);
    let lenient = Client::struck_by("client-document").await;
    let path = format!("/v1/deposits?{JANUARY}&clienteDocument={document}");
    assert_eq!(lenient.get(&path).await.ids().len(), 1);
}

#[tokio::test]
async fn another_merchant_of_the_user_has_no_movements() {
    let client = Client::of(small(), Faults::none()).await;
    let bearer = format!("Bearer {}", client.token);
    let headers = [("Authorization", bearer.as_str())];
    let switch = async |to: &str| {
        let path = format!("/v1/auth/{to}/switchContext");
        client.send("POST", &path, &headers, "").await.status
    };
    assert_eq!(switch("1").await, 403);
    assert_eq!(
        client
            .get(&format!("/v1/deposits?{JANUARY}"))
            .await
            .ids()
            .len(),
        50
    );
    assert_eq!(switch("19760").await, 200);
    assert_eq!(
        client
            .get(&format!("/v1/deposits?{JANUARY}"))
            .await
            .ids()
            .len(),
        0
    );
    assert_eq!(switch("19759").await, 200);
    assert_eq!(
        client
            .get(&format!("/v1/deposits?{JANUARY}"))
            .await
            .ids()
            .len(),
        50
    );
}

#[tokio::test]
async fn a_body_is_compressed_only_for_those_who_ask() {
    use std::io::Read as _;
    let client = Client::of(small(), Faults::none()).await;
    let path = format!("/v1/deposits?{JANUARY}");
    let plain = client.get(&path).await;
    assert_eq!(plain.header("content-encoding"), None);
    let bearer = format!("Bearer {}", client.token);
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Accept-Encoding", "br, gzip"),
    ];
    let packed = client.send("GET", &path, &headers, "").await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() * 4 < plain.body.len());
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*packed.body)
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain.body);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes() {
    let one = Client::of(small(), Faults::none()).await;
    let other = Client::of(small(), Faults::none()).await;
    for path in [
        "deposits",
        "cashouts",
        "balance/report",
        "settlements",
        "notes",
    ] {
        let path = format!("/v1/{path}?{JANUARY}");
        assert_eq!(one.get(&path).await.text(), other.get(&path).await.text());
    }
}

#[tokio::test]
async fn a_dropped_or_stopped_sandbox_no_longer_answers() {
    let address = async |sandbox: &Sandbox| {
        let base = sandbox.tupay().base_url;
        base.trim_start_matches("http://")
            .parse::<std::net::SocketAddr>()
            .unwrap()
    };
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let stopped = address(&sandbox).await;
    sandbox.stop().await;
    assert!(tokio::net::TcpStream::connect(stopped).await.is_err());
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let dropped = address(&sandbox).await;
    drop(sandbox);
    while tokio::net::TcpStream::connect(dropped).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn stopping_closes_connections_that_wait_for_another_request() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let address = sandbox.tupay().base_url.replace("http://", "");
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    stream
        .write_all(b"GET /v1/balance HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0_u8; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 401");
    sandbox.stop().await;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(rest.ends_with(b"}"));
}

#[tokio::test]
async fn absurd_numbers_are_answered_as_well() {
    let client = Client::struck_by("wrong-page").await;
    for query in [
        "from=-9223372036854775808&to=-9223372036854775808",
        "from=9223372036854775807&to=9223372036854775807",
        "page=18446744073709551615",
        "from=-9223372036854775808",
        "to=9223372036854775807&from=0",
    ] {
        let status = client.get(&format!("/v1/deposits?{query}")).await.status;
        assert!(status == 200 || status == 400, "{query}: {status}");
    }
}

#[tokio::test]
async fn secrets_and_tokens_are_in_no_debug_output() {
    let client = Client::of(small(), Faults::none()).await;
    let access = client.sandbox.tupay();
    let printed = format!(
        "{:?} {access:?} {:?}",
        client.sandbox,
        client.sandbox.requests()
    );
    for secret in [
        &access.secret_key,
        &access.access_key,
        &access.api_key,
        &access.api_passphrase,
        &access.api_signature,
        &client.token,
    ] {
        assert!(!printed.contains(secret));
    }
}
