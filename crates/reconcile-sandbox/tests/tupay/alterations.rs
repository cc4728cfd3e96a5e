//! Bodies that change their shape on purpose.

use jiff::Timestamp;
use reconcile_sandbox::{Alteration, Clock, Fault, Faults, SandboxConfig};

use crate::client::{Answer, Client, JANUARY, small};

fn alterations(texts: &[&str]) -> Vec<Alteration> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

const NOW: &str = "2026-02-01T10:00:00Z";

async fn altered(texts: &[&str], faults: &[&str]) -> Client {
    let faults = faults.iter().map(|fault| fault.parse::<Fault>().unwrap());
    Client::with(SandboxConfig {
        world: small(),
        faults: faults.collect(),
        alterations: alterations(texts),
        clock: Clock::manual(NOW.parse::<Timestamp>().unwrap()),
        ..SandboxConfig::default()
    })
    .await
}

/// TuPay's, which have bare names.
fn operations() -> impl Iterator<Item = &'static str> {
    Alteration::operations().filter(|name| !name.contains('/'))
}

/// A successful answer of an operation, or a refusal for `error`.
async fn ask(client: &Client, operation: &str) -> Answer {
    let world = client.sandbox.tupay_world();
    match operation {
        "login" => client.login().await,
        "deposit-status" => {
            let key = client.sandbox.tupay().api_signature;
            let id = world.deposits()[0].id();
            client.deposit_status(NOW, &key, id).await
        }
        "cashout-status" => {
            let id = world.cashouts()[0].id();
            client
                .cashout_status(&format!(r#""cashout_id":{id}"#))
                .await
        }
        "error" => client.get("/v1/nothing").await,
        list => {
            let path = list.replace('-', "/");
            client.get(&format!("/v1/{path}?{JANUARY}")).await
        }
    }
}

#[tokio::test]
async fn every_operation_can_be_altered_and_no_other_is() {
    let untouched = altered(&[], &[]).await;
    for operation in operations() {
        let text = format!("{operation}::add=newField");
        let client = altered(&[&text], &[]).await;
        let before = client.sandbox.requests().altered(&text.parse().unwrap());
        for asked in operations() {
            let (answer, plain) = (
                ask(&client, asked).await.text(),
                ask(&untouched, asked).await.text(),
            );
            let start = plain.strip_suffix('}').unwrap();
            let expected = if asked == operation {
                format!(r#"{start},"newField":"newField"}}"#)
            } else {
                plain.clone()
            };
            assert_eq!(answer, expected, "{text}, asked for {asked}");
        }
        let after = client.sandbox.requests().altered(&text.parse().unwrap());
        assert_eq!(after - before, 1, "{text}");
    }
}

#[tokio::test]
async fn an_alteration_is_made_in_every_row_and_leaves_the_digits_beside_it() {
    let plain = altered(&[], &["odd-amounts", "order=oldest"]).await;
    let plain = ask(&plain, "deposits").await.text();
    assert!(plain.contains(r#""amount":0.1234567890123456789,"#) && plain.contains("1e-7"));
    let drop = "deposits:data[].installments:drop";
    let client = altered(&[drop], &["odd-amounts", "order=oldest"]).await;
    let answer = ask(&client, "deposits").await;
    assert!(answer.is_whole());
    assert_eq!(answer.text(), plain.replace(r#""installments":0,"#, ""));
    assert_eq!(
        client.sandbox.requests().altered(&drop.parse().unwrap()),
        50
    );
}

#[tokio::test]
async fn alterations_are_made_one_after_the_other() {
    let client = altered(
        &[
            "deposit-status:payer.email:rename=mail",
            "deposit-status:payer.mail:null",
            "deposit-status:payer.document:number",
            "deposit-status:fee_amount:text",
        ],
        &[],
    )
    .await;
    let deposit = &client.sandbox.tupay_world().deposits()[0];
    let answer = ask(&client, "deposit-status").await.text();
    assert!(answer.contains(r#","mail":null,"first_name":"#), "{answer}");
    assert!(answer.contains(&format!(r#""fee_amount":"{}","#, deposit.fee())));
    let (_, document) = answer.split_once(r#""document":"#).unwrap();
    assert!(document.as_bytes()[0].is_ascii_digit());
}

#[tokio::test]
async fn an_alteration_that_leads_nowhere_is_counted_nowhere() {
    let text = "deposits:data[].fees:drop";
    let client = altered(&[text], &[]).await;
    let untouched = altered(&[], &[]).await;
    let plain = ask(&untouched, "deposits").await.text();
    assert_eq!(ask(&client, "deposits").await.text(), plain);
    let log = client.sandbox.requests();
    assert_eq!(log.altered(&text.parse().unwrap()), 0);
}

#[tokio::test]
async fn errors_are_altered_whatever_was_asked_and_pages_of_a_proxy_are_not() {
    let text = "error:code:text";
    let client = altered(&[text], &["rate-limit=always"]).await;
    let limited = ask(&client, "deposits").await;
    assert_eq!(limited.status, 429);
    assert_eq!(
        limited.text(),
        r#"{"code":"429","description":"Too many requests."}"#
    );
    let unsigned = client.send("POST", "/v3/cashout/status", &[], "{}").await;
    assert_eq!(
        unsigned.text(),
        r#"{"code":"401","message":"Invalid credentials."}"#
    );
    let page = altered(&["error::null"], &["html-body=always"]).await;
    let page = ask(&page, "deposits").await.text();
    assert!(page.starts_with("<!doctype html>"), "{page}");
}

#[tokio::test]
async fn a_fault_strikes_what_is_altered() {
    let text = "notes:data[].description:drop";
    let client = altered(&[text], &["deep-json=always"]).await;
    let deep = ask(&client, "notes").await.text();
    assert!(!deep.contains("description") && deep.ends_with("]]]]}"));
    let client = altered(&[text], &["oversize-body=1"]).await;
    let mut sizes = Vec::new();
    for at in 0..40 {
        let path = format!("/v1/notes?{JANUARY}&x={at}");
        let answer = client.get(&path).await;
        assert!(!answer.text().contains("description"));
        sizes.push(answer.body.len());
    }
    assert!(sizes.iter().any(|size| *size > 1 << 20));
    let client = Client::with(SandboxConfig {
        world: small(),
        faults: Faults::none(),
        alterations: alterations(&["deposits::null"]),
        ..SandboxConfig::default()
    });
    assert_eq!(ask(&client.await, "deposits").await.text(), "null");
}
