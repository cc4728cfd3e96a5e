//! How long a list of 10 MB takes to become evidence.
//!
//! `cargo bench --package xtask --bench merge` prints the mean of the runs.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a bench speaks on stdout, and has nobody to tell an error"
)]

use std::{fmt::Write as _, fs, hint::black_box, time::Duration};

use xtask::{json, shape::Shape};

const SIZE: usize = 10_000_000;
const RUNS: u64 = 20;

fn main() {
    let body = deposits();
    let [mut read, mut merged] = [0; 2];
    for _ in 0..RUNS {
        let start = processor_time();
        let node = json::read(&body).expect("a well-formed list");
        let parsed = processor_time();
        black_box(Shape::of(&node));
        merged += processor_time() - parsed;
        read += parsed - start;
    }
    let mean = |nanoseconds| Duration::from_nanos(nanoseconds / RUNS);
    println!(
        "{} MB: read in {:.0?}, merged in {:.0?} of processor time",
        body.len() / 1_000_000,
        mean(read),
        mean(merged),
    );
}

/// A page of deposits as TuPay sends them, only longer.
fn deposits() -> String {
    let mut body = String::from("{\"data\": [");
    let mut id = 301_393_325;
    while body.len() < SIZE {
        id += 1;
        write!(
            body,
            r#"{}{{"idDeposit": {id}, "externalId": "1-{id}-ACP", "creationDate": "2024-06-01T13:37:17Z", "countryName": "Peru", "country": "PE", "paymentMethodName": "QR by Tupay", "paymentMethodCode": "XAQR", "requestedPaymentMethod": "XAQR", "requestedPaymentMethodName": "QR by Tupay", "clientDocument": "12345678", "amount": 7.92, "currency": "USD", "balanceCurrency": "USD", "requestedAmount": 30.0, "requestedCurrency": "PEN", "localAmount": 30.0, "localCurrency": "PEN", "localCountryTaxFee": 0.0, "usdCountryTaxFee": 0.0, "fee": 0.39, "feeCurrency": "USD", "lastChangeDate": "2024-06-02T13:38:26Z", "status": "CANCELLED", "idUser": "105", "flags": [], "idMerchant": 19759, "merchantName": "TUPAY TEST", "refundAttempted": false, "installments": 0, "allowPixApiRefund": false}}"#,
            if body.ends_with('[') { "" } else { ", " },
        )
        .expect("a string takes everything");
    }
    body.push_str("], \"page\": 0, \"rows\": 50, \"maxRows\": 50}");
    body
}

/// What this process used in nanoseconds, without what others on the machine
/// take: Linux only.
fn processor_time() -> u64 {
    let stat = fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let nanoseconds = stat.split(' ').next().and_then(|field| field.parse().ok());
    nanoseconds.expect("nanoseconds")
}
