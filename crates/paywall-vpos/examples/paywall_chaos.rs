//! Pulls a simulated account under each fault alone and all together, for as
//! many seeds as told, and judges each pull against the simulator's own books:
//! `cargo run --release -p paywall-vpos --example paywall_chaos -- 1000`.

#[path = "../tests/support/account.rs"]
mod account;

use std::process::ExitCode;

use account::Account;
use reconcile_trials::chaos;

#[tokio::main]
async fn main() -> ExitCode {
    let seeds = std::env::args().nth(1);
    let seeds = seeds.and_then(|text| text.parse().ok()).unwrap_or(1000);
    chaos::table::<Account>(seeds).await
}
