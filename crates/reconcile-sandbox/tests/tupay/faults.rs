//! Every fault does what its name says.

use std::collections::BTreeSet;

use reconcile_sandbox::{Deposit, Fault, FaultKind, Faults, ODD_AMOUNTS};
use serde_json::Value;

use crate::client::{Answer, Client, JANUARY, small};

async fn deposits(client: &Client, page: usize) -> Answer {
    client
        .get(&format!("/v1/deposits?{JANUARY}&page={page}"))
        .await
}

async fn days(fault: &str) -> Vec<Value> {
    let client = Client::struck_by(fault).await;
    let report = client
        .get(&format!("/v1/balance/report?{JANUARY}"))
        .await
        .json();
    report["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_request_is_struck_twice_in_a_row_at_most() {
    let client = Client::struck_by("server-error").await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(deposits(&client, 0).await.status);
    }
    assert_eq!(statuses, [500, 500, 200, 500, 500, 200]);
    assert_eq!(
        client.sandbox.requests().injected(FaultKind::ServerError),
        4
    );
    let always = Client::of(
        small(),
        Faults::none().with(Fault::from(FaultKind::RateLimit).always()),
    );
    let always = always.await;
    for _ in 0..5 {
        assert_eq!(deposits(&always, 0).await.status, 429);
    }
}

#[tokio::test]
async fn which_requests_are_struck_follows_from_the_seed() {
    let struck = async |seed: u64| {
        let faults = Faults::none().with(FaultKind::RateLimit).seed(seed);
        let client = Client::of(small(), faults).await;
        let mut struck = Vec::new();
        for at in 0..70 {
            let answer = client.get(&format!("/v1/deposits?from={at}&to={at}")).await;
            struck.push(answer.status == 429);
        }
        struck
    };
    let first = struck(1).await;
    assert_eq!(first, struck(1).await);
    assert_ne!(first, struck(2).await);
    let count = first.iter().filter(|is_struck| **is_struck).count();
    assert!(
        (3..=20).contains(&count),
        "about one in seven of 70, not {count}"
    );
}

#[tokio::test]
async fn a_limited_request_says_when_to_come_back_only_if_asked_to() {
    let plain = Client::struck_by("rate-limit").await;
    let answer = deposits(&plain, 0).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, None));
    let client = Client::struck_by("rate-limit-retry-after").await;
    let mut forms = BTreeSet::new();
    for at in 0..30 {
        let answer = client.get(&format!("/v1/deposits?from={at}&to={at}")).await;
        assert_eq!(answer.status, 429);
        let form = answer.header("retry-after").unwrap();
        forms.insert(if form.ends_with("GMT") {
            "date".to_owned()
        } else {
            form.to_owned()
        });
    }
    assert_eq!(forms.into_iter().collect::<Vec<_>>(), ["0", "1", "date"]);
}

