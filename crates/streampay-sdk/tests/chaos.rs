//! Under each fault alone and all together, no record is lost or doubled
//! without a word. `cargo run --release -p streampay-sdk --example streampay_chaos`
//! does the same for a thousand seeds.

#[path = "support/account.rs"]
mod account;

use account::Account;
use reconcile_trials::chaos;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_without_a_word() {
    chaos::try_records::<Account>(0..14).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_the_same_under_faults() {
    chaos::try_statements::<Account>(&[10, 9, 32]).await;
}
