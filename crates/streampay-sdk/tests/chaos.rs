//! Under each fault alone and all together, no record is lost or doubled
//! without a word. `cargo run --release -p streampay-sdk --example chaos`
//! does the same for a thousand seeds.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/chaos.rs"]
mod chaos;

use std::collections::BTreeMap;

use chaos::{Case, Ending};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_without_a_word() {
    let mut endings: BTreeMap<Ending, u32> = BTreeMap::new();
    for seed in 0..14 {
        let case = Case::of(seed);
        match chaos::run(&case).await {
            Ok(ending) => *endings.entry(ending).or_default() += 1,
            Err(wrong) => panic!("seed {seed} ({}): {wrong}", case.name()),
        }
    }
    // Most get through: a client that gave up at once would pass the rest.
    assert!(
        endings.get(&Ending::Complete).copied() >= Some(9),
        "{endings:?}"
    );
    assert!(endings.contains_key(&Ending::Resumed), "{endings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_the_same_under_faults() {
    for seed in [10, 9, 32] {
        let case = Case::of(seed).without_late_rows();
        match chaos::statements(&case).await {
            Ok(statements) => assert!(statements > 100, "{statements}"),
            Err(wrong) => panic!("seed {seed} ({}): {wrong}", case.name()),
        }
    }
}