#[tokio::test]
async fn an_unavailable_gateway_answers_json_or_html() {
    let client = Client::struck_by("unavailable").await;
    let mut kinds = BTreeSet::new();
    for at in 0..30 {
        let answer = client.get(&format!("/v1/deposits?from={at}&to={at}")).await;
        assert_eq!(answer.status, 503);
        kinds.insert(answer.header("content-type").unwrap().to_owned());
    }
    assert_eq!(kinds.len(), 2);
    let html = deposits(&Client::struck_by("html-body").await, 0).await;
    assert_eq!(html.status, 200);
    assert!(
        html.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
}

#[tokio::test]
async fn a_cut_connection_says_nothing_or_half() {
    let client = Client::struck_by("cut-connection").await;
    let (mut nothing, mut half) = (0, 0);
    for at in 0..30 {
        let answer = client
            .get(&format!("/v1/deposits?{JANUARY}&country=PE&x={at}"))
            .await;
        match answer.status {
            0 => nothing += 1,
            200 => {
                assert!(!answer.is_whole());
                half += 1;
            }
            other => panic!("status {other}"),
        }
    }
    assert!(nothing > 0 && half > 0);
}

#[tokio::test]
async fn a_short_body_announces_no_length_and_is_no_json() {
    let answer = deposits(&Client::struck_by("short-body").await, 0).await;
    assert_eq!(
        (answer.status, answer.header("content-length")),
        (200, None)
    );
    assert!(!answer.body.is_empty());
    assert!(serde_json::from_slice::<Value>(&answer.body).is_err());
}

#[tokio::test]
async fn a_slow_body_is_whole_in_the_end() {
    let answer = deposits(&Client::struck_by("slow-body=1").await, 0).await;
    assert!(answer.header("content-length").is_some() && answer.is_whole());
    assert_eq!(answer.ids().len(), 50);
}

#[tokio::test]
async fn a_page_repeats_the_one_before_under_its_own_number() {
    let client = Client::struck_by("repeat-page=always").await;
    let first = deposits(&client, 0).await;
    let second = deposits(&client, 1).await;
    assert_eq!(first.ids(), second.ids());
    assert_eq!(second.json()["page"], 1);
}

#[tokio::test]
async fn envelopes_state_what_is_not_so() {
    let wrong = deposits(&Client::struck_by("wrong-page").await, 0).await;
    assert_eq!(
        (&wrong.json()["page"], wrong.ids().len()),
        (&Value::from(1), 50)
    );
    let client = Client::struck_by("rows-mismatch").await;
    let stated = async || deposits(&client, 0).await.json()["rows"].as_u64();
    assert_eq!(
        [stated().await, stated().await, stated().await],
        [Some(51), Some(51), Some(50)]
    );
}

#[tokio::test]
async fn bodies_are_larger_or_deeper_than_any_client_should_bear() {
    let large = deposits(&Client::struck_by("oversize-body=2").await, 0).await;
    assert!(large.body.len() > 2 << 20);
    assert_eq!(large.ids().len(), 50);
    let deep = deposits(&Client::struck_by("deep-json").await, 0).await;
    assert!(deep.text().contains(&"[".repeat(100_000)));
    assert!(serde_json::from_slice::<Value>(&deep.body).is_err());
}

#[tokio::test]
async fn a_token_dies_at_every_nth_request() {
    let mut client = Client::struck_by("token-expiry=3").await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(deposits(&client, 0).await.status);
    }
    assert_eq!(statuses, [200, 200, 401, 401, 401]);
    let login = client.login().await;
    client.token = crate::client::token(login.header("set-cookie").unwrap());
    assert_eq!(deposits(&client, 0).await.status, 200);
}

#[tokio::test]
async fn late_rows_show_up_between_the_first_requests() {
    for order in ["order=newest", "order=oldest"] {
        let faults = Faults::none()
            .with(FaultKind::InsertWhilePaging)
            .with(order.parse::<Fault>().unwrap())
            .with("max-rows=200".parse::<Fault>().unwrap());
        let client = Client::of(small(), faults).await;
        let mut seen = Vec::new();
        for _ in 0..8 {
            seen.push(deposits(&client, 0).await.ids());
        }
        assert!(seen[0].len() < 100 && seen[0].len() > 80);
        assert!(seen.is_sorted_by_key(Vec::len));
        let mut last = seen[7].clone();
        last.sort_unstable();
        let all: Vec<_> = client
            .sandbox
            .tupay_world()
            .deposits()
            .iter()
            .map(Deposit::id)
            .collect();
        assert_eq!(last, all, "in the end the list is whole");
    }
}

