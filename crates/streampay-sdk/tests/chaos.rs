//! Under each fault alone and all together, no record is lost or doubled
//! without a word. `cargo run --release -p streampay-sdk --example streampay_chaos`
//! does the same for a thousand seeds.

#[path = "support/account.rs"]
mod account;

use account::Account;
use reconcile_trials::chaos::{self, Case, Ending};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_without_a_word() {
    chaos::try_records::<Account>(0..14).await;
}

/// Of the seeds above none has to be resumed. This one, with two attempts a
/// request and one request at a time, meets two refusals in a row.
#[tokio::test]
async fn a_pull_that_fails_is_resumed_where_it_stopped() {
    let case = Case::of::<Account>(78);
    let ending = chaos::records::<Account>(&case).await;
    assert_eq!(ending, Ok(Ending::Resumed));
}

/// Behind the end, where these servers refuse, one shows its last page for once.
#[tokio::test]
async fn an_end_that_hides_behind_a_repeated_page_is_found() {
    for seed in [53, 174] {
        let case = Case::of::<Account>(seed).without_late_rows();
        let statements = chaos::statements::<Account>(&case).await;
        assert!(
            statements.as_ref().is_ok_and(|count| *count > 0),
            "seed {seed} {statements:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_the_same_under_faults() {
    chaos::try_statements::<Account>(&[10, 9, 32]).await;
}
