//! Pulls a simulated account under each fault alone and all together, for as
//! many seeds as told, and judges each pull against the simulator's own books:
//! `cargo run --release -p streampay-sdk --example chaos -- 1000`.

#![allow(clippy::print_stdout, reason = "an example speaks on stdout")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "the support code is test code"
)]

#[path = "../tests/support/chaos.rs"]
mod chaos;

use std::{collections::BTreeMap, process::ExitCode};

use chaos::Case;

#[tokio::main]
async fn main() -> ExitCode {
    let seeds = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1000);
    let mut table: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut wrong = 0;
    for seed in 0..seeds {
        let case = Case::of(seed);
        let statements = chaos::statements(&case.clone().without_late_rows()).await;
        let ending = match statements.and(chaos::run(&case).await) {
            Ok(ending) => format!("{ending:?}"),
            Err(why) => {
                println!("seed {seed} ({}): {why}", case.name());
                wrong += 1;
                "WRONG".to_owned()
            }
        };
        *table
            .entry(case.name())
            .or_default()
            .entry(ending)
            .or_default() += 1;
    }
    for (faults, endings) in &table {
        println!("{faults:<22} {endings:?}");
    }
    println!("{seeds} seeds, {wrong} wrong");
    if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