#[tokio::test]
async fn records_deviate_as_the_switch_says() {
    let row = async |fault: &str| {
        let client = Client::struck_by(fault).await;
        let page = deposits(&client, 0).await;
        (page.text(), page.json()["data"][0].clone())
    };
    let (_, unknown) = row("unknown-fields").await;
    assert!(unknown["sandboxExtra"].is_object());
    let (_, nulls) = row("null-optionals").await;
    assert!(nulls["clientDocument"].is_null() && nulls["idDeposit"].is_u64());
    let (text, _) = row("integers").await;
    assert!(!text.contains(r#"0.0,"feeCurrency""#) && text.contains(r#""fee":0,"#));
    let (text, shuffled) = row("shuffle-keys").await;
    assert!(text.starts_with(r#"{"maxRows":50,"rows":50,"page":0,"data":[{"#));
    assert_eq!(shuffled.as_object().unwrap().len(), 30);
    let (text, _) = row("unknown-values").await;
    assert!(text.contains(r#""status":"IN_REVIEW""#) && text.contains(r#""XNEW""#));
}

#[tokio::test]
async fn planted_amounts_stand_in_the_first_records_by_their_lexemes() {
    let faults = |name: &str| {
        Faults::none()
            .with(name.parse::<Fault>().unwrap())
            .with("order=oldest".parse::<Fault>().unwrap())
    };
    let client = Client::of(small(), faults("odd-amounts")).await;
    let text = deposits(&client, 0).await.text();
    let amounts: Vec<_> = text
        .split(r#""amount":"#)
        .skip(1)
        .map(|rest| rest.split(',').next().unwrap())
        .take(ODD_AMOUNTS.len())
        .collect();
    assert_eq!(amounts, ODD_AMOUNTS);
    let client = Client::of(small(), faults("bad-record")).await;
    let page = deposits(&client, 0).await.json();
    assert!(page["data"][7]["amount"].is_object() && page["data"][6]["amount"].is_number());
    let page = client.get(&format!("/v1/cashouts?{JANUARY}")).await.json();
    assert!(page["data"][7]["amount"].is_string());
}

#[tokio::test]
async fn balance_reports_break_in_one_place_each() {
    let whole = days("latency=1").await;
    assert_eq!(whole.len(), 31);
    let balance = |day: &Value| day["totalBalance"].to_string();
    let differing = |days: &[Value]| -> Vec<usize> {
        (0..days.len())
            .filter(|day| balance(&days[*day]) != balance(&whole[*day]))
            .collect()
    };
    assert_eq!(differing(&days("broken-roll-forward").await), [15]);
    assert_eq!(
        differing(&days("unexplained-step").await),
        (11..31).collect::<Vec<_>>()
    );
    // What a day forgets is not in its balance, nor in those after it.
    let omitted = days("omitted-deposit").await;
    assert_eq!(differing(&omitted), (25..31).collect::<Vec<_>>());
    let totals = |days: &[Value]| -> Vec<String> {
        days.iter()
            .map(|day| day["depositTotal"].to_string())
            .collect()
    };
    let (before, after) = (totals(&whole), totals(&omitted));
    assert_eq!((&before[..25], &before[26..]), (&after[..25], &after[26..]));
    assert_ne!(before[25], after[25]);
    let missing = days("missing-day").await;
    assert_eq!(missing.len(), 30);
    assert_eq!((&missing[19], &missing[20]), (&whole[19], &whole[21]));
    let repeated = days("repeated-day").await;
    assert_eq!(repeated.len(), 32);
    assert_eq!(repeated[7], repeated[8]);
}

#[tokio::test]
async fn logging_in_from_elsewhere_answers_the_published_error() {
    let client = Client::struck_by("ip-not-allowed").await;
    let answer = client.login().await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.text(),
        r#"{"code":83,"description":"You are not permitted to log in from this location, please contact your account administrator."}"#
    );
}

#[tokio::test]
async fn logging_in_is_struck_only_where_that_is_wanted() {
    let plain = Client::struck_by("server-error").await;
    assert_eq!(plain.login().await.status, 200);
    let faults = Faults::none()
        .with(FaultKind::ServerError)
        .with(FaultKind::StruckLogin)
        .one_in(1);
    let client = Client::of(small(), faults).await;
    // The client has tried once already.
    assert_eq!(client.login().await.status, 500);
    assert_eq!(client.login().await.status, 200);
}

#[tokio::test]
async fn switches_choose_among_the_undocumented() {
    let status = async |fault: &str, path: &str| {
        let client = Client::struck_by(fault).await;
        client.get(path).await.status
    };
    assert_eq!(status("order=newest", "/v1/cashout").await, 404);
    assert_eq!(status("cashout-alias", "/v1/cashout").await, 200);
    let beyond = format!("/v1/deposits?{JANUARY}&page=9");
    assert_eq!(status("beyond-end=not-found", &beyond).await, 404);
    let last = Client::struck_by("beyond-end=last-page").await;
    assert_eq!(
        deposits(&last, 9).await.ids(),
        deposits(&last, 1).await.ids()
    );
    let mut client = Client::struck_by("expired-status=419").await;
    client.token = "old".to_owned();
    assert_eq!(client.get("/v1/balance").await.status, 419);
    let few = Client::struck_by("max-rows=20").await;
    let page = deposits(&few, 0).await;
    assert_eq!(
        (page.ids().len(), &page.json()["maxRows"]),
        (20, &Value::from(20))
    );
    let client = Client::struck_by("logout-status=200").await;
    let bearer = format!("Bearer {}", client.token);
    let headers = [("Authorization", bearer.as_str())];
    let logout = client
        .send("DELETE", "/v1/auth/session/destroy", &headers, "")
        .await;
    assert_eq!(
        (logout.status, logout.text().as_str()),
        (200, "Session destroyed")
    );
    let shaped = async |shape: &str| {
        Client::struck_by(&format!("balance-shape={shape}"))
            .await
            .get("/v1/balance")
            .await
            .json()
    };
    assert!(shaped("object").await.is_object());
    assert!(shaped("array").await.is_array());
    assert!(shaped("number").await.is_number());
    let client = Client::struck_by("wrong-password-status=403").await;
    let body = r#"{"accessKey":"a","secretKey":"b"}"#;
    assert_eq!(
        client
            .send("POST", "/v1/auth/login", &[], body)
            .await
            .status,
        403
    );
}
